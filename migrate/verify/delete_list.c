#include "delete.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

static int compare_key(const void *a, const void *b)
{
    const struct source_item *const *x = a, *const *y = b;
    return strcmp((*x)->key, (*y)->key);
}

static void sort_items(struct delete_work *w)
{
    size_t count, n = 0;
    const struct source_item *items = source_items(w->source, &count);
    w->by_key = mem_array(count ? count : 1, sizeof *w->by_key);
    for (size_t i = 0; i < count; i++)
        if (items[i].key)
            w->by_key[n++] = &items[i];
    qsort(w->by_key, n, sizeof *w->by_key, compare_key);
    w->by_key_count = n;
}

const struct source_item *delete_list_find(const struct delete_work *w, const char *key)
{
    const struct source_item probe = {.key = (char *)key}, *want = &probe;
    const struct source_item **at =
        w->by_key_count ? bsearch(&want, w->by_key, w->by_key_count, sizeof *w->by_key, compare_key) : NULL;
    return at ? *at : NULL;
}

/* ---- is it whole? ---- */
const char *delete_list_flaw(const struct source_facts *f, size_t items)
{
    if (!f->has_stat)
        return "does not answer STAT";
    if (!f->messages && !items)
        return NULL; /* an empty mailbox: some refuse UIDL then */
    if (!f->has_uidl)
        return "does not answer UIDL, though it did a moment ago";
    if (!f->stat_agrees || f->messages != items || f->uidl_rows != items)
        return "tells other numbers of messages by STAT, LIST and UIDL";
    return NULL;
}

/* Two messages of one UIDL have none of their own (source.h): neither would be found again. */
static size_t nameless_before(const struct verify *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->news_count; i++)
        n += v->news[i].nameless;
    return n;
}

static int check_whole(struct delete_work *w, struct error *err)
{
    size_t items;
    source_items(w->source, &items);
    const char *flaw = delete_list_flaw(source_facts(w->source), items);
    if (!flaw && items - w->by_key_count > nameless_before(w->v))
        flaw = "has more messages without a UIDL of their own than a moment ago";
    if (!flaw)
        return 0;
    w->given_up = true;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_REFUSED,
        "%s %s: what is gone cannot be told from what it does not list, and nothing more is deleted; run the same "
        "command again later",
        link_name(&w->session.source_link), flaw);
}

/* ---- are the names the same? ---- */
enum delete_naming delete_naming(const struct delete_names *n)
{
    if (names_differ(n->known, n->listed, n->found))
        return DELETE_NAMES_OTHER;
    return n->still && n->known - n->found >= n->still ? DELETE_NAMES_BY_PLACE : DELETE_NAMES_KEPT;
}

static bool is_listed_row(const struct verify_row *row)
{
    return row->key && row->item != VERIFY_NONE && !row->deleted;
}

static void count_rows(const struct delete_work *w, struct delete_names *n)
{
    for (size_t i = 0; i < w->v->row_count; i++) {
        const struct verify_row *row = &w->v->rows[i];
        bool counts = is_listed_row(row);
        n->known += counts;
        n->found += counts && delete_list_find(w, row->key);
    }
}

static void count_news(const struct delete_work *w, struct delete_names *n)
{
    for (size_t i = 0; i < w->v->news_count; i++) {
        const struct verify_news *news = &w->v->news[i];
        bool counts = news->key && (news->row == VERIFY_NONE || w->v->rows[news->row].item != news->item);
        n->known += counts;
        n->found += counts && delete_list_find(w, news->key);
    }
}

static struct delete_names count_names(const struct delete_work *w)
{
    struct delete_names n = {0};
    source_items(w->source, &n.listed);
    count_rows(w, &n);
    count_news(w, &n);
    for (size_t i = 0; i < w->count; i++) {
        if (w->targets[i].state != DELETE_SENT)
            continue;
        bool still = delete_list_find(w, w->v->rows[w->targets[i].row].key);
        n.known--;
        n.found -= still;
        n.still += still;
    }
    return n;
}

static int check_names(const struct delete_work *w, struct error *err)
{
    struct delete_names n = count_names(w);
    switch (delete_naming(&n)) {
    case DELETE_NAMES_KEPT:
        return 0;
    case DELETE_NAMES_OTHER:
        return error_set(err, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED,
            "%s gives its messages other UIDLs than a moment ago (%zu of %zu are not among its %zu messages): nothing "
            "more is deleted there",
            link_name(&w->session.source_link), n.known - n.found, n.known, n.listed);
    case DELETE_NAMES_BY_PLACE:
        return error_set(err, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED,
            "%s gives the UIDLs of messages that were deleted to others (%zu that were deleted are listed still, while "
            "%zu that were not are listed no more): which is which cannot be told, and nothing more is deleted there",
            link_name(&w->session.source_link), n.still, n.known - n.found);
    }
    return error_unhandled(err, "naming of messages");
}

int delete_list_read(struct delete_work *w, struct error *err)
{
    sort_items(w);
    return check_whole(w, err) < 0 ? -1 : check_names(w, err);
}
