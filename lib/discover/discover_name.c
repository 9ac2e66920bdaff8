#include "discover_name.h"

#include "buf.h"
#include "mem.h"
#include "text.h"
#include <idn2.h>
#include <stdlib.h>
#include <string.h>

#define LOCAL_MAX 64 /* RFC 5321 section 4.5.3.1.1 */

static int usage(struct error *err, const char *text, const char *what)
{
    char shown[200];
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: %s",
        text_clean(shown, sizeof shown, text, strlen(text)), what);
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* One label, 1 to 63 octets; the underscore is no host's, but some have it. */
static bool label_is_fine(const char *label, size_t len)
{
    if (!len || len > 63 || label[0] == '-' || label[len - 1] == '-')
        return false;
    for (size_t i = 0; i < len; i++)
        if (!is_alnum(label[i]) && label[i] != '-' && label[i] != '_')
            return false;
    return true;
}

static bool all_digits(const char *label)
{
    return *label && !label[strspn(label, "0123456789")];
}

/* How many dots its labels have between them; -1: it is no host name. */
static int count_dots(const char *host)
{
    int dots = 0;
    if (strlen(host) >= DISCOVER_HOST_MAX)
        return -1;
    const char *label = host;
    for (;;) {
        size_t len = strcspn(label, ".");
        if (!label_is_fine(label, len))
            return -1;
        if (!label[len])
            return all_digits(label) ? -1 : dots;
        label += len + 1;
        dots++;
    }
}

bool discover_host_is_safe(const char *host)
{
    const char *dot = strrchr(host, '.');
    return count_dots(host) > 0 && !text_equal_nocase(dot + 1, "localhost");
}

static bool is_name(const char *host)
{
    return count_dots(host) >= 0;
}

static bool take(char dst[DISCOVER_HOST_MAX], const char *host, bool (*fine)(const char *host))
{
    size_t len = strlen(host);
    len -= len && host[len - 1] == '.';
    dst[0] = '\0';
    if (len >= DISCOVER_HOST_MAX)
        return false;
    for (size_t i = 0; i < len; i++)
        dst[i] = host[i] >= 'A' && host[i] <= 'Z' ? (char)(host[i] | 0x20) : host[i];
    dst[len] = '\0';
    if (fine(dst))
        return true;
    dst[0] = '\0';
    return false;
}

bool discover_host_take(char dst[DISCOVER_HOST_MAX], const char *host)
{
    return take(dst, host, discover_host_is_safe);
}

bool discover_host_take_own(char dst[DISCOVER_HOST_MAX], const char *host)
{
    return take(dst, host, is_name);
}

bool discover_host_is_under(const char *host, const char *domain)
{
    size_t h = strlen(host), d = strlen(domain);
    return h >= d && text_equal_nocase(host + h - d, domain) && (h == d || host[h - d - 1] == '.');
}

bool discover_host_fits(const char *pattern, const char *host)
{
    if (pattern[0] != '*' || pattern[1] != '.')
        return text_equal_nocase(pattern, host);
    return discover_host_is_under(host, pattern + 2) && !text_equal_nocase(host, pattern + 2);
}

static bool local_is_fine(const char *local, size_t len)
{
    for (size_t i = 0, n; i < len; i += n) {
        n = text_utf8_len(local + i, len - i);
        if (!n || (unsigned char)local[i] <= ' ' || local[i] == 0x7f)
            return false;
    }
    return len > 0 && len <= LOCAL_MAX;
}

/* IDNA 2008 by libidn2, which also takes ASCII; the name is judged afterwards. */
static int take_domain(const char *text, const char *domain, struct discover_address *a, struct error *err)
{
    char *ascii = NULL;
    int rc = idn2_to_ascii_8z(domain, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    bool ok = rc == IDN2_OK && discover_host_take(a->domain, ascii);
    idn2_free(ascii);
    if (ok)
        return 0;
    return usage(err, text,
        "what stands after the @ is no domain that can be looked up; it reads like taro@example.jp");
}

int discover_address_parse(const char *text, struct discover_address *ret, struct error *err)
{
    struct discover_address a CLEANUP(discover_address_done) = {0};
    const char *at = strrchr(text, '@');
    if (!at)
        return usage(err, text, "this is no mail address: it has no @; it reads like taro@example.jp");
    if (!local_is_fine(text, (size_t)(at - text)))
        return usage(err, text,
            "what stands before the @ is empty, too long, or holds blanks; an address reads like "
            "taro@example.jp");
    if (take_domain(text, at + 1, &a, err) < 0)
        return -1;
    a.local = mem_strndup(text, (size_t)(at - text));
    a.whole = mem_printf("%s@%s", a.local, a.domain);
    *ret = a;
    a = (struct discover_address){0};
    return 0;
}

void discover_address_done(struct discover_address *a)
{
    free(a->whole);
    free(a->local);
    *a = (struct discover_address){0};
}

char *discover_url_encode(const char *text)
{
    CLEANUP(buf_done) struct buf b = {0};
    for (const char *p = text; *p; p++) {
        if (is_alnum(*p) || strchr("-._~", *p))
            buf_append_char(&b, *p);
        else
            buf_printf(&b, "%%%02X", (unsigned char)*p);
    }
    return buf_strdup(&b);
}
