/* The pure parts of lib/net: server lines and their judgement, secrets taken out of them, the ring of octets
 * on their way out, and the sentences about failures that no test server can bring about. */
#include "check.h"
#include "stream_error.h"
#include "stream_out.h"
#include "stream_secret.h"
#include "stream_words.h"
#include <curl/curl.h>
#include <errno.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])
#define P3       STREAM_POP3
#define I4       STREAM_IMAP

static void feed(struct stream_words *w, enum stream_protocol protocol, const char *const *lines)
{
    *w = (struct stream_words){0};
    for (; *lines; lines++)
        stream_words_line(w, protocol, *lines, strlen(*lines));
}

static void test_lines(void)
{
    static const struct {
        enum stream_protocol protocol;
        const char *lines[6];
        const char *greeting, *refusal, *mechanisms;
        bool login_disabled;
    } rows[] = {
        {P3, {"+OK hi\r\n"}, "+OK hi", "", "", false},
        {P3, {"+OK\r\n", "SASL plain LOGIN\r\n", ".\r\n"}, "+OK", "", " PLAIN LOGIN ", false},
        {P3, {"+OK\r\n", "SASL PLAIN\r\n", "SASL \r\n"}, "+OK", "", "", false},
        {P3, {"+OK\n", "-ERR what\n", "+OK\n", "-ERR [AUTH] no\n"}, "+OK", "-ERR [AUTH] no", "", false},
        {P3, {"+OK\n", "-ERR what\n", "+OK\n"}, "+OK", "", "", false},
        {P3, {"+OK\n", "-ERRATIC\n"}, "+OK", "", "", false},
        {P3, {"-ERR\n"}, "-ERR", "-ERR", "", false},
        {P3, {"+OK \x1b[31mred\xff\r\n"}, "+OK ?[31mred?", "", "", false},
        {I4, {"* OK hi\r\n"}, "* OK hi", "", "", false},
        {I4, {"* OK\n", "* CAPABILITY IMAP4rev1 AUTH=PLAIN auth=xoauth2 LOGINDISABLED\n"}, "* OK", "",
            " PLAIN XOAUTH2 ", true},
        {I4, {"* OK\n", "* CAPABILITY LOGINDISABLED AUTH=A\n", "* CAPABILITY AUTH=B\n"}, "* OK", "", " B ",
            false},
        {I4, {"* OK\n", "A001 NO no\n"}, "* OK", "A001 NO no", "", false},
        {I4, {"* OK\n", "A001 BAD no\n", "A002 OK yes\n"}, "* OK", "", "", false},
        {I4, {"* OK\n", "* BYE bye\n", "* OK still here\n"}, "* OK", "* BYE bye", "", false},
        {I4, {"* OK\n", "+ NO challenge\n"}, "* OK", "", "", false},
        {I4, {"* OK\n", "A001 NOT\n", "x\n", "\n", " \n"}, "* OK", "", "", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_LABEL("lines %zu", i);
        struct stream_words w;
        feed(&w, rows[i].protocol, rows[i].lines);
        CHECK_STR(w.greeting, rows[i].greeting);
        CHECK_STR(w.refusal, rows[i].refusal);
        CHECK_STR(w.mechanisms, rows[i].mechanisms);
        CHECK_INT(w.login_disabled, rows[i].login_disabled);
    }
}

static void test_odd(void)
{
    static const struct {
        enum stream_protocol protocol;
        const char *lines[4];
        const char *odd;
    } rows[] = {
        {P3, {"+OK hi\n", "+OK\n", "SASL PLAIN\n"}, ""},
        {P3, {"+OK hi\n", "-ERR what\n", "x\n"}, ""},
        {P3, {"+OK hi\n", "+ERR what\n"}, ""},
        {P3, {"x\n", "+OK\n"}, ""},
        {P3, {"+OK hi\n", "\x1bnoise\xff\n", "noise\n"}, "?noise?"},
        {P3, {"+OK hi\n", "Welcome to POP3\n", "+OK\n"}, "Welcome to POP3"},
        {I4, {"* OK hi\n", "noise\n"}, ""},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_LABEL("odd %zu", i);
        struct stream_words w;
        feed(&w, rows[i].protocol, rows[i].lines);
        CHECK_STR(w.odd, rows[i].odd);
    }
}

static void test_offers(void)
{
    struct stream_words w = {.mechanisms = " SCRAM-SHA-256-PLUS PLAIN X-LOGIN "};
    CHECK(stream_words_offers(&w, "PLAIN"));
    CHECK(stream_words_offers(&w, "SCRAM-SHA-256-PLUS"));
    CHECK(!stream_words_offers(&w, "SCRAM-SHA-256"));
    CHECK(!stream_words_offers(&w, "LOGIN"));
    CHECK(!stream_words_offers(&(struct stream_words){0}, "PLAIN"));
}

/* Longer than any field: cut, and never past its end. */
static void test_long_lines(void)
{
    char line[5000];
    struct stream_words w = {0};
    memset(line, 'x', sizeof line);
    memcpy(line, "SASL ", 5);
    for (size_t i = 8; i < sizeof line; i += 4)
        line[i] = ' ';
    stream_words_line(&w, P3, line, sizeof line);
    CHECK(strlen(w.mechanisms) > 200 && strlen(w.mechanisms) < sizeof w.mechanisms);
    CHECK_INT(strlen(w.greeting), sizeof w.greeting - 1);
    memcpy(line, "-ERR ", 5);
    stream_words_line(&w, P3, line, sizeof line);
    CHECK_INT(strlen(w.refusal), sizeof w.refusal - 1);
}

static void test_greets(void)
{
    static const struct {
        enum stream_protocol protocol;
        const char *first;
        bool greets;
        const char *guess;
    } rows[] = {
        {P3, "+OK ready", true, "a POP3 server"},
        {P3, "+", true, NULL},
        {P3, "-ERR busy", true, "a POP3 server"},
        {P3, "* OK IMAP", false, "an IMAP server"},
        {I4, "* OK IMAP", true, "an IMAP server"},
        {I4, "* BYE", true, "an IMAP server"},
        {I4, "+OK ready", false, "a POP3 server"},
        {P3, "220 mx ESMTP", false, "an SMTP server"},
        {P3, "220 x FTP server", false, "an FTP server"},
        {I4, "HTTP/1.1 400", false, "a web server"},
        {I4, "SSH-2.0-OpenSSH", false, "an SSH server"},
        {P3, "\x15\x03\x01", false, "a server that wants TLS from the first octet"},
        {P3, "what", false, NULL},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_LABEL("greets %s", rows[i].first);
        const char *guess = stream_words_guess(rows[i].first, strlen(rows[i].first));
        CHECK_INT(
            stream_words_greets(rows[i].protocol, rows[i].first, strlen(rows[i].first)), rows[i].greets);
        CHECK_STR(guess ? guess : "-", rows[i].guess ? rows[i].guess : "-");
    }
}

static void test_judge(void)
{
    static const struct {
        const char *refusal;
        enum error_code code;
        bool syntax;
        int64_t wait_ms;
    } rows[] = {
        {"-ERR [AUTH] Authentication failed.", ERROR_AUTH, false, 0},
        {"-ERR invalid password, please try again", ERROR_AUTH, false, 0},
        {"-ERR Logon failure: unknown user name or bad password.", ERROR_AUTH, false, 0},
        {"-ERR", ERROR_AUTH, false, 0},
        {"A002 NO [AUTHENTICATIONFAILED] Authentication failed.", ERROR_AUTH, false, 0},
        {"A002 NO [ALERT] Invalid credentials (Failure)", ERROR_AUTH, false, 0},
        {"A002 NO LOGIN failed.", ERROR_AUTH, false, 0},
        {"-ERR [IN-USE] Mailbox locked", ERROR_IN_USE, false, 0},
        {"-ERR unable to lock mailbox", ERROR_IN_USE, false, 0},
        {"-ERR maildrop already locked", ERROR_IN_USE, false, 0},
        {"A1 NO [INUSE] busy", ERROR_IN_USE, false, 0},
        {"-ERR [LOGIN-DELAY] wait", ERROR_THROTTLED, false, 0},
        {"-ERR [SYS/TEMP] Temporary failure", ERROR_THROTTLED, false, 0},
        {"-ERR [SYS/PERM] Permission problem", ERROR_REFUSED, false, 0},
        {"-ERR too many login attempts", ERROR_THROTTLED, false, 0},
        {"-ERR please try again", ERROR_THROTTLED, false, 0},
        {"-ERR invalid password; try again later", ERROR_THROTTLED, false, 0},
        {"A1 NO [ALERT] Too many simultaneous connections. (Failure)", ERROR_THROTTLED, false, 0},
        {"A1 NO [LIMIT] Maximum number of connections from user+IP exceeded", ERROR_THROTTLED, false, 0},
        {"A1 NO [UNAVAILABLE] Temporary authentication failure.", ERROR_THROTTLED, false, 0},
        {"A1 NO [OVERQUOTA] Account exceeded command or bandwidth limits.", ERROR_THROTTLED, false, 0},
        {"A1 NO Request is throttled. Suggested Backoff Time: 299609 milliseconds", ERROR_THROTTLED, false,
            299609},
        {"A1 NO Suggested Backoff Time: 99999999999999999999999 ms", ERROR_THROTTLED, false, 0},
        {"-ERR Not implemented", ERROR_AUTH, true, 0},
        {"-ERR Too many arguments", ERROR_AUTH, true, 0},
        {"-ERR Unrecognized command", ERROR_AUTH, true, 0},
        {"-ERR [AUTH] syntax error in password", ERROR_AUTH, false, 0},
        {"+ERR wrong password", ERROR_AUTH, false, 0},
        {"A1 NO Unsupported authentication mechanism", ERROR_AUTH, true, 0},
        {"-ERR Protocol error. 19", ERROR_AUTH, true, 0},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_LABEL("%s", rows[i].refusal);
        struct error e = {0};
        stream_words_judge(rows[i].refusal, &e);
        CHECK_STR(error_code_name(e.code), error_code_name(rows[i].code));
        CHECK_INT(e.scope, ERROR_SCOPE_JOB);
        bool never = rows[i].code == ERROR_AUTH || rows[i].code == ERROR_REFUSED;
        CHECK_INT(e.retry, never ? ERROR_RETRY_NEVER : ERROR_RETRY_LATER);
        CHECK_INT(e.wait_ms, rows[i].wait_ms);
        CHECK_INT(stream_words_is_syntax(rows[i].refusal), rows[i].syntax);
    }
}

/* LOGIN-DELAY of CAPA before the sign-in. */
static void test_login_delay(void)
{
    static const struct {
        const char *line;
        int s;
    } rows[] = {{"LOGIN-DELAY 10", 10}, {"login-delay 300 USER", 300}, {"LOGIN-DELAY", 0},
        {"LOGIN-DELAY -1", 0}, {"LOGIN-DELAY 99999999", 0}, {"LOGIN-DELAYED 7", 0}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stream_words w = {0};
        CHECK_LABEL("%s", rows[i].line);
        stream_words_line(&w, P3, rows[i].line, strlen(rows[i].line));
        CHECK_INT(w.login_delay_s, rows[i].s);
    }
}

/* A refusal that speaks of the way of signing in is worth another way; one of a password never is. */
static void test_blames(void)
{
    static const struct {
        const char *line;
        bool mechanism;
    } rows[] = {
        {"A1 BAD Unknown command", true},
        {"A1 BAD Error in IMAP command AUTHENTICATE: Unknown command.", true},
        {"A1 NO unsupported authentication mechanism", true},
        {"A1 NO PLAIN not supported, use LOGIN", true},
        {"A1 NO [AUTHENTICATIONFAILED] mechanism", false},
        {"A1 BAD invalid user or password", false},
        {"A1 NO LOGIN failed.", false},
        {"A1 NO", false},
        {"A1 OK in", false},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stream_words w = {0};
        CHECK_LABEL("%s", rows[i].line);
        stream_words_line(&w, I4, rows[i].line, strlen(rows[i].line));
        CHECK_INT(stream_words_blames_mechanism(&w), rows[i].mechanism);
    }
}

static void test_plain(void)
{
    CHECK_STR(stream_words_plain(P3, "+ERR no"), "no");
    CHECK_STR(stream_words_plain(P3, "-ERR  no"), "no");
    CHECK_STR(stream_words_plain(P3, "-ERR"), "");
    CHECK_STR(stream_words_plain(P3, "odd"), "odd");
    CHECK_STR(stream_words_plain(I4, "A001 NO no"), "NO no");
    CHECK_STR(stream_words_plain(I4, "* BYE"), "BYE");
    CHECK_STR(stream_words_plain(I4, ""), "");
}

static void check_redacted(
    const char *user, const char *password, const char *line, size_t cap, const char *expected)
{
    char out[256];
    struct stream_secret secret;
    stream_secret_init(&secret, NULL, user, password);
    size_t n = stream_secret_redact(&secret, out, cap, line, strlen(line));
    out[n] = '\0';
    CHECK_STR(out, expected);
    stream_secret_done(&secret);
}

static void test_secret(void)
{
    check_redacted("bob", "hunter2", "PASS hunter2 hunter2", 200, "PASS *** ***");
    check_redacted("bob", "hunter2", "AUTH PLAIN AGJvYgBodW50ZXIy no", 200, "AUTH PLAIN *** no");
    check_redacted("bob", "hunter2", "aHVudGVyMg== hunter", 200, "*** hunter");
    check_redacted("bob", "a\"b\\c", "LOGIN bob \"a\\\"b\\\\c\"", 200, "LOGIN bob \"***\"");
    check_redacted("bob", "a\"b\\c", "a\"b\\c", 200, "***");
    check_redacted("bob", "abc", "abc", 200, "abc");
    check_redacted("bob", "hunter2", "xxhunter2", 4, "xx**");
    check_redacted("bob", "hunter2", "", 4, "");
    struct stream_secret none = {0};
    char out[8];
    CHECK_INT(stream_secret_redact(&none, out, sizeof out, "abc", 3), 3);
    stream_secret_done(&none);
}

static unsigned char octet(uint64_t at)
{
    return (unsigned char)(at * 131 + (at >> 7));
}

/* Against a counter: whatever is put comes out once and in order, and a piece stays the same until it is
 * sent. */
static void test_out(void)
{
    static unsigned char data[200000];
    struct stream_out out = {0};
    uint64_t in = 0, sent = 0, wrong = 0;
    unsigned seed = 12345;
    for (int turn = 0; turn < 4000; turn++) {
        seed = seed * 1103515245 + 12345;
        size_t want = (seed >> 8) % (turn % 8 ? 3000 : sizeof data);
        for (size_t i = 0; i < want; i++)
            data[i] = octet(in + i);
        size_t room = STREAM_OUT_CAP - out.used, taken = stream_out_put(&out, data, want);
        CHECK_INT(taken, want < room ? want : room);
        in += taken;
        const char *piece, *again;
        size_t len = stream_out_next(&out, &piece);
        CHECK(len <= STREAM_OUT_PIECE && (len > 0) == (out.used > 0));
        stream_out_put(&out, "", 0);
        CHECK(stream_out_next(&out, &again) == len && again == piece);
        size_t part = turn % 3 ? len : len / 2;
        for (size_t i = 0; i < part; i++)
            wrong += (unsigned char)piece[i] != octet(sent + i);
        stream_out_sent(&out, part);
        sent += part;
        CHECK_INT(out.used, in - sent);
    }
    CHECK_INT(wrong, 0);
    CHECK(sent > 10 * STREAM_OUT_CAP);
    stream_out_done(&out);
    stream_out_done(&out);
}

static void test_tls_fault(void)
{
    static const struct {
        const char *what;
        unsigned long code;
        enum stream_tls_fault fault;
    } rows[] = {
        {"wrong version number", 0x0A00010B, STREAM_TLS_NOT_TLS},
        {"unsupported protocol", 0x0A000102, STREAM_TLS_OLD_VERSION},
        {"tlsv1 alert protocol version", 0x0A00042E, STREAM_TLS_OLD_VERSION},
        {"dh key too small", 0x0A00018A, STREAM_TLS_WEAK},
        {"sslv3 alert handshake failure", 0x0A000410, STREAM_TLS_NO_AGREEMENT},
        {"unexpected eof while reading", 0x0A000126, STREAM_TLS_NO_FAULT},
        {"ECONNRESET", 0x80000068, STREAM_TLS_NO_FAULT},
        {"nothing", 0, STREAM_TLS_NO_FAULT},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        CHECK_LABEL("%s", rows[i].what);
        CHECK_INT(stream_tls_fault_of(rows[i].code), rows[i].fault);
    }
}

static void test_sentences(void)
{
    static const struct stream_tls_watch no_fault, no_agreement = {.handshake = STREAM_TLS_NO_AGREEMENT},
                                                   not_tls = {.handshake = STREAM_TLS_NOT_TLS},
                                                   unknown_ca = {.fault = STREAM_TLS_UNKNOWN_CA};
    static const struct {
        struct stream_failure f;
        enum error_code code;
        const char *words;
    } rows[] = {
        {{.curl_code = CURLE_OPERATION_TIMEDOUT}, ERROR_TIMEOUT, "no connection within 3 s"},
        {{.curl_code = CURLE_COULDNT_CONNECT, .os_errno = ENETUNREACH}, ERROR_CONNECT,
            "Network is unreachable"},
        {{.curl_code = CURLE_SSL_CLIENTCERT}, ERROR_TLS, "demands a certificate"},
        {{.curl_code = CURLE_SSL_CACERT_BADFILE}, ERROR_TLS, "ca-certificates"},
        {{.tls = &no_agreement,
             .curl_code = CURLE_SSL_CONNECT_ERROR,
             .curl_text = "error:0A000410:SSL routines::sslv3 alert handshake failure"},
            ERROR_TLS, "alert handshake failure"},
        {{.tls = &not_tls,
             .curl_code = CURLE_SSL_CONNECT_ERROR,
             .curl_text = "TLS connect error: error:0A00010B:SSL routines::wrong version number"},
            ERROR_PROTOCOL, "does not speak TLS"},
        {{.curl_code = CURLE_SSL_CONNECT_ERROR, .curl_text = "odd"}, ERROR_CONNECT, "closed the connection"},
        {{.tls = &unknown_ca, .curl_code = CURLE_PEER_FAILED_VERIFICATION, .no_trust = true}, ERROR_TLS,
            "this computer has no list of CAs (install ca-certificates); give a private CA's"},
        {{.curl_code = CURLE_INTERFACE_FAILED, .bind = "192.0.2.1", .curl_text = "odd"}, ERROR_USAGE,
            "--bind names (192.0.2.1): odd"},
        {{.curl_code = CURLE_COULDNT_CONNECT, .bind = "192.0.2.1", .os_errno = EADDRNOTAVAIL}, ERROR_USAGE,
            "--bind names (192.0.2.1): Cannot assign"},
        {{.curl_code = CURLE_COULDNT_CONNECT, .bind = "192.0.2.1", .os_errno = ECONNREFUSED}, ERROR_CONNECT,
            "connection refused"},
        {{.curl_code = CURLE_PEER_FAILED_VERIFICATION, .curl_text = "odd"}, ERROR_TLS, "not acceptable: odd"},
        {{.curl_code = CURLE_WEIRD_SERVER_REPLY, .curl_text = "odd"}, ERROR_PROTOCOL, "odd"},
#if LIBCURL_VERSION_NUM >= 0x080600
        {{.curl_code = CURLE_TOO_LARGE}, ERROR_CONNECT,
            "a line that is longer than any answer of IMAP can be"},
#endif
        {{.curl_code = CURLE_OUT_OF_MEMORY, .curl_text = "odd"}, ERROR_CONNECT, "odd (libcurl error 27)"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct stream_words words = {0};
        struct stream_failure f = rows[i].f;
        struct error e = {0};
        CHECK_LABEL("sentence %zu", i);
        f.name = "imaps://host:993";
        f.protocol = STREAM_IMAP;
        f.user = "bob";
        f.timeout_ms = 3000;
        f.words = &words;
        f.tls = f.tls ? f.tls : &no_fault;
        f.curl_text = f.curl_text ? f.curl_text : "";
        CHECK_INT(stream_error_sign_in(&e, &f), -1);
        CHECK_INT(stream_error_sign_in(NULL, &f), -1);
        CHECK_STR(error_code_name(e.code), error_code_name(rows[i].code));
        CHECK_INT(e.scope, ERROR_SCOPE_JOB);
        CHECK(!strncmp(e.text, "imaps://host:993: ", 18));
        CHECK_LABEL("\"%s\" in \"%.300s\"", rows[i].words, e.text);
        CHECK(strstr(e.text, rows[i].words) != NULL);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"server lines", test_lines},
        {"lines that are no answers", test_odd},
        {"offers", test_offers},
        {"long lines", test_long_lines},
        {"greetings", test_greets},
        {"judgement", test_judge},
        {"is it the mechanism", test_blames},
        {"LOGIN-DELAY", test_login_delay},
        {"plain words", test_plain},
        {"secrets", test_secret},
        {"octets on their way out", test_out},
        {"TLS faults", test_tls_fault},
        {"sentences", test_sentences},
    };
    return check_main("words", tests, COUNT(tests));
}
