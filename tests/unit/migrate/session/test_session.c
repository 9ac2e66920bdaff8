/* session.h: when a session asks whether it may sign in, and what it tells of each side. */
#include "check.h"
#include "net_server.h"
#include "session.h"
#include <poll.h>

#define PASSWORD "secret"
#define LATE_MS  400 /* long after the other side has told */

static char user[] = "taro", host[] = "127.0.0.1";

/* ---- two servers with an empty mailbox ---- */
static void pop3_talk(struct net_peer *p)
{
    char line[256];
    while (net_peer_line(p, line, sizeof line)) {
        bool list = !strcmp(line, "CAPA") || !strcmp(line, "UIDL") || !strcmp(line, "LIST");
        if (!net_peer_say(p, list ? "+OK\r\n.\r\n" : !strcmp(line, "STAT") ? "+OK 0 0\r\n" : "+OK\r\n"))
            return;
    }
}

static void imap_talk(struct net_peer *p)
{
    char line[256], text[512];
    while (net_peer_line(p, line, sizeof line)) {
        bool look = strstr(line, "EXAMINE") != NULL, caps = strstr(line, "CAPABILITY") != NULL;
        snprintf(text, sizeof text, "%s%.*s OK done\r\n",
            look   ? "* 0 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 1] x\r\n"
            : caps ? "* CAPABILITY IMAP4rev1\r\n"
                   : "",
            (int)strcspn(line, " "), line);
        if (!net_peer_say(p, text))
            return;
    }
}

static void break_off(struct net_peer *p)
{
    net_peer_reset(p);
}

/* ---- what the world is told ---- */
struct told {
    char words[200];
    bool say_no;
    struct net_server *servers[2];
};

static void add(struct told *t, const char *word)
{
    size_t n = strlen(t->words);
    snprintf(t->words + n, sizeof t->words - n, "%s%s", n ? " " : "", word);
}

static int may_sign_in(void *ctx, struct error *err)
{
    struct told *t = ctx;
    unsigned connections = 0;
    for (int i = 0; i < 2; i++)
        connections += t->servers[i] ? net_server_connections(t->servers[i]) : 0;
    add(t, connections ? "asked-late" : "asked");
    if (!t->say_no)
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED, "not any more");
}

static void signed_in(void *ctx, enum job_side side, const struct error *error)
{
    char word[64];
    snprintf(word, sizeof word, "%s=%s", side == JOB_SOURCE ? "source" : "destination",
        error ? error_code_name(error->code) : "ok");
    add(ctx, word);
}

enum how {
    FINE,
    LATE,
    REFUSES,
    REFUSES_LATE,
    BREAKS, /* right after the sign-in */
    ABSENT, /* the job has no such side */
};

static struct net_server *serve(bool pop3, enum how how)
{
    bool refuses = how == REFUSES || how == REFUSES_LATE;
    struct net_script script = {.talk = pop3 ? net_pop3 : net_imap,
        .greeting = pop3 ? "+OK ready\r\n" : "* OK ready\r\n",
        .caps = pop3 ? "SASL PLAIN\r\n" : "AUTH=PLAIN",
        .user = user,
        .password = refuses ? "another" : PASSWORD,
        .delay_ms = how == LATE || how == REFUSES_LATE ? LATE_MS : 0,
        .after = how == BREAKS ? break_off
                 : pop3        ? pop3_talk
                               : imap_talk};
    return how == ABSENT ? NULL : net_server_start(&script);
}

static struct endpoint endpoint_of(bool pop3, const struct net_server *server)
{
    return (struct endpoint){.protocol = pop3 ? ENDPOINT_POP3 : ENDPOINT_IMAP,
        .security = ENDPOINT_PLAINTEXT,
        .host = server ? host : NULL,
        .port = server ? net_server_port(server) : 0,
        .user = user};
}

