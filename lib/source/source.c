#include "source.h"

#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a server may claim or send. A size by LIST is a hint: real servers are off by some percent. */
#define HEADER_OCTETS_MAX  (16 << 20)
#define BEYOND_LIST_OCTETS (64 << 20)
#define UNLISTED_OCTETS    (1 << 30)
#define UNLISTED_MAX       10000 /* messages out of order that UIDL alone names */

struct request {
    source_done_fn *done;
    void *ctx;
    struct source *source;
};

struct source {
    struct pop3 *pop3;
    struct source_item *items;
    size_t count, cap;
    size_t listed;       /* the first of them: named by LIST */
    uint32_t *by_number; /* these, in order */
    struct source_facts facts;
    struct request inventory;
    struct error list_error;
    bool guard, no_capa;
    source_doubt_fn *doubt;
    void *doubt_ctx;
    /* Messages handed out since the first whose octets were others than LIST says: from there on replies may
     * have been taken for each other. */
    uint32_t *since;
    size_t since_count, since_cap;
    size_t fetches;     /* RETR and TOP that are not answered */
    unsigned limits;    /* their last answers, so many in a row, that spoke of a limit */
    struct fetch *held; /* the first of these, as long as more answers come */
    struct error held_error;
};

static void on_stray(void *ctx, uint32_t number, enum pop3_stray what);

struct source *source_new(void)
{
    struct source *s = mem_alloc(sizeof *s);
    s->pop3 = pop3_new();
    s->facts.caps = pop3_caps(s->pop3);
    pop3_on_stray(s->pop3, on_stray, s);
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
    free(s->by_number);
    free(s->since);
    free(s);
}

