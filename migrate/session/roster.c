#include "roster.h"

#include "buf.h"
#include "mem.h"
#include "uids.h"
#include <stdlib.h>

#define SET_UIDS     500  /* asked for by name at once */
#define SINGLES_MOST 1000 /* asked for alone: beyond that it is the server, not a message */

struct uids {
    uint32_t *all;
    size_t count, cap;
};

struct reading {
    struct roster *roster;
    struct uids there, told; /* told: with a header, if one was asked for */
    size_t waiting;
    bool fetch_refused;
    struct error error, refusal;
};

static void add(struct uids *u, uint32_t uid)
{
    if (u->count == u->cap) {
        u->cap = u->cap ? u->cap * 2 : 1024;
        u->all = mem_grow(u->all, u->cap, sizeof *u->all);
    }
    u->all[u->count++] = uid;
}

/* Ascending, each once. */
static void sort(struct uids *u)
{
    size_t n = 0;
    if (u->count)
        qsort(u->all, u->count, sizeof *u->all, uids_compare);
    for (size_t i = 0; i < u->count; i++)
        if (!n || u->all[n - 1] != u->all[i])
            u->all[n++] = u->all[i];
    u->count = n;
}

static void on_row(void *ctx, const struct imap_fetch_row *row)
{
    struct reading *r = ctx;
    if (!row->header && r->roster->fields)
        return;
    add(&r->told, row->uid);
    r->roster->row(r->roster->ctx, row);
}

static void on_uid(void *ctx, uint32_t uid)
{
    add(&((struct reading *)ctx)->there, uid);
}

/* The server's no is no end: whether anything is lacking, SEARCH tells. */
static void on_fetched(void *ctx, const struct imap_result *res)
{
    struct reading *r = ctx;
    r->waiting--;
    if (res->status == IMAP_OK)
        return;
    if (res->status == IMAP_ABORTED || res->error->retry != ERROR_RETRY_NEVER) {
        r->error = r->error.code ? r->error : *res->error;
        return;
    }
    r->fetch_refused = true;
    r->refusal = *res->error;
}

static void on_searched(void *ctx, const struct imap_result *res)
{
    struct reading *r = ctx;
    r->waiting--;
    r->roster->searched = res->status == IMAP_OK;
    if (res->status == IMAP_ABORTED && !r->error.code)
        r->error = *res->error;
}

static bool answered(void *ctx)
{
    return !((struct reading *)ctx)->waiting;
}

static int named(const struct session *s, struct error *err)
{
    return error_prefix(err, "%s, mailbox %s", stream_name(s->lanes[0].link.stream), s->mailbox);
}

static int wait_answers(struct session *s, struct reading *r, struct error *err)
{
    if (session_run_until(s, answered, r, err) < 0) {
        imap_abort(s->lanes[0].imap, err); /* it would call back into *r */
        return -1;
    }
    sort(&r->told);
    sort(&r->there);
    if (!r->error.code)
        return 0;
    *err = r->error;
    return named(s, err);
}

static void fetch(struct session *s, struct reading *r, const char *set)
{
    r->waiting++;
    imap_uid_fetch(s->lanes[0].imap, set, r->roster->fields, on_row, on_fetched, r);
}

static void search(struct session *s, struct reading *r)
{
    r->waiting++;
    imap_uid_search(s->lanes[0].imap, "ALL", on_uid, on_searched, r);
}

/* What SEARCH names, is wanted, and no row told. */
static struct uids lacking(const struct reading *r)
{
    const struct roster *o = r->roster;
    struct uids ret = {0};
    for (size_t i = 0; i < r->there.count; i++) {
        uint32_t uid = r->there.all[i];
        if (uid >= o->first && !uids_has(o->known, o->known_count, uid) &&
            !uids_has(r->told.all, r->told.count, uid))
            add(&ret, uid);
    }
    return ret;
}

static void ask_for(struct session *s, struct reading *r, const struct uids *want, size_t at_once)
{
    for (size_t i = 0; i < want->count; i += at_once) {
        struct buf set CLEANUP(buf_done) = {0};
        for (size_t k = i; k < want->count && k < i + at_once; k++)
            buf_printf(&set, "%s%u", k > i ? "," : "", want->all[k]);
        fetch(s, r, buf_str(&set));
    }
}

/* By name, then what is still lacking alone. */
static int ask_again(struct session *s, struct reading *r, struct error *err)
{
    static const size_t at_once[] = {SET_UIDS, 1};
    for (size_t i = 0; i < 2; i++) {
        struct uids want = lacking(r);
        bool ask = want.count && (at_once[i] > 1 || want.count <= SINGLES_MOST);
        if (ask)
            ask_for(s, r, &want, at_once[i]);
        free(want.all);
        if (ask && wait_answers(s, r, err) < 0)
            return -1;
    }
    return 0;
}

/* Fewer rows than EXISTS counts? (What others have removed meanwhile is counted no more.) */
static bool too_few(const struct session *s, const struct reading *r)
{
    const struct roster *o = r->roster;
    return o->all && o->known_count + r->told.count < imap_selected(s->lanes[0].imap)->exists;
}

static int read_all(struct session *s, struct reading *r, struct error *err)
{
    if (r->roster->known_count)
        search(s, r);
    if (imap_selected(s->lanes[0].imap)->exists)
        fetch(s, r, r->roster->set);
    if (wait_answers(s, r, err) < 0)
        return -1;
    if (!r->roster->searched && (r->fetch_refused || too_few(s, r))) {
        search(s, r);
        if (wait_answers(s, r, err) < 0)
            return -1;
    }
    if (r->fetch_refused && !r->roster->searched) {
        *err = r->refusal;
        return named(s, err);
    }
    return ask_again(s, r, err);
}

int roster_read(struct session *s, struct roster *roster, struct error *err)
{
    struct reading r = {.roster = roster};
    int rc = read_all(s, &r, err);
    struct uids left = lacking(&r);
    roster->unread = left.all;
    roster->unread_count = left.count;
    roster->there = r.there.all;
    roster->there_count = r.there.count;
    free(r.told.all);
    return rc;
}

void roster_done(struct roster *r)
{
    free(r->there);
    free(r->unread);
    r->there = r->unread = NULL;
    r->there_count = r->unread_count = 0;
}
