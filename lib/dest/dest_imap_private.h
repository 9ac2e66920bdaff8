/* dest_imap_private.h - an IMAP account, among the files that make it up. */
#pragma once

#include "dest_ids.h"
#include "dest_private.h"
#include "imap.h"

struct dest_imap_read;
struct listing; /* dest_imap_list.c */

struct dest_imap {
    struct dest base;
    struct imap *imap;
    const struct dest_imap *first; /* dest_join: it has the mailbox */
    const char *folder;            /* as the user wrote it */
    enum dest_mode mode;
    char prefix[256];          /* personal namespace, wire form */
    char inbox[6];             /* as the server spells it */
    char *wire;                /* the mailbox's name on the wire */
    struct error select_error; /* why SELECT was refused */
    struct error create_error; /* why CREATE was refused; code 0: it was not */
    struct dest_imap_names {   /* what LIST said when SELECT was refused */
        unsigned waiting;      /* answers */
        bool refused, listed, inbox_right;
        char inbox[6]; /* another spelling; "": none */
    } names;
    dest_done_fn *done; /* of prepare, enter, join */
    void *ctx;
    bool one_by_one;     /* a FETCH of several bodies was refused */
    bool without_search; /* FETCH tells what is there */
    struct dest_imap_read *reads;
    struct listing *nothing_asked; /* a listing that ends with the next pull */
};

static inline struct dest_imap *dest_imap_of(struct dest *d)
{
    return (struct dest_imap *)d;
}

static inline const struct dest_imap *dest_imap_of_const(const struct dest *d)
{
    return (const struct dest_imap *)d;
}

/* One command, and who is told of its end. */
struct dest_imap_call {
    struct dest_imap *d;
    union {
        dest_done_fn *done;
        dest_told_fn *told;
        dest_append_fn *appended;
    };
    void *ctx;
    struct dest_id_list seen; /* of a FETCH in the place of SEARCH */
    union {
        dest_id_fn *id;
        dest_twin_fn *twin;
        dest_quota_fn *quota;
        dest_role_fn *role;
    };
};
struct dest_imap_call *dest_imap_call_new(struct dest_imap *d, void *ctx);

/* dest_imap_all.c: all that is there, in the place of UID SEARCH ALL: by a FETCH. row only if the mailbox is
 * not empty. */
void dest_imap_fetch_all(struct dest_imap *d, imap_fetch_fn *row, imap_done_fn *done, void *ctx);
/* Are these (each once) as many as the mailbox counts? A FETCH may leave out some, and says OK. */
bool dest_imap_all_told(const struct dest_imap *d, size_t count);

/* dest_imap_enter.c */
void dest_imap_prepare(
    struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx);
void dest_imap_enter(struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx);
void dest_imap_join(struct dest *d, const struct dest *first, dest_done_fn *done, void *ctx);

/* dest_imap_list.c */
void dest_imap_list(struct dest *d, struct dest_listing *l, dest_done_fn *done, void *ctx);

/* End what asked for nothing; why NULL: all went well. */
void dest_imap_list_go_on(struct dest_imap *d, const struct error *why);

/* dest_imap_read.c */
void dest_imap_read(struct dest *d, const uint32_t *ids, size_t count, const struct dest_reader *reader,
    dest_done_fn *done, void *ctx);

/* dest_imap_set.c: sets of UIDs, as they stand in a command */
struct buf;
/* "4:6,9": count > 0, ascending as far as ranges are to be had. */
void dest_imap_set(struct buf *dst, const uint32_t *uids, size_t count);
/* "4:6,9:*": the complement of ascending UIDs, all of them from first on, with the open end. Small gaps of
 * known UIDs are taken in when there would be over max_ranges ranges. Caller frees. */
char *dest_imap_complement(uint32_t first, const uint32_t *uids, size_t count, size_t max_ranges);
#define DEST_IMAP_RANGES_MAX 100 /* what a server is asked for in one command */
