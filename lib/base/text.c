#include "text.h"

#include "mem.h"

#include <stdio.h>
#include <string.h>

size_t text_utf8_len(const char *s, size_t len)
{
    const unsigned char *u = (const unsigned char *)s;
    if (!len)
        return 0;
    if (u[0] < 0x80)
        return 1;
    size_t n = u[0] >= 0xc2 && u[0] <= 0xdf   ? 2
               : (u[0] & 0xf0) == 0xe0        ? 3
               : u[0] >= 0xf0 && u[0] <= 0xf4 ? 4
                                              : 0;
    if (!n || len < n)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((u[i] & 0xc0) != 0x80)
            return 0;
    if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f) || (u[0] == 0xf0 && u[1] < 0x90) ||
        (u[0] == 0xf4 && u[1] > 0x8f))
        return 0;
    return n;
}

unsigned text_utf8_code(const char *s, size_t n)
{
    const unsigned char *u = (const unsigned char *)s;
    switch (n) {
    case 2:
        return (u[0] & 0x1fu) << 6 | (u[1] & 0x3fu);
    case 3:
        return (u[0] & 0x0fu) << 12 | (u[1] & 0x3fu) << 6 | (u[2] & 0x3fu);
    case 4:
        return (u[0] & 0x07u) << 18 | (u[1] & 0x3fu) << 12 | (u[2] & 0x3fu) << 6 | (u[3] & 0x3fu);
    default:
        return u[0];
    }
}

/* Controls, the characters that turn the direction of a line around and so can fake what it says, and
 * non-characters. */
bool text_is_showable(unsigned c)
{
    bool none = (c & 0xfffe) == 0xfffe || (c >= 0xfdd0 && c <= 0xfdef);
    return !(none || c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x202a && c <= 0x202e) ||
             (c >= 0x2066 && c <= 0x2069) || c == 0x2028 || c == 0x2029 || c == 0xfeff);
}

char *text_clean(char *dst, size_t cap, const char *src, size_t len)
{
    size_t out = 0;
    while (len) {
        size_t n = text_utf8_len(src, len);
        bool ok = n && text_is_showable(text_utf8_code(src, n));
        size_t width = ok ? n : 1;
        if (out + width >= cap)
            break;
        if (ok)
            memcpy(dst + out, src, n);
        else
            dst[out] = '?';
        out += width;
        src += n ? n : 1;
        len -= n ? n : 1;
    }
    dst[out] = '\0';
    return dst;
}

char *text_clean_dup(const char *s)
{
    size_t len = s ? strlen(s) : 0;
    char *clean = mem_alloc(len + 1);
    return text_clean(clean, len + 1, s ? s : "", len);
}

bool text_is_clean(const char *s)
{
    char *clean CLEANUP(mem_free_str) = text_clean_dup(s);
    return !strcmp(clean, s);
}

struct range {
    unsigned first, last;
};

static bool in_ranges(unsigned c, const struct range *r, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (c >= r[i].first && c <= r[i].last)
            return true;
    return false;
}

/* Unicode 15 East_Asian_Width W and F, in blocks; independent of the locale, unlike wcwidth(3). */
static bool is_wide(unsigned c)
{
    static const struct range wide[] = {{0x1100, 0x115f}, {0x231a, 0x231b}, {0x2329, 0x232a},
        {0x23e9, 0x23ec}, {0x23f0, 0x23f0}, {0x23f3, 0x23f3}, {0x25fd, 0x25fe}, {0x2614, 0x2615},
        {0x2648, 0x2653}, {0x267f, 0x267f}, {0x2693, 0x2693}, {0x26a1, 0x26a1}, {0x26aa, 0x26ab},
        {0x26bd, 0x26be}, {0x26c4, 0x26c5}, {0x26ce, 0x26ce}, {0x26d4, 0x26d4}, {0x26ea, 0x26ea},
        {0x26f2, 0x26f3}, {0x26f5, 0x26f5}, {0x26fa, 0x26fa}, {0x26fd, 0x26fd}, {0x2705, 0x2705},
        {0x270a, 0x270b}, {0x2728, 0x2728}, {0x274c, 0x274c}, {0x274e, 0x274e}, {0x2753, 0x2755},
        {0x2757, 0x2757}, {0x2795, 0x2797}, {0x27b0, 0x27b0}, {0x27bf, 0x27bf}, {0x2b1b, 0x2b1c},
        {0x2b50, 0x2b50}, {0x2b55, 0x2b55}, {0x2e80, 0x303e}, {0x3041, 0x33ff}, {0x3400, 0x4dbf},
        {0x4e00, 0x9fff}, {0xa000, 0xa4cf}, {0xa960, 0xa97f}, {0xac00, 0xd7a3}, {0xf900, 0xfaff},
        {0xfe10, 0xfe19}, {0xfe30, 0xfe6f}, {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x16fe0, 0x18cff},
        {0x1b000, 0x1b2ff}, {0x1f004, 0x1f004}, {0x1f0cf, 0x1f0cf}, {0x1f18e, 0x1f18e}, {0x1f191, 0x1f19a},
        {0x1f200, 0x1f265}, {0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f7e0, 0x1f7eb}, {0x1f7f0, 0x1f7f0},
        {0x1f900, 0x1f9ff}, {0x1fa70, 0x1faff}, {0x20000, 0x3fffd}};
    return in_ranges(c, wide, sizeof wide / sizeof *wide);
}

