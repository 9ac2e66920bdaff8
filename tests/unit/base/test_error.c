/* error.h and log.h: what is filled, cut and cleaned. */
#include "check.h"
#include "error.h"
#include "log.h"
#include "text.h"

#define A  "\xe3\x81\x82" /* HIRAGANA LETTER A, three octets */
#define AE "\xc3\xa4"

static bool valid_utf8(const char *s)
{
    size_t len = strlen(s);
    while (len) {
        size_t n = text_utf8_len(s, len);
        if (!n)
            return false;
        s += n;
        len -= n;
    }
    return true;
}

/* count times s into dst, which is large enough. */
static const char *repeat(char *dst, const char *s, size_t count)
{
    *dst = '\0';
    for (size_t i = 0, n = strlen(s); i < count; i++)
        memcpy(dst + i * n, s, n + 1);
    return dst;
}

static void test_set(void)
{
    struct error e;
    memset(&e, 0x55, sizeof e);
    CHECK_INT(
        error_set(&e, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_AUTH, "%s: no %d", "pop3s://host:995", 7),
        -1);
    CHECK_INT(e.scope, ERROR_SCOPE_JOB);
    CHECK_INT(e.retry, ERROR_RETRY_LATER);
    CHECK_INT(e.code, ERROR_AUTH);
    CHECK_INT(e.wait_ms, 0);
    CHECK_STR(e.text, "pop3s://host:995: no 7");
    CHECK_INT(error_set(&e, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK, "%s", ""), -1);
    CHECK_STR(e.text, "");
    CHECK_INT(e.code, ERROR_DISK);
}

static void test_nobody_cares(void)
{
    CHECK_INT(error_set(NULL, ERROR_SCOPE_JOB, ERROR_RETRY_NOW, ERROR_LOST, "%s", "x"), -1);
    CHECK_INT(error_prefix(NULL, "%s", "x"), -1);
    CHECK_INT(error_append(NULL, "%s", "x"), -1);
}

