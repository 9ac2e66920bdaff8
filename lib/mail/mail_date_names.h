/* mail_date_names.h - the words that stand in dates: months and weekdays in seven languages (English, German,
 * French, Spanish, Italian, Dutch, Portuguese), the units and eras of East Asia. Private to mail_date*.c.
 *
 * A word is UTF-8 or ISO 8859-1; the case and the accents of its letters do not count. Names may be cut at
 * three letters or more, where that is no other name of their kind. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* what: in lower case, ASCII. */
bool mail_date_names_is(const char *word, size_t len, const char *what);

/* 1 to 12; 0: it names no month. */
int mail_date_names_month(const char *word, size_t len);
/* 0 (Sunday) to 6, -1: it names none. "mar" is one, and a month. */
int mail_date_names_weekday(const char *word, size_t len);

/* What a number counts that stands before these octets. */
enum mail_date_unit {
    MAIL_DATE_NO_UNIT,
    MAIL_DATE_YEAR,
    MAIL_DATE_MONTH,
    MAIL_DATE_DAY,
    MAIL_DATE_HOUR,
    MAIL_DATE_MINUTE,
    MAIL_DATE_SECOND,
};
#define MAIL_DATE_UNIT_OCTETS 3
enum mail_date_unit mail_date_names_unit(const char *s, size_t len);

/* The year before the first one of the era that the word names, in Japanese or by its letter (R, H, S);
 * 0: none. */
int mail_date_names_era(const char *word, size_t len);
/* "..元年": the year is the era's first. */
bool mail_date_names_first_year(const char *word, size_t len);
/* The half of the day that the word names in Japanese, Chinese or Korean, 1 or 2; 0: neither. */
int mail_date_names_half(const char *word, size_t len);
