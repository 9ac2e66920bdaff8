#include "imap_date.h"
#include "imap_private.h"
#include "text.h"

/* One FETCH response taken apart, in whatever order its items come. */
struct row {
    struct imap_fetch_row told;
    const struct imap_value *body; /* BODY[], NULL if it was not among them */
};

static void read_flags(struct imap_fetch_row *row, const struct imap_value *list)
{
    row->has_flags = list->type == IMAP_VALUE_LIST;
    IMAP_EACH(m, list)
    {
        row->seen = row->seen || imap_value_is(m, "\\Seen");
        row->deleted = row->deleted || imap_value_is(m, "\\Deleted");
    }
}

static bool is_header(const struct imap_value *name)
{
    static const char prefix[] = "BODY[HEADER";
    size_t n = sizeof prefix - 1;
    return name->len > n && !text_compare_nocase(name->s, n, prefix, n);
}

static int read_item(struct row *r, const struct imap_value *name, const struct imap_value *v)
{
    struct imap_fetch_row *row = &r->told;
    uint64_t n;
    if (imap_value_is(name, "UID")) {
        if (!imap_value_number(v, UINT32_MAX, &n) || !n)
            return -1;
        row->uid = (uint32_t)n;
    } else if (imap_value_is(name, "RFC822.SIZE")) {
        if (!imap_value_number(v, INT64_MAX, &row->size_octets))
            return -1;
        row->has_size = true;
    } else if (imap_value_is(name, "INTERNALDATE")) {
        row->has_date = v->s && imap_date_parse(v->s, v->len, &row->internaldate_s);
    } else if (imap_value_is(name, "FLAGS")) {
        read_flags(row, v);
    } else if (imap_value_is(name, "X-GM-MSGID")) {
        row->gmail_id = imap_value_number(v, UINT64_MAX, &n) ? n : 0;
    } else if (imap_value_is(name, "BODY[]")) {
        r->body = v;
    } else if (is_header(name)) {
        row->header = v->type == IMAP_VALUE_STRING ? v->s : NULL; /* NIL: it cannot be read */
        row->header_len = v->type == IMAP_VALUE_STRING ? v->len : 0;
    }
    return 0;
}

static int read_items(struct row *r, const struct imap_value *items)
{
    const struct imap_value *name = NULL;
    if (!items || items->type != IMAP_VALUE_LIST)
        return -1;
    IMAP_EACH(m, items)
    {
        if (!name && m->type != IMAP_VALUE_ATOM)
            return -1;
        if (name && read_item(r, name, m) < 0)
            return -1;
        name = name ? NULL : m;
    }
    return name ? -1 : 0;
}

/* A short body may come as a quoted string, and NIL stands for none. */
static bool hand_over_body(const struct imap *im, const struct row *r)
{
    struct imap_command *c = im->streamed ? im->streamed_to : imap_first_in_flight(im, IMAP_KIND_BODY);
    if (!c)
        return false;
    if (!im->streamed) {
        size_t len = r->body->type == IMAP_VALUE_STRING ? r->body->len : 0;
        c->row.body.begin(c->ctx, len);
        if (len)
            c->row.body.data(c->ctx, r->body->s, len);
    }
    c->row.body.end(c->ctx, r->told.uid);
    return true;
}

int imap_fetch_row(struct imap *im, const struct imap_value *list)
{
    struct row r = {0};
    if (read_items(&r, imap_value_at(list, 0)) < 0 || (im->streamed && !r.body))
        return -1;
    if (r.body && hand_over_body(im, &r))
        return 0;
    /* Flags alone: another session changed them; not an answer to what was asked. */
    bool answer = r.told.uid && (r.told.has_size || r.told.has_date || r.told.header || r.told.gmail_id);
    struct imap_command *c = answer ? imap_first_in_flight(im, IMAP_KIND_FETCH) : NULL;
    if (c)
        c->row.fetch(c->ctx, &r.told);
    return 0;
}
