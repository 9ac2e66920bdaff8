#include "mail_cut.h"

#include "mail_charset.h"
#include <string.h>

#define LIMIT       986 /* with a closing escape sequence below 990 */
#define HARD_MIN    500
#define CLIPPED_MAX 3 /* octets of a character that the end of the window may cut off */

struct place {
    size_t at;
    const char *escape; /* in force there */
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The window may end inside a character: that must not hide what the others are. */
static enum mail_octets_kind guess(const char *window)
{
    const char *best = NULL;
    for (size_t clip = 0; clip <= CLIPPED_MAX; clip++) {
        const char *name = mail_charset_detect(window, MAIL_CUT_WINDOW - clip);
        if (name && (!best || !strcmp(name, "UTF-8")))
            best = name;
    }
    return best ? mail_charset_octets(best, strlen(best)) : MAIL_OCTETS_ONE;
}

static enum mail_octets_kind kind_of(
    const char *window, enum mail_cut_style style, enum mail_octets_kind kind)
{
    if (style == MAIL_CUT_QP || style == MAIL_CUT_BASE64)
        return MAIL_OCTETS_ONE;
    bool mislabelled = kind == MAIL_OCTETS_JIS && mail_octets_any_8bit(window, MAIL_CUT_WINDOW);
    return kind == MAIL_OCTETS_UNKNOWN || mislabelled ? guess(window) : kind;
}

/* A line that starts like this is taken for a boundary of MIME, or of an mbox. */
static bool starts_badly(const char *s)
{
    return !memcmp(s, "--", 2) || !memcmp(s, "From ", 5);
}

static bool is_soft(const char *window, enum mail_cut_style style, size_t at)
{
    if (style == MAIL_CUT_FOLD)
        return is_blank(window[at]) && !is_blank(window[at + 1]);
    return style == MAIL_CUT_TEXT && is_blank(window[at - 1]) && !is_blank(window[at]) &&
           !starts_badly(window + at);
}

static size_t step(struct mail_octets *o, enum mail_cut_style style, const char *s, size_t len)
{
    if (style == MAIL_CUT_BASE64)
        return 4; /* a quartet, in a line of nothing else */
    return style == MAIL_CUT_QP && s[0] == '=' ? 3 : mail_octets_next(o, s, len);
}

static struct place choose(const char *window, enum mail_cut_style style, struct mail_octets *o, size_t from)
{
    struct place soft = {0}, hard = {0}, any = {0};
    bool ink = false;
    for (size_t at = 0; at <= LIMIT; at += step(o, style, window + at, MAIL_CUT_WINDOW - at)) {
        struct place here = {at, o->escape};
        if (ink && at >= from && !here.escape && is_soft(window, style, at))
            soft = here;
        if (style == MAIL_CUT_FOLD || !starts_badly(window + at))
            hard = here;
        any = here;
        ink = ink || !is_blank(window[at]);
    }
    return soft.at ? soft : hard.at >= HARD_MIN ? hard : any;
}

static void append(char dst[8], const char *s)
{
    strcpy(dst + strlen(dst), s);
}

void mail_cut_find(const char *window, enum mail_cut_style style, enum mail_octets_kind kind, size_t from,
    struct mail_cut *ret)
{
    struct mail_octets o = {.kind = kind_of(window, style, kind)};
    struct place p = choose(window, style, &o, from);
    *ret = (struct mail_cut){.at = p.at};
    if (style == MAIL_CUT_QP)
        append(ret->close, "=");
    if (style == MAIL_CUT_FOLD && !is_blank(window[p.at]))
        append(ret->open, " ");
    if (p.escape) {
        append(ret->close, "\033(B");
        append(ret->open, p.escape);
    }
}
