#include "verify.h"

#include "mem.h"
#include "open_ledger.h"
#include <stdlib.h>
#include <string.h>

/* ---- the ledger ---- */
struct search {
    const char *source, *destination, *folder;
    bool found;
};

static bool is_job(void *ctx, const struct ledger_job_row *row)
{
    struct search *s = ctx;
    s->found = !strcmp(row->source, s->source) && !strcmp(row->destination, s->destination) &&
               !strcmp(row->folder, s->folder);
    return !s->found;
}

/* The job is not made here: one that was never migrated has nothing to be held against. */
static int find_job(struct ledger *l, const struct job *job, struct error *err)
{
    char *from CLEANUP(mem_free_str) = endpoint_account(&job->from);
    char *to CLEANUP(mem_free_str) = endpoint_account(&job->to);
    char *folder CLEANUP(mem_free_str) = job_folder_words(job);
    struct search s = {.source = from, .destination = to, .folder = folder};
    if (ledger_each_job(l, is_job, &s, err) < 0)
        return -1;
    if (s.found)
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "nothing was migrated from %s to %s, mailbox %s, with the work folder %s yet: run popferry migrate first, or "
        "name the work folder (--work-dir) and mailbox of the run that did",
        from, to, job->folder, job->work_dir);
}

int verify_open_ledger(const struct job *job, struct ledger **ret, int64_t *ret_job, struct error *err)
{
    struct ledger *l = ledger_open(job->work_dir, LEDGER_READ, err);
    if (!l && err->code == ERROR_USAGE)
        return -1; /* there is none, and none shall be made */
    ledger_close(l);
    l = ledger_open(job->work_dir, job->scratch ? LEDGER_SCRATCH : LEDGER_WRITE, err);
    int rc = l ? find_job(l, job, err) : -1;
    ledger_close(l);
    return rc < 0 ? -1 : open_ledger(job, ret, ret_job, err);
}

/* ---- comparing ---- */
int verify_begin(struct verify *v, struct error *err)
{
    patience_begin(&v->patience, v->job, v->world);
    v->destination_scan = verify_scan_new();
    v->source_scan = verify_scan_new();
    v->result->level = v->level;
    return past_sessions_begin(&v->past, v->ledger, v->job, v->world, err) < 0 ? -1 : verify_load(v, err);
}

void verify_done(struct verify *v)
{
    folder_paths_done(&v->paths);
    for (size_t i = 0; i < v->row_count; i++) {
        free(v->rows[i].key);
        free(v->rows[i].why);
    }
    for (size_t b = 0; b < v->box_count; b++) {
        for (size_t i = 0; i < v->boxes[b].count; i++)
            verify_content_free(v->boxes[b].entries[i].content);
        free(v->boxes[b].entries);
        free(v->boxes[b].name);
    }
    verify_forget_news(v);
    void *const owned[] = {v->rows, v->boxes, v->by_ident, v->by_key, v->places, v->news};
    for (size_t i = 0; i < sizeof owned / sizeof *owned; i++)
        free(owned[i]);
    verify_scan_free(v->destination_scan);
    verify_scan_free(v->source_scan);
    past_sessions_done(&v->past);
    *v = (struct verify){0};
}

static int read_all(struct verify *v, struct error *err)
{
    for (uint32_t b = 0; b < v->box_count; b++)
        if (verify_read(v, b, err) < 0)
            return -1;
    return 0;
}

/* A mailbox is entered once for its list and the contents that are known to be wanted. */
static int visit_all(struct verify *v, struct error *err)
{
    v->result->destination_messages = v->result->mailboxes = v->result->mailboxes_absent = 0;
    for (uint32_t b = 0; b < v->box_count; b++) {
        if (!v->boxes[b].listed && verify_enter(v, b, err) < 0)
            return -1;
        if (verify_read(v, b, err) < 0)
            return -1;
        v->result->destination_messages += v->boxes[b].count;
        v->result->mailboxes++;
        v->result->mailboxes_absent += !v->boxes[b].exists;
    }
    verify_index(v);
    return 0;
}

static int compare_contents(struct verify *v, struct error *err)
{
    verify_want_candidates(v);
    if (read_all(v, err) < 0)
        return -1;
    verify_claim_contents(v);
    if (verify_read_unsure(v, err) < 0 || verify_judge_rest(v, err) < 0)
        return -1;
    verify_find_doubled(v);
    return 0;
}

/* Whatever the destination holds of these is as good as what the source gave. */
static int judge_doubted(struct verify *v, struct error *err)
{
    for (size_t i = 0; i < v->row_count; i++) {
        struct verify_row *row = &v->rows[i];
        struct ledger_message m;
        if (!row->doubted || row->verdict != VERIFY_AGREED)
            continue;
        if (ledger_find_id(v->ledger, row->id, &m, err) != 1)
            return -1;
        row->verdict = VERIFY_ALTERED;
        row->proof = LEDGER_UNPROVED;
        free(row->why);
        row->why =
            mem_printf("what is there is perhaps not the whole message: %s; run popferry migrate again",
                m.doubt ? m.doubt : "");
    }
    return 0;
}

static int compare_at_level(struct verify *v, struct error *err)
{
    folder_paths_done(&v->paths);
    if (folder_paths_begin(&v->session, v->ledger, v->job_id, &v->paths, err) < 0)
        return -1;
    verify_map(v);
    if (v->level != VERIFY_CONTENT)
        verify_map_nameless(v);
    if (visit_all(v, err) < 0)
        return -1;
    switch (v->level) {
    case VERIFY_CONTENT:
        return compare_contents(v, err);
    case VERIFY_HEADERS:
        verify_claim_headers(v);
        verify_find_doubled(v);
        return 0;
    case VERIFY_COUNT:
        verify_claim_counts(v);
        return 0;
    }
    return error_unhandled(err, "level of verification");
}

static int compare(struct verify *v, struct error *err)
{
    if (compare_at_level(v, err) < 0 || judge_doubted(v, err) < 0)
        return -1;
    return v->level == VERIFY_COUNT ? 0 : verify_check_source(v, err);
}

static int run_session(struct verify *v, struct error *err)
{
    if (patience_login(&v->patience, v->job->from.host, err) < 0)
        return -1;
    v->session_job = *v->job;
    past_sessions_apply(&v->past, &v->session_job);
    int rc = session_open(&v->session, &v->session_job, v->world, DEST_LOOK, err);
    patience_login_began(&v->patience, v->session.login_ms);
    rc = past_sessions_opened(&v->past, &v->session, &v->patience, rc, err);
    if (rc == 0) {
        patience_opened(&v->patience, source_traits(v->session.source)->sign_in_pause_s);
        rc = compare(v, err);
        struct error ignored; /* nothing was changed: a QUIT that fails changes nothing */
        session_sign_off(&v->session, &ignored);
    }
    rc = past_sessions_ended(&v->past, &v->session, &v->patience, rc, err);
    session_close(&v->session);
    return rc;
}

int verify_run(struct verify *v, struct error *err)
{
    int rc;
    while ((rc = run_session(v, err)) < 0 && patience_again(&v->patience, err))
        ;
    if (rc == 0)
        *err = (struct error){0}; /* of a session that was taken up again */
    v->result->reconnects = v->patience.attempts;
    return rc;
}
