#include "https.h"

#include "clock.h"
#include "mem.h"
#include "stream_curl.h"
#include "stream_tls.h"
#include "stream_trust.h"
#include "text.h"
#include <curl/curl.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_OCTETS    (1024 * 1024)
#define TIMEOUT_MS    20000
#define MAX_REDIRECTS 5
#define POLL_MS       100 /* how soon stop is heard */

/* One exchange; a redirect begins another one. */
struct fetch {
    const struct https_request *request;
    char *url, *host; /* owned */
    int64_t deadline_ms;
    CURL *easy;
    CURLM *multi;
    struct curl_slist *headers, *connect_to;
    char curl_text[CURL_ERROR_SIZE];
    char *body; /* of room + 1 octets; what is outgrown is wiped */
    size_t len, room, max;
    bool too_large;
};

static void end_attempt(struct fetch *f)
{
    if (f->easy) {
        curl_multi_remove_handle(f->multi, f->easy);
        curl_easy_cleanup(f->easy);
    }
    if (f->multi)
        curl_multi_cleanup(f->multi);
    curl_slist_free_all(f->headers);
    curl_slist_free_all(f->connect_to);
    f->easy = NULL;
    f->multi = NULL;
    f->headers = f->connect_to = NULL;
}

static void drop_body(struct fetch *f)
{
    if (f->body)
        OPENSSL_cleanse(f->body, f->room);
    free(f->body);
    f->body = NULL;
    f->len = f->room = 0;
}

static void fetch_done(struct fetch *f)
{
    end_attempt(f);
    drop_body(f);
    free(f->url);
    free(f->host);
}

/* realloc would leave the begin of a token behind. */
static void grow(struct fetch *f, size_t need)
{
    size_t room = f->room ? f->room : 4096;
    while (room < need)
        room *= 2;
    char *body = mem_alloc(room + 1);
    size_t len = f->len;
    if (len)
        memcpy(body, f->body, len);
    drop_body(f);
    f->body = body;
    f->len = len;
    f->room = room;
}

static size_t on_body(char *data, size_t size, size_t count, void *ctx)
{
    struct fetch *f = ctx;
    size_t len = size * count;
    if (len > f->max - f->len) {
        f->too_large = true;
        return 0;
    }
    if (f->len + len > f->room)
        grow(f, f->len + len);
    memcpy(f->body + f->len, data, len);
    f->len += len;
    return len;
}

/* A part of a URL, or NULL. Caller frees by curl_free. */
static char *url_part(const char *url, CURLUPart part)
{
    char *text = NULL;
    CURLU *u = curl_url();
    if (u && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK)
        curl_url_get(u, part, &text, 0);
    curl_url_cleanup(u);
    return text;
}

static bool allowed_scheme(const struct https_request *r, const char *url)
{
    char *scheme = url_part(url, CURLUPART_SCHEME);
    bool ok = scheme && (!strcmp(scheme, "https") || (r->allow_http && !strcmp(scheme, "http")));
    curl_free(scheme);
    return ok;
}

static int set_url(struct fetch *f, const char *url, struct error *err)
{
    char *host = url_part(url, CURLUPART_HOST);
    if (!host || !allowed_scheme(f->request, url)) {
        curl_free(host);
        char shown[128];
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            "this is not a URL that can be asked, it must begin with https:// and a host: %s",
            text_clean(shown, sizeof shown, url, strcspn(url, "?#")));
    }
    free(f->url);
    free(f->host);
    f->url = mem_strdup(url);
    f->host = mem_strdup(host);
    curl_free(host);
    return 0;
}

/* Each returns false when libcurl does not know an option or value: then nothing may be sent. */
#define SET(option, value)                                                                                   \
    do {                                                                                                     \
        CURLcode set_ = curl_easy_setopt(f->easy, option, value);                                            \
        if (set_ != CURLE_OK)                                                                                \
            return false;                                                                                    \
    } while (0)

