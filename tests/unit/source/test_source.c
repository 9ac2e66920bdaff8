/* source.h against scripted servers, each at every split point of what the server says. */
#include "check.h"
#include "mem.h"
#include "script.h"
#include "source_pop3.h"

static void count_data(void *ctx, const void *data, size_t len)
{
    (void)data;
    *(size_t *)ctx += len;
}

struct endless {
    size_t octets; /* first, as count_data has it */
    struct done done;
};

static void on_endless(void *ctx, const struct error *error)
{
    struct endless *e = ctx;
    script_done_fn(&e->done, error);
}

static void expect_cut(bool header, size_t most)
{
    static const struct script_row answers[] = {{"CAPA", CAPA_ALL}, {"STAT", "+OK 1 9\n"},
        {"LIST", "+OK\n1 9\n.\n"}, {"UIDL", "+OK\n1 a\n.\n"}, {"RETR", "+OK\n"}, {"TOP", "+OK\n"},
        {NULL, NULL}};
    struct script sc = {.rows = answers};
    struct source *s = script_source();
    struct done done = {0};
    struct endless e = {0};
    struct error err = {0};
    char block[65536];
    int rc = 0;
    memset(block, 'x', sizeof block);
    CHECK_LABEL(header ? "endless header" : "endless message");
    source_inventory(s, script_done_fn, &done);
    CHECK_INT(script_run(&sc, s, NULL), 0);
    (header ? source_fetch_header : source_fetch)(s, 0, count_data, on_endless, &e);
    CHECK_INT(script_run(&sc, s, NULL), 0);
    for (size_t fed = 0; !rc && fed <= most + 2 * sizeof block; fed += sizeof block)
        rc = source_feed(s, block, sizeof block, &err);
    CHECK_INT(rc, -1);
    CHECK(e.octets <= most && e.octets > most - 2 * sizeof block);
    CHECK_INT(e.done.calls, 1);
    CHECK_INT(e.done.error.code, ERROR_PROTOCOL);
    CHECK_INT(e.done.error.retry, ERROR_RETRY_AFTER_LOGIN);
    CHECK_INT(source_outstanding(s), 0);
    source_free(s);
    script_done(&sc);
}

static void test_endless(void)
{
    expect_cut(true, 16 << 20);
    expect_cut(false, (64 << 20) + 2 * 9);
}

/* ---- messages ---- */
static const struct script_row mailbox[] = {
    {"CAPA", CAPA_ALL},
    {"STAT", "+OK 3 300\n"},
    {"LIST", "+OK\n1 100\n2 100\n3 100\n.\n"},
    {"UIDL", "+OK\n1 aaa\n2 bbb\n3 ccc\n.\n"},
    {"RETR 1", "+OK\nSubject: one\n\n..dot\nend\n.\n"},
    {"RETR 2", "-ERR message is broken\n"},
    {"RETR 3", "+OK\nSubject: three\n\n\n.\n"},
    {"TOP 1 0", "+OK\nSubject: one\n\n.\n"},
    {"TOP 2 0", "-ERR message is broken\n"},
    {"DELE 1", "+OK marked\n"},
    {"DELE 2", "-ERR locked by another\n"},
    {"DELE 3", "+OK marked\n"},
    {"QUIT", "+OK bye\n"},
    {NULL, NULL},
};

struct got {
    struct done done;
    struct buf data;
    struct buf *order; /* shared */
    char name;
};

static void on_data(void *ctx, const void *data, size_t len)
{
    struct got *g = ctx;
    CHECK_INT(g->done.calls, 0);
    buf_append(&g->data, data, len);
}

static void on_got(void *ctx, const struct error *error)
{
    struct got *g = ctx;
    buf_append_char(g->order, g->name);
    script_done_fn(&g->done, error);
}

struct session {
    struct script sc;
    struct source *source;
    struct buf order;
    struct got got[4];
    size_t before; /* octets fed for the inventory */
};

