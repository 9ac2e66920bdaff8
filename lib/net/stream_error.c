#include "stream_error.h"

#include "stream_refusal.h"
#include "text.h"
#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define JOB ERROR_SCOPE_JOB

static const char *protocol_name(const struct stream_failure *f)
{
    return f->protocol == STREAM_POP3 ? "POP3" : "IMAP";
}

static const char *clip(char dst[96], const char *src)
{
    return text_clean(dst, 96, src, strlen(src));
}

/* The server's own words, or "" when it had none. */
static const char *said(char dst[240], const struct stream_failure *f)
{
    const char *words = stream_words_plain(f->protocol, f->words->refusal);
    if (!f->words->refusal[0])
        return text_clean(dst, 240, "", 0);
    snprintf(dst, 240, " (the server says: \"%.210s\")", words);
    return dst;
}

static int seconds(int64_t ms)
{
    return (int)((ms + 999) / 1000);
}

static int closed(struct error *err, const struct stream_failure *f);

/* The connection cannot be made, or ends without a word. */
static int cannot_connect(struct error *err, const struct stream_failure *f)
{
    int no = f->os_errno;
    if (no == ECONNRESET) /* the server took it and dropped it before libcurl looked */
        return f->security == STREAM_TLS_IMPLICIT ? stream_error_tls(err, f) : closed(err, f);
    if (no == ECONNREFUSED)
        return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_CONNECT,
            "%s: connection refused: nothing answers at this port, or a firewall forbids it; check host and "
            "port",
            f->name);
    return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_CONNECT,
        "%s: cannot connect: %s; check host, port and the network", f->name,
        no ? strerror(no) : f->curl_text);
}

static int unknown_host(struct error *err, const struct stream_failure *f)
{
    return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_NO_HOST,
        "%s: no address is known for this host name; check its spelling, and the network's name service",
        f->name);
}

static int timed_out(struct error *err, const struct stream_failure *f)
{
    int s = seconds(f->timeout_ms);
    if (!f->connected)
        return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_TIMEOUT,
            "%s: no connection within %d s; check host and port, a firewall may drop the packets", f->name,
            s);
    if (f->security == STREAM_TLS_IMPLICIT && !f->tls->shaken)
        return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_TIMEOUT,
            "%s: connected, but the TLS handshake was not done within %d s; this port may not be one for "
            "implicit TLS",
            f->name, s);
    if (!f->words->lines)
        return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_TIMEOUT,
            "%s: connected, but no %s greeting came within %d s; the server is overloaded, or the port wants "
            "another protocol%s%s",
            f->name, protocol_name(f), s,
            f->security == STREAM_TLS_IMPLICIT ? "" : ", perhaps implicit TLS: try ",
            f->security == STREAM_TLS_IMPLICIT ? ""
            : f->protocol == STREAM_POP3       ? "pop3s:// (usually port 995)"
                                               : "imaps:// (usually port 993)");
    char words[240], user[96];
    return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_TIMEOUT,
        "%s: the login of \"%s\" was not done within %d s%s; try again later", f->name, clip(user, f->user),
        s, said(words, f));
}

static int alien(struct error *err, const struct stream_failure *f)
{
    const char *guess = stream_words_guess(f->alien, f->alien_len);
    char shown[60];
    text_clean(shown, sizeof shown, f->alien, f->alien_len);
    bool same = guess && strstr(guess, protocol_name(f));
    if (same && f->security == STREAM_TLS_IMPLICIT)
        return error_set(err, JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
            "%s: the server does not speak TLS at this port, it greets in plain text (\"%s\"); use the port "
            "for implicit TLS (usually %d), or STARTTLS with this one",
            f->name, shown, f->protocol == STREAM_POP3 ? 995 : 993);
    return error_set(err, JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
        "%s: no %s server answers at this port, it looks like %s (it began with \"%s\"); check host, port "
        "and protocol",
        f->name, protocol_name(f), guess ? guess : "something else", shown);
}

