#include "mail_date_read.h"

#include "mail_date_clock.h"
#include "mail_date_names.h"
#include "mail_date_zone.h"
#include <string.h>

/* What the last token was: it decides what a sign or a word means. */
enum token {
    OTHER,
    BLANK,
    TIME,
    ZONE_NAME,
    FORENOON, /* AM, PM before an hour that is to come */
    AFTERNOON,
};

struct reading {
    struct mail_date_cursor text;
    struct mail_date_parts parts;
    enum token last;
    bool names_month; /* somewhere, so that numbers with dots are no date */
};

/* The letters up to the next other octet. */
static size_t word_len(const struct mail_date_cursor *t)
{
    size_t n = 0;
    while (mail_date_cursor_next_is(t, n, mail_date_cursor_is_alpha))
        n++;
    return n;
}

/* "mar" is Tuesday in three languages and March in others, "maa" Monday and March in one. */
static bool is_weak(const char *word, size_t len)
{
    return mail_date_names_weekday(word, len) >= 0;
}

static bool names_month(struct mail_date_cursor t)
{
    while (t.p < t.end) {
        size_t n = word_len(&t);
        if (n && mail_date_names_month(t.p, n) && !is_weak(t.p, n))
            return true;
        t.p += n ? n : 1;
    }
    return false;
}

/* ---- numbers ---- */
/* What follows the number in Japanese, Chinese and Korean: 2008年1月14日 12時34分56秒. */
static bool counted(struct reading *r, struct mail_date_number n)
{
    struct mail_date_cursor ahead = r->text;
    struct mail_date_parts *p = &r->parts;
    mail_date_cursor_blanks(&ahead);
    enum mail_date_unit unit = mail_date_names_unit(ahead.p, (size_t)(ahead.end - ahead.p));
    if (unit == MAIL_DATE_NO_UNIT)
        return false;
    int *const part[] = {[MAIL_DATE_YEAR] = &p->year,
        [MAIL_DATE_MONTH] = &p->month,
        [MAIL_DATE_DAY] = &p->day,
        [MAIL_DATE_HOUR] = &p->hour,
        [MAIL_DATE_MINUTE] = &p->minute,
        [MAIL_DATE_SECOND] = &p->second};
    *part[unit] = n.value;
    if (unit == MAIL_DATE_YEAR) {
        p->year = p->era && n.digits <= 2 ? p->era + n.value : mail_date_parts_full_year(n.value, n.digits);
        p->year_digits = n.digits;
    }
    r->text.p = ahead.p + MAIL_DATE_UNIT_OCTETS;
    r->last = unit >= MAIL_DATE_HOUR ? TIME : OTHER;
    return true;
}

static bool is_time(struct reading *r, struct mail_date_number n, enum token before)
{
    struct mail_date_parts *p = &r->parts;
    bool dated = mail_date_parts_has_day(p) && (mail_date_parts_has_month(p) || mail_date_parts_has_year(p));
    if (!mail_date_clock_take(&r->text, n, before != ZONE_NAME && (dated || r->names_month), p))
        return false;
    if (before == FORENOON || before == AFTERNOON)
        p->half = before == AFTERNOON ? 2 : 1;
    r->last = TIME;
    return true;
}

/* 2002/09/14, 2007-11-09, 23-07-2024, 04/09/2003, H20.1.14: their order is found once all is read. */
static bool is_date(struct reading *r, struct mail_date_number first)
{
    struct mail_date_cursor ahead = r->text;
    struct mail_date_parts *p = &r->parts;
    if (ahead.p == ahead.end || !strchr("-/.", *ahead.p) || mail_date_parts_has_year(p))
        return false;
    char separator = *ahead.p++;
    struct mail_date_number second = mail_date_cursor_number(&ahead);
    if (!second.digits || ahead.p == ahead.end || *ahead.p++ != separator)
        return false;
    struct mail_date_number third = mail_date_cursor_number(&ahead);
    bool long_year = first.digits > 2 || third.digits > 2;
    bool has_year = first.digits >= 2 || third.digits >= 2 || p->era;
    if (!third.digits || !has_year || (p->day != MAIL_DATE_UNSET && !long_year))
        return false;
    r->text = ahead;
    p->numeric = true;
    p->separator = separator;
    p->three[0] = first;
    p->three[1] = second;
    p->three[2] = third;
    return true;
}

/* Four numbers with dots between them are a machine's address. */
static bool is_address(struct reading *r, struct mail_date_number first)
{
    struct mail_date_cursor ahead = r->text;
    int more = 0;
    while (ahead.p < ahead.end && *ahead.p == '.' &&
           mail_date_cursor_next_is(&ahead, 1, mail_date_cursor_is_digit)) {
        ahead.p++;
        mail_date_cursor_number(&ahead);
        more++;
    }
    if (more != 3 || first.digits > 3)
        return false;
    r->text = ahead;
    return true;
}

/* A year of two digits was none when one of four comes after it. */
static bool contradicts_year(const struct mail_date_parts *p, struct mail_date_number n)
{
    bool is_year = n.digits == 4 && n.value >= 1900 && n.value <= 2100;
    return is_year && p->year != MAIL_DATE_UNSET && p->year_digits <= 2 && p->year != n.value;
}

