/* retry.h: the table against expectations written by hand, and what holds for every error whatever the table
 * says. */
#include "check.h"
#include "retry.h"

#define S   INT64_C(1000)
#define MIN (60 * S)

static struct error error_of(
    enum error_scope scope, enum error_retry retry, enum error_code code, int64_t wait_ms)
{
    struct error e;
    error_set(&e, scope, retry, code, "imap.example.com: something was refused");
    e.wait_ms = wait_ms;
    return e;
}

static struct retry_past past_of(bool opened)
{
    return (struct retry_past){.opened = opened, .max_wait_ms = RETRY_MAX_WAIT_MS, .since_login_ms = 30 * S};
}

enum {
    SESSION = ERROR_SCOPE_SESSION,
    JOB = ERROR_SCOPE_JOB,
    RUN = ERROR_SCOPE_RUN,
    FOLDER = ERROR_SCOPE_FOLDER,
    NEVER = ERROR_RETRY_NEVER,
    NOW = ERROR_RETRY_NOW,
    LATER = ERROR_RETRY_LATER,
    LOGIN = ERROR_RETRY_AFTER_LOGIN,
    FIRST = 0, /* before both sides were signed in */
    SINCE = 1,
};

/* The waits of one kind of error that happens again and again, random being 0; then it stops. */
static const struct {
    const char *name;
    int scope, retry, code;
    int64_t told_ms;
    int opened;
    unsigned attempts;
    int64_t waits_s[12];
} rows[] = {
    {"lost", SESSION, LOGIN, ERROR_LOST, 0, SINCE, 4, {1, 2, 4, 8}},
    {"goodbye of the server", SESSION, NOW, ERROR_LOST, 0, SINCE, 4, {1, 2, 4, 8}},
    {"lost at first", JOB, LATER, ERROR_LOST, 0, FIRST, 1, {1}},
    {"connect", JOB, LATER, ERROR_CONNECT, 0, SINCE, 4, {1, 2, 4, 8}},
    {"connect at first", JOB, LATER, ERROR_CONNECT, 0, FIRST, 0, {0}},
    {"timeout", SESSION, LOGIN, ERROR_TIMEOUT, 0, SINCE, 4, {1, 2, 4, 8}},
    {"timeout at first", JOB, LATER, ERROR_TIMEOUT, 0, FIRST, 0, {0}},
    {"out of step", SESSION, NOW, ERROR_PROTOCOL, 0, SINCE, 4, {1, 2, 4, 8}},
    {"garbage", SESSION, LATER, ERROR_PROTOCOL, 0, SINCE, 4, {1, 2, 4, 8}},
    {"out of step at first", SESSION, NOW, ERROR_PROTOCOL, 0, FIRST, 0, {0}},
    {"another protocol", JOB, NEVER, ERROR_PROTOCOL, 0, SINCE, 0, {0}},
    {"throttled", SESSION, LATER, ERROR_THROTTLED, 0, SINCE, 12,
        {5, 10, 20, 40, 80, 160, 300, 300, 300, 300, 300, 300}},
    {"throttled at first", JOB, LATER, ERROR_THROTTLED, 0, FIRST, 12,
        {5, 10, 20, 40, 80, 160, 300, 300, 300, 300, 300, 300}},
    {"told to wait", SESSION, LATER, ERROR_THROTTLED, 299 * S, SINCE, 12,
        {299, 299, 299, 299, 299, 299, 299, 299, 299, 299, 299, 299}},
    {"told next to nothing", SESSION, LATER, ERROR_THROTTLED, 3, SINCE, 12,
        {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
    {"in use", JOB, LATER, ERROR_IN_USE, 0, FIRST, 12,
        {15, 30, 60, 120, 240, 300, 300, 300, 300, 300, 300, 300}},
    {"a temporary refusal", SESSION, LATER, ERROR_REFUSED, 0, SINCE, 6, {10, 20, 40, 80, 160, 300}},
    {"a temporary refusal at first", SESSION, LATER, ERROR_REFUSED, 0, FIRST, 6, {10, 20, 40, 80, 160, 300}},
    {"a refusal", SESSION, NEVER, ERROR_REFUSED, 0, SINCE, 0, {0}},
    {"the sign-in has run out", SESSION, LOGIN, ERROR_AUTH, 0, SINCE, 3, {0, 1, 2}},
    {"run out at first", SESSION, LOGIN, ERROR_AUTH, 0, FIRST, 0, {0}},
    {"password refused later", JOB, NEVER, ERROR_AUTH, 0, SINCE, 1, {60}},
    {"password refused at first", JOB, NEVER, ERROR_AUTH, 0, FIRST, 0, {0}},
    {"sign-in not possible now", JOB, LATER, ERROR_AUTH, 0, FIRST, 6, {10, 20, 40, 80, 160, 300}},
    {"full", JOB, NEVER, ERROR_FULL, 0, SINCE, 0, {0}},
    {"full for now", JOB, LATER, ERROR_FULL, 0, SINCE, 6, {60, 120, 240, 300, 300, 300}},
    {"certificate", JOB, NEVER, ERROR_TLS, 0, SINCE, 0, {0}},
    {"usage", RUN, NEVER, ERROR_USAGE, 0, SINCE, 0, {0}},
    {"no folder", FOLDER, NOW, ERROR_NO_FOLDER, 0, SINCE, 0, {0}},
    {"too big", ERROR_SCOPE_MESSAGE, NEVER, ERROR_TOO_BIG, 0, SINCE, 0, {0}},
    {"disk", RUN, NEVER, ERROR_DISK, 0, SINCE, 0, {0}},
    {"ledger", RUN, NEVER, ERROR_LEDGER, 0, SINCE, 0, {0}},
    {"another run", RUN, LATER, ERROR_LOCKED, 0, FIRST, 0, {0}},
    {"the user's stop", RUN, LATER, ERROR_CANCELLED, 0, SINCE, 0, {0}},
    {"given up", SESSION, LATER, ERROR_CANCELLED, 0, SINCE, 0, {0}},
    {"a defect", JOB, NEVER, ERROR_INTERNAL, 0, SINCE, 0, {0}},
};

static void test_table(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct retry_past past = past_of(rows[i].opened);
        struct error why = error_of((enum error_scope)rows[i].scope, (enum error_retry)rows[i].retry,
            (enum error_code)rows[i].code, rows[i].told_ms);
        for (unsigned n = 0; n < rows[i].attempts; n++) {
            CHECK_LABEL("%s, attempt %u", rows[i].name, n);
            struct retry_decision d = retry_decide(&why, &past);
            CHECK_INT(d.again, true);
            CHECK_INT(d.wait_ms, rows[i].waits_s[n] * S);
            CHECK(d.phrase && *d.phrase);
            retry_count(&past, &why);
        }
        CHECK_LABEL("%s, at last", rows[i].name);
        CHECK_INT(retry_decide(&why, &past).again, false);
        CHECK(retry_decide(&why, &past).phrase && *retry_decide(&why, &past).phrase);
        retry_progress(&past);
        CHECK_INT(retry_decide(&why, &past).again, rows[i].attempts > 0);
    }
}

/* Accepted shortly before, by an earlier run. */
static void test_accepted(void)
{
    struct retry_past past = past_of(false);
    struct error refused = error_of(ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH, 0);
    struct error lost = error_of(ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_LOST, 0);
    past.accepted = true;
    CHECK_LABEL("accepted before");
    CHECK_INT(retry_decide(&refused, &past).kind, RETRY_AUTH_AGAIN);
    CHECK_INT(retry_decide(&refused, &past).wait_ms, 60 * S);
    CHECK_INT(retry_decide(&lost, &past).kind, RETRY_EARLY);
    retry_count(&past, &refused);
    CHECK(!retry_decide(&refused, &past).again);
}

/* ---- LOGIN-DELAY ---- */
static struct error too_soon(int64_t told_ms)
{
    struct error e;
    error_set(&e, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_THROTTLED,
        "pop.example.com: login of \"taro\" refused: \"[LOGIN-DELAY] minimum time between mail checks\"; "
        "try again later");
    e.wait_ms = told_ms;
    return e;
}

static void test_login_delay(void)
{
    struct retry_past past = past_of(false);
    struct error why = too_soon(0);
    CHECK_LABEL("nothing known");
    for (int64_t s = 60, n = 0; n < 6; n++, s = s < 480 ? 2 * s : 900) {
        CHECK_INT(retry_decide(&why, &past).kind, RETRY_LOGIN_DELAY);
        CHECK_INT(retry_decide(&why, &past).wait_ms, s * S);
        retry_count(&past, &why);
    }
    CHECK_INT(retry_decide(&why, &past).again, false);
    CHECK_LABEL("CAPA says");
    retry_progress(&past);
    past.login_delay_ms = 300 * S;
    past.since_login_ms = 2 * S;
    CHECK_INT(retry_decide(&why, &past).wait_ms, 300 * S);
    CHECK_LABEL("told");
    why = too_soon(720 * S);
    CHECK_INT(retry_decide(&why, &past).wait_ms, 720 * S);
    past.random = UINT32_MAX;
    CHECK(retry_decide(&why, &past).wait_ms >= 720 * S);
}

/* Whatever the reason, the next sign-in at the source does not come sooner than it allows. */
static void test_login_floor(void)
{
    struct error lost = error_of(ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_LOST, 0);
    struct error expired = error_of(ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN, ERROR_AUTH, 0);
    struct retry_past past = past_of(true);
    past.login_delay_ms = 300 * S;
    past.since_login_ms = 100 * S;
    for (uint32_t random = 0; random < 5000; random += 7) {
        past.random = random;
        CHECK_LABEL("random %u", random);
        CHECK_INT(retry_decide(&lost, &past).wait_ms, 200 * S);
        CHECK_INT(retry_decide(&expired, &past).wait_ms, 200 * S);
    }
    CHECK_LABEL("long ago");
    past.random = 0;
    past.since_login_ms = 301 * S;
    CHECK_INT(retry_decide(&lost, &past).wait_ms, 1 * S);
    past.since_login_ms = -1;
    CHECK_INT(retry_decide(&lost, &past).wait_ms, 300 * S);
    CHECK_LABEL("longer than allowed");
    past.max_wait_ms = 4 * MIN;
    CHECK_INT(retry_decide(&lost, &past).again, false);
    CHECK_INT(retry_decide(&lost, &past).wait_ms, 300 * S);
}

static void test_max_wait(void)
{
    struct retry_past past = past_of(true);
    struct error why = error_of(ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_THROTTLED, 20 * MIN);
    CHECK_LABEL("told more than allowed");
    CHECK_INT(retry_decide(&why, &past).again, false);
    CHECK_INT(retry_decide(&why, &past).wait_ms, 20 * MIN);
    CHECK_INT(retry_decide(&why, &past).kind, RETRY_THROTTLED);
    CHECK_LABEL("allowed to the millisecond");
    past.max_wait_ms = 20 * MIN;
    for (uint32_t random = 0; random < 20000; random += 111) {
        past.random = random;
        CHECK_INT(retry_decide(&why, &past).again, true);
        CHECK_INT(retry_decide(&why, &past).wait_ms, 20 * MIN);
    }
    past.max_wait_ms--;
    CHECK_INT(retry_decide(&why, &past).again, false);
    CHECK_LABEL("the schedule grows beyond it");
    past = past_of(true);
    past.max_wait_ms = 12 * S;
    why.wait_ms = 0;
    unsigned attempts = 0;
    for (; retry_decide(&why, &past).again; attempts++)
        retry_count(&past, &why);
    CHECK_INT(attempts, 2);
    CHECK_INT(retry_decide(&why, &past).wait_ms, 20 * S);
    CHECK_LABEL("no end of waiting");
    why.wait_ms = INT64_MAX;
    past.max_wait_ms = INT64_MAX;
    past.random = UINT32_MAX;
    CHECK_INT(retry_decide(&why, &past).wait_ms, INT64_MAX);
}

/* By our own count of a daily limit: as long as told, and beyond the longest wait only when that is wished.
 */
static void test_capped(void)
{
    struct retry_past past = past_of(true);
    struct error why;
    error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_THROTTLED,
        "imap.example.com takes 500 MB " RETRY_CAP_WORDS " and that much was sent");
    why.wait_ms = 20 * 60 * MIN;
    CHECK_LABEL("capped");
    struct retry_decision d = retry_decide(&why, &past);
    CHECK_INT(d.kind, RETRY_CAPPED);
    CHECK_INT(d.again, false);
    CHECK_INT(d.wait_ms, 20 * 60 * MIN);
    past.wait_for_cap = true;
    for (int attempt = 0; attempt < 3; attempt++) {
        past.random = UINT32_MAX;
        d = retry_decide(&why, &past);
        CHECK(d.again && d.wait_ms >= 20 * 60 * MIN && d.wait_ms <= 20 * 60 * MIN + 5 * S);
        retry_count(&past, &why);
    }
    CHECK_INT(retry_decide(&why, &past).again, false);
    retry_progress(&past);
    CHECK_INT(retry_decide(&why, &past).again, true);
    CHECK_LABEL("the same of a server");
    error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_THROTTLED, "imap.example.com: too much today");
    why.wait_ms = 20 * 60 * MIN;
    CHECK_INT(retry_decide(&why, &past).kind, RETRY_THROTTLED);
    CHECK_INT(retry_decide(&why, &past).again, false);
}

