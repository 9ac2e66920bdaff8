#include "stream_route.h"

#include "mem.h"
#include "stream_private.h"
#include "stream_tls.h"
#include "stream_trust.h"
#include "text.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what it may be ---- */
/* libcurl takes what does not begin so for the name of a file. 43 digits and a "=" are 32 octets. */
bool stream_pin_is_valid(const char *pin)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    if (strncmp(pin, "sha256//", 8) != 0)
        return false;
    return strspn(pin + 8, digits) == 43 && !strcmp(pin + 8 + 43, "=");
}

static const char *authority_of(const char *proxy)
{
    const char *colon = strstr(proxy, "://");
    return colon ? colon + 3 : proxy;
}

static const char *proxy_fault(const char *proxy)
{
    static const char *const schemes[] = {
        "socks5://", "socks5h://", "socks4://", "socks4a://", "http://", NULL};
    const char *authority = authority_of(proxy);
    bool known = authority == proxy;
    for (size_t i = 0; schemes[i]; i++)
        known = known || text_has_prefix_nocase(proxy, schemes[i]);
    if (!known)
        return "the proxy (--proxy, or the environment's) must be socks5://HOST:PORT, socks5h://, socks4://, socks4a:// or "
               "http://";
    for (const char *p = authority; *p; p++)
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return "the proxy's address holds a blank or control character";
    return *authority ? NULL : "the proxy's address names no host";
}

const char *stream_route_fault(const struct stream_spec *spec)
{
    const struct stream_route *r = &spec->route;
    if (r->tls_pin && !stream_pin_is_valid(r->tls_pin))
        return "a pin must be sha256// and 44 characters of Base64";
    if (r->tls_pin && spec->security == STREAM_PLAINTEXT)
        return "a connection that may be unencrypted cannot be pinned";
    if (r->ca_dir && strchr(r->ca_dir, ':'))
        return "the folder of trusted certificates cannot have a ':' in its name";
    return r->proxy && *r->proxy ? proxy_fault(r->proxy) : NULL;
}

void stream_route_copy(struct stream_route *to, const struct stream_route *from)
{
    *to = *from;
    to->tls_pin = mem_strdup(from->tls_pin);
    to->ca_dir = mem_strdup(from->ca_dir);
    to->proxy = mem_strdup(from->proxy && *from->proxy ? from->proxy : NULL);
    to->bind = mem_strdup(from->bind);
}

/* The URL of a proxy may hold a password. */
void stream_route_done(struct stream_route *route)
{
    free((char *)route->tls_pin);
    free((char *)route->ca_dir);
    mem_wipe_free((char *)route->proxy);
    free((char *)route->bind);
    *route = (struct stream_route){0};
}

char *stream_route_proxy_name(char dst[STREAM_ROUTE_NAME_MAX], const char *proxy)
{
    const char *authority = authority_of(proxy), *at = strrchr(authority, '@');
    const char *host = at ? at + 1 : authority;
    bool bare = authority == proxy;
    char clean[STREAM_ROUTE_NAME_MAX / 2];
    text_clean(clean, sizeof clean, host, strcspn(host, "/"));
    snprintf(dst, STREAM_ROUTE_NAME_MAX, "%.*s%s", bare ? 7 : (int)(authority - proxy),
        bare ? "http://" : proxy, clean);
    return dst;
}

/* ---- for libcurl ---- */
#define SET(option, value)                                                                                   \
    do {                                                                                                     \
        if (curl_easy_setopt(s->easy, option, value) != CURLE_OK)                                            \
            return false;                                                                                    \
    } while (0)

/* For socks5:// libcurl looks the name up, and tells the proxy one address of it, the first: which that is
 * differs from version to version, and most proxies have IPv4 alone. */
static bool tells_one_address(const struct stream *s)
{
    const struct stream_route *r = &s->route;
    return r->proxy && text_has_prefix_nocase(r->proxy, "socks5://") && r->family == STREAM_ANY_FAMILY &&
           !strchr(s->host, ':');
}

bool stream_route_other_family(struct stream *s, CURLcode rc)
{
    bool unreached = rc == CURLE_PROXY || rc == CURLE_COULDNT_CONNECT || rc == CURLE_COULDNT_RESOLVE_HOST ||
                     rc == CURLE_COULDNT_RESOLVE_PROXY;
    if (!unreached || s->any_family || !tells_one_address(s))
        return false;
    return s->any_family = true;
}

/* The environment is not libcurl's to read: an empty string is a word of its own for both. */
bool stream_route_set_way(struct stream *s)
{
    const struct stream_route *r = &s->route;
    static const long families[] = {
        [STREAM_ANY_FAMILY] = CURL_IPRESOLVE_WHATEVER,
        [STREAM_IPV4] = CURL_IPRESOLVE_V4,
        [STREAM_IPV6] = CURL_IPRESOLVE_V6,
    };
    SET(CURLOPT_PROXY, r->proxy ? r->proxy : "");
    SET(CURLOPT_NOPROXY, "");
    if (r->proxy)
        SET(CURLOPT_HTTPPROXYTUNNEL, 1L);
    if (r->bind)
        SET(CURLOPT_INTERFACE, r->bind);
    SET(CURLOPT_IPRESOLVE,
        tells_one_address(s) && !s->any_family ? (long)CURL_IPRESOLVE_V4 : families[r->family]);
    return true;
}

/* OpenSSL speaks the old versions, and takes the keys and hashes of their time, on its security level 0
 * alone. */
bool stream_route_set_trust(struct stream *s)
{
    static const long versions[] = {
        [STREAM_TLS_1_0] = CURL_SSLVERSION_TLSv1_0,
        [STREAM_TLS_1_1] = CURL_SSLVERSION_TLSv1_1,
        [STREAM_TLS_1_2] = CURL_SSLVERSION_TLSv1_2,
        [STREAM_TLS_1_3] = CURL_SSLVERSION_TLSv1_3,
    };
    const struct stream_route *r = &s->route;
    SET(CURLOPT_SSLVERSION, versions[r->tls_min]);
    if (stream_tls_min_is_old(r->tls_min))
        SET(CURLOPT_SSL_CIPHER_LIST, "DEFAULT:!aNULL:@SECLEVEL=0");
    if (r->tls_pin)
        SET(CURLOPT_PINNEDPUBLICKEY, r->tls_pin);
    SET(CURLOPT_SSL_VERIFYPEER, r->tls_pin ? 0L : 1L);
    SET(CURLOPT_SSL_VERIFYHOST, r->tls_pin ? 0L : 2L);
    return stream_trust_set(s->easy, s->ca_file, r->ca_dir);
}
