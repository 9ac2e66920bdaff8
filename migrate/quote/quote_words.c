#include "quote_words.h"

#include "clock.h"
#include <stdio.h>
#include <string.h>

/* ---- the catalog: GNU MO, little-endian, as msgfmt sorts it ---- */
struct quote_words {
    const char *lang;
    const unsigned char *mo; /* NULL: the msgids themselves */
};

static const unsigned char mo_ja[] = {
#include "ja.mo.inc"
};

static const struct quote_words english = {"en", NULL};
static const struct quote_words japanese = {"ja", mo_ja};

const struct quote_words *quote_words_of(const char *lang)
{
    return lang && !strcmp(lang, "ja") ? &japanese : &english;
}

const char *quote_words_lang(const struct quote_words *w)
{
    return w->lang;
}

static uint32_t u32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* The header's fields: 2 the number of strings, 3 and 4 where the tables of (length, offset) stand. */
static const char *mo_string(const unsigned char *mo, unsigned table_field, uint32_t index)
{
    return (const char *)mo + u32(mo + u32(mo + 4 * table_field) + 8 * index + 4);
}

static const char *mo_find(const unsigned char *mo, const char *msgid)
{
    uint32_t low = 0, high = u32(mo + 8);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(msgid, mo_string(mo, 3, middle));
        if (order == 0)
            return mo_string(mo, 4, middle);
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

const char *quote_words(const struct quote_words *w, const char *msgid)
{
    /* The empty msgid is the catalog's own header. */
    const char *found = w->mo && *msgid ? mo_find(w->mo, msgid) : NULL;
    return found ? found : msgid;
}

/* Japanese has one form for all numbers, and it is stored under the singular. */
const char *quote_words_plural(const struct quote_words *w, const char *one, const char *many, uint64_t n)
{
    const char *found = w->mo ? mo_find(w->mo, one) : NULL;
    return found ? found : n == 1 ? one : many;
}

const char *quote_words_name(const struct quote_words *w, const char *name, const char *name_ja)
{
    return w->mo && *name_ja ? name_ja : name;
}

/* ---- numbers and dates ---- */
char *quote_words_count(char dst[QUOTE_WORDS_MAX], uint64_t n)
{
    char digits[24];
    size_t len = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    size_t at = 0;
    for (size_t i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            dst[at++] = ',';
        dst[at++] = digits[i];
    }
    dst[at] = '\0';
    return dst;
}

char *quote_words_date(
    const struct quote_words *w, char dst[QUOTE_WORDS_MAX], int64_t date_s, int utc_offset_min)
{
    static const char *const months[] = {N_("January"), N_("February"), N_("March"), N_("April"), N_("May"),
        N_("June"), N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December")};
    struct clock_utc u = clock_to_utc(date_s + utc_offset_min * INT64_C(60));
    /* Day, name of the month, year; a translation may take them in another order (%3$d). */
    snprintf(dst, QUOTE_WORDS_MAX, quote_words(w, N_("%1$d %2$s %3$d")), u.day,
        quote_words(w, months[u.month - 1]), u.year);
    return dst;
}

static uint64_t divide_up(uint64_t a, uint64_t b)
{
    return a / b + (a % b != 0);
}

char *quote_words_time(const struct quote_words *w, char dst[QUOTE_WORDS_MAX], const struct estimate_time *t)
{
    char count[QUOTE_WORDS_MAX];
    const char *form;
    uint64_t n = t->days;
    if (!n)
        return strcpy(dst, quote_words(w, N_("unknown")));
    if (t->seconds < 3600) {
        n = divide_up(t->seconds, 60);
        form = quote_words_plural(w, "%s minute", "%s minutes", n);
    } else if (t->seconds < 86400) {
        n = divide_up(t->seconds, 3600);
        form = quote_words_plural(w, "%s hour", "%s hours", n);
    } else {
        form = quote_words_plural(w, "%s day", "%s days", n);
    }
    snprintf(dst, QUOTE_WORDS_MAX, form, quote_words_count(count, n));
    return dst;
}

char *quote_words_percent(const struct quote_words *w, char dst[QUOTE_WORDS_MAX], int tenths)
{
    if (tenths % 10)
        snprintf(dst, QUOTE_WORDS_MAX, quote_words(w, N_("%d.%d %%")), tenths / 10, tenths % 10);
    else
        snprintf(dst, QUOTE_WORDS_MAX, quote_words(w, N_("%d %%")), tenths / 10);
    return dst;
}
