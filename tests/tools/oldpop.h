/* oldpop.h - the parts of oldpop (oldpop.c says what it is).
 *
 * oldpop_box.c knows the mailbox as this session shows it, oldpop_command.c takes commands, oldpop_answer.c
 * passes the server's answers on, oldpop_state.c remembers from one session to the next. */
#pragma once

#include "lines.h"

#define OLDPOP_WORDS_MAX 16

struct oldpop_options {
    bool no_capa, no_uidl, blank_uidl, same_uidl, number_uidl, place_uidl, fresh_uidl;
    const char *uidl_salt;
    bool no_top;
    uint64_t top_cut;
    bool list_lies;
    const char *capa_add[OLDPOP_WORDS_MAX], *capa_drop[OLDPOP_WORDS_MAX];
    size_t capa_add_count, capa_drop_count;
    const char *state_file;
    uint64_t login_delay_s, in_use_first, sys_temp_first;
    uint64_t view;
    bool user_pass_only;
    uint64_t close_after;
    const char *poison_retr, *err_retr;
    bool quit_fails, quit_err, unstuffed;
};
extern struct oldpop_options oldpop_options;
extern unsigned oldpop_sessions; /* so far, the present one among them */

enum oldpop_kind {
    OLDPOP_OTHER,  /* one line */
    OLDPOP_SIGNIN, /* PASS, AUTH, APOP */
    OLDPOP_CAPA,
    OLDPOP_RETR,
    OLDPOP_TOP,
    OLDPOP_DELE,
    OLDPOP_RSET,
    OLDPOP_QUIT,
    OLDPOP_SCAN_LIST, /* oldpop's own, behind the sign-in */
    OLDPOP_SCAN_UIDL,
};

/* A message as the server has it. */
struct oldpop_message {
    unsigned number; /* there */
    uint64_t octets;
    char *uidl; /* owned */
    bool shown; /* in this session's view */
    bool retrieved, deleted;
};

struct oldpop_command {
    struct oldpop_command *next;
    enum oldpop_kind kind;
    struct oldpop_message *message; /* RETR, TOP, DELE */
    bool passed_on;                 /* else answer is what the client gets */
    bool last_word;                 /* the connection ends with this answer */
    struct buf answer;
};

struct oldpop_conn {
    struct lines_conn *lines;
    struct oldpop_command *first, **last;
    struct buf line;
    bool deaf;      /* silent from now on */
    bool raw;       /* the client's next line answers a "+" of AUTH */
    bool signed_in; /* and the mailbox is known */
    bool body;      /* the answer to the first command goes on to a line with "." */
    uint64_t body_octets;
    struct buf held; /* the "+OK" of the sign-in, or a message that is looked through first */
    struct oldpop_message *messages;
    size_t count;
};

/* ---- oldpop_box.c ---- */
/* A row of the server's LIST or UIDL. */
void oldpop_box_list_row(struct oldpop_conn *p, const char *row);
void oldpop_box_uidl_row(struct oldpop_conn *p, const char *row);
/* Both are there: choose what this session shows. */
void oldpop_box_view(struct oldpop_conn *p);
/* By the number that the client knows, or NULL. */
struct oldpop_message *oldpop_box_find(struct oldpop_conn *p, unsigned long number);
uint64_t oldpop_box_octets(const struct oldpop_message *m); /* as it claims */
void oldpop_box_stat(struct oldpop_conn *p, struct buf *ret);
/* argument: a number, or "" for all. */
void oldpop_box_list(struct oldpop_conn *p, const char *argument, struct buf *ret);
void oldpop_box_uidl(struct oldpop_conn *p, const char *argument, struct buf *ret);
void oldpop_box_reset(struct oldpop_conn *p);  /* RSET */
void oldpop_box_popped(struct oldpop_conn *p); /* QUIT was answered +OK */
void oldpop_box_done(struct oldpop_conn *p);

/* ---- oldpop_command.c ---- */
bool oldpop_command(struct oldpop_conn *p); /* true: something moved on */
struct oldpop_command *oldpop_command_add(struct oldpop_conn *p, enum oldpop_kind kind);
void oldpop_command_drop_first(struct oldpop_conn *p);

/* ---- oldpop_answer.c ---- */
bool oldpop_answer(struct oldpop_conn *p); /* the server's */
bool oldpop_settle(struct oldpop_conn *p); /* oldpop's own, when it is their turn */

/* ---- oldpop_state.c ---- */
void oldpop_state_load(void);
/* Why nobody may sign in now, or NULL. Counts as an attempt. */
const char *oldpop_state_gate(void);
void oldpop_state_signed_in(void);
bool oldpop_state_popped(const char *uidl);
void oldpop_state_pop(const char *uidl);
void oldpop_state_done(void);
