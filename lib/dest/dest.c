#include "dest.h"

#include "dest_private.h"
#include "imap_name.h"
#include <stdlib.h>

void dest_free(struct dest *d)
{
    if (d)
        d->kind->free(d);
}

const struct dest_traits *dest_traits(const struct dest *d)
{
    return &d->traits;
}

const struct dest_mailbox *dest_mailbox(const struct dest *d)
{
    static const struct dest_mailbox none;
    return d ? &d->mailbox : &none;
}

/* Every kind takes the names that IMAP has: mail moves on one day. */
int dest_check_name(const char *folder, struct error *err)
{
    char *wire = imap_name_to_wire(folder, "", '/', err);
    free(wire);
    return wire ? 0 : -1;
}

void dest_prepare(struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx)
{
    d->kind->prepare(d, folder, mode, done, ctx);
}

void dest_enter(struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx)
{
    d->mailbox = (struct dest_mailbox){0};
    d->kind->enter(d, folder, mode, done, ctx);
}

void dest_join(struct dest *d, const struct dest *first, dest_done_fn *done, void *ctx)
{
    d->kind->join(d, first, done, ctx);
}

void dest_release(struct dest *d)
{
    if (d->kind->release)
        d->kind->release(d);
}

void dest_refresh(struct dest *d, dest_done_fn *done, void *ctx)
{
    d->kind->refresh(d, done, ctx);
}

void dest_create(struct dest *d, dest_done_fn *done, void *ctx)
{
    d->kind->create(d, done, ctx);
}

void dest_append(struct dest *d, const struct dest_message *msgs, size_t n, dest_append_fn *done, void *ctx)
{
    d->kind->append(d, msgs, n, done, ctx);
}

void dest_list(struct dest *d, struct dest_listing *l, dest_done_fn *done, void *ctx)
{
    d->kind->list(d, l, done, ctx);
}

void dest_listing_done(struct dest_listing *l)
{
    free(l->there);
    free(l->unread);
    l->there = l->unread = NULL;
    l->there_count = l->unread_count = 0;
}

void dest_ids(struct dest *d, dest_id_fn *row, dest_told_fn *done, void *ctx)
{
    d->kind->ids(d, row, done, ctx);
}

void dest_read(struct dest *d, const uint32_t *ids, size_t count, const struct dest_reader *reader,
    dest_done_fn *done, void *ctx)
{
    d->kind->read(d, ids, count, reader, done, ctx);
}

void dest_twins(
    struct dest *d, const uint32_t *ids, size_t count, dest_twin_fn *row, dest_told_fn *done, void *ctx)
{
    d->kind->twins(d, ids, count, row, done, ctx);
}

void dest_quota(struct dest *d, dest_quota_fn *row, dest_done_fn *done, void *ctx)
{
    d->kind->quota(d, row, done, ctx);
}

void dest_roles(struct dest *d, dest_role_fn *row, dest_done_fn *done, void *ctx)
{
    d->kind->roles(d, row, done, ctx);
}

size_t dest_offers(const struct dest *d, struct offer *dst)
{
    return d->kind->offers ? d->kind->offers(d, dst) : 0;
}

const char *dest_capabilities(const struct dest *d)
{
    return d->kind->capabilities ? d->kind->capabilities(d) : "";
}

const char *dest_server_id(const struct dest *d)
{
    return d->kind->server_id ? d->kind->server_id(d) : "";
}

const char *dest_alert(const struct dest *d, size_t n)
{
    return d->kind->alert ? d->kind->alert(d, n) : NULL;
}

void dest_close(struct dest *d, dest_done_fn *done, void *ctx)
{
    d->kind->close(d, done, ctx);
}

void dest_abort(struct dest *d, const struct error *why)
{
    d->kind->abort(d, why);
}

size_t dest_outstanding(const struct dest *d)
{
    return d->kind->outstanding(d);
}

int dest_step(struct dest *d, struct error *err)
{
    return d->kind->step(d, err);
}

/* ---- with a stream ---- */
ssize_t dest_pull(struct dest *d, void *dst, size_t cap, struct error *err)
{
    return d->kind->pull(d, dst, cap, err);
}

bool dest_wants_write(const struct dest *d)
{
    return d->kind->wants_write(d);
}

int dest_feed(struct dest *d, const void *data, size_t len, struct error *err)
{
    return d->kind->feed(d, data, len, err);
}

size_t dest_in_flight(const struct dest *d)
{
    return d->kind->in_flight(d);
}

struct dest_waiting dest_waiting(const struct dest *d)
{
    return d->kind->waiting(d);
}

const char *dest_farewell(const struct dest *d)
{
    return d->kind->farewell ? d->kind->farewell(d) : NULL;
}
