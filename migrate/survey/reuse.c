#include "reuse.h"

#include "identity.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define AT_ONCE 200

struct known {
    size_t item;
    int64_t id;
};

struct looking {
    struct session *session;
    struct ledger *ledger;
    int64_t job;
    const struct source_item *items;
    size_t item_count;
    struct known *known;
    size_t count, cap, next, waiting;
    bool resized, again; /* signs */
    uint64_t others;
    struct mail_scan *scan; /* answers come one after the other */
    struct error error;
};

struct answer {
    struct looking *looking;
    struct known known;
    bool whole;
};

/* ---- is there a sign? ---- */
/* Of what is taken for settled, if nobody looks. */
static bool counts(const struct ledger_message *m)
{
    return (m->state == LEDGER_DONE || m->state == LEDGER_PRESENT || m->state == LEDGER_DUPLICATE ||
               m->state == LEDGER_QUARANTINED) &&
           sha256_is_set(m->ident) && sha256_is_set(m->fingerprint) && !m->doubt;
}

static void add(struct looking *l, size_t item, int64_t id)
{
    if (l->count == l->cap) {
        l->cap = l->cap ? l->cap * 2 : 256;
        l->known = mem_grow(l->known, l->cap, sizeof *l->known);
    }
    l->known[l->count++] = (struct known){.item = item, .id = id};
}

static int find_known(struct looking *l, struct error *err)
{
    for (size_t i = 0; i < l->item_count; i++) {
        const struct source_item *it = &l->items[i];
        struct ledger_message m;
        if (!it->key)
            continue;
        int rc = ledger_find_key(l->ledger, l->job, it->key, &m, err);
        if (rc < 0)
            return -1;
        if (rc == 0 || !counts(&m))
            continue;
        if (m.octets_claimed != it->octets)
            l->resized = true; /* it is read in any case */
        else
            add(l, i, m.id);
        l->again |= m.deleted_s != 0;
    }
    return 0;
}

/* ---- the looks ---- */
static void ask(struct looking *l, struct known known, bool whole);

static bool same(const struct ledger_message *m, const struct mail_facts *f, bool whole)
{
    uint8_t ident[SHA256_OCTETS];
    if (whole)
        return !memcmp(m->fingerprint, f->fingerprint, SHA256_OCTETS);
    identity_of(f, ident);
    return !memcmp(m->ident, ident, SHA256_OCTETS) && !memcmp(m->core, f->core, SHA256_OCTETS);
}

static void judge(struct looking *l, const struct answer *a, const struct mail_facts *f)
{
    struct ledger_message m;
    if (ledger_find_id(l->ledger, a->known.id, &m, &l->error) != 1 || same(&m, f, a->whole))
        return;
    if (!a->whole) {
        ask(l, a->known, true);
        return;
    }
    l->others++;
    ledger_release_key(l->ledger, a->known.id, &l->error);
}

static void on_data(void *ctx, const void *data, size_t len)
{
    struct answer *a = ctx;
    mail_scan_feed(a->looking->scan, data, len);
}

static void on_looked(void *ctx, const struct error *error)
{
    struct answer *taken = ctx, a = *taken;
    struct looking *l = a.looking;
    struct mail_facts f CLEANUP(mail_facts_done) = {0};
    free(taken);
    mail_scan_finish(l->scan, &f);
    l->waiting--;
    if (error && error->scope != ERROR_SCOPE_MESSAGE && !l->error.code)
        l->error = *error;
    if (!error && !l->error.code)
        judge(l, &a, &f);
    l->session->progress.messages++;
}

static void ask(struct looking *l, struct known known, bool whole)
{
    struct source *source = l->session->source;
    struct answer *a = mem_alloc(sizeof *a);
    *a = (struct answer){.looking = l, .known = known, .whole = whole};
    l->waiting++;
    if (whole && source_traits(l->session->source)->reading_hides)
        session_keep_source(l->session); /* it must be there to be read again */
    if (whole)
        source_fetch(source, known.item, on_data, on_looked, a);
    else
        source_fetch_header(source, known.item, on_data, on_looked, a);
}

static bool looked(void *ctx)
{
    struct looking *l = ctx;
    for (; l->next < l->count && l->waiting < AT_ONCE && !l->error.code; l->next++)
        ask(l, l->known[l->next], false);
    return !l->waiting && (l->next == l->count || l->error.code);
}

static int look_at_all(struct looking *l, struct error *err)
{
    l->scan = mail_scan_new();
    session_phase(l->session, "reading headers of what is known: UIDLs may name other messages now");
    int rc = session_wait(l->session, looked, l, err);
    mail_scan_free(l->scan);
    l->session->progress.messages = 0;
    if (rc == 0 && l->error.code) {
        *err = l->error;
        rc = -1;
    }
    return rc;
}

int reuse_look(struct session *s, struct ledger *ledger, int64_t job, uint64_t *ret, struct error *err)
{
    struct looking l = {.session = s, .ledger = ledger, .job = job};
    l.items = source_items(s->source, &l.item_count);
    *ret = 0;
    int rc = find_known(&l, err);
    bool sign = l.count && (l.resized || l.again);
    if (rc == 0 && sign && source_traits(s->source)->can_header)
        rc = look_at_all(&l, err);
    if (rc == 0 && l.others)
        log_line(&s->world->log, LOG_WARN,
            "the source uses UIDLs again for other messages: under %llu that are known stands other mail now; it is "
            "copied, and what was copied before stays what it is",
            (unsigned long long)l.others);
    *ret = l.others;
    free(l.known);
    return rc < 0 ? -1 : ledger_commit(ledger, err);
}
