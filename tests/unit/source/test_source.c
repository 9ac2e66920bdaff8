/* source.h against scripted servers, each at every split point of what the server says. */
#include "check.h"
#include "mem.h"
#include "script.h"

#define CAPA_ALL "+OK\nTOP\nUIDL\nPIPELINING\n.\n"

struct done {
    unsigned calls;
    struct error error; /* of the last; code 0: none */
};

static void on_done(void *ctx, const struct error *error)
{
    struct done *d = ctx;
    d->calls++;
    d->error = error ? *error : (struct error){0};
}

/* ---- inventory ---- */
struct row {
    const char *label;
    const char *capa, *stat, *list, *uidl;
    const char *said;  /* by the client, in all */
    const char *items; /* "number octets key," */
    const char *facts;
    enum error_code code;
};

static const struct row rows[] = {
    {"normal", CAPA_ALL, "+OK 2 300\n", "+OK\n1 100\n2 200\n.\n", "+OK\n1 aaa\n2 bbb\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 100 aaa,2 200 bbb,", "2 300 agrees uidl top blank 0 repeated 0",
        ERROR_NONE},
    {"no CAPA", "-ERR unknown\n", "+OK 1 100\n", "+OK\n1 100\n.\n", "+OK\n1 aaa\n.\n", "CAPA|STAT|LIST|UIDL|",
        "1 100 aaa,", "1 100 agrees uidl top blank 0 repeated 0", ERROR_NONE},
    {"CAPA without TOP", "+OK\nUIDL\n.\n", "+OK 1 100\n", "+OK\n1 100\n.\n", "+OK\n1 aaa\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 100 aaa,", "1 100 agrees uidl blank 0 repeated 0", ERROR_NONE},
    {"no UIDL", CAPA_ALL, "+OK 2 300\n", "+OK\n1 100\n2 200\n.\n", "-ERR unknown command\n",
        "CAPA|STAT|LIST|UIDL|", "1 100 -,2 200 -,", "2 300 agrees top blank 0 repeated 0", ERROR_NONE},
    {"blank UIDLs", CAPA_ALL, "+OK 3 6\n", "+OK\n1 1\n2 2\n3 3\n.\n", "+OK\n1 aaa\n2 \n3\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 1 aaa,2 2 -,3 3 -,", "3 6 agrees uidl top blank 2 repeated 0", ERROR_NONE},
    {"repeated UIDLs", CAPA_ALL, "+OK 6 21\n", "+OK\n1 1\n2 2\n3 3\n4 4\n5 5\n6 6\n.\n",
        "+OK\n1 b\n2 a\n3 b\n4 c\n5 b\n6 a\n.\n", "CAPA|STAT|LIST|UIDL|",
        "1 1 -,2 2 -,3 3 -,4 4 c,5 5 -,6 6 -,", "6 21 agrees uidl top blank 0 repeated 3", ERROR_NONE},
    {"all the same, and a blank", CAPA_ALL, "+OK 3 3\n", "+OK\n1 1\n2 1\n3 1\n.\n", "+OK\n1 x\n2 \n3 x\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 1 -,2 1 -,3 1 -,", "3 3 agrees uidl top blank 1 repeated 1", ERROR_NONE},
    {"UIDLs that begin alike", CAPA_ALL, "+OK 3 3\n", "+OK\n1 1\n2 1\n3 1\n.\n", "+OK\n1 x2\n2 x\n3 x!\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 1 x2,2 1 x,3 1 x!,", "3 3 agrees uidl top blank 0 repeated 0", ERROR_NONE},
    {"UIDLs that look numbered", CAPA_ALL, "+OK 4 4\n", "+OK\n1 1\n2 1\n3 1\n4 1\n.\n",
        "+OK\n1 x\n2 x 2\n3 x\n4 x2\n.\n", "CAPA|STAT|LIST|UIDL|", "1 1 -,2 1 x 2,3 1 -,4 1 x2,",
        "4 4 agrees uidl top blank 0 repeated 1", ERROR_NONE},
    {"message numbers as UIDLs", CAPA_ALL, "+OK 2 3\n", "+OK\n1 1\n3 2\n.\n", "+OK\n1 1\n3 3\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 1 -,3 2 -,", "2 3 agrees uidl top blank 0 repeated 0", ERROR_NONE},
    {"numbers, but not those", CAPA_ALL, "+OK 2 3\n", "+OK\n1 1\n2 2\n.\n", "+OK\n1 1\n2 7\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 1 1,2 2 7,", "2 3 agrees uidl top blank 0 repeated 0", ERROR_NONE},
    {"UIDL in another order", CAPA_ALL, "+OK 3 6\n", "+OK\n3 3\n1 1\n2 2\n.\n",
        "+OK\n2 bbb\n3 ccc\n1 aaa\n.\n", "CAPA|STAT|LIST|UIDL|", "3 3 ccc,1 1 aaa,2 2 bbb,",
        "3 6 agrees uidl top blank 0 repeated 0", ERROR_NONE},
    {"UIDL of another message", CAPA_ALL, "+OK 2 3\n", "+OK\n1 1\n3 2\n.\n", "+OK\n1 aaa\n2 bbb\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 1 aaa,3 2 -,2 0 bbb,", "2 3 agrees uidl top blank 0 repeated 0",
        ERROR_NONE},
    {"UIDL twice for one message", CAPA_ALL, "+OK 1 1\n", "+OK\n1 1\n.\n", "+OK\n1 aaa\n1 bbb\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 1 aaa,", "1 1 agrees uidl top blank 0 repeated 0", ERROR_NONE},
    {"STAT disagrees", CAPA_ALL, "+OK 9 900\n", "+OK\n1 100\n.\n", "+OK\n1 aaa\n.\n", "CAPA|STAT|LIST|UIDL|",
        "1 100 aaa,", "9 900 uidl top blank 0 repeated 0", ERROR_NONE},
    {"STAT refused", CAPA_ALL, "-ERR no\n", "+OK\n1 100\n.\n", "+OK\n1 aaa\n.\n", "CAPA|STAT|LIST|UIDL|",
        "1 100 aaa,", "0 0 uidl top blank 0 repeated 0", ERROR_NONE},
    {"empty: nothing more is asked", CAPA_ALL, "+OK 0 0\n", "-ERR no messages\n", "+OK\n", "CAPA|STAT|", "",
        "0 0 agrees uidl top blank 0 repeated 0", ERROR_NONE},
    {"LIST refused", CAPA_ALL, "+OK 2 300\n", "-ERR no listing\n", "+OK\n1 aaa\n2 bbb\n.\n",
        "CAPA|STAT|LIST|UIDL|", "", "2 300 uidl top blank 0 repeated 0", ERROR_REFUSED},
    {"LIST and UIDL refused", CAPA_ALL, "+OK 2 300\n", "-ERR no listing\n", "-ERR no ids\n",
        "CAPA|STAT|LIST|UIDL|", "", "2 300 top blank 0 repeated 0", ERROR_REFUSED},
    {"LIST with a line that is none", CAPA_ALL, "+OK 2 300\n", "+OK\n1 100\nx\n.\n", "+OK\n1 aaa\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 100 aaa,", "2 300 uidl top blank 0 repeated 0", ERROR_PROTOCOL},
    {"UIDL with a line that is none", CAPA_ALL, "+OK 1 100\n", "+OK\n1 100\n.\n", "+OK\nx aaa\n.\n",
        "CAPA|STAT|LIST|UIDL|", "1 100 -,", "1 100 agrees top blank 0 repeated 0", ERROR_PROTOCOL},
    {"busy at UIDL", CAPA_ALL, "+OK 1 100\n", "+OK\n1 100\n.\n", "-ERR [IN-USE] locked\n",
        "CAPA|STAT|LIST|UIDL|", "1 100 -,", "1 100 agrees top blank 0 repeated 0", ERROR_IN_USE},
};

