#include "journal_mask.h"

#include "buf.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define SECRET_MIN 4
#define USER_MIN   3

enum edge {
    EDGE_ANY,    /* wherever it stands */
    EDGE_BASE64, /* and with it the whole run of base64 around it */
    EDGE_WORD,   /* only as a word of its own */
};

struct journal_mask {
    bool privacy;
    struct rule {
        enum edge edge;
        char *what, *with;
    } * secrets, *names, *users;
    size_t secret_count, name_count, user_count;
};

struct journal_mask *journal_mask_new(bool privacy)
{
    struct journal_mask *m = mem_alloc(sizeof *m);
    m->privacy = privacy;
    return m;
}

static void free_rules(struct rule *rules, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        mem_wipe_free(rules[i].what);
        free(rules[i].with);
    }
    free(rules);
}

void journal_mask_free(struct journal_mask *m)
{
    if (!m)
        return;
    free_rules(m->secrets, m->secret_count);
    free_rules(m->names, m->name_count);
    free_rules(m->users, m->user_count);
    free(m);
}

/* Takes what. */
static void add(struct rule **rules, size_t *count, enum edge edge, char *what, const char *with)
{
    *rules = mem_grow(*rules, *count + 1, sizeof **rules);
    (*rules)[(*count)++] = (struct rule){.edge = edge, .what = what, .with = mem_strdup(with)};
}

/* Those characters of the base64 (RFC 4648 section 4) of any text holding the secret that depend on the
 * secret alone, if it begins `before` octets behind a multiple of three. */
static char *base64_core(const char *secret, size_t len, size_t before)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t first = (before * 8 + 5) / 6, end = (before + len) * 8 / 6;
    char *core = mem_alloc(end - first + 1);
    for (size_t i = first; i < end; i++) {
        unsigned value = 0;
        for (size_t bit = i * 6 - before * 8; bit < i * 6 - before * 8 + 6; bit++)
            value = value << 1 | ((unsigned char)secret[bit / 8] >> (7 - bit % 8) & 1u);
        core[i - first] = digits[value];
    }
    return core;
}

void journal_mask_secret(struct journal_mask *m, const char *secret)
{
    size_t len = secret ? strlen(secret) : 0;
    if (len < SECRET_MIN)
        return;
    char *clean = text_clean_dup(secret); /* as it looks after a log line or an error was made of it */
    if (strcmp(clean, secret) != 0 && strspn(clean, "?") < strlen(clean))
        add(&m->secrets, &m->secret_count, EDGE_ANY, clean, "***");
    else
        mem_wipe_free(clean);
    add(&m->secrets, &m->secret_count, EDGE_ANY, mem_strdup(secret), "***");
    for (size_t before = 0; before < 3; before++)
        add(&m->secrets, &m->secret_count, EDGE_BASE64, base64_core(secret, len, before), "***");
}

void journal_mask_account(struct journal_mask *m, const char *name, const char *alias)
{
    if (*name)
        add(&m->names, &m->name_count, EDGE_WORD, mem_strdup(name), alias);
}

void journal_mask_user(struct journal_mask *m, const char *user)
{
    if (user && strlen(user) >= USER_MIN)
        add(&m->users, &m->user_count, EDGE_WORD, mem_strdup(user), "[account]");
}

/* ---- replacing ---- */
static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool is_word(char c)
{
    return is_alnum(c) || (unsigned char)c >= 0x80;
}

static bool is_base64(char c)
{
    return is_alnum(c) || (c && strchr("+/=", c));
}

static bool stands_alone(const char *text, const char *at, size_t len)
{
    const char *end = at + len;
    if (at > text && (is_word(at[-1]) || strchr("@-_.", at[-1])))
        return false;
    return !is_word(*end) && !(*end && strchr("@-_", *end)) && !(*end == '.' && is_word(end[1]));
}

