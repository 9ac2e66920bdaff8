#include "board_screen.h"
#include "board_words.h"
#include "cell.h"
#include "i18n.h"
#include "mem.h"
#include "quote_words.h"
#include "text.h"
#include <string.h>

#define GAP      2
#define NAME_MIN 12
#define NAME_MAX 40
#define BAR_MIN  10
#define BAR_MAX  30

/* Width of each column; 0: it has no room. From left to right. */
struct columns {
    int name, phase, bar, percent, messages, octets, rate;
};

/* ---- how wide ---- */
static int widest_name(const struct board_view *v, size_t rows)
{
    int widest = 0;
    for (size_t i = 0; i < rows; i++) {
        int width = text_width(v->rows[i].name);
        widest = width > widest ? width : widest;
    }
    return widest < NAME_MAX ? widest : NAME_MAX;
}

static int at_least(int value, int least)
{
    return value > least ? value : least;
}

static int take(int *room, int wanted)
{
    int taken = wanted < *room ? wanted : *room;
    *room -= taken;
    return taken;
}

/* The columns in the order in which they are worth their room; what is left goes to names, phases, the bar.
 */
static struct columns divide(const struct board_view *v, size_t rows, int width)
{
    int natural = widest_name(v, rows), share = at_least(width * 3 / 10, NAME_MIN);
    struct columns c = {.name = natural < share ? natural : share, .percent = 4};
    struct {
        int *column, width;
    } const wishes[] = {{&c.phase, 14}, {&c.messages, 15}, {&c.rate, 8}, {&c.octets, 13}, {&c.bar, BAR_MIN}};
    int room = width - c.name - GAP - c.percent;
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes && room >= wishes[i].width + GAP; i++) {
        *wishes[i].column = wishes[i].width;
        room -= wishes[i].width + GAP;
    }
    if (room < 0)
        c.name = at_least(c.name + room, 1);
    room = at_least(room, 0);
    c.name += take(&room, natural - c.name);
    c.phase += c.phase ? take(&room, 4) : 0;
    c.bar += c.bar ? take(&room, BAR_MAX - BAR_MIN) : 0;
    return c;
}

/* ---- one account ---- */
static void gap(struct buf *out)
{
    buf_append_str(out, "  ");
}

static uint64_t settled(const struct progress *p)
{
    return p->messages < p->total ? p->messages : p->total;
}

/* In tenths of what is to be done: by octets, since large messages take longer. */
static int permille(const struct progress *p)
{
    if (p->total_octets && p->octets < p->total_octets)
        return (int)((double)p->octets * 1000 / (double)p->total_octets);
    return p->total_octets || !p->total ? 1000 : (int)(settled(p) * 1000 / p->total);
}

static void append_bar(struct buf *out, const struct progress *p, int width)
{
    int cells = width - 2, filled = permille(p) * cells / 1000;
    if (!p->total) {
        cell_left(out, "", width);
        return;
    }
    buf_append_char(out, '[');
    for (int i = 0; i < cells; i++)
        buf_append_char(out, i < filled ? '#' : '.');
    buf_append_char(out, ']');
}

static void append_messages(struct buf *out, const struct progress *p, int width)
{
    char done[QUOTE_WORDS_MAX], total[QUOTE_WORDS_MAX], both[2 * QUOTE_WORDS_MAX] = "";
    if (p->total)
        snprintf(both, sizeof both, "%s/%s", quote_words_count(done, settled(p)),
            quote_words_count(total, p->total));
    cell_right(out, both, width);
}

static void append_octets(struct buf *out, const struct progress *p, int width)
{
    char done[32], total[32], both[72] = "";
    if (p->total)
        snprintf(both, sizeof both, "%s/%s", text_octets(done, sizeof done, p->octets),
            text_octets(total, sizeof total, p->total_octets));
    cell_right(out, both, width);
}

static void append_rate(struct buf *out, const struct board_row *r, int width)
{
    char octets[32], rate[40] = "";
    if (r->progress.total && r->rate_known)
        snprintf(rate, sizeof rate, "%s/s", text_octets(octets, sizeof octets, r->rate));
    cell_right(out, rate, width);
}

