#include "mail_date_text.h"

#include "mail_words.h"
#include "mem.h"
#include "text.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LATIN1_BLANK '\xa0' /* one that does not break the line */

static bool is_encoded(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (value[i] == '\033' || (value[i] == '=' && i + 1 < len && value[i + 1] == '?'))
            return true;
    return false;
}

static bool is_ascii(const char *value, size_t len)
{
    unsigned char all = 0;
    for (size_t i = 0; i < len; i++)
        all |= (unsigned char)value[i];
    return !(all & 0x80);
}

bool mail_date_text_is_plain(const char *value, size_t len)
{
    return is_ascii(value, len) && !is_encoded(value, len);
}

static bool is_utf8(const char *value, size_t len)
{
    for (size_t i = 0, n; i < len; i += n)
        if (!(n = text_utf8_len(value + i, len - i)))
            return false;
    return true;
}

bool mail_date_text_is_octets(const char *value, size_t len)
{
    return !is_encoded(value, len) && !is_utf8(value, len);
}

char *mail_date_text_of_octets(const char *value, size_t len)
{
    char *text = mem_strndup(value, len);
    for (char *p = text; *p; p++)
        if (*p == LATIN1_BLANK)
            *p = ' ';
    return text;
}

/* Accents that stand by themselves, marks of direction. */
static bool is_left_out(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36f) || (c >= 0x200b && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

static bool is_blank(uint32_t c)
{
    return c == 0xa0 || (c >= 0x2000 && c <= 0x200a) || c == 0x202f || c == 0x205f;
}

/* In place: it can only become shorter. */
static void simplify(char *text)
{
    char *to = text, *end = text + strlen(text);
    for (char *p = text; p < end;) {
        size_t n = text_utf8_len(p, (size_t)(end - p));
        uint32_t c = n ? text_utf8_code(p, n) : (unsigned char)*p;
        n += !n;
        if (is_blank(c))
            *to++ = ' ';
        else if (!is_left_out(c))
            to = (char *)memmove(to, p, n) + n;
        p += n;
    }
    *to = '\0';
}

char *mail_date_text_decode(const char *value, size_t len)
{
    char *raw CLEANUP(mem_free_str) = mem_strndup(value, len);
    bool is_text = !is_encoded(value, len) && is_utf8(value, len);
    char *decoded CLEANUP(mem_free_str) = is_text ? NULL : mail_words_decode(raw);
    const char *said = is_text ? raw : decoded;
    size_t cap = strlen(said) + 1;
    char *text = mem_alloc(cap);
    text_narrow(text, cap, said);
    simplify(text);
    return text;
}
