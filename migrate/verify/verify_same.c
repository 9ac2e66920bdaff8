#include "verify.h"

#include "identity.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define HEADERS_AT_ONCE 200

/* Is what stands under a UIDL still what was copied from there? By its header (TOP); where that differs, or
 * is cut short, by the whole of it. What was read to name the difference of one that came back altered
 * (verify_source.c) is not read again. */
struct checking {
    struct verify *v;
    struct mail_scan *scan; /* answers come one after the other: one scanner serves all */
    size_t next, under_way;
};

struct look {
    struct checking *c;
    size_t row;
    bool whole;
};

static bool is_settled(const struct verify_row *row)
{
    return row->state == LEDGER_DONE || row->state == LEDGER_PRESENT || row->state == LEDGER_DUPLICATE;
}

static bool same_digest(const uint8_t a[SHA256_OCTETS], const uint8_t b[SHA256_OCTETS])
{
    return sha256_is_set(a) && !memcmp(a, b, SHA256_OCTETS);
}

bool verify_same_message(const struct ledger_message *m, const struct mail_facts *f, bool whole)
{
    uint8_t ident[SHA256_OCTETS];
    if (whole)
        return same_digest(m->fingerprint, f->fingerprint);
    identity_of(f, ident);
    return (f->message_id || same_digest(m->header, f->fields)) && same_digest(m->ident, ident) &&
           !memcmp(m->core, f->core, SHA256_OCTETS);
}

static void ask(struct checking *c, size_t row, bool whole);

static void on_data(void *ctx, const void *data, size_t len)
{
    struct look *l = ctx;
    mail_scan_feed(l->c->scan, data, len);
}

/* The next migrate must not take that one for this: it finds no row by the UIDL any more, and copies it. */
static void judge(struct verify *v, size_t row, const struct mail_facts *f, bool whole, bool *ret_again)
{
    struct ledger_message m;
    *ret_again = false;
    if (ledger_find_id(v->ledger, v->rows[row].id, &m, &v->error) != 1 ||
        (!m.message_id && !sha256_is_set(m.header)))
        return;
    v->rows[row].same_source = verify_same_message(&m, f, whole);
    if (v->rows[row].same_source)
        return;
    if (!whole) {
        *ret_again = true;
        return;
    }
    if (ledger_release_key(v->ledger, v->rows[row].id, &v->error) == 0)
        verify_disown(v, &v->rows[row]);
}

static void on_looked(void *ctx, const struct error *error)
{
    struct look *taken = ctx, l = *taken;
    struct checking *c = l.c;
    struct mail_facts f CLEANUP(mail_facts_done) = {0};
    bool again = false;
    free(taken);
    mail_scan_finish(c->scan, &f);
    c->under_way--;
    if (error && error->scope != ERROR_SCOPE_MESSAGE && !c->v->error.code)
        c->v->error = *error;
    if (!error && !c->v->error.code)
        judge(c->v, l.row, &f, l.whole, &again);
    if (again)
        ask(c, l.row, true);
    c->v->session.progress.messages++;
    patience_progress(&c->v->patience);
}

static void ask(struct checking *c, size_t row, bool whole)
{
    struct session *s = &c->v->session;
    struct look *l = mem_alloc(sizeof *l);
    *l = (struct look){.c = c, .row = row, .whole = whole};
    c->under_way++;
    if (whole && source_traits(s->source)->reading_hides)
        session_keep_source(s);
    if (whole)
        source_fetch(s->source, c->v->rows[row].item, on_data, on_looked, l);
    else
        source_fetch_header(s->source, c->v->rows[row].item, on_data, on_looked, l);
}

/* By its own key and the source's: what was found by size or content is not held against its header. */
static bool is_named(const struct verify *v, const struct verify_row *row)
{
    size_t count;
    return row->item != VERIFY_NONE && row->key && source_items(v->session.source, &count)[row->item].key;
}

static bool checked(void *ctx)
{
    struct checking *c = ctx;
    const struct verify *v = c->v;
    for (; c->next < v->row_count && c->under_way < HEADERS_AT_ONCE && !v->error.code; c->next++) {
        const struct verify_row *row = &v->rows[c->next];
        if (is_named(v, row) && is_settled(row) && !row->same_source)
            ask(c, c->next, false);
    }
    return !c->under_way && (c->next == v->row_count || v->error.code);
}

int verify_check_source(struct verify *v, struct error *err)
{
    struct checking c = {.v = v};
    if (!source_traits(v->session.source)->can_header)
        return 0; /* delete reads what it has to before anything goes */
    c.scan = mail_scan_new();
    v->error = (struct error){0};
    session_phase(&v->session, "reading the source's headers");
    int rc = session_wait(&v->session, checked, &c, err);
    mail_scan_free(c.scan);
    if (rc == 0 && v->error.code) {
        *err = v->error;
        rc = err->scope == ERROR_SCOPE_RUN ? -1 : error_prefix(err, "%s", link_name(&v->session.source_link));
    }
    return rc;
}
