/* buf.h: a queue of bytes against a plain array that does the same. */
#include "buf.h"
#include "check.h"
#include "mem.h"

static void test_empty(void)
{
    struct buf b = {0};
    char c = 'x';
    CHECK_INT(buf_len(&b), 0);
    CHECK_STR(buf_bytes(&b), "");
    CHECK_INT(buf_take(&b, &c, 1), 0);
    CHECK_INT(c, 'x');
    buf_consume(&b, 0);
    buf_append(&b, NULL, 0);
    buf_append_str(&b, "");
    CHECK_INT(buf_len(&b), 0);
    buf_clear(&b);
    char *copy CLEANUP(mem_free_str) = buf_strdup(&b);
    CHECK_STR(copy, "");
    CHECK_STR(buf_str(&b), "");
    buf_done(&b);
    buf_done(&b);
    CHECK(!b.data && !b.cap && !b.start && !b.end);
}

static void test_append(void)
{
    struct buf b CLEANUP(buf_done) = {0};
    buf_append_str(&b, "RETR ");
    buf_printf(&b, "%d", 42);
    buf_append_char(&b, '\0');
    buf_append(&b, "\r\nrest", 3);
    CHECK_INT(buf_len(&b), 11);
    CHECK(!memcmp(buf_bytes(&b), "RETR 42\0\r\nr", 11));
    buf_consume(&b, 5);
    CHECK_STR(buf_str(&b), "42"); /* up to the NUL inside */
    CHECK_INT(buf_len(&b), 6);
    char *copy CLEANUP(mem_free_str) = buf_strdup(&b);
    CHECK(!memcmp(copy, "42\0\r\nr", 7));
}

/* buf_str adds no content, whatever room there is. */
static void test_str_at_every_length(void)
{
    struct buf b CLEANUP(buf_done) = {0};
    for (size_t len = 0; len < 1200; len++) {
        CHECK_INT(strlen(buf_str(&b)), len);
        CHECK_INT(buf_len(&b), len);
        buf_append_char(&b, 'a');
    }
}

static void test_printf_long(void)
{
    static char text[40000];
    for (size_t len = 0; len < sizeof text - 1; len = len < 300 ? len + 1 : len * 2) {
        struct buf b CLEANUP(buf_done) = {0};
        CHECK_LABEL("%zu octets", len);
        memset(text, 'q', len);
        text[len] = '\0';
        buf_append_str(&b, "<");
        buf_printf(&b, "%s|%zu", text, len);
        CHECK_INT(buf_len(&b), 1 + len + 1 + (size_t)snprintf(NULL, 0, "%zu", len));
        CHECK(!memcmp(buf_bytes(&b) + 1, text, len));
        CHECK_INT(buf_bytes(&b)[1 + len], '|');
        CHECK_INT(strtoul(buf_str(&b) + len + 2, NULL, 10), len);
    }
}

static void test_reserve(void)
{
    struct buf b CLEANUP(buf_done) = {0};
    buf_append_str(&b, "ab");
    memcpy(buf_reserve(&b, 100000), "cdef", 4);
    CHECK_INT(buf_len(&b), 2);
    buf_commit(&b, 3);
    CHECK_STR(buf_str(&b), "abcde");
    CHECK(b.cap - b.end >= 99997);
}

/* A queue that once held much does not keep the memory when it is empty. */
static void test_gives_back(void)
{
    struct buf b CLEANUP(buf_done) = {0};
    static char big[1024 * 1024];
    buf_append(&b, big, sizeof big);
    buf_consume(&b, sizeof big);
    CHECK(b.cap <= 256 * 1024);
    buf_append(&b, big, sizeof big);
    buf_clear(&b);
    CHECK(b.cap <= 256 * 1024);
    CHECK_INT(buf_len(&b), 0);
}

/* Steady flow through a queue that is never empty must not make it grow. */
static void test_steady_flow(void)
{
    struct buf b CLEANUP(buf_done) = {0};
    char piece[100];
    memset(piece, 'z', sizeof piece);
    buf_append_char(&b, 'z');
    for (int i = 0; i < 100000; i++) {
        buf_append(&b, piece, sizeof piece);
        buf_consume(&b, sizeof piece);
    }
    CHECK_INT(buf_len(&b), 1);
    CHECK(b.cap <= 1024);
}

struct model {
    char data[200000];
    size_t start, end;
};

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static void random_step(struct buf *b, struct model *m, uint32_t *rnd)
{
    char piece[700];
    size_t n = next_random(rnd) % sizeof piece;
    if (next_random(rnd) % 2 && m->end + n <= sizeof m->data) {
        for (size_t i = 0; i < n; i++)
            piece[i] = (char)next_random(rnd);
        buf_append(b, piece, n);
        memcpy(m->data + m->end, piece, n);
        m->end += n;
    } else if (next_random(rnd) % 2) {
        size_t got = buf_take(b, piece, n), want = m->end - m->start < n ? m->end - m->start : n;
        CHECK_INT(got, want);
        CHECK(!memcmp(piece, m->data + m->start, got));
        m->start += got;
    } else {
        n = m->end - m->start < n ? m->end - m->start : n;
        buf_consume(b, n);
        m->start += n;
    }
}

static void test_random(void)
{
    static struct model m;
    for (uint32_t seed = 1; seed <= 20; seed++) {
        struct buf b CLEANUP(buf_done) = {0};
        uint32_t rnd = seed;
        m.start = m.end = 0;
        CHECK_LABEL("seed %u", seed);
        for (int step = 0; step < 2000; step++) {
            random_step(&b, &m, &rnd);
            if (buf_len(&b) != m.end - m.start || memcmp(buf_bytes(&b), m.data + m.start, buf_len(&b)) != 0)
                break;
        }
        CHECK_INT(buf_len(&b), m.end - m.start);
        CHECK(!memcmp(buf_bytes(&b), m.data + m.start, m.end - m.start));
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"empty", test_empty},
        {"append", test_append},
        {"as a string at every length", test_str_at_every_length},
        {"printf of any length", test_printf_long},
        {"reserve and commit", test_reserve},
        {"gives memory back", test_gives_back},
        {"steady flow", test_steady_flow},
        {"random against a model", test_random},
    };
    return check_main("buf", tests, sizeof tests / sizeof *tests);
}
