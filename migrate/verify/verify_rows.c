#include "verify.h"

#include "mail_date.h"
#include "mail_mend.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

/* ---- out of the ledger ---- */
static bool add_box(void *ctx, int64_t id, const char *name)
{
    struct verify *v = ctx;
    v->boxes = mem_grow(v->boxes, v->box_count + 1, sizeof *v->boxes);
    v->boxes[v->box_count++] = (struct verify_box){.id = id, .name = mem_strdup(name)};
    return true;
}

static uint32_t box_of(const struct verify *v, int64_t mailbox)
{
    for (size_t i = 0; i < v->box_count; i++)
        if (v->boxes[i].id == mailbox)
            return (uint32_t)i;
    return VERIFY_NONE;
}

/* When the run that copied it had to take its own hour, that says nothing of the message's age. */
static int64_t date_of(const struct ledger_message *m)
{
    enum mail_date_source source;
    bool known =
        !m->date_source || !mail_date_source_parse(m->date_source, &source) || source != MAIL_DATE_NOW;
    return known ? m->internaldate_s : MAIL_NO_DATE;
}

/* Before ledgers told which, there was the one of headers, and hardly another. */
static unsigned mending_of(const struct ledger_message *m)
{
    return m->core_sent && !m->mended ? MAIL_MEND_HEADERS : m->mended;
}

static bool add_row(void *ctx, const struct ledger_message *m)
{
    struct verify *v = ctx;
    if (v->row_count == v->row_cap) {
        v->row_cap = v->row_cap ? v->row_cap + v->row_cap / 2 : 256;
        v->rows = mem_grow(v->rows, v->row_cap, sizeof *v->rows);
    }
    const uint8_t *core = m->core_sent ? m->core_sent : m->core;
    struct verify_row *row = &v->rows[v->row_count++];
    *row = (struct verify_row){
        .id = m->id,
        .twin = m->twin,
        .key = mem_strdup(m->key),
        .item = VERIFY_NONE,
        .home = box_of(v, m->mailbox),
        .uidvalidity = m->uidvalidity,
        .uid = m->uid,
        .floor_uidvalidity = m->floor_uidvalidity,
        .floor_uid = m->floor_uid,
        .octets_claimed = m->octets_claimed,
        .octets_sent = m->octets_sent,
        .internaldate_s = date_of(m),
        .ident = verify_ident(m->message_id, core),
        .state = m->state,
        .before = m->proof,
        .deleted = m->deleted_s != 0,
        .sent_once = m->sha256_sent != NULL,
        .doubted = m->doubt != NULL,
        .sent_date_s = m->sha256_sent ? m->internaldate_s : 0,
        .mended = mending_of(m),
        .uid_told = m->uid != 0,
    };
    row->box = row->home;
    verify_header(m->message_id, core, row->header);
    memcpy(row->received, m->fingerprint, SHA256_OCTETS);
    memcpy(row->print, m->fingerprint_sent ? m->fingerprint_sent : m->fingerprint, SHA256_OCTETS);
    if (m->header_sent || !row->mended)
        memcpy(row->fields, m->header_sent ? m->header_sent : m->header, SHA256_OCTETS);
    if (m->sha256_sent)
        memcpy(row->sha256, m->sha256_sent, SHA256_OCTETS);
    return true;
}

static int compare_id(const void *a, const void *b)
{
    const struct verify_row *x = a, *y = b;
    return x->id < y->id ? -1 : x->id > y->id;
}

static int compare_key(const void *a, const void *b, void *ctx)
{
    const struct verify *v = ctx;
    return strcmp(v->rows[*(const uint32_t *)a].key, v->rows[*(const uint32_t *)b].key);
}

static int compare_ident(const void *a, const void *b, void *ctx)
{
    const struct verify *v = ctx;
    uint64_t x = v->rows[*(const uint32_t *)a].ident, y = v->rows[*(const uint32_t *)b].ident;
    return x < y ? -1 : x > y;
}

static void sort_rows(struct verify *v)
{
    if (!v->row_count)
        return;
    qsort(v->rows, v->row_count, sizeof *v->rows, compare_id);
    v->by_key = mem_array(v->row_count, sizeof *v->by_key);
    v->by_ident = mem_array(v->row_count, sizeof *v->by_ident);
    for (size_t i = 0; i < v->row_count; i++) {
        v->by_ident[i] = (uint32_t)i;
        if (v->rows[i].key)
            v->by_key[v->by_key_count++] = (uint32_t)i;
    }
    qsort_r(v->by_ident, v->row_count, sizeof *v->by_ident, compare_ident, v);
    qsort_r(v->by_key, v->by_key_count, sizeof *v->by_key, compare_key, v);
}

