#include "buf.h"
#include "check.h"
#include "imap.h"
#include "imap_caps.h"
#include "imap_code.h"
#include "imap_date.h"
#include "imap_parse.h"
#include "imap_set.h"

/* ---- values ---- */

static void dump(struct buf *out, const struct imap_value *v)
{
    if (v->type == IMAP_VALUE_LIST) {
        buf_append_char(out, '(');
        IMAP_EACH(m, v)
        {
            if (m != v + 1)
                buf_append_char(out, ' ');
            dump(out, m);
        }
        buf_append_char(out, ')');
        return;
    }
    const char *quote = v->type == IMAP_VALUE_STRING ? "'" : v->type == IMAP_VALUE_NIL ? "-" : "";
    buf_append_str(out, quote);
    buf_append(out, v->s, v->len);
    buf_append_str(out, quote);
}

static void values(void)
{
    static const struct {
        const char *text, *tree; /* NULL: malformed */
    } rows[] = {
        {"", "()"},
        {"a", "(a)"},
        {"  a   b ", "(a b)"},
        {"12 \\Seen $x \\*", "(12 \\Seen $x \\*)"},
        {"NIL nil NILS \"NIL\"", "(-NIL- -nil- NILS 'NIL')"},
        {"\"\" \"a b\" \"\\\"\\\\\" \"a\\b\"", "('' 'a b' '\"\\' 'ab')"},
        {"()", "(())"},
        {"(a (b c) ()(d)) e", "((a (b c) () (d)) e)"},
        {"a(b)c", "(a (b) c)"},
        {"{0}\r\n{3}\r\na\"(x", "('' 'a\"(' x)"},
        {"~{2}\r\nab ~x", "('ab' ~x)"},
        {"({2+}\r\nab)", "(('ab'))"},
        {"BODY[] x", "(BODY[] x)"},
        {"BODY[HEADER.FIELDS (A \"B ]\" C)] x", "(BODY[HEADER.FIELDS (A \"B ]\" C)] x)"},
        {"BODY[HEADER.FIELDS ({2}\r\n]])]<0> x", "(BODY[HEADER.FIELDS ({2}\r\n]])]<0> x)"},
        {"body[1.2.MIME] x", "(body[1.2.MIME] x)"},
        {"BINARY[1] x", "(BINARY[1] x)"},
        {"BODY[never closed", "(BODY[never closed)"},
        {"a[b c]d", "(a[b c]d)"},
        {"[Gmail]/All", "([Gmail]/All)"},
        {"(", NULL},
        {")", NULL},
        {"(a", NULL},
        {"a)", NULL},
        {"\"a", NULL},
        {"\"a\\", NULL},
        {"{3}\r\nab", NULL},
        {"{3}", NULL},
        {"{3}\rabc", NULL},
        {"{}\r\n", NULL},
        {"{-1}\r\nabc", NULL},
        {"{99999999999999999999}\r\nabc", NULL},
        {"{18446744073709551615}\r\nabc", NULL},
        {"a\rb", NULL},
        {"{x}\r\n", NULL},
    };
    struct imap_values vs = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].text);
        struct buf out = {0};
        char *copy = strdup(rows[i].text); /* its size is exact, so that a sanitizer sees each step beyond */
        int rc = imap_parse(&vs, copy, strlen(copy));
        CHECK_INT(rc, rows[i].tree ? 0 : -1);
        if (!rc) {
            dump(&out, vs.v);
            CHECK_STR(buf_str(&out), rows[i].tree);
        }
        buf_done(&out);
        free(copy);
    }
    imap_parse_done(&vs);
}

static int parse_repeated(
    struct imap_values *vs, const char *head, size_t heads, const char *tail, size_t tails)
{
    struct buf text = {0};
    for (size_t i = 0; i < heads; i++)
        buf_append_str(&text, head);
    for (size_t i = 0; i < tails; i++)
        buf_append_str(&text, tail);
    int rc = imap_parse(vs, text.data, buf_len(&text));
    buf_done(&text);
    return rc;
}

