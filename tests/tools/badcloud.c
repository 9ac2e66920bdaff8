/* badcloud - stands before an IMAP server and makes it the cloud one fears: it throttles, fills up, ends
 * sessions, refuses messages, and stores some without saying so. What the server behind it stores is real, so
 * that one can look there for what arrived.
 *
 *   badcloud --listen PORT|0 --connect 127.0.0.1:PORT [--port-file FILE] [--log FILE] [--seed N] FAULTS...
 *
 * Runs until SIGTERM or SIGINT. The same seed and the same commands give the same faults. It understands
 * literals
 * ({n} and {n+}), MULTIAPPEND and pipelined commands; answers keep the order of the commands. A synchronising
 * literal is refused before it is sent where the fault does not depend on what is in it. No TLS: STARTTLS is
 * not offered. */
#include "badcloud.h"

#include "lines_script.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] =
    "usage: badcloud --listen PORT|0 --connect 127.0.0.1:PORT [--port-file FILE] [--log FILE] [--seed N]\n"
    "Counted over all connections, of the commands after sign-in but CAPABILITY and LOGOUT:\n"
    "  --throttle-every N             each Nth is answered NO [THROTTLED]\n"
    "  --overquota-bandwidth-every N  each Nth is answered NO [OVERQUOTA], for bandwidth\n"
    "  --expire-every N               BYE to each Nth\n"
    "Of each connection:\n"
    "  --expire-after N               BYE to the command after N of them\n"
    "  --stall-after N --stall-ms MS  after N of them once nothing passes for so long\n"
    "  --connection-limit N           more than N at once are reset before the greeting\n"
    "  --login-refuse-first N         the first N sign-ins are refused\n"
    "  --login-refuse-text TEXT       with this (default: [UNAVAILABLE] Temporary authentication failure)\n"
    "Of commands:\n"
    "  --refuse WORD=ANSWER           each with this word is answered so, as SELECT='NO [NOPERM] not yours'; may be repeated\n"
    "Of APPENDs:\n"
    "  --full-after N                 NO [OVERQUOTA] once N messages are stored ...\n"
    "  --full-for K                   ... to K APPENDs, then there is room (default: for ever)\n"
    "  --full-text TEXT               with this (default: [OVERQUOTA] Quota exceeded (mailbox for user is full))\n"
    "  --reject-every N               one in N messages is refused, always the same ones (a hash of the Message-ID)\n"
    "  --reject-header TEXT           those with TEXT in the header are refused, too\n"
    "  --reject-text TEXT             with this (default: [CANNOT] virus found)\n"
    "  --swallow-percent P            so many are stored, and the line cut in place of the answer\n"
    "  --swallow-first N              the first N, likewise\n"
    "  --deny-first N                 the first N are stored, and answered NO\n"
    "  --swallow-before               the line of those is cut before their last message: nothing is stored\n"
    "  --late-ms MS                   the line is cut in place of the first one's answer, and it is stored so much later\n"
    "  --late-appends N               the same, once N others were answered\n"
    "  --poison TEXT                  the line is cut when a message with TEXT comes; nothing is stored\n"
    "  --drop-duplicates              one with a Message-ID that is there is answered OK, with a UID, and not kept\n"
    "  --rewrite                      another Message-ID is stored; without one, another first line\n"
    "  --gmail gone|old|label         a Gmail, see badcloud_gmail.c: what becomes of a message whose Message-ID is there\n"
    "Of what the server offers:\n"
    "  --no-uidplus --no-multiappend --no-literal-plus\n"
    "Of answers:\n"
    "  --script FILE                  those in place of the server's, see lines_script.h\n"
    "  --garbage-every N              before each Nth line comes one that is no IMAP\n"
    "  --truncate-literal-every N     each Nth FETCH literal ends in the middle, with the line\n";

struct badcloud_options badcloud_options = {
    .reject_text = "[CANNOT] virus found",
    .full_text = "[OVERQUOTA] Quota exceeded (mailbox for user is full)",
    .login_refuse_text = "[UNAVAILABLE] Temporary authentication failure",
};