static bool is_combining(unsigned c)
{
    static const struct range zero[] = {{0x300, 0x36f}, {0x483, 0x489}, {0x591, 0x5bd}, {0x610, 0x61a},
        {0x64b, 0x65f}, {0x200b, 0x200f}, {0x20d0, 0x20ff}, {0x3099, 0x309a}, {0xfe00, 0xfe0f},
        {0xfe20, 0xfe2f}, {0xe0100, 0xe01ef}};
    return in_ranges(c, zero, sizeof zero / sizeof *zero);
}

int text_width(const char *s)
{
    int width = 0;
    size_t len = strlen(s);
    while (len) {
        size_t n = text_utf8_len(s, len);
        unsigned c = n ? text_utf8_code(s, n) : '?';
        width += is_combining(c) ? 0 : is_wide(c) ? 2 : 1;
        s += n ? n : 1;
        len -= n ? n : 1;
    }
    return width;
}

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

int text_compare_nocase(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t n = a_len < b_len ? a_len : b_len;
    for (size_t i = 0; i < n; i++)
        if (lower(a[i]) != lower(b[i]))
            return lower(a[i]) - lower(b[i]);
    return a_len < b_len ? -1 : a_len > b_len;
}

bool text_equal_nocase(const char *a, const char *b)
{
    return !text_compare_nocase(a, strlen(a), b, strlen(b));
}

bool text_has_suffix(const char *s, const char *suffix)
{
    size_t len = strlen(s), n = strlen(suffix);
    return len >= n && !memcmp(s + len - n, suffix, n);
}

bool text_has_suffix_nocase(const char *s, const char *suffix)
{
    size_t len = strlen(s), n = strlen(suffix);
    return len >= n && text_equal_nocase(s + len - n, suffix);
}

bool text_has_prefix_nocase(const char *s, const char *prefix)
{
    size_t n = strlen(prefix);
    return strnlen(s, n) == n && !text_compare_nocase(s, n, prefix, n);
}

const char *text_find_nocase(const char *haystack, const char *needle)
{
    for (; *haystack; haystack++)
        if (text_has_prefix_nocase(haystack, needle))
            return haystack;
    return *needle ? NULL : haystack;
}

bool text_has_any_nocase(const char *haystack, const char *const *needles)
{
    for (; *needles; needles++)
        if (text_find_nocase(haystack, *needles))
            return true;
    return false;
}

bool text_parse_u64(const char *s, size_t len, unsigned long long *ret)
{
    unsigned long long v = 0;
    if (!len || len > 20)
        return false;
    for (size_t i = 0; i < len; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
        if (__builtin_mul_overflow(v, 10ull, &v) || __builtin_add_overflow(v, (unsigned)(s[i] - '0'), &v))
            return false;
    }
    *ret = v;
    return true;
}

char *text_octets(char *dst, size_t cap, unsigned long long octets)
{
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double v = (double)octets;
    size_t unit = 0;
    while (v >= 999.5 && unit + 1 < sizeof units / sizeof *units) {
        v /= 1000;
        unit++;
    }
    snprintf(dst, cap, unit && v < 9.95 ? "%.1f %s" : "%.0f %s", v, units[unit]);
    return dst;
}

/* 0: it stays as it is. */
static char narrow(unsigned c)
{
    if (c >= 0xff01 && c <= 0xff5e)
        return (char)(c - 0xff01 + '!');
    if (c == 0x3000)
        return ' ';
    if (c == 0x3002 || c == 0xff61)
        return '.';
    return c == 0x2212 || (c >= 0x2010 && c <= 0x2015) ? '-' : 0;
}

char *text_narrow(char *dst, size_t cap, const char *src)
{
    size_t out = 0, len = strlen(src);
    for (size_t n; len; src += n, len -= n) {
        n = text_utf8_len(src, len);
        char c = n > 1 ? narrow(text_utf8_code(src, n)) : 0;
        n = n ? n : 1;
        if (out + (c ? 1 : n) >= cap)
            break;
        if (c)
            dst[out++] = c;
        else
            memcpy(dst + out, src, n), out += n;
    }
    dst[out] = '\0';
    return dst;
}