/* ---- what holds for all ---- */
static void check_one(const struct error *why, struct retry_past past)
{
    int64_t before = -1, sum = 0;
    unsigned attempts = 0;
    for (;; attempts++) {
        past.random = 0;
        struct retry_decision plain = retry_decide(why, &past);
        CHECK(plain.wait_ms >= 0);
        if (!plain.again || attempts > 12)
            break;
        CHECK(plain.wait_ms >= before && plain.wait_ms <= past.max_wait_ms);
        before = plain.wait_ms;
        sum += before;
        for (uint32_t random = 1; random; random = random < UINT32_MAX / 37 ? random * 37 : 0) {
            past.random = random;
            struct retry_decision d = retry_decide(why, &past);
            CHECK(d.again && d.wait_ms <= past.max_wait_ms);
            CHECK(d.wait_ms >= plain.wait_ms - plain.wait_ms / 4 && d.wait_ms <= plain.wait_ms + 5 * S);
            CHECK(why->wait_ms <= 0 || why->code != ERROR_THROTTLED || d.wait_ms >= why->wait_ms);
        }
        retry_count(&past, why);
    }
    CHECK(attempts <= 12);
    CHECK(!attempts || sum >= 1 * S);
    CHECK(why->scope != ERROR_SCOPE_RUN || !attempts);
}

