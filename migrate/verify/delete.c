#include "delete.h"

#include "crash.h"
#include "mem.h"
#include <stdlib.h>

/* ---- which may go ---- */
static bool is_copy(const struct verify_row *row)
{
    return row->proof == LEDGER_PROOF_BODY &&
           (row->state == LEDGER_DUPLICATE || row->state == LEDGER_PRESENT);
}

const char *delete_refusal(const struct verify_row *row, unsigned accept)
{
    if (row->verdict != VERIFY_AGREED)
        return "it is not proved to be in the destination";
    if (row->proof == LEDGER_PROOF_STRUCTURE)
        return "rewritten by the server: its parts are there with the same content, its bytes are others";
    if (is_copy(row) && !(accept & DELETE_ACCEPT_DUPLICATES))
        return "what is there in its place is another copy of the message, with other header fields "
               "(--accept duplicates deletes this one all the same)";
    if (row->proof == LEDGER_PROOF_BODY && !is_copy(row))
        return "not all of its header fields could be compared";
    if (row->redated && !(accept & DELETE_ACCEPT_DATES))
        return "its INTERNALDATE there is another than was sent (--accept dates deletes it all the same)";
    if (!is_copy(row) && row->proof != LEDGER_PROOF_EXACT && row->proof != LEDGER_PROOF_CONTENT)
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

/* ---- the session: with the source alone ---- */
struct until {
    struct delete_work *w;
    bool (*reached)(struct delete_work *w);
};

static bool reached(void *ctx)
{
    const struct until *u = ctx;
    return u->reached(u->w);
}

static int wait_for(struct delete_work *w, bool (*fn)(struct delete_work *w), struct error *err)
{
    struct until u = {.w = w, .reached = fn};
    if (session_wait(&w->session, reached, &u, err) < 0)
        return -1;
    if (!w->error.code)
        return 0;
    *err = w->error;
    return w->error.scope == ERROR_SCOPE_RUN /* the ledger's */
               ? -1
               : error_prefix(err, "%s", link_name(&w->session.source_link));
}

static int open_session(struct delete_work *w, struct error *err)
{
    struct patience *p = &w->v->patience;
    if (patience_login(p, w->v->job->from.host, err) < 0)
        return -1;
    w->job = *w->v->job;
    w->job.to = (struct endpoint){0};
    w->job.taken_up = true; /* verify has said all there is to say */
    past_sessions_apply(&w->v->past, &w->job);
    int rc = session_open(&w->session, &w->job, w->v->world, DEST_LOOK, err);
    patience_login_began(p, w->session.login_ms);
    if (past_sessions_opened(&w->v->past, &w->session, p, rc, err) < 0)
        return -1;
    w->source = w->session.source;
    w->session.progress = w->progress;
    w->scan = mail_scan_new();
    w->under_way = 0;
    w->quit_done = false;
    w->error = (struct error){0};
    patience_opened(p, source_traits(w->source)->sign_in_pause_s);
    w->result->sessions++;
    return 0;
}

static void close_session(struct delete_work *w)
{
    session_close(&w->session);
    mail_scan_free(w->scan);
    free(w->by_key);
    w->source = NULL;
    w->by_key = NULL;
    w->by_key_count = 0;
    w->scan = NULL;
}

/* ---- what the source lists now ---- */
static const struct verify_row *row_of(const struct delete_work *w, const struct delete_target *t)
{
    return &w->v->rows[t->row];
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
    w->session.progress = w->progress;
    patience_progress(&w->v->patience);
    crash_point("before a deletion is recorded");
    if (ledger_deleted(w->v->ledger, row->id, clock_wall_s(w->v->world->clock), err) < 0)
        return -1;
    return verify_tell_row(w->v, w->sink, row, "deleted", "", false, err);
}

static int look_at(struct delete_work *w, struct delete_target *t, struct error *err)
{
    const struct verify_row *row = row_of(w, t);
    const struct source_item *item = delete_list_find(w, row->key);
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
    t->chosen = t->same = false;
    if (item->octets != row->octets_claimed)
        delete_keep(t, mem_strdup("the source gives another size under this UIDL now"));
    return 0;
}

static int look_at_all(struct delete_work *w, struct error *err)
{
    size_t stubborn = 0;
    if (delete_list_read(w, err) < 0)
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
        link_name(&w->session.source_link), stubborn, DELETE_TRIES);
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
        delete_keep(m->t, mem_strdup(error->text));
    else if (error && !m->w->error.code)
        m->w->error = *error;
    free(m);
}

