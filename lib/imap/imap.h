/* imap.h - an IMAP4rev1 client engine (RFC 3501, 9051 as far as shared) without I/O: bytes in, bytes out,
 * callbacks.
 *
 * It begins after login, in authenticated state: net has connected, secured and signed in. Submit
 * imap_capability first: nothing that was said before login counts.
 *
 * Order of calls: imap_new; submit commands at any time; write what imap_pull hands out and pass what arrives
 * to imap_feed. Commands are pipelined in the order of submission, at most IMAP_WINDOW in flight, and a
 * command with a synchronising literal is sent up to the literal and goes on when the server's "+" comes: no
 * other command is sent meanwhile. Commands that change the selected mailbox (SELECT, EXAMINE, UNSELECT) wait
 * until all before them but ID are answered, and all after them wait for them.
 *
 * Every done callback fires exactly once: with the tagged answer, or with the error given to imap_abort;
 * never from inside the submitting call. Callbacks may submit further commands; they must not call imap_feed,
 * imap_pull, imap_abort or imap_free. A command that cannot be sent (a name not in wire form, no sequence
 * set, an empty message, several messages without MULTIAPPEND) is completed in its turn by imap_pull,
 * IMAP_ABORTED with ERROR_INTERNAL. LIST, STATUS, SEARCH and APPEND wait for an outstanding CAPABILITY, which
 * decides their form.
 *
 * Tags are P1, P2, ...; an answer with any other is a protocol error (a command ends with its answer or with
 * the session, so no tag need be remembered). A "+" that no command waits for is passed over. Unsolicited
 * responses may come anywhere and harm nothing. BYE: imap_bye tells the words; commands still outstanding are
 * completed by imap_abort when the stream ends.
 *
 * Mailbox names given here are as they go over the wire (modified UTF-7): see imap_name.h. The engine quotes.
 * One thread. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define IMAP_WINDOW       16       /* commands in flight */
#define IMAP_RESPONSE_MAX 16777216 /* octets of a response but for streamed literals; else ERROR_PROTOCOL */
#define IMAP_DEPTH_MAX    64       /* nesting of lists accepted */

struct imap;

/* Response codes (RFC 3501 section 7.1, 4315, 5530, 7889, 9208). */
enum imap_code {
    IMAP_CODE_NONE,
    IMAP_CODE_ALERT,
    IMAP_CODE_TRYCREATE,
    IMAP_CODE_READ_ONLY,
    IMAP_CODE_READ_WRITE,
    IMAP_CODE_APPENDUID,
    IMAP_CODE_UIDNOTSTICKY,
    IMAP_CODE_TOOBIG,
    IMAP_CODE_OVERQUOTA,
    IMAP_CODE_UNAVAILABLE,
    IMAP_CODE_AUTHENTICATIONFAILED,
    IMAP_CODE_AUTHORIZATIONFAILED,
    IMAP_CODE_EXPIRED,
    IMAP_CODE_PRIVACYREQUIRED,
    IMAP_CODE_CONTACTADMIN,
    IMAP_CODE_NOPERM,
    IMAP_CODE_INUSE,
    IMAP_CODE_EXPUNGEISSUED,
    IMAP_CODE_CORRUPTION,
    IMAP_CODE_SERVERBUG,
    IMAP_CODE_CLIENTBUG,
    IMAP_CODE_CANNOT,
    IMAP_CODE_LIMIT,
    IMAP_CODE_ALREADYEXISTS,
    IMAP_CODE_NONEXISTENT,
    IMAP_CODE_THROTTLED,
    IMAP_CODE_OTHER,
};

enum imap_status {
    IMAP_OK,
    IMAP_NO,
    IMAP_BAD,
    IMAP_ABORTED, /* imap_abort, or never sent */
};

/* The end of one command.
 *
 * error is folded from status, code and words:
 *   TOOBIG; LIMIT to APPEND with words about size                -> message/never/TOO_BIG
 *   OVERQUOTA; other NO to APPEND with words about no room       -> job/never/FULL
 *   UNAVAILABLE with such words                                  -> job/later/FULL
 *   OVERQUOTA with words about a command or bandwidth limit      -> job/later/THROTTLED
 *   UNAVAILABLE, THROTTLED, LIMIT to others,
 *   "Suggested Backoff Time: N milliseconds" (wait_ms filled)    -> session/later/THROTTLED
 *   INUSE, words about a lock                                    -> session/later/IN_USE
 *   SERVERBUG and words about another time, to SELECT            -> session/later/REFUSED
 *   EXPIRED, "session expired", AUTHENTICATIONFAILED             -> session/after-login/AUTH
 *   TRYCREATE, NONEXISTENT                                       -> folder/now/NO_FOLDER
 *   other NO and BAD                                             -> message (APPEND), folder or
 * session/never/REFUSED */
