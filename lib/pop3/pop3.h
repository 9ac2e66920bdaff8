/* pop3.h - a POP3 client engine (RFC 1939, 2449, 3206, 6856) without I/O: bytes in, bytes out, callbacks.
 *
 * It begins after login, in TRANSACTION state: net has connected, secured and signed in.
 *
 * Order of calls: pop3_new; submit commands at any time; then, for as long as wanted, write what pop3_pull
 * hands out and pass what arrives to pop3_feed. Commands are answered in the order of submission. How many
 * are in flight at once is the window: 1 until CAPA has said PIPELINING, then POP3_WINDOW_PIPELINED (or less,
 * see pop3_set_window_max); a full window is refilled when half of it is answered, so that commands travel in
 * few writes. Never write without being willing to read (RFC 2449 section 6.6).
 *
 * Every done callback fires exactly once: with the server's answer, or with the error given to pop3_abort;
 * never from inside the submitting call. Callbacks may submit further commands and may abort; they must not
 * free, feed or pull. Any callback may be NULL. A -ERR completes one command and nothing else. One thread;
 * the engine keeps no reference to arguments, and holds no more than one line of what the peer sends. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define POP3_WINDOW_PIPELINED 400  /* commands in flight */
#define POP3_LINE_MAX         8192 /* longest status, LIST, UIDL or CAPA line accepted; RFC 2449 says 512 */
#define POP3_UIDL_MAX         1024 /* longest UIDL accepted; RFC 1939 says 70 */

struct pop3;

/* Response codes in brackets (RFC 2449 section 8, RFC 3206). */
enum pop3_code {
    POP3_CODE_NONE,
    POP3_CODE_IN_USE,
    POP3_CODE_LOGIN_DELAY,
    POP3_CODE_SYS_TEMP,
    POP3_CODE_SYS_PERM,
    POP3_CODE_AUTH,
    POP3_CODE_OTHER,
};

/* The end of one command. */
struct pop3_result {
    bool ok;
    enum pop3_code code;
    const char *text; /* the server's words without +OK/-ERR, made fit to show; "" when there are none */
    const struct error *error; /* NULL when ok */
    uint64_t messages, octets; /* STAT only */
};

/* The error of a -ERR, by its response code:
 *   [IN-USE]       job      later  ERROR_IN_USE       [SYS/TEMP]  session  later  ERROR_REFUSED
 *   [LOGIN-DELAY]  job      later  ERROR_THROTTLED    [SYS/PERM]  job      never  ERROR_REFUSED
 *   [AUTH]         job      never  ERROR_AUTH
 *   any other or none, to TOP, RETR or DELE, with words about a limit: message, later, ERROR_THROTTLED;
 *   else: message (TOP, RETR, DELE) or session (the rest), never, ERROR_REFUSED.
 * wait_ms of [LOGIN-DELAY] is what CAPA said, if it did. A +OK to STAT without two numbers, and a LIST or
 * UIDL with a row that is none, end with session, never, ERROR_PROTOCOL once all of the reply is read; rows
 * after the bad one are not reported. */

typedef void pop3_done_fn(void *ctx, const struct pop3_result *res);
/* One row of LIST: message number (from 1) and octets as the server claims. */
typedef void pop3_list_fn(void *ctx, uint32_t number, uint64_t octets);
/* One row of UIDL. uidl: as sent, may be "" (some servers), never NULL; valid during the call. */
typedef void pop3_uidl_fn(void *ctx, uint32_t number, const char *uidl);
/* A piece of a message, dot-unstuffed, byte for byte; without the terminating line. */
typedef void pop3_data_fn(void *ctx, const void *data, size_t len);

/* What CAPA said (RFC 2449 section 6). All false before pop3_capa has completed and if the server has no
 * CAPA. */
struct pop3_caps {
    bool known; /* CAPA was answered +OK */
    bool top, uidl, user, pipelining, resp_codes, auth_resp_code, stls, utf8;
    bool google; /* X-GOOGLE-RICO: lists some of the mail at a time and hides what was read once the session
                    ends */
    bool expire_never;
    int expire_days;   /* -1: not said */
    int login_delay_s; /* -1: not said */
    char sasl[256];    /* mechanisms, blank separated */
    char implementation[256];
};

struct pop3 *pop3_new(void);
/* After pop3_abort, or with nothing outstanding; what is outstanding all the same ends with ERROR_CANCELLED.
 */
void pop3_free(struct pop3 *p);

