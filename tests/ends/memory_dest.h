/* memory_dest.h - a destination in memory, that misbehaves when asked to: for tests of what stands above
 * dest.h.
 *
 * A memory_cloud is the server: it outlives the connections to it, each a struct dest. */
#pragma once

#include "dest.h"

struct memory_message {
    uint32_t id;
    char *bytes;
    size_t octets;
    int64_t date_s;
    bool seen, answered, flagged, draft;
    char *keywords; /* "" */
    bool removed;
};

/* What becomes of a message that is appended. */
enum memory_fate {
    MEMORY_STORE,
    MEMORY_REFUSE,
    MEMORY_TOO_BIG,
    MEMORY_FULL,
    MEMORY_THROTTLE,      /* NO, later */
    MEMORY_REFUSE_STORED, /* NO, and it is there */
    MEMORY_DROP,          /* OK, and it is not there */
    MEMORY_BREAK,         /* the connection ends before it is stored */
    MEMORY_LOSE_ANSWER,   /* the connection ends when it is stored */
    MEMORY_REWRITE,       /* a header field is added */
    MEMORY_SPOIL,         /* an octet in its middle becomes another */
};

struct memory_cloud {
    struct memory_mailbox {
        char *name;
        uint32_t epoch, next_id;
        struct memory_message *all;
        size_t count, cap;
    } * mailboxes;
    size_t count;
    /* What it can do; all but the last two are on in a new one. */
    bool batches, tells_ids, keeps_twins, unread_listed;
    const char *roles[MAIL_ROLE_ARCHIVE + 1]; /* its mailboxes for them; NULL: none; not owned */
    bool lies_ids;                            /* tells each message the id of the one before */
    uint64_t append_limit;
    /* The fate of the n-th message (from 0) that was ever sent; NULL: all are stored. */
    enum memory_fate (*fate)(void *ctx, unsigned nth, const char *bytes, size_t octets);
    /* Is this one hidden: listed by its id, and never given? NULL: none. */
    bool (*hides)(void *ctx, const struct memory_message *m);
    /* Does the connection end before this question is answered (from 0, listings and reads)? NULL: never. */
    bool (*breaks)(void *ctx, unsigned nth);
    void *ctx;
    unsigned sent, asked; /* counted */
};

struct memory_cloud *memory_cloud_new(void);
void memory_cloud_free(struct memory_cloud *c);
/* What it holds, as it is now; and it holds that again (the copy is gone then). What was counted stays. */
struct memory_cloud *memory_cloud_copy(const struct memory_cloud *c);
void memory_cloud_restore(struct memory_cloud *c, struct memory_cloud *copy);
/* NULL: it is not there. */
struct memory_mailbox *memory_cloud_mailbox(struct memory_cloud *c, const char *name);
struct memory_mailbox *memory_cloud_make(struct memory_cloud *c, const char *name);
/* Somebody else puts it there. */
struct memory_message *memory_cloud_put(
    struct memory_mailbox *box, const void *bytes, size_t octets, int64_t date_s);
/* How often these bytes are there; mailbox NULL: in all of them. */
size_t memory_cloud_holds(struct memory_cloud *c, const char *mailbox, const void *bytes, size_t octets);

struct dest *memory_dest_new(struct memory_cloud *c); /* a connection */
