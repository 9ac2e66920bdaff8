#include "check.h"
#include "pop3_reply.h"

#define B(s) (s), sizeof(s) - 1

static void test_status(void)
{
    static const struct {
        const char *line;
        size_t len;
        bool valid, ok;
        enum pop3_code code;
        const char *text;
    } rows[] = {
        {B("+OK"), true, true, POP3_CODE_NONE, ""},
        {B("+OK "), true, true, POP3_CODE_NONE, ""},
        {B("+ok\t two  words \t"), true, true, POP3_CODE_NONE, "two  words"},
        {B("-ERR"), true, false, POP3_CODE_NONE, ""},
        {B("-err no"), true, false, POP3_CODE_NONE, "no"},
        {B("-ERR: no"), true, false, POP3_CODE_NONE, ": no"},
        {B("-ERR [IN-USE] x"), true, false, POP3_CODE_IN_USE, "[IN-USE] x"},
        {B("-ERR [in-use]"), true, false, POP3_CODE_IN_USE, "[in-use]"},
        {B("-ERR[IN-USE]"), true, false, POP3_CODE_IN_USE, "[IN-USE]"},
        {B("-ERR [IN-USE/BY-ME] x"), true, false, POP3_CODE_IN_USE, "[IN-USE/BY-ME] x"},
        {B("-ERR [IN-USED] x"), true, false, POP3_CODE_OTHER, "[IN-USED] x"},
        {B("-ERR [LOGIN-DELAY] x"), true, false, POP3_CODE_LOGIN_DELAY, "[LOGIN-DELAY] x"},
        {B("-ERR [SYS/TEMP] x"), true, false, POP3_CODE_SYS_TEMP, "[SYS/TEMP] x"},
        {B("-ERR [Sys/Perm] x"), true, false, POP3_CODE_SYS_PERM, "[Sys/Perm] x"},
        {B("-ERR [SYS] x"), true, false, POP3_CODE_OTHER, "[SYS] x"},
        {B("-ERR [AUTH] x"), true, false, POP3_CODE_AUTH, "[AUTH] x"},
        {B("-ERR [] x"), true, false, POP3_CODE_OTHER, "[] x"},
        {B("-ERR [IN-USE"), true, false, POP3_CODE_NONE, "[IN-USE"},
        {B("-ERR x [IN-USE]"), true, false, POP3_CODE_NONE, "x [IN-USE]"},
        {B("-ERR \x1b[1m\xff\0"), true, false, POP3_CODE_NONE, "?[1m??"},
        {B("+OK \xe3\x81\x82"), true, true, POP3_CODE_NONE, "\xe3\x81\x82"},
        {B(""), false, false, POP3_CODE_NONE, ""},
        {B("+"), false, false, POP3_CODE_NONE, ""},
        {B("+O"), false, false, POP3_CODE_NONE, ""},
        {B("+ERR no"), true, false, POP3_CODE_NONE, "no"},
        {B("+OKAY"), false, false, POP3_CODE_NONE, ""},
        {B("-ERROR"), false, false, POP3_CODE_NONE, ""},
        {B("-ER"), false, false, POP3_CODE_NONE, ""},
        {B(" +OK"), false, false, POP3_CODE_NONE, ""},
        {B("+ OK"), false, false, POP3_CODE_NONE, ""},
        {B("* OK"), false, false, POP3_CODE_NONE, ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].line);
        struct pop3_reply reply = {.text = "untouched"};
        CHECK_INT(pop3_reply_status(rows[i].line, rows[i].len, &reply), rows[i].valid);
        CHECK_STR(reply.text, rows[i].valid ? rows[i].text : "untouched");
        CHECK_INT(reply.ok, rows[i].ok);
        CHECK_INT(reply.code, rows[i].code);
    }
}

static void test_stat(void)
{
    static const struct {
        const char *line;
        bool valid;
        uint64_t messages, octets;
    } rows[] = {
        {"+OK 0 0", true, 0, 0},
        {"+OK 3 320", true, 3, 320},
        {"+OK   3 \t 320  extra 9", true, 3, 320},
        {"+OK 1000000000 18446744073709551615", true, 1000000000, UINT64_MAX},
        {"+OK 3", false, 7, 7},
        {"+OK", false, 7, 7},
        {"+OK 3 -1", false, 7, 7},
        {"+OK -3 1", false, 7, 7},
        {"+OK 3 18446744073709551616", false, 7, 7},
        {"+OK 3 000000000000000000001", false, 7, 7},
        {"+OK 3, 320", false, 7, 7},
        {"+OK 3 320octets", false, 7, 7},
        {"+OK three 320", false, 7, 7},
        {"-ERR 3 320", false, 7, 7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].line);
        uint64_t messages = 7, octets = 7;
        CHECK_INT(pop3_reply_stat(rows[i].line, strlen(rows[i].line), &messages, &octets), rows[i].valid);
        CHECK_INT(messages, rows[i].messages);
        CHECK_INT(octets, rows[i].octets);
    }
}

static void test_list(void)
{
    static const struct {
        const char *line;
        bool valid;
        uint32_t number;
        uint64_t octets;
    } rows[] = {
        {"1 120", true, 1, 120},
        {"  1 \t 120 ", true, 1, 120},
        {"1 120 octets", true, 1, 120},
        {"4294967295 0", true, UINT32_MAX, 0},
        {"4294967296 0", false, 7, 7},
        {"0 120", false, 7, 7},
        {"1", false, 7, 7},
        {"1 ", false, 7, 7},
        {"", false, 7, 7},
        {"  ", false, 7, 7},
        {"1 -120", false, 7, 7},
        {"-1 120", false, 7, 7},
        {"+1 120", false, 7, 7},
        {"1 99999999999999999999", false, 7, 7},
        {"1 120x", false, 7, 7},
        {"1x 120", false, 7, 7},
        {"1 0x10", false, 7, 7},
        {"x", false, 7, 7},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].line);
        uint32_t number = 7;
        uint64_t octets = 7;
        CHECK_INT(pop3_reply_list(rows[i].line, strlen(rows[i].line), &number, &octets), rows[i].valid);
        CHECK_INT(number, rows[i].number);
        CHECK_INT(octets, rows[i].octets);
    }
}