/* The first line was a refusal, as "-ERR" or "* BYE". */
static int greeting_refused(struct error *err, const struct stream_failure *f)
{
    struct error axes = {0};
    stream_words_judge(f->words->refusal, &axes);
    if (axes.code == ERROR_AUTH || axes.code == ERROR_REFUSED)
        axes.code = ERROR_CONNECT; /* before any user name, it cannot be the user's */
    char words[240];
    error_set(err, JOB, ERROR_RETRY_LATER, axes.code,
        "%s: the server refuses the connection%s; perhaps too many connections from this address: try again "
        "later",
        f->name, said(words, f));
    bool delay = text_find_nocase(f->words->refusal, "[LOGIN-DELAY") && !axes.wait_ms;
    if (err)
        err->wait_ms = delay ? (int64_t)f->words->login_delay_s * 1000 : axes.wait_ms;
    return -1;
}

/* What libcurl makes of lines that are no answers differs from version to version. */
static bool is_odd(const struct stream_failure *f)
{
    return f->words->odd[0] && !f->words->refusal[0];
}

static int odd_talk(struct error *err, const struct stream_failure *f)
{
    return error_set(err, JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
        "%s: the server greets as a %s server, but what it says next is no answer (\"%s\"); check host, port and "
        "protocol",
        f->name, protocol_name(f), f->words->odd);
}

static int closed(struct error *err, const struct stream_failure *f)
{
    if (!f->words->lines)
        return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_CONNECT,
            "%s: the server closed the connection before its greeting; too many connections from this "
            "address? Try again later, with fewer at a time",
            f->name);
    if (f->words->refusal[0]) {
        struct error axes = {0};
        stream_words_judge(f->words->refusal, &axes);
        if (axes.code == ERROR_THROTTLED || axes.code == ERROR_IN_USE)
            return greeting_refused(err, f);
    }
    char words[240], user[96];
    return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_LOST,
        "%s: the server closed the connection during the login of \"%s\"%s; try again later", f->name,
        clip(user, f->user), said(words, f));
}

/* Whose login it was: "admin", or with the mailbox that it was to open. */
static const char *who(char dst[200], const struct stream_failure *f)
{
    char user[96], mailbox[96];
    if (f->authzid)
        snprintf(
            dst, 200, "\"%s\" for the mailbox of \"%s\"", clip(user, f->user), clip(mailbox, f->authzid));
    else
        snprintf(dst, 200, "\"%s\"", clip(user, f->user));
    return dst;
}

static int no_plain(struct error *err, const struct stream_failure *f)
{
    return error_set(err, JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
        "%s: the server does not offer SASL PLAIN, by which alone an administrator's login names another mailbox "
        "(--%s-authzid); ask the host for another form, as user*admin",
        f->name, f->protocol == STREAM_POP3 ? "from" : "to");
}

static int no_mechanism(struct error *err, const struct stream_failure *f)
{
    char user[96];
    if (f->authzid)
        return no_plain(err, f);
    const char *offer = f->words->mechanisms[0] ? f->words->mechanisms : " none ";
    if (f->security == STREAM_PLAINTEXT)
        return error_set(err, JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
            "%s: the server takes no password on a connection without TLS; use implicit TLS or STARTTLS",
            f->name);
    if (stream_words_offers_weak(f->words))
        return error_set(err, JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
            "%s: the server offers no good way to sign in \"%s\" with a password (SASL mechanisms offered:%.*s); "
            "--allow-weak-auth lets DIGEST-MD5 and NTLM be used",
            f->name, clip(user, f->user), (int)strlen(offer) - 1, offer);
    return error_set(err, JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
        "%s: the server offers no way to sign in \"%s\" with a password (SASL mechanisms offered:%.*s); ask "
        "the host to allow passwords, or to name the way",
        f->name, clip(user, f->user), (int)strlen(offer) - 1, offer);
}

