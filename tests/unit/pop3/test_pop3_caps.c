#include "check.h"
#include "pop3_caps.h"
#include <limits.h>

#define NOTHING .expire_days = -1, .login_delay_s = -1

static const struct row {
    const char *line;
    struct pop3_caps caps;
} rows[] = {
    {"", {NOTHING}},
    {" ", {NOTHING}},
    {"TOP", {NOTHING, .top = true}},
    {" top ", {NOTHING, .top = true}},
    {"TOPS", {NOTHING}},
    {"TO", {NOTHING}},
    {"UIDL", {NOTHING, .uidl = true}},
    {"UIDL,", {NOTHING, .uidl = true}},
    {"USER", {NOTHING, .user = true}},
    {"Pipelining", {NOTHING, .pipelining = true}},
    {"X-PIPELINING", {NOTHING}},
    {"RESP-CODES", {NOTHING, .resp_codes = true}},
    {"AUTH-RESP-CODE", {NOTHING, .auth_resp_code = true}},
    {"STLS", {NOTHING, .stls = true}},
    {"UTF8", {NOTHING, .utf8 = true}},
    {"UTF8 USER", {NOTHING, .utf8 = true}},
    {"X-GOOGLE-RICO", {NOTHING, .google = true}},
    {"x-google-rico", {NOTHING, .google = true}},
    {"X-GOOGLE", {NOTHING}},
    {"EXPIRE NEVER", {NOTHING, .expire_never = true}},
    {"EXPIRE never USER", {NOTHING, .expire_never = true}},
    {"EXPIRENEVER", {NOTHING, .expire_never = true}},
    {"expirenever", {NOTHING, .expire_never = true}},
    {"EXPIRE 0", {.login_delay_s = -1, .expire_days = 0}},
    {"EXPIRE 30 USER", {.login_delay_s = -1, .expire_days = 30}},
    {"EXPIRE30", {.login_delay_s = -1, .expire_days = 30}},
    {"EXPIRE 99999999999", {.login_delay_s = -1, .expire_days = INT_MAX}},
    {"EXPIRE", {NOTHING}},
    {"EXPIRE -1", {NOTHING}},
    {"EXPIRE NEVERLAND", {NOTHING}},
    {"LOGIN-DELAY 300", {.expire_days = -1, .login_delay_s = 300}},
    {"LOGIN-DELAY 10,", {.expire_days = -1, .login_delay_s = 10}},
    {"LOGIN-DELAY 0 USER", {.expire_days = -1, .login_delay_s = 0}},
    {"LOGIN-DELAY soon", {NOTHING}},
    {"SASL", {NOTHING}},
    {"SASL PLAIN  XOAUTH2", {NOTHING, .sasl = "PLAIN  XOAUTH2"}},
    {"SASLPLAIN", {NOTHING}},
    {"IMPLEMENTATION A \x1b[1m B", {NOTHING, .implementation = "A ?[1m B"}},
    {"LANG", {NOTHING}},
};

static void check_caps(const struct pop3_caps *a, const struct pop3_caps *e)
{
    CHECK_INT(a->known, e->known);
    CHECK_INT(a->top, e->top);
    CHECK_INT(a->uidl, e->uidl);
    CHECK_INT(a->user, e->user);
    CHECK_INT(a->pipelining, e->pipelining);
    CHECK_INT(a->resp_codes, e->resp_codes);
    CHECK_INT(a->auth_resp_code, e->auth_resp_code);
    CHECK_INT(a->stls, e->stls);
    CHECK_INT(a->utf8, e->utf8);
    CHECK_INT(a->google, e->google);
    CHECK_INT(a->expire_never, e->expire_never);
    CHECK_INT(a->expire_days, e->expire_days);
    CHECK_INT(a->login_delay_s, e->login_delay_s);
    CHECK_STR(a->sasl, e->sasl);
    CHECK_STR(a->implementation, e->implementation);
}

static void test_table(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].line);
        struct pop3_caps caps;
        pop3_caps_init(&caps);
        pop3_caps_line(&caps, rows[i].line, strlen(rows[i].line));
        check_caps(&caps, &rows[i].caps);
    }
}

static void test_long_arguments(void)
{
    CHECK_LABEL("long argument");
    char line[1000];
    memset(line, 'x', sizeof line);
    memcpy(line, "SASL ", 5);
    struct pop3_caps caps;
    pop3_caps_init(&caps);
    pop3_caps_line(&caps, line, sizeof line);
    CHECK_INT(strlen(caps.sasl), sizeof caps.sasl - 1);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"table", test_table},
        {"long arguments", test_long_arguments},
    };
    return check_main("pop3_caps", tests, sizeof tests / sizeof *tests);
}