static void session_with(struct session *se, const struct script_row *answers, size_t cut)
{
    struct done done = {0};
    *se = (struct session){.sc = {.rows = answers}, .source = script_source()};
    source_inventory(se->source, script_done_fn, &done);
    CHECK_INT(script_run(&se->sc, se->source, NULL), 0);
    CHECK_INT(done.calls, 1);
    CHECK_INT(done.error.code, ERROR_NONE);
    se->before = se->sc.fed;
    se->sc.cut = cut == SIZE_MAX ? cut : se->before + cut;
    for (size_t i = 0; i < 4; i++)
        se->got[i] = (struct got){.order = &se->order, .name = (char)('a' + i)};
}

static void session_begin(struct session *se, size_t cut)
{
    session_with(se, mailbox, cut);
}

static void session_end(struct session *se)
{
    source_free(se->source);
    for (size_t i = 0; i < 4; i++)
        buf_done(&se->got[i].data);
    buf_done(&se->order);
    script_done(&se->sc);
}

static size_t check_fetch(size_t cut)
{
    struct session se;
    session_begin(&se, cut);
    CHECK_LABEL("cut at %zd", (ssize_t)cut);
    for (size_t i = 0; i < 3; i++)
        source_fetch(se.source, i, on_data, on_got, &se.got[i]);
    source_close(se.source, on_got, &se.got[3]);
    CHECK_INT(source_outstanding(se.source), 4);
    CHECK_INT(source_in_flight(se.source), 0);
    CHECK(source_wants_write(se.source));
    CHECK_STR(buf_str(&se.order), "");
    CHECK_INT(script_run(&se.sc, se.source, NULL), 0);
    CHECK_STR(buf_str(&se.order), "abcd");
    CHECK_STR(buf_str(&se.got[0].data), "Subject: one\r\n\r\n.dot\r\nend\r\n");
    CHECK_INT(se.got[0].done.error.code, ERROR_NONE);
    CHECK_STR(buf_str(&se.got[1].data), "");
    CHECK_INT(se.got[1].done.error.code, ERROR_REFUSED);
    CHECK_INT(se.got[1].done.error.scope, ERROR_SCOPE_MESSAGE);
    CHECK(strstr(se.got[1].done.error.text, "message is broken") != NULL);
    CHECK_STR(buf_str(&se.got[2].data), "Subject: three\r\n\r\n\r\n");
    CHECK_INT(se.got[2].done.error.code, ERROR_NONE);
    CHECK_INT(se.got[3].done.error.code, ERROR_NONE);
    CHECK_STR(buf_str(&se.sc.said), "CAPA|STAT|LIST|UIDL|RETR 1|RETR 2|RETR 3|QUIT|");
    size_t len = se.sc.fed - se.before;
    session_end(&se);
    return len;
}

static void test_fetch(void)
{
    size_t len = check_fetch(0);
    for (size_t cut = 1; cut < len; cut++)
        check_fetch(cut);
    check_fetch(SIZE_MAX);
}

