#include "delete.h"

#include "identity.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

static const char another[] =
    "stands under the UIDL of a message that was copied, and is another one: run popferry migrate again to copy it";
static const char other_header[] =
    "has other header fields on the source now than when it was copied: run popferry migrate again, which takes "
    "it for another copy of the message";

bool delete_is_same(const struct ledger_message *row, const struct mail_facts *f, bool whole)
{
    uint8_t ident[SHA256_OCTETS];
    bool header = sha256_is_set(row->header) && !memcmp(row->header, f->fields, SHA256_OCTETS);
    if (whole && !sha256_is_set(row->header))
        return row->sha256_received && !memcmp(row->sha256_received, f->sha256, SHA256_OCTETS);
    if (whole)
        return header && sha256_is_set(row->fingerprint) &&
               !memcmp(row->fingerprint, f->fingerprint, SHA256_OCTETS);
    identity_of(f, ident);
    return header && sha256_is_set(row->ident) && !memcmp(row->ident, ident, SHA256_OCTETS) &&
           !memcmp(row->core, f->core, SHA256_OCTETS);
}

void delete_keep(struct delete_target *t, char *why)
{
    t->state = DELETE_KEPT;
    free(t->why);
    t->why = why;
}

struct look {
    struct delete_work *w;
    struct delete_target *t;
    bool whole;
};

static void ask(struct delete_work *w, struct delete_target *t, bool whole);

/* Answers come one after the other: one scanner serves all. */
static void on_data(void *ctx, const void *data, size_t len)
{
    struct look *l = ctx;
    mail_scan_feed(l->w->scan, data, len);
}

static bool may_read(const struct delete_work *w)
{
    return !source_traits(w->source)->reading_hides;
}

static void judge(struct delete_work *w, const struct look *l, const struct mail_facts *f)
{
    struct ledger_message m;
    int rc = ledger_find_id(w->v->ledger, w->v->rows[l->t->row].id, &m, &w->error);
    if (rc <= 0) {
        if (rc == 0)
            error_unhandled(&w->error, "a row of the ledger is gone");
        return;
    }
    bool same = delete_is_same(&m, f, l->whole);
    /* Without Message-ID the header tells little; and some servers cut it short. */
    if (!l->whole && (!same || !f->message_id) && may_read(w)) {
        ask(w, l->t, true);
    } else if (same) {
        l->t->same = true;
    } else {
        l->t->another = true;
        delete_keep(l->t, mem_strdup(verify_same_message(&m, f, l->whole) ? other_header : another));
    }
}

static void on_looked(void *ctx, const struct error *error)
{
    struct look *taken = ctx, l = *taken;
    struct delete_work *w = l.w;
    struct mail_facts f CLEANUP(mail_facts_done) = {0};
    free(taken);
    mail_scan_finish(w->scan, &f);
    w->under_way--;
    if (w->error.code)
        return;
    if (!error)
        judge(w, &l, &f);
    else if (error->scope != ERROR_SCOPE_MESSAGE)
        w->error = *error;
    else if (!l.whole && may_read(w))
        ask(w, l.t, true);
    else
        delete_keep(l.t, mem_printf("it cannot be held against what was copied: %s", error->text));
}

static void ask(struct delete_work *w, struct delete_target *t, bool whole)
{
    const struct source_item *item = delete_list_find(w, w->v->rows[t->row].key);
    size_t index = (size_t)(item - source_items(w->source, &(size_t){0}));
    struct look *l = mem_alloc(sizeof *l);
    *l = (struct look){.w = w, .t = t, .whole = whole};
    w->under_way++;
    if (whole)
        source_fetch(w->source, index, on_data, on_looked, l);
    else
        source_fetch_header(w->source, index, on_data, on_looked, l);
}

void delete_compare(struct delete_work *w)
{
    bool top = source_traits(w->source)->can_header;
    for (size_t i = 0; i < w->count; i++) {
        struct delete_target *t = &w->targets[i];
        if (!t->chosen)
            continue;
        if (!top && !may_read(w))
            delete_keep(t,
                mem_strdup("it cannot be held against what was copied: the source has no TOP, and may hide "
                           "or remove what RETR reads"));
        else
            ask(w, t, !top);
    }
}
