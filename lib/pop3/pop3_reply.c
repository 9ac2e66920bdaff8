#include "pop3_reply.h"

#include "text.h"
#include <string.h>

struct cursor {
    const char *p, *end;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static void skip_blanks(struct cursor *c)
{
    while (c->p < c->end && is_blank(*c->p))
        c->p++;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A number with a blank or the end of the line behind it. */
static bool take_number(struct cursor *c, uint64_t *ret)
{
    skip_blanks(c);
    const char *from = c->p;
    while (c->p < c->end && !is_blank(*c->p))
        c->p++;
    unsigned long long v;
    if (!text_parse_u64(from, (size_t)(c->p - from), &v))
        return false;
    *ret = v;
    return true;
}

static bool take_message_number(struct cursor *c, uint32_t *ret)
{
    uint64_t v;
    if (!take_number(c, &v) || !v || v > UINT32_MAX)
        return false;
    *ret = (uint32_t)v;
    return true;
}

static bool take_indicator(struct cursor *c, bool *ret_ok)
{
    size_t len = (size_t)(c->end - c->p);
    bool ok = len >= 3 && !text_compare_nocase(c->p, 3, "+OK", 3);
    if (!ok &&
        (len < 4 || (text_compare_nocase(c->p, 4, "-ERR", 4) && text_compare_nocase(c->p, 4, "+ERR", 4))))
        return false;
    const char *after = c->p + (ok ? 3 : 4);
    if (after < c->end && is_alnum(*after))
        return false;
    c->p = after;
    *ret_ok = ok;
    return true;
}

/* A code may go on below what is known of it: [IN-USE/whatever] (RFC 2449 section 8). */
static bool is_code(const char *s, size_t len, const char *code)
{
    size_t n = strlen(code);
    return len >= n && (len == n || s[n] == '/') && !text_compare_nocase(s, n, code, n);
}

static enum pop3_code parse_code(const struct cursor *c)
{
    static const struct {
        const char *name;
        enum pop3_code code;
    } codes[] = {
        {"IN-USE", POP3_CODE_IN_USE},
        {"LOGIN-DELAY", POP3_CODE_LOGIN_DELAY},
        {"SYS/TEMP", POP3_CODE_SYS_TEMP},
        {"SYS/PERM", POP3_CODE_SYS_PERM},
        {"AUTH", POP3_CODE_AUTH},
    };
    size_t len = (size_t)(c->end - c->p);
    const char *close = len && *c->p == '[' ? memchr(c->p, ']', len) : NULL;
    if (!close)
        return POP3_CODE_NONE;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (is_code(c->p + 1, (size_t)(close - c->p - 1), codes[i].name))
            return codes[i].code;
    return POP3_CODE_OTHER;
}

bool pop3_reply_status(const char *line, size_t len, struct pop3_reply *ret_reply)
{
    struct cursor c = {line, line + len};
    bool ok;
    if (!take_indicator(&c, &ok))
        return false;
    skip_blanks(&c);
    while (c.end > c.p && is_blank(c.end[-1]))
        c.end--;
    ret_reply->ok = ok;
    ret_reply->code = parse_code(&c);
    text_clean(ret_reply->text, sizeof ret_reply->text, c.p, (size_t)(c.end - c.p));
    return true;
}

bool pop3_reply_stat(const char *line, size_t len, uint64_t *ret_messages, uint64_t *ret_octets)
{
    struct cursor c = {line, line + len};
    bool ok;
    uint64_t messages, octets;
    if (!take_indicator(&c, &ok) || !ok || !take_number(&c, &messages) || !take_number(&c, &octets))
        return false;
    *ret_messages = messages;
    *ret_octets = octets;
    return true;
}

bool pop3_reply_list(const char *line, size_t len, uint32_t *ret_number, uint64_t *ret_octets)
{
    struct cursor c = {line, line + len};
    uint32_t number;
    uint64_t octets;
    if (!take_message_number(&c, &number) || !take_number(&c, &octets))
        return false;
    *ret_number = number;
    *ret_octets = octets;
    return true;
}

bool pop3_reply_uidl(const char *line, size_t len, uint32_t *ret_number, char ret_uidl[POP3_UIDL_MAX + 1])
{
    struct cursor c = {line, line + len};
    uint32_t number;
    if (!take_message_number(&c, &number))
        return false;
    skip_blanks(&c);
    while (c.end > c.p && is_blank(c.end[-1]))
        c.end--;
    size_t n = (size_t)(c.end - c.p);
    if (n > POP3_UIDL_MAX || memchr(c.p, '\0', n))
        return false;
    memcpy(ret_uidl, c.p, n);
    ret_uidl[n] = '\0';
    *ret_number = number;
    return true;
}

struct fold {
    enum error_scope scope;
    enum error_retry retry;
    enum error_code code;
};

/* Of how much may be fetched, in whatever words: "Download exceed", "daily limit reached". */
static bool says_limit(const char *text)
{
    static const char *const limits[] = {"exceed", "limit", "quota", "bandwidth", "traffic", "too many",
        "too much", "too often", "too fast", "throttl", "overload", "超過", "上限", "制限", NULL};
    static const char *const others[] = {"message size", "size of message", "size of the message",
        "message exceeds", "message is too", "message too", "too large", "too big", "too long", "line length",
        "header", NULL};
    return text_has_any_nocase(text, limits) && !text_has_any_nocase(text, others);
}

static struct fold fold(enum pop3_code code, bool one_message, const char *text)
{
    switch (code) {
    case POP3_CODE_IN_USE:
        return (struct fold){ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_IN_USE};
    case POP3_CODE_LOGIN_DELAY:
        return (struct fold){ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_THROTTLED};
    case POP3_CODE_SYS_TEMP:
        return (struct fold){ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_REFUSED};
    case POP3_CODE_SYS_PERM:
        return (struct fold){ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_REFUSED};
    case POP3_CODE_AUTH:
        return (struct fold){ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH};
    case POP3_CODE_NONE:
    case POP3_CODE_OTHER:
        break;
    }
    if (one_message && says_limit(text))
        return (struct fold){ERROR_SCOPE_MESSAGE, ERROR_RETRY_LATER, ERROR_THROTTLED};
    enum error_scope scope = one_message ? ERROR_SCOPE_MESSAGE : ERROR_SCOPE_SESSION;
    return (struct fold){scope, ERROR_RETRY_NEVER, ERROR_REFUSED};
}

void pop3_reply_error(const struct pop3_reply *reply, const char *command, bool one_message,
    int login_delay_s, struct error *err)
{
    struct fold f = fold(reply->code, one_message, reply->text);
    error_set(err, f.scope, f.retry, f.code, "the POP3 server refused %s: %s", command,
        *reply->text ? reply->text : "it gave no reason");
    if (err && reply->code == POP3_CODE_LOGIN_DELAY && login_delay_s > 0)
        err->wait_ms = login_delay_s * INT64_C(1000);
}