static void test_cleaning(void)
{
    static const struct {
        const char *in, *out;
    } rows[] = {
        {"plain", "plain"}, {"two\r\nlines\t", "two??lines?"}, {"\x1b[31mred\x7f", "?[31mred?"}, {A AE, A AE},
        {"\xff\xfe" A "\x80", "??" A "?"}, {"\xc2\x85next", "?next"}, /* C1 NEL */
        {"abc\xe2\x80\xae"
         "fdp.exe",
            "abc?fdp.exe"}, /* RIGHT-TO-LEFT OVERRIDE */
        {"\xe3\x81", "??"}, /* a character that is not all there */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error e;
        CHECK_LABEL("row %zu", i);
        error_set(&e, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s", rows[i].in);
        CHECK_STR(e.text, rows[i].out);
        error_set(&e, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "x");
        error_append(&e, "%s", rows[i].in);
        CHECK(!strncmp(e.text, "x", 1) && !strcmp(e.text + 1, rows[i].out));
        error_set(&e, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "x");
        error_prefix(&e, "%s", rows[i].in);
        CHECK(!strncmp(e.text, rows[i].out, strlen(rows[i].out)));
        CHECK_STR(e.text + strlen(rows[i].out), ": x");
    }
}

/* At every alignment of the characters with the end of the text. */
static void test_cut(void)
{
    char filler[64], many[3 * ERROR_TEXT_MAX];
    for (size_t lead = 0; lead < 16; lead++) {
        struct error e;
        CHECK_LABEL("lead %zu", lead);
        error_set(&e, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s%s", repeat(filler, "x", lead),
            repeat(many, A, ERROR_TEXT_MAX / 2));
        size_t len = strlen(e.text);
        CHECK(valid_utf8(e.text));
        CHECK(len >= ERROR_TEXT_MAX - 3 && len < ERROR_TEXT_MAX);
        CHECK_INT((len - lead) % 3, 0);
        CHECK(!strchr(e.text, '?'));
    }
}

static void test_join(void)
{
    char many[ERROR_TEXT_MAX];
    struct error e;
    error_set(&e, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_THROTTLED, "slow down");
    e.wait_ms = 1500;
    CHECK_INT(error_prefix(&e, "%s", "imaps://host:993"), -1);
    CHECK_STR(e.text, "imaps://host:993: slow down");
    CHECK_INT(error_append(&e, " (%d s)", 2), -1);
    CHECK_STR(e.text, "imaps://host:993: slow down (2 s)");
    CHECK_INT(e.wait_ms, 1500);
    CHECK_INT(e.code, ERROR_THROTTLED);
    CHECK_INT(e.scope, ERROR_SCOPE_SESSION);
    CHECK_INT(e.retry, ERROR_RETRY_LATER);
    CHECK_INT(error_prefix(&e, "%s", e.text), -1); /* its own text as an argument */
    CHECK_STR(e.text, "imaps://host:993: slow down (2 s): imaps://host:993: slow down (2 s)");
    error_set(&e, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s", repeat(many, A, 100));
    error_append(&e, "%s", repeat(many, AE, 200)); /* 300 + 400 octets */
    CHECK(valid_utf8(e.text));
    CHECK_INT(strlen(e.text), 300 + 338);
    error_prefix(&e, "%s", "short");
    CHECK(!strncmp(e.text, "short: " A, 10));
    CHECK(valid_utf8(e.text));
    CHECK(strlen(e.text) >= ERROR_TEXT_MAX - 3 && strlen(e.text) < ERROR_TEXT_MAX);
}

static void test_code_names(void)
{
    const char *names[ERROR_INTERNAL + 1];
    for (int i = 0; i <= ERROR_INTERNAL; i++) {
        names[i] = error_code_name((enum error_code)i);
        CHECK_LABEL("code %d", i);
        CHECK(names[i] && *names[i]);
        CHECK_INT(strspn(names[i], "abcdefghijklmnopqrstuvwxyz-"), strlen(names[i]));
        for (int k = 0; k < i; k++)
            CHECK(strcmp(names[k], names[i]) != 0);
    }
    CHECK_STR(error_code_name(ERROR_AUTH), "login-refused");
    CHECK_STR(error_code_name(ERROR_NONE), "none");
    CHECK_STR(error_code_name((enum error_code)(ERROR_INTERNAL + 1)), "internal");
}

static void test_unhandled(void)
{
    struct error e = {0};
    char place[64];
    int line = __LINE__ + 1;
    CHECK_INT(error_unhandled(&e, "verdict 9"), -1);
    snprintf(place, sizeof place, ":%d)", line);
    CHECK_INT(e.code, ERROR_INTERNAL);
    CHECK_INT(e.scope, ERROR_SCOPE_JOB);
    CHECK_INT(e.retry, ERROR_RETRY_NEVER);
    CHECK(strstr(e.text, "verdict 9") != NULL);
    CHECK(strstr(e.text, "test_error.c") != NULL);
    CHECK(strstr(e.text, place) != NULL);
}

struct seen {
    unsigned calls;
    enum log_level level;
    char line[4096];
};

static void on_line(void *ctx, enum log_level level, const char *line)
{
    struct seen *s = ctx;
    s->calls++;
    s->level = level;
    snprintf(s->line, sizeof s->line, "%s", line);
}

static void test_log(void)
{
    struct seen seen = {0};
    const struct log log = {.fn = on_line, .ctx = &seen}, silent = {.ctx = &seen};
    static char many[6000];
    log_line(NULL, LOG_ERROR, "%s", "x");
    log_line(&silent, LOG_ERROR, "%s", "x");
    CHECK_INT(seen.calls, 0);
    log_line(&log, LOG_WARN, "%s at %d%%", "host\r\n\x1b[2J", 40);
    CHECK_INT(seen.calls, 1);
    CHECK_INT(seen.level, LOG_WARN);
    CHECK_STR(seen.line, "host???[2J at 40%");
    log_line(&log, LOG_DEBUG, "%s", "");
    CHECK_STR(seen.line, "");
    CHECK_INT(seen.level, LOG_DEBUG);
    log_line(&log, LOG_INFO, "%s", repeat(many, A, 1500));
    CHECK(valid_utf8(seen.line));
    CHECK(strlen(seen.line) > 2000 && strlen(seen.line) < 2048);
    CHECK_INT(seen.calls, 3);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"set", test_set},
        {"nobody cares", test_nobody_cares},
        {"cleaning", test_cleaning},
        {"cut at a character", test_cut},
        {"prefix and append", test_join},
        {"code names", test_code_names},
        {"unhandled", test_unhandled},
        {"log", test_log},
    };
    return check_main("error", tests, sizeof tests / sizeof *tests);
}
