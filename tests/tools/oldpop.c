/* oldpop - stands before a POP3 server and makes it one of those that are still out there: without UIDL or
 * TOP or CAPA, with sizes that are wrong, busy, impatient, or showing its mail a few messages at a time. What
 * the server behind it holds is real.
 *
 *   oldpop --listen PORT|0 --connect 127.0.0.1:PORT [--port-file FILE] [--log FILE] [--seed N]
 * PECULIARITIES...
 *
 * Runs until SIGTERM or SIGINT. One oldpop stands for one mailbox: what it remembers (the last sign-in, what
 * was popped) is not kept by user. No TLS: STLS is not offered. */
#include "oldpop.h"

#include "lines_script.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: oldpop --listen PORT|0 --connect 127.0.0.1:PORT [--port-file FILE] [--log FILE] [--seed N]\n"
    "What it offers:\n"
    "  --no-capa --no-top --user-pass-only\n"
    "  --top-cut N         answers to TOP end after N octets\n"
    "  --capa-add LINE     one more line of CAPA (as often as one likes)\n"
    "  --capa-drop WORD    none with this word\n"
    "UIDL:\n"
    "  --no-uidl           -ERR\n"
    "  --blank-uidl        numbers with nothing behind them\n"
    "  --same-uidl         the same for all\n"
    "  --number-uidl       the message number\n"
    "  --place-uidl        m and the message number: those of a mailbox made anew are known ones\n"
    "  --fresh-uidl        others in each session\n"
    "  --uidl-salt TEXT    others for each TEXT\n"
    "Sizes:\n"
    "  --list-lies         a third too much for odd numbers, a third too little for even ones\n"
    "Sign-in:\n"
    "  --in-use-first N    the first N are answered -ERR [IN-USE]\n"
    "  --sys-temp-first N  the first N are answered -ERR [SYS/TEMP] (before those)\n"
    "  --login-delay S     -ERR [LOGIN-DELAY] within S seconds of the last one; CAPA says so\n"
    "  --state FILE        what is remembered, also when oldpop is started again\n"
    "Messages:\n"
    "  --view N            only the N oldest that have not been popped are there; RETR and QUIT pop one\n"
    "  --poison-retr TEXT  the line is cut in the middle of a message with TEXT\n"
    "  --err-retr TEXT     RETR of a message with TEXT is answered -ERR\n"
    "  --unstuffed         dots at the begin of lines are sent as they are, also lone ones\n"
    "  --script FILE       answers in place of the server's, see lines_script.h\n"
    "The end:\n"
    "  --close-after N     each connection is closed after N octets to the client\n"
    "  --quit-fails        no answer to QUIT, and nothing is deleted\n"
    "  --quit-err          -ERR to QUIT, and nothing is deleted\n";

struct oldpop_options oldpop_options;
unsigned oldpop_sessions;

enum {
    O_NO_CAPA = LINES_OPTION_OWN,
    O_NO_UIDL,
    O_BLANK_UIDL,
    O_SAME_UIDL,
    O_NUMBER_UIDL,
    O_PLACE_UIDL,
    O_FRESH_UIDL,
    O_UIDL_SALT,
    O_NO_TOP,
    O_TOP_CUT,
    O_LIST_LIES,
    O_CAPA_ADD,
    O_CAPA_DROP,
    O_STATE,
    O_LOGIN_DELAY,
    O_IN_USE,
    O_SYS_TEMP,
    O_VIEW,
    O_USER_PASS,
    O_CLOSE_AFTER,
    O_POISON,
    O_ERR,
    O_QUIT_FAILS,
    O_QUIT_ERR,
    O_UNSTUFFED,
    O_SCRIPT,
};

static const struct option known[] = {{"no-capa", no_argument, NULL, O_NO_CAPA},
    {"no-uidl", no_argument, NULL, O_NO_UIDL}, {"blank-uidl", no_argument, NULL, O_BLANK_UIDL},
    {"same-uidl", no_argument, NULL, O_SAME_UIDL}, {"number-uidl", no_argument, NULL, O_NUMBER_UIDL},
    {"place-uidl", no_argument, NULL, O_PLACE_UIDL}, {"fresh-uidl", no_argument, NULL, O_FRESH_UIDL},
    {"uidl-salt", required_argument, NULL, O_UIDL_SALT}, {"no-top", no_argument, NULL, O_NO_TOP},
    {"top-cut", required_argument, NULL, O_TOP_CUT}, {"list-lies", no_argument, NULL, O_LIST_LIES},
    {"capa-add", required_argument, NULL, O_CAPA_ADD}, {"capa-drop", required_argument, NULL, O_CAPA_DROP},
    {"state", required_argument, NULL, O_STATE}, {"login-delay", required_argument, NULL, O_LOGIN_DELAY},
    {"in-use-first", required_argument, NULL, O_IN_USE},
    {"sys-temp-first", required_argument, NULL, O_SYS_TEMP}, {"view", required_argument, NULL, O_VIEW},
    {"user-pass-only", no_argument, NULL, O_USER_PASS},
    {"close-after", required_argument, NULL, O_CLOSE_AFTER},
    {"poison-retr", required_argument, NULL, O_POISON}, {"err-retr", required_argument, NULL, O_ERR},
    {"quit-fails", no_argument, NULL, O_QUIT_FAILS}, {"quit-err", no_argument, NULL, O_QUIT_ERR},
    {"unstuffed", no_argument, NULL, O_UNSTUFFED}, {"script", required_argument, NULL, O_SCRIPT},
    {NULL, 0, NULL, 0}};

