#include "endpoint.h"

#include "mem.h"
#include "stream.h"
#include "text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct scheme {
    const char *name;
    enum endpoint_protocol protocol;
    enum endpoint_security security;
    uint16_t port;
};

static const struct scheme schemes[] = {
    {"pop3s://", ENDPOINT_POP3, ENDPOINT_TLS, 995},
    {"pop3://", ENDPOINT_POP3, ENDPOINT_STARTTLS, 110},
    {"imaps://", ENDPOINT_IMAP, ENDPOINT_TLS, 993},
    {"imap://", ENDPOINT_IMAP, ENDPOINT_STARTTLS, 143},
};

static int usage(struct error *err, const char *side, const char *what)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: %s", side, what);
}

/* Behind this scheme, in whatever width it is written; NULL: it has another. */
static const char *behind_scheme(const char *url, const char *name)
{
    for (size_t n; *name; url += n, name++) {
        char c[8], wide[8] = "";
        n = text_utf8_len(url, strlen(url));
        if (!n)
            return NULL;
        memcpy(wide, url, n);
        text_narrow(c, sizeof c, wide);
        if (c[1] || (c[0] >= 'A' && c[0] <= 'Z' ? c[0] - 'A' + 'a' : c[0]) != *name)
            return NULL;
    }
    return url;
}

static const struct scheme *find_scheme(const char *url, const char **ret_rest)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if ((*ret_rest = behind_scheme(url, schemes[i].name)))
            return &schemes[i];
    return NULL;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Percent-decode; NULL when a % is not followed by two hex digits a control character would come out, or
 * no UTF-8. */
static char *decode(const char *s, size_t len)
{
    char *out = mem_alloc(len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        int c = (unsigned char)s[i];
        if (c == '%') {
            int hi = i + 2 < len ? hex_value(s[i + 1]) : -1;
            int lo = i + 2 < len ? hex_value(s[i + 2]) : -1;
            c = hi < 0 || lo < 0 ? 0 : hi << 4 | lo;
            i += 2;
        }
        if (c < 0x20 || c == 0x7f) {
            free(out);
            return NULL;
        }
        out[n++] = (char)c;
    }
    for (size_t i = 0, step; i < n; i += step) {
        step = text_utf8_len(out + i, n - i);
        if (!step) {
            free(out);
            return NULL;
        }
    }
    return out;
}

static int parse_user(const char *side, const char *s, size_t len, struct endpoint *e, struct error *err)
{
    if (memchr(s, ':', len))
        return usage(err, side,
            "a password may not stand in the URL, since every user of the machine could read it there; put "
            "it into a file and name that by --from-password-file or --to-password-file (a ':' of the user's name is "
            "written %3A)");
    e->user = decode(s, len);
    if (!e->user || !*e->user)
        return usage(err, side,
            "the user in the URL is empty or not percent-encoded rightly ('@' is %40, '%' is %25)");
    return 0;
}

static int parse_port(const char *side, const char *s, size_t len, struct endpoint *e, struct error *err)
{
    unsigned long long port;
    if (!text_parse_u64(s, len, &port) || port < 1 || port > 65535)
        return usage(err, side, "the port in the URL must be a number from 1 to 65535");
    e->port = (uint16_t)port;
    e->port_given = true;
    return 0;
}

/* "host", "host:port", "[v6]", "[v6]:port", in whatever width */
static int parse_host(
    const char *side, const char *text, size_t text_len, struct endpoint *e, struct error *err)
{
    char *wide CLEANUP(mem_free_str) = mem_strndup(text, text_len);
    char *s CLEANUP(mem_free_str) = mem_alloc(text_len + 1);
    size_t len = strlen(text_narrow(s, text_len + 1, wide));
    const char *end = s + len, *host = s, *host_end, *rest;
    if (len && *s == '[') {
        host_end = memchr(s, ']', len);
        if (!host_end)
            return usage(err, side, "an IPv6 address in the URL stands in brackets: [::1]");
        host = s + 1;
        rest = host_end + 1;
    } else {
        host_end = memchr(s, ':', len);
        host_end = host_end ? host_end : end;
        rest = host_end;
    }
    e->host = decode(host, (size_t)(host_end - host));
    const char *fault = stream_host_fault(e->host ? e->host : "");
    if (fault) {
        usage(err, side, fault);
        return error_append(err, "; a URL reads like pop3s://user%%40example.jp@pop.example.jp");
    }
    for (char *p = e->host; *p; p++) /* names of hosts have no letter case, those of accounts may have */
        *p = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
    if (rest == end)
        return 0;
    if (*rest != ':')
        return usage(err, side, "after the host in the URL only :port or /mailbox can follow");
    return parse_port(side, rest + 1, (size_t)(end - rest - 1), e, err);
}

static int parse_path(const char *side, const char *path, struct endpoint *e, struct error *err)
{
    if (!*path || !path[1])
        return 0;
    if (e->protocol == ENDPOINT_POP3)
        return usage(err, side, "a POP3 account has one mailbox: the URL ends after the host");
    e->folder = decode(path + 1, strlen(path + 1));
    if (!e->folder)
        return usage(err, side, "the mailbox in the URL is not percent-encoded rightly");
    return 0;
}