int verify_load(struct verify *v, struct error *err)
{
    if (ledger_each_mailbox(v->ledger, v->job_id, add_box, v, err) < 0)
        return -1;
    for (int state = 0; state < LEDGER_STATES; state++)
        if (ledger_each_of_job(v->ledger, v->job_id, (enum ledger_state)state, add_row, v, err) < 0)
            return -1;
    sort_rows(v);
    return 0;
}

struct verify_row *verify_find_row(const struct verify *v, int64_t id)
{
    const struct verify_row probe = {.id = id};
    return v->row_count ? bsearch(&probe, v->rows, v->row_count, sizeof *v->rows, compare_id) : NULL;
}

bool verify_is_expected(const struct verify_row *row)
{
    switch (row->state) {
    case LEDGER_DONE:
    case LEDGER_PRESENT:
        return !row->doubted || row->key; /* without: the whole message has come since, in a row of its own */
    case LEDGER_OPEN: /* it was there once; if the source has it still, the next run sends it again */
        return row->sent_once && row->item == VERIFY_NONE;
    case LEDGER_INTENT:
    case LEDGER_DUPLICATE:
    case LEDGER_REFUSED:
    case LEDGER_QUARANTINED:
    case LEDGER_NOT_MAIL:
        break;
    }
    return false;
}

bool verify_is_twin(const struct verify_row *row, const struct verify_row *twin)
{
    return row->twin == twin->id && sha256_is_set(row->received) &&
           !memcmp(row->received, twin->received, SHA256_OCTETS);
}

bool verify_is_open(const struct verify_row *row)
{
    return row->verdict == VERIFY_OPEN && verify_is_expected(row);
}

/* ---- the source's inventory ---- */
struct key_probe {
    const struct verify *v;
    const char *key;
};

static int compare_probe(const void *probe, const void *index)
{
    const struct key_probe *p = probe;
    return strcmp(p->key, p->v->rows[*(const uint32_t *)index].key);
}

struct verify_row *verify_row_of_key(const struct verify *v, const char *key)
{
    struct key_probe probe = {.v = v, .key = key};
    const uint32_t *at = v->by_key_count
                             ? bsearch(&probe, v->by_key, v->by_key_count, sizeof *v->by_key, compare_probe)
                             : NULL;
    return at ? &v->rows[*at] : NULL;
}

static bool is_settled(const struct verify_row *row)
{
    return row->state == LEDGER_DONE || row->state == LEDGER_PRESENT || row->state == LEDGER_DUPLICATE;
}

/* A message that nothing is known of. */
static void map_new(struct verify *v, uint32_t item, const struct source_item *it, bool other_size)
{
    enum filter_limit limit;
    bool filtered = !session_takes(&v->session, item, &limit) ||
                    !filter_match(&v->job->filter, false, 0, it->octets, &limit);
    const char *why =
        filtered ? filter_words(limit)
        : other_size
            ? "the source gives another size under this UIDL now; verify by content or migrate compares it"
            : "new on the source, not copied yet";
    v->news = mem_grow(v->news, v->news_count + 1, sizeof *v->news);
    v->news[v->news_count++] = (struct verify_news){
        .item = item,
        .number = it->number,
        .key = mem_strdup(it->key),
        .octets = it->octets,
        .verdict = filtered ? VERIFY_FILTERED : VERIFY_PENDING,
        .nameless = !it->key,
        .resized = other_size,
        .row = VERIFY_NONE,
        .why = why,
    };
}

void verify_forget_news(struct verify *v)
{
    for (size_t i = 0; i < v->news_count; i++)
        free(v->news[i].key);
    v->news_count = 0;
}

static void take_item(const struct verify *v, struct verify_row *row, uint32_t item, uint32_t number)
{
    row->item = item;
    row->number = number;
    row->left = item != VERIFY_NONE && !session_takes(&v->session, item, &row->left_why);
}

static void map_item(struct verify *v, uint32_t item, const struct source_item *it)
{
    struct verify_row *row = it->key ? verify_row_of_key(v, it->key) : NULL;
    if (row && is_settled(row) && row->octets_claimed != it->octets)
        row->changed_size = true;
    else if (row)
        take_item(v, row, item, it->number);
    if (!row || row->changed_size)
        map_new(v, item, it, row != NULL);
}

void verify_disown(struct verify *v, struct verify_row *row)
{
    size_t count;
    const struct source_item *it = &source_items(v->session.source, &count)[row->item];
    map_new(v, row->item, it, false);
    struct verify_news *news = &v->news[v->news_count - 1];
    if (news->verdict == VERIFY_PENDING)
        news->why =
            "stands under the UIDL of a message that was copied, and is another one: run popferry migrate again "
            "to copy it";
    take_item(v, row, VERIFY_NONE, 0);
}

