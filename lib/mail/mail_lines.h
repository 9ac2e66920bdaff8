/* mail_lines.h - bytes to lines: the one place that decides what ends a line. Private to lib/mail: the
 * scanner and the repair both stand on it, so that they cannot disagree.
 *
 * CR LF, LF, CR and any run of CR before LF are one line end each; in a run of CR without LF each is one. NUL
 * is counted and otherwise as if it were not there. A run of CR is cut at MAIL_LINES_CR_MAX, which bounds
 * what one piece of input can set free.
 *
 * Order of calls: feed, then next until MORE; ...; finish, then next until MORE. Any split gives the same
 * line ends and the same text (in other pieces). Plain data; the fed bytes must stay until next has said
 * MORE. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAIL_LINES_CR_MAX 4096

struct mail_lines {
    /* What was seen. */
    uint64_t octets, bare_cr, bare_lf, nul, longest_line;
    bool ended; /* the last thing but NUL was a line end */

    /* private */
    const char *data;
    size_t at, len, next_cr, next_lf, next_nul;
    uint64_t line_octets, cr_end[2];
    unsigned cr_run, owed, released;
};

enum mail_lines_event {
    MAIL_LINES_MORE, /* everything fed so far has been handed out */
    MAIL_LINES_TEXT, /* part of a line: no CR, LF or NUL in it, never empty */
    MAIL_LINES_END,  /* a line end */
};

struct mail_lines_piece {
    const char *text;
    size_t len;
    uint64_t end_octets; /* END: octets fed up to and including it (exact for the first two of a run of CR) */
};

void mail_lines_init(struct mail_lines *l);
void mail_lines_feed(struct mail_lines *l, const void *data, size_t len);
void mail_lines_finish(struct mail_lines *l);
enum mail_lines_event mail_lines_next(struct mail_lines *l, struct mail_lines_piece *ret);

/* After finish: there was something, and no line end closed it. */
static inline bool mail_lines_unended(const struct mail_lines *l)
{
    return l->octets && !l->ended;
}
