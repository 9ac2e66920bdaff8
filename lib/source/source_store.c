#include "source_store.h"

#include "mem.h"
#include "source_private.h"
#include <stdlib.h>
#include <string.h>

#define PIECE             65536
#define PIECES_A_STEP     16 /* then others get their turn */
#define HEADER_OCTETS_MAX (16 << 20)

/* One after the other, as they were asked for. */
struct request {
    struct request *next;
    enum {
        REQUEST_INVENTORY,
        REQUEST_MESSAGE,
        REQUEST_HEADER,
        REQUEST_CLOSE,
    } what;
    size_t item;
    source_data_fn *data;
    source_done_fn *done;
    void *ctx;
};

/* Where in a header: behind so many of CR LF CR LF. */
struct header_end {
    unsigned matched;
    uint64_t octets;
};

struct disk {
    struct source base; /* first: what source.h's calls are given */
    enum store_kind kind;
    char *path;
    unsigned codepage;
    struct store *store;
    size_t messages; /* the first of base.items: store_items, in their order */
    size_t *lost;    /* the others: store_notes */
    struct request *first, **last;
    size_t outstanding;
    struct store_reader *reader; /* of the first request */
    struct header_end header;
};

static struct disk *disk_of(struct source *s)
{
    return (struct disk *)s;
}

static const struct disk *const_disk_of(const struct source *s)
{
    return (const struct disk *)s;
}

static void submit(struct disk *d, const struct request *request)
{
    struct request *r = mem_alloc(sizeof *r);
    *r = *request;
    *d->last = r;
    d->last = &r->next;
    d->outstanding++;
}

/* The first one is over. */
static void settle(struct disk *d, const struct error *error)
{
    struct request *r = d->first, copy = *r;
    d->first = r->next;
    if (!d->first)
        d->last = &d->first;
    d->outstanding--;
    free(r);
    store_reader_close(d->reader);
    d->reader = NULL;
    copy.done(copy.ctx, error);
}

/* ---- the inventory ---- */
static bool is_lost(const struct store_note *n)
{
    return n->kind == STORE_NOTE_LOST || n->kind == STORE_NOTE_PARTIAL;
}

/* "FILE, octet 12: words" */
static char *words_of(const struct store_note *n)
{
    return n->offset ? mem_printf("%s, octet %llu: %s", n->path, (unsigned long long)n->offset, n->words)
                     : mem_printf("%s: %s", n->path, n->words);
}

static void take_notes(struct disk *d)
{
    size_t count, lost = 0, told = 0;
    const struct store_note *notes = store_notes(d->store, &count);
    for (size_t i = 0; i < count; i++)
        lost += is_lost(&notes[i]);
    d->lost = mem_array(lost, sizeof *d->lost);
    d->base.remarks = mem_array(count - lost, sizeof *d->base.remarks);
    for (size_t i = 0, n = 0; i < count; i++) {
        if (is_lost(&notes[i]))
            d->lost[n++] = i;
        else
            d->base.remarks[told++] = (struct source_remark){.words = words_of(&notes[i]),
                .mail = notes[i].kind == STORE_NOTE_DOUBT,
                .always = d->kind == STORE_PST && notes[i].kind != STORE_NOTE_DOUBT};
    }
    d->base.remark_count = told;
    d->base.count = d->messages + lost;
}

static void take_folders(struct disk *d)
{
    const struct store_folder *f = store_folders(d->store, &d->base.folder_count);
    d->base.folders = mem_array(d->base.folder_count, sizeof *d->base.folders);
    for (size_t i = 0; i < d->base.folder_count; i++)
        d->base.folders[i] = (struct source_folder){.path = f[i].path, .role = f[i].role};
}

static void take_items(struct disk *d)
{
    const struct store_item *items = store_items(d->store, &d->messages);
    take_notes(d);
    d->base.items = mem_array(d->base.count, sizeof *d->base.items);
    for (size_t i = 0; i < d->base.count; i++) {
        struct source_item *it = &d->base.items[i];
        it->number = (uint32_t)i + 1;
        it->folder = i < d->messages ? items[i].folder : SOURCE_NO_FOLDER;
        it->octets = i < d->messages ? items[i].octets : 0;
        d->base.facts.octets += it->octets;
    }
    d->base.facts.messages = d->base.count;
}

static void find_more(struct disk *d)
{
    struct error err;
    if (!d->store && (d->store = store_open(d->kind, d->path, &err)))
        store_set_codepage(d->store, d->codepage);
    int rc = d->store ? store_step(d->store, NULL, &err) : -1;
    if (rc > 0)
        return;
    if (rc == 0) {
        take_folders(d);
        take_items(d);
    }
    settle(d, rc < 0 ? &err : NULL);
}

/* ---- messages ---- */
/* How much of this belongs to the header, with the empty line that ends it. *ret_over: that is in here. */
static size_t header_part(struct header_end *h, const char *data, size_t len, bool *ret_over)
{
    static const char end[] = "\r\n\r\n";
    *ret_over = false;
    for (size_t i = 0; i < len; i++) {
        h->matched = data[i] == end[h->matched] ? h->matched + 1 : data[i] == '\r' ? 1 : 0;
        *ret_over = h->matched == 4 ||
                    (h->octets == 1 && h->matched == 2) || /* it begins with an empty line */
                    h->octets + 1 == HEADER_OCTETS_MAX;
        h->octets++;
        if (*ret_over)
            return i + 1;
    }
    return len;
}

