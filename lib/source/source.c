#include "source.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

struct request {
    source_done_fn *done;
    void *ctx;
    struct source *source;
};

struct source {
    struct pop3 *pop3;
    struct source_item *items;
    size_t count, cap;
    struct source_facts facts;
    struct request inventory;
    struct error list_error;
};

struct source *source_new(void)
{
    struct source *s = mem_alloc(sizeof *s);
    s->pop3 = pop3_new();
    s->facts.caps = pop3_caps(s->pop3);
    return s;
}

void source_free(struct source *s)
{
    if (!s)
        return;
    pop3_free(s->pop3);
    for (size_t i = 0; i < s->count; i++)
        free(s->items[i].key);
    free(s->items);
    free(s);
}

/* Number the second and later items of one UIDL, so that each key stands once. Servers that give equal
 * messages one UIDL keep their order, and equal messages are interchangeable. */
struct by_key {
    char *key;
    size_t item;
};

static int compare_by_key(const void *a, const void *b)
{
    const struct by_key *x = a, *y = b;
    int c = strcmp(x->key, y->key);
    return c ? c : (x->item > y->item) - (x->item < y->item);
}

static void number_repeated_keys(struct source *s)
{
    struct by_key *sorted = mem_array(s->count, sizeof *sorted);
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].key)
            sorted[n++] = (struct by_key){s->items[i].key, i};
    qsort(sorted, n, sizeof *sorted, compare_by_key);
    for (size_t i = 0, first = 0; i < n; i++) {
        if (strcmp(sorted[i].key, sorted[first].key) != 0)
            first = i;
        if (i == first)
            continue;
        s->items[sorted[i].item].key = mem_printf("%s\t%zu", sorted[first].key, i - first + 1);
        s->facts.repeated_uidls++;
    }
    for (size_t i = 0; i < n; i++)
        if (s->items[sorted[i].item].key != sorted[i].key)
            free(sorted[i].key);
    free(sorted);
}

/* LIST rows come in ascending order from every server seen; a search covers those that do not. */
static struct source_item *find_number(struct source *s, uint32_t number)
{
    if (number >= 1 && number <= s->count && s->items[number - 1].number == number)
        return &s->items[number - 1];
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].number == number)
            return &s->items[i];
    return NULL;
}

static void on_capa(void *ctx, const struct pop3_result *res)
{
    struct source *s = ctx;
    (void)res; /* no CAPA is an answer, too: the engine's caps stay empty */
    s->facts.has_top = !s->facts.caps->known || s->facts.caps->top;
    /* Without it such a server gives out a notice in place of each message with raw 8-bit headers. */
    if (s->facts.caps->utf8)
        pop3_utf8(s->pop3, NULL, NULL);
}

static void on_stat(void *ctx, const struct pop3_result *res)
{
    struct source *s = ctx;
    if (res->ok) {
        s->facts.messages = res->messages;
        s->facts.octets = res->octets;
    }
}

static void on_list_row(void *ctx, uint32_t number, uint64_t octets)
{
    struct source *s = ctx;
    if (s->count == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 256;
        s->items = mem_grow(s->items, s->cap, sizeof *s->items);
    }
    s->items[s->count++] = (struct source_item){.number = number, .octets = octets};
}

static void on_list(void *ctx, const struct pop3_result *res)
{
    struct source *s = ctx;
    if (!res->ok)
        s->list_error = *res->error;
    s->facts.stat_agrees = s->facts.messages == s->count;
}

static void on_uidl_row(void *ctx, uint32_t number, const char *uidl)
{
    struct source *s = ctx;
    struct source_item *item = find_number(s, number);
    if (!*uidl)
        s->facts.blank_uidls++;
    else if (item && !item->key)
        item->key = mem_strdup(uidl);
}

static void on_uidl(void *ctx, const struct pop3_result *res)
{
    struct source *s = ctx;
    s->facts.has_uidl = res->ok;
    number_repeated_keys(s);
    const struct error *fatal = s->list_error.code ? &s->list_error : NULL;
    if (!fatal && !res->ok && res->error->code != ERROR_REFUSED)
        fatal = res->error; /* a -ERR means: no UIDL here; anything else: the session is broken */
    s->inventory.done(s->inventory.ctx, fatal);
}

void source_one_at_a_time(struct source *s)
{
    pop3_set_window_max(s->pop3, 1);
}

void source_inventory(struct source *s, source_done_fn *done, void *ctx)
{
    s->inventory = (struct request){.done = done, .ctx = ctx, .source = s};
    pop3_capa(s->pop3, on_capa, s);
    pop3_stat(s->pop3, on_stat, s);
    pop3_list(s->pop3, on_list_row, on_list, s);
    pop3_uidl(s->pop3, on_uidl_row, on_uidl, s);
}

const struct source_item *source_items(const struct source *s, size_t *ret_count)
{
    *ret_count = s->count;
    return s->items;
}

const struct source_facts *source_facts(const struct source *s)
{
    return &s->facts;
}

static void on_request_done(void *ctx, const struct pop3_result *res)
{
    struct request *r = ctx;
    struct request copy = *r;
    free(r);
    copy.done(copy.ctx, res->ok ? NULL : res->error);
}

struct fetch {
    struct request base; /* first, so that on_request_done can free it */
    source_data_fn *data;
};

static void on_fetch_data(void *ctx, const void *data, size_t len)
{
    struct fetch *f = ctx;
    f->data(f->base.ctx, data, len);
}

static struct fetch *fetch_new(struct source *s, source_data_fn *data, source_done_fn *done, void *ctx)
{
    struct fetch *f = mem_alloc(sizeof *f);
    *f = (struct fetch){.base = {.done = done, .ctx = ctx, .source = s}, .data = data};
    return f;
}

void source_fetch(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    pop3_retr(s->pop3, s->items[item].number, on_fetch_data, on_request_done, fetch_new(s, data, done, ctx));
}

void source_fetch_header(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    pop3_top(
        s->pop3, s->items[item].number, 0, on_fetch_data, on_request_done, fetch_new(s, data, done, ctx));
}

void source_close(struct source *s, source_done_fn *done, void *ctx)
{
    struct request *r = mem_alloc(sizeof *r);
    *r = (struct request){.done = done, .ctx = ctx, .source = s};
    pop3_quit(s->pop3, on_request_done, r);
}

size_t source_pull(struct source *s, void *dst, size_t cap)
{
    return pop3_pull(s->pop3, dst, cap);
}

bool source_wants_write(const struct source *s)
{
    return pop3_wants_write(s->pop3);
}

int source_feed(struct source *s, const void *data, size_t len, struct error *err)
{
    return pop3_feed(s->pop3, data, len, err);
}

void source_abort(struct source *s, const struct error *why)
{
    pop3_abort(s->pop3, why);
}

size_t source_in_flight(const struct source *s)
{
    return pop3_in_flight(s->pop3);
}

size_t source_outstanding(const struct source *s)
{
    return pop3_outstanding(s->pop3);
}
