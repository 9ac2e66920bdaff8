/* dest_private.h - what each kind of destination has in common, and what it must be able to do. */
#pragma once

#include "dest.h"

/* As dest.h says of the call of that name. NULL: this kind never does, and dest.c answers in its place. */
struct dest_kind {
    void (*free)(struct dest *d);
    void (*prepare)(struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx);
    void (*enter)(struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx);
    void (*join)(struct dest *d, const struct dest *first, dest_done_fn *done, void *ctx);
    void (*release)(struct dest *d); /* may be NULL */
    void (*refresh)(struct dest *d, dest_done_fn *done, void *ctx);
    void (*create)(struct dest *d, dest_done_fn *done, void *ctx);
    void (*append)(
        struct dest *d, const struct dest_message *msgs, size_t n, dest_append_fn *done, void *ctx);
    void (*list)(struct dest *d, struct dest_listing *l, dest_done_fn *done, void *ctx);
    void (*ids)(struct dest *d, dest_id_fn *row, dest_told_fn *done, void *ctx);
    void (*read)(struct dest *d, const uint32_t *ids, size_t count, const struct dest_reader *reader,
        dest_done_fn *done, void *ctx);
    void (*twins)(struct dest *d, const uint32_t *ids, size_t count, dest_twin_fn *row, dest_told_fn *done,
        void *ctx); /* may be NULL where traits.keeps_twins */
    void (*quota)(struct dest *d, dest_quota_fn *row, dest_done_fn *done, void *ctx);
    void (*roles)(struct dest *d, dest_role_fn *row, dest_done_fn *done, void *ctx);
    size_t (*offers)(const struct dest *d, struct offer *dst); /* may be NULL */
    const char *(*capabilities)(const struct dest *d);         /* may be NULL */
    const char *(*server_id)(const struct dest *d);            /* may be NULL */
    const char *(*alert)(const struct dest *d, size_t n);      /* may be NULL */
    void (*close)(struct dest *d, dest_done_fn *done, void *ctx);
    void (*abort)(struct dest *d, const struct error *why);
    size_t (*outstanding)(const struct dest *d);
    int (*step)(struct dest *d, struct error *err); /* without a stream */
    /* With one: */
    ssize_t (*pull)(struct dest *d, void *dst, size_t cap, struct error *err);
    bool (*wants_write)(const struct dest *d);
    int (*feed)(struct dest *d, const void *data, size_t len, struct error *err);
    size_t (*in_flight)(const struct dest *d);
    struct dest_waiting (*waiting)(const struct dest *d);
    const char *(*farewell)(const struct dest *d);
};

struct dest {
    const struct dest_kind *kind;
    struct dest_traits traits;
    struct dest_mailbox mailbox;
};
