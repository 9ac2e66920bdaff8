#include "mail_date.h"

#include "clock.h"
#include <stdbool.h>
#include <string.h>

#define SIGNIFICANT  512 /* octets of a value without its comments; a date is never longer */
#define UNSET        (-1)
#define ZONE_MAX_MIN (14 * 60)
#define PLAUSIBLE_S  347155200 /* 1981-01-01 */

/* What the last token was: it decides what a sign or a word means. */
enum token {
    OTHER,
    BLANK,
    TIME,
    ZONE_NAME,
};

struct parse {
    const char *p, *end;
    enum token last;
    int year, month, day;
    int hour, minute, second;
    int zone_min;
    bool have_zone, zone_is_name;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Copy without comments, blanks as spaces; returns the length. */
static size_t without_comments(const char *s, size_t len, char dst[SIGNIFICANT])
{
    size_t n = 0;
    unsigned depth = 0;
    for (size_t i = 0; i < len && n < SIGNIFICANT; i++) {
        if (depth && s[i] == '\\')
            i++;
        else if (s[i] == '(')
            depth++;
        else if (depth && s[i] == ')')
            depth--;
        else if (!depth)
            dst[n++] = is_blank(s[i]) ? ' ' : s[i];
    }
    return n;
}

static void skip_blanks(struct parse *d)
{
    while (d->p < d->end && *d->p == ' ')
        d->p++;
}

/* A run of digits: its value (at most nine of them count) and length. */
static int number(struct parse *d, int *ret_digits)
{
    int n = 0, digits = 0;
    for (; d->p < d->end && is_digit(*d->p); d->p++, digits++)
        if (digits < 9)
            n = n * 10 + (*d->p - '0');
    *ret_digits = digits;
    return n;
}

static bool next_is(const struct parse *d, size_t ahead, bool (*is)(char c))
{
    return (size_t)(d->end - d->p) > ahead && is(d->p[ahead]);
}

/* RFC 5322 section 4.3: two digits from 50 up are of the last century, three count from 1900. */
static int full_year(int n, int digits)
{
    if (digits <= 2)
        return n + (n < 50 ? 2000 : 1900);
    return n < 1000 ? n + 1900 : n;
}

/* ":" digits, blanks around it allowed (obs-FWS). */
static bool colon_number(struct parse *d, int *ret)
{
    struct parse ahead = *d;
    int digits;
    skip_blanks(&ahead);
    if (ahead.p == ahead.end || *ahead.p++ != ':')
        return false;
    skip_blanks(&ahead);
    *ret = number(&ahead, &digits);
    if (!digits)
        return false;
    d->p = ahead.p;
    return true;
}

static void skip_fraction(struct parse *d)
{
    int digits;
    if (d->p < d->end && (*d->p == '.' || *d->p == ',') && next_is(d, 1, is_digit)) {
        d->p++;
        number(d, &digits);
    }
}

static bool time_of_day(struct parse *d, int hour)
{
    int minute, second = 0;
    if (d->hour != UNSET || !colon_number(d, &minute))
        return false;
    if (colon_number(d, &second))
        skip_fraction(d);
    d->hour = hour;
    d->minute = minute;
    d->second = second;
    d->last = TIME;
    return true;
}

struct number {
    int value, digits;
};

static void ymd(struct parse *d, struct number y, int month, int day)
{
    d->year = full_year(y.value, y.digits);
    d->month = month;
    d->day = day;
}

/* 2002/09/14, 2007-11-09, 23-07-2024, 04/09/2003. With the year last: a slash puts the month first (US),
 * unless that cannot be. */
static bool three_numbers(struct parse *d, struct number a)
{
    struct parse ahead = *d;
    struct number b, c;
    char sep = *ahead.p++;
    b.value = number(&ahead, &b.digits);
    if (ahead.p == ahead.end || *ahead.p++ != sep)
        return false;
    c.value = number(&ahead, &c.digits);
    bool year_first = a.digits > 2 || a.value > 31;
    if (!b.digits || (year_first ? !c.digits : c.digits < 2) || d->year != UNSET)
        return false;
    d->p = ahead.p;
    if (year_first)
        ymd(d, a, b.value, c.value);
    else if (b.value > 12 || (sep == '/' && a.value <= 12))
        ymd(d, c, a.value, b.value);
    else
        ymd(d, c, b.value, a.value);
    return true;
}

static void set_zone(struct parse *d, int minutes)
{
    d->zone_min = minutes > ZONE_MAX_MIN || minutes < -ZONE_MAX_MIN ? 0 : minutes;
    d->have_zone = true;
    d->zone_is_name = false;
}

static void plain_number(struct parse *d, struct number n)
{
    if (d->day == UNSET && n.digits <= 3 && n.value >= 1 && n.value <= 31)
        d->day = n.value;
    else if (d->year == UNSET && (n.digits > 2 || d->day != UNSET || n.value > 31))
        d->year = full_year(n.value, n.digits);
    else if (d->hour != UNSET && !d->have_zone && n.digits == 4) /* "0900" without its sign */
        set_zone(d, n.value / 100 * 60 + n.value % 100);
}

static void digits(struct parse *d)
{
    struct number n;
    n.value = number(d, &n.digits);
    enum token before = d->last;
    d->last = OTHER;
    if (time_of_day(d, n.value))
        return;
    if (d->p < d->end && strchr("-/.", *d->p) && next_is(d, 1, is_digit) && before != ZONE_NAME &&
        three_numbers(d, n))
        return;
    plain_number(d, n);
}

/* +0900 -07:00 +09 -400 +-0800 (what "+%04d" makes of -800), and after GMT also +9. */
static void sign(struct parse *d)
{
    bool west = *d->p++ == '-', after_name = d->last == ZONE_NAME;
    bool here = d->hour != UNSET && (!d->have_zone || d->zone_is_name) && d->last != OTHER;
    int n_digits, minutes = 0;
    d->last = OTHER;
    if (!here)
        return;
    if (!west && d->p < d->end && *d->p == '-') {
        west = true;
        d->p++;
    }
    if (!next_is(d, 0, is_digit))
        return;
    int n = number(d, &n_digits);
    if (n_digits <= 2 && colon_number(d, &minutes))
        n_digits = 2;
    else if (n_digits < 2 && !after_name)
        return;
    int total = n_digits <= 2 ? n * 60 + minutes : n / 100 * 60 + n % 100;
    bool impossible = n_digits > 4 || (n_digits > 2 ? n % 100 : minutes) > 59;
    set_zone(d, impossible ? 0 : west ? -total : total);
}

static bool word_is(const char *word, size_t len, const char *what)
{
    if (strlen(what) != len)
        return false;
    for (size_t i = 0; i < len; i++)
        if ((word[i] | 0x20) != what[i])
            return false;
    return true;
}

/* The English names, whole or cut at three letters or more, and "sept". */
static int month_of(const char *word, size_t len)
{
    static const char *const names[] = {"january", "february", "march", "april", "may", "june", "july",
        "august", "september", "october", "november", "december"};
    for (int i = 0; i < 12; i++) {
        size_t full = strlen(names[i]);
        char cut[16];
        if (len < 3 || len > full)
            continue;
        memcpy(cut, names[i], len);
        cut[len] = '\0';
        if (word_is(word, len, cut))
            return i + 1;
    }
    return UNSET;
}

/* CST and IST are several zones: RFC 5322's (US Central) where it has one, else none. Military letters mean
 * nothing (RFC 5322 section 4.3). */
static bool zone_of(const char *word, size_t len, int *ret_min)
{
    static const struct {
        const char *name;
        int minutes;
    } zones[] = {{"ut", 0}, {"utc", 0}, {"gmt", 0}, {"wet", 0}, {"est", -300}, {"edt", -240}, {"cst", -360},
        {"cdt", -300}, {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420}, {"akst", -540},
        {"akdt", -480}, {"hst", -600}, {"jst", 540}, {"kst", 540}, {"hkt", 480}, {"sgt", 480}, {"awst", 480},
        {"aest", 600}, {"aedt", 660}, {"nzst", 720}, {"nzdt", 780}, {"bst", 60}, {"west", 60}, {"cet", 60},
        {"met", 60}, {"mez", 60}, {"cest", 120}, {"mest", 120}, {"mesz", 120}, {"eet", 120}, {"eest", 180},
        {"msk", 180}, {"msd", 240}};
    *ret_min = 0;
    if (len == 1)
        return true;
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
        if (word_is(word, len, zones[i].name)) {
            *ret_min = zones[i].minutes;
            return true;
        }
    }
    return false;
}