static bool set_where(struct fetch *f)
{
    const struct https_request *r = f->request;
    SET(CURLOPT_URL, f->url);
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(CURLOPT_PROTOCOLS_STR, r->allow_http ? "http,https" : "https");
#else
    SET(CURLOPT_PROTOCOLS, (long)(r->allow_http ? CURLPROTO_HTTP | CURLPROTO_HTTPS : CURLPROTO_HTTPS));
#endif
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    if (r->proxy)
        SET(CURLOPT_PROXY, r->proxy);
    if (!r->address)
        return true;
    bool v6 = strchr(r->address, ':') != NULL;
    CLEANUP(mem_free_str) char *to = mem_printf("::%s%s%s:", v6 ? "[" : "", r->address, v6 ? "]" : "");
    f->connect_to = curl_slist_append(NULL, to);
    SET(CURLOPT_CONNECT_TO, f->connect_to);
    return true;
}

/* JSON and XML, which is what is asked for, say by themselves where they end; and many a web server just
 * closes. */
static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *ctx)
{
    (void)easy;
    (void)ctx;
    stream_tls_allow_bare_end(ssl_ctx);
    return CURLE_OK;
}

static bool set_how(struct fetch *f)
{
    const struct https_request *r = f->request;
    int64_t left = f->deadline_ms - clock_mono_ms(clock_system());
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)(left > 1 ? left : 1));
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (stream_curl_has_openssl())
        SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
    if (!stream_trust_set(f->easy, r->ca_file, NULL))
        return false;
    SET(CURLOPT_USERAGENT, "popferry");
    SET(CURLOPT_ERRORBUFFER, f->curl_text);
    SET(CURLOPT_WRITEFUNCTION, on_body);
    SET(CURLOPT_WRITEDATA, f);
    if (r->form)
        SET(CURLOPT_POSTFIELDS, r->form);
    if (!r->accept)
        return true;
    CLEANUP(mem_free_str) char *accept = mem_printf("Accept: %s", r->accept);
    f->headers = curl_slist_append(NULL, accept);
    SET(CURLOPT_HTTPHEADER, f->headers);
    return true;
}

static int begin_attempt(struct fetch *f, struct error *err)
{
    end_attempt(f);
    drop_body(f);
    f->curl_text[0] = '\0';
    f->easy = curl_easy_init();
    f->multi = curl_multi_init();
    if (f->easy && f->multi && set_where(f) && set_how(f) &&
        curl_multi_add_handle(f->multi, f->easy) == CURLM_OK)
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_INTERNAL,
        "%s: this libcurl (%s) cannot be set up for it; is it built with HTTP and TLS?", f->host,
        curl_version());
}

static bool is_tls(CURLcode rc)
{
    switch (rc) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
        return true;
    default:
        return false;
    }
}

static int tls_failed(const struct fetch *f, const char *words, struct error *err)
{
    bool missing = stream_trust_is_missing(f->easy, f->request->ca_file, NULL);
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_TLS,
        "%s: no verified TLS connection: %s; %sa CA of your own can be given by --ca-file", f->host, words,
        missing ? "this computer has no list of trusted CAs: install it (package ca-certificates); " : "");
}

static int attempt_failed(const struct fetch *f, CURLcode rc, struct error *err)
{
    char words[200];
    const char *text = f->curl_text[0] ? f->curl_text : curl_easy_strerror(rc);
    text_clean(words, sizeof words, text, strlen(text));
    if (f->too_large)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
            "%s: the answer is longer than the %zu bytes that one can have; is this the right address?",
            f->host, f->max);
    if (is_tls(rc))
        return tls_failed(f, words, err);
    if (rc == CURLE_OPERATION_TIMEDOUT)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_TIMEOUT,
            "%s: no whole answer came in time; try again later", f->host);
    if (rc == CURLE_COULDNT_RESOLVE_HOST || rc == CURLE_COULDNT_RESOLVE_PROXY)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_CONNECT,
            "%s: no address is known for this host name, or for the proxy's; check the network's name "
            "service",
            f->host);
    if (rc == CURLE_WEIRD_SERVER_REPLY || rc == CURLE_UNSUPPORTED_PROTOCOL || rc == CURLE_HTTP2)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
            "%s: what answers there is no web server: %s", f->host, words);
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_CONNECT,
        "%s: cannot be asked: %s; check the network, and try again later", f->host, words);
}

