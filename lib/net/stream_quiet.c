#include "stream_quiet.h"

#include "greeting.h"

#define QUIET_MS 7000 /* hosts that look up their visitors' names first take a while, too */
#define ASK_MS   5000

static bool is_quiet(const struct stream *s)
{
    double connect_s = 0;
    int64_t began_ms = s->deadline_ms - s->connect_timeout_ms;
    if (s->state != STREAM_CONNECTING || !s->easy || s->security == STREAM_TLS_IMPLICIT || s->words.lines ||
        s->first_len || s->route.proxy || s->quiet_asked || stream_state_now_ms() - began_ms < QUIET_MS)
        return false;
    curl_easy_getinfo(s->easy, CURLINFO_CONNECT_TIME, &connect_s);
    return connect_s > 0;
}

/* A certificate that does not please is an answer as good as one that does. */
static bool speaks_tls(const struct stream *s)
{
    struct greeting_ask ask = {
        .protocol = s->protocol, .security = STREAM_TLS_IMPLICIT, .host = s->host, .port = s->port};
    const struct greeting_terms terms = {.ca_file = s->ca_file, .timeout_ms = ASK_MS};
    return greeting_probe(&ask, 1, &terms, NULL) == 0 && (ask.answers || ask.error.code == ERROR_TLS);
}

static void fail(struct stream *s)
{
    bool pop3 = s->protocol == STREAM_POP3;
    error_set(&s->error, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
        "%s: this port speaks TLS from the first octet, so it says nothing to one who waits for a greeting in clear "
        "text; write %s://, or say implicit for its TLS (%s), or take the port for clear text and %s (usually %d)",
        s->name, pop3 ? "pop3s" : "imaps", pop3 ? "--from-tls" : "--to-tls", pop3 ? "STLS" : "STARTTLS",
        pop3 ? 110 : 143);
    stream_state_fail(s);
}

void stream_quiet_look(struct net *net)
{
    for (struct stream *s = net->streams; s; s = s->next)
        if (is_quiet(s)) {
            s->quiet_asked = true;
            if (speaks_tls(s))
                fail(s);
        }
}
