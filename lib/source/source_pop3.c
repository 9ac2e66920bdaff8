#include "source_pop3.h"

#include "mem.h"
#include "pop3.h"
#include "source_private.h"
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
    struct account *account;
};

struct account {
    struct source base; /* first: what source.h's calls are given */
    struct pop3 *pop3;
    char *user;
    size_t cap;          /* of base.items */
    size_t listed;       /* the first of them: named by LIST */
    uint32_t *by_number; /* these, in order */
    struct request inventory;
    struct error list_error;
    bool guard, no_capa;
    /* Messages handed out since the first whose octets were others than LIST says: from there on replies may
     * have been taken for each other. */
    uint32_t *since;
    size_t since_count, since_cap;
    size_t fetches;     /* RETR and TOP that are not answered */
    unsigned limits;    /* their last answers, so many in a row, that spoke of a limit */
    struct fetch *held; /* the first of these, as long as more answers come */
    struct error held_error;
};

static struct account *account_of(struct source *s)
{
    return (struct account *)s;
}

static const struct account *const_account_of(const struct source *s)
{
    return (const struct account *)s;
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
static void drop_repeated_keys(struct account *s)
{
    struct source_item **sorted = mem_array(s->base.count, sizeof *sorted);
    size_t n = 0, end;
    for (size_t i = 0; i < s->base.count; i++)
        if (s->base.items[i].key)
            sorted[n++] = &s->base.items[i];
    qsort(sorted, n, sizeof *sorted, compare_key);
    for (size_t first = 0; first < n; first = end) {
        for (end = first + 1; end < n && !strcmp(sorted[end]->key, sorted[first]->key);)
            end++;
        s->base.facts.repeated_uidls += (uint32_t)(end - first - 1);
        for (size_t i = first; end - first > 1 && i < end; i++)
            drop_key(sorted[i]);
    }
    free(sorted);
}

/* Some servers give the message number as UIDL: it names another message as soon as one before it is deleted.
 */
static void drop_number_keys(struct account *s)
{
    char number[16];
    for (size_t i = 0; i < s->base.count; i++) {
        snprintf(number, sizeof number, "%u", s->base.items[i].number);
        if (!s->base.items[i].key || strcmp(s->base.items[i].key, number) != 0)
            return;
    }
    for (size_t i = 0; i < s->base.count; i++)
        drop_key(&s->base.items[i]);
}

static int compare_number(const void *a, const void *b, void *items)
{
    const struct source_item *all = items;
    uint32_t x = all[*(const uint32_t *)a].number, y = all[*(const uint32_t *)b].number;
    return x < y ? -1 : x > y;
}

/* LIST rows come in ascending order from every server seen; one that means harm has a million that do not. */
static void index_numbers(struct account *s)
{
    s->listed = s->base.count;
    s->by_number = mem_array(s->base.count, sizeof *s->by_number);
    for (size_t i = 0; i < s->base.count; i++)
        s->by_number[i] = (uint32_t)i;
    qsort_r(s->by_number, s->base.count, sizeof *s->by_number, compare_number, s->base.items);
}

static struct source_item *find_listed(struct account *s, uint32_t number)
{
    size_t low = 0, high = s->listed;
    if (number >= 1 && number <= s->listed && s->base.items[number - 1].number == number)
        return &s->base.items[number - 1];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct source_item *item = &s->base.items[s->by_number[middle]];
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
static struct source_item *find_number(struct account *s, uint32_t number)
{
    struct source_item *found = find_listed(s, number);
    if (found || s->base.count == s->listed || number > s->base.items[s->base.count - 1].number)
        return found;
    for (size_t i = s->listed; i < s->base.count; i++)
        if (s->base.items[i].number == number)
            return &s->base.items[i];
    return NULL;
}

/* ---- which messages were not what they seemed ---- */
static void doubt(struct account *s, size_t item, bool certain)
{
    if (s->base.doubt)
        s->base.doubt(s->base.doubt_ctx, item, certain);
}

/* The one right before; and, unless the server only takes leave, all since the first that was not as large as
 * listed. A goodbye says nothing against a message that is as large as it should be. */
static void on_stray(void *ctx, uint32_t number, enum pop3_stray what)
{
    struct account *s = ctx;
    const struct source_item *last = number ? find_number(s, number) : NULL;
    size_t item = last ? (size_t)(last - s->base.items) : SIZE_MAX;
    bool odd = s->since_count && s->since[s->since_count - 1] == item;
    if (!last || (what == POP3_STRAY_GOODBYE && !odd))
        return;
    doubt(s, item, s->guard);
    for (size_t i = 0; what != POP3_STRAY_GOODBYE && i < s->since_count; i++)
        if (s->since[i] != item)
            doubt(s, s->since[i], false);
}

static void note_octets(struct account *s, size_t item, uint64_t octets)
{
    if (!s->since_count && s->base.items[item].octets == octets)
        return;
    if (s->since_count == s->since_cap) {
        s->since_cap = s->since_cap ? s->since_cap * 2 : 64;
        s->since = mem_grow(s->since, s->since_cap, sizeof *s->since);
    }
    s->since[s->since_count++] = (uint32_t)item;
}

/* RFC 2449 section 6.7: EXPIRE 0 is an implicit DELE for each RETR. */
static void set_traits(struct account *s)
{
    const struct pop3_caps *caps = pop3_caps(s->pop3);
    struct source_traits *t = &s->base.traits;
    t->can_header = !caps->known || caps->top;
    t->hides_words = caps->google ? "Gmail's POP view" : caps->expire_days == 0 ? "EXPIRE 0" : NULL;
    t->reading_hides = t->hides_words != NULL;
    /* Its oldest messages that were not read yet; "recent:" before the user's name ends that. */
    t->shows_part = caps->google && strncmp(s->user, "recent:", 7) != 0;
    t->sign_in_pause_s = caps->login_delay_s;
    t->expire_days = caps->expire_never ? -1 : caps->expire_days;
}

static void on_capa(void *ctx, const struct pop3_result *res)
{
    struct account *s = ctx;
    (void)res; /* no CAPA is an answer, too: the engine's caps stay empty */
    set_traits(s);
    /* Without it such a server gives out a notice in place of each message with raw 8-bit headers. */
    if (pop3_caps(s->pop3)->utf8)
        pop3_utf8(s->pop3, NULL, NULL);
}

/* Ends the session, with everything outstanding. */
static void give_up(struct account *s, const struct error *why)
{
    pop3_abort(s->pop3, why);
}

static void too_many(struct account *s)
{
    struct error why;
    error_set(&why, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_PROTOCOL,
        "the server lists more than %d messages; no mailbox holds so many", SOURCE_ITEMS_MAX);
    give_up(s, &why);
}

static void on_list_row(void *ctx, uint32_t number, uint64_t octets)
{
    struct account *s = ctx;
    if (s->base.count == SOURCE_ITEMS_MAX) {
        too_many(s);
        return;
    }
    if (s->base.count == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 256;
        s->base.items = mem_grow(s->base.items, s->cap, sizeof *s->base.items);
    }
    s->base.items[s->base.count++] =
        (struct source_item){.number = number, .octets = octets, .folder = SOURCE_NO_FOLDER};
}

static void on_list(void *ctx, const struct pop3_result *res)
{
    struct account *s = ctx;
    if (!res->ok)
        s->list_error = *res->error;
    s->base.facts.stat_agrees = s->base.facts.messages == s->base.count;
    index_numbers(s);
}

static void on_uidl_row(void *ctx, uint32_t number, const char *uidl)
{
    struct account *s = ctx;
    if (s->base.facts.uidl_rows == SOURCE_ITEMS_MAX) {
        too_many(s);
        return;
    }
    struct source_item *item = find_number(s, number);
    s->base.facts.uidl_rows++;
    bool back = !item && s->base.count > s->listed && number < s->base.items[s->base.count - 1].number;
    if (back && s->base.count - s->listed >= UNLISTED_MAX) { /* each is searched for one by one */
        too_many(s);
        return;
    }
    if (!item && !s->list_error.code) { /* LIST left it out */
        on_list_row(s, number, 0);
        item = s->list_error.code ? NULL : &s->base.items[s->base.count - 1];
    }
    if (!*uidl)
        s->base.facts.blank_uidls++;
    else if (item && !item->key)
        item->key = mem_strdup(uidl);
}

static void on_uidl(void *ctx, const struct pop3_result *res)
{
    struct account *s = ctx;
    s->base.facts.has_uidl = res->ok;
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
    struct account *s = ctx;
    s->base.facts.has_stat = res->ok;
    s->base.facts.messages = res->messages;
    s->base.facts.octets = res->octets;
    if (res->ok && !res->messages) {
        s->base.facts.stat_agrees = true;
        s->base.facts.has_uidl = !pop3_caps(s->pop3)->known || pop3_caps(s->pop3)->uidl;
        s->inventory.done(s->inventory.ctx, NULL);
        return;
    }
    pop3_list(s->pop3, on_list_row, on_list, s);
    pop3_uidl(s->pop3, on_uidl_row, on_uidl, s);
}

static void inventory(struct source *base, source_done_fn *done, void *ctx)
{
    struct account *s = account_of(base);
    s->inventory = (struct request){.done = done, .ctx = ctx, .account = s};
    if (!s->no_capa)
        pop3_capa(s->pop3, on_capa, s);
    pop3_stat(s->pop3, on_stat, s);
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
        f->base.account->base.items[f->item].number, (unsigned long long)f->most);
    give_up(f->base.account, &why);
}

/* Whatever the answer: it came where it had to. */
static void on_guarded(void *ctx, const struct pop3_result *res)
{
    bool answered = res->ok || res->error->code == ERROR_REFUSED;
    settle(ctx, answered ? NULL : res->error);
}

/* ---- a limit on what may be fetched ----
 * It is said of a message; but when it is said of the next one, too, it is not about messages. */
static void release_held(struct account *s, const struct error *why)
{
    struct fetch *f = s->held;
    s->held = NULL;
    if (f)
        settle(&f->base, why);
}

static void on_limit(struct fetch *f, const struct error *error)
{
    struct account *s = f->base.account;
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
    struct account *s = f->base.account;
    const struct error *error = res->ok ? NULL : res->error;
    s->fetches--;
    if (error && error->scope == ERROR_SCOPE_MESSAGE && error->code == ERROR_THROTTLED) {
        on_limit(f, error);
        return;
    }
    s->limits = 0;
    release_held(s, error && error->scope != ERROR_SCOPE_MESSAGE ? error : &s->held_error);
    /* Where nothing else is to be answered, its end is known by the answer to a NOOP alone. */
    bool odd = f->octets < s->base.items[f->item].octets && !pop3_outstanding(s->pop3);
    if (res->ok && !f->header && (s->guard || odd))
        pop3_next_noop(s->pop3, on_guarded, f);
    else
        settle(&f->base, error);
}

/* Giving up frees what ctx points at. */
static void on_fetch_data(void *ctx, const void *data, size_t len)
{
    struct fetch *f = ctx;
    release_held(f->base.account, &f->base.account->held_error); /* one scanner may serve all */
    f->octets += len;
    if (f->octets > f->most)
        too_much(f);
    else
        f->data(f->base.ctx, data, len);
}

static struct fetch *fetch_new(
    struct account *s, size_t item, bool header, source_data_fn *data, source_done_fn *done, void *ctx)
{
    const struct source_item *i = &s->base.items[item];
    uint64_t most = i->octets > UINT64_MAX / 4 ? UINT64_MAX : i->octets * 2 + BEYOND_LIST_OCTETS;
    struct fetch *f = mem_alloc(sizeof *f);
    s->fetches++;
    *f = (struct fetch){
        .base = {.done = done, .ctx = ctx, .account = s},
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
        note_octets(f->base.account, f->item, f->octets);
    on_fetch_done(f, res);
}

static void fetch(struct source *base, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    struct account *s = account_of(base);
    pop3_retr(s->pop3, base->items[item].number, on_fetch_data, on_retr_done,
        fetch_new(s, item, false, data, done, ctx));
}

static void fetch_header(
    struct source *base, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    struct account *s = account_of(base);
    pop3_top(s->pop3, base->items[item].number, 0, on_fetch_data, on_top_done,
        fetch_new(s, item, true, data, done, ctx));
}

static struct request *request_new(struct account *s, source_done_fn *done, void *ctx)
{
    struct request *r = mem_alloc(sizeof *r);
    *r = (struct request){.done = done, .ctx = ctx, .account = s};
    return r;
}

static void delete_item(struct source *base, size_t item, source_done_fn *done, void *ctx)
{
    struct account *s = account_of(base);
    pop3_dele(s->pop3, base->items[item].number, on_request_done, request_new(s, done, ctx));
}

static void close_session(struct source *base, source_done_fn *done, void *ctx)
{
    struct account *s = account_of(base);
    pop3_quit(s->pop3, on_request_done, request_new(s, done, ctx));
}

/* ---- the engine below ---- */
static size_t pull(struct source *s, void *dst, size_t cap)
{
    return pop3_pull(account_of(s)->pop3, dst, cap);
}

static bool wants_write(const struct source *s)
{
    return pop3_wants_write(const_account_of(s)->pop3);
}

static int feed(struct source *s, const void *data, size_t len, struct error *err)
{
    return pop3_feed(account_of(s)->pop3, data, len, err);
}

static void abort_session(struct source *s, const struct error *why)
{
    pop3_abort(account_of(s)->pop3, why);
}

static size_t in_flight(const struct source *s)
{
    return pop3_in_flight(const_account_of(s)->pop3);
}

static size_t outstanding(const struct source *s)
{
    return pop3_outstanding(const_account_of(s)->pop3);
}

static struct source_waiting waiting(const struct source *s)
{
    static const int64_t most_ms[] = {[SOURCE_SILENCE_OTHER] = 300000,
        [SOURCE_SILENCE_MESSAGE] = 120000,
        [SOURCE_SILENCE_QUEUE] = 30000,
        [SOURCE_SILENCE_CAPA] = 20000};
    struct pop3_awaited a = pop3_awaited(const_account_of(s)->pop3);
    struct source_waiting w = {.kind = a.capa        ? SOURCE_SILENCE_CAPA
                                       : a.body      ? SOURCE_SILENCE_MESSAGE
                                       : a.pipelined ? SOURCE_SILENCE_QUEUE
                                                     : SOURCE_SILENCE_OTHER};
    w.most_ms = most_ms[w.kind];
    snprintf(w.words, sizeof w.words, "%s", a.words);
    return w;
}

/* ---- the whole ---- */
static void free_account(struct source *base)
{
    struct account *s = account_of(base);
    pop3_free(s->pop3);
    for (size_t i = 0; i < s->base.count; i++)
        free(s->base.items[i].key);
    free(s->base.items);
    free(s->by_number);
    free(s->since);
    free(s->user);
    free(s);
}

static size_t offers(const struct source *source, struct offer *dst)
{
    const struct pop3_caps *caps = pop3_caps(const_account_of(source)->pop3);
    const struct offer all[] = {{"CAPA", caps->known}, {"UIDL", source->facts.has_uidl},
        {"TOP", source->traits.can_header}, {"PIPELINING", caps->pipelining}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        dst[i] = all[i];
    return sizeof all / sizeof *all;
}

static const char *server_id(const struct source *source)
{
    return pop3_caps(const_account_of(source)->pop3)->implementation;
}

static const struct source_kind kind = {
    .free = free_account,
    .inventory = inventory,
    .fetch = fetch,
    .fetch_header = fetch_header,
    .delete = delete_item,
    .close = close_session,
    .abort = abort_session,
    .outstanding = outstanding,
    .offers = offers,
    .server_id = server_id,
    .pull = pull,
    .wants_write = wants_write,
    .feed = feed,
    .in_flight = in_flight,
    .waiting = waiting,
};

struct source *source_pop3_new(const struct source_pop3_options *options)
{
    struct account *s = mem_alloc(sizeof *s);
    *s = (struct account){.base = {.kind = &kind, .traits = {.has_stream = true, .can_delete = true}},
        .pop3 = pop3_new(),
        .user = mem_strdup(options->user ? options->user : ""),
        .guard = options->guard,
        .no_capa = options->without_capa};
    set_traits(s); /* as it is where CAPA says nothing */
    pop3_on_stray(s->pop3, on_stray, s);
    if (options->guard || options->one_at_a_time)
        pop3_set_window_max(s->pop3, 1);
    return &s->base;
}