static bool all_answered(struct delete_work *w)
{
    return !w->under_way;
}

/* Those whose turn it is. Returns how many. */
static size_t choose_chunk(struct delete_work *w)
{
    size_t n = 0;
    for (size_t i = 0; i < w->count && n < w->chunk; i++) {
        struct delete_target *t = &w->targets[i];
        t->chosen = t->state == DELETE_WAITING;
        n += t->chosen;
    }
    return n;
}

static size_t mark_chunk(struct delete_work *w)
{
    const struct source_item *items = source_items(w->source, &(size_t){0});
    size_t n = 0;
    for (size_t i = 0; i < w->count; i++) {
        struct delete_target *t = &w->targets[i];
        if (!t->chosen || !t->same || t->state != DELETE_WAITING)
            continue;
        struct mark *m = mem_alloc(sizeof *m);
        *m = (struct mark){.w = w, .t = t};
        t->state = DELETE_SENT;
        n++;
        w->under_way++;
        source_delete(w->source, (size_t)(delete_list_find(w, row_of(w, t)->key) - items), on_marked, m);
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
            link_name(&w->session.source_link), error->text);
}

static bool has_quit(struct delete_work *w)
{
    return w->quit_done;
}

static bool any_waits(const struct delete_work *w)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->targets[i].state == DELETE_WAITING)
            return true;
    return false;
}

/* Compare, DELE, QUIT, its answer. *ret_more: another session has to look, or to go on. */
static int delete_chunk(struct delete_work *w, bool *ret_more, struct error *err)
{
    size_t chosen = choose_chunk(w);
    w->comparing = chosen > 0;
    delete_compare(w);
    if (wait_for(w, all_answered, err) < 0)
        return -1;
    w->comparing = false;
    if (chosen)
        crash_point("compared before a deletion");
    size_t n = mark_chunk(w);
    if (wait_for(w, all_answered, err) < 0)
        return -1;
    if (n)
        crash_point("before the QUIT that deletes");
    w->session.source_link.ended = true;
    source_close(w->source, on_quit, w);
    if (wait_for(w, has_quit, err) < 0)
        return -1;
    if (n)
        crash_point("after the QUIT that deletes");
    *ret_more = n > 0 || any_waits(w);
    return 0;
}

static int run_session(struct delete_work *w, bool *ret_more, struct error *err)
{
    w->comparing = false;
    int rc = open_session(w, err);
    if (rc == 0)
        rc = look_at_all(w, err);
    if (rc == 0)
        rc = delete_chunk(w, ret_more, err);
    rc = past_sessions_ended(&w->v->past, &w->session, &w->v->patience, rc, err);
    close_session(w);
    return rc;
}

/* A session that breaks while messages are compared has done nothing: a shorter one may come through. */
static bool go_on(struct delete_work *w, struct error *err)
{
    if (w->given_up)
        return false;
    if (w->comparing && w->chunk > DELETE_CHUNK_MIN)
        w->chunk /= 2;
    return patience_again(&w->v->patience, err);
}

int delete_run(struct delete_work *w, struct error *err)
{
    bool more = w->count > 0;
    w->chunk = DELETE_CHUNK;
    w->progress =
        (struct progress){.phase = "deleting", .total = w->count, .total_octets = w->result->chosen_octets};
    while (more) {
        int rc = run_session(w, &more, err);
        if (rc < 0 && !go_on(w, err))
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
