#include "stream_bearer.h"
#include "stream_error.h"
#include "stream_priv.h"

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

static void note_first(struct stream *s, const char *data, size_t len)
{
    s->first_len = len < sizeof s->first ? len : sizeof s->first;
    memcpy(s->first, data, s->first_len);
}

/* libcurl takes GSSAPI (Kerberos) before any password when the user name has a domain, and does not go on to
 * the others when there is no ticket. */
static bool takes_kerberos(const struct stream *s)
{
    return stream_words_offers(&s->words, "GSSAPI") && strpbrk(s->user, "@/\\");
}

/* Those of count mechanisms that are offered, for CURLOPT_LOGIN_OPTIONS; NULL: none. */
static char *offered(const struct stream *s, const char *const *names, size_t count)
{
    char *list = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!stream_words_offers(&s->words, names[i]))
            continue;
        char *longer = mem_printf("%s%sAUTH=%s", list ? list : "", list ? ";" : "", names[i]);
        free(list);
        list = longer;
    }
    return list;
}

static bool curl_has_scram(void)
{
#ifdef CURL_VERSION_GSASL
    return curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_GSASL;
#else
    return false;
#endif
}

/* The mechanisms that work with a password, of this libcurl and with the user's leave. */
static char *password_mechanisms(const struct stream *s)
{
    static const char *const names[] = {
        "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN", "DIGEST-MD5", "NTLM"};
    size_t from = curl_has_scram() ? 0 : 2, to = s->weak_auth ? 7 : 5;
    return offered(s, names + from, to - from);
}

static char *plain_mechanisms(const struct stream *s)
{
    static const char *const names[] = {"PLAIN", "LOGIN"};
    return offered(s, names, 2);
}

static bool has_password_mechanism(const struct stream *s)
{
    CLEANUP(mem_free_str) char *list = password_mechanisms(s);
    return list != NULL;
}

/* Without SASL, libcurl answers any greeting that looks like an invitation to APOP by APOP, and knows no way
 * to be asked for USER and PASS. Many old servers (every qmail) greet so and cannot do it, since they keep no
 * clear passwords. To try APOP first would double each wrong password; inside TLS it gains nothing, and on
 * plaintext the user has said that the password may be seen (and perhaps that APOP may hide it: MD5, by a
 * challenge that whoever is on the way can choose; CVE-2007-1558). So the attempt ends when CAPA is answered,
 * before libcurl goes on. */
static bool would_take_apop(const struct stream *s, const char *line, size_t len)
{
    if (s->protocol != STREAM_POP3 || s->bare || s->token || s->authzid ||
        !stream_words_invites_apop(&s->words))
        return false;
    bool capa_done = (len == 1 && line[0] == '.') || (s->words.lines == 2 && s->words.refusal[0]);
    bool secured = s->security == STREAM_PLAINTEXT || s->tls.shaken;
    if (s->weak_auth && !s->tls.shaken && s->security == STREAM_PLAINTEXT &&
        stream_words_apop_is_sound(&s->words))
        return false;
    return capa_done && secured && !takes_kerberos(s) && !has_password_mechanism(s);
}

/* libcurl takes the old hash mechanisms before PLAIN. Many servers offer them and keep no secrets for them:
 * the answer is that of a wrong password. Inside TLS they gain nothing, and on plaintext the user has said
 * that the password may be seen; so the attempt ends before any credential is sent. Two of them are so weak
 * that the user must allow them. */
static bool would_take_hash(const struct stream *s, const char *line, size_t len)
{
    bool told = s->protocol == STREAM_POP3 ? len == 1 && line[0] == '.'
                                           : len > 12 && !strncasecmp(line, "* CAPABILITY", 12);
    bool weak = stream_words_offers_weak(&s->words);
    bool hash = weak || stream_words_offers(&s->words, "CRAM-MD5");
    bool plain = stream_words_offers(&s->words, "PLAIN") || stream_words_offers(&s->words, "LOGIN");
    bool secured = s->security == STREAM_PLAINTEXT || s->tls.shaken;
    return told && ((hash && plain) || (weak && !s->weak_auth)) && secured && !s->options && !s->bare;
}