/* What stands at *at matches: what is to go is from *at, which may move, to *ret_end. false: it may stay. */
static bool widen(const struct rule *r, const char *text, const char **at, const char **ret_end)
{
    const char *begin = *at, *end = begin + strlen(r->what);
    if (r->edge == EDGE_WORD && !stands_alone(text, begin, strlen(r->what)))
        return false;
    while (r->edge == EDGE_BASE64 && begin > text && is_base64(begin[-1]))
        begin--;
    while (r->edge == EDGE_BASE64 && is_base64(*end))
        end++;
    *at = begin;
    *ret_end = end;
    return true;
}

/* Takes text, gives text. */
static char *replace(const struct rule *r, char *text)
{
    const char *done = text, *from = text, *at, *end;
    struct buf out CLEANUP(buf_done) = {0};
    if (!strstr(text, r->what))
        return text;
    while ((at = strstr(from, r->what))) {
        if (!widen(r, done, &at, &end)) {
            from = at + 1;
            continue;
        }
        buf_append(&out, done, (size_t)(at - done));
        buf_append_str(&out, r->with);
        done = from = end;
    }
    buf_append_str(&out, done);
    free(text);
    return buf_strdup(&out);
}

/* ---- addresses ---- */
/* "@", in a URL "%40", and as Japanese keyboards write it. */
static size_t at_sign(const char *s)
{
    static const char *const forms[] = {"@", "%40", "\xef\xbc\xa0"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (!strncmp(s, forms[i], strlen(forms[i])))
            return strlen(forms[i]);
    return 0;
}

/* `"hanako suzuki"@`: back to the quote, or if there is none as far as the text hangs together. */
static const char *quoted_local_part(const char *begin, const char *at)
{
    const char *p = at - 1;
    while (p > begin && p[-1] != '"')
        p--;
    if (p > begin)
        return p - 1;
    for (p = at; p > begin && p[-1] != ' ';)
        p--;
    return p;
}

static const char *local_part(const char *begin, const char *at)
{
    const char *p = at;
    if (p > begin && p[-1] == '"')
        return quoted_local_part(begin, at);
    while (p > begin && (is_word(p[-1]) || strchr("!#$%&'*+-/=?^_`{|}~.", p[-1])))
        p--;
    while (p < at && *p == '/') /* of a path or a URL */
        p++;
    return p;
}

/* The end of what stands behind the sign, or s if that is no domain. */
static const char *domain(const char *s)
{
    const char *p = s;
    if (*p == '[') {
        p += strcspn(p, "] ");
        return *p == ']' ? p + 1 : s;
    }
    if (!is_word(*p))
        return s;
    while (!at_sign(p) && (is_word(*p) || (*p && strchr(".-_", *p))))
        p++;
    while (strchr(".-_", p[-1]))
        p--;
    return p;
}

/* Takes text, gives text. */
static char *hide_addresses(char *text)
{
    struct buf out CLEANUP(buf_done) = {0};
    const char *done = text;
    for (const char *p = text; *p;) {
        size_t sign = at_sign(p);
        const char *begin = sign ? local_part(done, p) : p, *end = p;
        while (begin < p && (sign = at_sign(end)) && domain(end + sign) > end + sign)
            end = domain(end + sign);
        if (end == p) {
            p++;
            continue;
        }
        buf_append(&out, done, (size_t)(begin - done));
        buf_append_str(&out, "[address]");
        done = p = end;
    }
    buf_append_str(&out, done);
    free(text);
    return buf_strdup(&out);
}

char *journal_mask_apply(const struct journal_mask *m, const char *text)
{
    char *s = mem_strdup(text);
    for (size_t i = 0; i < m->secret_count; i++)
        s = replace(&m->secrets[i], s);
    if (m->privacy) {
        for (size_t i = 0; i < m->name_count; i++)
            s = replace(&m->names[i], s);
        s = hide_addresses(s);
        for (size_t i = 0; i < m->user_count; i++)
            s = replace(&m->users[i], s);
    }
    char *clean = text_clean_dup(s);
    free(s);
    return clean;
}
