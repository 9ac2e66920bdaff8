#include "i18n.h"

#include "quote_words.h"
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct quote_words *words;

/* "ja", "ja_JP.UTF-8", "ja:en" */
static bool is_japanese(const char *name)
{
    return !strncmp(name, "ja", 2) && (!name[2] || strchr("_.@:", name[2]));
}

static const char *first_of(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *value = getenv(names[i]);
        if (value && *value)
            return value;
    }
    return "C";
}

/* As gettext decides it, but by the names alone: setlocale knows only the locales installed on this machine.
 */
static const char *lang_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    const char *locale = first_of(names, sizeof names / sizeof *names);
    const char *language = getenv("LANGUAGE");
    if (!strcmp(locale, "C") || !strcmp(locale, "POSIX"))
        return "en";
    return is_japanese(language && *language ? language : locale) ? "ja" : "en";
}

int i18n_begin(const char *lang, struct error *err)
{
    if (lang && strcmp(lang, "ja") != 0 && strcmp(lang, "en") != 0)
        return error_set(
            err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "--lang %s: must be ja or en", lang);
    words = quote_words_of(lang ? lang : lang_of_environment());
    setlocale(LC_NUMERIC, "C");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    return 0;
}

const char *i18n_lang(void)
{
    return words ? quote_words_lang(words) : "en";
}

const char *i18n(const char *text)
{
    return words ? quote_words(words, text) : text;
}

const char *i18n_plural(const char *one, const char *many, unsigned long n)
{
    return quote_words_plural(words ? words : quote_words_of("en"), one, many, n);
}
