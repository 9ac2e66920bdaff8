#include "mail_lines.h"

#include <string.h>

void mail_lines_init(struct mail_lines *l)
{
    *l = (struct mail_lines){0};
}

static size_t find(const struct mail_lines *l, char c)
{
    const char *hit = l->at < l->len ? memchr(l->data + l->at, c, l->len - l->at) : NULL;
    return hit ? (size_t)(hit - l->data) : l->len;
}

void mail_lines_feed(struct mail_lines *l, const void *data, size_t len)
{
    l->data = data;
    l->at = 0;
    l->len = len;
    l->next_cr = find(l, '\r');
    l->next_lf = find(l, '\n');
    l->next_nul = find(l, '\0');
}

/* The three next places are remembered: a byte value that does not occur costs one search, not one for each
 * line. */
static size_t text_until(struct mail_lines *l)
{
    if (l->next_cr < l->at)
        l->next_cr = find(l, '\r');
    if (l->next_lf < l->at)
        l->next_lf = find(l, '\n');
    if (l->next_nul < l->at)
        l->next_nul = find(l, '\0');
    size_t end = l->next_cr < l->next_lf ? l->next_cr : l->next_lf;
    return l->next_nul < end ? l->next_nul : end;
}

static enum mail_lines_event text(struct mail_lines *l, struct mail_lines_piece *ret)
{
    size_t end = text_until(l);
    ret->text = l->data + l->at;
    ret->len = end - l->at;
    l->at = end;
    l->octets += ret->len;
    l->line_octets += ret->len;
    l->ended = false;
    return MAIL_LINES_TEXT;
}

static enum mail_lines_event line_end(struct mail_lines *l, struct mail_lines_piece *ret, uint64_t end_octets)
{
    if (l->line_octets > l->longest_line)
        l->longest_line = l->line_octets;
    l->line_octets = 0;
    l->ended = true;
    ret->end_octets = end_octets;
    return MAIL_LINES_END;
}

/* No LF came after a run of CR: each of them ended a line. */
static void release(struct mail_lines *l)
{
    l->bare_cr += l->cr_run;
    l->owed = l->cr_run;
    l->released = 0;
    l->cr_run = 0;
}

static enum mail_lines_event pay(struct mail_lines *l, struct mail_lines_piece *ret)
{
    l->owed--;
    unsigned i = l->released++;
    return line_end(l, ret, i < 2 ? l->cr_end[i] : l->octets);
}

static void take_cr(struct mail_lines *l)
{
    l->octets++;
    if (l->cr_run < 2)
        l->cr_end[l->cr_run] = l->octets;
    if (++l->cr_run == MAIL_LINES_CR_MAX)
        release(l);
}

static enum mail_lines_event take_lf(struct mail_lines *l, struct mail_lines_piece *ret)
{
    l->octets++;
    if (l->cr_run)
        l->bare_cr += l->cr_run - 1;
    else
        l->bare_lf++;
    l->cr_run = 0;
    return line_end(l, ret, l->octets);
}

enum mail_lines_event mail_lines_next(struct mail_lines *l, struct mail_lines_piece *ret)
{
    while (!l->owed && l->at < l->len) {
        char c = l->data[l->at];
        if (c == '\0') {
            l->nul++;
            l->octets++;
        } else if (c == '\r') {
            take_cr(l);
        } else if (c == '\n') {
            l->at++;
            return take_lf(l, ret);
        } else if (l->cr_run) {
            release(l);
            break;
        } else {
            return text(l, ret);
        }
        l->at++;
    }
    return l->owed ? pay(l, ret) : MAIL_LINES_MORE;
}

void mail_lines_finish(struct mail_lines *l)
{
    l->data = NULL;
    l->at = l->len = 0;
    if (l->line_octets > l->longest_line)
        l->longest_line = l->line_octets;
    if (l->cr_run)
        release(l);
}
