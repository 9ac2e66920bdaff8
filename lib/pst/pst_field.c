#include "pst_field.h"

#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define COLUMNS    76
#define WORD       45                    /* octets of UTF-8 in an encoded word: 60 digits */
#define ATOM       "!#$%&'*+-/=?^_`{|}~" /* beside letters and digits */
#define ADDRESS    254
#define LINE       900 /* a word without blanks is cut here */
#define PARAM_LINE 60

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool is_ascii(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)s[i] < 0x20 || (unsigned char)s[i] >= 0x7f)
            return false;
    return true;
}

static bool is_alnum(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static void base64(struct buf *out, const char *s, size_t len)
{
    const unsigned char *p = (const unsigned char *)s;
    for (; len >= 3; p += 3, len -= 3) {
        unsigned n = (unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2];
        char group[4] = {digits[n >> 18], digits[n >> 12 & 63], digits[n >> 6 & 63], digits[n & 63]};
        buf_append(out, group, 4);
    }
    if (len) {
        unsigned n = (unsigned)p[0] << 16 | (len > 1 ? (unsigned)p[1] << 8 : 0);
        char group[4] = {digits[n >> 18], digits[n >> 12 & 63], len > 1 ? digits[n >> 6 & 63] : '=', '='};
        buf_append(out, group, 4);
    }
}

/* Encoded words, each on a line of its own but the first; *column is where the text stands. */
static void words(struct buf *out, const char *s, size_t *column)
{
    for (size_t len = strlen(s); len;) {
        size_t n = 0;
        while (n < len) {
            size_t c = text_utf8_len(s + n, len - n);
            if (n + (c ? c : 1) > WORD)
                break;
            n += c ? c : 1;
        }
        size_t width = 12 + (n + 2) / 3 * 4;
        if (*column + width > COLUMNS) {
            buf_append_str(out, *column > 1 ? "\r\n " : "");
            *column = 1;
        }
        buf_append_str(out, "=?UTF-8?B?");
        base64(out, s, n);
        buf_append_str(out, "?=");
        *column += width;
        s += n;
        len -= n;
    }
}

/* ASCII, folded before blanks that single words follow. */
static void folded(struct buf *out, const char *s, size_t *column)
{
    while (*s) {
        size_t blanks = strspn(s, " "), word = strcspn(s + blanks, " ");
        if (!word) /* blanks at the end */
            break;
        if (blanks && *column + blanks + word > COLUMNS && *column > 1) {
            buf_append_str(out, "\r\n");
            *column = 0;
        }
        for (size_t done = 0; done < blanks + word; done++) {
            if (*column > LINE) {
                buf_append_str(out, "\r\n ");
                *column = 1;
            }
            buf_append_char(out, s[done]);
            ++*column;
        }
        s += blanks + word;
    }
}

static bool looks_encoded(const char *s)
{
    return strstr(s, "=?") != NULL;
}

void pst_field_text(struct buf *out, const char *name, const char *text)
{
    size_t column = strlen(name) + 2;
    buf_printf(out, "%s: ", name);
    if (is_ascii(text, strlen(text)) && !looks_encoded(text))
        folded(out, text, &column);
    else
        words(out, text, &column);
    buf_append_str(out, "\r\n");
}

void pst_field_plain(struct buf *out, const char *name, const char *text)
{
    char *plain CLEANUP(mem_free_str) = mem_strdup(text);
    size_t column = strlen(name) + 2;
    for (char *c = plain; *c; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c >= 0x7f)
            *c = '?';
    buf_printf(out, "%s: ", name);
    folded(out, plain, &column);
    buf_append_str(out, "\r\n");
}

/* Days since 1970-01-01 to a date (proleptic Gregorian). */
static void civil(int64_t days, int *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t of_era = days - era * 146097;
    int64_t year_of = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of + year_of / 4 - year_of / 100);
    int64_t m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = (int)(year_of + era * 400 + (*month <= 2));
}

void pst_field_date(struct buf *out, int64_t utc_s)
{
    static const char names[] = "ThuFriSatSunMonTueWed", months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t days = utc_s >= 0 ? utc_s / 86400 : -((86399 - utc_s) / 86400);
    int s = (int)(utc_s - days * 86400), year, month, day;
    int weekday = (int)((days % 7 + 7) % 7);
    civil(days, &year, &month, &day);
    buf_printf(out, "Date: %.3s, %d %.3s %04d %02d:%02d:%02d +0000\r\n", names + weekday * 3, day,
        months + (month - 1) * 3, year, s / 3600, s / 60 % 60, s % 60);
}

