#include "buf.h"
#include "dest_imap_private.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

/* A FETCH response names the message, and not the command it belongs to: what comes is held against all that
 * is asked for. After a refusal each is asked for alone, to find out which one is meant: one message that the
 * server cannot give is as good as none. */

struct dest_imap_read {
    struct dest_imap *d;
    struct dest_imap_read *next;
    const struct dest_reader *reader;
    dest_done_fn *done;
    void *ctx;
    size_t waiting; /* commands */
    bool alone;     /* each is asked for by a command of its own */
    struct error error;
    size_t count;
    uint32_t ids[DEST_READ_MAX];
    bool given[DEST_READ_MAX];
};

static void on_begin(void *ctx, uint64_t octets)
{
    const struct dest_imap_read *r = ctx;
    (void)octets;
    r->reader->begin(r->ctx);
}

static void on_data(void *ctx, const void *data, size_t len)
{
    const struct dest_imap_read *r = ctx;
    r->reader->data(r->ctx, data, len);
}

/* Is it one that is asked for, and not given yet? */
static bool note_given(const struct dest_imap *d, uint32_t uid)
{
    for (struct dest_imap_read *r = d->reads; r; r = r->next)
        for (size_t i = 0; i < r->count; i++)
            if (r->ids[i] == uid && !r->given[i])
                return r->given[i] = true;
    return false;
}

static void on_end(void *ctx, uint32_t uid)
{
    const struct dest_imap_read *r = ctx;
    r->reader->end(r->ctx, note_given(r->d, uid) ? uid : 0);
}

static void end(struct dest_imap_read *r)
{
    struct dest_imap_read **at = &r->d->reads;
    struct dest_imap_read ended = *r;
    while (*at != r)
        at = &(*at)->next;
    *at = r->next;
    free(r);
    ended.done(ended.ctx, ended.error.code ? &ended.error : NULL);
}

static void ask(struct dest_imap_read *r);

static void on_fetched(void *ctx, const struct imap_result *res)
{
    struct dest_imap_read *r = ctx;
    r->waiting--;
    if (res->status == IMAP_ABORTED || (res->status != IMAP_OK && res->error->retry != ERROR_RETRY_NEVER)) {
        r->error = r->error.code ? r->error : *res->error;
    } else if (res->status != IMAP_OK && r->count > 1 && !r->alone) {
        r->d->one_by_one = true;
        ask(r);
    }
    if (!r->waiting)
        end(r);
}

static void ask_set(struct dest_imap_read *r, const uint32_t *ids, size_t count)
{
    static const struct imap_body_handler handler = {.begin = on_begin, .data = on_data, .end = on_end};
    struct buf set CLEANUP(buf_done) = {0};
    dest_imap_set(&set, ids, count);
    r->waiting++;
    imap_uid_fetch_body(r->d->imap, buf_str(&set), &handler, on_fetched, r);
}

static void ask(struct dest_imap_read *r)
{
    r->alone = r->d->one_by_one;
    if (!r->alone)
        ask_set(r, r->ids, r->count);
    for (size_t i = 0; r->alone && i < r->count; i++)
        if (!r->given[i])
            ask_set(r, &r->ids[i], 1);
}

void dest_imap_read(struct dest *dest, const uint32_t *ids, size_t count, const struct dest_reader *reader,
    dest_done_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    struct dest_imap_read *r = mem_alloc(sizeof *r);
    r->d = d;
    r->next = d->reads;
    r->reader = reader;
    r->done = done;
    r->ctx = ctx;
    r->count = count;
    memcpy(r->ids, ids, count * sizeof *ids);
    d->reads = r;
    ask(r);
}
