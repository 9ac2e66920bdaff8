/* source_private.h - what each kind of source has in common, and what it must be able to do. */
#pragma once

#include "source.h"

/* As source.h says of the call of that name. NULL: this kind never does. */
struct source_kind {
    void (*free)(struct source *s);
    void (*inventory)(struct source *s, source_done_fn *done, void *ctx);
    void (*fetch)(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx);
    void (*fetch_header)(
        struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx);
    void (*delete)(struct source *s, size_t item, source_done_fn *done, void *ctx);
    void (*close)(struct source *s, source_done_fn *done, void *ctx);
    void (*abort)(struct source *s, const struct error *why);
    size_t (*outstanding)(const struct source *s);
    char *(*place)(const struct source *s, size_t item);
    struct source_marks (*marks)(const struct source *s, size_t item);
    size_t (*offers)(const struct source *s, struct offer *dst);
    const char *(*server_id)(const struct source *s);
    int (*step)(struct source *s, struct error *err);
    /* With a stream: */
    size_t (*pull)(struct source *s, void *dst, size_t cap);
    bool (*wants_write)(const struct source *s);
    int (*feed)(struct source *s, const void *data, size_t len, struct error *err);
    size_t (*in_flight)(const struct source *s);
    struct source_waiting (*waiting)(const struct source *s);
};

struct source {
    const struct source_kind *kind;
    struct source_traits traits;
    struct source_facts facts;
    struct source_item *items;
    size_t count;
    struct source_folder *folders;
    size_t folder_count;
    struct source_remark *remarks; /* each with its words */
    size_t remark_count;
    source_doubt_fn *doubt;
    void *doubt_ctx;
};
