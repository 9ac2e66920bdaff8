#include "content.h"

#include "mem.h"
#include <stdlib.h>

struct request {
    uint32_t uid;
    content_fn *done;
    void *ctx;
    bool answered;
};

struct requests {
    struct request *items;
    size_t count, cap;
};

struct content_reader {
    struct dest *dest;
    struct mail_scan *scan; /* bodies come one after the other */
    struct requests waiting, sent;
    bool in_flight;
};

struct content_reader *content_reader_new(struct dest *dest)
{
    struct content_reader *r = mem_alloc(sizeof *r);
    *r = (struct content_reader){.dest = dest, .scan = mail_scan_new()};
    return r;
}

void content_reader_free(struct content_reader *r)
{
    if (!r)
        return;
    mail_scan_free(r->scan);
    free(r->waiting.items);
    free(r->sent.items);
    free(r);
}

static void push(struct requests *q, const struct request *request)
{
    if (q->count == q->cap) {
        q->cap = q->cap ? q->cap * 2 : DEST_READ_MAX;
        q->items = mem_grow(q->items, q->cap, sizeof *q->items);
    }
    q->items[q->count++] = *request;
}

void content_read(struct content_reader *r, uint32_t uid, content_fn *done, void *ctx)
{
    push(&r->waiting, &(struct request){.uid = uid, .done = done, .ctx = ctx});
}

static void start_afresh(struct mail_scan *scan)
{
    struct mail_facts dropped = {0};
    mail_scan_finish(scan, &dropped);
    mail_facts_done(&dropped);
}

static void on_begin(void *ctx)
{
    struct content_reader *r = ctx;
    start_afresh(r->scan);
}

static void on_data(void *ctx, const void *data, size_t len)
{
    struct content_reader *r = ctx;
    mail_scan_feed(r->scan, data, len);
}

static void on_end(void *ctx, uint32_t uid)
{
    struct content_reader *r = ctx;
    struct mail_facts facts CLEANUP(mail_facts_done) = {0};
    mail_scan_finish(r->scan, &facts);
    for (size_t i = 0; i < r->sent.count; i++) {
        struct request *q = &r->sent.items[i];
        if (q->uid != uid || q->answered)
            continue;
        q->answered = true;
        q->done(q->ctx, uid, true, &facts, NULL);
    }
}

static void answer_rest(struct requests *q, const struct error *error)
{
    static const struct mail_facts none;
    struct requests taken = *q;
    *q = (struct requests){0};
    for (size_t i = 0; i < taken.count; i++)
        if (!taken.items[i].answered)
            taken.items[i].done(taken.items[i].ctx, taken.items[i].uid, false, &none, error);
    free(taken.items);
}

static void on_read(void *ctx, const struct error *error)
{
    struct content_reader *r = ctx;
    r->in_flight = false;
    answer_rest(&r->sent, error);
    if (!error)
        content_reader_go(r);
}

bool content_reader_idle(const struct content_reader *r)
{
    return !r->in_flight && !r->waiting.count;
}

void content_reader_go(struct content_reader *r)
{
    static const struct dest_reader reader = {.begin = on_begin, .data = on_data, .end = on_end};
    uint32_t ids[DEST_READ_MAX];
    if (r->in_flight || !r->waiting.count)
        return;
    size_t n = r->waiting.count < DEST_READ_MAX ? r->waiting.count : DEST_READ_MAX;
    for (size_t i = 0; i < n; i++) {
        ids[i] = r->waiting.items[i].uid;
        push(&r->sent, &r->waiting.items[i]);
    }
    for (size_t i = n; i < r->waiting.count; i++)
        r->waiting.items[i - n] = r->waiting.items[i];
    r->waiting.count -= n;
    r->in_flight = true;
    dest_read(r->dest, ids, n, &reader, on_read, r);
}

void content_reader_abort(struct content_reader *r, const struct error *why)
{
    answer_rest(&r->waiting, why);
}
