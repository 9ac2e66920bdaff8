/* quote_words.h - translations, and how numbers and dates are written in a language.
 *
 * The catalogs of cli/po are compiled in as msgfmt makes them. A language is borrowed, static and only read:
 * any number of threads may use it. All strings given back are UTF-8 and static unless a `dst` is named. */
#pragma once

#include "estimate_time.h"
#include "money.h"
#include <stddef.h>
#include <stdint.h>

/* To be collected by xgettext here, and translated where it is used. */
#define N_(text) (text)

struct quote_words;

/* "ja" is Japanese, everything else English. Never NULL. */
const struct quote_words *quote_words_of(const char *lang);
const char *quote_words_lang(const struct quote_words *w); /* "ja" or "en" */

/* The translation, or msgid itself where there is none. */
const char *quote_words(const struct quote_words *w, const char *msgid) __attribute__((format_arg(2)));
/* Of "one" and "many", by the language's own rule. */
const char *quote_words_plural(const struct quote_words *w, const char *one, const char *many, uint64_t n)
    __attribute__((format_arg(2), format_arg(3)));
/* name, or name_ja in Japanese if it is not empty. */
const char *quote_words_name(const struct quote_words *w, const char *name, const char *name_ja);

#define QUOTE_WORDS_MAX 96
/* "1,234" */
char *quote_words_count(char dst[QUOTE_WORDS_MAX], uint64_t n);
/* "22 November 2026", "2026年11月22日", in the zone utc_offset_min */
char *quote_words_date(
    const struct quote_words *w, char dst[QUOTE_WORDS_MAX], int64_t date_s, int utc_offset_min);
/* "3 hours", "12 days": rounded up to whole minutes, hours (below a day) or the begun days of t; "unknown"
 * when nothing is known. */
char *quote_words_time(const struct quote_words *w, char dst[QUOTE_WORDS_MAX], const struct estimate_time *t);
/* Tenths of a percent: "10 %", "8.5 %"; without the blank in Japanese. */
char *quote_words_percent(const struct quote_words *w, char dst[QUOTE_WORDS_MAX], int tenths);
