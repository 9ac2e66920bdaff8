/* source_pop3.h: what is made of CAPA, STAT, LIST and UIDL, at every split point of what the server says. */
#include "check.h"
#include "mem.h"
#include "script.h"
#include "source_pop3.h"

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
        f->octets, f->stat_agrees ? " agrees" : "", f->has_uidl ? " uidl" : "",
        source_traits(s)->can_header ? " top" : "", f->blank_uidls, f->repeated_uidls);
}

static size_t check_inventory(const struct row *r, size_t cut)
{
    const struct script_row answers[] = {
        {"CAPA", r->capa}, {"STAT", r->stat}, {"LIST", r->list}, {"UIDL", r->uidl}, {NULL, NULL}};
    struct script sc = {.rows = answers, .cut = cut};
    struct source *s = script_source();
    struct done done = {0};
    struct error err = {0};
    CHECK_LABEL("%s, cut at %zd", r->label, (ssize_t)cut);
    source_inventory(s, script_done_fn, &done);
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
    struct source *s = script_source();
    struct done done = {0};
    source_inventory(s, script_done_fn, &done);
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
    struct source *s = script_source();
    struct done done = {0};
    struct error err = {0};
    size_t count;
    source_inventory(s, script_done_fn, &done);
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

/* ---- what the source can and does ---- */
static void test_traits(void)
{
    static const struct {
        const char *capa, *user, *hides;
        bool can_header, shows_part;
        int pause_s, expire_days;
    } rows_of_traits[] = {
        {"-ERR what?\n", "u", NULL, true, false, -1, -1},
        {"+OK\n.\n", "u", NULL, false, false, -1, -1},
        {"+OK\nTOP\nLOGIN-DELAY 600\nEXPIRE 30\n.\n", "u", NULL, true, false, 600, 30},
        {"+OK\nTOP\nEXPIRE NEVER\n.\n", "u", NULL, true, false, -1, -1},
        {"+OK\nTOP\nEXPIRE 0\n.\n", "u", "EXPIRE 0", true, false, -1, 0},
        {"+OK\nTOP\nX-GOOGLE-RICO\n.\n", "u@gmail.com", "Gmail's POP view", true, true, -1, -1},
        {"+OK\nTOP\nX-GOOGLE-RICO\n.\n", "recent:u@gmail.com", "Gmail's POP view", true, false, -1, -1},
    };
    for (size_t i = 0; i < sizeof rows_of_traits / sizeof *rows_of_traits; i++) {
        const struct script_row answers[] = {
            {"CAPA", rows_of_traits[i].capa}, {"STAT", "+OK 0 0\n"}, {NULL, NULL}};
        struct script sc = {.rows = answers};
        struct source *s = source_pop3_new(&(struct source_pop3_options){.user = rows_of_traits[i].user});
        struct done done = {0};
        CHECK_LABEL("row %zu", i);
        source_inventory(s, script_done_fn, &done);
        CHECK_INT(script_run(&sc, s, NULL), 0);
        const struct source_traits *t = source_traits(s);
        CHECK(t->has_stream && t->can_delete);
        CHECK_INT(t->reading_hides, rows_of_traits[i].hides != NULL);
        CHECK_STR(t->hides_words, rows_of_traits[i].hides);
        CHECK_INT(t->can_header, rows_of_traits[i].can_header);
        CHECK_INT(t->shows_part, rows_of_traits[i].shows_part);
        CHECK_INT(t->sign_in_pause_s, rows_of_traits[i].pause_s);
        CHECK_INT(t->expire_days, rows_of_traits[i].expire_days);
        struct offer offers[OFFERS_MAX];
        CHECK_INT(source_offers(s, offers), 4);
        CHECK_STR(offers[0].made ? "known" : "", i ? "known" : "");
        source_free(s);
        script_done(&sc);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"inventory", test_inventory},
        {"many repeated UIDLs", test_many_repeated},
        {"more messages than can be", test_too_many},
        {"traits", test_traits},
    };
    return check_main("source inventory", tests, sizeof tests / sizeof *tests);
}
