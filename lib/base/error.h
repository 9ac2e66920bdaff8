/* error.h - what went wrong, on two axes: how much is affected, and whether to try again.
 *
 * Every function that can fail takes `struct error *err` as its last argument (NULL: the caller does not
 * care), fills it only on failure, and returns -1 (or NULL, or false). The executor, the ledger row and the
 * report all read this one struct, so its text is a whole sentence for a person: host, account, the server's
 * own words, the next step. It never holds a secret.
 *
 * Plain data: copy it freely, nothing to free. */
#pragma once

#include <stdarg.h>
#include <stdint.h>

/* How much is affected. */
enum error_scope {
    ERROR_SCOPE_NONE, /* no error */
    ERROR_SCOPE_MESSAGE,
    ERROR_SCOPE_FOLDER,
    ERROR_SCOPE_SESSION, /* this connection */
    ERROR_SCOPE_JOB,     /* this source -> destination pair */
    ERROR_SCOPE_RUN,     /* the whole program run: disk, ledger, usage */
};

/* Whether trying again can help, and when. */
enum error_retry {
    ERROR_RETRY_NEVER,
    ERROR_RETRY_NOW,
    ERROR_RETRY_LATER, /* after wait_ms, if that is not 0 */
    ERROR_RETRY_AFTER_LOGIN,
};

/* What kind. cli maps these to exit codes; everything finer is in the text. */
enum error_code {
    ERROR_NONE,
    ERROR_USAGE,     /* the options, the job, a file given by the user */
    ERROR_AUTH,      /* the server refused user or password */
    ERROR_TLS,       /* certificate, host name or protocol version not acceptable */
    ERROR_NO_HOST,   /* no address is known for the host's name */
    ERROR_CONNECT,   /* refused, unreachable */
    ERROR_LOST,      /* the connection ended when it should not */
    ERROR_TIMEOUT,   /* silence beyond the deadline */
    ERROR_PROTOCOL,  /* the peer does not speak the protocol */
    ERROR_REFUSED,   /* -ERR, NO or BAD to one command */
    ERROR_TOO_BIG,   /* message over the destination's limit */
    ERROR_FULL,      /* the destination's storage is full */
    ERROR_THROTTLED, /* too fast or too much for today */
    ERROR_IN_USE,    /* mailbox locked by another session */
    ERROR_NO_FOLDER, /* the destination mailbox does not exist */
    ERROR_DISK,      /* local file or folder */
    ERROR_LEDGER,    /* the ledger cannot be read or written */
    ERROR_LOCKED,    /* another run works in this work folder */
    ERROR_CANCELLED, /* the user asked to stop, or the engine was shut down */
    ERROR_INTERNAL,  /* a defect of popferry, with file and line */
};

#define ERROR_TEXT_MAX 640

struct error {
    enum error_scope scope;
    enum error_retry retry;
    enum error_code code;
    int64_t wait_ms;           /* only with ERROR_RETRY_LATER; 0 = unknown */
    char text[ERROR_TEXT_MAX]; /* UTF-8, no control characters, no final full stop */
};

/* Fill *err (unless NULL) and return -1, so that callers write `return error_set(err, ...)`. Text that does
 * not fit is cut at a character. Control characters become '?'. */
int error_set(struct error *err, enum error_scope scope, enum error_retry retry, enum error_code code,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));

/* Put "fmt: " before the text that is there. Returns -1. */
int error_prefix(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Put " (fmt)" style additions after the text that is there. Returns -1. */
int error_append(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The short name of a code for JSON and the ledger, as "login-refused". */
const char *error_code_name(enum error_code code);

/* A case the code did not foresee: folded loudly into job/never with its place. Returns -1. */
#define error_unhandled(err, what)                                                                           \
    error_set((err), ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_INTERNAL, "unhandled: %s (%s:%d)", (what),    \
        __FILE__, __LINE__)
