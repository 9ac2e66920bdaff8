#include "stream_error.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

/* Certificates and hosts do not mend themselves while a run waits. */
static int tls_error(struct error *err, const struct stream_failure *f, const char *what, const char *advice)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_TLS, "%s: %s; %s", f->name, what, advice);
}

static int bad_date(struct error *err, const struct stream_failure *f)
{
    const struct stream_tls_watch *t = f->tls;
    char what[400];
    if (t->fault == STREAM_TLS_EXPIRED) {
        snprintf(what, sizeof what, "the server's certificate (%.160s) expired on %s", t->info.subject,
            t->info.not_after);
        return tls_error(
            err, f, what, "ask the host to renew it, and see that this computer's clock is right");
    }
    snprintf(what, sizeof what, "the server's certificate (%.160s) is not valid before %s", t->info.subject,
        t->not_before);
    return tls_error(err, f, what, "see that this computer's clock is right, else ask the host");
}

static int self_signed(struct error *err, const struct stream_failure *f)
{
    char what[400];
    snprintf(what, sizeof what, "the server's certificate is self-signed (%.160s, until %s)",
        f->tls->info.subject, f->tls->info.not_after);
    return tls_error(err, f, what,
        "compare it with the host's own, and give it by --ca-file; better, ask the host for one of a known "
        "CA");
}

static int unknown_ca(struct error *err, const struct stream_failure *f)
{
    char what[400];
    snprintf(what, sizeof what,
        "the server's certificate comes from a CA that is not trusted here (issuer: "
        "%.140s; subject: %.100s)",
        f->tls->info.issuer, f->tls->info.subject);
    return tls_error(err, f, what,
        "for a private CA give its certificate by --ca-file; else ask the host to send the whole chain");
}

static int bad_certificate(struct error *err, const struct stream_failure *f)
{
    char what[400];
    const char *text = f->tls->fault_text[0] ? f->tls->fault_text : f->curl_text;
    snprintf(what, sizeof what,
        "the server's certificate is not acceptable: %.120s (subject: %.100s; issuer: "
        "%.100s)",
        text, f->tls->info.subject, f->tls->info.issuer);
    return tls_error(err, f, what, "ask the host to mend it");
}

static int wrong_host(struct error *err, const struct stream_failure *f)
{
    char what[500];
    const char *names = f->tls->names[0] ? f->tls->names : f->tls->info.subject;
    snprintf(what, sizeof what, "the server's certificate is for another host name (%.160s; issuer: %.100s)",
        names, f->tls->info.issuer);
    return tls_error(err, f, what, "use one of the names it is for, or ask the host which name to use");
}

static int no_trust_store(struct error *err, const struct stream_failure *f)
{
    if (f->ca_file)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s: the file given by --ca-file holds no usable certificate in PEM form: %.200s", f->name,
            f->ca_file);
    return tls_error(err, f, "this computer has no list of trusted CAs where it is looked for",
        "install it (package ca-certificates) or give one by --ca-file");
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
    case STREAM_TLS_NO_FAULT:
        if (f->tls->shaken)
            return wrong_host(err, f);
        return bad_certificate(err, f);
    default:
        return bad_certificate(err, f);
    }
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
    switch (stream_tls_fault_of(f->curl_text)) {
    case STREAM_TLS_OLD_VERSION:
        return tls_error(err, f,
            "the server offers no TLS version that is safe to use (TLS 1.2 is the least)",
            "ask the host for a server with TLS 1.2 or 1.3");
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
    case CURLE_SSL_CACERT_BADFILE:
        return no_trust_store(err, f);
    case CURLE_SSL_CLIENTCERT:
        return tls_error(err, f, "the server demands a certificate of the client",
            "ask the host for a way to sign in with a password");
    default:
        return handshake_failed(err, f);
    }
}

int stream_error_no_starttls(struct error *err, const struct stream_failure *f)
{
    return tls_error(err, f,
        "the server does not offer STARTTLS at this port, and nothing is sent without TLS",
        f->protocol == STREAM_POP3 ? "use implicit TLS (pop3s://, usually port 995), or ask the host"
                                   : "use implicit TLS (imaps://, usually port 993), or ask the host");
}
