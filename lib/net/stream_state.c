#include "stream_error.h"
#include "stream_private.h"
#include "stream_trust.h"

#include "clock.h"
#include "mem.h"

int64_t stream_state_now_ms(void)
{
    return clock_mono_ms(clock_system());
}

void stream_state_stop(struct stream *s)
{
    if (s->easy) {
        curl_multi_remove_handle(s->net->multi, s->easy);
        curl_easy_cleanup(s->easy);
        s->easy = NULL;
    }
    stream_tls_detach(&s->tls);
}

void stream_state_forget(struct stream *s)
{
    mem_wipe_free(s->password);
    mem_wipe_free(s->token);
    s->password = s->token = NULL;
    stream_secret_done(&s->secret);
}

void stream_state_ready(struct stream *s)
{
    s->state = STREAM_READY;
    s->net->changed = true;
    s->drained = true;
    s->active_ms = stream_state_now_ms();
    stream_state_forget(s);
    log_line(&s->net->log, LOG_INFO, "%s: signed in%s%s%s%s", s->name, s->tls.shaken ? " over " : "",
        s->tls.info.version, s->tls.shaken ? ", " : "", s->tls.info.cipher);
}

void stream_state_fail(struct stream *s)
{
    s->state = STREAM_FAILED;
    s->net->changed = true;
    stream_state_stop(s);
    stream_out_done(&s->out);
    stream_state_forget(s);
    log_line(&s->net->log, LOG_DEBUG, "%s", s->error.text);
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
        .no_trust = stream_trust_is_missing(s->easy, s->ca_file, s->route.ca_dir),
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

void stream_state_failed(struct stream *s, CURLcode rc)
{
    describe_failure(s, rc);
    s->tls.info.used = false; /* the handshake may have come to its end before the host name did not please */
    stream_state_fail(s);
}

CURLcode stream_state_push(struct stream *s)
{
    const char *piece;
    size_t len;
    while ((len = stream_out_next(&s->out, &piece)) > 0) {
        size_t n = 0;
        CURLcode rc = curl_easy_send(s->easy, piece, len, &n);
        if (rc == CURLE_AGAIN)
            break;
        if (rc != CURLE_OK)
            return rc;
        stream_out_sent(&s->out, n);
        if (s->state != STREAM_READY)
            continue;
        s->octets_out += n;
        s->active_ms = stream_state_now_ms();
    }
    return CURLE_OK;
}