static const char *auth_advice(const struct stream_failure *f, const struct error *axes)
{
    const char *host = f->host ? f->host : "";
    enum stream_refusal why = stream_refusal_of(f->words->refusal, host);
    if (axes->code == ERROR_IN_USE)
        return "another session holds this mailbox: close other mail programs, then try again in some minutes";
    if (axes->code == ERROR_THROTTLED && why != STREAM_REFUSAL_OFTEN)
        return "try again later";
    if (axes->code == ERROR_REFUSED && why == STREAM_REFUSAL_PASSWORD)
        return "ask the host";
    if (f->authzid && why == STREAM_REFUSAL_PASSWORD)
        return "check the administrator's name and password, that it may open other mailboxes here, and the "
               "mailbox's name";
    return stream_refusal_advice(why, f->protocol, host);
}

static bool wants_patience(const struct stream_failure *f)
{
    struct error axes = {0};
    stream_words_judge(f->words->refusal, &axes);
    return f->words->refusal[0] && axes.retry == ERROR_RETRY_LATER;
}

static int refused(struct error *err, const struct stream_failure *f)
{
    if (f->token && !wants_patience(f))
        return stream_error_bearer(err, f);
    if (!f->words->refusal[0])
        return no_mechanism(err, f);
    struct error axes = {0};
    stream_words_judge(f->words->refusal, &axes);
    char words[240], whose[200];
    error_set(err, axes.scope, axes.retry, axes.code, "%s: login of %s refused%s; %s", f->name, who(whose, f),
        said(words, f), auth_advice(f, &axes));
    if (err)
        err->wait_ms = axes.wait_ms;
    return -1;
}

static int odd_reply(struct error *err, const struct stream_failure *f)
{
    if (f->words->lines <= 1 && f->words->refusal[0])
        return greeting_refused(err, f);
    char words[240];
    return error_set(err, JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
        "%s: the server does not keep to the %s protocol during sign-in: %s%s; check host, port and protocol",
        f->name, protocol_name(f), f->curl_text, said(words, f));
}

#if LIBCURL_VERSION_NUM >= 0x080600 /* before, libcurl tells it as an end of the connection */
static int too_large(struct error *err, const struct stream_failure *f)
{
    return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_CONNECT,
        "%s: the server sends a line that is longer than any answer of %s can be; check host, port and protocol, or "
        "try again later",
        f->name, protocol_name(f));
}
#endif

static int anything_else(struct error *err, const struct stream_failure *f)
{
    return error_set(err, JOB, ERROR_RETRY_LATER, ERROR_CONNECT, "%s: cannot sign in: %s (libcurl error %d)",
        f->name, f->curl_text, f->curl_code);
}

int stream_error_sign_in(struct error *err, const struct stream_failure *f)
{
    if (stream_error_route(err, f))
        return -1;
    if (f->alien)
        return alien(err, f);
    if (is_odd(f) && f->curl_code != CURLE_OPERATION_TIMEDOUT)
        return odd_talk(err, f);
    switch (f->curl_code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return unknown_host(err, f);
    case CURLE_COULDNT_CONNECT:
        return cannot_connect(err, f);
    case CURLE_OPERATION_TIMEDOUT:
        return timed_out(err, f);
    case CURLE_LOGIN_DENIED:
    case CURLE_AUTH_ERROR:
        return refused(err, f);
    case CURLE_WEIRD_SERVER_REPLY:
        return odd_reply(err, f);
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_GOT_NOTHING:
        return closed(err, f);
#if LIBCURL_VERSION_NUM >= 0x080600
    case CURLE_TOO_LARGE:
        return too_large(err, f);
#endif
    case CURLE_USE_SSL_FAILED:
        return stream_error_no_starttls(err, f);
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return stream_error_tls(err, f);
    default:
        return anything_else(err, f);
    }
}

int stream_error_lost(struct error *err, const char *name, const char *text)
{
    if (!text)
        return error_set(err, ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN, ERROR_LOST,
            "%s: the server closed the connection", name);
    return error_set(err, ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN, ERROR_LOST,
        "%s: the connection broke: %s", name, text);
}

int stream_error_silent(struct error *err, const char *name, int64_t idle_ms)
{
    return error_set(err, ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN, ERROR_TIMEOUT,
        "%s: no answer for %d s; the connection was given up", name, seconds(idle_ms));
}
