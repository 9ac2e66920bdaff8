/* source.h - where mail comes from, seen as an inventory of items that can be fetched: a POP3 account
 * (source_pop3.h) or mail that lies on a disk (source_store.h).
 *
 * Order of calls: one of the constructors; source_inventory; after its done the items are there; then fetch,
 * header and delete in any order and number; source_close last. Every done fires exactly once, never from
 * inside the submitting call; it may submit, and must not free, feed, step or abort. What differs between
 * kinds is in source_traits: nobody asks what kind it is.
 *
 * Sans-I/O. A source at the end of a connection (traits.has_stream) takes bytes by source_feed and gives them
 * by source_pull; any other one works by itself whenever source_step is called. */
#pragma once

#include "error.h"
#include "mail_role.h"
#include "offer.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOURCE_NO_FOLDER UINT32_MAX

struct source_item {
    /* Its name, the same in every session as long as the message is there. NULL: it has none of its own, and
     * only its content can tell. */
    char *key;
    uint64_t octets; /* as the source claims: a hint, never a proof */
    uint32_t number; /* for people: the POP3 message number in this session, or the place in the store */
    uint32_t folder; /* of source_folders; SOURCE_NO_FOLDER */
};

struct source;

/* error: NULL when all went well. */
typedef void source_done_fn(void *ctx, const struct error *error);
/* Bytes of one message, in order, as stored there (dot-unstuffed). */
typedef void source_data_fn(void *ctx, const void *data, size_t len);

void source_free(struct source *s);

/* What this kind of source, and this one of the kind, can and does. Valid after the inventory is done;
 * has_stream from the beginning. */
struct source_traits {
    bool has_stream;
    bool can_header;    /* source_fetch_header may be tried */
    bool can_delete;    /* source_delete is there at all */
    bool reading_hides; /* what was read is not there any more once the session has ended with source_close */
    const char *hides_words; /* what does that, for people: "EXPIRE 0"; NULL */
    bool shows_part;     /* what was read makes room for more: there may be more than the inventory says */
    int sign_in_pause_s; /* between two sign-ins; -1: not said */
    int expire_days;     /* the source itself removes what is older; -1: it does not, or does not say */
};
const struct source_traits *source_traits(const struct source *s);

/* Bytes of messages that were handed out cannot be relied on: the server sent what answers nothing, so one of
 * them did not end where it seemed to, and all since then may be others. `certain`: this one did not. Called
 * for each before source_feed returns -1; then the session is over. */
typedef void source_doubt_fn(void *ctx, size_t item, bool certain);
void source_on_doubt(struct source *s, source_doubt_fn *fn, void *ctx); /* fn NULL: nobody cares */

/* Fails only where nothing can be listed, or the connection breaks. */
void source_inventory(struct source *s, source_done_fn *done, void *ctx);
const struct source_item *source_items(const struct source *s, size_t *ret_count);

/* Where items lie in the source. An account without folders has none. */
struct source_folder {
    const char *path; /* UTF-8, levels divided by "/"; "" is the source itself */
    enum mail_role role;
};
const struct source_folder *source_folders(const struct source *s, size_t *ret_count);

/* Where an item lies, for people: "/home/taro/Mail/Inbox, octet 1234". NULL: its number says it all. Caller
 * frees. */
char *source_place(const struct source *s, size_t item);

/* What the source knows of an item beside its bytes. */
struct source_marks {
    bool known; /* the source says how it is: else the others mean nothing */
    bool seen, answered, flagged, draft, forwarded;
    const char *keywords; /* divided by blanks; "" */
    int64_t received_s;   /* when the source received it, UTC; 0: it does not say */
    const char *built; /* how it is made, where the source does not keep messages as they were: its class and
                          the builder's version, as "B1" (store_built); NULL: it is what the source keeps */
};
struct source_marks source_marks(const struct source *s, size_t item);

/* What the source has seen and is no item, or an item that cannot be given: mail that is named and not moved.
 * Words for people; valid as long as the source. */
struct source_remark {
    const char *words; /* with the place */
    bool mail;         /* some of it is, or may be, mail; else a note on how it was read */
    bool always;       /* such a note that everybody should know: how messages are made, what is no mail */
};
const struct source_remark *source_remarks(const struct source *s, size_t *ret_count);

/* What its server offers, after the inventory: how many, at most OFFERS_MAX. 0: there is no server. */
size_t source_offers(const struct source *s, struct offer *dst);
const char *source_server_id(const struct source *s); /* "Dovecot"; "" */

/* Does the list hold together? Of POP3 servers, whose three lists may disagree; true of any other source. */
struct source_facts {
    uint64_t messages, octets; /* as STAT says */
    bool has_stat;             /* STAT was answered */
    bool stat_agrees;          /* with LIST, in the number of messages */
    bool has_uidl;             /* UIDL was answered */
    uint64_t uidl_rows;        /* how many messages UIDL named, well or not */
    uint32_t blank_uidls, repeated_uidls;
};
/* Messages that STAT counts, and neither LIST nor UIDL names: nothing more is known of them. */
uint64_t source_unlisted(const struct source *s);
/* Valid after the inventory is done. */
const struct source_facts *source_facts(const struct source *s);

/* The whole message. An error of scope message costs only this one. Answers come in the order of asking, each
 * message's data right before its done. */
void source_fetch(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx);
/* Its header alone; only if traits.can_header. */
void source_fetch_header(
    struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx);
/* Mark it for deletion; only if traits.can_delete. Nothing is gone before source_close has ended without an
 * error, and then only the next inventory tells for certain. An error of scope message: this one stays. */
void source_delete(struct source *s, size_t item, source_done_fn *done, void *ctx);
/* Sign off. */
void source_close(struct source *s, source_done_fn *done, void *ctx);

/* Work for some milliseconds, where there is no stream: true when anything was done. An error that concerns
 * the whole source goes to all that is outstanding, and to *err: -1. */
int source_step(struct source *s, struct error *err);

/* Bytes; as pop3.h. With traits.has_stream. */
size_t source_pull(struct source *s, void *dst, size_t cap);
bool source_wants_write(const struct source *s);
int source_feed(struct source *s, const void *data, size_t len, struct error *err);
void source_abort(struct source *s, const struct error *why);
/* What a silence of the server means now: how long it may last before it is better to sign in again, and to
 * ask otherwise. */
enum source_silence {
    SOURCE_SILENCE_OTHER,   /* an old server may count for long */
    SOURCE_SILENCE_MESSAGE, /* in the middle of a message, as a rule */
    SOURCE_SILENCE_QUEUE,   /* several commands were sent: PIPELINING may be said and not kept */
    SOURCE_SILENCE_CAPA,    /* some servers answer it before the sign-in alone */
};
struct source_waiting {
    enum source_silence kind;
    int64_t most_ms;
    char words[48]; /* "LIST", "RETR 12"; "": nothing is owed */
};
struct source_waiting source_waiting(const struct source *s);
size_t source_in_flight(const struct source *s);
size_t source_outstanding(const struct source *s);
