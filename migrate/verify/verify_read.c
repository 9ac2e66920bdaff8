#include "verify.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

/* Own code, not index.c's and content.c's: see verify.h. */
#define BATCH_OCTETS (8u * 1024 * 1024)
#define BATCHES      2 /* on their way: one is answered while the next is asked for */

static int wait_for(struct verify *v, bool (*reached)(void *ctx), struct error *err)
{
    v->error = (struct error){0};
    if (session_run_until(&v->session, reached, v, err) < 0)
        return -1;
    if (!v->error.code)
        return 0;
    *err = v->error;
    return session_name_mailbox(&v->session, err);
}

/* ---- what is there ---- */
static void scan_header(struct verify *v, const struct dest_row *row, struct verify_entry *e)
{
    struct verify_content c;
    verify_scan_begin(v->destination_scan, 0);
    verify_scan_feed(v->destination_scan, row->header, row->header_len);
    verify_scan_finish(v->destination_scan, &c);
    e->ident = c.ident;
    memcpy(e->header, c.header, SHA256_OCTETS);
}

static struct verify_entry *add_entry(struct verify_box *box, uint32_t uid)
{
    if (box->count == box->cap) {
        box->cap = box->cap ? box->cap + box->cap / 2 : 256;
        box->entries = mem_grow(box->entries, box->cap, sizeof *box->entries);
    }
    struct verify_entry *e = &box->entries[box->count++];
    *e = (struct verify_entry){.uid = uid, .row = VERIFY_NONE, .date_s = MAIL_NO_DATE};
    return e;
}

static void on_entry(void *ctx, const struct dest_row *row)
{
    struct verify *v = ctx;
    struct verify_entry *e = add_entry(&v->boxes[v->box], row->id);
    e->octets = row->octets;
    if (row->has_date)
        e->date_s = row->date_s;
    if (!row->header)
        return;
    scan_header(v, row, e);
    /* Some give an empty header of what they cannot read: by content it may be known. */
    e->headless = v->level == VERIFY_CONTENT && !memchr(row->header, ':', row->header_len);
    e->want = e->headless;
}

/* What no FETCH tells of is there all the same: by content it may still be known. */
static void add_unread(struct verify *v, const struct dest_listing *r)
{
    const struct session *s = &v->session;
    for (size_t i = 0; i < r->unread_count; i++) {
        struct verify_entry *e = add_entry(&v->boxes[v->box], r->unread[i]);
        e->headless = true;
        e->want = v->level == VERIFY_CONTENT;
    }
    if (r->unread_count)
        log_line(&s->world->log, LOG_WARN,
            "%s, mailbox %s: the server lists %zu of its messages and does not tell what they are (the first has UID "
            "%u): what is called missing may be one of them; look there",
            session_destination(s), s->mailbox, r->unread_count, (unsigned)r->unread[0]);
}

/* A server may tell of a message twice. */
static void sort_entries(struct verify_box *box)
{
    size_t n = 0;
    verify_entry_sort(box);
    for (size_t i = 0; i < box->count; i++)
        if (!n || box->entries[n - 1].uid != box->entries[i].uid)
            box->entries[n++] = box->entries[i];
    box->count = n;
}

static void forget_entries(struct verify *v, uint32_t index)
{
    struct verify_box *box = &v->boxes[index];
    for (size_t i = 0; i < box->count; i++) {
        struct verify_entry *e = &box->entries[i];
        if (e->claimed && !e->doubled) {
            struct verify_row *row = &v->rows[e->row];
            row->verdict = VERIFY_OPEN;
            row->proof = LEDGER_UNPROVED;
            mem_free_str(&row->why);
        }
        verify_content_free(e->content);
    }
    box->count = 0;
    box->listed = false;
}

static int list_box(struct verify *v, struct error *err)
{
    struct session *s = &v->session;
    struct verify_box *box = &v->boxes[v->box];
    struct dest_listing r = {.headers = v->level != VERIFY_COUNT, .all = true, .row = on_entry, .ctx = v};
    forget_entries(v, v->box);
    box->exists = dest_mailbox(s->dest)->exists;
    box->uidvalidity = dest_mailbox(s->dest)->epoch;
    if (box->exists) {
        session_phase(s, "reading what the destination holds");
        int rc = session_list(s, &r, err);
        if (rc == 0)
            add_unread(v, &r);
        dest_listing_done(&r);
        if (rc < 0)
            return -1;
    }
    sort_entries(box);
    box->listed = true;
    verify_link_uids(v, v->box);
    return 0;
}