static void append_row(struct buf *out, const struct board_row *r, const struct columns *c)
{
    const struct progress *p = &r->progress;
    char percent[16] = "";
    if (p->total)
        snprintf(percent, sizeof percent, "%d%%", permille(p) / 10);
    cell_left(out, r->name, c->name);
    if (c->phase) {
        gap(out);
        cell_left(out, board_words_phase(p->phase), c->phase);
    }
    if (c->bar) {
        gap(out);
        append_bar(out, p, c->bar);
    }
    gap(out);
    cell_right(out, percent, c->percent);
    if (c->messages) {
        gap(out);
        append_messages(out, p, c->messages);
    }
    if (c->octets) {
        gap(out);
        append_octets(out, p, c->octets);
    }
    if (c->rate) {
        gap(out);
        append_rate(out, r, c->rate);
    }
}

/* ---- all lines ---- */
/* Lines of a display, divided by LF. */
struct lines {
    struct buf text;
    size_t count;
    int width;
};

static void lines_done(struct lines *l)
{
    buf_done(&l->text);
}

/* Cut to the width. */
static void add_line(struct lines *l, const char *line, size_t len)
{
    char *one CLEANUP(mem_free_str) = mem_strndup(line, len);
    if (l->count++)
        buf_append_char(&l->text, '\n');
    cell_fit(&l->text, one, l->width);
}

/* The first of these lines, which are divided by LF. */
static void add_lines(struct lines *l, const char *text, size_t most)
{
    for (size_t i = 0; i < most && *text; i++) {
        size_t len = strcspn(text, "\n");
        add_line(l, text, len);
        text += len + (text[len] == '\n');
    }
}

/* What stands below the accounts, in at most `most` lines. */
static void add_sums(struct lines *l, const struct board_view *v, size_t most, int64_t now_s, int offset_min)
{
    struct buf accounts CLEANUP(buf_done) = {0}, work CLEANUP(buf_done) = {0};
    struct buf wrapped CLEANUP(buf_done) = {0}, hosts CLEANUP(buf_done) = {0};
    bool roomy = most >= 6;
    size_t host_lines = most >= 10 ? 3 : most >= 5;
    board_words_accounts(&accounts, v, now_s, offset_min);
    board_words_work(&work, v);
    cell_wrap(&wrapped, buf_str(&accounts), 0, 2, l->width);
    add_lines(l, roomy ? buf_str(&wrapped) : buf_str(&accounts), roomy ? 2 : 1);
    add_lines(l, buf_str(&work), most >= 3);
    board_words_hosts(&hosts, v, host_lines, "\n");
    if (buf_len(&hosts))
        add_lines(l, buf_str(&hosts) + 1, host_lines);
}

static void add_rows(struct lines *l, const struct board_view *v, size_t room)
{
    size_t shown = v->row_count <= room ? v->row_count : room ? room - 1 : 0;
    struct columns c = divide(v, shown, l->width);
    struct buf line CLEANUP(buf_done) = {0};
    for (size_t i = 0; i < shown; i++) {
        buf_clear(&line);
        append_row(&line, &v->rows[i], &c);
        add_line(l, buf_str(&line), buf_len(&line));
    }
    size_t more = v->row_count - shown;
    if (!more || !room)
        return;
    buf_clear(&line);
    buf_printf(&line, _("and %zu more at work"), more);
    add_line(l, buf_str(&line), buf_len(&line));
}

size_t board_screen_compose(
    struct buf *out, const struct board_view *v, int width, int height, int64_t now_s, int utc_offset_min)
{
    struct lines sums CLEANUP(lines_done) = {.width = width - 1},
                      all CLEANUP(lines_done) = {.width = width - 1};
    size_t most = height > 2 ? (size_t)height - 1 : 1;
    add_sums(&sums, v, most, now_s, utc_offset_min);
    add_rows(&all, v, most - sums.count);
    add_lines(&all, buf_str(&sums.text), sums.count);
    buf_append(out, buf_bytes(&all.text), buf_len(&all.text));
    return all.count;
}
