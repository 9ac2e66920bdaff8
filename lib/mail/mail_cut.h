/* mail_cut.h - where a line of more than 998 octets (RFC 5322 section 2.1.1) may be broken. Private to
 * lib/mail. */
#pragma once

#include "mail_octets.h"
#include <stdbool.h>
#include <stddef.h>

#define MAIL_CUT_LINE   998                 /* octets a line may have */
#define MAIL_CUT_WINDOW (MAIL_CUT_LINE + 1) /* octets that show that it has more */

enum mail_cut_style {
    MAIL_CUT_FOLD,   /* a header field: before a blank, else a blank is added */
    MAIL_CUT_TEXT,   /* after a blank, else anywhere between two characters */
    MAIL_CUT_QP,     /* quoted-printable: a soft line break, not inside =XX */
    MAIL_CUT_BASE64, /* anywhere */
};

struct mail_cut {
    size_t at; /* octets of the window that stay on this line, 500 at least unless a blank comes earlier */
    char close[8]; /* what is to stand behind them before the line end */
    char open[8];  /* what the next line begins with, before the rest of the window */
};

/* Break a window of MAIL_CUT_WINDOW octets. The first line and its close have at most MAIL_CUT_LINE octets,
 * and the next one is never of blanks only if that can be helped. from: FOLD does not break before it (the
 * end of the field name). kind: UNKNOWN, or JIS where there are 8-bit octets, is guessed from the window. A
 * JIS line is broken in ASCII state, and the next one calls the set again. */
void mail_cut_find(const char *window, enum mail_cut_style style, enum mail_octets_kind kind, size_t from,
    struct mail_cut *ret);