static void half_day(struct parse *d, bool afternoon)
{
    if (d->hour == 12 && !afternoon)
        d->hour = 0;
    else if (d->hour < 12 && afternoon)
        d->hour += 12;
    d->last = TIME;
}

static void word(struct parse *d)
{
    const char *w = d->p;
    int month, zone;
    while (d->p < d->end && is_alpha(*d->p))
        d->p++;
    size_t len = (size_t)(d->p - w);
    bool after_time = d->hour != UNSET && d->last != OTHER;
    d->last = OTHER;
    if (d->month == UNSET && (month = month_of(w, len)) != UNSET) {
        d->month = month;
    } else if (after_time && (word_is(w, len, "am") || word_is(w, len, "pm"))) {
        half_day(d, (*w | 0x20) == 'p');
    } else if (after_time && !d->have_zone && zone_of(w, len, &zone)) {
        set_zone(d, zone);
        d->zone_is_name = true;
        d->last = ZONE_NAME;
    }
}

static bool is_complete(const struct parse *d)
{
    return d->day != UNSET && d->month != UNSET && d->year != UNSET && d->hour != UNSET && d->have_zone &&
           !d->zone_is_name;
}

static void scan(struct parse *d)
{
    while (d->p < d->end && !is_complete(d)) {
        char c = *d->p;
        if (is_digit(c)) {
            digits(d);
        } else if (is_alpha(c)) {
            word(d);
        } else if (c == '+' || c == '-') {
            sign(d);
        } else {
            if (c != ' ')
                d->last = OTHER;
            else if (d->last == OTHER)
                d->last = BLANK;
            d->p++;
        }
    }
}

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool is_valid(const struct parse *d)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (d->month < 1 || d->month > 12 || d->year < 0 || d->year > 9999)
        return false;
    int last = days[d->month - 1] + (d->month == 2 && is_leap(d->year));
    if (d->day < 1 || d->day > last)
        return false;
    return d->hour == UNSET || (d->hour <= 24 && d->minute <= 59 && d->second <= 60);
}

