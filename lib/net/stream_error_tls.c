#include "stream_error.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

/* Certificates and hosts do not mend themselves while a run waits. */
static int tls_error(struct error *err, const struct stream_failure *f, const char *what, const char *advice)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_TLS, "%s: %s; %s", f->name, what, advice);
}

/* The options of the two sides are called alike. */
static const char *side(const struct stream_failure *f)
{
    return f->protocol == STREAM_POP3 ? "from" : "to";
}

/* What mends it, and what accepts it as it is. */
static int or_pin(struct error *err, const struct stream_failure *f, const char *what, const char *mend)
{
    char advice[420];
    if (!f->tls->info.pin[0])
        return tls_error(err, f, what, mend);
    snprintf(advice, sizeof advice,
        "%.120s; --%s-tls-pin %s accepts this key and no other: first compare it by another way (telephone, the "
        "host's web page), else someone in between may read password and mail",
        mend, side(f), f->tls->info.pin);
    return tls_error(err, f, what, advice);
}

/* OpenSSL has one level for all that is old. */
static int or_old(struct error *err, const struct stream_failure *f, const char *what)
{
    static const struct {
        const char *least, *versions;
    } next[] = {
        [STREAM_TLS_1_3] = {"TLS 1.3 is the least here", "1.2"},
        [STREAM_TLS_1_2] = {"TLS 1.2 is the least here", "1.1 (if that is not enough, 1.0)"},
        [STREAM_TLS_1_1] = {"TLS 1.1 is the least here", "1.0"},
        [STREAM_TLS_1_0] = {"", NULL},
    };
    char text[300], advice[300] = "ask the host for a newer server";
    if (!next[f->tls_min].versions)
        return tls_error(err, f, what, advice);
    snprintf(text, sizeof text, "%.200s (%s)", what, next[f->tls_min].least);
    snprintf(advice, sizeof advice,
        "ask the host for a server with TLS 1.2 or 1.3; --%s-tls-min %s accepts it%s", side(f),
        next[f->tls_min].versions,
        f->tls_min == STREAM_TLS_1_3 ? "" : ": whoever breaks that on the way can read password and mail");
    return tls_error(err, f, text, advice);
}

static int weak(struct error *err, const struct stream_failure *f, const char *text)
{
    char what[200];
    snprintf(what, sizeof what, "the server's keys are too weak, or of too old a kind: %.120s", text);
    return or_old(err, f, what);
}

static int bad_date(struct error *err, const struct stream_failure *f)
{
    const struct stream_tls_watch *t = f->tls;
    char what[400];
    if (t->fault == STREAM_TLS_EXPIRED) {
        snprintf(what, sizeof what, "the server's certificate (%.100s) expired on %s", t->info.subject,
            t->info.not_after);
        return or_pin(err, f, what, "ask the host to renew it, and see that this computer's clock is right");
    }
    snprintf(what, sizeof what, "the server's certificate (%.100s) is not valid before %s", t->info.subject,
        t->not_before);
    return or_pin(err, f, what, "see that this computer's clock is right, else ask the host");
}

static int self_signed(struct error *err, const struct stream_failure *f)
{
    char what[400];
    snprintf(what, sizeof what, "the server's certificate is self-signed (%.100s, until %s)",
        f->tls->info.subject, f->tls->info.not_after);
    return or_pin(err, f, what,
        "ask the host for one of a known CA, or for a copy of this one and give that by --ca-file");
}

static int unknown_ca(struct error *err, const struct stream_failure *f)
{
    char what[400];
    snprintf(what, sizeof what,
        "the server's certificate comes from a CA that is not trusted here (issuer: "
        "%.100s; subject: %.80s)%s",
        f->tls->info.issuer, f->tls->info.subject,
        f->no_trust ? "; this computer has no list of CAs (install ca-certificates)" : "");
    return or_pin(err, f, what,
        "give a private CA's certificate by --ca-file; of a public one the host must send the whole chain");
}

static int bad_certificate(struct error *err, const struct stream_failure *f)
{
    char what[400];
    const char *text = f->tls->fault_text[0] ? f->tls->fault_text : f->curl_text;
    snprintf(what, sizeof what,
        "the server's certificate is not acceptable: %.100s (subject: %.80s; issuer: "
        "%.80s)",
        text, f->tls->info.subject, f->tls->info.issuer);
    return or_pin(err, f, what, "ask the host to mend it");
}

static int wrong_host(struct error *err, const struct stream_failure *f)
{
    char what[500];
    const char *names = f->tls->names[0] ? f->tls->names : f->tls->info.subject;
    snprintf(what, sizeof what, "the server's certificate is for another host name (%.100s; issuer: %.80s)",
        names, f->tls->info.issuer);
    return or_pin(err, f, what, "use one of the names it is for, or ask the host which name to use");
}

