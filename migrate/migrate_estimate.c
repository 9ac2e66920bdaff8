#include "migrate_estimate.h"

#include "foresee.h"
#include "mem.h"
#include "open_ledger.h"
#include "quote_growth.h"
#include "text.h"
#include <stdlib.h>

#define NO_DESTINATION "(no destination)" /* of a job in the ledger that has only been estimated */

struct measuring {
    const struct quote *quote;
    struct session *session;
    struct ledger *ledger;
    int64_t job;
    struct quote_account *account;
    struct quote_history history;
    bool both; /* sides */
    struct error error;
};

static void count_in(struct quote_count *n, uint64_t octets)
{
    n->messages++;
    n->octets += octets;
}

/* ---- the source ---- */
static struct quote_count *count_of(struct quote_account *a, const struct foreseen *f)
{
    switch (f->verdict.verdict) {
    case VERDICT_COPY:
    case VERDICT_COMPARE:
    case VERDICT_LATER:
        return &a->to_copy;
    case VERDICT_PRESENT:
        return &a->present;
    case VERDICT_DUPLICATE:
        return &a->duplicates;
    case VERDICT_DONE_BEFORE:
        return f->row->past == PAST_DUPLICATE ? &a->duplicates : &a->settled;
    case VERDICT_FILTERED:
        return &a->filtered;
    case VERDICT_TOO_BIG:
        return &a->too_big;
    case VERDICT_QUARANTINED:
    case VERDICT_IN_DOUBT:
        return &a->refused;
    case VERDICT_NOT_MAIL:
        return &a->not_mail;
    }
    return &a->to_copy;
}

static void note_date(struct measuring *m, int64_t date_s, uint64_t octets)
{
    if (date_s == MAIL_NO_DATE)
        count_in(&m->account->undated, octets);
    else
        quote_history_add(&m->history, date_s, octets);
}

/* The survey leaves out what earlier runs have settled: the ledger has its date, or that of the message that
 * it is a duplicate of. */
static int64_t date_of(struct measuring *m, const struct survey_row *row)
{
    struct ledger_message there;
    if (row->known || !row->id || ledger_find_id(m->ledger, row->id, &there, &m->error) != 1)
        return row->date_s;
    if (!there.date_source && there.twin && ledger_find_id(m->ledger, there.twin, &there, &m->error) != 1)
        return row->date_s;
    enum mail_date_source source;
    bool dated = there.date_source && mail_date_source_parse(there.date_source, &source);
    return dated && source != MAIL_DATE_NOW ? there.internaldate_s : MAIL_NO_DATE;
}

static void on_message(void *ctx, const struct foreseen *f)
{
    struct measuring *m = ctx;
    struct quote_account *a = m->account;
    uint64_t octets = f->item->octets;
    int64_t date_s = date_of(m, f->row);
    count_in(count_of(a, f), octets);
    if (!f->row->known && !past_is_settled(f->row->past))
        count_in(&a->unread, octets);
    note_date(m, date_s, octets);
}

static void on_filtered(void *ctx, const struct outcome_message *o)
{
    struct measuring *m = ctx;
    count_in(&m->account->filtered, o->octets);
    note_date(m, o->date_s, o->octets);
}

static void note_inventory(struct measuring *m)
{
    struct quote_account *a = m->account;
    size_t count;
    const struct source_facts *f = source_facts(m->session->source);
    const struct source_item *items = source_items(m->session->source, &count);
    for (size_t i = 0; i < count; i++)
        count_in(&a->inventory, items[i].octets);
    a->stat = (struct quote_count){f->messages, f->octets};
    a->stat_agrees = a->stat.messages == a->inventory.messages && a->stat.octets == a->inventory.octets;
    a->expire_days = source_traits(m->session->source)->expire_days;
    if (m->quote->params.fast)
        a->growth.notes |= QUOTE_NOTE_FAST;
    else if (!source_traits(m->session->source)->can_header)
        a->growth.notes |= QUOTE_NOTE_NO_TOP;
}

/* ---- the destination ---- */
struct asking {
    struct quote_quota *quota;
    bool done;
};

static uint64_t room(uint64_t used, uint64_t limit)
{
    return used < limit ? limit - used : 0;
}

/* Of several roots the one with the least room counts. */
static void on_quota_row(void *ctx, const struct dest_quota *row)
{
    struct quote_quota *q = ((struct asking *)ctx)->quota;
    if (text_equal_nocase(row->resource, "STORAGE") &&
        (!q->storage_known || room(row->used, row->limit) < room(q->used.octets, q->limit.octets))) {
        q->storage_known = true;
        q->used.octets = row->used;
        q->limit.octets = row->limit;
    }
    if (text_equal_nocase(row->resource, "MESSAGE") &&
        (!q->messages_known || room(row->used, row->limit) < room(q->used.messages, q->limit.messages))) {
        q->messages_known = true;
        q->used.messages = row->used;
        q->limit.messages = row->limit;
    }
}

/* A broken connection shows by itself. */
static void on_quota(void *ctx, const struct error *error)
{
    (void)error;
    ((struct asking *)ctx)->done = true;
}

static bool quota_told(void *ctx)
{
    return ((struct asking *)ctx)->done;
}