static void test_uidl(void)
{
    static const struct {
        const char *line;
        size_t len;
        bool valid;
        uint32_t number;
        const char *uidl;
    } rows[] = {
        {B("1 abc"), true, 1, "abc"},
        {B("  2 \t abc \t"), true, 2, "abc"},
        {B("3"), true, 3, ""},
        {B("3  "), true, 3, ""},
        {B("4 a b"), true, 4, "a b"},
        {B("5 \xff\x01\r"), true, 5, "\xff\x01\r"},
        {B("6 5"), true, 6, "5"},
        {B("0 abc"), false, 7, "untouched"},
        {B("-1 abc"), false, 7, "untouched"},
        {B("abc"), false, 7, "untouched"},
        {B("1abc"), false, 7, "untouched"},
        {B("1 a\0b"), false, 7, "untouched"},
        {B("4294967296 abc"), false, 7, "untouched"},
        {B(""), false, 7, "untouched"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].line);
        uint32_t number = 7;
        char uidl[POP3_UIDL_MAX + 1] = "untouched";
        CHECK_INT(pop3_reply_uidl(rows[i].line, rows[i].len, &number, uidl), rows[i].valid);
        CHECK_INT(number, rows[i].number);
        CHECK_STR(uidl, rows[i].uidl);
    }
}

static void test_uidl_length(void)
{
    char line[POP3_UIDL_MAX + 4], uidl[POP3_UIDL_MAX + 1];
    uint32_t number;
    memset(line, 'x', sizeof line);
    memcpy(line, "1 ", 2);
    CHECK_LABEL("longest UIDL");
    CHECK(pop3_reply_uidl(line, POP3_UIDL_MAX + 2, &number, uidl));
    CHECK_INT(strlen(uidl), POP3_UIDL_MAX);
    CHECK_LABEL("one more");
    CHECK(!pop3_reply_uidl(line, POP3_UIDL_MAX + 3, &number, uidl));
}

static void test_error(void)
{
    static const struct {
        enum pop3_code code;
        bool one_message;
        enum error_scope scope;
        enum error_retry retry;
        enum error_code error;
        int64_t wait_ms;
    } rows[] = {
        {POP3_CODE_NONE, true, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED, 0},
        {POP3_CODE_NONE, false, ERROR_SCOPE_SESSION, ERROR_RETRY_NEVER, ERROR_REFUSED, 0},
        {POP3_CODE_OTHER, true, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED, 0},
        {POP3_CODE_OTHER, false, ERROR_SCOPE_SESSION, ERROR_RETRY_NEVER, ERROR_REFUSED, 0},
        {POP3_CODE_IN_USE, true, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_IN_USE, 0},
        {POP3_CODE_LOGIN_DELAY, true, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_THROTTLED, 300000},
        {POP3_CODE_SYS_TEMP, true, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_REFUSED, 0},
        {POP3_CODE_SYS_PERM, true, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_REFUSED, 0},
        {POP3_CODE_AUTH, false, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("code %d, one message %d", rows[i].code, rows[i].one_message);
        struct pop3_reply reply = {.code = rows[i].code, .text = "so there"};
        struct error err;
        pop3_reply_error(&reply, "RETR 3", rows[i].one_message, 300, &err);
        CHECK_INT(err.scope, rows[i].scope);
        CHECK_INT(err.retry, rows[i].retry);
        CHECK_INT(err.code, rows[i].error);
        CHECK_INT(err.wait_ms, rows[i].wait_ms);
        CHECK_STR(err.text, "the POP3 server refused RETR 3: so there");
    }
    static const char *const limits[] = {"Download exceed", "[X] daily limit reached", "Too many retrievals",
        "bandwidth used up", "ダウンロード容量の上限を超過しました"};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        CHECK_LABEL("%s", limits[i]);
        struct pop3_reply reply = {0};
        struct error err;
        snprintf(reply.text, sizeof reply.text, "%s", limits[i]);
        pop3_reply_error(&reply, "RETR 3", true, 0, &err);
        CHECK_INT(err.scope, ERROR_SCOPE_MESSAGE);
        CHECK_INT(err.retry, ERROR_RETRY_LATER);
        CHECK_INT(err.code, ERROR_THROTTLED);
    }
    CHECK_LABEL("of a message");
    struct pop3_reply large = {.text = "message size exceeds the limit"};
    struct error err;
    pop3_reply_error(&large, "RETR 3", true, 0, &err);
    CHECK_INT(err.code, ERROR_REFUSED);
    CHECK_LABEL("no words, delay not known");
    struct pop3_reply silent = {.code = POP3_CODE_LOGIN_DELAY};
    pop3_reply_error(&silent, "NOOP", false, -1, &err);
    CHECK_STR(err.text, "the POP3 server refused NOOP: it gave no reason");
    CHECK_INT(err.wait_ms, 0);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"status lines", test_status},
        {"STAT", test_stat},
        {"LIST rows", test_list},
        {"UIDL rows", test_uidl},
        {"UIDL length", test_uidl_length},
        {"errors", test_error},
    };
    return check_main("pop3_reply", tests, sizeof tests / sizeof *tests);
}