static void bounds(void)
{
    struct imap_values vs = {0};
    CHECK_LABEL("nesting and count");
    CHECK_INT(parse_repeated(&vs, "(", IMAP_DEPTH_MAX, ")", IMAP_DEPTH_MAX), 0);
    CHECK_INT(parse_repeated(&vs, "(", IMAP_DEPTH_MAX + 1, ")", IMAP_DEPTH_MAX + 1), -1);
    CHECK_INT(parse_repeated(&vs, "(", 1000000, ")", 1000000), -1);
    CHECK_INT(parse_repeated(&vs, "a ", IMAP_VALUES_MAX - 1, "", 0), 0);
    CHECK_INT(parse_repeated(&vs, "a ", IMAP_VALUES_MAX, "", 0), -1);
    CHECK(vs.cap <= IMAP_VALUES_MAX);
    imap_parse_done(&vs);
}

static void literal_tails(void)
{
    static const struct {
        const char *line;
        int rc;
        uint64_t octets;
        size_t before;
    } rows[] = {
        {"a {5}", 1, 5, 2},
        {"a ~{5}", 1, 5, 2},
        {"a {5+}", 1, 5, 2},
        {"{0}", 1, 0, 0},
        {"~{07}", 1, 7, 0},
        {"{9223372036854775807}", 1, INT64_MAX, 0},
        {"{9223372036854775808}", -1, 0, 0},
        {"{99999999999999999999999999}", -1, 0, 0},
        {"a {5} ", 0, 0, 0},
        {"a {}", 0, 0, 0},
        {"a {+}", 0, 0, 0},
        {"a {-5}", 0, 0, 0},
        {"a 5}", 0, 0, 0},
        {"5}", 0, 0, 0},
        {"}", 0, 0, 0},
        {"", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint64_t octets = 0;
        size_t before = 0;
        CHECK_LABEL("%s", rows[i].line);
        CHECK_INT(imap_parse_literal_tail(rows[i].line, strlen(rows[i].line), &octets, &before), rows[i].rc);
        CHECK_INT(octets, rows[i].octets);
        CHECK_INT(before, rows[i].before);
    }
}

static void numbers(void)
{
    struct imap_values vs = {0};
    char text[] = "4294967295 4294967296 -1 +1 1x \"5\" NIL () 18446744073709551616 0";
    uint64_t n;
    CHECK_LABEL("numbers");
    CHECK_INT(imap_parse(&vs, text, strlen(text)), 0);
    static const bool fits[] = {true, false, false, false, false, false, false, false, false, true};
    for (size_t i = 0; i < sizeof fits; i++)
        CHECK_INT(imap_value_number(imap_value_at(vs.v, i), UINT32_MAX, &n), fits[i]);
    CHECK(!imap_value_at(vs.v, sizeof fits));
    CHECK(!imap_value_number(NULL, 1, &n));
    CHECK(!imap_value_is(NULL, "x"));
    CHECK(!imap_value_is(imap_value_at(vs.v, 7), ""));
    CHECK(!imap_value_dup(imap_value_at(vs.v, 7)));
    imap_parse_done(&vs);
}

/* ---- sets ---- */

static void sets(void)
{
    static const struct {
        const char *text;
        long count; /* -1: refused */
        uint32_t uids[4];
    } rows[] = {
        {"5", 1, {5}},
        {"5:7", 3, {5, 6, 7}},
        {"7:5", 3, {5, 6, 7}},
        {"9,5:6,1", 4, {9, 5, 6, 1}},
        {"4294967294:4294967295", 2, {4294967294, 4294967295}},
        {"", 0, {0}},
        {"1:5", -1, {0}},
        {"1:4294967295", -1, {0}},
        {"0", -1, {0}},
        {"4294967296", -1, {0}},
        {"1:", -1, {0}},
        {":1", -1, {0}},
        {"1,", -1, {0}},
        {",1", -1, {0}},
        {"1,,2", -1, {0}},
        {"*", -1, {0}},
        {"1:*", -1, {0}},
        {"1 2", -1, {0}},
        {"1:2:3", -1, {0}},
        {"-1", -1, {0}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint32_t uids[4] = {0};
        CHECK_LABEL("%s", rows[i].text);
        CHECK_INT(imap_set_expand(rows[i].text, strlen(rows[i].text), uids, 4), rows[i].count);
        for (long n = 0; n < rows[i].count; n++)
            CHECK_INT(uids[n], rows[i].uids[n]);
    }
}

/* ---- dates ---- */

static void dates_out(void)
{
    static const struct {
        int64_t s;
        const char *text;
    } rows[] = {
        {0, "01-Jan-1970 00:00:00 +0000"},
        {1704067199, "31-Dec-2023 23:59:59 +0000"},
        {951782400, "29-Feb-2000 00:00:00 +0000"},
        {4102444800, "01-Jan-2100 00:00:00 +0000"},
        {-1, "31-Dec-1969 23:59:59 +0000"},
        {INT64_MIN, "01-Jan-0001 00:00:00 +0000"},
        {INT64_MAX, "31-Dec-9999 23:59:59 +0000"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[IMAP_DATE_MAX];
        int64_t back;
        CHECK_LABEL("%s", rows[i].text);
        imap_date_format(rows[i].s, text);
        CHECK_STR(text, rows[i].text);
        CHECK(imap_date_parse(text, strlen(text), &back));
        if (rows[i].s != INT64_MIN && rows[i].s != INT64_MAX)
            CHECK_INT(back, rows[i].s);
    }
}

static void dates_in(void)
{
    static const struct {
        const char *text;
        bool ok;
        int64_t s;
    } rows[] = {
        {" 1-Jan-2024 09:00:00 +0900", true, 1704067200},
        {"1-Jan-2024 09:00:00 +0900", true, 1704067200},
        {"01-jan-2024 00:00:00 +0000", true, 1704067200},
        {" 3-Nov-2015 10:00:00 +0900", true, 1446512400},
        {"03-Nov-2015 10:00:00 +0900", true, 1446512400},
        {"3-Nov-2015 10:00:00 +0900", true, 1446512400},
        {" 03-Nov-2015 10:00:00 +0900", true, 1446512400},
        {"13-Nov-2015 10:00:00 +0900", true, 1447376400},
        {"003-Nov-2015 10:00:00 +0900", false, 0},
        {"31-Dec-2023 20:30:00 -0330", true, 1704067200},
        {"31-Dec-2023 23:59:60 +0000", true, 1704067200},
        {"", false, 0},
        {" 1-Jan-2024", false, 0},
        {" 1-Jan-2024 00:00:00", false, 0},
        {" 1-Jan-2024 00:00:00 GMT", false, 0},
        {" 1-Jan-2024 00:00:00 +000", false, 0},
        {" 1-Jan-2024 00:00:00 +00000", false, 0},
        {" 1-Jab-2024 00:00:00 +0000", false, 0},
        {" 0-Jan-2024 00:00:00 +0000", false, 0},
        {"32-Jan-2024 00:00:00 +0000", false, 0},
        {" 1-Jan-0000 00:00:00 +0000", false, 0},
        {" 1-Jan-2024 24:00:00 +0000", false, 0},
        {" 1-Jan-2024 00:60:00 +0000", false, 0},
        {"Mon, 1 Jan 2024 00:00:00 +0000", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        int64_t s = 0;
        CHECK_LABEL("%s", rows[i].text);
        CHECK_INT(imap_date_parse(rows[i].text, strlen(rows[i].text), &s), rows[i].ok);
        CHECK_INT(s, rows[i].s);
    }
}

/* ---- capabilities ---- */

static void caps(void)
{
    struct imap_values vs = {0};
    struct imap_caps c;
    char first[] =
        "imap4rev1 literal+ MULTIAPPEND appendlimit=35651584 QUOTA=RES-STORAGE X-GM-EXT-1 AUTH=PLAIN (x)";
    char second[] = "IMAP4rev2 APPENDLIMIT APPENDLIMIT=-1 QUOTA= LITERAL";
    CHECK_LABEL("capabilities");
    CHECK_INT(imap_parse(&vs, first, strlen(first)), 0);
    imap_caps_read(&c, vs.v, 0);
    CHECK(c.known && c.imap4rev1 && c.literal_plus && c.multiappend && c.quota && c.gmail);
    CHECK(!c.imap4rev2 && !c.literal_minus && !c.uidplus && !c.esearch && !c.appendlimit_per_mailbox);
    CHECK_INT(c.appendlimit, 35651584);
    CHECK_STR(
        c.raw, "imap4rev1 literal+ MULTIAPPEND appendlimit=35651584 QUOTA=RES-STORAGE X-GM-EXT-1 AUTH=PLAIN");
    CHECK_INT(imap_parse(&vs, second, strlen(second)), 0);
    imap_caps_read(&c, vs.v, 1);
    CHECK(!c.imap4rev2 && c.appendlimit_per_mailbox && !c.multiappend && !c.quota);
    CHECK_INT(c.appendlimit, 0);
    imap_caps_read(&c, vs.v, 0);
    CHECK(c.imap4rev2 && c.uidplus && c.literal_minus && c.esearch && c.namespace && c.status_size);
    imap_parse_done(&vs);
}

static void caps_long(void)
{
    struct imap_values vs = {0};
    struct imap_caps c;
    struct buf text = {0};
    for (int i = 0; i < 1000; i++)
        buf_printf(&text, "CAPABILITY-%d ", i);
    CHECK_LABEL("a long list");
    CHECK_INT(imap_parse(&vs, text.data, buf_len(&text)), 0);
    imap_caps_read(&c, vs.v, 0);
    CHECK(strlen(c.raw) > sizeof c.raw - 20 && strlen(c.raw) < sizeof c.raw);
    buf_done(&text);
    imap_parse_done(&vs);
}

/* ---- codes ---- */

static void codes(void)
{
    static const struct {
        const char *text;
        enum imap_code code;
        const char *args, *rest;
    } rows[] = {
        {"", IMAP_CODE_NONE, "", ""},
        {"plain words [TOOBIG]", IMAP_CODE_NONE, "", "plain words [TOOBIG]"},
        {"[TOOBIG] too big", IMAP_CODE_TOOBIG, "", "too big"},
        {"  [toobig]too big", IMAP_CODE_TOOBIG, "", "too big"},
        {"[APPENDUID 1 5:7,9] done", IMAP_CODE_APPENDUID, "1 5:7,9", "done"},
        {"[X \"a ]\\\" b\" c] done", IMAP_CODE_OTHER, "\"a ]\\\" b\" c", "done"},
        {"[UNKNOWN-CTE]", IMAP_CODE_OTHER, "", ""},
        {"[] empty", IMAP_CODE_OTHER, "", "empty"},
        {"[never closed", IMAP_CODE_NONE, "", "[never closed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct imap_words w;
        char part[64];
        CHECK_LABEL("%s", rows[i].text);
        imap_code_split(rows[i].text, strlen(rows[i].text), &w);
        CHECK_INT(w.code, rows[i].code);
        snprintf(part, sizeof part, "%.*s", (int)w.args_len, w.args);
        CHECK_STR(part, rows[i].args);
        snprintf(part, sizeof part, "%.*s", (int)w.text_len, w.text);
        CHECK_STR(part, rows[i].rest);
    }
}

#define SESSION IMAP_CODE_ABOUT_SESSION
#define FOLDER  IMAP_CODE_ABOUT_FOLDER
#define OPENING IMAP_CODE_ABOUT_OPENING
#define MESSAGE IMAP_CODE_ABOUT_MESSAGE

static void folding(void)
{
    static const struct {
        enum imap_code_about about;
        enum imap_code code;
        const char *text;
        enum error_scope scope;
        enum error_retry retry;
        enum error_code error;
        int64_t wait_ms;
    } rows[] = {
        {MESSAGE, IMAP_CODE_TOOBIG, "", ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_TOO_BIG, 0},
        {MESSAGE, IMAP_CODE_OVERQUOTA, "Quota exceeded", ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_FULL, 0},
        {MESSAGE, IMAP_CODE_OVERQUOTA, "Account exceeded command or bandwidth limits.", ERROR_SCOPE_JOB,
            ERROR_RETRY_LATER, ERROR_THROTTLED, 0},
        {SESSION, IMAP_CODE_UNAVAILABLE, "backend down", ERROR_SCOPE_SESSION, ERROR_RETRY_LATER,
            ERROR_THROTTLED, 0},
        {FOLDER, IMAP_CODE_INUSE, "", ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_IN_USE, 0},
        {SESSION, IMAP_CODE_LIMIT, "", ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_THROTTLED, 0},
        {MESSAGE, IMAP_CODE_THROTTLED, "Suggested Backoff Time: 7", ERROR_SCOPE_SESSION, ERROR_RETRY_LATER,
            ERROR_THROTTLED, 7},
        {SESSION, IMAP_CODE_EXPIRED, "", ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN, ERROR_AUTH, 0},
        {SESSION, IMAP_CODE_AUTHENTICATIONFAILED, "", ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN,
            ERROR_AUTH, 0},
        {SESSION, IMAP_CODE_AUTHORIZATIONFAILED, "", ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH, 0},
        {MESSAGE, IMAP_CODE_TRYCREATE, "", ERROR_SCOPE_FOLDER, ERROR_RETRY_NOW, ERROR_NO_FOLDER, 0},
        {FOLDER, IMAP_CODE_NONEXISTENT, "", ERROR_SCOPE_FOLDER, ERROR_RETRY_NOW, ERROR_NO_FOLDER, 0},
        {MESSAGE, IMAP_CODE_NOPERM, "", ERROR_SCOPE_FOLDER, ERROR_RETRY_NEVER, ERROR_REFUSED, 0},
        {MESSAGE, IMAP_CODE_NONE, "Message contains NUL characters", ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER,
            ERROR_REFUSED, 0},
        {MESSAGE, IMAP_CODE_CLIENTBUG, "what", ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED, 0},
        {FOLDER, IMAP_CODE_CANNOT, "", ERROR_SCOPE_FOLDER, ERROR_RETRY_NEVER, ERROR_REFUSED, 0},
        {SESSION, IMAP_CODE_NONE, "", ERROR_SCOPE_SESSION, ERROR_RETRY_NEVER, ERROR_REFUSED, 0},
        {MESSAGE, IMAP_CODE_NONE, "user is over quota", ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_FULL, 0},
        {MESSAGE, IMAP_CODE_OTHER, "QuotaExceededException", ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_FULL,
            0},
        {MESSAGE, IMAP_CODE_NONE, "The mailbox is full", ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_FULL, 0},
        {MESSAGE, IMAP_CODE_UNAVAILABLE, "No space left on device", ERROR_SCOPE_JOB, ERROR_RETRY_LATER,
            ERROR_FULL, 0},
        {MESSAGE, IMAP_CODE_LIMIT, "Mailbox is over its limit", ERROR_SCOPE_JOB, ERROR_RETRY_NEVER,
            ERROR_FULL, 0},
        {FOLDER, IMAP_CODE_LIMIT, "Maximum number of mailboxes exceeded", ERROR_SCOPE_SESSION,
            ERROR_RETRY_LATER, ERROR_THROTTLED, 0},
        {MESSAGE, IMAP_CODE_NONE, "Message too large", ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_TOO_BIG,
            0},
        {FOLDER, IMAP_CODE_NONE, "Message too large", ERROR_SCOPE_FOLDER, ERROR_RETRY_NEVER, ERROR_REFUSED,
            0},
        {FOLDER, IMAP_CODE_NONE, "Session expired", ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN, ERROR_AUTH,
            0},
        {FOLDER, IMAP_CODE_ALERT, "Too many simultaneous connections. (Failure)", ERROR_SCOPE_SESSION,
            ERROR_RETRY_LATER, ERROR_THROTTLED, 0},
        {MESSAGE, IMAP_CODE_NONE, "Suggested Backoff Time: 99999999999999999999999 milliseconds",
            ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_THROTTLED, 604800000},
        {OPENING, IMAP_CODE_SERVERBUG, "Internal error", ERROR_SCOPE_SESSION, ERROR_RETRY_LATER,
            ERROR_REFUSED, 0},
        {FOLDER, IMAP_CODE_SERVERBUG, "Internal error", ERROR_SCOPE_FOLDER, ERROR_RETRY_NEVER, ERROR_REFUSED,
            0},
        {OPENING, IMAP_CODE_NONE, "Try again later", ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_REFUSED,
            0},
        {OPENING, IMAP_CODE_NONE, "Mailbox is locked by another session", ERROR_SCOPE_SESSION,
            ERROR_RETRY_LATER, ERROR_IN_USE, 0},
        {MESSAGE, IMAP_CODE_NONE, "Unable to lock mailbox", ERROR_SCOPE_SESSION, ERROR_RETRY_LATER,
            ERROR_IN_USE, 0},
        {OPENING, IMAP_CODE_CONTACTADMIN, "", ERROR_SCOPE_FOLDER, ERROR_RETRY_NEVER, ERROR_REFUSED, 0},
        {MESSAGE, IMAP_CODE_NONE, "Suggested Backoff Time: soon", ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER,
            ERROR_REFUSED, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        CHECK_LABEL("%d %d %s", rows[i].about, rows[i].code, rows[i].text);
        imap_code_fold(rows[i].about, "VERB", IMAP_NO, rows[i].code, rows[i].text, &err);
        CHECK_INT(err.scope, rows[i].scope);
        CHECK_INT(err.retry, rows[i].retry);
        CHECK_INT(err.code, rows[i].error);
        CHECK_INT(err.wait_ms, rows[i].wait_ms);
    }
}

/* As servers and their file systems say it, without a code. */
static void no_room(void)
{
    static const struct {
        const char *text;
        bool full;
    } rows[] = {
        {"Mailbox is full", true},
        {"Mailbox full / Blocks limit exceeded / Inode limit exceeded", true},
        {"storage limit exceeded", true},
        {"Storage quota limit reached", true},
        {"No space left on device", true},
        {"Append failed: no space", true},
        {"Internal error: write failed: Disk quota exceeded", true},
        {"Not enough disk space", true},
        {"Insufficient system storage", true},
        {"The mailbox is over its limit", true},
        {"mailbox is over quota", true},
        {"User is over the quota", true},
        {"Account has exceeded its storage allowance", true},
        {"Quota limit will be exceeded", true},
        {"Maximum mailbox size reached", true},
        {"out of disk space", true},
        {"The maximum number of messages has been reached", true},
        {"Too many messages in mailbox", true},
        {"QUOTAEXCEEDED", true},
        {"メールボックスの容量を超過しています", true},
        {"Message too large", false},
        {"Message size exceeds maximum allowed by mailbox", false},
        {"message exceeds fixed maximum message size", false},
        {"Maximum number of mailboxes exceeded", false},
        {"Mailbox is locked by another session", false},
        {"Mailbox does not exist", false},
        {"Invalid mailbox name: too long, limit exceeded", false},
        {"Message contains NUL characters", false},
        {"line length limit exceeded", false},
        {"Permission denied", false},
        {"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err;
        CHECK_LABEL("%s", rows[i].text);
        imap_code_fold(MESSAGE, "APPEND", IMAP_NO, IMAP_CODE_NONE, rows[i].text, &err);
        CHECK_INT(err.code == ERROR_FULL, rows[i].full);
    }
}

static void fold_text(void)
{
    struct error err;
    CHECK_LABEL("the sentence");
    imap_code_fold(MESSAGE, "APPEND", IMAP_NO, IMAP_CODE_TOOBIG, "Message is too big. ", &err);
    CHECK_STR(err.text, "APPEND was refused by the server: NO [TOOBIG] Message is too big");
    imap_code_fold(FOLDER, "CREATE", IMAP_BAD, IMAP_CODE_NONE, "", &err);
    CHECK_STR(err.text, "CREATE was refused by the server: BAD");
}

int main(void)
{
    static const struct check_test tests[] = {{"values", values}, {"bounds", bounds},
        {"literal_tails", literal_tails}, {"numbers", numbers}, {"sets", sets}, {"dates_out", dates_out},
        {"dates_in", dates_in}, {"caps", caps}, {"caps_long", caps_long}, {"codes", codes},
        {"folding", folding}, {"no_room", no_room}, {"fold_text", fold_text}};
    return check_main("imap_parse", tests, sizeof tests / sizeof *tests);
}
