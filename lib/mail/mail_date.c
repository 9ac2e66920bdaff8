#include "mail_date.h"

#include "mail_date_parts.h"
#include "mail_date_read.h"
#include "mail_date_text.h"
#include "mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SIGNIFICANT 512       /* octets of a value without its comments; a date is never longer */
#define PLAUSIBLE_S 347155200 /* 1981-01-01 */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\0';
}

/* Copy with comments and blanks as spaces; returns the length. */
static size_t without_comments(const char *s, size_t len, char dst[SIGNIFICANT])
{
    size_t n = 0;
    unsigned depth = 0;
    for (size_t i = 0; i < len && n < SIGNIFICANT; i++) {
        if (!depth)
            dst[n++] = is_blank(s[i]) || s[i] == '(' ? ' ' : s[i];
        if (depth && s[i] == '\\')
            i++;
        else if (s[i] == '(')
            depth++;
        else if (depth && s[i] == ')')
            depth--;
    }
    return n;
}

static int64_t read_text(const char *value, size_t len)
{
    char text[SIGNIFICANT];
    struct mail_date_parts parts;
    mail_date_read(text, without_comments(value, len, text), &parts);
    return mail_date_parts_moment(&parts);
}

int64_t mail_date_parse(const char *value, size_t len)
{
    if (mail_date_text_is_plain(value, len))
        return read_text(value, len);
    if (mail_date_text_is_octets(value, len)) {
        char *octets CLEANUP(mem_free_str) = mail_date_text_of_octets(value, len);
        int64_t s = read_text(octets, strlen(octets));
        if (s != MAIL_NO_DATE)
            return s;
    }
    char *text CLEANUP(mem_free_str) = mail_date_text_decode(value, len);
    return read_text(text, strlen(text));
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
    case MAIL_DATE_STORE:
        return "store";
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
    if (is_plausible(facts->stored_s, now_s)) {
        *ret_source = MAIL_DATE_STORE;
        return facts->stored_s;
    }
    if (is_plausible(facts->date_s, now_s)) {
        *ret_source = MAIL_DATE_DATE;
        return facts->date_s;
    }
    *ret_source = MAIL_DATE_NOW;
    return now_s;
}
