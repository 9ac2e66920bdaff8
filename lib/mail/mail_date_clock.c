#include "mail_date_clock.h"

#define MONTHS 12

int mail_date_clock_half(struct mail_date_cursor *t)
{
    struct mail_date_cursor ahead = *t;
    int half = mail_date_cursor_char(&ahead, 'a') ? 1 : mail_date_cursor_char(&ahead, 'p') ? 2 : 0;
    if (!half)
        return 0;
    if (mail_date_cursor_char(&ahead, '.'))
        mail_date_cursor_blanks(&ahead);
    if (!mail_date_cursor_char(&ahead, 'm') || mail_date_cursor_next_is(&ahead, 0, mail_date_cursor_is_alpha))
        return 0;
    mail_date_cursor_char(&ahead, '.');
    *t = ahead;
    return half;
}

static void skip_fraction(struct mail_date_cursor *t)
{
    if (t->p < t->end && (*t->p == '.' || *t->p == ',') &&
        mail_date_cursor_next_is(t, 1, mail_date_cursor_is_digit)) {
        t->p++;
        mail_date_cursor_number(t);
    }
}

static void set(struct mail_date_parts *p, int hour, int minute, int second)
{
    p->hour = hour;
    p->minute = minute;
    p->second = second;
}

static bool with_colons(struct mail_date_cursor *t, int hour, struct mail_date_parts *p)
{
    int minute, second = 0;
    if (!mail_date_cursor_colon(t, &minute))
        return false;
    if (mail_date_cursor_colon(t, &second))
        skip_fraction(t);
    else
        mail_date_cursor_dot(t, &second);
    set(p, hour, minute, second);
    return true;
}

/* 12.34.56, and 12.34; where a date may stand there, too, only what can be none. */
static bool with_dots(struct mail_date_cursor *t, int hour, bool dots, struct mail_date_parts *p)
{
    struct mail_date_cursor ahead = *t;
    int minute, second = 0;
    if (!mail_date_cursor_dot(&ahead, &minute))
        return false;
    bool seconds = mail_date_cursor_dot(&ahead, &second);
    bool goes_on = mail_date_cursor_next_is(&ahead, 0, mail_date_cursor_is_digit) ||
                   (ahead.p < ahead.end && *ahead.p == '.' &&
                       mail_date_cursor_next_is(&ahead, 1, mail_date_cursor_is_digit));
    if (goes_on || minute > 59 || second > 60 || !(dots || (seconds && minute > MONTHS)))
        return false;
    *t = ahead;
    set(p, hour, minute, second);
    return true;
}

/* 12h34, 12 h 34, 12h */
static bool with_letter(struct mail_date_cursor *t, int hour, struct mail_date_parts *p)
{
    struct mail_date_cursor ahead = *t;
    int second = 0;
    mail_date_cursor_blanks(&ahead);
    if (!mail_date_cursor_char(&ahead, 'h') || mail_date_cursor_next_is(&ahead, 0, mail_date_cursor_is_alpha))
        return false;
    *t = ahead;
    mail_date_cursor_blanks(&ahead);
    struct mail_date_number minute = mail_date_cursor_number(&ahead);
    if (minute.digits == 2 && minute.value < 60) {
        *t = ahead;
        mail_date_cursor_colon(t, &second);
    } else {
        minute.value = 0;
    }
    set(p, hour, minute.value, second);
    return true;
}

/* 3 p.m. */
static bool with_half(struct mail_date_cursor *t, int hour, struct mail_date_parts *p)
{
    struct mail_date_cursor ahead = *t;
    mail_date_cursor_blanks(&ahead);
    if (hour < 1 || hour > 12 || !mail_date_clock_half(&ahead))
        return false;
    set(p, hour, 0, 0); /* the half is read again, as after any time */
    return true;
}

bool mail_date_clock_take(
    struct mail_date_cursor *t, struct mail_date_number hour, bool dots, struct mail_date_parts *p)
{
    if (p->hour != MAIL_DATE_UNSET)
        return false;
    if (with_colons(t, hour.value, p))
        return true;
    if (hour.digits > 2 || hour.value > 24)
        return false;
    return with_dots(t, hour.value, dots, p) || with_letter(t, hour.value, p) || with_half(t, hour.value, p);
}