enum {
    O_THROTTLE = LINES_OPTION_OWN,
    O_BANDWIDTH,
    O_FULL_AFTER,
    O_FULL_FOR,
    O_EXPIRE,
    O_EXPIRE_EVERY,
    O_REJECT,
    O_REJECT_HEADER,
    O_REJECT_TEXT,
    O_SWALLOW,
    O_SWALLOW_FIRST,
    O_DENY_FIRST,
    O_REWRITE,
    O_SWALLOW_BEFORE,
    O_LATE_MS,
    O_LATE_APPENDS,
    O_POISON,
    O_NO_UIDPLUS,
    O_NO_MULTIAPPEND,
    O_NO_LITERAL_PLUS,
    O_DROP_DUPLICATES,
    O_GMAIL,
    O_CONNECTIONS,
    O_GARBAGE,
    O_TRUNCATE,
    O_STALL_AFTER,
    O_STALL_MS,
    O_LOGIN_FIRST,
    O_LOGIN_TEXT,
    O_FULL_TEXT,
    O_REFUSE,
    O_SCRIPT,
};

static const struct option known[] = {{"throttle-every", required_argument, NULL, O_THROTTLE},
    {"overquota-bandwidth-every", required_argument, NULL, O_BANDWIDTH},
    {"full-after", required_argument, NULL, O_FULL_AFTER}, {"full-for", required_argument, NULL, O_FULL_FOR},
    {"expire-after", required_argument, NULL, O_EXPIRE},
    {"expire-every", required_argument, NULL, O_EXPIRE_EVERY},
    {"reject-every", required_argument, NULL, O_REJECT},
    {"reject-header", required_argument, NULL, O_REJECT_HEADER},
    {"reject-text", required_argument, NULL, O_REJECT_TEXT},
    {"swallow-percent", required_argument, NULL, O_SWALLOW},
    {"swallow-first", required_argument, NULL, O_SWALLOW_FIRST}, {"rewrite", no_argument, NULL, O_REWRITE},
    {"deny-first", required_argument, NULL, O_DENY_FIRST},
    {"swallow-before", no_argument, NULL, O_SWALLOW_BEFORE}, {"late-ms", required_argument, NULL, O_LATE_MS},
    {"late-appends", required_argument, NULL, O_LATE_APPENDS}, {"poison", required_argument, NULL, O_POISON},
    {"no-uidplus", no_argument, NULL, O_NO_UIDPLUS}, {"no-multiappend", no_argument, NULL, O_NO_MULTIAPPEND},
    {"no-literal-plus", no_argument, NULL, O_NO_LITERAL_PLUS},
    {"drop-duplicates", no_argument, NULL, O_DROP_DUPLICATES}, {"gmail", required_argument, NULL, O_GMAIL},
    {"connection-limit", required_argument, NULL, O_CONNECTIONS},
    {"garbage-every", required_argument, NULL, O_GARBAGE},
    {"truncate-literal-every", required_argument, NULL, O_TRUNCATE},
    {"stall-after", required_argument, NULL, O_STALL_AFTER},
    {"stall-ms", required_argument, NULL, O_STALL_MS},
    {"login-refuse-first", required_argument, NULL, O_LOGIN_FIRST},
    {"login-refuse-text", required_argument, NULL, O_LOGIN_TEXT},
    {"full-text", required_argument, NULL, O_FULL_TEXT}, {"refuse", required_argument, NULL, O_REFUSE},
    {"script", required_argument, NULL, O_SCRIPT}, {NULL, 0, NULL, 0}};

static bool set_number(int option, const char *value)
{
    struct badcloud_options *o = &badcloud_options;
    const struct {
        int option;
        uint64_t *to;
    } numbers[] = {{O_THROTTLE, &o->throttle_every}, {O_BANDWIDTH, &o->bandwidth_every},
        {O_FULL_AFTER, &o->full_after}, {O_FULL_FOR, &o->full_for}, {O_EXPIRE, &o->expire_after},
        {O_EXPIRE_EVERY, &o->expire_every}, {O_REJECT, &o->reject_every},
        {O_CONNECTIONS, &o->connection_limit}, {O_GARBAGE, &o->garbage_every},
        {O_TRUNCATE, &o->truncate_every}, {O_STALL_AFTER, &o->stall_after}, {O_STALL_MS, &o->stall_ms},
        {O_LOGIN_FIRST, &o->login_refuse_first}, {O_SWALLOW_FIRST, &o->swallow_first},
        {O_DENY_FIRST, &o->deny_first}, {O_LATE_MS, &o->late_ms}, {O_LATE_APPENDS, &o->late_appends}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i].option == option) {
            *numbers[i].to = lines_number(value, UINT32_MAX);
            return true;
        }
    return false;
}