/* By what each RETR is answered (LIMIT or WELL): how each message ends. */
#define LIMIT "-ERR Download exceed\n"
#define WELL  "+OK\nSubject: x\n\n.\n"
static void test_limit(void)
{
    static const struct {
        const char *retr[3];
        enum error_scope scopes[3];
    } cases[] = {
        {{WELL, LIMIT, LIMIT}, {ERROR_SCOPE_NONE, ERROR_SCOPE_SESSION, ERROR_SCOPE_SESSION}},
        {{LIMIT, LIMIT, LIMIT}, {ERROR_SCOPE_SESSION, ERROR_SCOPE_SESSION, ERROR_SCOPE_SESSION}},
        {{LIMIT, WELL, LIMIT}, {ERROR_SCOPE_MESSAGE, ERROR_SCOPE_NONE, ERROR_SCOPE_MESSAGE}},
        {{LIMIT, "-ERR broken\n", WELL}, {ERROR_SCOPE_MESSAGE, ERROR_SCOPE_MESSAGE, ERROR_SCOPE_NONE}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct script_row script[] = {mailbox[0], mailbox[1], mailbox[2], mailbox[3],
            {"RETR 1", cases[i].retr[0]}, {"RETR 2", cases[i].retr[1]}, {"RETR 3", cases[i].retr[2]},
            {NULL, NULL}};
        struct session se;
        CHECK_LABEL("limit, row %zu", i);
        session_with(&se, script, 0);
        for (size_t k = 0; k < 3; k++)
            source_fetch(se.source, k, on_data, on_got, &se.got[k]);
        CHECK_INT(script_run(&se.sc, se.source, NULL), 0);
        CHECK_STR(buf_str(&se.order), "abc");
        for (size_t k = 0; k < 3; k++)
            CHECK_INT(se.got[k].done.error.scope, cases[i].scopes[k]);
        session_end(&se);
    }
}

static void test_header(void)
{
    struct session se;
    session_begin(&se, 0);
    source_fetch_header(se.source, 0, on_data, on_got, &se.got[0]);
    source_fetch_header(se.source, 1, on_data, on_got, &se.got[1]);
    CHECK_INT(script_run(&se.sc, se.source, NULL), 0);
    CHECK_STR(buf_str(&se.order), "ab");
    CHECK_STR(buf_str(&se.got[0].data), "Subject: one\r\n\r\n");
    CHECK_INT(se.got[1].done.error.scope, ERROR_SCOPE_MESSAGE);
    session_end(&se);
}

/* DELE by item, each answered for itself, and QUIT behind them. */
static size_t check_delete(size_t cut)
{
    struct session se;
    session_begin(&se, cut);
    CHECK_LABEL("delete, cut at %zd", (ssize_t)cut);
    for (size_t i = 0; i < 3; i++)
        source_delete(se.source, i, on_got, &se.got[i]);
    source_close(se.source, on_got, &se.got[3]);
    CHECK_INT(source_outstanding(se.source), 4);
    CHECK_STR(buf_str(&se.order), "");
    CHECK_INT(script_run(&se.sc, se.source, NULL), 0);
    CHECK_STR(buf_str(&se.order), "abcd");
    CHECK_INT(se.got[0].done.error.code, ERROR_NONE);
    CHECK_INT(se.got[1].done.error.code, ERROR_REFUSED);
    CHECK_INT(se.got[1].done.error.scope, ERROR_SCOPE_MESSAGE);
    CHECK(strstr(se.got[1].done.error.text, "locked by another") != NULL);
    CHECK_INT(se.got[2].done.error.code, ERROR_NONE);
    CHECK_INT(se.got[3].done.error.code, ERROR_NONE);
    CHECK_STR(buf_str(&se.sc.said), "CAPA|STAT|LIST|UIDL|DELE 1|DELE 2|DELE 3|QUIT|");
    size_t len = se.sc.fed - se.before;
    session_end(&se);
    return len;
}

static void test_delete(void)
{
    size_t len = check_delete(0);
    for (size_t cut = 1; cut < len; cut++)
        check_delete(cut);
    check_delete(SIZE_MAX);
}

/* The server could not delete: the QUIT says so. */
static void test_delete_failed(void)
{
    static const struct script_row rows_failed[] = {{"CAPA", CAPA_ALL}, {"STAT", "+OK 1 100\n"},
        {"LIST", "+OK\n1 100\n.\n"}, {"UIDL", "+OK\n1 aaa\n.\n"}, {"DELE 1", "+OK marked\n"},
        {"QUIT", "-ERR some deleted messages not removed\n"}, {NULL, NULL}};
    struct script sc = {.rows = rows_failed};
    struct source *s = script_source();
    struct done inventory = {0}, deleted = {0}, closed = {0};
    CHECK_LABEL("QUIT refused");
    source_inventory(s, script_done_fn, &inventory);
    CHECK_INT(script_run(&sc, s, NULL), 0);
    source_delete(s, 0, script_done_fn, &deleted);
    source_close(s, script_done_fn, &closed);
    CHECK_INT(script_run(&sc, s, NULL), 0);
    CHECK_INT(deleted.error.code, ERROR_NONE);
    CHECK_INT(closed.calls, 1);
    CHECK_INT(closed.error.code, ERROR_REFUSED);
    CHECK(strstr(closed.error.text, "not removed") != NULL);
    source_free(s);
    script_done(&sc);
}

/* The connection ends after each octet of the answers: what was complete is done, the rest has the error, and
 * nothing is called twice. */
static bool check_abort(size_t last)
{
    struct session se;
    struct error lost;
    session_begin(&se, 0);
    CHECK_LABEL("lost after %zu", last);
    for (size_t i = 0; i < 3; i++)
        source_fetch(se.source, i, on_data, on_got, &se.got[i]);
    source_close(se.source, on_got, &se.got[3]);
    CHECK_INT(script_run_until(&se.sc, se.source, se.before + last, NULL), 0);
    bool all = se.got[3].done.calls;
    error_set(&lost, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_LOST, "the line was cut");
    source_abort(se.source, &lost);
    CHECK_STR(buf_str(&se.order), "abcd");
    for (size_t i = 0; i < 4; i++) {
        const struct error *e = &se.got[i].done.error;
        CHECK_INT(se.got[i].done.calls, 1);
        CHECK(e->code == ERROR_NONE || e->code == ERROR_LOST || (i == 1 && e->code == ERROR_REFUSED));
        CHECK(e->code != ERROR_LOST || e->scope == ERROR_SCOPE_SESSION);
    }
    CHECK_INT(se.got[3].done.error.code, all ? ERROR_NONE : ERROR_LOST);
    CHECK_INT(source_outstanding(se.source), 0);
    CHECK(!source_wants_write(se.source));
    source_abort(se.source, &lost);
    source_free(se.source);
    se.source = NULL;
    CHECK_STR(buf_str(&se.order), "abcd");
    session_end(&se);
    return all;
}

static void test_abort(void)
{
    size_t last = 0;
    while (!check_abort(last))
        last++;
    CHECK(last > 80);
}

/* The same in the middle of the inventory. */
static void test_abort_inventory(void)
{
    size_t last = 0;
    for (bool all = false; !all; last++) {
        struct script sc = {.rows = mailbox};
        struct source *s = script_source();
        struct done done = {0};
        struct error lost;
        CHECK_LABEL("lost after %zu", last);
        source_inventory(s, script_done_fn, &done);
        CHECK_INT(script_run_until(&sc, s, last, NULL), 0);
        all = done.calls;
        error_set(&lost, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_LOST, "the line was cut");
        source_abort(s, &lost);
        CHECK_INT(done.calls, 1);
        CHECK_INT(done.error.code, all ? ERROR_NONE : ERROR_LOST);
        source_free(s);
        CHECK_INT(done.calls, 1);
        script_done(&sc);
    }
    CHECK(last > 80);
}

/* Freed without an abort: the callbacks hear of it all the same. */
static void test_free_outstanding(void)
{
    struct session se;
    struct done inventory = {0};
    session_begin(&se, 0);
    source_fetch(se.source, 0, on_data, on_got, &se.got[0]);
    source_fetch(se.source, 2, on_data, on_got, &se.got[1]);
    CHECK_INT(script_run_until(&se.sc, se.source, se.before + 10, NULL), 0);
    source_free(se.source);
    se.source = script_source();
    CHECK_STR(buf_str(&se.order), "ab");
    CHECK_INT(se.got[0].done.error.code, ERROR_CANCELLED);
    CHECK_INT(se.got[1].done.error.code, ERROR_CANCELLED);
    source_inventory(se.source, script_done_fn, &inventory);
    source_free(se.source);
    CHECK_INT(inventory.calls, 1);
    CHECK_INT(inventory.error.code, ERROR_CANCELLED);
    se.source = NULL;
    source_free(NULL);
    session_end(&se);
}

/* A server that speaks something else: the feed fails, and after the abort all are done. */
static void test_not_pop3(void)
{
    static const struct script_row http[] = {{"CAPA", "HTTP/1.1 400 Bad Request\n"}, {NULL, NULL}};
    struct script sc = {.rows = http};
    struct source *s = script_source();
    struct done done = {0};
    struct error err = {0};
    source_inventory(s, script_done_fn, &done);
    CHECK_INT(script_run(&sc, s, &err), -1);
    CHECK_INT(err.code, ERROR_PROTOCOL);
    CHECK(strstr(err.text, "HTTP/1.1 400") != NULL);
    CHECK_INT(done.calls, 0);
    source_abort(s, &err);
    CHECK_INT(done.calls, 1);
    CHECK_INT(done.error.code, ERROR_PROTOCOL);
    source_free(s);
    script_done(&sc);
}

/* ---- messages that were not what they seemed ---- */
static void note_doubt(void *ctx, size_t item, bool certain)
{
    buf_printf(ctx, "%zu%s,", item + 1, certain ? "!" : "");
}

/* Mail of 40 octets each, but for what is said; RETR 2 ends too early, or an odd answer comes at last. */
struct stray {
    const char *label, *retr1, *retr2, *retr3, *list;
    bool guard;
    const char *doubted; /* by number; "!": certainly */
    const char *said;
    const char *noop; /* NULL: "+OK" */
};

#define WHOLE "+OK\n12345678901234567890123456789012345678\n.\n"
#define CUT   "+OK\n123456789012345678\n.\n"
#define EVEN  "+OK\n1 40\n2 40\n3 40\n.\n"

static const struct stray strays[] = {
    {"all is well", WHOLE, WHOLE, WHOLE, EVEN, false, "", "RETR 1|RETR 2|RETR 3|", NULL},
    {"sizes that lie are no sign", WHOLE, WHOLE, WHOLE, "+OK\n1 41\n2 99\n3 9\n.\n", false, "",
        "RETR 1|RETR 2|RETR 3|", NULL},
    {"text behind the dot", WHOLE, CUT "more\n.\n", WHOLE, EVEN, false, "2,", "RETR 1|RETR 2|RETR 3|", NULL},
    {"what looks like a reply", WHOLE, CUT "+OK\nmore\n.\n", WHOLE, EVEN, false, "3,2,",
        "RETR 1|RETR 2|RETR 3|", NULL},
    {"the same, and sizes lie from the first on", WHOLE, CUT "+OK\nmore\n.\n", WHOLE,
        "+OK\n1 41\n2 41\n3 41\n.\n", false, "3,1,2,", "RETR 1|RETR 2|RETR 3|", NULL},
    {"leave taken after a whole message", WHOLE, WHOLE, WHOLE "-ERR too long idle\n", EVEN, false, "",
        "RETR 1|RETR 2|RETR 3|", NULL},
    {"leave taken after half a message", WHOLE, WHOLE, CUT "-ERR too long idle\n", EVEN, false, "3,",
        "RETR 1|RETR 2|RETR 3|", NULL},
    {"the last one ends early, and its rest comes late", WHOLE, WHOLE, CUT, EVEN, false, "3,",
        "RETR 1|RETR 2|RETR 3|NOOP|", "more\n.\n+OK\n"},
    {"the last one is smaller than listed", WHOLE, WHOLE, CUT, EVEN, false, "", "RETR 1|RETR 2|RETR 3|NOOP|",
        NULL},
    {"guarded", WHOLE, CUT "+OK\nmore\n.\n", WHOLE, EVEN, true, "2!,", "RETR 1|NOOP|RETR 2|", NULL},
    {"guarded, all is well", WHOLE, WHOLE, WHOLE, EVEN, true, "", "RETR 1|NOOP|RETR 2|NOOP|RETR 3|NOOP|",
        NULL},
};

static void check_stray(const struct stray *r)
{
    const struct script_row answers[] = {{"CAPA", CAPA_ALL}, {"STAT", "+OK 3 120\n"}, {"LIST", r->list},
        {"UIDL", "+OK\n1 a\n2 b\n3 c\n.\n"}, {"RETR 1", r->retr1}, {"RETR 2", r->retr2}, {"RETR 3", r->retr3},
        {"NOOP", r->noop ? r->noop : "+OK\n"}, {NULL, NULL}};
    struct script sc = {.rows = answers};
    struct source *s = source_pop3_new(&(struct source_pop3_options){.guard = r->guard});
    struct buf order = {0}, doubted = {0};
    struct got got[3];
    struct done done = {0};
    CHECK_LABEL("%s", r->label);
    source_on_doubt(s, note_doubt, &doubted);
    source_inventory(s, script_done_fn, &done);
    CHECK_INT(script_run(&sc, s, NULL), 0);
    size_t before = buf_len(&sc.said);
    for (size_t i = 0; i < 3; i++) {
        got[i] = (struct got){.order = &order, .name = (char)('a' + i)};
        source_fetch(s, i, on_data, on_got, &got[i]);
    }
    struct error err;
    int rc = script_run(&sc, s, &err);
    if (rc < 0)
        source_abort(s, &err);
    CHECK_STR(buf_str(&doubted), r->doubted);
    CHECK_STR(buf_str(&sc.said) + before, r->said);
    CHECK_INT(source_outstanding(s), 0);
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(got[i].done.calls, 1);
        buf_done(&got[i].data);
    }
    source_free(s);
    script_done(&sc);
    buf_done(&order);
    buf_done(&doubted);
}