static bool set_flag(int option)
{
    struct oldpop_options *o = &oldpop_options;
    const struct {
        int option;
        bool *to;
    } flags[] = {{O_NO_CAPA, &o->no_capa}, {O_NO_UIDL, &o->no_uidl}, {O_BLANK_UIDL, &o->blank_uidl},
        {O_SAME_UIDL, &o->same_uidl}, {O_NUMBER_UIDL, &o->number_uidl}, {O_PLACE_UIDL, &o->place_uidl},
        {O_FRESH_UIDL, &o->fresh_uidl}, {O_NO_TOP, &o->no_top}, {O_LIST_LIES, &o->list_lies},
        {O_USER_PASS, &o->user_pass_only}, {O_QUIT_FAILS, &o->quit_fails}, {O_QUIT_ERR, &o->quit_err},
        {O_UNSTUFFED, &o->unstuffed}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].option == option) {
            *flags[i].to = true;
            return true;
        }
    return false;
}

static bool set_number(int option, const char *value)
{
    struct oldpop_options *o = &oldpop_options;
    const struct {
        int option;
        uint64_t *to;
    } numbers[] = {{O_TOP_CUT, &o->top_cut}, {O_LOGIN_DELAY, &o->login_delay_s}, {O_IN_USE, &o->in_use_first},
        {O_SYS_TEMP, &o->sys_temp_first}, {O_VIEW, &o->view}, {O_CLOSE_AFTER, &o->close_after}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].option == option) {
            *numbers[i].to = lines_number(value, UINT32_MAX);
            return true;
        }
    return false;
}

static void add_word(const char **words, size_t *count, const char *value)
{
    if (*count == OLDPOP_WORDS_MAX) {
        fprintf(stderr, "oldpop: more than %d lines or words for CAPA\n", OLDPOP_WORDS_MAX);
        exit(EXIT_FAILURE);
    }
    words[(*count)++] = value;
}

static void set(int option, const char *value)
{
    struct oldpop_options *o = &oldpop_options;
    if (set_flag(option) || set_number(option, value))
        return;
    switch (option) {
    case O_UIDL_SALT:
        o->uidl_salt = value;
        break;
    case O_CAPA_ADD:
        add_word(o->capa_add, &o->capa_add_count, value);
        break;
    case O_CAPA_DROP:
        add_word(o->capa_drop, &o->capa_drop_count, value);
        break;
    case O_STATE:
        o->state_file = value;
        oldpop_state_load();
        break;
    case O_POISON:
        o->poison_retr = value;
        break;
    case O_SCRIPT:
        lines_script_load(value);
        break;
    case O_ERR:
        o->err_retr = value;
        break;
    }
}

static void on_open(struct lines_conn *c)
{
    oldpop_sessions++;
    struct oldpop_conn *p = mem_alloc(sizeof *p);
    p->lines = c;
    p->last = &p->first;
    c->state = p;
    c->close_after = oldpop_options.close_after;
}

static void on_turn(struct lines_conn *c)
{
    struct oldpop_conn *p = c->state;
    bool moved = true;
    while (moved && !c->end) {
        moved = oldpop_settle(p);
        moved |= !c->end && oldpop_answer(p);
        moved |= !c->end && oldpop_command(p);
    }
}

static void on_close(struct lines_conn *c)
{
    struct oldpop_conn *p = c->state;
    while (p->first)
        oldpop_command_drop_first(p);
    oldpop_box_done(p);
    buf_done(&p->line);
    buf_done(&p->held);
    free(p);
}

int main(int argc, char **argv)
{
    static const struct lines_tool tool = {
        .name = "oldpop", .open = on_open, .turn = on_turn, .close = on_close};
    static const struct lines_main m = {.tool = &tool, .usage = usage, .options = known, .set = set};
    int rc = lines_main(&m, argc, argv);
    oldpop_state_done();
    lines_script_done();
    return rc;
}
