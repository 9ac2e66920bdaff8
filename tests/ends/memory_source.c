#include "memory_source.h"

#include "buf.h"
#include "mem.h"
#include "source_private.h"
#include <stdlib.h>
#include <string.h>

enum what {
    INVENTORY,
    MESSAGE,
    HEADER,
    DELETION,
    CLOSE,
};

struct request {
    struct request *next;
    enum what what;
    size_t item;
    source_data_fn *data;
    source_done_fn *done;
    void *ctx;
};

struct connection {
    struct source base;
    struct memory_box *box;
    size_t *items; /* of the box, by base.items */
    bool *deleted, *read;
    struct request *first, **last;
    size_t outstanding;
    bool broken;
    struct error error;
};

static struct connection *of(struct source *s)
{
    return (struct connection *)s;
}

/* ---- what lies there ---- */
struct memory_box *memory_box_new(void)
{
    struct memory_box *b = mem_alloc(sizeof *b);
    *b = (struct memory_box){.can_header = true, .can_delete = true};
    return b;
}

void memory_box_free(struct memory_box *b)
{
    for (size_t i = 0; i < b->count; i++) {
        free(b->all[i].key);
        free(b->all[i].bytes);
    }
    for (size_t i = 0; i < b->folder_count; i++)
        free((char *)b->folders[i].path);
    free(b->folders);
    free(b->all);
    free(b);
}

struct memory_item *memory_box_put(struct memory_box *b, const char *key, const char *text)
{
    struct buf bytes CLEANUP(buf_done) = {0};
    for (; *text; text++)
        buf_append(&bytes, *text == '\n' ? "\r\n" : text, *text == '\n' ? 2 : 1);
    return memory_box_put_exactly(b, key, buf_str(&bytes));
}

struct memory_item *memory_box_put_exactly(struct memory_box *b, const char *key, const char *bytes)
{
    if (b->count == b->cap) {
        b->cap = b->cap ? b->cap * 2 : 16;
        b->all = mem_grow(b->all, b->cap, sizeof *b->all);
    }
    b->all[b->count] = (struct memory_item){.key = key ? mem_strdup(key) : NULL,
        .bytes = mem_strdup(bytes),
        .octets = strlen(bytes),
        .folder = SOURCE_NO_FOLDER};
    return &b->all[b->count++];
}

uint32_t memory_box_folder(struct memory_box *b, const char *path, enum mail_role role)
{
    for (size_t i = 0; i < b->folder_count; i++)
        if (!strcmp(b->folders[i].path, path))
            return (uint32_t)i;
    b->folders = mem_grow(b->folders, b->folder_count + 1, sizeof *b->folders);
    b->folders[b->folder_count] = (struct source_folder){.path = mem_strdup(path), .role = role};
    return (uint32_t)b->folder_count++;
}

size_t memory_box_left(const struct memory_box *b)
{
    size_t n = 0;
    for (size_t i = 0; i < b->count; i++)
        n += !b->all[i].gone;
    return n;
}

/* ---- a connection ---- */
static void submit(struct source *s, const struct request *request)
{
    struct connection *c = of(s);
    struct request *r = mem_alloc(sizeof *r);
    *r = *request;
    r->next = NULL;
    *c->last = r;
    c->last = &r->next;
    c->outstanding++;
}

static void settle(struct connection *c, const struct error *error)
{
    struct request r = *c->first;
    free(c->first);
    c->first = r.next;
    if (!c->first)
        c->last = &c->first;
    c->outstanding--;
    if (r.done)
        r.done(r.ctx, error);
}

static void take_inventory(struct connection *c)
{
    c->base.folders = mem_array(c->box->folder_count + 1, sizeof *c->base.folders);
    if (c->box->folder_count)
        memcpy(c->base.folders, c->box->folders, c->box->folder_count * sizeof *c->base.folders);
    c->base.folder_count = c->box->folder_count;
    c->base.items = mem_array(c->box->count + 1, sizeof *c->base.items);
    c->items = mem_array(c->box->count + 1, sizeof *c->items);
    c->deleted = mem_array(c->box->count + 1, sizeof *c->deleted);
    c->read = mem_array(c->box->count + 1, sizeof *c->read);
    c->box->sessions++;
    bool nameless = c->box->nameless && c->box->nameless(c->box->ctx, c->box->sessions);
    for (size_t i = 0; i < c->box->count; i++) {
        const struct memory_item *it = &c->box->all[i];
        if (it->gone || (c->box->view && (it->read || c->base.count == c->box->view)))
            continue;
        c->items[c->base.count] = i;
        c->base.items[c->base.count] =
            (struct source_item){.key = it->key && !nameless ? mem_strdup(it->key) : NULL,
                .octets = it->octets,
                .number = (uint32_t)c->base.count + 1,
                .folder = it->folder};
        c->base.facts.octets += it->octets;
        c->base.facts.blank_uidls += !it->key && !nameless;
        c->base.count++;
    }
    c->base.facts.messages = c->base.count;
    c->base.facts.uidl_rows = nameless ? 0 : c->base.count;
    c->base.facts.has_uidl = !nameless;
}