static int run_attempt(struct fetch *f, struct error *err)
{
    int running = 1;
    while (running) {
        if (f->request->stop && f->request->stop(f->request->ctx))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED, "stopped as asked");
        CURLMcode rc = curl_multi_perform(f->multi, &running);
        if (rc == CURLM_OK && running)
            rc = curl_multi_poll(f->multi, NULL, 0, POLL_MS, NULL);
        if (rc != CURLM_OK)
            return error_unhandled(err, curl_multi_strerror(rc));
    }
    int left;
    const CURLMsg *msg = curl_multi_info_read(f->multi, &left);
    CURLcode result = msg ? msg->data.result : CURLE_FAILED_INIT;
    return result == CURLE_OK ? 0 : attempt_failed(f, result, err);
}

/* Where a redirect leads; NULL: this is the answer. */
static const char *redirect(const struct fetch *f)
{
    char *to = NULL;
    curl_easy_getinfo(f->easy, CURLINFO_REDIRECT_URL, &to);
    return to;
}

static int follow(struct fetch *f, const char *to, int count, struct error *err)
{
    char *host = url_part(to, CURLUPART_HOST);
    bool same = host && !strcasecmp(host, f->host), allowed = allowed_scheme(f->request, to);
    char shown[128];
    text_clean(shown, sizeof shown, host ? host : "nowhere", strlen(host ? host : "nowhere"));
    curl_free(host);
    if (!same)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
            "%s: the answer leads on to another host (%s), which is not followed", f->host, shown);
    if (!allowed)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
            "%s: the answer leads on to a page without TLS, which is not followed", f->host);
    if (f->request->form || count >= MAX_REDIRECTS)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
            "%s: the answer leads on to another page%s; is this the right address?", f->host,
            f->request->form ? ", where what was sent cannot follow" : " again and again");
    CLEANUP(mem_free_str) char *url = mem_strdup(to); /* it is libcurl's, and ends with the attempt */
    return set_url(f, url, err);
}

static void give(struct fetch *f, struct https_reply *ret)
{
    long status = 0;
    const char *type = NULL;
    curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(f->easy, CURLINFO_CONTENT_TYPE, &type);
    if (!f->body)
        grow(f, 1);
    *ret = (struct https_reply){.status = (int)status, .len = f->len, .body = TAKE(f->body)};
    text_clean(ret->content_type, sizeof ret->content_type, type ? type : "", type ? strlen(type) : 0);
}

int https_fetch(const struct https_request *r, struct https_reply *ret, struct error *err)
{
    stream_curl_init();
    CLEANUP(fetch_done)
    struct fetch f = {
        .request = r,
        .max = r->max_octets ? r->max_octets : MAX_OCTETS,
        .deadline_ms = clock_mono_ms(clock_system()) + (r->timeout_ms > 0 ? r->timeout_ms : TIMEOUT_MS),
    };
    if (set_url(&f, r->url, err) < 0)
        return -1;
    for (int count = 0;; count++) {
        if (begin_attempt(&f, err) < 0 || run_attempt(&f, err) < 0)
            return -1;
        const char *to = redirect(&f);
        if (!to)
            break;
        if (follow(&f, to, count, err) < 0)
            return -1;
    }
    give(&f, ret);
    return 0;
}

void https_reply_done(struct https_reply *r)
{
    if (r->body)
        OPENSSL_cleanse(r->body, r->len);
    free(r->body);
    *r = (struct https_reply){0};
}
