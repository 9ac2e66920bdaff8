/* imap_private.h - what the files of the engine share. Private to lib/imap.
 *
 * A command is in one of two lists: pending (not begun) or flight (its first byte may have been handed out).
 * At most one is being written, and that is the last in flight: `writing`. Its bytes are out (text), then
 * what `after` says. */
#pragma once

#include "buf.h"
#include "imap.h"
#include "imap_parse.h"

#define IMAP_TEXT_MAX 512               /* server's words kept of one response */
#define IMAP_UIDS_MAX (4 * 1024 * 1024) /* UIDs one SEARCH may report; ranges make large claims cheap */

enum imap_kind {
    IMAP_KIND_CAPABILITY,
    IMAP_KIND_NOOP,
    IMAP_KIND_LOGOUT,
    IMAP_KIND_ID,
    IMAP_KIND_NAMESPACE,
    IMAP_KIND_LIST,
    IMAP_KIND_CREATE,
    IMAP_KIND_SELECT,
    IMAP_KIND_UNSELECT,
    IMAP_KIND_STATUS,
    IMAP_KIND_QUOTA,
    IMAP_KIND_FETCH,
    IMAP_KIND_BODY,
    IMAP_KIND_SEARCH,
    IMAP_KIND_APPEND,
};

/* A tagged response, digested. */
struct imap_answer {
    enum imap_status status;
    enum imap_code code;
    char text[IMAP_TEXT_MAX];
    uint32_t uidvalidity;
    uint32_t *uids; /* owned */
    size_t uid_count;
};

struct imap_command {
    struct imap_command *next;
    enum imap_kind kind;
    uint32_t tag;
    imap_done_fn *done;
    void *ctx;
    union {
        imap_namespace_fn *namespace;
        imap_list_fn *list;
        imap_status_fn *status;
        imap_quota_fn *quota;
        imap_fetch_fn *fetch;
        imap_uid_fn *uid;
        struct imap_body_handler body;
    } row;
    char *arg1, *arg2;            /* owned; what they are depends on kind */
    bool read_only;               /* SELECT */
    bool gmail;                   /* FETCH: X-GM-MSGID alone */
    size_t uids_told;             /* SEARCH */
    struct imap_append_msg *msgs; /* owned */
    size_t msg_count, msg;        /* APPEND: msg is the one being written */
    uint64_t offset;              /* in that message's literal */
    struct error *refused;        /* owned; never sent: completed with this in its turn */
    struct imap_answer *early;    /* owned; answered before all its announced bytes were handed out */
};

struct imap_queue {
    struct imap_command *head, *tail;
    size_t count;
};

enum imap_after {
    IMAP_AFTER_END,     /* the command is complete */
    IMAP_AFTER_LITERAL, /* octets of msgs[msg] */
    IMAP_AFTER_PLUS,    /* "+" must come before the literal */
};

struct imap {
    struct imap_queue pending, flight;
    uint32_t last_tag;
    bool logout_sent;
    /* output */
    struct imap_command *writing;
    struct buf out;
    enum imap_after after;
    /* input */
    struct buf response;       /* the response being assembled */
    size_t line_start;         /* where its last line begins */
    uint64_t literal_left;     /* octets of a literal still to come */
    struct imap_command *body; /* that literal goes to this command's handler, not into response */
    bool streamed;             /* one has gone that way in this response */
    struct imap_command *streamed_to;
    struct imap_values values;
    /* what the server said */
    struct imap_caps caps;
    struct imap_mailbox mailbox;
    char *bye, *alerts[IMAP_ALERTS_MAX];
    size_t alert_count;
    char server_id[256];
    /* the end */
    bool dead, aborted;
    struct error why;
};

/* imap.c */
struct imap_command *imap_first_in_flight(const struct imap *im, enum imap_kind kind); /* NULL if none */
/* The first of pending gets its tag and goes into flight. */
void imap_take_off(struct imap *im, struct imap_command *c);
/* Take c out of flight or pending, call done, free it. */
void imap_finish(struct imap *im, struct imap_command *c, const struct imap_answer *a);
/* Complete a command that ended without an answer. */
void imap_finish_error(struct imap *im, struct imap_command *c, const struct error *why);
void imap_answer_free(struct imap_answer *a);
/* No more bytes either way. Returns -1. */
int imap_die(struct imap *im, const struct error *why);
/* ERROR_PROTOCOL with what was wrong and the beginning of the response. Returns -1. */
int imap_protocol_error(struct error *err, const char *what, const char *response, size_t len);

/* imap_output.c */
void imap_output_continue(struct imap *im); /* "+" */
/* c, which is being written, was answered: true if it can be finished now; otherwise what was announced still
 * has to be handed out, and the answer is kept until then (*a is taken over). */
bool imap_output_early(struct imap *im, struct imap_command *c, struct imap_answer *a);

/* imap_response.c: one assembled response, without its last CRLF. data may be changed. */
int imap_response_handle(struct imap *im, char *data, size_t len, struct error *err);

/* imap_rows.c, imap_fetch.c: data responses. list: the values after the keyword. -1: malformed. */
typedef int imap_data_fn(struct imap *im, const struct imap_value *list);
imap_data_fn imap_rows_list, imap_rows_status, imap_rows_namespace, imap_rows_quota, imap_rows_id,
    imap_rows_esearch;
int imap_rows_search(struct imap *im, const char *s, size_t len);
imap_data_fn imap_fetch_row;
