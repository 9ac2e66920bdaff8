#include "delete.h"

#include "crash.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

/* ---- which may go ---- */
const char *delete_refusal(const struct verify_row *row)
{
    if (row->verdict != VERIFY_AGREED)
        return "it is not proved to be in the destination";
    if (row->proof == LEDGER_PROOF_STRUCTURE)
        return "rewritten by the server: its parts are there with the same content, its bytes are others";
    if (row->proof != LEDGER_PROOF_EXACT && row->proof != LEDGER_PROOF_CONTENT)
        return "its content was not compared";
    if (row->state != LEDGER_DONE && row->state != LEDGER_PRESENT && row->state != LEDGER_DUPLICATE)
        return "it was not copied";
    if (!row->key)
        return "the source gives it no UIDL of its own, so it cannot be told from others";
    return NULL;
}

bool delete_is_younger(const struct verify_row *row, int64_t now_s, int older_than_days)
{
    if (older_than_days < 0)
        return false;
    if (!row->internaldate_s || row->internaldate_s == MAIL_NO_DATE)
        return true;
    return row->internaldate_s > now_s - (int64_t)older_than_days * 86400;
}

/* ---- the connection: to the source alone ---- */
static struct stream *connect_source(struct delete_work *w)
{
    const struct job *job = w->v->job;
    const struct world *world = w->v->world;
    struct stream_spec spec = {
        .protocol = STREAM_POP3,
        .security = job->from.security == ENDPOINT_TLS        ? STREAM_TLS_IMPLICIT
                    : job->from.security == ENDPOINT_STARTTLS ? STREAM_TLS_STARTTLS
                                                              : STREAM_PLAINTEXT,
        .host = job->from.host,
        .port = job->from.port,
        .user = job->from.user,
        .password = job_secret(job, world, JOB_SOURCE),
        .ca_file = job->ca_file,
    };
    return stream_open(w->net, &spec);
}

static void tick(void *ctx)
{
    const struct delete_work *w = ctx;
    if (w->v->world->progress)
        w->v->world->progress(w->v->world->ctx, &w->progress);
}

static bool stop(void *ctx)
{
    const struct world *world = ((struct delete_work *)ctx)->v->world;
    return world->stop && world->stop(world->ctx);
}

struct until {
    struct delete_work *w;
    bool (*reached)(struct delete_work *w);
};

static bool reached_or_broken(void *ctx)
{
    struct until *u = ctx;
    return u->reached(u->w) || u->w->link.error.code;
}

static int wait_for(struct delete_work *w, bool (*reached)(struct delete_work *w), struct error *err)
{
    struct link *links[] = {&w->link};
    struct link_loop loop = {.net = w->net, .links = links, .count = 1, .tick = tick, .stop = stop, .ctx = w};
    struct until u = {.w = w, .reached = reached};
    if (link_run_until(&loop, reached_or_broken, &u, err) < 0)
        return -1;
    const struct error *why = w->error.code ? &w->error : &w->link.error;
    if (!w->error.code && reached(w))
        return 0;
    *err = *why;
    return w->error.code ? error_prefix(err, "%s", stream_name(w->link.stream)) : -1;
}

static void on_inventory(void *ctx, const struct error *error)
{
    struct delete_work *w = ctx;
    w->inventory_done = true;
    if (error)
        w->error = *error;
}

static bool has_inventory(struct delete_work *w)
{
    return w->inventory_done;
}

static int open_session(struct delete_work *w, struct error *err)
{
    struct patience *p = &w->v->patience;
    if (patience_login(p, w->v->job->from.host, err) < 0)
        return -1;
    w->net = net_new(&w->v->world->log);
    w->source = source_new();
    w->link = (struct link){.source = w->source, .stream = connect_source(w)};
    w->inventory_done = w->quit_done = false;
    w->error = (struct error){0};
    if (w->v->job->one_at_a_time)
        source_one_at_a_time(w->source);
    source_inventory(w->source, on_inventory, w);
    if (wait_for(w, has_inventory, err) < 0)
        return -1;
    patience_opened(p, source_facts(w->source)->caps->login_delay_s);
    w->result->sessions++;
    return 0;
}

static void close_session(struct delete_work *w)
{
    static const struct error closed = {
        .scope = ERROR_SCOPE_SESSION, .code = ERROR_CANCELLED, .text = "the session was closed"};
    if (w->source)
        source_abort(w->source, &closed);
    stream_close(w->link.stream);
    source_free(w->source);
    net_free(w->net);
    free(w->by_key);
    w->link = (struct link){0};
    w->source = NULL;
    w->net = NULL;
    w->by_key = NULL;
}

/* ---- what the source lists now ---- */
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

static const struct source_item *find_item(const struct delete_work *w, const char *key)
{
    const struct source_item probe = {.key = (char *)key}, *want = &probe;
    const struct source_item **at =
        w->by_key_count ? bsearch(&want, w->by_key, w->by_key_count, sizeof *w->by_key, compare_key) : NULL;
    return at ? *at : NULL;
}

/* A server that renames what it keeps would make everything look as if it were gone. */
static int check_names(const struct delete_work *w, struct error *err)
{
    size_t known = 0, found = 0, count;
    source_items(w->source, &count);
    for (size_t i = 0; i < w->v->row_count; i++) {
        const struct verify_row *row = &w->v->rows[i];
        bool counts = row->key && row->item != VERIFY_NONE && !row->deleted;
        known += counts;
        found += counts && find_item(w, row->key);
    }
    if (!names_differ(known, count, found))
        return 0;
    return error_set(err, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_REFUSED,
        "%s gives its messages other UIDLs than a moment ago (%zu of %zu are not among its %zu messages): nothing "
        "more is deleted there",
        stream_name(w->link.stream), known - found, known, count);
}

