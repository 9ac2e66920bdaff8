#include "check.h"
#include "mail_repair.h"
#include "mem.h"
#include "split.h"

#define ROW_COUNT(a) (sizeof(a) / sizeof *(a))
#define IN(s)        (s), sizeof(s) - 1

static const struct row {
    const char *in;
    size_t len;
    const char *out;
    const char *words;
} rows[] = {
    {IN(""), "", ""},
    {IN("\r\n"), "\r\n", ""},
    {IN("a\r\n\r\nb\r\n"), "a\r\n\r\nb\r\n", ""},
    {IN("a"), "a\r\n", "no final CRLF"},
    {IN("a\n"), "a\r\n", "1 bare LF"},
    {IN("a\r"), "a\r\n", "1 bare CR"},
    {IN("\n"), "\r\n", "1 bare LF"},
    {IN("\r"), "\r\n", "1 bare CR"},
    {IN("a\nb\n\nc"), "a\r\nb\r\n\r\nc\r\n", "3 bare LF, no final CRLF"},
    {IN("a\rb\r\rc\r"), "a\r\nb\r\n\r\nc\r\n", "4 bare CR"},
    {IN("a\r\r\nb\r\r\r\n"), "a\r\nb\r\n", "3 bare CR"},
    {IN("a\r\n\nb\n\r\nc\r\n"), "a\r\n\r\nb\r\n\r\nc\r\n", "2 bare LF"},
    {IN("a\n\rb\r\n"), "a\r\n\r\nb\r\n", "1 bare LF, 1 bare CR"},
    {IN("a\r\n\r"), "a\r\n\r\n", "1 bare CR"},
    {IN("a\0b\r\n"), "ab\r\n", "1 NUL"},
    {IN("\0"), "\r\n", "1 NUL, no final CRLF"},
    {IN("\0\0a"), "a\r\n", "2 NUL, no final CRLF"},
    {IN("a\r\n\0"), "a\r\n", "1 NUL"},
    {IN("a\r\0\nb\r\0c\0\n"), "a\r\nb\r\nc\r\n", "1 bare LF, 1 bare CR, 3 NUL"},
    {IN("\xff\x80\r\n.\r\n..\r\n"), "\xff\x80\r\n.\r\n..\r\n", ""},
};

static void check_repaired(const char *in, size_t len, const char *out, size_t out_len, const char *words)
{
    struct mail_facts f = split_scan_whole(in, len);
    char said[200];
    CLEANUP(buf_done) struct buf got = {0};
    split_repair(in, len, len, &got);
    CHECK_INT(buf_len(&got), out_len);
    CHECK(buf_len(&got) == out_len && !memcmp(buf_bytes(&got), out, out_len));
    CHECK_STR(mail_repair_words(&f, said, sizeof said), words);
    bool changed = buf_len(&got) != len || memcmp(buf_bytes(&got), in, len) != 0;
    CHECK_INT(mail_repair_needed(&f), changed);

    struct mail_facts again = split_scan_whole(buf_bytes(&got), buf_len(&got));
    CHECK(!mail_repair_needed(&again));
    CHECK(!memcmp(f.fingerprint, again.fingerprint, SHA256_OCTETS));
    CLEANUP(buf_done) struct buf twice = {0};
    split_repair(buf_bytes(&got), buf_len(&got), buf_len(&got), &twice);
    CHECK(buf_len(&twice) == out_len && !memcmp(buf_bytes(&twice), out, out_len));
    mail_facts_done(&f);
    mail_facts_done(&again);
}

static void test_table(void)
{
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        CHECK_LABEL("row %zu: %s", i, rows[i].words);
        check_repaired(rows[i].in, rows[i].len, rows[i].out, strlen(rows[i].out), rows[i].words);
        split_check_all(rows[i].in, rows[i].len);
    }
}

/* Each octet string of up to six from the alphabet that matters, whole and at each split. */
static void test_every_short_string(void)
{
    static const char alphabet[] = {'a', '\r', '\n', '\0', ' ', ':'};
    for (size_t len = 1; len <= 5; len++) {
        size_t count = 1;
        for (size_t i = 0; i < len; i++)
            count *= sizeof alphabet;
        for (size_t n = 0; n < count; n++) {
            char in[8];
            for (size_t i = 0, rest = n; i < len; i++, rest /= sizeof alphabet)
                in[i] = alphabet[rest % sizeof alphabet];
            CHECK_LABEL("string %zu of length %zu", n, len);
            CLEANUP(buf_done) struct buf out = {0};
            split_repair(in, len, len, &out);
            char words[200];
            struct mail_facts f = split_scan_whole(in, len);
            mail_repair_words(&f, words, sizeof words);
            mail_facts_done(&f);
            check_repaired(in, len, buf_bytes(&out), buf_len(&out), words);
            split_check_all(in, len);
        }
    }
}

/* A run of CR longer than the bound is cut there, wherever the pieces are cut. */
static void test_long_run(void)
{
    size_t len = 2 * MAIL_LINES_CR_MAX + 3;
    char *in = mem_alloc(len + 1);
    memset(in, '\r', len);
    in[len] = '\n';
    CLEANUP(buf_done) struct buf out = {0};
    CLEANUP(buf_done) struct buf bytewise = {0};
    CHECK_LABEL("long run of CR");
    split_repair(in, len + 1, len, &out);
    CHECK_INT(buf_len(&out), 2 * (2 * MAIL_LINES_CR_MAX + 1));
    split_repair(in, len + 1, SIZE_MAX, &bytewise);
    CHECK_INT(buf_len(&bytewise), buf_len(&out));
    struct mail_facts f = split_scan_whole(in, len + 1);
    CHECK_INT(f.bare_cr, len - 1);
    CHECK_INT(f.header_octets, 1);
    mail_facts_done(&f);
    free(in);
}

static void test_words_fit(void)
{
    struct mail_facts f = {.bare_cr = 12, .bare_lf = 3, .nul = 1, .no_final_crlf = true};
    char dst[64];
    CHECK_LABEL("words");
    CHECK_STR(mail_repair_words(&f, dst, sizeof dst), "3 bare LF, 12 bare CR, 1 NUL, no final CRLF");
    for (size_t cap = 1; cap < sizeof dst; cap++) {
        memset(dst, 'x', sizeof dst);
        mail_repair_words(&f, dst, cap);
        CHECK(strnlen(dst, cap) < cap);
        CHECK(!strncmp("3 bare LF, 12 bare CR, 1 NUL, no final CRLF", dst, strlen(dst)));
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"table", test_table},
        {"every short string", test_every_short_string},
        {"long run of CR", test_long_run},
        {"words fit", test_words_fit},
    };
    return check_main("mail_repair", tests, ROW_COUNT(tests));
}
