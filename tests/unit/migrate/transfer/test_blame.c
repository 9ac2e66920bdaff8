/* blame.h: which message is taken for the one that breaks the connection. */
#include "blame.h"
#include "check.h"

static struct source_item item(const char *key, uint32_t number, uint64_t octets)
{
    return (struct source_item){.key = (char *)key, .number = number, .octets = octets};
}

static const struct error lost = {
    .scope = ERROR_SCOPE_SESSION, .retry = ERROR_RETRY_NOW, .code = ERROR_LOST, .text = "gone"};

/* A session that broke while this was owed. */
static void broke(struct blame *b, const struct source_item *it, const struct error *why)
{
    blame_session(b);
    blame_source(b, it, why);
}

static void test_three_times(void)
{
    struct blame b = {0};
    struct source_item one = item("a", 1, 100), same = item("a", 7, 100), other = item("b", 2, 100);
    CHECK(!blame_is_condemned(&b, &one));
    for (unsigned n = 1; n < BLAME_SOURCE_MAX; n++) {
        broke(&b, &one, &lost);
        CHECK_LABEL("%u", n);
        CHECK(!blame_is_condemned(&b, &one));
    }
    broke(&b, &same, &lost); /* in another session under another number: the same */
    CHECK(blame_is_condemned(&b, &one) && blame_is_condemned(&b, &same));
    CHECK(!blame_is_condemned(&b, &other));
    CHECK(!b.silent && !blame_is_cut(&b, &one));
    blame_cut(&b, &one);
    CHECK(blame_is_cut(&b, &same) && !blame_is_cut(&b, &other));
    blame_session(&b);
    CHECK(blame_is_condemned(&b, &one)); /* for the rest of the run */
    for (unsigned n = 0; n < BLAME_SOURCE_MAX; n++)
        broke(&b, &other, &lost);
    CHECK(blame_is_condemned(&b, &one) && blame_is_condemned(&b, &other)); /* several may be broken */
    blame_done(&b);
    CHECK(!blame_is_condemned(&b, &one));
    blame_done(&b);
}

/* A line that breaks at one message now and at another then is a bad line. */
static void test_in_turn(void)
{
    struct blame b = {0};
    struct source_item one = item("a", 1, 100), other = item("b", 2, 100);
    for (unsigned n = 0; n < 10; n++)
        broke(&b, n % 3 == 2 ? &other : &one, &lost);
    CHECK(!blame_is_condemned(&b, &one) && !blame_is_condemned(&b, &other));
    blame_done(&b);
}

/* With RETR pipelined all that are owed fail together: only the first was being sent. */
static void test_first_of_a_session(void)
{
    struct blame b = {0};
    struct source_item one = item("a", 1, 100), next = item("b", 2, 100);
    for (unsigned n = 0; n < BLAME_SOURCE_MAX; n++) {
        blame_session(&b);
        blame_source(&b, &one, &lost);
        blame_source(&b, &next, &lost);
        blame_source(&b, &one, &lost); /* and once for each session */
        CHECK_INT(blame_is_condemned(&b, &one), n + 1 == BLAME_SOURCE_MAX);
    }
    CHECK(!blame_is_condemned(&b, &next));
    blame_done(&b);
}

static void test_reasons(void)
{
    for (int code = ERROR_NONE; code <= ERROR_INTERNAL; code++) {
        struct blame b = {0};
        struct source_item one = item("a", 1, 100);
        const struct error why = {.scope = ERROR_SCOPE_SESSION, .code = (enum error_code)code};
        CHECK_LABEL("%s", error_code_name((enum error_code)code));
        for (unsigned n = 0; n < BLAME_SOURCE_MAX; n++)
            broke(&b, &one, &why);
        CHECK_INT(blame_is_condemned(&b, &one),
            code == ERROR_LOST || code == ERROR_TIMEOUT || code == ERROR_PROTOCOL);
        blame_done(&b);
    }
}

/* Without UIDL: by number and size. With one: by that and size. */
static void test_who_is_who(void)
{
    struct blame b = {0};
    struct source_item nameless = item(NULL, 3, 100), number = item(NULL, 4, 100), size = item(NULL, 3, 101),
                       named = item("3", 3, 100), other_size = item("3", 3, 101);
    for (unsigned n = 0; n < BLAME_SOURCE_MAX; n++)
        broke(&b, &nameless, &lost);
    CHECK(blame_is_condemned(&b, &nameless));
    CHECK(!blame_is_condemned(&b, &number) && !blame_is_condemned(&b, &size) &&
          !blame_is_condemned(&b, &named));
    for (unsigned n = 0; n < BLAME_SOURCE_MAX; n++)
        broke(&b, &named, &lost);
    CHECK(blame_is_condemned(&b, &named));
    CHECK(!blame_is_condemned(&b, &other_size));
    blame_done(&b);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"three times", test_three_times},
        {"in turn", test_in_turn},
        {"the first of a session", test_first_of_a_session},
        {"reasons", test_reasons},
        {"who is who", test_who_is_who},
    };
    return check_main("blame", tests, sizeof tests / sizeof *tests);
}
