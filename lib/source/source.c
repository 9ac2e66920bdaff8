#include "source.h"

#include "source_private.h"

void source_free(struct source *s)
{
    if (s)
        s->kind->free(s);
}

const struct source_traits *source_traits(const struct source *s)
{
    return &s->traits;
}

void source_on_doubt(struct source *s, source_doubt_fn *fn, void *ctx)
{
    s->doubt = fn;
    s->doubt_ctx = ctx;
}

void source_inventory(struct source *s, source_done_fn *done, void *ctx)
{
    s->kind->inventory(s, done, ctx);
}

const struct source_item *source_items(const struct source *s, size_t *ret_count)
{
    *ret_count = s->count;
    return s->items;
}

const struct source_folder *source_folders(const struct source *s, size_t *ret_count)
{
    *ret_count = s->folder_count;
    return s->folders;
}

const struct source_remark *source_remarks(const struct source *s, size_t *ret_count)
{
    *ret_count = s->remark_count;
    return s->remarks;
}

char *source_place(const struct source *s, size_t item)
{
    return s->kind->place ? s->kind->place(s, item) : NULL;
}

struct source_marks source_marks(const struct source *s, size_t item)
{
    return s->kind->marks ? s->kind->marks(s, item) : (struct source_marks){.keywords = ""};
}

size_t source_offers(const struct source *s, struct offer *dst)
{
    return s->kind->offers ? s->kind->offers(s, dst) : 0;
}

const char *source_server_id(const struct source *s)
{
    return s->kind->server_id ? s->kind->server_id(s) : "";
}

uint64_t source_unlisted(const struct source *s)
{
    return s->facts.has_stat && s->facts.messages > s->count ? s->facts.messages - s->count : 0;
}

const struct source_facts *source_facts(const struct source *s)
{
    return &s->facts;
}

void source_fetch(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    s->kind->fetch(s, item, data, done, ctx);
}

void source_fetch_header(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    s->kind->fetch_header(s, item, data, done, ctx);
}

void source_delete(struct source *s, size_t item, source_done_fn *done, void *ctx)
{
    s->kind->delete (s, item, done, ctx);
}

void source_close(struct source *s, source_done_fn *done, void *ctx)
{
    s->kind->close(s, done, ctx);
}

void source_abort(struct source *s, const struct error *why)
{
    s->kind->abort(s, why);
}

size_t source_outstanding(const struct source *s)
{
    return s->kind->outstanding(s);
}

int source_step(struct source *s, struct error *err)
{
    return s->kind->step(s, err);
}

/* ---- with a stream ---- */
size_t source_pull(struct source *s, void *dst, size_t cap)
{
    return s->kind->pull(s, dst, cap);
}

bool source_wants_write(const struct source *s)
{
    return s->kind->wants_write(s);
}

int source_feed(struct source *s, const void *data, size_t len, struct error *err)
{
    return s->kind->feed(s, data, len, err);
}

size_t source_in_flight(const struct source *s)
{
    return s->kind->in_flight(s);
}

struct source_waiting source_waiting(const struct source *s)
{
    return s->kind->waiting(s);
}