static void note_uidls(struct verify *v, size_t items)
{
    size_t settled = 0, found = 0, without = 0, blank = 0;
    for (size_t i = 0; i < v->row_count; i++) {
        const struct verify_row *row = &v->rows[i];
        bool counts = row->key && is_settled(row) && !row->deleted;
        settled += counts;
        found += counts && (row->item != VERIFY_NONE || row->changed_size);
        without += !row->key && is_settled(row) && !row->deleted;
    }
    for (size_t i = 0; i < v->news_count; i++)
        blank += !v->news[i].key;
    v->result->uidls_changed = names_differ(settled, items, found);
    /* More were copied without a name than have none now: UIDL was refused then. */
    bool by_content = v->result->uidls_changed || without > blank;
    for (size_t i = 0; by_content && i < v->news_count; i++)
        v->news[i].nameless |= !v->news[i].resized; /* only its content can tell */
}

void verify_map(struct verify *v)
{
    size_t count;
    const struct source_item *items = source_items(v->session.source, &count);
    verify_forget_news(v);
    for (size_t i = 0; i < v->row_count; i++) {
        take_item(v, &v->rows[i], VERIFY_NONE, 0);
        v->rows[i].changed_size = false;
    }
    v->result->inventory_taken = true;
    v->result->source_messages = count;
    v->result->source_unlisted = source_unlisted(v->session.source);
    v->result->source_octets = 0;
    for (size_t i = 0; i < count; i++) {
        map_item(v, (uint32_t)i, &items[i]);
        v->result->source_octets += items[i].octets;
    }
    note_uidls(v, count);
}

/* ---- items without UIDL ---- */
void verify_adopt(struct verify *v, struct verify_news *news, struct verify_row *row)
{
    news->row = (uint32_t)(row - v->rows);
    if (row->item != VERIFY_NONE || (row->key && news->key && !news->resized && !v->result->uidls_changed))
        return;
    take_item(v, row, news->item, news->number);
    row->octets_claimed = news->octets;
    row->changed_size = false;
}

/* Rows without a key, and in a session without UIDLs all that were not deleted, sorted by size; those of one
 * size are taken one after the other. */
struct by_size {
    struct verify_row **rows;
    size_t count;
};

static int compare_size(const void *a, const void *b)
{
    const struct verify_row *const *x = a, *const *y = b;
    if ((*x)->octets_claimed != (*y)->octets_claimed)
        return (*x)->octets_claimed < (*y)->octets_claimed ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

static int compare_news(const void *a, const void *b)
{
    const struct verify_news *const *x = a, *const *y = b;
    if ((*x)->octets != (*y)->octets)
        return (*x)->octets < (*y)->octets ? -1 : 1;
    return *x < *y ? -1 : *x > *y;
}

static struct by_size sort_nameless_rows(const struct verify *v)
{
    struct by_size s = {.rows = mem_array(v->row_count, sizeof *s.rows)};
    bool any = !source_facts(v->session.source)->has_uidl;
    for (size_t i = 0; i < v->row_count; i++)
        if (!v->rows[i].key || (any && !v->rows[i].deleted))
            s.rows[s.count++] = &v->rows[i];
    qsort(s.rows, s.count, sizeof *s.rows, compare_size);
    return s;
}

bool verify_goes_home(struct verify *v, size_t item, const struct verify_row *row)
{
    if (!job_places_by_path(v->job) || v->job->dedup_account)
        return true;
    if (row->home == VERIFY_NONE)
        return false;
    char *name CLEANUP(mem_free_str) =
        job_mailbox(v->job, folder_paths_of(&v->paths, item), row->internaldate_s, v->session.begun_s);
    return !strcmp(name, v->boxes[row->home].name);
}

/* The first of this size from *at on that belongs where the item goes, and is nobody's if there is one. */
static struct verify_row *row_of_size(
    struct verify *v, const struct by_size *s, size_t at, const struct verify_news *news)
{
    struct verify_row *found = NULL;
    for (; at < s->count && s->rows[at]->octets_claimed == news->octets; at++) {
        if (!verify_goes_home(v, news->item, s->rows[at]))
            continue;
        if (s->rows[at]->item == VERIFY_NONE)
            return s->rows[at];
        found = s->rows[at];
    }
    return found;
}

/* Both sides in the order of their sizes: each takes one that is nobody's yet, if there is one; several may
 * have the same content. */
void verify_map_nameless(struct verify *v)
{
    struct by_size s = sort_nameless_rows(v);
    struct verify_news **news = mem_array(v->news_count, sizeof *news);
    size_t count = 0, at = 0;
    for (size_t i = 0; i < v->news_count; i++)
        if (v->news[i].nameless)
            news[count++] = &v->news[i];
    qsort(news, count, sizeof *news, compare_news);
    for (size_t i = 0; i < count; i++) {
        while (at < s.count && s.rows[at]->octets_claimed < news[i]->octets)
            at++;
        struct verify_row *row = row_of_size(v, &s, at, news[i]);
        if (row)
            verify_adopt(v, news[i], row);
    }
    free(s.rows);
    free(news);
}
