/* dest.h - where mail goes to, seen as mailboxes that can be entered, listed, read and added to: an IMAP
 * account (dest_imap.h).
 *
 * Order of calls: one of the constructors; dest_prepare, or dest_join for a further connection that only
 * appends; after its done the others in any order and number; dest_close last. Every done fires exactly once,
 * never from inside the submitting call; it may submit, and must not free, feed, pull, step or abort. What
 * differs between kinds is in dest_traits: nobody asks what kind it is.
 *
 * Ids. A message's id is a number above 0, the same as long as the mailbox keeps its epoch, and never given
 * to another message in it. What comes later gets a greater one. (Of IMAP they are UID and UIDVALIDITY. A
 * kind whose own ids are words counts the messages as it first sees them.)
 *
 * Ownership. What is given is copied, but for what `read` and the handlers work on, names of mailboxes, and a
 * listing: these stay until done. Rows are valid during the call.
 *
 * Sans-I/O. One at the end of a connection (traits.has_stream) takes bytes by dest_feed and gives them by
 * dest_pull; any other works by itself whenever dest_step is called. */
#pragma once

#include "error.h"
#include "mail_role.h"
#include "offer.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct dest;

/* error: NULL when all went well. */
typedef void dest_done_fn(void *ctx, const struct error *error);
/* Of questions that it may leave unanswered: told false and no error. */
typedef void dest_told_fn(void *ctx, bool told, const struct error *error);

void dest_free(struct dest *d); /* after dest_abort, or with nothing outstanding; NULL is fine */

/* What this kind of destination, and this one of the kind, can and does. has_stream holds from the beginning,
 * the others after dest_prepare or dest_join is done. */
struct dest_traits {
    bool has_stream;
    bool streams; /* an append costs no round trip of its own */
    bool batches; /* several messages in one append, all of them or none */
    bool tells_ids;
    bool keeps_twins; /* else what has the Message-ID of another may be dropped, with an OK: see dest_twins */
    char delimiter;   /* between levels of its mailboxes' names; 0: it has none */
};
const struct dest_traits *dest_traits(const struct dest *d);

/* ---- the mailbox ---- */
enum dest_mode {
    DEST_LOOK,   /* nothing is changed; a missing mailbox is noted, not made */
    DEST_CREATE, /* a missing mailbox is made */
};

/* As it was when it was entered. */
struct dest_mailbox {
    bool exists, created;
    bool keywords;    /* it keeps any */
    uint32_t epoch;   /* ids of another epoch mean nothing; 0: not told */
    uint32_t next_id; /* what comes gets this one, or a greater; 0: not told */
    uint32_t messages;
    uint64_t append_limit; /* octets of a message; 0: not said */
    bool released;         /* dest_release: nothing can be read before dest_refresh */
};
/* Zeros before a mailbox was entered. Also of d NULL, a job without a destination. */
const struct dest_mailbox *dest_mailbox(const struct dest *d);

/* What is there, in order to enter `folder` (a UTF-8 path, levels divided by "/") next; NULL: dest_enter
 * follows later. */
void dest_prepare(struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx);
/* In place of the mailbox before; what was known of that is forgotten. */
void dest_enter(struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx);
/* A further connection to the same account: it appends to whatever mailbox `first` has entered, and does
 * nothing else. `first` must outlive it. */
void dest_join(struct dest *d, const struct dest *first, dest_done_fn *done, void *ctx);
/* Called before the first append. Some keep a mailbox in one file, and write it anew, as it was before, when
 * a session ends that had it open for writing. */
void dest_release(struct dest *d);
/* Have it show what has come since, also over other connections: what is asked once this is done sees it. */
void dest_refresh(struct dest *d, dest_done_fn *done, void *ctx);
/* The mailbox that was entered, if it has gone meanwhile. */
void dest_create(struct dest *d, dest_done_fn *done, void *ctx);

/* Can a mailbox have this name? -1 with ERROR_USAGE (scope job). */
int dest_check_name(const char *folder, struct error *err);

/* ---- putting in ---- */
struct dest_message {
    uint64_t octets; /* > 0; CRLF line ends, no NUL: the caller sees to that */
    bool seen, answered, flagged, draft;
    const char *keywords; /* divided by blanks; NULL: none. What the kind cannot have is left out. Not copied:
                             valid until done */
    int64_t date_s;       /* when it was received; UTC */
    ssize_t (*read)(void *ctx, uint64_t offset, void *dst, size_t len, struct error *err); /* in order */
    void *ctx;
};

enum dest_status {
    DEST_STORED,
    DEST_REFUSED, /* nothing of it is there, as it says */
    DEST_UNKNOWN, /* it ended before the answer */
};

/* The end of one append. error: NULL if stored, else
 *   message/never/TOO_BIG, job/never/FULL, job/later/FULL   what its name says
 *   folder/now/NO_FOLDER                                   dest_create may help
 *   session/later/...                                      not about this message
 *   message/never/REFUSED                                  any other no; of several, one of them */
