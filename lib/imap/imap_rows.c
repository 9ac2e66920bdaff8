#include "imap_private.h"
#include "imap_set.h"
#include "mem.h"
#include "text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- LIST ---- */

static const char *special_use_of(const struct imap_value *flag)
{
    static const char *const known[] = {
        "\\All", "\\Archive", "\\Drafts", "\\Flagged", "\\Junk", "\\Sent", "\\Trash"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (imap_value_is(flag, known[i]))
            return known[i];
    return NULL;
}

static void read_list_flags(struct imap_list_row *row, const struct imap_value *flags)
{
    IMAP_EACH(m, flags)
    {
        row->noselect = row->noselect || imap_value_is(m, "\\Noselect");
        row->nonexistent = row->nonexistent || imap_value_is(m, "\\NonExistent");
        row->noinferiors = row->noinferiors || imap_value_is(m, "\\Noinferiors");
        if (!row->special_use)
            row->special_use = special_use_of(m);
    }
    row->noselect = row->noselect || row->nonexistent; /* RFC 5258 section 3 */
}

int imap_rows_list(struct imap *im, const struct imap_value *list)
{
    const struct imap_value *flags = imap_value_at(list, 0), *delimiter = imap_value_at(list, 1);
    const struct imap_value *name = imap_value_at(list, 2);
    struct imap_command *c = imap_first_in_flight(im, IMAP_KIND_LIST);
    if (!name || !name->s || flags->type != IMAP_VALUE_LIST || delimiter->type == IMAP_VALUE_LIST)
        return -1;
    CLEANUP(mem_free_str) char *wire = imap_value_dup(name);
    if (!c || !wire)
        return 0;
    struct imap_list_row row = {.name = wire};
    if (delimiter->type != IMAP_VALUE_NIL && delimiter->len)
        row.delimiter = delimiter->s[0];
    read_list_flags(&row, flags);
    c->row.list(c->ctx, &row);
    return 0;
}

/* ---- STATUS ---- */

static int read_status_item(
    struct imap_status_row *row, const struct imap_value *name, const struct imap_value *v)
{
    uint64_t n = 0;
    bool small = imap_value_number(v, UINT32_MAX, &n), big = imap_value_number(v, INT64_MAX, &n);
    if (imap_value_is(name, "MESSAGES")) {
        row->has_messages = small;
        row->messages = (uint32_t)n;
    } else if (imap_value_is(name, "UIDNEXT")) {
        row->has_uidnext = small;
        row->uidnext = (uint32_t)n;
    } else if (imap_value_is(name, "UIDVALIDITY")) {
        row->has_uidvalidity = small;
        row->uidvalidity = (uint32_t)n;
    } else if (imap_value_is(name, "SIZE")) {
        row->has_size = small = big;
        row->size_octets = n;
    } else {
        bool limit = imap_value_is(name, "APPENDLIMIT");
        row->has_appendlimit = row->has_appendlimit || (limit && big);
        row->appendlimit = limit ? n : row->appendlimit;
        small = !limit || big || v->type == IMAP_VALUE_NIL;
    }
    return small ? 0 : -1;
}

/* The one that asked about this mailbox; servers may write the name in another way. */
static struct imap_command *status_asked(const struct imap *im, const struct imap_value *name)
{
    for (struct imap_command *c = im->flight.head; c; c = c->next)
        if (c->kind == IMAP_KIND_STATUS && imap_value_is(name, c->arg1))
            return c;
    return imap_first_in_flight(im, IMAP_KIND_STATUS);
}

int imap_rows_status(struct imap *im, const struct imap_value *list)
{
    const struct imap_value *mailbox = imap_value_at(list, 0), *items = imap_value_at(list, 1), *name = NULL;
    struct imap_status_row row = {0};
    if (!mailbox || !mailbox->s || !items || items->type != IMAP_VALUE_LIST)
        return -1;
    IMAP_EACH(m, items)
    {
        if (name && read_status_item(&row, name, m) < 0)
            return -1;
        name = name ? NULL : m;
    }
    struct imap_command *c = status_asked(im, mailbox);
    if (c)
        c->row.status(c->ctx, &row);
    return name ? -1 : 0;
}

/* ---- NAMESPACE, QUOTA, ID: nothing depends on their being well-formed ---- */

int imap_rows_namespace(struct imap *im, const struct imap_value *list)
{
    const struct imap_value *first = imap_value_at(imap_value_at(list, 0), 0);
    const struct imap_value *prefix = imap_value_at(first, 0), *delimiter = imap_value_at(first, 1);
    struct imap_command *c = imap_first_in_flight(im, IMAP_KIND_NAMESPACE);
    CLEANUP(mem_free_str) char *wire = imap_value_dup(prefix);
    if (c && wire && delimiter && delimiter->type != IMAP_VALUE_LIST)
        c->row.namespace(
            c->ctx, wire, delimiter->type == IMAP_VALUE_NIL || !delimiter->len ? '\0' : delimiter->s[0]);
    return 0;
}

static uint64_t in_octets(const struct imap_value *resource, uint64_t n)
{
    if (!imap_value_is(resource, "STORAGE"))
        return n;
    return n > UINT64_MAX / 1024 ? UINT64_MAX : n * 1024;
}

/* 0, and what no storage holds, are how servers say "no limit": 2^64-1, 2^63-1, the same in units of 1024. */
#define QUOTA_MAX (UINT64_C(1) << 50)

static void quota_row(struct imap_command *c, const struct imap_value *root,
    const struct imap_value *resource, uint64_t used, uint64_t limit)
{
    char shown_root[256] = "", shown_resource[64] = "";
    if (!limit || limit > QUOTA_MAX)
        return;
    if (root->s)
        text_clean(shown_root, sizeof shown_root, root->s, root->len);
    if (resource->s)
        text_clean(shown_resource, sizeof shown_resource, resource->s, resource->len);
    struct imap_quota_row row = {.root = shown_root,
        .resource = shown_resource,
        .used = in_octets(resource, used),
        .limit = in_octets(resource, limit)};
    c->row.quota(c->ctx, &row);
}

int imap_rows_quota(struct imap *im, const struct imap_value *list)
{
    const struct imap_value *root = imap_value_at(list, 0), *items = imap_value_at(list, 1);
    const struct imap_value *resource = NULL, *used = NULL;
    struct imap_command *c = imap_first_in_flight(im, IMAP_KIND_QUOTA);
    if (!c || !items || items->type != IMAP_VALUE_LIST)
        return 0;
    IMAP_EACH(m, items)
    {
        uint64_t have, limit;
        if (!resource) {
            resource = m;
        } else if (!used) {
            used = m;
        } else {
            if (imap_value_number(used, UINT64_MAX, &have) && imap_value_number(m, UINT64_MAX, &limit))
                quota_row(c, root, resource, have, limit);
            resource = used = NULL;
        }
    }
    return 0;
}

static void add_words(struct imap *im, const struct imap_value *v)
{
    char shown[sizeof im->server_id / 2];
    text_clean(shown, sizeof shown, v->s, v->len);
    size_t have = strlen(im->server_id);
    snprintf(im->server_id + have, sizeof im->server_id - have, "%s%s", have ? " " : "", shown);
}

/* name and version, in this order, wherever they stand. */
int imap_rows_id(struct imap *im, const struct imap_value *list)
{
    static const char *const wanted[] = {"name", "version"};
    const struct imap_value *fields = imap_value_at(list, 0);
    im->server_id[0] = '\0';
    if (!fields || fields->type != IMAP_VALUE_LIST)
        return 0;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const struct imap_value *key = NULL;
        IMAP_EACH(m, fields)
        {
            if (key && imap_value_is(key, wanted[i]) && m->type == IMAP_VALUE_STRING)
                add_words(im, m);
            key = key ? NULL : m;
        }
    }
    return 0;
}

