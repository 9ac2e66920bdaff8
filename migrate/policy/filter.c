#include "filter.h"

#include "clock.h"
#include "mem.h"
#include "text.h"
#include <fnmatch.h>
#include <string.h>

static int usage(const char *option, const char *text, const char *what, struct error *err)
{
    return error_set(
        err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s \"%s\": %s", option, text, what);
}

/* ---- dates ---- */
struct reader {
    const char *p;
    bool bad;
};

/* least to most digits */
static int number(struct reader *r, int least, int most)
{
    int v = 0, n = 0;
    for (; n < most && *r->p >= '0' && *r->p <= '9'; n++)
        v = v * 10 + (*r->p++ - '0');
    r->bad |= n < least;
    return v;
}

static int digits(struct reader *r, int n)
{
    return r->bad ? 0 : number(r, n, n);
}

static bool take_word(struct reader *r, const char *word)
{
    size_t len = strlen(word);
    if (r->bad || strncmp(r->p, word, len) != 0)
        return false;
    r->p += len;
    return true;
}

static bool take(struct reader *r, char c)
{
    const char word[] = {c, '\0'};
    return take_word(r, word);
}

static void need(struct reader *r, char c)
{
    if (!take(r, c))
        r->bad = true;
}

/* "Z", "+09:00", "+0900", or nothing: the caller's. Minutes east of UTC. */
static int zone(struct reader *r, int utc_offset_min)
{
    if (take(r, 'Z') || take(r, 'z'))
        return 0;
    int sign = take(r, '+') ? 1 : take(r, '-') ? -1 : 0;
    if (!sign)
        return utc_offset_min;
    int hours = digits(r, 2);
    take(r, ':');
    int minutes = digits(r, 2);
    r->bad |= hours > 23 || minutes > 59;
    return sign * (hours * 60 + minutes);
}

/* "2024", or the year of a Japanese era: "R8", "令和8年", "令和元年". */
static int year(struct reader *r)
{
    static const struct {
        const char *name;
        int before; /* the year before its first */
    } eras[] = {{"令和", 2018}, {"平成", 1988}, {"昭和", 1925}, {"R", 2018}, {"H", 1988}, {"S", 1925},
        {"r", 2018}, {"h", 1988}, {"s", 1925}};
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++)
        if (take_word(r, eras[i].name)) {
            int of_era = take_word(r, "元") ? 1 : number(r, 1, 2);
            return of_era ? eras[i].before + of_era : 0;
        }
    return digits(r, 4);
}

struct date {
    int year, month, day, hour, minute, second;
};

static void read_day(struct reader *r, struct date *d)
{
    static const char *const marks[][3] = {
        {"-", "-", ""}, {"/", "/", ""}, {".", ".", ""}, {"年", "月", "日"}};
    const char *const *m = NULL;
    d->year = year(r);
    for (size_t i = 0; i < sizeof marks / sizeof *marks && !m; i++)
        m = take_word(r, marks[i][0]) ? marks[i] : NULL;
    r->bad |= !m;
    d->month = r->bad ? 0 : number(r, 1, 2);
    r->bad |= m && !take_word(r, m[1]);
    d->day = r->bad ? 0 : number(r, 1, 2);
    r->bad |= m && !take_word(r, m[2]);
}

/* Behind "T", or the blank that a spreadsheet puts there. */
static void read_time(struct reader *r, struct date *d, int *offset_min)
{
    bool blank = take(r, ' ');
    if (!blank && !take(r, 'T') && !take(r, 't'))
        return;
    d->hour = number(r, blank ? 1 : 2, 2);
    need(r, ':');
    d->minute = digits(r, 2);
    if (take(r, ':'))
        d->second = digits(r, 2);
    *offset_min = zone(r, *offset_min);
}

/* Of what cannot be read, the most helpful words. */
static const char *why_no_date(const char *text)
{
    size_t first = strspn(text, "0123456789");
    if (!text[first] && first == 5)
        return "this is a spreadsheet's own number of a day: give its cell the form of a date there, or write "
               "2026-11-01";
    if (first && first <= 2 && strchr("/.-", text[first]) && text[first])
        return "day and month cannot be told apart: write the year first, as 2026-11-01 or 2026/11/1";
    return "not a date; write 2024-05-31 (or 2024/5/31, 2024年5月31日), or 2024-05-31T12:00:00Z (or with +09:00 in "
           "place of Z)";
}

int filter_parse_date(
    const char *option, const char *text, int utc_offset_min, int64_t *ret_s, struct error *err)
{
    char narrow[64];
    struct reader r = {.p = text_narrow(narrow, sizeof narrow, text)};
    struct date d = {0};
    int offset_min = utc_offset_min;
    read_day(&r, &d);
    read_time(&r, &d, &offset_min);
    if (r.bad || *r.p || strlen(text) >= sizeof narrow)
        return usage(option, text, why_no_date(narrow), err);
    if (!d.year || !d.month || d.month > 12 || !d.day || d.day > clock_days_in(d.year, d.month) ||
        d.hour > 23 || d.minute > 59 || d.second > 59)
        return usage(option, text, "there is no such date", err);
    *ret_s = clock_from_utc(d.year, d.month, d.day, d.hour, d.minute, d.second) - (int64_t)offset_min * 60;
    return 0;
}

