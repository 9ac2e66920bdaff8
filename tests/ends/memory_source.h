/* memory_source.h - a source in memory, that misbehaves when asked to: for tests of what stands above
 * source.h.
 *
 * A memory_box is what lies there; it outlives the connections to it, each a struct source. */
#pragma once

#include "source.h"

struct memory_item {
    char *key; /* NULL: none */
    char *bytes;
    size_t octets;
    uint32_t folder; /* of the box's; SOURCE_NO_FOLDER */
    bool gone;       /* deleted, and the session ended well */
    bool read;       /* in a session that ended well, or this one: with a view it is not listed any more */
    bool checked;    /* the test's own */
};

/* How a message is given. */
enum memory_giving {
    MEMORY_GIVE,
    MEMORY_REFUSED, /* -ERR: this one alone */
    MEMORY_CUT,     /* the connection ends in the middle of it */
};

struct memory_box {
    struct memory_item *all;
    size_t count, cap;
    struct source_folder *folders; /* paths are owned */
    size_t folder_count;
    bool can_header, can_delete, reading_hides; /* traits; the first two are on in a new one */
    /* Is UIDL refused in the n-th session (from 1)? Keys are not told then. NULL: never. */
    bool (*nameless)(void *ctx, unsigned nth);
    size_t view; /* shows so many at a time, and hides what was read once a session ended well; 0: all */
    /* How the n-th message (from 0) that was ever asked for is given; NULL: well. */
    enum memory_giving (*giving)(void *ctx, unsigned nth, size_t item);
    void *ctx;
    unsigned fetched, sessions; /* counted */
};

struct memory_box *memory_box_new(void);
void memory_box_free(struct memory_box *b);
/* key NULL: none. bytes: LF becomes CR LF. */
struct memory_item *memory_box_put(struct memory_box *b, const char *key, const char *text);
struct memory_item *memory_box_put_exactly(struct memory_box *b, const char *key, const char *bytes);
/* The folder of this path, made if it is not there: for memory_item.folder. */
uint32_t memory_box_folder(struct memory_box *b, const char *path, enum mail_role role);
size_t memory_box_left(const struct memory_box *b);

struct source *memory_source_new(struct memory_box *b); /* a connection */