static char *items_text(const struct source *s)
{
    struct buf b CLEANUP(buf_done) = {0};
    size_t count;
    const struct source_item *items = source_items(s, &count);
    for (size_t i = 0; i < count; i++)
        buf_printf(&b, "%" PRIu32 " %" PRIu64 " %s,", items[i].number, items[i].octets,
            items[i].key ? items[i].key : "-");
    return buf_strdup(&b);
}

static char *facts_text(const struct source *s)
{
    const struct source_facts *f = source_facts(s);
    return mem_printf("%" PRIu64 " %" PRIu64 "%s%s%s blank %" PRIu32 " repeated %" PRIu32, f->messages,
        f->octets, f->stat_agrees ? " agrees" : "", f->has_uidl ? " uidl" : "", f->has_top ? " top" : "",
        f->blank_uidls, f->repeated_uidls);
}

static size_t check_inventory(const struct row *r, size_t cut)
{
    const struct script_row answers[] = {
        {"CAPA", r->capa}, {"STAT", r->stat}, {"LIST", r->list}, {"UIDL", r->uidl}, {NULL, NULL}};
    struct script sc = {.rows = answers, .cut = cut};
    struct source *s = source_new();
    struct done done = {0};
    struct error err = {0};
    CHECK_LABEL("%s, cut at %zd", r->label, (ssize_t)cut);
    source_inventory(s, on_done, &done);
    CHECK_INT(done.calls, 0);
    CHECK_INT(script_run(&sc, s, &err), 0);
    CHECK_INT(done.calls, 1);
    CHECK_INT(done.error.code, r->code);
    CHECK_INT(done.error.text[0] != '\0', r->code != ERROR_NONE);
    CHECK_INT(source_outstanding(s), 0);
    CHECK_STR(buf_str(&sc.said), r->said);
    char *items CLEANUP(mem_free_str) = items_text(s), *facts CLEANUP(mem_free_str) = facts_text(s);
    CHECK_STR(items, r->items);
    CHECK_STR(facts, r->facts);
    source_free(s);
    CHECK_INT(done.calls, 1);
    script_done(&sc);
    return sc.fed;
}

