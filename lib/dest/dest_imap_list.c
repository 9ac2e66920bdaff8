#include "buf.h"
#include "dest_ids.h"
#include "dest_imap_private.h"
#include "mem.h"
#include <stdlib.h>

/* Servers answer BAD to "n:*" beyond the last message, and end a FETCH with OK that leaves out a message, or
 * gives it without its header. What SEARCH names and no row told is asked for by its UID, and in the end
 * alone; what is left then is in `unread`. */

#define FIELDS       "MESSAGE-ID DATE FROM SUBJECT"
#define SET_UIDS     500  /* asked for by name at once */
#define SINGLES_MOST 1000 /* asked for alone: beyond that it is the server, not a message */

enum step {
    FIRST, /* all that is wanted, by a set: begin */
    SEARCH,
    BY_NAME,
    ALONE,
    ENDED,
};

struct listing {
    struct dest_imap *d;
    struct dest_listing *out;
    dest_done_fn *done;
    void *ctx;
    enum step step;                  /* is answered when waiting is 0 */
    struct dest_id_list there, told; /* told: with a header, if one was asked for */
    size_t waiting;
    bool fetch_refused;
    struct error error, refusal;
};

static void go_on(struct listing *l);

static void answered(struct listing *l)
{
    if (--l->waiting)
        return;
    dest_id_list_sort(&l->told);
    dest_id_list_sort(&l->there);
    go_on(l);
}

static void on_row(void *ctx, const struct imap_fetch_row *row)
{
    struct listing *l = ctx;
    if (!row->header && l->out->headers)
        return;
    dest_id_list_add(&l->told, row->uid);
    l->out->row(l->out->ctx, &(struct dest_row){.id = row->uid,
                                 .octets = row->size_octets,
                                 .has_date = row->has_date,
                                 .date_s = row->internaldate_s,
                                 .header = row->header,
                                 .header_len = row->header_len});
}

static void on_uid(void *ctx, uint32_t uid)
{
    dest_id_list_add(&((struct listing *)ctx)->there, uid);
}

/* The server's no is no end: whether anything is lacking, SEARCH tells. */
static void on_fetched(void *ctx, const struct imap_result *res)
{
    struct listing *l = ctx;
    if (res->status == IMAP_ABORTED || (res->status != IMAP_OK && res->error->retry != ERROR_RETRY_NEVER)) {
        l->error = l->error.code ? l->error : *res->error;
    } else if (res->status != IMAP_OK) {
        l->fetch_refused = true;
        l->refusal = *res->error;
    }
    answered(l);
}

static void on_searched(void *ctx, const struct imap_result *res)
{
    struct listing *l = ctx;
    l->out->searched =
        res->status == IMAP_OK && (!l->d->without_search || dest_imap_all_told(l->d, l->there.count));
    if (res->status == IMAP_ABORTED && !l->error.code)
        l->error = *res->error;
    answered(l);
}

static void on_seen(void *ctx, const struct imap_fetch_row *row)
{
    dest_id_list_add(&((struct listing *)ctx)->there, row->uid);
}

static void on_all_seen(void *ctx, const struct imap_result *res)
{
    struct listing *l = ctx;
    dest_id_list_sort(&l->there);
    on_searched(l, res);
}

static void fetch(struct listing *l, const char *set)
{
    l->waiting++;
    imap_uid_fetch(l->d->imap, set, l->out->headers ? FIELDS : NULL, on_row, on_fetched, l);
}

static void search(struct listing *l)
{
    l->waiting++;
    if (l->d->without_search)
        dest_imap_fetch_all(l->d, on_seen, on_all_seen, l);
    else
        imap_uid_search(l->d->imap, "ALL", on_uid, on_searched, l);
}

/* What SEARCH names, is wanted, and no row told. */
static struct dest_id_list lacking(const struct listing *l)
{
    const struct dest_listing *o = l->out;
    struct dest_id_list ret = {0};
    for (size_t i = 0; i < l->there.count; i++) {
        uint32_t uid = l->there.ids[i];
        if (uid >= o->first && !dest_ids_have(o->known, o->known_count, uid) &&
            !dest_ids_have(l->told.ids, l->told.count, uid))
            dest_id_list_add(&ret, uid);
    }
    return ret;
}

static void ask_for(struct listing *l, size_t at_once)
{
    struct dest_id_list want = lacking(l);
    for (size_t i = 0; (at_once > 1 || want.count <= SINGLES_MOST) && i < want.count; i += at_once) {
        struct buf set CLEANUP(buf_done) = {0};
        dest_imap_set(&set, want.ids + i, want.count - i < at_once ? want.count - i : at_once);
        fetch(l, buf_str(&set));
    }
    free(want.ids);
}

/* Fewer rows than EXISTS counts? (What others have removed meanwhile is counted no more.) */
static bool too_few(const struct listing *l)
{
    const struct dest_listing *o = l->out;
    return o->all && o->known_count + l->told.count < imap_selected(l->d->imap)->exists;
}

static void begin(struct listing *l)
{
    const struct dest_listing *o = l->out;
    if (o->known_count)
        search(l);
    char *set CLEANUP(mem_free_str) =
        dest_imap_complement(o->first, o->known, o->known_count, DEST_IMAP_RANGES_MAX);
    if (imap_selected(l->d->imap)->exists)
        fetch(l, set);
}

static void end(struct listing *l)
{
    struct dest_id_list left = lacking(l);
    struct listing ended = *l;
    l->out->unread = left.ids;
    l->out->unread_count = left.count;
    l->out->there = l->there.ids;
    l->out->there_count = l->there.count;
    free(l->told.ids);
    free(l);
    ended.done(ended.ctx, ended.error.code ? &ended.error : NULL);
}

/* The step before is answered; or nothing was to be asked in it. */
static void go_on(struct listing *l)
{
    while (!l->waiting && l->step != ENDED && !l->error.code) {
        switch (++l->step) {
        case SEARCH:
            if (!l->out->searched && (l->fetch_refused || too_few(l)))
                search(l);
            break;
        case BY_NAME:
            if (l->fetch_refused && !l->out->searched)
                l->error = l->refusal;
            else
                ask_for(l, SET_UIDS);
            break;
        case ALONE:
            ask_for(l, 1);
            break;
        case FIRST:
        case ENDED:
            break;
        }
    }
    if (!l->waiting)
        end(l);
}

void dest_imap_list(struct dest *dest, struct dest_listing *out, dest_done_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    struct listing *l = mem_alloc(sizeof *l);
    *l = (struct listing){.d = d, .out = out, .done = done, .ctx = ctx, .step = FIRST};
    begin(l);
    if (!l->waiting)
        d->nothing_asked = l; /* done fires never from inside this call */
}

void dest_imap_list_go_on(struct dest_imap *d, const struct error *why)
{
    struct listing *l = d->nothing_asked;
    d->nothing_asked = NULL;
    if (l && why)
        l->error = *why;
    if (l)
        go_on(l);
}