/* ---- sizes ---- */
/* What stands behind the number; 0: nothing that is a unit. */
static uint64_t unit(const char *s)
{
    static const struct {
        const char *name;
        uint64_t octets;
    } units[] = {{"", 1}, {"k", 1000}, {"M", 1000 * 1000}, {"G", 1000 * 1000 * 1000}, {"Ki", 1024},
        {"Mi", 1024 * 1024}, {"Gi", 1024 * 1024 * 1024}};
    size_t len = strlen(s);
    if (len && (s[len - 1] == 'B' || s[len - 1] == 'b'))
        len--;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (!text_compare_nocase(s, len, units[i].name, strlen(units[i].name)))
            return units[i].octets;
    return 0;
}

int filter_parse_size(const char *option, const char *text, uint64_t *ret_octets, struct error *err)
{
    size_t len = strspn(text, "0123456789");
    uint64_t octets, factor = unit(text + len);
    unsigned long long number;
    if (!len || !factor)
        return usage(option, text,
            "not a size; write octets, or 500k, 10M, 2G (powers of 1000), 10Mi (powers of 1024)", err);
    if (!text_parse_u64(text, len, &number) || __builtin_mul_overflow(number, factor, &octets))
        return usage(option, text, "no message is that large", err);
    *ret_octets = octets;
    return 0;
}

/* ---- the filter ---- */
int filter_check(const struct filter *f, struct error *err)
{
    if (f->since_s >= f->before_s)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--since and --before leave no time in between: no message could be copied; --since must be the "
            "earlier one");
    if (f->min_octets > f->max_octets)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--min-size is larger than --max-size: no message could be copied");
    return 0;
}

bool filter_needs_date(const struct filter *f)
{
    return f->since_s != FILTER_NO_SINCE || f->before_s != FILTER_NO_BEFORE;
}

bool filter_is_set(const struct filter *f)
{
    return filter_needs_date(f) || f->min_octets || f->max_octets != FILTER_NO_MAX;
}

static bool beyond(const struct filter *f, int64_t date_s, enum filter_limit *ret_why)
{
    bool before = date_s < f->since_s;
    bool after = f->before_s != FILTER_NO_BEFORE && date_s >= f->before_s;
    if (before || after)
        *ret_why = before ? FILTER_SINCE : FILTER_BEFORE;
    return before || after;
}

bool filter_match(
    const struct filter *f, bool date_known, int64_t date_s, uint64_t octets, enum filter_limit *ret_why)
{
    if (octets < f->min_octets)
        *ret_why = FILTER_MIN_SIZE;
    else if (octets > f->max_octets)
        *ret_why = FILTER_MAX_SIZE;
    else
        return !date_known || !beyond(f, date_s, ret_why);
    return false;
}

/* ---- folders ---- */
static bool matches(const char *pattern, const char *path)
{
    char *part CLEANUP(mem_free_str) = mem_strdup(path);
    for (;;) {
        if (!fnmatch(pattern, part, FNM_CASEFOLD))
            return true;
        char *slash = strrchr(part, '/');
        if (!slash)
            return false;
        *slash = '\0';
    }
}

static bool any_matches(const char *const *patterns, const char *path)
{
    for (; patterns && *patterns; patterns++)
        if (matches(*patterns, path))
            return true;
    return false;
}

static bool is_named(const struct filter *f, const char *path)
{
    for (const char *const *p = f->only_folders; p && *p; p++)
        if (!strpbrk(*p, "*?[") && matches(*p, path))
            return true;
    return false;
}

static bool left_by_role(const struct filter *f, enum mail_role role, enum filter_limit *ret_why)
{
    *ret_why = role == MAIL_ROLE_TRASH ? FILTER_TRASH : role == MAIL_ROLE_JUNK ? FILTER_JUNK : FILTER_OUTBOX;
    return (role == MAIL_ROLE_TRASH && !f->with_trash) || (role == MAIL_ROLE_JUNK && !f->with_junk) ||
           role == MAIL_ROLE_OUTBOX;
}

bool filter_folder(const struct filter *f, const char *path, enum mail_role role, enum filter_limit *ret_why)
{
    bool only = f->only_folders && *f->only_folders;
    *ret_why = FILTER_FOLDER;
    if (any_matches(f->skip_folders, path) || (only && !any_matches(f->only_folders, path)))
        return false;
    return is_named(f, path) || !left_by_role(f, role, ret_why);
}

const char *filter_words(enum filter_limit why)
{
    switch (why) {
    case FILTER_SINCE:
        return "older than --since";
    case FILTER_BEFORE:
        return "not older than --before";
    case FILTER_MIN_SIZE:
        return "smaller than --min-size";
    case FILTER_MAX_SIZE:
        return "larger than --max-size";
    case FILTER_FOLDER:
        return "its folder is left out by --only-folder or --skip-folder";
    case FILTER_TRASH:
        return "in the trash; --with-trash takes it";
    case FILTER_JUNK:
        return "in the folder for junk; --with-junk takes it";
    case FILTER_OUTBOX:
        return "in the outbox, and never sent; --only-folder with that name takes it";
    }
    return "";
}
