#include "pop3_caps.h"

#include "text.h"
#include <limits.h>
#include <string.h>

struct args {
    const char *p;
    size_t len;
};

typedef void caps_fn(struct pop3_caps *caps, struct args args);

static bool is_separator(char c)
{
    return c == ' ' || c == '\t' || c == ',';
}

static struct args trim(struct args a)
{
    while (a.len && is_separator(*a.p)) {
        a.p++;
        a.len--;
    }
    while (a.len && is_separator(a.p[a.len - 1]))
        a.len--;
    return a;
}

static size_t word_len(struct args a)
{
    size_t n = 0;
    while (n < a.len && !is_separator(a.p[n]))
        n++;
    return n;
}

/* The first argument as a number, -1 if it is none; what follows ("USER") says it may differ by user. */
static int number(struct args a)
{
    unsigned long long v;
    if (!text_parse_u64(a.p, word_len(a), &v))
        return -1;
    return v > INT_MAX ? INT_MAX : (int)v;
}

static void on_expire(struct pop3_caps *caps, struct args args)
{
    caps->expire_never = !text_compare_nocase(args.p, word_len(args), "NEVER", 5);
    caps->expire_days = number(args);
}

static void on_login_delay(struct pop3_caps *caps, struct args args)
{
    caps->login_delay_s = number(args);
}

static void on_sasl(struct pop3_caps *caps, struct args args)
{
    text_clean(caps->sasl, sizeof caps->sasl, args.p, args.len);
}

static void on_implementation(struct pop3_caps *caps, struct args args)
{
    text_clean(caps->implementation, sizeof caps->implementation, args.p, args.len);
}

#define FLAG(field)                                                                                          \
    static void on_##field(struct pop3_caps *caps, struct args args)                                         \
    {                                                                                                        \
        (void)args;                                                                                          \
        caps->field = true;                                                                                  \
    }
FLAG(top)
FLAG(uidl)
FLAG(user)
FLAG(pipelining)
FLAG(resp_codes)
FLAG(auth_resp_code)
FLAG(stls)
FLAG(utf8)
FLAG(google)

static const struct capability {
    const char *name;
    caps_fn *fn;
    bool glued; /* some servers leave out the blank before the argument: EXPIRENEVER */
} table[] = {
    {"TOP", on_top, false},
    {"UIDL", on_uidl, false},
    {"USER", on_user, false},
    {"PIPELINING", on_pipelining, false},
    {"RESP-CODES", on_resp_codes, false},
    {"AUTH-RESP-CODE", on_auth_resp_code, false},
    {"STLS", on_stls, false},
    {"UTF8", on_utf8, false},
    {"X-GOOGLE-RICO", on_google, false},
    {"EXPIRE", on_expire, true},
    {"LOGIN-DELAY", on_login_delay, true},
    {"SASL", on_sasl, false},
    {"IMPLEMENTATION", on_implementation, false},
};

void pop3_caps_init(struct pop3_caps *caps)
{
    *caps = (struct pop3_caps){.expire_days = -1, .login_delay_s = -1};
}

void pop3_caps_line(struct pop3_caps *caps, const char *line, size_t len)
{
    struct args a = trim((struct args){line, len});
    size_t word = word_len(a);
    for (const struct capability *c = table; c < table + sizeof table / sizeof *table; c++) {
        size_t n = strlen(c->name);
        if (word < n || (word > n && !c->glued) || text_compare_nocase(a.p, n, c->name, n))
            continue;
        c->fn(caps, trim((struct args){a.p + n, a.len - n}));
        return;
    }
}