static void plain_number(struct mail_date_parts *p, struct mail_date_number n)
{
    if (!mail_date_parts_has_day(p) && n.digits <= 3 && n.value >= 1 && n.value <= 31) {
        p->day = n.value;
    } else if (!mail_date_parts_has_year(p) && (n.digits > 2 || mail_date_parts_has_day(p) || n.value > 31)) {
        p->year = mail_date_parts_full_year(n.value, n.digits);
        p->year_digits = n.digits;
        p->contradictory |= n.digits == 1; /* two days, or no year */
    } else if (contradicts_year(p, n)) {
        p->contradictory = true;
    } else if (p->hour != MAIL_DATE_UNSET && !p->have_zone && n.digits == 4) { /* "0900" without its sign */
        mail_date_zone_set(p, n.value / 100 * 60 + n.value % 100);
    }
}

static void digits(struct reading *r)
{
    struct mail_date_number n = mail_date_cursor_number(&r->text);
    enum token before = r->last;
    r->last = OTHER;
    if (counted(r, n) || is_address(r, n) || is_time(r, n, before) || (before != ZONE_NAME && is_date(r, n)))
        return;
    plain_number(&r->parts, n);
}

/* ---- signs and words ---- */
static void sign(struct reading *r)
{
    struct mail_date_parts *p = &r->parts;
    bool after_name = r->last == ZONE_NAME;
    bool here = p->hour != MAIL_DATE_UNSET && (!p->have_zone || p->zone_is_name) && r->last != OTHER;
    r->last = OTHER;
    if (here)
        mail_date_zone_take(&r->text, after_name, p);
    else
        r->text.p++;
}

/* AM and PM stand after the time, and in East Asia before it. */
static bool is_half(struct reading *r)
{
    struct mail_date_parts *p = &r->parts;
    bool after_time = p->hour != MAIL_DATE_UNSET && r->last != OTHER;
    if (!after_time && p->hour != MAIL_DATE_UNSET)
        return false;
    int half = mail_date_clock_half(&r->text);
    if (!half)
        return false;
    if (after_time)
        p->half = half;
    r->last = after_time ? TIME : half == 2 ? AFTERNOON : FORENOON;
    return true;
}

/* Names that stand before the number they belong to. */
static bool before_number(struct reading *r, const char *w, size_t len)
{
    struct mail_date_parts *p = &r->parts;
    int era = mail_date_names_era(w, len), half = mail_date_names_half(w, len);
    bool stray = len == 1 && (p->hour != MAIL_DATE_UNSET || mail_date_parts_has_year(p) ||
                                 !mail_date_cursor_next_is(&r->text, 0, mail_date_cursor_is_digit));
    if (era && !stray)
        p->era = era;
    if (p->era && mail_date_names_first_year(w, len)) {
        p->year = p->era + 1;
        p->year_digits = 4;
    }
    if (half)
        p->half = half;
    return (era && !stray) || half;
}

static bool is_name(struct mail_date_parts *p, const char *w, size_t len)
{
    int month = mail_date_names_month(w, len), weekday = mail_date_names_weekday(w, len);
    bool named = p->named_month != MAIL_DATE_UNSET;
    if (weekday >= 0 && p->weekday == MAIL_DATE_UNSET)
        p->weekday = weekday;
    if (month && weekday >= 0)
        p->weak_month = month;
    else if (month && !named)
        p->named_month = month;
    return weekday >= 0 || (month && !named);
}

static void word(struct reading *r)
{
    struct mail_date_parts *p = &r->parts;
    bool after_time = p->hour != MAIL_DATE_UNSET && r->last != OTHER;
    int zone;
    if (is_half(r))
        return;
    const char *w = r->text.p;
    size_t len = word_len(&r->text);
    r->text.p += len;
    r->last = OTHER;
    if (before_number(r, w, len) || is_name(p, w, len))
        return;
    if (after_time && !p->have_zone && mail_date_zone_of(w, len, &zone)) {
        mail_date_zone_set(p, zone);
        p->zone_is_name = true;
        r->last = ZONE_NAME;
    }
}

/* ---- all of it ---- */
/* Three numbers whose order is not known are not all: a weekday may come. */
static bool is_complete(const struct mail_date_parts *p)
{
    return mail_date_parts_has_day(p) && mail_date_parts_has_month(p) && mail_date_parts_has_year(p) &&
           p->hour != MAIL_DATE_UNSET && p->have_zone && !p->zone_is_name &&
           !(p->numeric && p->weekday == MAIL_DATE_UNSET);
}

static void other(struct reading *r)
{
    if (*r->text.p != ' ')
        r->last = OTHER;
    else if (r->last == OTHER)
        r->last = BLANK;
    r->text.p++;
}

void mail_date_read(const char *text, size_t len, struct mail_date_parts *ret)
{
    struct reading r = {.text = {text, text + len}, .last = BLANK};
    mail_date_parts_init(&r.parts);
    r.names_month = names_month(r.text);
    while (r.text.p < r.text.end && !is_complete(&r.parts)) {
        char c = *r.text.p;
        if (mail_date_cursor_is_digit(c))
            digits(&r);
        else if (mail_date_cursor_is_alpha(c))
            word(&r);
        else if (c == '+' || c == '-')
            sign(&r);
        else
            other(&r);
    }
    *ret = r.parts;
}
