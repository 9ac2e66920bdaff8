#include "auth_text.h"

#include "mem.h"
#include "text.h"
#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <string.h>

/* realloc would leave the begin of a secret behind. */
static void reserve(struct auth_form *form, size_t more)
{
    if (form->cap - form->len > more)
        return;
    size_t cap = 2 * (form->len + more) + 64;
    char *text = mem_alloc(cap);
    if (form->len)
        memcpy(text, form->text, form->len);
    mem_wipe_free(form->text);
    form->text = text;
    form->cap = cap;
}

static void append(struct auth_form *form, char c)
{
    form->text[form->len++] = c;
}

static void append_encoded(struct auth_form *form, const char *s)
{
    static const char hex[] = "0123456789ABCDEF";
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if ((c < 0x80 && isalnum(c)) || strchr("-._~", c)) {
            append(form, (char)c);
        } else {
            append(form, '%');
            append(form, hex[c >> 4]);
            append(form, hex[c & 15]);
        }
    }
}

void auth_form_add(struct auth_form *form, const char *name, const char *value)
{
    if (!value)
        return;
    reserve(form, 3 * (strlen(name) + strlen(value)) + 2);
    if (form->len)
        append(form, '&');
    append_encoded(form, name);
    append(form, '=');
    append_encoded(form, value);
    form->text[form->len] = '\0';
}

void auth_form_done(struct auth_form *form)
{
    mem_wipe_free(form->text);
    *form = (struct auth_form){0};
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;
    return at ? (int)(at - digits) : -1;
}

static char *decode(const char *s, size_t len)
{
    char *text = mem_alloc(len + 1), *to = text;
    for (size_t i = 0; i < len; i++) {
        int high = s[i] == '%' && i + 2 < len ? hex_digit(s[i + 1]) : -1;
        int low = high >= 0 ? hex_digit(s[i + 2]) : -1;
        char c = low >= 0 ? (char)(high * 16 + low) : s[i] == '+' ? ' ' : s[i];
        if (!c || (s[i] == '%' && low < 0)) {
            mem_wipe_free(text);
            return NULL;
        }
        *to++ = c;
        i += low >= 0 ? 2 : 0;
    }
    return text;
}

char *auth_form_get(const char *form, const char *name)
{
    size_t name_len = strlen(name);
    for (const char *at = form; *at;) {
        size_t len = strcspn(at, "&");
        if (len > name_len && !strncmp(at, name, name_len) && at[name_len] == '=')
            return decode(at + name_len + 1, len - name_len - 1);
        at += len + (at[len] == '&');
    }
    return NULL;
}

char *auth_base64url(const void *data, size_t len)
{
    char *text = mem_alloc(4 * (len / 3 + 1) + 1);
    EVP_EncodeBlock((unsigned char *)text, data, (int)len);
    text[strcspn(text, "=")] = '\0';
    for (char *p = text; *p; p++)
        *p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
    return text;
}

char *auth_random(size_t len)
{
    unsigned char octets[64];
    if (len > sizeof octets || RAND_bytes(octets, (int)len) != 1)
        return NULL;
    char *text = auth_base64url(octets, len);
    OPENSSL_cleanse(octets, sizeof octets);
    return text;
}

const char *auth_host(const char *url, char *dst, size_t cap)
{
    const char *host = url ? strstr(url, "://") : NULL;
    host = host ? host + 3 : "no host";
    return text_clean(dst, cap, host, strcspn(host, "/?#"));
}