static int no_trust_store(struct error *err, const struct stream_failure *f)
{
    if (f->ca_file)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s: the file given by --ca-file holds no usable certificate in PEM form: %.200s", f->name,
            f->ca_file);
    return tls_error(err, f, "this computer has no list of trusted CAs where it is looked for",
        "install it (package ca-certificates) or give one by --ca-file or --ca-dir");
}

/* libcurl checks the host name after OpenSSL has accepted the chain. */
static int failed_verification(struct error *err, const struct stream_failure *f)
{
    switch (f->tls->fault) {
    case STREAM_TLS_EXPIRED:
    case STREAM_TLS_NOT_YET_VALID:
        return bad_date(err, f);
    case STREAM_TLS_SELF_SIGNED:
        return self_signed(err, f);
    case STREAM_TLS_UNKNOWN_CA:
        return unknown_ca(err, f);
    case STREAM_TLS_WEAK:
        return weak(err, f, f->tls->fault_text);
    case STREAM_TLS_NO_FAULT:
        if (f->tls->shaken)
            return wrong_host(err, f);
        return bad_certificate(err, f);
    default:
        return bad_certificate(err, f);
    }
}

static int other_key(struct error *err, const struct stream_failure *f)
{
    char what[400];
    snprintf(what, sizeof what,
        "the server shows another key than --%s-tls-pin names: %s (certificate: %.100s; issuer: %.80s)",
        side(f), f->tls->info.pin, f->tls->info.subject, f->tls->info.issuer);
    return tls_error(err, f, what,
        "if the host says by another way (telephone, its web page) that this is its key now, pin that one; else "
        "someone stands in between");
}

static int not_tls(struct error *err, const struct stream_failure *f)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
        "%s: what answers at this port does not speak TLS (%.120s); check the port, or use STARTTLS", f->name,
        f->curl_text);
}

static int handshake_failed(struct error *err, const struct stream_failure *f)
{
    char what[400];
    switch (f->tls->handshake) {
    case STREAM_TLS_OLD_VERSION:
        return or_old(err, f, "the server offers no TLS version that is new enough");
    case STREAM_TLS_WEAK:
        return weak(err, f, f->curl_text);
    case STREAM_TLS_NOT_TLS:
        return not_tls(err, f);
    case STREAM_TLS_NO_FAULT: /* not TLS's own word: the connection ended */
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_CONNECT,
            "%s: the server closed the connection during the TLS handshake; too many connections from this "
            "address, or no TLS at this port? Try again later",
            f->name);
    default:
        snprintf(what, sizeof what, "the TLS handshake failed: %.200s", f->curl_text);
        return tls_error(err, f, what, "show this to the host");
    }
}

int stream_error_tls(struct error *err, const struct stream_failure *f)
{
    switch (f->curl_code) {
    case CURLE_PEER_FAILED_VERIFICATION:
        return failed_verification(err, f);
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return other_key(err, f);
    case CURLE_SSL_CACERT_BADFILE:
        return no_trust_store(err, f);
    case CURLE_SSL_CLIENTCERT:
        return tls_error(err, f, "the server demands a certificate of the client",
            "ask the host for a way to sign in with a password");
    default:
        return handshake_failed(err, f);
    }
}

/* It was offered, and is not to be had now. */
static int starttls_refused(struct error *err, const struct stream_failure *f)
{
    struct error axes = {0};
    stream_words_judge(f->words->refusal, &axes);
    bool later = axes.retry == ERROR_RETRY_LATER;
    error_set(err, ERROR_SCOPE_JOB, later ? ERROR_RETRY_LATER : ERROR_RETRY_NEVER,
        later ? ERROR_CONNECT : ERROR_TLS,
        "%s: the server offers STARTTLS and refuses it now: \"%.240s\"; nothing is sent without TLS; %suse implicit TLS "
        "(%s)%s",
        f->name, stream_words_plain(f->protocol, f->words->refusal), later ? "try again later, or " : "",
        f->protocol == STREAM_POP3 ? "pop3s://, usually port 995" : "imaps://, usually port 993",
        later ? "" : ", or show this to the host");
    err->wait_ms = axes.wait_ms;
    return -1;
}

int stream_error_no_starttls(struct error *err, const struct stream_failure *f)
{
    char advice[300];
    if (f->words->starttls && f->words->refusal[0])
        return starttls_refused(err, f);
    snprintf(advice, sizeof advice,
        "use implicit TLS (%s), or ask the host; --%s-tls plaintext accepts it: then anyone on the way can read "
        "password and mail",
        f->protocol == STREAM_POP3 ? "pop3s://, usually port 995" : "imaps://, usually port 993", side(f));
    return tls_error(
        err, f, "the server does not offer STARTTLS at this port, and nothing is sent without TLS", advice);
}
