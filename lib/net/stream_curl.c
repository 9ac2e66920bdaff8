#include "stream_bearer.h"
#include "stream_error.h"
#include "stream_mechanism.h"
#include "stream_private.h"

#include "mem.h"
#include "text.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static pthread_once_t global_once = PTHREAD_ONCE_INIT;

static void global_init(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

void stream_curl_init(void)
{
    pthread_once(&global_once, global_init);
}

bool stream_curl_has_openssl(void)
{
    const char *ssl = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return ssl && !strncmp(ssl, "OpenSSL/", 8);
}

/* A port for implicit TLS that answers without TLS: OpenSSL shows the five octets where a record should
 * begin. */
static void tls_octets(struct stream *s, const char *data, size_t len)
{
    if (s->first_len || s->security != STREAM_TLS_IMPLICIT || !len)
        return;
    stream_heard_first(s, data, len);
    s->alien = data[0] < 0x14 || data[0] > 0x18 || (len > 1 && data[1] != 0x03);
    if (!s->alien)
        s->first_len = 1;
}

/* An HTTP proxy's answers to CONNECT come before the server's first line, and each ends with an empty one. */
static bool proxy_line(struct stream *s, const char *data, size_t len)
{
    while (len && (data[len - 1] == '\r' || data[len - 1] == '\n'))
        len--;
    if (!s->proxy_talks && s->route.proxy && !s->words.lines && len > 5 && !memcmp(data, "HTTP/", 5)) {
        text_clean(s->proxy_said, sizeof s->proxy_said, data, len);
        return s->proxy_talks = true;
    }
    bool talks = s->proxy_talks;
    s->proxy_talks = talks && len;
    return talks;
}

/* What goes out holds the password: those types are dropped unseen, and so is libcurl's own talk. */
static int on_debug(CURL *easy, curl_infotype type, char *data, size_t len, void *ctx)
{
    (void)easy;
    struct stream *s = ctx;
    if (s->state != STREAM_CONNECTING)
        return 0;
    if (type == CURLINFO_HEADER_IN && !proxy_line(s, data, len))
        stream_heard_line(s, data, len);
    else if (type == CURLINFO_SSL_DATA_IN)
        tls_octets(s, data, len);
    return 0;
}

/* Sees each line of the server after on_debug, and before libcurl acts on it. */
static size_t on_header(char *data, size_t size, size_t count, void *ctx)
{
    (void)data;
    const struct stream *s = ctx;
    return s->want_bare || s->want_other || s->says_no ? 0 : size * count;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *ctx)
{
    (void)easy;
    struct stream *s = ctx;
    stream_tls_attach(&s->tls, ssl_ctx);
    stream_tls_allow_bare_end(ssl_ctx);
    if (stream_tls_min_is_old(s->route.tls_min))
        stream_tls_allow_old(ssl_ctx);
    return CURLE_OK;
}

static const char *scheme(const struct stream *s)
{
    if (s->protocol == STREAM_POP3)
        return s->security == STREAM_TLS_IMPLICIT ? "pop3s" : "pop3";
    return s->security == STREAM_TLS_IMPLICIT ? "imaps" : "imap";
}

/* Each returns false when libcurl does not know an option or value: then nothing may be sent. */
#define SET(option, value)                                                                                   \
    do {                                                                                                     \
        CURLcode set_ = curl_easy_setopt(s->easy, option, value);                                            \
        if (set_ != CURLE_OK)                                                                                \
            return false;                                                                                    \
    } while (0)

static bool set_where(struct stream *s)
{
    SET(CURLOPT_URL, s->name);
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(CURLOPT_PROTOCOLS_STR, scheme(s));
#else
    bool tls = s->security == STREAM_TLS_IMPLICIT;
    if (s->protocol == STREAM_POP3)
        SET(CURLOPT_PROTOCOLS, (long)(tls ? CURLPROTO_POP3S : CURLPROTO_POP3));
    else
        SET(CURLOPT_PROTOCOLS, (long)(tls ? CURLPROTO_IMAPS : CURLPROTO_IMAP));
#endif
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    /* CURLOPT_FORBID_REUSE would close the connection as soon as it is signed in. */
    SET(CURLOPT_CONNECT_ONLY, 1L);
    SET(CURLOPT_FRESH_CONNECT, 1L);
    SET(CURLOPT_TCP_KEEPALIVE, 1L);
    SET(CURLOPT_TCP_KEEPIDLE, 60L);
    SET(CURLOPT_TCP_KEEPINTVL, 30L);
    return true;
}

static bool set_how_long(struct stream *s)
{
    int64_t left = s->deadline_ms - stream_state_now_ms();
    if (left < 1)
        left = 1;
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)left);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)left);
    SET(CURLOPT_FTP_RESPONSE_TIMEOUT, (long)(left / 1000 + 2)); /* any pingpong protocol's; else 120 s */
    return true;
}