/* Up to the empty line, and with it. */
static size_t header_octets(const struct memory_item *it)
{
    const char *end = memmem(it->bytes, it->octets, "\r\n\r\n", 4);
    return end ? (size_t)(end - it->bytes) + 4 : it->octets;
}

static void break_off(struct connection *c)
{
    c->broken = true;
    error_set(&c->error, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_LOST, "memory: the connection ended");
}

static void give(struct connection *c)
{
    const struct request r = *c->first;
    struct memory_box *b = c->box;
    const struct memory_item *it = &b->all[c->items[r.item]];
    size_t octets = r.what == HEADER ? header_octets(it) : it->octets;
    enum memory_giving how = MEMORY_GIVE;
    struct error err;
    if (r.what == MESSAGE && b->giving)
        how = b->giving(b->ctx, b->fetched, c->items[r.item]);
    b->fetched += r.what == MESSAGE;
    c->read[r.item] |= r.what == MESSAGE;
    if (how == MEMORY_REFUSED) {
        error_set(&err, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED, "memory: I have lost it");
        settle(c, &err);
        return;
    }
    if (how == MEMORY_CUT) {
        r.data(r.ctx, it->bytes, octets / 2);
        break_off(c);
        return;
    }
    r.data(r.ctx, it->bytes, octets / 3);
    r.data(r.ctx, it->bytes + octets / 3, octets - octets / 3);
    settle(c, NULL);
}

static void mark_ended(struct memory_item *it, bool deleted, bool read)
{
    it->gone |= deleted;
    it->read |= read;
}

static void sign_off(struct connection *c)
{
    for (size_t i = 0; i < c->base.count; i++)
        mark_ended(&c->box->all[c->items[i]], c->deleted[i], c->read[i]);
    settle(c, NULL);
}

static int step(struct source *s, struct error *err)
{
    struct connection *c = of(s);
    if (!c->broken && !c->first)
        return 0;
    if (!c->broken) {
        switch (c->first->what) {
        case INVENTORY:
            take_inventory(c);
            settle(c, NULL);
            break;
        case MESSAGE:
        case HEADER:
            give(c);
            break;
        case DELETION:
            c->deleted[c->first->item] = true;
            settle(c, NULL);
            break;
        case CLOSE:
            sign_off(c);
            break;
        }
    }
    if (!c->broken)
        return 1;
    *err = c->error;
    return -1;
}

static void inventory(struct source *s, source_done_fn *done, void *ctx)
{
    submit(s, &(struct request){.what = INVENTORY, .done = done, .ctx = ctx});
}

static void fetch(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    submit(s, &(struct request){.what = MESSAGE, .item = item, .data = data, .done = done, .ctx = ctx});
}

static void fetch_header(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    submit(s, &(struct request){.what = HEADER, .item = item, .data = data, .done = done, .ctx = ctx});
}

static void delete_item(struct source *s, size_t item, source_done_fn *done, void *ctx)
{
    submit(s, &(struct request){.what = DELETION, .item = item, .done = done, .ctx = ctx});
}

static void close_session(struct source *s, source_done_fn *done, void *ctx)
{
    submit(s, &(struct request){.what = CLOSE, .done = done, .ctx = ctx});
}

static void abort_all(struct source *s, const struct error *why)
{
    struct connection *c = of(s);
    c->broken = true;
    c->error = *why;
    while (c->first)
        settle(c, why);
}

static size_t outstanding(const struct source *s)
{
    return ((const struct connection *)s)->outstanding;
}

static void free_connection(struct source *s)
{
    static const struct error gone = {
        .scope = ERROR_SCOPE_SESSION, .code = ERROR_CANCELLED, .text = "the connection was closed"};
    struct connection *c = of(s);
    abort_all(s, &gone);
    for (size_t i = 0; i < c->base.count; i++)
        free(c->base.items[i].key);
    free(c->base.items);
    free(c->base.folders);
    free(c->items);
    free(c->deleted);
    free(c->read);
    free(c);
}

struct source *memory_source_new(struct memory_box *b)
{
    static const struct source_kind kind = {
        .free = free_connection,
        .inventory = inventory,
        .fetch = fetch,
        .fetch_header = fetch_header,
        .delete = delete_item,
        .close = close_session,
        .abort = abort_all,
        .outstanding = outstanding,
        .step = step,
    };
    struct connection *c = mem_alloc(sizeof *c);
    *c = (struct connection){.base = {.kind = &kind,
                                 .traits = {.can_header = b->can_header,
                                     .can_delete = b->can_delete,
                                     .reading_hides = b->reading_hides,
                                     .hides_words = b->reading_hides ? "memory" : NULL,
                                     .sign_in_pause_s = -1,
                                     .expire_days = -1},
                                 .facts = {.has_stat = true, .stat_agrees = true, .has_uidl = true}},
        .box = b};
    c->last = &c->first;
    return &c->base;
}