struct imap_result {
    enum imap_status status;
    enum imap_code code;
    const char *text; /* the server's words after the code, made fit to show; "" when there are none */
    const struct error *error; /* NULL when OK; else see above */
    /* APPEND with UIDPLUS: */
    uint32_t uidvalidity; /* 0: not told */
    const uint32_t *uids; /* in the order sent; NULL: not told; valid during the call */
    size_t uid_count;
};
typedef void imap_done_fn(void *ctx, const struct imap_result *res);

/* What CAPABILITY said last (untagged, in a response code, after login). */
struct imap_caps {
    bool known;
    bool imap4rev1, imap4rev2, literal_plus, literal_minus, multiappend, uidplus, namespace, id, quota,
        esearch, unselect, status_size, condstore, move, special_use, list_extended, utf8_accept, gmail,
        objectid, idle, compress_deflate;
    bool appendlimit_per_mailbox; /* bare APPENDLIMIT: ask STATUS */
    uint64_t appendlimit;         /* octets; 0: not said */
    char raw[2048];               /* the whole list, blank separated, cut when longer */
};

struct imap *imap_new(void);
void imap_free(struct imap *im); /* after imap_abort, or with nothing outstanding */

/* ---- commands ---- */
void imap_capability(struct imap *im, imap_done_fn *done, void *ctx);
void imap_noop(struct imap *im, imap_done_fn *done, void *ctx);
void imap_logout(struct imap *im, imap_done_fn *done, void *ctx); /* the last command */
/* RFC 2971; name/version of this client; the server's answer is in imap_server_id. */
void imap_id(struct imap *im, const char *name, const char *version, imap_done_fn *done, void *ctx);
const char *imap_server_id(const struct imap *im); /* "Dovecot", "" unknown; fit to show */

/* RFC 2342: the first personal namespace; no row if there is none. Strings valid during the call; done
 * follows. */
typedef void imap_namespace_fn(void *ctx, const char *prefix, char delimiter); /* delimiter 0: flat */
void imap_namespace(struct imap *im, imap_namespace_fn *row, imap_done_fn *done, void *ctx);

struct imap_list_row {
    const char *name; /* wire form */
    char delimiter;   /* 0: NIL */
    bool noselect, nonexistent, noinferiors;
    const char *special_use; /* "\\Sent" ... or NULL */
};
typedef void imap_list_fn(void *ctx, const struct imap_list_row *row);
void imap_list(struct imap *im, const char *reference, const char *pattern, imap_list_fn *row,
    imap_done_fn *done, void *ctx);

void imap_create(struct imap *im, const char *mailbox, imap_done_fn *done, void *ctx);

/* What SELECT/EXAMINE told; kept up to date by later unsolicited EXISTS, EXPUNGE and UIDNEXT codes. */
struct imap_mailbox {
    bool selected, read_only, uid_not_sticky;
    bool permanent_keywords; /* PERMANENTFLAGS has \* */
    uint32_t exists;
    uint32_t uidvalidity; /* 0: not told */
    uint32_t uidnext;     /* 0: not told */
};
void imap_select(struct imap *im, const char *mailbox, bool read_only, imap_done_fn *done, void *ctx);
/* RFC 3691; only if offered. */
void imap_unselect(struct imap *im, imap_done_fn *done, void *ctx);
const struct imap_mailbox *imap_selected(const struct imap *im);

/* STATUS; items asked for: MESSAGES UIDNEXT UIDVALIDITY, SIZE if STATUS=SIZE, APPENDLIMIT if per mailbox. */
struct imap_status_row {
    bool has_messages, has_uidnext, has_uidvalidity, has_size, has_appendlimit;
    uint32_t messages, uidnext, uidvalidity;
    uint64_t size_octets, appendlimit; /* appendlimit NIL -> has_appendlimit false */
};
typedef void imap_status_fn(void *ctx, const struct imap_status_row *row);
void imap_status(struct imap *im, const char *mailbox, imap_status_fn *row, imap_done_fn *done, void *ctx);

/* GETQUOTAROOT (RFC 9208): one call per resource of each root that has a limit (0 and 2^64-1 are none).
 * STORAGE comes in octets (x 1024 done here). */
struct imap_quota_row {
    const char *root, *resource; /* resource as "STORAGE", "MESSAGE" */
    uint64_t used, limit;
};
typedef void imap_quota_fn(void *ctx, const struct imap_quota_row *row);
void imap_getquotaroot(
    struct imap *im, const char *mailbox, imap_quota_fn *row, imap_done_fn *done, void *ctx);

/* One message of a UID FETCH. Pointers valid during the call. Flags alone are another session's news, not a
 * row. */
struct imap_fetch_row {
    uint32_t uid; /* rows without UID are not reported */
    bool has_size, has_date, has_flags;
    uint64_t size_octets;   /* RFC822.SIZE: an estimate on some servers */
    int64_t internaldate_s; /* UTC seconds */
    bool seen, deleted;
    const char *header; /* BODY[HEADER.FIELDS (...)] as sent, NULL if not asked, or NIL */
    size_t header_len;
    uint64_t gmail_id; /* X-GM-MSGID; 0: not asked, or not told */
};
typedef void imap_fetch_fn(void *ctx, const struct imap_fetch_row *row);
/* set: a sequence set ("1:*", "4,7:9"). UID RFC822.SIZE INTERNALDATE FLAGS, and if header_fields is not NULL
 * BODY.PEEK[HEADER.FIELDS (header_fields)]. */
