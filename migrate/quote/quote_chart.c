#include "quote_chart.h"

#include "estimate_margin.h"
#include "mem.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In units of the viewBox; a page of 960 px shows them as pixels. */
#define WIDTH       960
#define HEIGHT      340
#define TOP         14
#define BOTTOM      296
#define LEFT        74
#define BARS_RIGHT  950
#define LINES_RIGHT 570
#define LABEL_X     594
#define LABEL_GAP   19
#define LABEL_WIDTH 52 /* columns */
#define LABELS_MAX  14
#define YEARS_MAX   30 /* bars */

/* ---- scales and shapes ---- */
struct scale {
    uint64_t step, top; /* octets; top is a multiple of step */
};

static struct scale scale_for(uint64_t max)
{
    uint64_t step = 1, wanted = max / 5 + 1;
    for (;;) {
        static const unsigned steps[] = {1, 2, 5};
        for (size_t i = 0; i < 3; i++)
            if (steps[i] * step >= wanted)
                return (struct scale){steps[i] * step, (max / (steps[i] * step) + 1) * (steps[i] * step)};
        step *= 10;
    }
}

static int y_of(const struct scale *s, uint64_t octets)
{
    return BOTTOM - (int)((double)octets / (double)s->top * (BOTTOM - TOP));
}

static void attr_int(struct quote_html_page *p, const char *name, int value)
{
    char text[16];
    snprintf(text, sizeof text, "%d", value);
    attr(p->out, name, text);
}

static void line(struct quote_html_page *p, const char *class, int x1, int y1, int x2, int y2)
{
    open_tag(p->out, "line", class);
    attr_int(p, "x1", x1);
    attr_int(p, "y1", y1);
    attr_int(p, "x2", x2);
    attr_int(p, "y2", y2);
    close_tag(p->out);
}

static void label(struct quote_html_page *p, const char *class, int x, int y, const char *words)
{
    open_tag(p->out, "text", class);
    attr_int(p, "x", x);
    attr_int(p, "y", y);
    put(p->out, words);
    close_tag(p->out);
}

static void begin(struct quote_html_page *p, const char *title)
{
    char box[32];
    snprintf(box, sizeof box, "0 0 %d %d", WIDTH, HEIGHT);
    open_tag(p->out, "figure", NULL);
    element(p->out, "figcaption", NULL, title);
    open_tag(p->out, "svg", NULL);
    attr(p->out, "viewBox", box);
    attr(p->out, "role", "img");
    attr(p->out, "aria-label", title);
}

static void axis(struct quote_html_page *p, const struct scale *s, int right)
{
    char text[32];
    for (uint64_t v = 0; v <= s->top; v += s->step) {
        line(p, v ? "grid" : "axis", LEFT, y_of(s, v), right, y_of(s, v));
        label(p, "end", LEFT - 8, y_of(s, v) + 5, v ? text_octets(text, sizeof text, v) : "0");
    }
}

/* ---- octets per year ---- */
static uint64_t largest_year(const struct quote_month *years, size_t count)
{
    uint64_t max = 0;
    for (size_t i = 0; i < count; i++)
        max = years[i].octets > max ? years[i].octets : max;
    return max;
}

static void bar(
    struct quote_html_page *p, const struct scale *s, const struct quote_month *year, size_t i, size_t count)
{
    char text[32];
    int slot = (BARS_RIGHT - LEFT) / (int)count;
    int width = slot * 7 / 10 < 64 ? slot * 7 / 10 : 64;
    int middle = LEFT + slot * (int)i + slot / 2, y = y_of(s, year->octets);
    open_tag(p->out, "rect", "bar");
    attr_int(p, "x", middle - width / 2);
    attr_int(p, "y", y);
    attr_int(p, "width", width);
    attr_int(p, "height", BOTTOM - y);
    close_tag(p->out);
    if (slot >= 56 && year->octets)
        label(p, "middle value", middle, y - 5, text_octets(text, sizeof text, year->octets));
    snprintf(text, sizeof text, "%d", year->year);
    if (slot >= 44 || (count - 1 - i) % 2 == 0)
        label(p, "middle", middle, BOTTOM + 22, text);
}

