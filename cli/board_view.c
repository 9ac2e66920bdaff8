#include "board_view.h"

#include "mem.h"
#include <stdlib.h>

#define SAMPLE_MS  1000
#define ROW_MS     2000 /* an account's rate is measured so often, and smoothed */
#define MEASURE_MS 2000 /* no rate of less than that */

void board_past_begin(struct board_past *past, size_t count, int64_t now_ms)
{
    *past = (struct board_past){.marks = mem_array(count + 1, sizeof *past->marks), .begun_ms = now_ms};
}

void board_past_done(struct board_past *past)
{
    free(past->marks);
    past->marks = NULL;
}

void board_view_done(struct board_view *view)
{
    free(view->rows);
    *view = (struct board_view){0};
}

/* ---- octets ---- */
static void reach(struct board_past *past, struct board_mark *m, uint64_t octets)
{
    if (octets <= m->octets)
        return;
    past->moved += octets - m->octets;
    m->octets = octets;
}

static void mark(struct board_past *past, struct board_mark *m, const struct batch_account *a,
    enum batch_account_kind kind)
{
    const struct progress *p = &a->progress;
    if (kind == BATCH_KIND_RUNNING && p->total) {
        m->sized = true;
        m->total = p->total_octets;
        reach(past, m, p->octets < p->total_octets ? p->octets : p->total_octets);
    }
    if (kind != BATCH_KIND_IN_ORDER && kind != BATCH_KIND_ATTENTION)
        return;
    if (!m->sized && a->result.told) { /* begun and ended between two looks */
        m->sized = true;
        m->total = a->result.octets;
    }
    if (m->sized)
        reach(past, m, m->total);
}

/* What the accounts' octets come to. */
struct sizes {
    size_t sized, unsized;
    uint64_t total; /* of those sized */
};

static void add_sizes(struct board_view *v, struct sizes *sizes, const struct board_mark *m, bool over)
{
    if (!over && !m->sized) {
        sizes->unsized++;
        return;
    }
    if (m->sized) {
        sizes->sized++;
        sizes->total += m->total;
    }
    v->through += m->octets;
    v->known += over ? m->octets : m->total;
}

/* ---- rates and time ---- */
static void sample(struct board_past *past, int64_t now_ms)
{
    struct board_sample *last = &past->samples[(past->sample_count + BOARD_SAMPLES - 1) % BOARD_SAMPLES];
    if (past->sample_count && now_ms - last->at_ms < SAMPLE_MS)
        return;
    past->samples[past->sample_count++ % BOARD_SAMPLES] =
        (struct board_sample){.at_ms = now_ms, .moved = past->moved};
}

static void rate(struct board_view *v, const struct board_past *past, int64_t now_ms)
{
    const struct board_sample *oldest =
        &past->samples[past->sample_count > BOARD_SAMPLES ? past->sample_count % BOARD_SAMPLES : 0];
    int64_t ms = now_ms - oldest->at_ms;
    v->rate_known = past->moved && ms >= MEASURE_MS;
    v->rate = v->rate_known ? (past->moved - oldest->moved) * 1000 / (uint64_t)ms : 0;
}

static void row_rate(struct board_mark *m, int64_t now_ms)
{
    int64_t ms = now_ms - m->rate_ms;
    if (m->rate_ms && ms < ROW_MS)
        return;
    if (m->rate_ms) {
        uint64_t measured = (m->octets - m->rate_octets) * 1000 / (uint64_t)ms;
        m->rate = m->rate_known ? (m->rate + measured) / 2 : measured;
        m->rate_known = true;
    }
    m->rate_ms = now_ms ? now_ms : 1;
    m->rate_octets = m->octets;
}

/* By octets if there is a rate, those of unknown size taken as large as the others are on average; else by
 * accounts. */
static int64_t left_by_work(
    const struct board_view *v, const struct sizes *sizes, const struct board_past *past, int64_t now_ms)
{
    size_t rest = v->accounts - v->over;
    if (!rest)
        return 0;
    if (v->rate && sizes->sized) {
        double average = (double)sizes->total / (double)sizes->sized;
        return (
            int64_t)(((double)(v->known - v->through) + average * (double)sizes->unsized) / (double)v->rate);
    }
    size_t worked = v->over - v->by_kind[BATCH_KIND_SKIPPED];
    if (past->moved || !worked)
        return -1;
    return (int64_t)((double)(now_ms - past->begun_ms) / 1000 / (double)worked * (double)rest);
}

/* ---- all of it ---- */
static void add_row(struct board_view *v, struct board_mark *m, const struct batch_account *a, int64_t now_ms)
{
    if (v->row_count == v->row_cap) {
        v->row_cap = v->row_cap ? v->row_cap * 2 : 16;
        v->rows = mem_grow(v->rows, v->row_cap, sizeof *v->rows);
    }
    if (m->sized)
        row_rate(m, now_ms);
    v->rows[v->row_count++] = (struct board_row){.name = a->name,
        .line = a->line,
        .progress = a->progress,
        .rate_known = m->rate_known,
        .rate = m->rate};
}

static bool is_over(enum batch_account_kind kind)
{
    return kind != BATCH_KIND_QUEUED && kind != BATCH_KIND_RUNNING && kind != BATCH_KIND_PAUSED;
}

static void begin(struct board_view *v, size_t count)
{
    *v = (struct board_view){.accounts = count,
        .rows = v->rows,
        .row_cap = v->row_cap,
        .hosts = v->hosts,
        .host_count = v->host_count};
}

void board_view_take(struct board_view *view, struct board_past *past, const struct batch_account *accounts,
    size_t count, int64_t now_ms, int64_t now_s)
{
    struct sizes sizes = {0};
    int64_t last_again_s = 0;
    begin(view, count);
    for (size_t i = 0; i < count; i++) {
        const struct batch_account *a = &accounts[i];
        enum batch_account_kind kind = batch_account_kind(a);
        view->by_kind[kind]++;
        view->over += is_over(kind);
        mark(past, &past->marks[i], a, kind);
        add_sizes(view, &sizes, &past->marks[i], is_over(kind));
        if (kind == BATCH_KIND_RUNNING)
            add_row(view, &past->marks[i], a, now_ms);
        if (kind != BATCH_KIND_PAUSED || !a->again_s)
            continue;
        view->again_s = view->again_s && view->again_s < a->again_s ? view->again_s : a->again_s;
        last_again_s = last_again_s > a->again_s ? last_again_s : a->again_s;
    }
    sample(past, now_ms);
    rate(view, past, now_ms);
    view->all_sized = !sizes.unsized;
    view->left_s = left_by_work(view, &sizes, past, now_ms);
    if (view->left_s >= 0 && last_again_s - now_s > view->left_s)
        view->left_s = last_again_s - now_s;
}