/* Both orders are right where both sides tell at about the same time. */
static const struct {
    const char *name;
    enum how source, destination;
    bool say_no;
    enum error_code code; /* of session_open */
    const char *told, *or_told;
} rows[] = {
    {"both", FINE, FINE, false, ERROR_NONE, "asked source=ok destination=ok",
        "asked destination=ok source=ok"},
    {"the source late", LATE, FINE, false, ERROR_NONE, "asked destination=ok source=ok", NULL},
    {"the destination late", FINE, LATE, false, ERROR_NONE, "asked source=ok destination=ok", NULL},
    {"no destination", FINE, ABSENT, false, ERROR_NONE, "asked source=ok", NULL},
    {"the destination refuses first", LATE, REFUSES, false, ERROR_AUTH, "asked destination=login-refused",
        NULL},
    {"the source refuses first", REFUSES, LATE, false, ERROR_AUTH, "asked source=login-refused", NULL},
    {"the destination refuses last", FINE, REFUSES_LATE, false, ERROR_AUTH,
        "asked source=ok destination=login-refused", NULL},
    {"the source refuses last", REFUSES_LATE, FINE, false, ERROR_AUTH,
        "asked destination=ok source=login-refused", NULL},
    {"the destination breaks once signed in", LATE, BREAKS, false, ERROR_LOST, "asked destination=ok", NULL},
    {"not let sign in", FINE, FINE, true, ERROR_CANCELLED, "asked", NULL},
};

static void run_row(size_t i)
{
    struct told told = {.say_no = rows[i].say_no,
        .servers = {serve(true, rows[i].source), serve(false, rows[i].destination)}};
    struct job job = {.from = endpoint_of(true, told.servers[0]),
        .to = endpoint_of(false, told.servers[1]),
        .folder = "INBOX",
        .from_password = PASSWORD,
        .to_password = PASSWORD,
        .taken_up = true};
    struct world world = {
        .clock = clock_system(), .sign_in = may_sign_in, .signed_in = signed_in, .ctx = &told};
    struct session s;
    struct error err = {0};
    CHECK_LABEL("%s", rows[i].name);
    int rc = session_open(&s, &job, &world, DEST_LOOK, &err);
    CHECK_INT(rc, rows[i].code ? -1 : 0);
    CHECK_INT(err.code, rows[i].code);
    CHECK(rows[i].code || !err.text[0]);
    CHECK_INT(s.login_ms > 0, !rows[i].say_no);
    if (!rows[i].or_told || strcmp(told.words, rows[i].or_told) != 0)
        CHECK_STR(told.words, rows[i].told);
    session_close(&s);
    for (int side = 0; side < 2; side++) {
        CHECK(!rows[i].say_no || !net_server_connections(told.servers[side]));
        if (told.servers[side])
            net_server_stop(told.servers[side]);
    }
}

static void test_order(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        run_row(i);
}

static bool lane_usable(void *ctx)
{
    const struct session *s = ctx;
    return s->lanes[1].usable;
}

/* More lanes of a session that is signed in are nobody's business. */
static void test_lanes(void)
{
    struct told told = {.servers = {serve(true, FINE), serve(false, FINE)}};
    struct job job = {.from = endpoint_of(true, told.servers[0]),
        .to = endpoint_of(false, told.servers[1]),
        .folder = "INBOX",
        .from_password = PASSWORD,
        .to_password = PASSWORD,
        .taken_up = true};
    struct world world = {
        .clock = clock_system(), .sign_in = may_sign_in, .signed_in = signed_in, .ctx = &told};
    struct session s;
    CHECK_LABEL("lanes");
    CHECK_INT(session_open(&s, &job, &world, DEST_LOOK, NULL), 0);
    told.words[0] = '\0';
    session_add_lanes(&s, 2);
    CHECK_INT(session_run_until(&s, lane_usable, &s, NULL), 0);
    CHECK_INT(net_server_logins(told.servers[1]), 2);
    CHECK_STR(told.words, "");
    session_close(&s);
    net_server_stop(told.servers[0]);
    net_server_stop(told.servers[1]);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"asked and told", test_order},
        {"more lanes", test_lanes},
    };
    return check_main("session", tests, sizeof tests / sizeof *tests);
}
