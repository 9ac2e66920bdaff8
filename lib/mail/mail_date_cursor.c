#include "mail_date_cursor.h"

bool mail_date_cursor_next_is(const struct mail_date_cursor *t, size_t ahead, bool (*is)(char c))
{
    return (size_t)(t->end - t->p) > ahead && is(t->p[ahead]);
}

void mail_date_cursor_blanks(struct mail_date_cursor *t)
{
    while (t->p < t->end && *t->p == ' ')
        t->p++;
}

struct mail_date_number mail_date_cursor_number(struct mail_date_cursor *t)
{
    struct mail_date_number n = {0, 0};
    for (; t->p < t->end && mail_date_cursor_is_digit(*t->p); t->p++, n.digits++)
        if (n.digits < 9)
            n.value = n.value * 10 + (*t->p - '0');
    return n;
}

bool mail_date_cursor_char(struct mail_date_cursor *t, char c)
{
    bool there = t->p < t->end && (*t->p == c || (mail_date_cursor_is_alpha(*t->p) && (*t->p | 0x20) == c));
    t->p += there;
    return there;
}

bool mail_date_cursor_colon(struct mail_date_cursor *t, int *ret)
{
    struct mail_date_cursor ahead = *t;
    mail_date_cursor_blanks(&ahead);
    if (!mail_date_cursor_char(&ahead, ':'))
        return false;
    mail_date_cursor_blanks(&ahead);
    struct mail_date_number n = mail_date_cursor_number(&ahead);
    if (!n.digits)
        return false;
    *ret = n.value;
    *t = ahead;
    return true;
}

bool mail_date_cursor_dot(struct mail_date_cursor *t, int *ret)
{
    struct mail_date_cursor ahead = *t;
    if (!mail_date_cursor_char(&ahead, '.'))
        return false;
    struct mail_date_number n = mail_date_cursor_number(&ahead);
    if (n.digits != 2)
        return false;
    *ret = n.value;
    *t = ahead;
    return true;
}