static void refuse_lost(struct disk *d, size_t i)
{
    size_t count;
    const struct store_note *n = &store_notes(d->store, &count)[d->lost[i]];
    struct error why;
    char *words CLEANUP(mem_free_str) = words_of(n);
    error_set(&why, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED, "%s", words);
    settle(d, &why);
}

/* Some of the first request's message. */
static void read_more(struct disk *d)
{
    struct request *r = d->first;
    char piece[PIECE];
    struct error err;
    if (r->item >= d->messages) {
        refuse_lost(d, r->item - d->messages);
        return;
    }
    if (!d->reader) {
        d->header = (struct header_end){0};
        d->reader = store_reader_open(d->store, r->item, &err);
    }
    ssize_t n = d->reader ? store_reader_read(d->reader, piece, sizeof piece, &err) : -1;
    if (n <= 0) {
        settle(d, n < 0 ? &err : NULL);
        return;
    }
    bool over = false;
    size_t len = r->what == REQUEST_HEADER ? header_part(&d->header, piece, (size_t)n, &over) : (size_t)n;
    r->data(r->ctx, piece, len);
    if (over)
        settle(d, NULL);
}

static int step(struct source *base, struct error *err)
{
    struct disk *d = disk_of(base);
    (void)err;
    bool worked = d->first != NULL;
    for (int i = 0; i < PIECES_A_STEP && d->first; i++) {
        if (d->first->what == REQUEST_INVENTORY)
            find_more(d);
        else if (d->first->what == REQUEST_CLOSE)
            settle(d, NULL);
        else
            read_more(d);
    }
    return worked;
}

/* ---- the calls of source.h ---- */
static void inventory(struct source *s, source_done_fn *done, void *ctx)
{
    submit(disk_of(s), &(struct request){.what = REQUEST_INVENTORY, .done = done, .ctx = ctx});
}

static void fetch(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    submit(disk_of(s),
        &(struct request){.what = REQUEST_MESSAGE, .item = item, .data = data, .done = done, .ctx = ctx});
}

static void fetch_header(struct source *s, size_t item, source_data_fn *data, source_done_fn *done, void *ctx)
{
    submit(disk_of(s),
        &(struct request){.what = REQUEST_HEADER, .item = item, .data = data, .done = done, .ctx = ctx});
}

static void close_store(struct source *s, source_done_fn *done, void *ctx)
{
    submit(disk_of(s), &(struct request){.what = REQUEST_CLOSE, .done = done, .ctx = ctx});
}

static void abort_all(struct source *s, const struct error *why)
{
    struct disk *d = disk_of(s);
    while (d->first)
        settle(d, why);
}

static size_t outstanding(const struct source *s)
{
    return const_disk_of(s)->outstanding;
}

static char *place(const struct source *s, size_t item)
{
    const struct disk *d = const_disk_of(s);
    size_t count;
    return item < d->messages ? store_place(d->store, item)
                              : mem_strdup(store_notes(d->store, &count)[d->lost[item - d->messages]].path);
}

static struct source_marks marks(const struct source *s, size_t item)
{
    const struct disk *d = const_disk_of(s);
    size_t count;
    const struct store_item *all = store_items(d->store, &count);
    if (item >= count)
        return (struct source_marks){.keywords = ""};
    const struct store_item *it = &all[item];
    return (struct source_marks){
        .known = it->flags & STORE_KNOWN,
        .seen = it->flags & STORE_SEEN,
        .answered = it->flags & STORE_ANSWERED,
        .flagged = it->flags & STORE_FLAGGED,
        .draft = it->flags & STORE_DRAFT,
        .forwarded = it->flags & STORE_FORWARDED,
        .keywords = store_keywords(d->store, it),
        .received_s = it->flags & STORE_RECEIVED ? it->date_s : 0,
        .built = store_built(it),
    };
}

static void free_disk(struct source *s)
{
    static const struct error gone = {
        .scope = ERROR_SCOPE_SESSION, .code = ERROR_CANCELLED, .text = "the store was closed"};
    struct disk *d = disk_of(s);
    abort_all(s, &gone);
    store_free(d->store);
    free(d->base.items);
    free(d->base.folders);
    for (size_t i = 0; i < d->base.remark_count; i++)
        free((char *)d->base.remarks[i].words);
    free(d->base.remarks);
    free(d->lost);
    free(d->path);
    free(d);
}

static const struct source_kind kind = {
    .free = free_disk,
    .inventory = inventory,
    .fetch = fetch,
    .fetch_header = fetch_header,
    .close = close_store,
    .abort = abort_all,
    .outstanding = outstanding,
    .place = place,
    .marks = marks,
    .step = step,
};

struct source *source_store_new(enum store_kind store, const char *path, unsigned codepage)
{
    struct disk *d = mem_alloc(sizeof *d);
    *d = (struct disk){.base = {.kind = &kind,
                           .traits = {.can_header = true, .sign_in_pause_s = -1, .expire_days = -1},
                           .facts = {.has_stat = true, .stat_agrees = true, .has_uidl = true}},
        .kind = store,
        .path = mem_strdup(path),
        .codepage = codepage};
    d->last = &d->first;
    return &d->base;
}