static bool set_tls(struct stream *s)
{
    SET(CURLOPT_USE_SSL, (long)(s->security == STREAM_PLAINTEXT ? CURLUSESSL_TRY : CURLUSESSL_ALL));
    if (stream_curl_has_openssl()) {
        SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
        SET(CURLOPT_SSL_CTX_DATA, s);
    }
    return stream_route_set_trust(s);
}

/* IMAP says by SASL-IR whether it takes an initial response, and libcurl obeys; POP3 has no such word. A
 * token is longer than a line of POP3 may be, and Exchange wants it in a line of its own. */
static bool set_who(struct stream *s)
{
    if (!s->bare)
        SET(CURLOPT_USERNAME, s->user);
    if (s->token)
        SET(CURLOPT_XOAUTH2_BEARER, s->token);
    else if (!s->bare)
        SET(CURLOPT_PASSWORD, s->password);
    SET(CURLOPT_SASL_IR, (long)(s->protocol == STREAM_POP3 && !s->no_ir && !s->token));
    if (s->options)
        SET(CURLOPT_LOGIN_OPTIONS, s->options);
    if (s->authzid)
        SET(CURLOPT_SASL_AUTHZID, s->authzid);
    SET(CURLOPT_ERRORBUFFER, s->curl_text);
    SET(CURLOPT_DEBUGFUNCTION, on_debug);
    SET(CURLOPT_DEBUGDATA, s);
    SET(CURLOPT_VERBOSE, 1L);
    SET(CURLOPT_HEADERFUNCTION, on_header);
    SET(CURLOPT_HEADERDATA, s);
    SET(CURLOPT_PRIVATE, s);
    return true;
}

static void forget_attempt(struct stream *s)
{
    stream_state_stop(s);
    s->words = (struct stream_words){0};
    s->tls = (struct stream_tls_watch){0};
    s->curl_text[0] = '\0';
    s->first_len = 0;
    s->alien = s->proxy_talks = false;
    s->proxy_said[0] = '\0';
    s->want_bare = s->want_other = s->says_no = false;
}

void stream_curl_start(struct stream *s)
{
    forget_attempt(s);
    s->easy = curl_easy_init();
    bool set =
        s->easy && set_where(s) && stream_route_set_way(s) && set_how_long(s) && set_tls(s) && set_who(s);
    if (set && curl_multi_add_handle(s->net->multi, s->easy) == CURLM_OK)
        return;
    error_set(&s->error, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_INTERNAL,
        "%s: this libcurl (%s) cannot be set up for it; is it built with POP3, IMAP and TLS?", s->name,
        curl_version());
    stream_state_fail(s);
}

static void signed_in(struct stream *s)
{
    curl_easy_setopt(s->easy, CURLOPT_VERBOSE, 0L);
    curl_easy_setopt(s->easy, CURLOPT_PASSWORD, NULL);
    curl_easy_setopt(s->easy, CURLOPT_XOAUTH2_BEARER, NULL);
    s->tls.info.pinned = s->tls.shaken && s->route.tls_pin;
    if (curl_easy_getinfo(s->easy, CURLINFO_ACTIVESOCKET, &s->fd) == CURLE_OK && s->fd != CURL_SOCKET_BAD) {
        if (s->bare)
            stream_login_start(s);
        else
            stream_state_ready(s);
        return;
    }
    stream_error_lost(&s->error, s->name, "no socket after sign-in");
    stream_state_fail(s);
}

static void attempt_over(struct stream *s, CURLcode rc)
{
    if (s->state != STREAM_CONNECTING)
        return;
    if (s->says_no && s->words.refusal[0])
        rc = CURLE_LOGIN_DENIED;
    if (rc == CURLE_OK) {
        signed_in(s);
    } else if (stream_route_other_family(s, rc)) {
        stream_curl_start(s);
    } else if (!s->alien && stream_mechanism_other_way(s, rc)) {
        log_line(&s->net->log, LOG_INFO,
            "%s: once more, another way: this server does not take libcurl's choice of login command",
            s->name);
        stream_curl_start(s);
    } else {
        stream_state_failed(s, rc);
    }
}

/* libcurl waits on for a greeting it can understand, until the timeout. */
static void drop_aliens(struct net *net)
{
    for (struct stream *s = net->streams; s; s = s->next)
        if (s->state == STREAM_CONNECTING && s->alien && s->words.lines)
            attempt_over(s, CURLE_WEIRD_SERVER_REPLY);
}

int stream_curl_perform(struct net *net, struct error *err)
{
    int running, left;
    CURLMcode rc = curl_multi_perform(net->multi, &running);
    if (rc != CURLM_OK)
        return error_unhandled(err, curl_multi_strerror(rc));
    for (CURLMsg *msg; (msg = curl_multi_info_read(net->multi, &left)) != NULL;) {
        struct stream *s = NULL;
        CURLcode result = msg->data.result;
        if (msg->msg == CURLMSG_DONE && curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &s) == CURLE_OK)
            attempt_over(s, result);
    }
    drop_aliens(net);
    return 0;
}