/* ---- SEARCH ---- */

static int tell_uids(struct imap_command *c, uint32_t low, uint32_t high)
{
    if ((uint64_t)high - low + 1 > IMAP_UIDS_MAX - c->uids_told)
        return -1;
    for (uint64_t uid = low; uid <= high; uid++)
        c->row.uid(c->ctx, (uint32_t)uid);
    c->uids_told += (size_t)(high - low) + 1;
    return 0;
}

/* Not by way of values: there may be as many as messages. Ends before "(MODSEQ 5)" (RFC 7162). */
int imap_rows_search(struct imap *im, const char *s, size_t len)
{
    struct imap_command *c = imap_first_in_flight(im, IMAP_KIND_SEARCH);
    const char *end = s + len;
    while (s < end && *s != '(') {
        const char *blank = memchr(s, ' ', (size_t)(end - s));
        const char *word_end = blank ? blank : end;
        unsigned long long uid;
        if (word_end > s) {
            if (!text_parse_u64(s, (size_t)(word_end - s), &uid) || !uid || uid > UINT32_MAX)
                return -1;
            if (c && tell_uids(c, (uint32_t)uid, (uint32_t)uid) < 0)
                return -1;
        }
        s = blank ? blank + 1 : end;
    }
    return 0;
}

/* RFC 4731: the tag in the first list says whose it is. */
static struct imap_command *esearch_asked(const struct imap *im, const struct imap_value *correlator)
{
    const struct imap_value *tag =
        imap_value_is(imap_value_at(correlator, 0), "TAG") ? imap_value_at(correlator, 1) : NULL;
    if (!tag)
        return imap_first_in_flight(im, IMAP_KIND_SEARCH);
    for (struct imap_command *c = im->flight.head; c; c = c->next) {
        char text[16];
        snprintf(text, sizeof text, "P%" PRIu32, c->tag);
        if (c->kind == IMAP_KIND_SEARCH && imap_value_is(tag, text))
            return c;
    }
    return NULL;
}

int imap_rows_esearch(struct imap *im, const struct imap_value *list)
{
    struct imap_command *c = esearch_asked(im, imap_value_at(list, 0));
    const struct imap_value *name = NULL;
    IMAP_EACH(m, list)
    {
        if (!name || !imap_value_is(name, "ALL") || !m->s) {
            name = m;
            continue;
        }
        const char *s = m->s;
        uint32_t low, high;
        int rc;
        while ((rc = imap_set_next(&s, m->s + m->len, &low, &high)) > 0)
            if (c && tell_uids(c, low, high) < 0)
                return -1;
        if (rc < 0)
            return -1;
        name = NULL;
    }
    return 0;
}