static void test_strays(void)
{
    for (size_t i = 0; i < sizeof strays / sizeof *strays; i++)
        check_stray(&strays[i]);
}

/* How long a silence may last goes by what is owed. */
static void check_waiting(const struct source *s, enum source_silence kind, const char *words)
{
    struct source_waiting w = source_waiting(s);
    CHECK_INT(w.kind, kind);
    CHECK_STR(w.words, words);
    CHECK(w.most_ms >= 20000 && w.most_ms <= 300000);
}

static size_t pull_all(struct source *s)
{
    char out[256];
    return source_pull(s, out, sizeof out);
}

static void feed(struct source *s, const char *text)
{
    CHECK_INT(source_feed(s, text, strlen(text), NULL), 0);
}

static void test_silence(void)
{
    struct source *s = script_source();
    struct done done = {0};
    source_inventory(s, script_done_fn, &done);
    check_waiting(s, SOURCE_SILENCE_OTHER, "");
    pull_all(s);
    check_waiting(s, SOURCE_SILENCE_CAPA, "CAPA");
    feed(s, "+OK\r\nTOP\r\nUIDL\r\nPIPELINING\r\n.\r\n");
    pull_all(s);
    check_waiting(s, SOURCE_SILENCE_OTHER, "STAT");
    feed(s, "+OK 1 100\r\n");
    pull_all(s);
    check_waiting(s, SOURCE_SILENCE_QUEUE, "LIST");
    feed(s, "+OK\r\n1 100\r\n.\r\n");
    check_waiting(s, SOURCE_SILENCE_QUEUE, "UIDL"); /* it went out behind LIST, and may be lost */
    feed(s, "+OK\r\n1 a\r\n.\r\n");
    check_waiting(s, SOURCE_SILENCE_OTHER, "");
    source_free(s);
}

