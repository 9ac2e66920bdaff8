#include "migrate.h"

#include "session.h"
#include <stdio.h>

struct asking {
    struct check *check;
    size_t waiting;
};

static void on_quota_row(void *ctx, const struct dest_quota *row)
{
    struct check *c = ((struct asking *)ctx)->check;
    if (c->quota_count == sizeof c->quota / sizeof *c->quota)
        return;
    struct check_quota *q = &c->quota[c->quota_count++];
    *q = (struct check_quota){.used = row->used, .limit = row->limit};
    snprintf(q->resource, sizeof q->resource, "%s", row->resource);
}

/* A broken connection shows by itself. */
static void on_answer(void *ctx, const struct error *error)
{
    (void)error;
    ((struct asking *)ctx)->waiting--;
}

static bool answered(void *ctx)
{
    return !((struct asking *)ctx)->waiting;
}

static int ask_more(struct session *s, struct check *c, struct error *err)
{
    struct asking a = {.check = c};
    if (!dest_mailbox(s->dest)->exists)
        return 0;
    a.waiting++;
    dest_quota(s->dest, on_quota_row, on_answer, &a);
    return session_wait(s, answered, &a, err);
}

static void note_side(const struct link *l, struct check_side *side)
{
    if (l->local) {
        snprintf(side->name, sizeof side->name, "%s", l->name);
        side->signed_in = l->ready;
        side->error = l->error;
    }
    if (!l->stream)
        return;
    snprintf(side->name, sizeof side->name, "%s", stream_name(l->stream));
    side->signed_in = l->ready;
    side->error = l->error;
    side->tls = *stream_tls(l->stream);
}

static void note_source(const struct session *s, struct check *c)
{
    size_t count;
    const struct source_facts *f = source_facts(s->source);
    const struct source_item *items = source_items(s->source, &count);
    const struct source_traits *traits = source_traits(s->source);
    c->source_offer_count = source_offers(s->source, c->source_offers);
    snprintf(c->source_id, sizeof c->source_id, "%s", source_server_id(s->source));
    c->reading_hides = traits->reading_hides;
    c->shows_part = traits->shows_part;
    c->expire_days = traits->expire_days;
    c->inventory_known = s->inventory_done && !s->inventory_error.code;
    if (s->inventory_error.code && !c->source.error.code)
        c->source.error = s->inventory_error;
    c->stat_agrees = f->stat_agrees;
    c->blank_uidls = f->blank_uidls;
    c->repeated_uidls = f->repeated_uidls;
    c->messages = count;
    for (size_t i = 0; i < count; i++) {
        c->octets += items[i].octets;
        c->largest_octets = items[i].octets > c->largest_octets ? items[i].octets : c->largest_octets;
    }
}

static void note_destination(const struct session *s, struct check *c)
{
    const struct dest_mailbox *box = dest_mailbox(s->dest);
    c->offer_count = dest_offers(s->dest, c->offers);
    snprintf(c->capabilities, sizeof c->capabilities, "%s", dest_capabilities(s->dest));
    snprintf(c->server_id, sizeof c->server_id, "%s", dest_server_id(s->dest));
    c->folder_exists = box->exists;
    c->folder_messages = box->messages;
    c->append_limit = box->append_limit;
    if (s->dest_error.code && !c->destination.error.code)
        c->destination.error = s->dest_error;
}

static bool both_told(void *ctx)
{
    const struct session *s = ctx;
    bool source = s->inventory_done || s->source_link.error.code;
    bool dest = s->dest_ready || s->lanes[0].link.error.code;
    return source && dest;
}

/* One side's failure must not hide the other's: go on until both have told how they are. */
static void hear_both(struct session *s)
{
    struct error ignored;
    link_run_until(&s->loop, both_told, s, &ignored);
}

int migrate_check(const struct job *job, const struct world *world, struct check *ret, struct error *err)
{
    struct session s;
    *ret = (struct check){0};
    int rc = session_open(&s, job, world, DEST_LOOK, err);
    if (!s.source) { /* not even begun */
        session_close(&s);
        return rc;
    }
    if (rc < 0 && err->code != ERROR_CANCELLED)
        hear_both(&s);
    if (rc == 0)
        rc = ask_more(&s, ret, err);
    note_side(&s.source_link, &ret->source);
    note_side(&s.lanes[0].link, &ret->destination);
    note_source(&s, ret);
    note_destination(&s, ret);
    struct error ignored; /* nothing was changed that a failing QUIT could undo */
    session_sign_off(&s, &ignored);
    session_close(&s);
    return rc;
}