struct dest_answer {
    enum dest_status status;
    const struct error *error;
    uint32_t epoch;
    const uint32_t *ids; /* in the order given; NULL: not told */
    size_t id_count;
};
typedef void dest_append_fn(void *ctx, const struct dest_answer *answer);
/* Into the mailbox that was entered; n > 1 only if traits.batches. A `read` that fails ends the session. */
void dest_append(struct dest *d, const struct dest_message *msgs, size_t n, dest_append_fn *done, void *ctx);

/* ---- looking ---- */
/* One message, in a listing. */
struct dest_row {
    uint32_t id;
    uint64_t octets; /* as it says: an estimate with some */
    bool has_date;
    int64_t date_s;
    const char *header; /* Message-ID, Date, From and Subject, as they stand there; NULL: not asked for */
    size_t header_len;
};

/* What a mailbox holds, complete or named: held against the number it tells and the ids it lists. Some leave
 * out a message, or give it without its header. */
struct dest_listing {
    /* in */
    bool headers;          /* a message whose header is not given is then no row */
    uint32_t first;        /* nothing below this id is wanted */
    const uint32_t *known; /* these neither; ascending */
    size_t known_count;
    bool all; /* everything but the known is asked for: the number of messages tells whether any is lacking */
    void (*row)(void *ctx, const struct dest_row *row); /* for each; may be called twice for one */
    void *ctx;
    /* out: dest_listing_done */
    uint32_t *there; /* ids in the mailbox, ascending, if `searched` */
    size_t there_count;
    bool searched;
    uint32_t *unread; /* what is there and cannot be read, ascending */
    size_t unread_count;
};
/* One at a time. */
void dest_list(struct dest *d, struct dest_listing *l, dest_done_fn *done, void *ctx);
void dest_listing_done(struct dest_listing *l);

/* The ids in the mailbox, ascending or not. */
typedef void dest_id_fn(void *ctx, uint32_t id);
void dest_ids(struct dest *d, dest_id_fn *row, dest_told_fn *done, void *ctx);

/* The content of messages: begin, data, end for each that can be given, each once; end tells which one, 0:
 * none of those that were asked for. What cannot be given, and what is gone, is left out; error: nothing can
 * be known of the rest. When it ends in the middle of one, its end is not called. */
struct dest_reader {
    void (*begin)(void *ctx);
    void (*data)(void *ctx, const void *data, size_t len);
    void (*end)(void *ctx, uint32_t id);
};
#define DEST_READ_MAX 100 /* ids in one call */
void dest_read(struct dest *d, const uint32_t *ids, size_t count, const struct dest_reader *reader,
    dest_done_fn *done, void *ctx);

/* Where twins are not kept: one value for each of these messages, equal for those that are one and the same
 * thing there; no row: it is not there. One at a time. */
typedef void dest_twin_fn(void *ctx, uint32_t id, uint64_t value);
void dest_twins(
    struct dest *d, const uint32_t *ids, size_t count, dest_twin_fn *row, dest_told_fn *done, void *ctx);

/* ---- the account ---- */
/* Each limit that it tells of; STORAGE in octets. What it will not tell is no error. */
struct dest_quota {
    const char *resource; /* "STORAGE", "MESSAGE" */
    uint64_t used, limit;
};
typedef void dest_quota_fn(void *ctx, const struct dest_quota *row);
void dest_quota(struct dest *d, dest_quota_fn *row, dest_done_fn *done, void *ctx);

/* Its mailboxes for sent mail, drafts and the like. */
typedef void dest_role_fn(void *ctx, enum mail_role role, const char *path);
void dest_roles(struct dest *d, dest_role_fn *row, dest_done_fn *done, void *ctx);

size_t dest_offers(const struct dest *d, struct offer *dst); /* how many; at most OFFERS_MAX */
const char *dest_capabilities(const struct dest *d);         /* its own words, blank separated; "" */
const char *dest_server_id(const struct dest *d);            /* "Dovecot"; "" */
/* The first, second (n = 1) ... of its words that people must see; NULL: there were no more. */
const char *dest_alert(const struct dest *d, size_t n);

/* Sign off. */
void dest_close(struct dest *d, dest_done_fn *done, void *ctx);

/* ---- bytes; as imap.h. With traits.has_stream ---- */
ssize_t dest_pull(struct dest *d, void *dst, size_t cap, struct error *err);
bool dest_wants_write(const struct dest *d);
int dest_feed(struct dest *d, const void *data, size_t len, struct error *err);
/* Complete everything outstanding with this error; nothing can be submitted afterwards. */
void dest_abort(struct dest *d, const struct error *why);
size_t dest_outstanding(const struct dest *d);
size_t dest_in_flight(const struct dest *d);
/* What a silence of the server means now, as source_waiting. */
enum dest_silence {
    DEST_SILENCE_OTHER,
    DEST_SILENCE_SEARCH, /* what is asked for can be had otherwise */
};
struct dest_waiting {
    enum dest_silence kind;
    int64_t most_ms;
    char words[48]; /* "UID SEARCH"; "": nothing is owed */
};
struct dest_waiting dest_waiting(const struct dest *d);
const char *dest_farewell(const struct dest *d); /* why it ends the session, in its words; NULL */
/* Without a stream: some work. As source_step. */
int dest_step(struct dest *d, struct error *err);
