#include "stream_bearer.h"

#include "stream_error.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

const char *stream_bearer_options(enum stream_bearer bearer, const char *user)
{
    if (bearer == STREAM_BEARER_OAUTHBEARER)
        return "AUTH=OAUTHBEARER";
    return bearer == STREAM_BEARER_XOAUTH2 || strpbrk(user, ",=") ? "AUTH=XOAUTH2"
                                                                  : "AUTH=OAUTHBEARER;AUTH=XOAUTH2";
}

/* 0..63; -1: no digit of Base64 */
static int digit(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

size_t stream_bearer_challenge(char *dst, size_t cap, const char *line, size_t len)
{
    size_t out = 0;
    unsigned value = 0, bits = 0;
    if (len < 4 || line[0] != '+' || line[1] != ' ')
        return 0;
    for (size_t i = 2; i < len && digit(line[i]) >= 0 && out < cap; i++) {
        value = (value << 6 | (unsigned)digit(line[i])) & 0xffff;
        bits += 6;
        if (bits < 8)
            continue;
        bits -= 8;
        dst[out++] = (char)(value >> bits);
    }
    return out && dst[0] == '{' ? out : 0;
}

const char *stream_bearer_member(char *dst, size_t cap, const char *json, const char *name)
{
    char quoted[64];
    size_t len = 0;
    dst[0] = '\0';
    snprintf(quoted, sizeof quoted, "\"%s\"", name);
    const char *at = strstr(json, quoted);
    if (!at)
        return dst;
    at += strlen(quoted);
    at += strspn(at, " :");
    for (at += *at == '"'; *at && !strchr("\",}", *at) && len + 1 < cap; at++)
        dst[len++] = *at;
    dst[len] = '\0';
    return dst;
}

/* A mechanism was asked for that is not on offer: nothing was sent. */
static int not_offered(struct error *err, const struct stream_failure *f, const char *user)
{
    const char *offer = f->words->mechanisms[0] ? f->words->mechanisms : " none ";
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
        "%s: the server offers no way to sign in \"%s\" with an OAuth 2.0 token (SASL mechanisms offered:%.*s); "
        "use a password, or ask the host",
        f->name, user, (int)strlen(offer) - 1, offer);
}

/* Google: {"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}; RFC 7628 section 3.2.2:
 * {"status":"invalid_token"} or "insufficient_scope". Exchange says nothing but that it failed. */
static void reasons(char *dst, size_t cap, const struct stream_failure *f)
{
    char status[40], scope[120];
    const char *json = f->words->challenge, *words = stream_words_plain(f->protocol, f->words->refusal);
    stream_bearer_member(status, sizeof status, json, "status");
    stream_bearer_member(scope, sizeof scope, json, "scope");
    if (!f->words->refusal[0])
        words = "";
    snprintf(dst, cap, "%s%.150s%s%s%s%s%s%s", *words ? "\"" : "", words, *words ? "\"" : "",
        *words && *status ? ", " : "", *status ? "status " : "", status, *scope ? ", a token for scope " : "",
        scope);
}

int stream_error_bearer(struct error *err, const struct stream_failure *f)
{
    char user[96], why[400], status[40];
    text_clean(user, sizeof user, f->user, strlen(f->user));
    if (!f->words->refusal[0] && !f->words->challenge[0])
        return not_offered(err, f, user);
    reasons(why, sizeof why, f);
    stream_bearer_member(status, sizeof status, f->words->challenge, "status");
    bool scope = !strcmp(status, "insufficient_scope") || !strcmp(status, "403");
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
        "%s: the OAuth 2.0 token of \"%s\" was refused (the server says: %s); %s", f->name, user, why,
        scope ? "it gives no right to mail by this protocol: sign in again, and ask for that right"
              : "it may be expired or of another user, or give no right to this mailbox or to mail by this "
                "protocol: get a new one (popferry login, where that keeps it)");
}