static int compare_key(const void *a, const void *b)
{
    const struct source_item *const *x = a, *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

static void drop_key(struct source_item *item)
{
    free(item->key);
    item->key = NULL;
}

/* One UIDL on several messages tells none of them apart, and their order changes when one is deleted: then
 * content decides. (Servers that do this do it for equal messages.) */
static void drop_repeated_keys(struct source *s)
{
    struct source_item **sorted = mem_array(s->count, sizeof *sorted);
    size_t n = 0, end;
    for (size_t i = 0; i < s->count; i++)
        if (s->items[i].key)
            sorted[n++] = &s->items[i];
    qsort(sorted, n, sizeof *sorted, compare_key);
    for (size_t first = 0; first < n; first = end) {
        for (end = first + 1; end < n && !strcmp(sorted[end]->key, sorted[first]->key);)
            end++;
        s->facts.repeated_uidls += (uint32_t)(end - first - 1);
        for (size_t i = first; end - first > 1 && i < end; i++)
            drop_key(sorted[i]);
    }
    free(sorted);
}

/* Some servers give the message number as UIDL: it names another message as soon as one before it is deleted.
 */
static void drop_number_keys(struct source *s)
{
    char number[16];
    for (size_t i = 0; i < s->count; i++) {
        snprintf(number, sizeof number, "%u", s->items[i].number);
        if (!s->items[i].key || strcmp(s->items[i].key, number) != 0)
            return;
    }
    for (size_t i = 0; i < s->count; i++)
        drop_key(&s->items[i]);
}

static int compare_number(const void *a, const void *b, void *items)
{
    const struct source_item *all = items;
    uint32_t x = all[*(const uint32_t *)a].number, y = all[*(const uint32_t *)b].number;
    return x < y ? -1 : x > y;
}

/* LIST rows come in ascending order from every server seen; one that means harm has a million that do not. */
static void index_numbers(struct source *s)
{
    s->listed = s->count;
    s->by_number = mem_array(s->count, sizeof *s->by_number);
    for (size_t i = 0; i < s->count; i++)
        s->by_number[i] = (uint32_t)i;
    qsort_r(s->by_number, s->count, sizeof *s->by_number, compare_number, s->items);
}

static struct source_item *find_listed(struct source *s, uint32_t number)
{
    size_t low = 0, high = s->listed;
    if (number >= 1 && number <= s->listed && s->items[number - 1].number == number)
        return &s->items[number - 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct source_item *item = &s->items[s->by_number[middle]];
        if (item->number == number)
            return item;
        if (item->number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* Among those of LIST, then among those that only UIDL has named, mostly in order. */
static struct source_item *find_number(struct source *s, uint32_t number)
{
    struct source_item *found = find_listed(s, number);
    if (found || s->count == s->listed || number > s->items[s->count - 1].number)
        return found;
    for (size_t i = s->listed; i < s->count; i++)
        if (s->items[i].number == number)
            return &s->items[i];
    return NULL;
}

/* ---- which messages were not what they seemed ---- */
static void doubt(struct source *s, size_t item, bool certain)
{
    if (s->doubt)
        s->doubt(s->doubt_ctx, item, certain);
}

/* The one right before; and, unless the server only takes leave, all since the first that was not as large as
 * listed. A goodbye says nothing against a message that is as large as it should be. */
static void on_stray(void *ctx, uint32_t number, enum pop3_stray what)
{
    struct source *s = ctx;
    const struct source_item *last = number ? find_number(s, number) : NULL;
    size_t item = last ? (size_t)(last - s->items) : SIZE_MAX;
    bool odd = s->since_count && s->since[s->since_count - 1] == item;
    if (!last || (what == POP3_STRAY_GOODBYE && !odd))
        return;
    doubt(s, item, s->guard);
    for (size_t i = 0; what != POP3_STRAY_GOODBYE && i < s->since_count; i++)
        if (s->since[i] != item)
            doubt(s, s->since[i], false);
}

static void note_octets(struct source *s, size_t item, uint64_t octets)
{
    if (!s->since_count && s->items[item].octets == octets)
        return;
    if (s->since_count == s->since_cap) {
        s->since_cap = s->since_cap ? s->since_cap * 2 : 64;
        s->since = mem_grow(s->since, s->since_cap, sizeof *s->since);
    }
    s->since[s->since_count++] = (uint32_t)item;
}

void source_guard(struct source *s)
{
    s->guard = true;
    source_one_at_a_time(s);
}

void source_without_capa(struct source *s)
{
    s->no_capa = true;
}

struct source_waiting source_waiting(const struct source *s)
{
    static const int64_t most_ms[] = {[SOURCE_SILENCE_OTHER] = 300000,
        [SOURCE_SILENCE_MESSAGE] = 120000,
        [SOURCE_SILENCE_QUEUE] = 30000,
        [SOURCE_SILENCE_CAPA] = 20000};
    struct pop3_awaited a = pop3_awaited(s->pop3);
    struct source_waiting w = {.kind = a.capa        ? SOURCE_SILENCE_CAPA
                                       : a.body      ? SOURCE_SILENCE_MESSAGE
                                       : a.pipelined ? SOURCE_SILENCE_QUEUE
                                                     : SOURCE_SILENCE_OTHER};
    w.most_ms = most_ms[w.kind];
    snprintf(w.words, sizeof w.words, "%s", a.words);
    return w;
}

void source_on_doubt(struct source *s, source_doubt_fn *fn, void *ctx)
{
    s->doubt = fn;
    s->doubt_ctx = ctx;
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

/* Ends the session, with everything outstanding. */
static void give_up(struct source *s, const struct error *why)
{
    pop3_abort(s->pop3, why);
}

static void too_many(struct source *s)
{
    struct error why;
    error_set(&why, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_PROTOCOL,
        "the server lists more than %d messages; no mailbox holds so many", SOURCE_ITEMS_MAX);
    give_up(s, &why);
}

static void on_list_row(void *ctx, uint32_t number, uint64_t octets)
{
    struct source *s = ctx;
    if (s->count == SOURCE_ITEMS_MAX) {
        too_many(s);
        return;
    }
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
    index_numbers(s);
}

static void on_uidl_row(void *ctx, uint32_t number, const char *uidl)
{
    struct source *s = ctx;
    if (s->facts.uidl_rows == SOURCE_ITEMS_MAX) {
        too_many(s);
        return;
    }
    struct source_item *item = find_number(s, number);
    s->facts.uidl_rows++;
    bool back = !item && s->count > s->listed && number < s->items[s->count - 1].number;
    if (back && s->count - s->listed >= UNLISTED_MAX) { /* each is searched for one by one */
        too_many(s);
        return;
    }
    if (!item && !s->list_error.code) { /* LIST left it out */
        on_list_row(s, number, 0);
        item = s->list_error.code ? NULL : &s->items[s->count - 1];
    }
    if (!*uidl)
        s->facts.blank_uidls++;
    else if (item && !item->key)
        item->key = mem_strdup(uidl);
}

static void on_uidl(void *ctx, const struct pop3_result *res)
{
    struct source *s = ctx;
    s->facts.has_uidl = res->ok;
    drop_repeated_keys(s);
    drop_number_keys(s);
    const struct error *fatal = s->list_error.code ? &s->list_error : NULL;
    if (!fatal && !res->ok && res->error->code != ERROR_REFUSED)
        fatal = res->error; /* a -ERR means: no UIDL here; anything else: the session is broken */
    s->inventory.done(s->inventory.ctx, fatal);
}

/* Of an empty mailbox nothing more is asked: servers have been seen to refuse LIST then, or not to end it. */
static void on_stat(void *ctx, const struct pop3_result *res)
{
    struct source *s = ctx;
    s->facts.has_stat = res->ok;
    s->facts.messages = res->messages;
    s->facts.octets = res->octets;
    if (res->ok && !res->messages) {
        s->facts.stat_agrees = true;
        s->facts.has_uidl = !s->facts.caps->known || s->facts.caps->uidl;
        s->inventory.done(s->inventory.ctx, NULL);
        return;
    }
    pop3_list(s->pop3, on_list_row, on_list, s);
    pop3_uidl(s->pop3, on_uidl_row, on_uidl, s);
}

void source_one_at_a_time(struct source *s)
{
    pop3_set_window_max(s->pop3, 1);
}

void source_inventory(struct source *s, source_done_fn *done, void *ctx)
{
    s->inventory = (struct request){.done = done, .ctx = ctx, .source = s};
    if (s->no_capa)
        s->facts.has_top = true;
    else
        pop3_capa(s->pop3, on_capa, s);
    pop3_stat(s->pop3, on_stat, s);
}

const struct source_item *source_items(const struct source *s, size_t *ret_count)
{
    *ret_count = s->count;
    return s->items;
}

uint64_t source_unlisted(const struct source *s)
{
    return s->facts.has_stat && s->facts.messages > s->count ? s->facts.messages - s->count : 0;
}

const struct source_facts *source_facts(const struct source *s)
{
    return &s->facts;
}

/* The last that is heard of it: frees it. */
static void settle(struct request *r, const struct error *error)
{
    struct request copy = *r;
    free(r);
    copy.done(copy.ctx, error);
}

static void on_request_done(void *ctx, const struct pop3_result *res)
{
    settle(ctx, res->ok ? NULL : res->error);
}

struct fetch {
    struct request base; /* first, so that settle can free it */
    source_data_fn *data;
    bool header;
    size_t item;
    uint64_t octets, most; /* so far; what there may be */
};

static void too_much(const struct fetch *f)
{
    struct error why;
    error_set(&why, ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN, ERROR_PROTOCOL,
        "the server sends message %u without end: more than %llu octets, far beyond what it lists; it was given up",
        f->base.source->items[f->item].number, (unsigned long long)f->most);
    give_up(f->base.source, &why);
}

/* Whatever the answer: it came where it had to. */
static void on_guarded(void *ctx, const struct pop3_result *res)
{
    bool answered = res->ok || res->error->code == ERROR_REFUSED;
    settle(ctx, answered ? NULL : res->error);
}

/* ---- a limit on what may be fetched ----
 * It is said of a message; but when it is said of the next one, too, it is not about messages. */
static void release_held(struct source *s, const struct error *why)
{
    struct fetch *f = s->held;
    s->held = NULL;
    if (f)
        settle(&f->base, why);
}

static void on_limit(struct fetch *f, const struct error *error)
{
    struct source *s = f->base.source;
    struct error why = *error;
    if (++s->limits == 1 && s->fetches) {
        s->held = f;
        s->held_error = why;
        return;
    }
    if (s->limits > 1) {
        why.scope = ERROR_SCOPE_SESSION;
        release_held(s, &why);
    }
    settle(&f->base, &why);
}

/* Of RETR and TOP. */
static void on_fetch_done(struct fetch *f, const struct pop3_result *res)
{
    struct source *s = f->base.source;
    const struct error *error = res->ok ? NULL : res->error;
    s->fetches--;
    if (error && error->scope == ERROR_SCOPE_MESSAGE && error->code == ERROR_THROTTLED) {
        on_limit(f, error);
        return;
    }
    s->limits = 0;
    release_held(s, error && error->scope != ERROR_SCOPE_MESSAGE ? error : &s->held_error);
    /* Where nothing else is to be answered, its end is known by the answer to a NOOP alone. */
    bool odd = f->octets < s->items[f->item].octets && !pop3_outstanding(s->pop3);
    if (res->ok && !f->header && (s->guard || odd))
        pop3_next_noop(s->pop3, on_guarded, f);
    else
        settle(&f->base, error);
}

/* Giving up frees what ctx points at. */
static void on_fetch_data(void *ctx, const void *data, size_t len)
{
    struct fetch *f = ctx;
    release_held(f->base.source, &f->base.source->held_error); /* one scanner may serve all */
    f->octets += len;
    if (f->octets > f->most)
        too_much(f);
    else
        f->data(f->base.ctx, data, len);
}

static struct fetch *fetch_new(
    struct source *s, size_t item, bool header, source_data_fn *data, source_done_fn *done, void *ctx)
{
    const struct source_item *i = &s->items[item];
    uint64_t most = i->octets > UINT64_MAX / 4 ? UINT64_MAX : i->octets * 2 + BEYOND_LIST_OCTETS;
    struct fetch *f = mem_alloc(sizeof *f);
    s->fetches++;
    *f = (struct fetch){
        .base = {.done = done, .ctx = ctx, .source = s},
        .data = data,
        .header = header,
        .item = item,
        .most = header      ? HEADER_OCTETS_MAX
                : i->octets ? most
                            : UNLISTED_OCTETS,
    };
    return f;
}

static void on_top_done(void *ctx, const struct pop3_result *res)
{
    on_fetch_done(ctx, res);
}

static void on_retr_done(void *ctx, const struct pop3_result *res)
{
    struct fetch *f = ctx;
    if (res->ok)
        note_octets(f->base.source, f->item, f->octets);
    on_fetch_done(f, res);
}

void source_fetch(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    pop3_retr(s->pop3, s->items[item].number, on_fetch_data, on_retr_done,
        fetch_new(s, item, false, data, done, ctx));
}

void source_fetch_header(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    pop3_top(s->pop3, s->items[item].number, 0, on_fetch_data, on_top_done,
        fetch_new(s, item, true, data, done, ctx));
}

static struct request *request_new(struct source *s, source_done_fn *done, void *ctx)
{
    struct request *r = mem_alloc(sizeof *r);
    *r = (struct request){.done = done, .ctx = ctx, .source = s};
    return r;
}

void source_delete(struct source *s, size_t item, source_done_fn *done, void *ctx)
{
    pop3_dele(s->pop3, s->items[item].number, on_request_done, request_new(s, done, ctx));
}

void source_close(struct source *s, source_done_fn *done, void *ctx)
{
    pop3_quit(s->pop3, on_request_done, request_new(s, done, ctx));
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
