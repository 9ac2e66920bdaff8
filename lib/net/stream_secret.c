#include "stream_secret.h"

#include "mem.h"
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#define SHORTEST 4

static char *base64(const char *data, size_t len)
{
    char *text = mem_alloc(4 * (len / 3 + 1) + 1);
    EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)data, (int)len);
    return text;
}

/* As in SASL PLAIN (RFC 4616). */
static char *base64_plain(const char *authzid, const char *user, const char *password)
{
    size_t at = strlen(authzid), user_len = strlen(user), len = at + user_len + strlen(password) + 2;
    char *message = mem_alloc(len + 1);
    memcpy(message, authzid, at);
    memcpy(message + at + 1, user, user_len);
    strcpy(message + at + user_len + 2, password);
    char *text = base64(message, len);
    OPENSSL_cleanse(message, len); /* it begins with a NUL: no string */
    free(message);
    return text;
}

static char *imap_quoted(const char *password)
{
    char *text = mem_alloc(2 * strlen(password) + 1);
    char *to = text;
    for (const char *p = password; *p; p++) {
        if (*p == '"' || *p == '\\')
            *to++ = '\\';
        *to++ = *p;
    }
    return text;
}

void stream_secret_init(
    struct stream_secret *secret, const char *authzid, const char *user, const char *password)
{
    *secret = (struct stream_secret){0};
    if (strlen(password) < SHORTEST)
        return;
    secret->forms[0] = imap_quoted(password);
    secret->forms[1] = mem_strdup(password);
    secret->forms[2] = base64_plain(authzid ? authzid : "", user, password);
    secret->forms[3] = base64(password, strlen(password));
}

static char *base64_text(char *text)
{
    char *coded = base64(text, strlen(text));
    mem_wipe_free(text);
    return coded;
}

void stream_secret_init_token(
    struct stream_secret *secret, const char *user, const char *token, const char *host, unsigned port)
{
    *secret = (struct stream_secret){0};
    if (strlen(token) < SHORTEST)
        return;
    secret->forms[0] = mem_strdup(token);
    secret->forms[1] = base64(token, strlen(token));
    secret->forms[2] = base64_text(mem_printf("user=%s\001auth=Bearer %s\001\001", user, token));
    secret->forms[3] = base64_text(
        mem_printf("n,a=%s,\001host=%s\001port=%u\001auth=Bearer %s\001\001", user, host, port, token));
}

void stream_secret_done(struct stream_secret *secret)
{
    for (size_t i = 0; i < STREAM_SECRET_FORMS; i++)
        mem_wipe_free(secret->forms[i]);
    *secret = (struct stream_secret){0};
}

static size_t match(const struct stream_secret *secret, const char *src, size_t len)
{
    for (size_t i = 0; i < STREAM_SECRET_FORMS; i++) {
        size_t n = secret->forms[i] ? strlen(secret->forms[i]) : 0;
        if (n && n <= len && !memcmp(src, secret->forms[i], n))
            return n;
    }
    return 0;
}

size_t stream_secret_redact(
    const struct stream_secret *secret, char *dst, size_t cap, const char *src, size_t len)
{
    size_t out = 0;
    while (len && out < cap) {
        size_t n = match(secret, src, len);
        if (n) {
            size_t stars = cap - out < 3 ? cap - out : 3;
            memcpy(dst + out, "***", stars);
            out += stars;
        } else {
            dst[out++] = *src;
            n = 1;
        }
        src += n;
        len -= n;
    }
    return out;
}