/* ---- addresses ---- */
bool pst_field_is_address(const char *text)
{
    const char *at = text ? strrchr(text, '@') : NULL;
    if (!at || at == text || !at[1] || strlen(text) > ADDRESS)
        return false;
    for (const char *c = text; *c; c++) /* the left side: atoms; the right one: letters, digits, - and . */
        if (c != at && !is_alnum(*c) && *c != '.' &&
            (c < at ? !strchr(ATOM, *c) : *c != '-' && *c != '_' && *c != '[' && *c != ']' && *c != ':'))
            return false;
    return true;
}

/* A display name as it may stand before an address, on one line; as words where it must be. */
static void phrase(struct buf *out, const char *name, size_t *column)
{
    if (!is_ascii(name, strlen(name)) || looks_encoded(name) || strlen(name) > LINE / 2) {
        words(out, name, column);
        return;
    }
    struct buf quoted CLEANUP(buf_done) = {0};
    bool plain = true;
    for (const char *c = name; *c; c++)
        plain = plain && (is_alnum(*c) || *c == ' ' || strchr(ATOM, *c));
    if (!plain)
        buf_append_char(&quoted, '"');
    for (const char *c = name; *c; c++) {
        if (*c == '"' || *c == '\\')
            buf_append_char(&quoted, '\\');
        buf_append_char(&quoted, *c);
    }
    if (!plain)
        buf_append_char(&quoted, '"');
    buf_append(out, buf_bytes(&quoted), buf_len(&quoted));
    *column += buf_len(&quoted);
}

void pst_field_address(struct buf *out, struct pst_field_list *l, const char *shown, const char *address)
{
    bool has = pst_field_is_address(address), same = has && shown && text_equal_nocase(shown, address);
    const char *name = same ? NULL : shown ? shown : has ? NULL : address;
    if (!has && pst_field_is_address(name)) {
        address = name;
        name = NULL;
        has = true;
    }
    if (!has && !name)
        return;
    size_t width = (has ? strlen(address) + 3 : 2) + (name ? strlen(name) + 2 : 0);
    if (!l->count++) {
        buf_printf(out, "%s: ", l->name);
        l->column = strlen(l->name) + 2;
    } else {
        buf_append_str(out, ", ");
        l->column += 2;
        if (l->column + width > COLUMNS) {
            buf_append_str(out, "\r\n ");
            l->column = 1;
        }
    }
    if (name) {
        phrase(out, name, &l->column);
        if (has && l->column + strlen(address) + 3 > COLUMNS) {
            buf_append_str(out, "\r\n");
            l->column = 0;
        }
    }
    if (has && address)
        buf_printf(out, "%s%s%s", name ? " <" : "", address, name ? ">" : "");
    else
        buf_append_str(out, ":;");
    l->column += has ? strlen(address) + 3 : 2;
}

void pst_field_end(struct buf *out, const struct pst_field_list *l)
{
    if (l->count)
        buf_append_str(out, "\r\n");
}

/* ---- parameters ---- */
/* One octet or its escape; a character's octets stay on one line. */
static size_t escaped(const char *s, size_t len, char *dst)
{
    static const char hex[] = "0123456789ABCDEF";
    size_t n = text_utf8_len(s, len), at = 0;
    for (size_t i = 0; i < (n ? n : 1); i++) {
        unsigned char c = (unsigned char)s[i];
        if (is_alnum((char)c) || (c && strchr("!#$&+-.^_`{|}~", c))) {
            dst[at++] = (char)c;
        } else {
            dst[at++] = '%';
            dst[at++] = hex[c >> 4];
            dst[at++] = hex[c & 15];
        }
    }
    dst[at] = '\0';
    return n ? n : 1;
}

void pst_field_parameter(struct buf *out, const char *name, const char *value)
{
    size_t len = strlen(value), column = 0;
    if (is_ascii(value, len) && len <= PARAM_LINE && !looks_encoded(value)) {
        buf_printf(out, ";\r\n %s=\"", name);
        for (; *value; value++) {
            if (*value == '"' || *value == '\\')
                buf_append_char(out, '\\');
            buf_append_char(out, *value);
        }
        buf_append_char(out, '"');
        return;
    }
    struct buf all CLEANUP(buf_done) = {0};
    unsigned lines = 0;
    for (size_t i = 0; i < len;) {
        char text[16];
        size_t n = escaped(value + i, len - i, text);
        if (!lines || column + strlen(text) > PARAM_LINE) {
            buf_printf(&all, ";\r\n %s*%u*=%s", name, lines, lines ? "" : "UTF-8''");
            column = lines++ ? 0 : 7;
        }
        buf_append_str(&all, text);
        column += strlen(text);
        i += n;
    }
    const char *whole = buf_str(&all), *digit = strstr(whole, "*0*=");
    if (lines == 1) /* one line has no number */
        buf_printf(out, ";\r\n %s*=%s", name, digit + 4);
    else
        buf_append_str(out, whole);
}