static bool set_flag(int option)
{
    struct badcloud_options *o = &badcloud_options;
    const struct {
        int option;
        bool *to;
    } flags[] = {{O_SWALLOW_BEFORE, &o->swallow_before}, {O_NO_UIDPLUS, &o->no_uidplus},
        {O_NO_MULTIAPPEND, &o->no_multiappend}, {O_NO_LITERAL_PLUS, &o->no_literal_plus},
        {O_DROP_DUPLICATES, &o->drop_duplicates}, {O_REWRITE, &o->rewrite}};
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].option == option) {
            *flags[i].to = true;
            return true;
        }
    return false;
}

static void add_refusal(const char *value)
{
    const char **at = badcloud_options.refuse;
    size_t n = 0;
    while (at[n])
        n++;
    if (n + 1 == sizeof badcloud_options.refuse / sizeof *at || !strchr(value, '=')) {
        fprintf(stderr, "badcloud: --refuse WORD=ANSWER, at most %zu times\n", n);
        exit(2);
    }
    at[n] = value;
}

static void set(int option, const char *value)
{
    struct badcloud_options *o = &badcloud_options;
    if (option == O_FULL_AFTER)
        o->full = true;
    if (set_number(option, value) || set_flag(option))
        return;
    switch (option) {
    case O_SCRIPT:
        lines_script_load(value);
        break;
    case O_SWALLOW:
        o->swallow_percent = (unsigned)lines_number(value, 100);
        break;
    case O_REJECT_HEADER:
        o->reject_header = value;
        break;
    case O_REJECT_TEXT:
        o->reject_text = value;
        break;
    case O_GMAIL:
        o->gmail = value;
        o->no_multiappend = true;
        o->drop_duplicates = strcmp(value, "label") != 0;
        break;
    case O_POISON:
        o->poison = value;
        break;
    case O_FULL_TEXT:
        o->full_text = value;
        break;
    case O_REFUSE:
        add_refusal(value);
        break;
    case O_LOGIN_TEXT:
        o->login_refuse_text = value;
        break;
    }
}

/* ---- connections ---- */
static uint64_t open_now;

static void on_open(struct lines_conn *c)
{
    struct badcloud_conn *b = mem_alloc(sizeof *b);
    b->lines = c;
    b->last = &b->first;
    b->cut_in = SIZE_MAX;
    c->state = b;
    if (++open_now > badcloud_options.connection_limit && badcloud_options.connection_limit) {
        lines_log("limit: connection %u", c->number);
        c->end = LINES_RESET;
    }
}

static void on_turn(struct lines_conn *c)
{
    struct badcloud_conn *b = c->state;
    bool moved = true;
    while (moved && !c->end && !c->hold_until_ms) {
        for (moved = false; !c->end && badcloud_settle(b);)
            moved = true;
        moved |= !c->end && badcloud_answer(b);
        moved |= !c->end && badcloud_read(b);
    }
}

static void on_close(struct lines_conn *c)
{
    struct badcloud_conn *b = c->state;
    open_now--;
    while (b->first)
        badcloud_drop(b, b->first);
    buf_done(&b->line);
    buf_done(&b->held);
    buf_done(&b->gmail_line);
    free(b->selected);
    free(b);
}

int main(int argc, char **argv)
{
    static const struct lines_tool tool = {
        .name = "badcloud", .open = on_open, .turn = on_turn, .close = on_close};
    static const struct lines_main m = {.tool = &tool, .usage = usage, .options = known, .set = set};
    int rc = lines_main(&m, argc, argv);
    badcloud_fault_done();
    badcloud_late_done();
    badcloud_gmail_done();
    lines_script_done();
    return rc;
}