void imap_uid_fetch(struct imap *im, const char *set, const char *header_fields, imap_fetch_fn *row,
    imap_done_fn *done, void *ctx);

/* UID FETCH set (UID X-GM-MSGID): where CAPABILITY says X-GM-EXT-1 (imap_caps.gmail). One FETCH at a time:
 * rows do not tell which one they answer. */
void imap_uid_fetch_gmail(
    struct imap *im, const char *set, imap_fetch_fn *row, imap_done_fn *done, void *ctx);

/* UID FETCH set (UID BODY.PEEK[]): each body is streamed: begin once with its octets, then data, then end.
 * The uid is given at end only, since a server may send it after the body; 0: not told. NIL comes as 0
 * octets. When the session ends in the middle of a body, end is not called. */
struct imap_body_handler {
    void (*begin)(void *ctx, uint64_t octets);
    void (*data)(void *ctx, const void *data, size_t len);
    void (*end)(void *ctx, uint32_t uid);
};
void imap_uid_fetch_body(
    struct imap *im, const char *set, const struct imap_body_handler *handler, imap_done_fn *done, void *ctx);

/* UID SEARCH criteria; one call per UID, ascending or not. With ESEARCH offered it is asked with RETURN
 * (ALL). More than 4 Mi UIDs are a protocol error. */
typedef void imap_uid_fn(void *ctx, uint32_t uid);
void imap_uid_search(struct imap *im, const char *criteria, imap_uid_fn *row, imap_done_fn *done, void *ctx);

/* One message to append. read hands out the bytes in order, from offset 0 to octets; a failing read (-1)
 * makes the engine dead (imap_pull returns -1), since the literal cannot be completed. */
struct imap_append_msg {
    uint64_t octets; /* > 0; CRLF line ends, no NUL: the caller sees to that */
    bool seen, answered, flagged, deleted, draft;
    const char *keywords;   /* divided by blanks, NULL: none; what is no flag-keyword (RFC 3501) is left out.
                               Not   copied: valid until done is called */
    int64_t internaldate_s; /* UTC seconds; sent as +0000, the day in two digits */
    ssize_t (*read)(void *ctx, uint64_t offset, void *dst, size_t len, struct error *err);
    void *ctx;
};
/* APPEND (n == 1) or MULTIAPPEND (RFC 3502; n > 1 only if offered). msgs is copied. {n+} if LITERAL+, or
 * LITERAL- and octets <= 4096; otherwise a synchronising literal. With LITERAL+ a message over
 * IMAP_SYNC_ABOVE octets still goes synchronised, so that the server can refuse it before its bytes travel.
 * When a server refuses in the middle (tagged NO/BAD instead of "+"), the rest of the command is not sent.
 * When it refuses while octets already announced are being handed out, these still go, and done is called
 * when they are gone (or by imap_abort, with the server's answer); until then read may be called. */
#define IMAP_SYNC_ABOVE (8 * 1024 * 1024)
void imap_append(struct imap *im, const char *mailbox, const struct imap_append_msg *msgs, size_t n,
    imap_done_fn *done, void *ctx);

/* ---- bytes ---- */
/* Bytes to send now: fills at most cap, returns how many; 0 = nothing at present; -1: a message
 * could not be read, or the engine is dead. May call done (see above). */
ssize_t imap_pull(struct imap *im, void *dst, size_t cap, struct error *err);
bool imap_wants_write(const struct imap *im);
/* Bytes that arrived, split anywhere. -1: the peer does not speak IMAP (ERROR_PROTOCOL, scope session, its
 * words in the text); the engine is then dead and the caller calls imap_abort. */
int imap_feed(struct imap *im, const void *data, size_t len, struct error *err);
/* Complete everything outstanding with this error, in order. Afterwards nothing can be
 * submitted: what is all the same is completed with this error by the next imap_pull, imap_abort or
 * imap_free. A command that the server had already refused keeps that answer. */
void imap_abort(struct imap *im, const struct error *why);

const struct imap_caps *imap_caps(const struct imap *im);
const char *imap_bye(const struct imap *im); /* words of BYE, NULL if there was none */
/* The words of the first, second (n = 1) ... [ALERT], which people must see; NULL: there were no more. Of
 * those that say the same one is kept. */
#define IMAP_ALERTS_MAX 16
const char *imap_alert(const struct imap *im, size_t n);
size_t imap_outstanding(const struct imap *im);
size_t imap_in_flight(const struct imap *im);
/* What the server owes first. */
struct imap_awaited {
    const char *verb; /* "UID SEARCH"; "" for nothing */
    bool search;
};
struct imap_awaited imap_awaited(const struct imap *im);
/* How many APPENDs have all their bytes handed out and wait for their answer. */
size_t imap_appends_waiting(const struct imap *im);
