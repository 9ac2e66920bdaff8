#include "greeting.h"

#include "clock.h"
#include "mem.h"
#include "stream_curl.h"
#include "stream_error.h"
#include "stream_tls.h"
#include "stream_trust.h"
#include "stream_words.h"
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>

/* One connection under way. libcurl connects, secures and asks for the capabilities; without a user name it
 * then stops. */
struct probe {
    struct greeting_ask *ask;
    CURL *easy;
    struct curl_slist *connect_to;
    char *name; /* "pop3s://host:995" */
    char curl_text[CURL_ERROR_SIZE];
    struct stream_words words;
    struct stream_tls_watch tls;
    char first[64];
    size_t first_len;
    bool alien, done;
};

static const char *scheme(const struct greeting_ask *a)
{
    if (a->protocol == STREAM_POP3)
        return a->security == STREAM_TLS_IMPLICIT ? "pop3s" : "pop3";
    return a->security == STREAM_TLS_IMPLICIT ? "imaps" : "imap";
}

static void server_line(struct probe *p, const char *line, size_t len)
{
    while (len && (line[len - 1] == '\r' || line[len - 1] == '\n'))
        len--;
    if (!p->words.lines) {
        p->first_len = len < sizeof p->first ? len : sizeof p->first;
        memcpy(p->first, line, p->first_len);
        p->alien = !len || !stream_words_greets(p->ask->protocol, line, len);
    }
    stream_words_line(&p->words, p->ask->protocol, line, len);
}

static int on_debug(CURL *easy, curl_infotype type, char *data, size_t len, void *ctx)
{
    (void)easy;
    if (type == CURLINFO_HEADER_IN)
        server_line(ctx, data, len);
    return 0;
}

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *ctx)
{
    (void)easy;
    struct probe *p = ctx;
    stream_tls_attach(&p->tls, ssl_ctx);
    stream_tls_allow_bare_end(ssl_ctx);
    return CURLE_OK;
}

/* Each returns false when libcurl does not know an option or value. */
#define SET(option, value)                                                                                   \
    do {                                                                                                     \
        CURLcode set_ = curl_easy_setopt(p->easy, option, value);                                            \
        if (set_ != CURLE_OK)                                                                                \
            return false;                                                                                    \
    } while (0)

/* The URL holds the name to be verified; where to connect is told apart. */
static bool set_where(struct probe *p)
{
    const struct greeting_ask *a = p->ask;
    const char *named = a->named ? a->named : a->host, *to = a->address ? a->address : a->host;
    bool v6 = strchr(to, ':') != NULL;
    CLEANUP(mem_free_str) char *url = mem_printf("%s://%s:%u", scheme(a), named, a->port);
    CLEANUP(mem_free_str)
    char *connect_to =
        mem_printf("%s:%u:%s%s%s:%u", named, a->port, v6 ? "[" : "", to, v6 ? "]" : "", a->port);
    p->connect_to = curl_slist_append(NULL, connect_to);
    SET(CURLOPT_URL, url);
    SET(CURLOPT_CONNECT_TO, p->connect_to);
#if LIBCURL_VERSION_NUM >= 0x075500
    SET(CURLOPT_PROTOCOLS_STR, scheme(a));
#else
    SET(CURLOPT_PROTOCOLS, (long)(CURLPROTO_POP3 | CURLPROTO_POP3S | CURLPROTO_IMAP | CURLPROTO_IMAPS));
#endif
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_CONNECT_ONLY, 1L);
    SET(CURLOPT_FRESH_CONNECT, 1L);
    return true;
}

static bool set_tls(struct probe *p, const struct greeting_terms *terms)
{
    SET(CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (!stream_trust_set(p->easy, terms->ca_file, NULL))
        return false;
    if (stream_curl_has_openssl()) {
        SET(CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx);
        SET(CURLOPT_SSL_CTX_DATA, p);
    }
    return true;
}

static bool set_rest(struct probe *p, const struct greeting_terms *terms)
{
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_TIMEOUT_MS, (long)terms->timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, (long)terms->timeout_ms);
    SET(CURLOPT_ERRORBUFFER, p->curl_text);
    SET(CURLOPT_DEBUGFUNCTION, on_debug);
    SET(CURLOPT_DEBUGDATA, p);
    SET(CURLOPT_VERBOSE, 1L);
    SET(CURLOPT_PRIVATE, p);
    return true;
}

static bool begin(struct probe *p, CURLM *multi, const struct greeting_terms *terms)
{
    p->easy = curl_easy_init();
    return p->easy && set_where(p) && set_tls(p, terms) && set_rest(p, terms) &&
           curl_multi_add_handle(multi, p->easy) == CURLM_OK;
}

