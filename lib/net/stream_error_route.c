#include "stream_error.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool later(struct error *err, const char *fmt, const char *a, const char *b, const char *c)
{
    char text[ERROR_TEXT_MAX];
    snprintf(text, sizeof text, fmt, a, b, c); /* NOLINT: fmt is a literal of this file */
    error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_CONNECT, "%s", text);
    return true;
}

/* "HTTP/1.1 403 Forbidden" */
static int status_of(const char *said)
{
    const char *space = said ? strchr(said, ' ') : NULL;
    return space ? atoi(space + 1) : 0;
}

static bool http_refused(struct error *err, const struct stream_failure *f)
{
    const char *fmt =
        status_of(f->proxy_said) == 407
            ? "%s: the proxy %s wants a user and password (\"%.100s\"); give them in the environment, "
              "as ALL_PROXY=http://USER:PASSWORD@HOST:PORT"
            : "%s: the proxy %s does not connect to it (\"%.100s\"); many proxies allow web ports alone: "
              "ask who runs it, or use another way";
    return later(err, fmt, f->name, f->proxy, f->proxy_said);
}

static bool bind_failed(struct error *err, const struct stream_failure *f)
{
    error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: cannot connect from the address or interface that --bind names (%.100s): %s; it must be one of this "
        "machine, and of the server's kind (IPv4, IPv6)",
        f->name, f->bind ? f->bind : "", f->os_errno ? strerror(f->os_errno) : f->curl_text);
    return true;
}

/* Of a host with several addresses libcurl tells of the last one that it tried, or of none in particular. */
static bool bind_is_at_fault(const struct stream_failure *f)
{
    return f->curl_code == CURLE_INTERFACE_FAILED ||
           (f->bind && f->curl_code == CURLE_COULDNT_CONNECT &&
               (f->os_errno == EADDRNOTAVAIL || f->os_errno == ENODEV));
}

bool stream_error_route(struct error *err, const struct stream_failure *f)
{
    int status = status_of(f->proxy_said);
    if (bind_is_at_fault(f))
        return bind_failed(err, f);
    if (!f->proxy)
        return false;
    if (status && (status < 200 || status > 299))
        return http_refused(err, f);
    switch (f->curl_code) {
    case CURLE_COULDNT_RESOLVE_PROXY:
        return later(
            err, "%s: no address is known for the proxy %s; check its spelling%s", f->name, f->proxy, "");
    case CURLE_PROXY:
        return later(err,
            "%s: the proxy %s does not connect to it: %.200s; check host and port, and with socks5h:// in place of "
            "socks5:// (socks4a:// of socks4://) the proxy looks the name up",
            f->name, f->proxy, f->curl_text);
    case CURLE_COULDNT_CONNECT:
        return later(err, "%s: the proxy %s cannot be reached: %.100s; check its host and port", f->name,
            f->proxy, f->os_errno ? strerror(f->os_errno) : f->curl_text);
    case CURLE_OPERATION_TIMEDOUT:
        if (f->connected && (f->words->lines || f->tls->ctx))
            return false;
        return later(err, "%s: nothing came by way of the proxy %s in time%s; check host, port and the proxy",
            f->name, f->proxy, "");
    default:
        return false;
    }
}