int verify_enter(struct verify *v, uint32_t index, struct error *err)
{
    struct verify_box *box = &v->boxes[index];
    v->box = index;
    if (session_enter(&v->session, box->name, DEST_LOOK, err) < 0)
        return -1;
    if (!box->listed)
        return list_box(v, err);
    if (box->uidvalidity == dest_mailbox(v->session.dest)->epoch &&
        box->exists == dest_mailbox(v->session.dest)->exists)
        return 0;
    forget_entries(v, index);
    return error_set(err, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_LOST,
        "%s: mailbox %s was made anew while it was compared", session_destination(&v->session), box->name);
}

/* ---- contents ---- */
struct batch {
    struct verify *v;
    struct verify_box *box;
    size_t count;
    uint32_t uids[DEST_READ_MAX];
};

static void on_body_begin(void *ctx)
{
    struct batch *b = ctx;
    verify_scan_begin(b->v->destination_scan, b->v->rewritten ? VERIFY_SCAN_PARTS : 0);
}

static void on_body_data(void *ctx, const void *data, size_t len)
{
    struct batch *b = ctx;
    verify_scan_feed(b->v->destination_scan, data, len);
}

static void on_body_end(void *ctx, uint32_t uid)
{
    struct batch *b = ctx;
    struct verify *v = b->v;
    struct verify_content content;
    struct verify_entry *e = verify_entry_find(b->box, uid);
    verify_scan_finish(v->destination_scan, &content);
    if (!e || !e->want)
        return;
    e->want = false;
    v->session.progress.messages++;
    v->session.progress.octets += e->octets;
    patience_progress(&v->patience);
    verify_compare(v, e, &content);
}

static void submit(struct verify *v);

/* A message that the server cannot give is as good as none: it proves nothing. */
static void give_up_unread(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        struct verify_entry *e = verify_entry_find(b->box, b->uids[i]);
        e->unreadable |= e->want;
        e->want = false;
    }
}

static void on_bodies(void *ctx, const struct error *error)
{
    struct batch *b = ctx;
    struct verify *v = b->v;
    v->reading--;
    for (size_t i = 0; i < b->count; i++)
        verify_entry_find(b->box, b->uids[i])->asked = false;
    if (!error)
        give_up_unread(b);
    else if (!v->error.code)
        v->error = *error;
    free(b);
    if (!v->error.code)
        submit(v);
}

static struct verify_entry *next_wanted(struct verify *v, const struct verify_box *box)
{
    for (; v->next_entry < box->count; v->next_entry++) {
        struct verify_entry *e = &box->entries[v->next_entry];
        if (e->want && !e->asked)
            return e;
    }
    return NULL;
}

static struct batch *fill(struct verify *v)
{
    struct verify_box *box = &v->boxes[v->box];
    struct batch *b = NULL;
    struct verify_entry *e;
    uint64_t octets = 0;
    while ((e = next_wanted(v, box))) {
        if (!b)
            b = mem_alloc(sizeof *b);
        else if (b->count == DEST_READ_MAX || octets + e->octets > BATCH_OCTETS)
            break;
        e->asked = true;
        octets += e->octets;
        b->uids[b->count++] = e->uid;
    }
    if (b) {
        b->v = v;
        b->box = box;
    }
    return b;
}

static void submit(struct verify *v)
{
    static const struct dest_reader reader = {
        .begin = on_body_begin, .data = on_body_data, .end = on_body_end};
    struct batch *b;
    while (v->reading < BATCHES && (b = fill(v))) {
        v->reading++;
        dest_read(v->session.dest, b->uids, b->count, &reader, on_bodies, b);
    }
}

static bool all_read(void *ctx)
{
    return !((struct verify *)ctx)->reading;
}

int verify_read(struct verify *v, uint32_t index, struct error *err)
{
    struct verify_box *box = &v->boxes[index];
    size_t wanted = 0;
    for (size_t i = 0; i < box->count; i++)
        wanted += box->entries[i].want;
    if (!wanted)
        return 0;
    if (verify_enter(v, index, err) < 0)
        return -1;
    session_phase(&v->session, "comparing");
    v->next_entry = 0;
    v->error = (struct error){0};
    submit(v);
    return wait_for(v, all_read, err);
}