static int parse_parts(const char *side, const char *rest, struct endpoint *e, struct error *err)
{
    size_t authority = strcspn(rest, "/");
    const char *at = memrchr(rest, '@', authority);
    if (at && parse_user(side, rest, (size_t)(at - rest), e, err) < 0)
        return -1;
    if (!at && strchr(rest + authority, '@'))
        return usage(err, side,
            "there is a '/' before the '@' of this URL: in a user's name it is written %2F, and a password may not stand here");
    const char *host = at ? at + 1 : rest;
    if (parse_host(side, host, (size_t)(rest + authority - host), e, err) < 0)
        return -1;
    return parse_path(side, rest + authority, e, err);
}

static bool is_tls_port(uint16_t port)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (schemes[i].port == port && schemes[i].security == ENDPOINT_TLS)
            return true;
    return false;
}

/* ---- mail on a disk ---- */
static int parse_store(const char *side, const char *text, struct endpoint *ret, struct error *err)
{
    const char *path;
    enum store_kind kind;
    store_parse(text, &kind, &path);
    if (!*path)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s %s names no file or folder; popferry discover PATH shows where on a disk there is mail", side,
            text);
    char *real CLEANUP(mem_free_str) = realpath(path, NULL);
    if (!real)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s %s: %s; popferry discover PATH shows where on a disk there is mail", side, text,
            strerror(errno));
    if (!text_is_clean(real))
        return usage(err, side,
            "the name of this file or folder holds control characters, or is not UTF-8; give the folder it lies in, or rename it");
    *ret = (struct endpoint){.protocol = ENDPOINT_STORE,
        .security = ENDPOINT_TLS,
        .store = kind,
        .host = mem_strdup("this computer"),
        .user = mem_printf("%s:%s", store_kind_name(kind), real)};
    ret->path = TAKE(real);
    return 0;
}

int endpoint_parse(
    const char *side, const char *url, enum endpoint_protocol want, struct endpoint *ret, struct error *err)
{
    const char *rest;
    if (want == ENDPOINT_POP3 && store_is_named(url))
        return parse_store(side, url, ret, err);
    const struct scheme *scheme = *url ? find_scheme(url, &rest) : NULL;
    if (!scheme || scheme->protocol != want)
        return usage(err, side,
            want == ENDPOINT_POP3
                ? "must be a URL that begins with pop3s:// (or pop3:// for STLS), as "
                  "pop3s://taro%40example.jp@pop.example.jp, or mail on a disk, as mbox:PATH "
                  "or thunderbird:PATH (popferry discover PATH shows what there is)"
                : "must be a URL that begins with imaps:// (or imap:// for STARTTLS), as "
                  "imaps://taro%40example.jp@imap.example.com/INBOX");
    struct endpoint e CLEANUP(endpoint_done) = {
        .protocol = scheme->protocol, .security = scheme->security, .port = scheme->port};
    if (parse_parts(side, rest, &e, err) < 0)
        return -1;
    if (e.security == ENDPOINT_STARTTLS && e.port_given && is_tls_port(e.port))
        e.security = ENDPOINT_TLS; /* there TLS is spoken from the first octet, whatever the scheme says */
    *ret = e;
    e = (struct endpoint){0};
    return 0;
}

int endpoint_set_port(struct endpoint *e, const char *option, const char *text, struct error *err)
{
    char narrow[16];
    unsigned long long port;
    text_narrow(narrow, sizeof narrow, text);
    if (!text_parse_u64(narrow, strlen(narrow), &port) || port < 1 || port > 65535)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s %s: must be a number from 1 to 65535", option, text);
    if (e->port_given && e->port != port)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s %s: the host names another port, %u: give one of them", option, text, (unsigned)e->port);
    e->port = (uint16_t)port;
    e->port_given = true;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (schemes[i].port == port)
            e->security = schemes[i].security;
    return 0;
}

void endpoint_done(struct endpoint *e)
{
    free(e->path);
    free(e->host);
    free(e->user);
    free(e->authzid);
    free(e->folder);
    *e = (struct endpoint){0};
}

void endpoint_secure(struct endpoint *e, enum endpoint_security security)
{
    bool tls = security == ENDPOINT_TLS;
    e->security = security;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes && !e->port_given; i++)
        if (schemes[i].protocol == e->protocol && (schemes[i].security == ENDPOINT_TLS) == tls)
            e->port = schemes[i].port;
}

const char *endpoint_mailbox(const struct endpoint *e)
{
    return e->authzid ? e->authzid : e->user;
}

static bool is_usual_port(const struct endpoint *e)
{
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (schemes[i].protocol == e->protocol && schemes[i].port == e->port)
            return true;
    return false;
}

char *endpoint_place(const struct endpoint *e)
{
    return mem_printf("%s %s %s", endpoint_mailbox(e), e->protocol == ENDPOINT_STORE ? "on" : "at", e->host);
}

char *endpoint_account(const struct endpoint *e)
{
    const char *user = e->user ? endpoint_mailbox(e) : "?";
    if (e->protocol == ENDPOINT_STORE)
        return mem_strdup(user);
    return is_usual_port(e) ? mem_printf("%s@%s", user, e->host)
                            : mem_printf("%s@%s:%u", user, e->host, e->port);
}