int64_t mail_date_parse(const char *value, size_t len)
{
    char text[SIGNIFICANT];
    struct parse d = {.p = text, .last = BLANK, .year = UNSET, .month = UNSET, .day = UNSET, .hour = UNSET};
    d.end = text + without_comments(value, len, text);
    scan(&d);
    if (!is_valid(&d))
        return MAIL_NO_DATE;
    int64_t s = clock_from_utc(d.year, d.month, d.day, d.hour == UNSET ? 0 : d.hour, d.minute, d.second);
    return s - d.zone_min * 60;
}

/* After the last ";" outside comments and quoted strings; plain: outside nothing. Returns len if there is
 * none. */
static size_t after_semicolon(const char *s, size_t len, bool plain)
{
    size_t found = len;
    unsigned depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        if (s[i] == '\\')
            i++;
        else if (s[i] == '"' && !depth)
            quoted = !quoted;
        else if (s[i] == '(' && !quoted)
            depth++;
        else if (s[i] == ')' && !quoted && depth)
            depth--;
        else if (s[i] == ';' && (plain || (!depth && !quoted)))
            found = i + 1;
    }
    return found;
}

int64_t mail_date_received(const char *value, size_t len)
{
    size_t at = after_semicolon(value, len, false);
    int64_t s = mail_date_parse(value + at, len - at);
    if (s != MAIL_NO_DATE)
        return s;
    at = after_semicolon(value, len, true);
    return mail_date_parse(value + at, len - at);
}

const char *mail_date_source_name(enum mail_date_source s)
{
    switch (s) {
    case MAIL_DATE_RECEIVED:
        return "received";
    case MAIL_DATE_DATE:
        return "date";
    case MAIL_DATE_NOW:
        break;
    }
    return "now";
}

static bool is_plausible(int64_t s, int64_t now_s)
{
    return s >= PLAUSIBLE_S && s <= now_s + 86400;
}

bool mail_date_source_parse(const char *name, enum mail_date_source *ret)
{
    for (int i = 0; i <= MAIL_DATE_NOW; i++)
        if (!strcmp(name, mail_date_source_name((enum mail_date_source)i))) {
            *ret = (enum mail_date_source)i;
            return true;
        }
    return false;
}

int64_t mail_date_internal(const struct mail_facts *facts, int64_t now_s, enum mail_date_source *ret_source)
{
    if (is_plausible(facts->received_s, now_s)) {
        *ret_source = MAIL_DATE_RECEIVED;
        return facts->received_s;
    }
    if (is_plausible(facts->date_s, now_s)) {
        *ret_source = MAIL_DATE_DATE;
        return facts->date_s;
    }
    *ret_source = MAIL_DATE_NOW;
    return now_s;
}