static void describe(struct probe *p, const struct greeting_terms *terms, CURLcode rc)
{
    long os_errno = 0;
    double connect_s = 0;
    curl_easy_getinfo(p->easy, CURLINFO_OS_ERRNO, &os_errno);
    curl_easy_getinfo(p->easy, CURLINFO_CONNECT_TIME, &connect_s);
    struct stream_failure f = {
        .name = p->name,
        .protocol = p->ask->protocol,
        .security = p->ask->security,
        .port = p->ask->port,
        .user = "",
        .ca_file = terms->ca_file,
        .no_trust = stream_trust_is_missing(p->easy, terms->ca_file, NULL),
        .timeout_ms = terms->timeout_ms,
        .curl_code = (int)rc,
        .curl_text = p->curl_text[0] ? p->curl_text : curl_easy_strerror(rc),
        .os_errno = (int)os_errno,
        .connected = connect_s > 0 || p->tls.ctx,
        .alien = p->alien ? p->first : NULL,
        .alien_len = p->first_len,
        .words = &p->words,
        .tls = &p->tls,
    };
    stream_error_sign_in(&p->ask->error, &f);
}

static void over(struct probe *p, const struct greeting_terms *terms, CURLcode rc)
{
    if (p->done)
        return;
    p->done = true;
    bool secured = p->ask->security == STREAM_TLS_IMPLICIT || rc == CURLE_OK;
    bool greeted = p->words.lines && !p->alien && !p->words.refusal[0];
    p->ask->answers = rc == CURLE_OK || (secured && greeted);
    p->ask->unknown = rc == CURLE_COULDNT_RESOLVE_HOST;
    if (!p->ask->answers) {
        describe(p, terms, rc);
        return;
    }
    const char *bye = p->ask->protocol == STREAM_POP3 ? "QUIT\r\n" : "a LOGOUT\r\n";
    size_t sent;
    if (rc == CURLE_OK)
        curl_easy_send(p->easy, bye, strlen(bye), &sent);
}

static void end(struct probe *p, CURLM *multi)
{
    if (p->easy) {
        curl_multi_remove_handle(multi, p->easy);
        curl_easy_cleanup(p->easy);
    }
    stream_tls_detach(&p->tls);
    curl_slist_free_all(p->connect_to);
    free(p->name);
}

static size_t collect(struct probe *probes, size_t count, CURLM *multi, const struct greeting_terms *terms)
{
    int left;
    size_t open = 0;
    for (CURLMsg *msg; (msg = curl_multi_info_read(multi, &left)) != NULL;) {
        struct probe *p = NULL;
        CURLcode rc = msg->data.result;
        if (msg->msg == CURLMSG_DONE && curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, &p) == CURLE_OK)
            over(p, terms, rc);
    }
    for (size_t i = 0; i < count; i++) {
        if (probes[i].alien) /* libcurl would wait on for a greeting it can understand */
            over(&probes[i], terms, CURLE_WEIRD_SERVER_REPLY);
        open += !probes[i].done;
    }
    return open;
}

static int run(
    struct probe *probes, size_t count, CURLM *multi, const struct greeting_terms *terms, struct error *err)
{
    int64_t until_ms = clock_mono_ms(clock_system()) + terms->timeout_ms + 500;
    for (;;) {
        int running;
        CURLMcode rc = curl_multi_perform(multi, &running);
        if (rc != CURLM_OK)
            return error_unhandled(err, curl_multi_strerror(rc));
        if (!collect(probes, count, multi, terms))
            return 0;
        if (terms->stop && terms->stop(terms->ctx))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NOW, ERROR_CANCELLED, "stopped as asked for");
        if (clock_mono_ms(clock_system()) >= until_ms)
            break;
        curl_multi_poll(multi, NULL, 0, 100, NULL);
    }
    for (size_t i = 0; i < count; i++)
        over(&probes[i], terms, CURLE_OPERATION_TIMEDOUT);
    return 0;
}

int greeting_probe(
    struct greeting_ask *asks, size_t count, const struct greeting_terms *terms, struct error *err)
{
    stream_curl_init();
    CURLM *multi = curl_multi_init();
    if (!multi)
        abort(); /* no memory */
    struct probe *probes = mem_array(count + 1, sizeof *probes);
    int rc = 0;
    for (size_t i = 0; i < count && rc == 0; i++) {
        asks[i].answers = asks[i].unknown = false;
        asks[i].error = (struct error){0};
        probes[i].ask = &asks[i];
        probes[i].name = mem_printf("%s://%s:%u", scheme(&asks[i]), asks[i].host, asks[i].port);
        if (!begin(&probes[i], multi, terms))
            rc = error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_INTERNAL,
                "%s: this libcurl (%s) cannot be set up for it; is it built with POP3, IMAP and TLS?",
                probes[i].name, curl_version());
    }
    if (rc == 0)
        rc = run(probes, count, multi, terms, err);
    for (size_t i = 0; i < count; i++)
        end(&probes[i], multi);
    curl_multi_cleanup(multi);
    free(probes);
    return rc;
}
