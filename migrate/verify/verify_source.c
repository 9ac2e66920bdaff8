#include "verify.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define FETCHES 20 /* RETRs asked for at once */

/* What is to be read again from the source, and what for. */
struct task {
    struct verify *v;
    uint32_t item; /* VERIFY_NONE: not there any more */
    uint32_t row, box;
    struct verify_entry *entry;
    struct verify_news *news;
    bool begun, header_alone;
};

typedef void got_fn(struct task *t, const struct verify_content *ours);

struct fetching {
    struct verify *v;
    struct task *tasks;
    size_t count, next, under_way;
    got_fn *got;
};

struct answer {
    struct fetching *f;
    struct task *task;
};

static void submit(struct fetching *f);
static void ask(struct fetching *f, struct task *task);

static void begin_ours(struct task *t)
{
    struct verify *v = t->v;
    verify_scan_begin(v->source_scan, t->header_alone ? 0 : VERIFY_SCAN_PARTS);
    if (!t->news)
        verify_scan_mended(v->source_scan, v->rows[t->row].mended);
    t->begun = true;
}

/* Its header is that of what was copied. */
static bool is_as_sent(const struct task *t, const struct verify_content *ours)
{
    const struct verify_row *row = &t->v->rows[t->row];
    if (sha256_is_set(row->fields))
        return !memcmp(row->fields, ours->header_fields, SHA256_OCTETS);
    return !row->mended && !memcmp(row->header, ours->header, SHA256_OCTETS);
}

/* RETRs are answered one after the other: one scanner serves all. */
static void on_data(void *ctx, const void *data, size_t len)
{
    struct answer *a = ctx;
    if (!a->task->begun)
        begin_ours(a->task);
    verify_scan_feed(a->f->v->source_scan, data, len);
}

static void on_fetched(void *ctx, const struct error *error)
{
    struct answer *a = ctx;
    struct fetching *f = a->f;
    struct task *task = a->task;
    free(a);
    f->under_way--;
    if (error && error->scope != ERROR_SCOPE_MESSAGE) {
        if (!f->v->error.code)
            f->v->error = *error;
        return;
    }
    struct verify_content ours;
    if (!task->begun)
        begin_ours(task);
    verify_scan_finish(f->v->source_scan, &ours);
    if (task->header_alone && (error || !is_as_sent(task, &ours))) {
        task->header_alone = false; /* some servers cut a header short, or refuse TOP */
        ask(f, task);
        return;
    }
    f->got(task, error ? NULL : &ours);
    patience_progress(&f->v->patience);
    submit(f);
}

static void ask(struct fetching *f, struct task *task)
{
    struct source *source = f->v->session.source;
    struct answer *a = mem_alloc(sizeof *a);
    *a = (struct answer){.f = f, .task = task};
    task->begun = false;
    f->under_way++;
    if (task->header_alone)
        source_fetch_header(source, task->item, on_data, on_fetched, a);
    else
        source_fetch(source, task->item, on_data, on_fetched, a);
}

static void submit(struct fetching *f)
{
    for (; f->next < f->count && f->under_way < FETCHES; f->next++) {
        struct task *task = &f->tasks[f->next];
        if (task->item == VERIFY_NONE)
            continue;
        ask(f, task);
    }
}

static bool fetched(void *ctx)
{
    return !((struct fetching *)ctx)->under_way;
}

/* got is called for each task; tasks whose message the source does not give get NULL. */
static int fetch_all(struct verify *v, struct task *tasks, size_t count, got_fn *got, struct error *err)
{
    struct fetching f = {.v = v, .tasks = tasks, .count = count, .got = got};
    v->error = (struct error){0};
    if (source_traits(v->session.source)->reading_hides)
        session_keep_source(&v->session);
    for (size_t i = 0; i < count; i++)
        if (tasks[i].item == VERIFY_NONE)
            got(&tasks[i], NULL);
    submit(&f);
    if (session_wait(&v->session, fetched, &f, err) < 0)
        return -1;
    if (!v->error.code)
        return 0;
    *err = v->error;
    if (err->scope != ERROR_SCOPE_RUN) /* not the ledger's */
        error_prefix(err, "%s", link_name(&v->session.source_link));
    return -1;
}

/* ---- messages that only their content makes known ---- */
/* One whose size has changed is still the same message if its content is that of its own row. */
static void compare_resized(struct verify *v, struct verify_news *news, const struct verify_content *ours)
{
    struct verify_row *row = verify_row_of_key(v, news->key);
    struct ledger_message m;
    if (!row || ledger_find_id(v->ledger, row->id, &m, &v->error) != 1 ||
        memcmp(m.fingerprint, ours->print, SHA256_OCTETS) != 0)
        return;
    verify_adopt(v, news, row);
    ledger_note_octets(v->ledger, row->id, news->octets, &v->error);
}

#define SAME_CONTENT_MAX 64

/* A row of this content that no other message of the source has taken, if there is one: it may lie in several
 * folders, and go into as many mailboxes. */
static struct verify_row *row_of_content(struct verify *v, size_t item, const uint8_t print[SHA256_OCTETS])
{
    int64_t ids[SAME_CONTENT_MAX];
    size_t count;
    struct verify_row *first = NULL;
    if (ledger_ids_of_content(v->ledger, v->job_id, print, ids, SAME_CONTENT_MAX, &count, &v->error) < 0)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        struct verify_row *row = verify_find_row(v, ids[i]);
        if (!row || !verify_goes_home(v, item, row))
            continue;
        if (row->item == VERIFY_NONE)
            return row;
        first = first ? first : row;
    }
    return first;
}