static void test_inventory(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t len = check_inventory(&rows[i], 0);
        CHECK(len > 20);
        for (size_t cut = 1; cut < len; cut++)
            check_inventory(&rows[i], cut);
        CHECK_INT(check_inventory(&rows[i], SIZE_MAX), len);
    }
}

/* Many messages with few UIDLs: every key is there once, and equal UIDLs are numbered in order. */
static void test_many_repeated(void)
{
    struct buf list CLEANUP(buf_done) = {0}, uidl CLEANUP(buf_done) = {0};
    buf_append_str(&list, "+OK\n");
    buf_append_str(&uidl, "+OK\n");
    for (int i = 1; i <= 1000; i++) {
        buf_printf(&list, "%d %d\n", i, i * 10);
        buf_printf(&uidl, "%d id-%d\n", i, i % 7);
    }
    buf_append_str(&list, ".\n");
    buf_append_str(&uidl, ".\n");
    const struct script_row answers[] = {{"CAPA", CAPA_ALL}, {"STAT", "+OK 1000 5005000\n"},
        {"LIST", buf_str(&list)}, {"UIDL", buf_str(&uidl)}, {NULL, NULL}};
    struct script sc = {.rows = answers};
    struct source *s = source_new();
    struct done done = {0};
    source_inventory(s, on_done, &done);
    CHECK_INT(script_run(&sc, s, NULL), 0);
    size_t count;
    const struct source_item *items = source_items(s, &count);
    CHECK_INT(count, 1000);
    for (int i = 1; i <= 1000; i++)
        CHECK_STR(items[i - 1].key, NULL);
    CHECK_INT(source_facts(s)->repeated_uidls, 993);
    source_free(s);
    script_done(&sc);
}

/* ---- more than can be ---- */
static void expect_given_up(const struct script_row *answers, size_t most_items)
{
    struct script sc = {.rows = answers};
    struct source *s = source_new();
    struct done done = {0};
    struct error err = {0};
    size_t count;
    source_inventory(s, on_done, &done);
    CHECK_INT(script_run(&sc, s, &err), -1);
    CHECK_INT(done.calls, 1);
    CHECK_INT(done.error.code, ERROR_PROTOCOL);
    CHECK_INT(done.error.retry, ERROR_RETRY_LATER);
    CHECK(strstr(done.error.text, "more than 1000000 messages") != NULL);
    CHECK_INT(err.code, ERROR_PROTOCOL);
    source_items(s, &count);
    CHECK(count <= most_items);
    source_free(s);
    script_done(&sc);
}