/* What a token was refused for comes as Base64 in a continuation (RFC 7628 section 3.2.3). */
static void note_challenge(struct stream *s, const char *line, size_t len)
{
    char text[1024], clean[1024];
    size_t n = stream_bearer_challenge(text, sizeof text, line, len);
    n = stream_secret_redact(&s->secret, clean, sizeof clean, text, n);
    if (n)
        text_clean(s->words.challenge, sizeof s->words.challenge, clean, n);
}

void stream_curl_server_line(struct stream *s, const char *data, size_t len)
{
    char line[1024];
    len = stream_secret_redact(&s->secret, line, sizeof line, data, len);
    while (len && (line[len - 1] == '\r' || line[len - 1] == '\n'))
        len--;
    if (!len) /* some servers begin their replies so */
        return;
    if (!s->words.lines) {
        note_first(s, line, len);
        s->alien = !stream_words_greets(s->protocol, line, len);
    }
    stream_words_line(&s->words, s->protocol, line, len);
    if (s->token)
        note_challenge(s, line, len);
    s->want_bare = s->want_bare || would_take_apop(s, line, len);
    s->want_other = s->want_other || would_take_hash(s, line, len);
    s->says_no = s->says_no || (s->protocol == STREAM_POP3 && len >= 4 && !strncasecmp(line, "+ERR", 4));
    log_line(&s->net->log, LOG_DEBUG, "%s: server: %.*s", s->name, (int)len, line);
}

/* A port for implicit TLS that answers without TLS: OpenSSL shows the five octets where a record should
 * begin. */
static void tls_octets(struct stream *s, const char *data, size_t len)
{
    if (s->first_len || s->security != STREAM_TLS_IMPLICIT || !len)
        return;
    note_first(s, data, len);
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
        stream_curl_server_line(s, data, len);
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
    if (stream_tls_min_is_old(s->route.tls_min))
        stream_tls_allow_old(ssl_ctx);
    return CURLE_OK;
}

static bool curl_has_openssl(void)
{
    const char *ssl = curl_version_info(CURLVERSION_NOW)->ssl_version;
    return ssl && !strncmp(ssl, "OpenSSL/", 8);
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
    int64_t left = s->deadline_ms - stream_now_ms();
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
    if (curl_has_openssl()) {
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
    stream_curl_stop(s);
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
    stream_fail(s);
}

void stream_curl_stop(struct stream *s)
{
    if (s->easy) {
        curl_multi_remove_handle(s->net->multi, s->easy);
        curl_easy_cleanup(s->easy);
        s->easy = NULL;
    }
    stream_tls_detach(&s->tls);
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
            stream_ready(s);
        return;
    }
    stream_error_lost(&s->error, s->name, "no socket after sign-in");
    stream_fail(s);
}

/* In place of one of the hashes. With nothing left, POP3 has USER and PASS; IMAP asked for what is not
 * offered ends without sending anything. */
static bool choose_mechanism(struct stream *s)
{
    s->options = plain_mechanisms(s);
    if (!s->options)
        s->options = password_mechanisms(s);
    if (!s->options && s->protocol == STREAM_POP3)
        s->bare = true;
    else if (!s->options)
        s->options = mem_strdup("AUTH=PLAIN");
    return true;
}

/* IMAP: the server knows no AUTHENTICATE (BAD), or not PLAIN, which libcurl took: then what else it offers,
 * or the command LOGIN, which knows no mechanism. */