void quote_chart_years(struct quote_html_page *p)
{
    struct quote_month years[YEARS_MAX];
    size_t count = quote_years(p->q->sum.months, p->q->sum.month_count, years, YEARS_MAX);
    if (!count)
        return;
    struct scale s = scale_for(largest_year(years, count));
    begin(p, say(p, "Mail by the year it is dated in"));
    axis(p, &s, BARS_RIGHT);
    for (size_t i = 0; i < count; i++)
        bar(p, &s, &years[i], i, count);
    close_tag(p->out);
    close_tag(p->out);
}

/* ---- the projection and the ceilings ---- */
struct ceiling {
    uint64_t octets;
    const struct catalog_plan *plan; /* the first that holds so much */
    size_t more;                     /* others that do, too */
    bool verified;
    int y;
};

struct ceilings {
    struct ceiling *rows; /* ascending */
    size_t count;
};

static bool concerns(const struct catalog_family *f, enum quote_chart_subject subject)
{
    bool together = f->scope == CATALOG_PER_USER_SUM || f->scope == CATALOG_PER_CONTRACT;
    return together == (subject == QUOTE_CHART_ALL);
}

static void add_ceiling(struct ceilings *list, const struct estimate_ceiling *c)
{
    bool verified = c->plan->storage.fact.verified;
    size_t at = 0;
    while (at < list->count && list->rows[at].octets < c->octets)
        at++;
    if (at < list->count && list->rows[at].octets == c->octets) {
        list->rows[at].more++;
        list->rows[at].verified &= verified;
        return;
    }
    list->rows = mem_grow(list->rows, list->count + 1, sizeof *list->rows);
    memmove(&list->rows[at + 1], &list->rows[at], (list->count - at) * sizeof *list->rows);
    list->rows[at] = (struct ceiling){.octets = c->octets, .plan = c->plan, .verified = verified};
    list->count++;
}

static struct ceilings collect(const struct quote_html_page *p, enum quote_chart_subject subject)
{
    struct ceilings list = {0};
    for (size_t i = 0; i < p->q->offer_count; i++) {
        const struct estimate_family *f = p->q->offers[i].results[ESTIMATE_MID];
        for (size_t k = 0; concerns(f->family, subject) && k < f->ceiling_count; k++)
            if (f->ceilings[k].octets)
                add_ceiling(&list, &f->ceilings[k]);
    }
    return list;
}

/* "100 GB*, 3 plans: Microsoft 365 Business Basic": * is for what is not verified */
static char *ceiling_words(const struct quote_html_page *p, const struct ceiling *c)
{
    char octets[32], count[QUOTE_WORDS_MAX];
    const struct catalog_family *f = c->plan->family;
    const char *plan = quote_words_name(p->words, c->plan->name, c->plan->name_ja);
    const char *family = quote_words_name(p->words, f->name, f->name_ja);
    bool named = !strncmp(plan, family, strlen(family)); /* "iCloud+ 50 GB" of "iCloud+" */
    char *name CLEANUP(mem_free_str) = named ? mem_strdup(plan) : mem_printf("%s %s", family, plan);
    const char *mark = c->verified ? "" : "*";
    text_octets(octets, sizeof octets, c->octets);
    if (!c->more)
        return mem_printf("%s%s: %s", octets, mark, name);
    return mem_printf(
        say(p, "%1$s%2$s, %3$s plans: %4$s"), octets, mark, quote_words_count(count, c->more + 1), name);
}

/* words cut to LABEL_WIDTH columns: an SVG text does not wrap. */
static void cut(char *words)
{
    int used = 0;
    for (char *s = words; *s;) {
        char one[5] = {0};
        size_t n = text_utf8_len(s, strlen(s));
        n = n ? n : 1;
        memcpy(one, s, n);
        used += text_width(one);
        if (used > LABEL_WIDTH && strlen(s) > 3) {
            strcpy(s, "…");
            return;
        }
        s += n;
    }
}

static uint64_t held(
    const struct quote_html_page *p, enum quote_chart_subject subject, enum estimate_scenario s, int year)
{
    const struct estimate_params *model = &p->q->params.model;
    uint64_t octets = subject == QUOTE_CHART_ALL ? quote_projected(p->q, s, year) + model->other_use_octets
                                                 : p->q->estimates[s].largest[year];
    return estimate_margin_add(octets, model->margin_tenths);
}

static int x_of(int year, int years)
{
    return LEFT + (LINES_RIGHT - LEFT) * year / years;
}

