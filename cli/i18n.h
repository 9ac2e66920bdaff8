/* i18n.h - the language of what is printed: English as written in the source, or the translation in cli/po.
 *
 * Order of calls: i18n_begin once, after the options are known and before there are threads; then _()
 * anywhere in cli. Before i18n_begin everything is English.
 *
 * Translations are compiled in, so they need no locale and no files: C.UTF-8, which may be all a machine has,
 * has none of its own, and glibc's gettext refuses to translate in it (since 2.39). What xgettext collects is
 * listed in cli/po/POTFILES; the catalog itself and msgfmt are GNU gettext's. */
#pragma once

#include "error.h"

/* lang: what --lang says, "ja" or "en"; NULL: by LC_ALL, LC_MESSAGES, LANG (the first that is set) and
 * LANGUAGE, as gettext does. -1 with ERROR_USAGE for another one. Also makes the output UTF-8 and the decimal
 * point a point, whatever the locale. */
int i18n_begin(const char *lang, struct error *err);
const char *i18n_lang(void); /* "ja" or "en" */

/* The translation, or text itself. Static. */
const char *i18n(const char *text) __attribute__((format_arg(1)));
const char *i18n_plural(const char *one, const char *many, unsigned long n)
    __attribute__((format_arg(1), format_arg(2)));

#define _(text)                i18n(text)
#define N_(text)               (text)
#define ngettext(one, many, n) i18n_plural(one, many, n)