static bool try_next_mechanism(struct stream *s)
{
    static const char *const names[] = {"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "LOGIN"};
    size_t from = curl_has_scram() ? 0 : 2;
    if (s->next_mech || s->authzid || !stream_words_blames_mechanism(&s->words))
        return false;
    bool knows_sasl = s->words.refusal_is_no && stream_words_offers(&s->words, "PLAIN");
    char *list = knows_sasl ? offered(s, names + from, 4 - from) : NULL;
    if (!list && s->words.login_disabled)
        return false;
    s->bare = !list;
    free(s->options);
    s->options = list;
    return s->next_mech = true;
}

/* Some refusals say nothing about the password, since the server never looked at it: then, and only then,
 * there is a second attempt. Hosts ban those who repeat a wrong password. */
static bool try_another_way(struct stream *s, CURLcode rc)
{
    bool refused = rc == CURLE_LOGIN_DENIED || rc == CURLE_AUTH_ERROR, pop3 = s->protocol == STREAM_POP3;
    if (s->token)
        return false;
    if (s->want_other && !s->bare && !s->options)
        return choose_mechanism(s);
    if (s->bare || (!refused && !s->want_bare))
        return false;
    if (s->want_bare)
        return s->bare = true;
    if (takes_kerberos(s) && !s->options) {
        s->options = password_mechanisms(s);
        return s->options || (s->bare = pop3);
    }
    if (!pop3)
        return try_next_mechanism(s);
    if (!s->words.mechanisms[0] || !stream_words_is_syntax(s->words.refusal))
        return false;
    if (s->authzid && s->no_ir) /* USER and PASS would open the administrator's own mailbox */
        return false;
    s->bare = s->no_ir;
    return s->no_ir = true;
}

static void describe_failure(struct stream *s, CURLcode rc)
{
    long os_errno = 0;
    double connect_s = 0;
    curl_easy_getinfo(s->easy, CURLINFO_OS_ERRNO, &os_errno);
    curl_easy_getinfo(s->easy, CURLINFO_CONNECT_TIME, &connect_s);
    bool alien = s->alien && (s->words.lines || rc == CURLE_SSL_CONNECT_ERROR);
    char proxy[STREAM_ROUTE_NAME_MAX];
    struct stream_failure f = {
        .name = s->name,
        .protocol = s->protocol,
        .security = s->security,
        .port = s->port,
        .host = s->host,
        .user = s->user,
        .token = s->token != NULL,
        .authzid = s->authzid,
        .ca_file = s->ca_file,
        .tls_min = s->route.tls_min,
        .bind = s->route.bind,
        .proxy = s->route.proxy ? stream_route_proxy_name(proxy, s->route.proxy) : NULL,
        .proxy_said = s->proxy_said,
        .timeout_ms = s->connect_timeout_ms,
        .curl_code = (int)rc,
        .curl_text = s->curl_text[0] ? s->curl_text : curl_easy_strerror(rc),
        .os_errno = (int)os_errno,
        .connected = connect_s > 0 || s->tls.ctx, /* the handshake began: libcurl's time is of its end */
        .alien = alien ? s->first : NULL,
        .alien_len = s->first_len,
        .words = &s->words,
        .tls = &s->tls,
    };
    stream_error_sign_in(&s->error, &f);
}

void stream_curl_failed(struct stream *s, CURLcode rc)
{
    describe_failure(s, rc);
    s->tls.info.used = false; /* the handshake may have come to its end before the host name did not please */
    stream_fail(s);
}

static void attempt_over(struct stream *s, CURLcode rc)
{
    if (s->state != STREAM_CONNECTING)
        return;
    if (s->says_no && s->words.refusal[0])
        rc = CURLE_LOGIN_DENIED;
    if (rc == CURLE_OK) {
        signed_in(s);
    } else if (!s->alien && try_another_way(s, rc)) {
        log_line(&s->net->log, LOG_INFO,
            "%s: once more, another way: this server does not take libcurl's choice of login command",
            s->name);
        stream_curl_start(s);
    } else {
        stream_curl_failed(s, rc);
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