/* Never more than max (> 0) commands in flight, whatever CAPA says. 1 = no pipelining. */
void pop3_set_window_max(struct pop3 *p, size_t max);

/* What came cannot answer anything: the message whose RETR ended last (number; 0: none yet) did not end
 * there, or replies have been running into each other since an earlier one. RFC 1939 has a lone dot in a
 * message stuffed; a server that does not do so ends the message too early, and its rest arrives as if it
 * were replies. Called before pop3_feed returns -1 for that reason. */
enum pop3_stray {
    POP3_STRAY_JUNK,    /* no reply at all */
    POP3_STRAY_REPLY,   /* a reply, with nothing asked: there were more than commands */
    POP3_STRAY_GOODBYE, /* an unasked -ERR, with which servers end an idle session */
};
typedef void pop3_stray_fn(void *ctx, uint32_t number, enum pop3_stray what);
void pop3_on_stray(struct pop3 *p, pop3_stray_fn *fn, void *ctx);

/* Submit. `number` counts from 1. */
void pop3_capa(struct pop3 *p, pop3_done_fn *done, void *ctx);
void pop3_stat(struct pop3 *p, pop3_done_fn *done, void *ctx);
void pop3_list(struct pop3 *p, pop3_list_fn *row, pop3_done_fn *done, void *ctx);
void pop3_uidl(struct pop3 *p, pop3_uidl_fn *row, pop3_done_fn *done, void *ctx);
void pop3_top(
    struct pop3 *p, uint32_t number, uint32_t body_lines, pop3_data_fn *data, pop3_done_fn *done, void *ctx);
void pop3_retr(struct pop3 *p, uint32_t number, pop3_data_fn *data, pop3_done_fn *done, void *ctx);
void pop3_dele(struct pop3 *p, uint32_t number, pop3_done_fn *done, void *ctx);
void pop3_noop(struct pop3 *p, pop3_done_fn *done, void *ctx);
/* Before all that is queued. */
void pop3_next_noop(struct pop3 *p, pop3_done_fn *done, void *ctx);
void pop3_rset(struct pop3 *p, pop3_done_fn *done, void *ctx);
void pop3_utf8(struct pop3 *p, pop3_done_fn *done, void *ctx); /* RFC 6856 */
/* The last command: nothing is sent after it, EOF is expected once it is answered, and more bytes are an
 * error. */
void pop3_quit(struct pop3 *p, pop3_done_fn *done, void *ctx);

/* Bytes to send now: copies at most cap, returns how many; 0 = nothing to send at present. A command that was
 * handed out counts as in flight. */
size_t pop3_pull(struct pop3 *p, void *dst, size_t cap);
/* Would pop3_pull hand out something? */
bool pop3_wants_write(const struct pop3 *p);

/* Bytes that arrived, split anywhere. -1: scope session, the peer's words in the text; the engine is then
 * dead and the caller calls pop3_abort: ERROR_PROTOCOL, later: the peer does not speak POP3, or a line is
 * longer than POP3_LINE_MAX. ERROR_PROTOCOL, now: pipelined replies may have run into each other (a message
 * that ends with a careless terminator, followed by what looks like the next +OK or -ERR). Nothing was lost:
 * connect again and pop3_set_window_max(p, 1), where the case cannot arise. ERROR_LOST, now (or by its
 * response code): an unasked -ERR, with which servers end an idle session. When a callback aborted: the error
 * it gave. A message ends with CR LF "." CR LF only (pop3_dot.h); a server that ends it otherwise falls
 * silent, and pop3_abort then says so in the error of that message. */
int pop3_feed(struct pop3 *p, const void *data, size_t len, struct error *err);

/* Complete everything outstanding with this error, in order, also what the callbacks submit meanwhile.
 * Afterwards nothing can be submitted. Calling it again does no harm. */
void pop3_abort(struct pop3 *p, const struct error *why);

const struct pop3_caps *pop3_caps(const struct pop3 *p);
size_t pop3_outstanding(const struct pop3 *p); /* queued or in flight */
/* What the server owes first. */
struct pop3_awaited {
    char words[48];  /* "LIST", "RETR 12"; "" for nothing */
    bool capa, body; /* body: of a message, and it has begun to come */
    bool pipelined;  /* it was sent behind another that was not answered yet, or others behind it */
};
struct pop3_awaited pop3_awaited(const struct pop3 *p);
size_t pop3_in_flight(const struct pop3 *p); /* sent, not answered: silence now means trouble */