static void ignore_data(void *ctx, const void *data, size_t len)
{
    (void)ctx;
    (void)data;
    (void)len;
}

static void test_silence_in_message(void)
{
    struct source *s = source_pop3_new(&(struct source_pop3_options){.without_capa = true});
    struct done done = {0}, fetched = {0};
    source_inventory(s, script_done_fn, &done);
    pull_all(s);
    check_waiting(s, SOURCE_SILENCE_OTHER, "STAT");
    feed(s, "+OK 1 100\r\n");
    pull_all(s);
    feed(s, "+OK\r\n1 100\r\n.\r\n");
    pull_all(s);
    check_waiting(s, SOURCE_SILENCE_OTHER, "UIDL"); /* without CAPA nothing is pipelined */
    feed(s, "+OK\r\n1 a\r\n.\r\n");
    CHECK_INT(done.calls, 1);
    source_fetch(s, 0, ignore_data, script_done_fn, &fetched);
    pull_all(s);
    check_waiting(s, SOURCE_SILENCE_OTHER, "RETR 1");
    feed(s, "+OK\r\ntext\r\n.\r");
    check_waiting(s, SOURCE_SILENCE_MESSAGE, "RETR 1");
    source_free(s);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"messages without end", test_endless},
        {"fetch", test_fetch},
        {"a limit", test_limit},
        {"header", test_header},
        {"delete", test_delete},
        {"delete, and QUIT refused", test_delete_failed},
        {"abort at every octet", test_abort},
        {"abort in the inventory", test_abort_inventory},
        {"free with requests outstanding", test_free_outstanding},
        {"not POP3", test_not_pop3},
        {"what came after a message", test_strays},
        {"silence", test_silence},
        {"silence in a message", test_silence_in_message},
    };
    return check_main("source", tests, sizeof tests / sizeof *tests);
}
