/* badcloud.h - the parts of badcloud (badcloud.c says what it is).
 *
 * badcloud_read.c takes commands from the client and passes them on, badcloud_fault.c decides which of them
 * go wrong, badcloud_answer.c passes the server's answers on and brings in those of its own, badcloud_late.c
 * stores what the client was not told of when it has given up on it. */
#pragma once

#include "lines.h"

struct badcloud_options {
    uint64_t throttle_every, bandwidth_every;
    uint64_t full_after, full_for;
    bool full;
    uint64_t expire_after, expire_every;
    uint64_t reject_every;
    const char *reject_header, *reject_text;
    unsigned swallow_percent;
    uint64_t swallow_first, deny_first;
    bool swallow_before;
    uint64_t late_ms, late_appends;
    const char *poison;
    bool rewrite;
    bool no_uidplus, no_multiappend, no_literal_plus, drop_duplicates;
    const char *gmail; /* what becomes of a message whose Message-ID is there: "gone", "old", "label"; NULL:
                          no Gmail */
    uint64_t connection_limit;
    uint64_t garbage_every, truncate_every;
    uint64_t stall_after, stall_ms;
    uint64_t login_refuse_first;
    const char *login_refuse_text;
    const char *full_text;
    const char *refuse[8]; /* "WORD=ANSWER"; ended by NULL */
};
extern struct badcloud_options badcloud_options;

enum badcloud_action {
    BADCLOUD_PASS,
    BADCLOUD_ANSWER,  /* with command->answer in the server's stead */
    BADCLOUD_BYE,     /* the same, then close */
    BADCLOUD_RESET,   /* cut the line in its stead */
    BADCLOUD_DENY,    /* pass it on, and say NO whatever the server says */
    BADCLOUD_SWALLOW, /* pass it on, then cut the line in place of the answer */
};

struct badcloud_literal {
    size_t at, len; /* in the command's text */
};

/* One command, in the queue until it is answered. */
struct badcloud_command {
    struct badcloud_command *next;
    char tag[64], word[32]; /* word: the second one of the line, in capitals */
    struct buf text;        /* as passed on: every {n} has become {n+} */
    struct badcloud_literal *literals;
    size_t literal_count, left; /* octets of the last literal that are still to come */
    bool begun;                 /* its first line is there */
    bool whole;
    bool plus_due; /* the client waits for "+" */
    bool own;      /* badcloud's: the client does not know of it */
    enum badcloud_action action;
    struct buf answer;
};

struct badcloud_conn {
    struct lines_conn *lines;
    struct badcloud_command *first, **last;
    struct buf line;
    bool silent;      /* no answer any more, to whatever */
    bool deaf;        /* nothing of what the client says from now on counts */
    bool raw;         /* the client's next line answers a "+" of AUTHENTICATE */
    uint64_t answers; /* commands that came in once signed in */
    bool signed_in, stalled;
    /* of the server's answers */
    size_t literal_left, cut_in; /* cut_in: octets of it until the line is cut; SIZE_MAX: not */
    bool in_literal_line;        /* the line goes on after a literal */
    char *selected;              /* mailbox as the client wrote it, NULL: none; owned */
    bool read_only;
    bool gmail_id;         /* the literal that comes is a Message-ID that was asked for in its stead */
    struct buf gmail_line; /* what came of it, and what stands before it */
    struct buf held;       /* the answer to an APPEND while its duplicates are being taken out */
};

/* ---- badcloud_read.c ---- */
bool badcloud_read(struct badcloud_conn *b); /* true: something moved on */
/* Does the line end in {n} or {n+}? ret_at: where the brace stands. */
bool badcloud_ends_in_literal(struct buf *line, size_t *ret_at, size_t *ret_len, bool *ret_non_sync);
/* A command of badcloud's own, sent at once. */
void badcloud_send_own(struct badcloud_conn *b, const char *text);
void badcloud_drop(struct badcloud_conn *b, struct badcloud_command *cmd);
/* The n-th blank-separated word of the command's first line (0: the tag), quoted strings whole; caller frees.
 */
char *badcloud_word(const struct badcloud_command *cmd, size_t n);

/* ---- badcloud_fault.c ---- */
/* After the first line; may settle command->action. */
void badcloud_judge_line(struct badcloud_conn *b, struct badcloud_command *cmd, bool non_sync, size_t len);
/* The Message-ID of a message of an APPEND, from "<" to ">"; NULL: none. The caller frees. */
char *badcloud_message_id(const char *message, size_t len);
/* After the last, for APPEND. */
void badcloud_judge_append(struct badcloud_command *cmd);
/* The positions among the messages of an APPEND that was answered OK which the cloud has already; from now on
 * it has them all. Returns how many; *ret is the caller's. */
size_t badcloud_find_duplicates(const struct badcloud_command *cmd, size_t **ret);
void badcloud_fault_done(void);

/* ---- badcloud_gmail.c ---- */
#define BADCLOUD_GMAIL_LITERAL 4096 /* LITERAL-: the most that goes without a "+" */
/* X-GM-MSGID is asked of the server as the Message-ID that it is made from. */
void badcloud_gmail_ask(struct badcloud_command *cmd);
/* A line of its answer that ends in the literal: kept. false: it is none. */
bool badcloud_gmail_begin(struct badcloud_conn *b, size_t len);
/* The literal is here: the item, in the place of it. */
void badcloud_gmail_end(struct badcloud_conn *b);
/* An APPEND was answered OK with this line, and is none of the duplicates, or is one: then the old one's UID.
 */
void badcloud_gmail_appended(const struct badcloud_command *cmd, const char *line);
void badcloud_gmail_rename(const struct badcloud_command *cmd, struct buf *line);
void badcloud_gmail_done(void);

/* ---- badcloud_late.c ---- */
/* How the client signed in, for later. */
void badcloud_late_note(const struct badcloud_command *cmd);
/* Is this APPEND the one that is stored later? Then it is kept. */
bool badcloud_late_take(const struct badcloud_command *cmd);
void badcloud_late_appended(void); /* another one was answered OK */
void badcloud_late_done(void);

/* ---- badcloud_answer.c ---- */
bool badcloud_answer(struct badcloud_conn *b); /* the server's */
bool badcloud_settle(struct badcloud_conn *b); /* badcloud's own, when it is their turn */