static void path(
    struct quote_html_page *p, enum quote_chart_subject subject, const struct scale *s, bool band)
{
    int years = p->q->params.model.years;
    char *points CLEANUP(mem_free_str) = mem_strdup("");
    for (int i = 0; i <= (band ? 2 * years + 1 : years); i++) {
        bool back = i > years;
        int year = back ? 2 * years + 1 - i : i;
        enum estimate_scenario scenario = !band ? ESTIMATE_MID : back ? ESTIMATE_HIGH : ESTIMATE_LOW;
        char *longer = mem_printf(
            "%s%s%d,%d", points, i ? " " : "", x_of(year, years), y_of(s, held(p, subject, scenario, year)));
        free(points);
        points = longer;
    }
    open_tag(p->out, band ? "polygon" : "polyline", band ? "band" : "mid");
    attr(p->out, "points", points);
    close_tag(p->out);
}

static void years_axis(struct quote_html_page *p)
{
    int years = p->q->params.model.years, step = years > 12 ? 5 : 1;
    char text[16];
    for (int n = 0; n <= years; n += step) {
        snprintf(text, sizeof text, "%d", n);
        label(p, "middle", x_of(n, years), BOTTOM + 20, text);
    }
    label(p, "middle", (LEFT + LINES_RIGHT) / 2, BOTTOM + 40, say(p, "years from now"));
}

/* Their labels, pushed apart where the lines lie close together. */
static void put_ceilings(
    struct quote_html_page *p, const struct scale *s, struct ceilings *list, size_t count)
{
    int free_y = BOTTOM;
    for (size_t i = 0; i < count; i++) {
        int y = y_of(s, list->rows[i].octets);
        list->rows[i].y = y < free_y ? y : free_y;
        free_y = list->rows[i].y - LABEL_GAP;
    }
    for (size_t i = count; i-- > 0;) {
        int room = TOP + LABEL_GAP * (int)(count - 1 - i);
        list->rows[i].y = list->rows[i].y > room ? list->rows[i].y : room;
    }
    for (size_t i = 0; i < count; i++) {
        int y = y_of(s, list->rows[i].octets);
        char *words CLEANUP(mem_free_str) = ceiling_words(p, &list->rows[i]);
        cut(words);
        line(p, "ceiling", LEFT, y, LINES_RIGHT, y);
        line(p, "leader", LINES_RIGHT, y, LABEL_X - 6, list->rows[i].y);
        label(p, "start", LABEL_X, list->rows[i].y + 5, words);
    }
}

/* The ceilings that the scale has room for: all up to the highest curve, and the next one if it is near. */
static size_t within(const struct ceilings *list, uint64_t *max)
{
    size_t count = 0;
    uint64_t curve = *max;
    while (count < list->count && count < LABELS_MAX &&
           (list->rows[count].octets <= curve || list->rows[count].octets <= 2 * *max)) {
        curve = list->rows[count].octets > curve ? list->rows[count].octets : curve;
        count++;
    }
    if (!count && list->count && list->rows[0].octets <= 4 * *max) {
        curve = list->rows[0].octets;
        count = 1;
    }
    *max = curve;
    return count;
}

static void put_beyond(struct quote_html_page *p, const struct ceilings *list, size_t from)
{
    if (from == list->count)
        return;
    open_tag(p->out, "p", "fine");
    put(p->out, say(p, "Beyond the chart:"));
    for (size_t i = from; i < list->count; i++) {
        char *words CLEANUP(mem_free_str) = ceiling_words(p, &list->rows[i]);
        put(p->out, " ");
        element(p->out, "span", "item", words);
    }
    close_tag(p->out);
}

void quote_chart_projection(struct quote_html_page *p, enum quote_chart_subject subject)
{
    struct ceilings list = collect(p, subject);
    int years = p->q->params.model.years;
    if (!list.count)
        return;
    uint64_t max = held(p, subject, ESTIMATE_HIGH, years);
    size_t count = within(&list, &max);
    struct scale s = scale_for(max);
    begin(p, subject == QUOTE_CHART_ALL
                 ? say(p, "All mailboxes together, against plans whose storage is shared")
                 : say(p, "The largest mailbox, against plans that limit each mailbox"));
    axis(p, &s, LINES_RIGHT);
    years_axis(p);
    put_ceilings(p, &s, &list, count);
    path(p, subject, &s, true);
    path(p, subject, &s, false);
    close_tag(p->out);
    put_beyond(p, &list, count);
    close_tag(p->out);
    free(list.rows);
}