static int ask_quota(struct measuring *m, struct error *err)
{
    struct session *s = m->session;
    struct asking a = {.quota = &m->account->quota};
    dest_quota(s->dest, on_quota_row, on_quota, &a);
    return session_wait(s, quota_told, &a, err);
}

static uint64_t limit_of(const struct catalog_provider *p)
{
    return p ? p->limits[CATALOG_MESSAGE_SIZE].value : 0;
}

static int note_destination(struct measuring *m, const struct outcome *o, struct error *err)
{
    struct quote_account *a = m->account;
    uint64_t said = dest_mailbox(m->session->dest)->append_limit, listed = limit_of(a->provider);
    a->destination_asked = !m->quote->params.fast;
    a->destination_has_folder = o->folder_exists;
    a->destination_messages = o->destination_messages;
    a->limit_octets = said ? said : listed;
    a->limit_origin = said ? QUOTE_LIMIT_SERVER : listed ? QUOTE_LIMIT_CATALOG : QUOTE_LIMIT_NONE;
    return ask_quota(m, err);
}

/* ---- one job ---- */
static void describe(struct quote_account *a, const struct job *job, const struct catalog *catalog)
{
    const struct {
        char **to, *value;
    } words[] = {
        {&a->name, mem_strdup(endpoint_mailbox(&job->from))},
        {&a->source, endpoint_account(&job->from)},
        {&a->source_host, mem_strdup(job->from.host)},
        {&a->destination, job->to.host ? endpoint_account(&job->to) : mem_strdup("")},
        {&a->destination_host, mem_strdup(job->to.host ? job->to.host : "")},
        {&a->folder, job->to.host ? job_folder_words(job) : mem_strdup("")},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        free(*words[i].to);
        *words[i].to = words[i].value;
    }
    if (job->to.host)
        a->provider = catalog_provider_of_host(catalog, CATALOG_IMAP, job->to.host);
}

static int open_ledger_for(struct measuring *m, const struct job *job, struct error *err)
{
    if (m->both)
        return open_ledger(job, &m->ledger, &m->job, err);
    m->ledger = ledger_open(job->work_dir, LEDGER_WRITE, err);
    if (!m->ledger)
        return -1;
    m->job = ledger_job(m->ledger, m->account->source, NO_DESTINATION, job->folder, err);
    return m->job < 0 ? -1 : 0;
}

static int look(struct measuring *m, struct error *err)
{
    struct quote_account *a = m->account;
    struct outcome o = {0};
    const struct outcome_sink sink = {.message = on_filtered, .ctx = m};
    const struct foresight f = {
        .session = m->session,
        .ledger = m->ledger,
        .job = m->job,
        .depth = m->quote->params.fast ? FORESEE_SIZES : FORESEE_HEADERS,
        .limit_octets = limit_of(a->provider),
        .message = on_message,
        .ctx = m,
        .sink = &sink,
    };
    note_inventory(m);
    if (foresee(&f, &o, err) < 0 || (m->both && note_destination(m, &o, err) < 0))
        return -1;
    if (!m->error.code)
        return 0;
    *err = m->error;
    return -1;
}

static int measure(struct measuring *m, const struct job *job, const struct world *world, struct error *err)
{
    struct session s = {0};
    m->session = &s;
    if (open_ledger_for(m, job, err) < 0) {
        ledger_close(m->ledger);
        return -1;
    }
    int rc = session_open(&s, job, world, DEST_LOOK, err);
    if (rc == 0)
        rc = look(m, err);
    struct error ignored; /* nothing was changed that a failing QUIT could undo */
    if (rc == 0)
        session_sign_off(&s, &ignored);
    session_close(&s);
    ledger_close(m->ledger);
    return rc;
}

static int check(const struct job *job, const struct quote_params *p, struct error *err)
{
    if (!p->fast || (!job_places_by_date(job) && !filter_needs_date(&job->filter)))
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "--fast does not ask for dates, but --since, --before or the folder needs them: leave out one of them");
}

/* What an attempt before this one found. */
static void start_over(struct quote_account *a)
{
    free(a->months);
    *a = (struct quote_account){
        .name = a->name,
        .source = a->source,
        .destination = a->destination,
        .source_host = a->source_host,
        .destination_host = a->destination_host,
        .folder = a->folder,
        .expire_days = -1,
        .mailbox = SIZE_MAX,
    };
}

int migrate_estimate_account(const struct job *job, const struct world *world, const struct quote *q,
    struct quote_account *a, struct error *err)
{
    struct job all = *job;
    struct measuring m = {.quote = q, .account = a, .both = job->to.host};
    struct error why = {0};
    all.limit = UINT64_MAX;
    start_over(a);
    describe(a, job, q->catalog);
    int rc = check(job, &q->params, &why);
    if (rc == 0)
        rc = measure(&m, &all, world, &why);
    if (rc == 0) {
        quote_history_tell(&m.history, q->date_s, q->params.utc_offset_min, a);
        a->held.messages = a->to_copy.messages + a->present.messages + a->settled.messages;
        a->held.octets = a->to_copy.octets + a->present.octets + a->settled.octets;
    } else {
        a->error = why;
        if (err)
            *err = why;
    }
    quote_history_done(&m.history);
    return rc;
}

int migrate_estimate(const struct job *job, const struct world *world, struct quote *q, struct error *err)
{
    return migrate_estimate_account(job, world, q, quote_add_account(q), err);
}