static void test_bounds(void)
{
    static const int64_t told[] = {0, -5, 1, 7 * S, 10 * MIN};
    for (int scope = 0; scope <= ERROR_SCOPE_RUN; scope++)
        for (int retry = 0; retry <= ERROR_RETRY_AFTER_LOGIN; retry++)
            for (int code = ERROR_USAGE; code <= ERROR_INTERNAL; code++)
                for (unsigned k = 0; k < 2 * sizeof told / sizeof *told; k++) {
                    struct error why = error_of(
                        (enum error_scope)scope, (enum error_retry)retry, (enum error_code)code, told[k / 2]);
                    CHECK_LABEL("scope %d, retry %d, %s, told %lld, opened %u", scope, retry,
                        error_code_name(why.code), (long long)why.wait_ms, k % 2);
                    check_one(&why, past_of(k % 2));
                }
}

/* Errors of several kinds in turn end, too. */
static void test_mixed(void)
{
    struct retry_past past = past_of(true);
    unsigned attempts = 0, idle = 0;
    for (size_t i = 0; idle < sizeof rows / sizeof *rows && attempts < 1000; i++) {
        size_t at = i % (sizeof rows / sizeof *rows);
        struct error why = error_of((enum error_scope)rows[at].scope, (enum error_retry)rows[at].retry,
            (enum error_code)rows[at].code, 0);
        bool again = retry_decide(&why, &past).again;
        idle = again ? 0 : idle + 1;
        attempts += again;
        if (again)
            retry_count(&past, &why);
    }
    CHECK_LABEL("mixed");
    CHECK_INT(attempts, 4 + 12 + 12 + 6 + 3 + 1 + 6);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"the table", test_table},
        {"accepted before", test_accepted},
        {"signed in too soon", test_login_delay},
        {"never sooner than LOGIN-DELAY", test_login_floor},
        {"the longest wait", test_max_wait},
        {"a daily limit", test_capped},
        {"bounds", test_bounds},
        {"mixed", test_mixed},
    };
    return check_main("retry", tests, sizeof tests / sizeof *tests);
}