static void on_unsure(struct task *t, const struct verify_content *ours)
{
    struct verify *v = t->v;
    if (!ours) {
        t->news->why = "the source does not give it out";
        return;
    }
    if (t->news->resized) {
        compare_resized(v, t->news, ours);
        return;
    }
    struct verify_row *row = row_of_content(v, t->item, ours->print);
    if (row)
        verify_adopt(v, t->news, row);
}

static size_t list_unsure(struct verify *v, struct task *tasks)
{
    size_t n = 0;
    for (size_t i = 0; i < v->news_count; i++) {
        struct verify_news *news = &v->news[i];
        if ((!news->nameless && !news->resized) || news->verdict != VERIFY_PENDING)
            continue;
        if (tasks)
            tasks[n] = (struct task){.v = v, .item = news->item, .news = news};
        n++;
    }
    return n;
}

int verify_read_unsure(struct verify *v, struct error *err)
{
    size_t count = list_unsure(v, NULL);
    if (!count)
        return 0;
    session_phase(&v->session, "reading what the source gives no UIDL or another size");
    struct task *tasks = mem_array(count, sizeof *tasks);
    list_unsure(v, tasks);
    int rc = fetch_all(v, tasks, count, on_unsure, err);
    free(tasks);
    return rc;
}

/* ---- what came back other than it was sent ---- */
static void on_ours(struct task *t, const struct verify_content *ours)
{
    struct verify *v = t->v;
    struct verify_row *row = &v->rows[t->row];
    const struct verify_content *theirs = t->entry->content;
    struct ledger_message m;
    if (!theirs) {
        verify_settle(v, row, t->entry, t->box, VERIFY_ALTERED, LEDGER_UNPROVED,
            mem_strdup("the destination lists it, but does not give out its content"));
        return;
    }
    if (ledger_find_id(v->ledger, row->id, &m, &v->error) != 1)
        return;
    if (ours && !t->header_alone && memcmp(ours->print, m.fingerprint, SHA256_OCTETS) != 0)
        ours = NULL; /* not any more what was copied: verify_check_source says so */
    row->same_source = ours != NULL;
    struct verify_pair pair = {.row = row,
        .sent = &m,
        .ours = ours,
        .fields = ours ? verify_scan_fields(v->source_scan) : NULL,
        .theirs = theirs,
        .header_alone = ours && t->header_alone};
    struct verify_judgement j = verify_judge(&pair);
    if (j.proof == LEDGER_PROOF_CONTENT && !row->mended && !sha256_is_set(row->fields)) {
        memcpy(row->fields, ours->header_fields, SHA256_OCTETS);
        row->learned = true;
    }
    verify_settle(v, row, t->entry, t->box, j.verdict, j.proof, j.why);
}

/* Reserved by a session that broke before they were judged. */
static void give_back_entries(struct verify *v)
{
    for (size_t b = 0; b < v->box_count; b++)
        for (size_t i = 0; i < v->boxes[b].count; i++) {
            struct verify_entry *e = &v->boxes[b].entries[i];
            if (e->claimed && !e->doubled && verify_is_open(&v->rows[e->row]))
                e->claimed = false;
        }
}

/* Each open row with its likeliest entry, which no other can have then. */
static size_t pair_up(struct verify *v, struct task *tasks)
{
    size_t n = 0;
    for (size_t i = 0; i < v->row_count; i++) {
        struct verify_row *row = &v->rows[i];
        uint32_t box;
        if (!verify_is_open(row))
            continue;
        struct verify_entry *e = verify_likeliest(v, row, &box);
        if (!e) {
            verify_settle(v, row, NULL, 0, VERIFY_MISSING, LEDGER_UNPROVED, NULL);
            continue;
        }
        e->row = (uint32_t)i;
        e->claimed = true;
        bool same_body = e->content && !memcmp(e->content->print, row->print, SHA256_OCTETS);
        e->want = !e->unreadable &&
                  (!e->content || (row->item != VERIFY_NONE && !e->content->parts_known && !same_body));
        tasks[n++] = (struct task){.v = v,
            .item = row->item,
            .row = (uint32_t)i,
            .box = box,
            .entry = e,
            .header_alone = same_body && source_traits(v->session.source)->can_header};
    }
    return n;
}

static size_t count_open(const struct verify *v)
{
    size_t n = 0;
    for (size_t i = 0; i < v->row_count; i++)
        n += verify_is_open(&v->rows[i]);
    return n;
}

int verify_judge_rest(struct verify *v, struct error *err)
{
    size_t open = count_open(v), count;
    if (!open)
        return 0;
    give_back_entries(v);
    struct task *tasks = mem_array(open, sizeof *tasks);
    count = pair_up(v, tasks);
    int rc = 0;
    v->rewritten = true;
    for (uint32_t b = 0; b < v->box_count && rc == 0; b++)
        rc = verify_read(v, b, err);
    if (rc == 0)
        rc = fetch_all(v, tasks, count, on_ours, err);
    free(tasks);
    return rc;
}
