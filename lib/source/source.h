/* source.h - where mail comes from: today a POP3 account, seen as an inventory of items that can be fetched.
 *
 * Everything peculiar to POP3 servers that the rest need not know is settled here: which of UIDL, TOP and
 * pipelining exist, blank and repeated UIDLs, sizes that are mere claims. Sans-I/O like the engine below it:
 * bytes in by source_feed, bytes out by source_pull.
 *
 * Order of calls: source_new; source_inventory; after its done the items are there; then fetch, header and
 * delete in any order and number; source_close last. Every done fires exactly once, never from inside the
 * submitting call. */
#pragma once

#include "error.h"
#include "pop3.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOURCE_ITEMS_MAX 1000000 /* messages; a server that claims more is given up: ERROR_PROTOCOL */

struct source_item {
    /* Its UIDL: the same in every session as long as the message is there. NULL when the server gives none,
     * gives one to several messages, or gives message numbers as UIDLs: then only its content can tell. */
    char *key;
    uint32_t number; /* POP3 message number in this session */
    uint64_t octets; /* as LIST claims: a hint, never a proof */
};

struct source;

/* error: NULL when all went well. */
typedef void source_done_fn(void *ctx, const struct error *error);
/* Bytes of one message, in order, as stored there (dot-unstuffed). */
typedef void source_data_fn(void *ctx, const void *data, size_t len);

struct source *source_new(void);
void source_free(struct source *s);

/* Send no command before the one before it is answered, whatever the server offers. */
void source_one_at_a_time(struct source *s);

/* Do not ask for CAPA: the server was seen never to answer it after the sign-in. */
void source_without_capa(struct source *s);

/* Besides: after each whole message a NOOP is answered before the message counts as such. For a source that
 * was seen to end messages too early (source_on_doubt): what comes after that end is then known to be its
 * rest. Also sends one command at a time. */
void source_guard(struct source *s);

/* Bytes of messages that were handed out cannot be relied on: the server sent what answers nothing, so one of
 * them did not end where it seemed to, and all since then may be others. `certain`: this one did not. Called
 * for each before source_feed returns -1; then the session is over. */
typedef void source_doubt_fn(void *ctx, size_t item, bool certain);
void source_on_doubt(struct source *s, source_doubt_fn *fn, void *ctx); /* fn NULL: nobody cares */

/* CAPA, STAT, and unless that says that there is nothing LIST and UIDL. Fails only when LIST does, or the
 * connection. */
void source_inventory(struct source *s, source_done_fn *done, void *ctx);
const struct source_item *source_items(const struct source *s, size_t *ret_count);

struct source_facts {
    const struct pop3_caps *caps;
    uint64_t messages, octets; /* as STAT says */
    bool has_stat;             /* STAT was answered */
    bool stat_agrees;          /* with LIST, in the number of messages */
    bool has_uidl;             /* UIDL was answered */
    uint64_t uidl_rows;        /* how many messages UIDL named, well or not */
    bool has_top;              /* TOP may be tried: CAPA names it, or there is no CAPA to ask */
    uint32_t blank_uidls, repeated_uidls;
};
/* Messages that STAT counts, and neither LIST nor UIDL names: nothing more is known of them. */
uint64_t source_unlisted(const struct source *s);
/* Valid after the inventory is done. */
const struct source_facts *source_facts(const struct source *s);

/* The whole message. The last one that is asked for, if it is smaller than LIST says, counts as such only
 * when a NOOP behind it was answered: as by source_guard. An error of scope message costs only this one; of
 * two in a row that speak of a limit both are about the session (later, ERROR_THROTTLED): for that the first
 * is told only when the next is answered. A server that sends far more than it lists (64 MiB beyond twice
 * that; 16 MiB of a header) ends the session: ERROR_PROTOCOL, retry after login.
 */
void source_fetch(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx);
/* Its header alone (TOP n 0); only if has_top. */
void source_fetch_header(
    struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx);
/* Mark it for deletion (DELE). Nothing is gone before source_close has ended without an error, and then only
 * the next inventory tells for certain. An error of scope message: this one stays. */
void source_delete(struct source *s, size_t item, source_done_fn *done, void *ctx);
/* Sign off (QUIT). */
void source_close(struct source *s, source_done_fn *done, void *ctx);

/* Bytes; as pop3.h. */
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