static void test_too_many(void)
{
    struct buf many CLEANUP(buf_done) = {0}, back CLEANUP(buf_done) = {0};
    buf_append_str(&many, "+OK\n");
    for (int i = 1; i <= SOURCE_ITEMS_MAX + 1; i++)
        buf_printf(&many, "%d 1\n", i);
    buf_append_str(&back, "+OK\n");
    for (int i = 20000; i > 0; i--)
        buf_printf(&back, "%d x\n", i);
    const struct script_row list[] = {{"CAPA", CAPA_ALL}, {"STAT", "+OK 9 9\n"}, {"LIST", buf_str(&many)},
        {"UIDL", "+OK\n.\n"}, {NULL, NULL}};
    const struct script_row uidl[] = {{"CAPA", CAPA_ALL}, {"STAT", "+OK 9 9\n"}, {"LIST", "+OK\n1 1\n.\n"},
        {"UIDL", buf_str(&many)}, {NULL, NULL}};
    const struct script_row descending[] = {{"CAPA", CAPA_ALL}, {"STAT", "+OK 9 9\n"},
        {"LIST", "+OK\n50000 1\n.\n"}, {"UIDL", buf_str(&back)}, {NULL, NULL}};
    CHECK_LABEL("LIST");
    expect_given_up(list, SOURCE_ITEMS_MAX);
    CHECK_LABEL("UIDL");
    expect_given_up(uidl, SOURCE_ITEMS_MAX);
    CHECK_LABEL("UIDL, from the end");
    expect_given_up(descending, 20000);
}

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
    on_done(&e->done, error);
}

static void expect_cut(bool header, size_t most)
{
    static const struct script_row answers[] = {{"CAPA", CAPA_ALL}, {"STAT", "+OK 1 9\n"},
        {"LIST", "+OK\n1 9\n.\n"}, {"UIDL", "+OK\n1 a\n.\n"}, {"RETR", "+OK\n"}, {"TOP", "+OK\n"},
        {NULL, NULL}};
    struct script sc = {.rows = answers};
    struct source *s = source_new();
    struct done done = {0};
    struct endless e = {0};
    struct error err = {0};
    char block[65536];
    int rc = 0;
    memset(block, 'x', sizeof block);
    CHECK_LABEL(header ? "endless header" : "endless message");
    source_inventory(s, on_done, &done);
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
    on_done(&g->done, error);
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
    *se = (struct session){.sc = {.rows = answers}, .source = source_new()};
    source_inventory(se->source, on_done, &done);
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
    struct source *s = source_new();
    struct done inventory = {0}, deleted = {0}, closed = {0};
    CHECK_LABEL("QUIT refused");
    source_inventory(s, on_done, &inventory);
    CHECK_INT(script_run(&sc, s, NULL), 0);
    source_delete(s, 0, on_done, &deleted);
    source_close(s, on_done, &closed);
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
        struct source *s = source_new();
        struct done done = {0};
        struct error lost;
        CHECK_LABEL("lost after %zu", last);
        source_inventory(s, on_done, &done);
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
    se.source = source_new();
    CHECK_STR(buf_str(&se.order), "ab");
    CHECK_INT(se.got[0].done.error.code, ERROR_CANCELLED);
    CHECK_INT(se.got[1].done.error.code, ERROR_CANCELLED);
    source_inventory(se.source, on_done, &inventory);
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
    struct source *s = source_new();
    struct done done = {0};
    struct error err = {0};
    source_inventory(s, on_done, &done);
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
    struct source *s = source_new();
    struct buf order = {0}, doubted = {0};
    struct got got[3];
    struct done done = {0};
    CHECK_LABEL("%s", r->label);
    if (r->guard)
        source_guard(s);
    source_on_doubt(s, note_doubt, &doubted);
    source_inventory(s, on_done, &done);
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
    struct source *s = source_new();
    struct done done = {0};
    source_inventory(s, on_done, &done);
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
    struct source *s = source_new();
    struct done done = {0}, fetched = {0};
    source_without_capa(s);
    source_inventory(s, on_done, &done);
    pull_all(s);
    check_waiting(s, SOURCE_SILENCE_OTHER, "STAT");
    feed(s, "+OK 1 100\r\n");
    pull_all(s);
    feed(s, "+OK\r\n1 100\r\n.\r\n");
    pull_all(s);
    check_waiting(s, SOURCE_SILENCE_OTHER, "UIDL"); /* without CAPA nothing is pipelined */
    feed(s, "+OK\r\n1 a\r\n.\r\n");
    CHECK_INT(done.calls, 1);
    source_fetch(s, 0, ignore_data, on_done, &fetched);
    pull_all(s);
    check_waiting(s, SOURCE_SILENCE_OTHER, "RETR 1");
    feed(s, "+OK\r\ntext\r\n.\r");
    check_waiting(s, SOURCE_SILENCE_MESSAGE, "RETR 1");
    source_free(s);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"inventory", test_inventory},
        {"many repeated UIDLs", test_many_repeated},
        {"more messages than can be", test_too_many},
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