static const struct verify_row *row_of(const struct delete_work *w, const struct delete_target *t)
{
    return &w->v->rows[t->row];
}

static void keep(struct delete_target *t, char *why)
{
    t->state = DELETE_KEPT;
    free(t->why);
    t->why = why;
}

static int note_deleted(struct delete_work *w, struct delete_target *t, struct error *err)
{
    struct verify_row *row = &w->v->rows[t->row];
    t->state = DELETE_GONE;
    row->deleted = true;
    w->result->deleted++;
    w->result->deleted_octets += row->octets_claimed;
    w->progress.messages++;
    w->progress.octets += row->octets_claimed;
    patience_progress(&w->v->patience);
    crash_point("before a deletion is recorded");
    if (ledger_deleted(w->v->ledger, row->id, clock_wall_s(w->v->world->clock), err) < 0)
        return -1;
    return verify_tell_row(w->v, w->sink, row, "deleted", "", false, err);
}

static int look_at(struct delete_work *w, struct delete_target *t, struct error *err)
{
    const struct verify_row *row = row_of(w, t);
    const struct source_item *item = find_item(w, row->key);
    if (t->state == DELETE_GONE || t->state == DELETE_KEPT)
        return 0;
    if (!item && t->state == DELETE_SENT)
        return note_deleted(w, t, err);
    if (!item) {
        t->state = DELETE_GONE;
        w->result->gone++;
        return 0;
    }
    t->tries += t->state == DELETE_SENT;
    t->state = DELETE_WAITING;
    if (item->octets != row->octets_claimed)
        keep(t, mem_printf("the source gives another size under this UIDL now"));
    return 0;
}

static int look_at_all(struct delete_work *w, struct error *err)
{
    size_t stubborn = 0;
    sort_items(w);
    if (check_names(w, err) < 0)
        return -1;
    for (size_t i = 0; i < w->count; i++) {
        if (look_at(w, &w->targets[i], err) < 0)
            return -1;
        stubborn += w->targets[i].state == DELETE_WAITING && w->targets[i].tries >= DELETE_TRIES;
    }
    if (ledger_commit(w->v->ledger, err) < 0)
        return -1;
    w->given_up = stubborn > 0;
    if (!stubborn)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_REFUSED,
        "%s still lists %zu messages after they were deleted %d times; run the same command again later",
        stream_name(w->link.stream), stubborn, DELETE_TRIES);
}

/* ---- deleting ---- */
struct mark {
    struct delete_work *w;
    struct delete_target *t;
};

static void on_marked(void *ctx, const struct error *error)
{
    struct mark *m = ctx;
    m->w->under_way--;
    if (error && error->scope == ERROR_SCOPE_MESSAGE)
        keep(m->t, mem_strdup(error->text));
    else if (error && !m->w->error.code)
        m->w->error = *error;
    free(m);
}

static bool all_marked(struct delete_work *w)
{
    return !w->under_way;
}

static size_t mark_chunk(struct delete_work *w)
{
    const struct source_item *items = source_items(w->source, &(size_t){0});
    size_t n = 0;
    for (size_t i = 0; i < w->count && n < DELETE_CHUNK; i++) {
        struct delete_target *t = &w->targets[i];
        if (t->state != DELETE_WAITING)
            continue;
        struct mark *m = mem_alloc(sizeof *m);
        *m = (struct mark){.w = w, .t = t};
        t->state = DELETE_SENT;
        n++;
        w->under_way++;
        source_delete(w->source, (size_t)(find_item(w, row_of(w, t)->key) - items), on_marked, m);
    }
    return n;
}

static void on_quit(void *ctx, const struct error *error)
{
    struct delete_work *w = ctx;
    w->quit_done = true;
    if (error)
        log_line(&w->v->world->log, LOG_WARN,
            "%s did not confirm the deletion (%s); what it lists next time tells what is gone",
            stream_name(w->link.stream), error->text);
}

static bool has_quit(struct delete_work *w)
{
    return w->quit_done;
}

/* DELE, QUIT, its answer. *ret_more: there was something to delete, so another session has to look. */
static int delete_chunk(struct delete_work *w, bool *ret_more, struct error *err)
{
    size_t n = mark_chunk(w);
    if (wait_for(w, all_marked, err) < 0)
        return -1;
    if (n)
        crash_point("before the QUIT that deletes");
    w->link.ended = true;
    source_close(w->source, on_quit, w);
    if (wait_for(w, has_quit, err) < 0)
        return -1;
    if (n)
        crash_point("after the QUIT that deletes");
    *ret_more = n > 0;
    return 0;
}

static int run_session(struct delete_work *w, bool *ret_more, struct error *err)
{
    int rc = open_session(w, err);
    if (rc == 0)
        rc = look_at_all(w, err);
    if (rc == 0)
        rc = delete_chunk(w, ret_more, err);
    close_session(w);
    return rc;
}

int delete_run(struct delete_work *w, struct error *err)
{
    bool more = w->count > 0;
    w->progress =
        (struct progress){.phase = "deleting", .total = w->count, .total_octets = w->result->chosen_octets};
    while (more) {
        int rc = run_session(w, &more, err);
        if (rc < 0 && (w->given_up || !patience_again(&w->v->patience, err)))
            return -1;
    }
    *err = (struct error){0};
    return 0;
}

void delete_done(struct delete_work *w)
{
    for (size_t i = 0; i < w->count; i++)
        free(w->targets[i].why);
    free(w->targets);
    w->targets = NULL;
    w->count = 0;
}
