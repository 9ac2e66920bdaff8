#include "content.h"

#include "buf.h"
#include "mem.h"
#include <stdlib.h>

#define BATCH 100

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
    struct imap *imap;
    struct mail_scan *scan; /* bodies come one after the other */
    struct requests waiting, sent;
    bool in_flight;
    size_t batch; /* messages asked for at once; 1 after a refusal, to find out which one is meant */
};

struct content_reader *content_reader_new(struct imap *imap)
{
    struct content_reader *r = mem_alloc(sizeof *r);
    *r = (struct content_reader){.imap = imap, .scan = mail_scan_new(), .batch = BATCH};
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
        q->cap = q->cap ? q->cap * 2 : BATCH;
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

static void on_begin(void *ctx, uint64_t octets)
{
    struct content_reader *r = ctx;
    (void)octets;
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

static void ask_again(struct content_reader *r)
{
    r->batch = 1;
    for (size_t i = 0; i < r->sent.count; i++)
        if (!r->sent.items[i].answered)
            push(&r->waiting, &r->sent.items[i]);
    r->sent.count = 0;
}

static void on_fetched(void *ctx, const struct imap_result *res)
{
    struct content_reader *r = ctx;
    bool refused = res->status == IMAP_NO || res->status == IMAP_BAD;
    r->in_flight = false;
    if (refused && r->batch > 1)
        ask_again(r);
    /* One message that the server cannot give is as good as none: it proves nothing. */
    answer_rest(&r->sent, res->status == IMAP_ABORTED ? res->error : NULL);
    if (res->status != IMAP_ABORTED)
        content_reader_go(r);
}

bool content_reader_idle(const struct content_reader *r)
{
    return !r->in_flight && !r->waiting.count;
}

void content_reader_go(struct content_reader *r)
{
    static const struct imap_body_handler handler = {.begin = on_begin, .data = on_data, .end = on_end};
    struct buf set CLEANUP(buf_done) = {0};
    if (r->in_flight || !r->waiting.count)
        return;
    size_t n = r->waiting.count < r->batch ? r->waiting.count : r->batch;
    for (size_t i = 0; i < n; i++) {
        buf_printf(&set, "%s%u", i ? "," : "", r->waiting.items[i].uid);
        push(&r->sent, &r->waiting.items[i]);
    }
    for (size_t i = n; i < r->waiting.count; i++)
        r->waiting.items[i - n] = r->waiting.items[i];
    r->waiting.count -= n;
    r->in_flight = true;
    imap_uid_fetch_body(r->imap, buf_str(&set), &handler, on_fetched, r);
}

void content_reader_abort(struct content_reader *r, const struct error *why)
{
    answer_rest(&r->waiting, why);
}
