/* mail_date_cursor.h - a place in the text of a date, and the smallest things that are read there. Each takes
 * what it finds, or nothing. Private to mail_date*.c. */
#pragma once

#include "mail_date_parts.h"
#include <stddef.h>

struct mail_date_cursor {
    const char *p, *end;
};

static inline bool mail_date_cursor_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Octets of other alphabets are letters, too. */
static inline bool mail_date_cursor_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80);
}

bool mail_date_cursor_next_is(const struct mail_date_cursor *t, size_t ahead, bool (*is)(char c));
void mail_date_cursor_blanks(struct mail_date_cursor *t);
/* A run of digits: at most nine of them count for its value. */
struct mail_date_number mail_date_cursor_number(struct mail_date_cursor *t);
/* ":" and a number, blanks around it allowed (obs-FWS). */
bool mail_date_cursor_colon(struct mail_date_cursor *t, int *ret);
/* A dot and two digits, no more. */
bool mail_date_cursor_dot(struct mail_date_cursor *t, int *ret);
/* c: in lower case; the case does not count. */
bool mail_date_cursor_char(struct mail_date_cursor *t, char c);
