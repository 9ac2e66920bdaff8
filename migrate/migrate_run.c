#include "migrate.h"

#include "buf.h"
#include "crash.h"
#include "exit_code.h"
#include "finish.h"
#include "index.h"
#include "late.h"
#include "ledger_late.h"
#include "ledger_source.h"
#include "leftover.h"
#include "maildir.h"
#include "mem.h"
#include "names.h"
#include "open_journal.h"
#include "open_ledger.h"
#include "past_sessions.h"
#include "patience.h"
#include "places.h"
#include "quarantine.h"
#include "reconcile.h"
#include "reuse.h"
#include "session.h"
#include "transfer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the run began with in one mailbox, over all its sessions. */
struct base {
    int64_t mailbox;
    uint32_t uidvalidity;
    struct finish_base finish;
};

struct run {
    const struct job *job;
    const struct world *world;
    struct ledger *ledger;
    int64_t job_id;
    const struct outcome_sink *sink;
    struct journal *journal;
    struct archive *archive;
    struct blame blame;
    struct shortfall shortfall;
    struct patience patience;
    struct past_sessions past;
    uint64_t copies_left;
    int64_t rows_before;  /* of the ledger, when the session began */
    int64_t ended_ms;     /* when the last session ended; 0: this is the first */
    struct hash_set seen; /* keys of the source's messages, over all sessions */
    bool more, shows_part;
    bool probing;              /* looking whether it shows more now */
    bool may_show_part;        /* it does not say so, and lists as many as one that does */
    bool names_trusted;        /* reuse.h: looked at, once a run */
    bool warned, again;        /* again: a session of this run ended before */
    struct transfer_room room; /* in this session */
    struct base *bases;
    size_t base_count;
};

static void note_inventory(const struct session *s, struct outcome *o)
{
    size_t count;
    const struct source_item *items = source_items(s->source, &count);
    o->inventory_taken = true;
    o->messages = count;
    o->unlisted = source_unlisted(s->source);
    for (size_t i = 0; i < count; i++)
        o->octets += items[i].octets;
    o->uids_told = o->end_checked = true;
    o->source_hides = source_traits(s->source)->reading_hides;
}

/* A mailbox that was made anew meanwhile is a new beginning. *ret_known: an earlier session noted it. */
static struct finish_base *note_base(struct run *r, const struct session *s, int64_t mailbox, bool *ret_known)
{
    const struct dest_mailbox *box = dest_mailbox(s->dest);
    struct base *b = NULL;
    for (size_t i = 0; i < r->base_count && !b; i++)
        if (r->bases[i].mailbox == mailbox)
            b = &r->bases[i];
    *ret_known = b && b->uidvalidity == box->epoch;
    if (*ret_known)
        return &b->finish;
    if (!b) {
        r->bases = mem_grow(r->bases, r->base_count + 1, sizeof *r->bases);
        b = &r->bases[r->base_count++];
    }
    *b = (struct base){
        .mailbox = mailbox,
        .uidvalidity = box->epoch,
        .finish = {.first_uid = box->next_id ? box->next_id : 1,
            .messages = box->messages,
            .begun_s = s->begun_s},
    };
    return &b->finish;
}

/* The end of a mailbox; what it has lost since is told by report, too. A mailbox that does not answer keeps
 * what was known of it. */
static int check_end(struct run *r, struct session *s, struct finish *finish, struct ledger_part part,
    const struct finish_base *base, struct outcome *o, struct error *err)
{
    const struct ledger_amount before = {o->gone_since, o->gone_octets};
    uint64_t read = o->mailboxes_read;
    if (finish_check(finish, s, r->ledger, part, base, r->sink, o, err) < 0)
        return -1;
    const struct ledger_amount gone = {o->gone_since - before.messages, o->gone_octets - before.octets};
    return o->mailboxes_read == read ? 0 : ledger_gone_since(r->ledger, part.mailbox, gone, err);
}

static int work_place(struct run *r, struct session *s, const struct place *place, bool last,
    struct outcome *o, struct error *err)
{
    struct ledger_part part = {.job = r->job_id, .mailbox = place->mailbox};
    if (session_enter(s, place->name, DEST_CREATE, err) < 0)
        return -1;
    struct finish finish CLEANUP(finish_done) = {0};
    bool known;
    struct finish_base *base = note_base(r, s, part.mailbox, &known);
    struct transfer_task task = {.part = part,
        .place = place,
        .rows_before = r->rows_before,
        .archive = r->archive,
        .blame = &r->blame,
        .shortfall = &r->shortfall,
        .finish = &finish,
        .room = &r->room,
        .copies_left = &r->copies_left};
    uint64_t recovered = o->recovered, copied = o->copied;
    o->mailboxes++;
    o->folder_created |= dest_mailbox(s->dest)->created;
    o->folder_exists |= dest_mailbox(s->dest)->exists;
    if (reconcile(s, r->ledger, part, o, err) < 0 || index_update(s, r->ledger, part, err) < 0)
        return -1;
    if (known) /* sent by an earlier session of this run: the mailbox did not hold them when it began */
        base->copied += o->recovered - recovered;
    int rc = transfer_run(s, r->ledger, &task, r->sink, o, err);
    base->copied += o->copied - copied;
    base->untold |= !o->uids_told;
    base->last = last && !source_traits(s->source)->reading_hides;
    if (rc == 0 && r->room.none && session_broken(s))
        return 0; /* told by the room's error; what was stored is checked by the next run */
    if (rc == 0)
        rc = late_look(s, r->ledger, part, err);
    return rc < 0 ? -1 : check_end(r, s, &finish, part, base, o, err);
}

/* Before anything is sent anywhere: a message may belong elsewhere by now than when it was on its way. */
static int resolve_intents(
    struct run *r, struct session *s, const struct places *places, struct outcome *o, struct error *err)
{
    for (size_t i = 0; i < places->count; i++) {
        const struct place *place = &places->all[i];
        struct ledger_part part = {.job = r->job_id, .mailbox = place->mailbox};
        uint64_t recovered = o->recovered;
        if (!place->intents || places->count == 1)
            continue;
        if (session_enter(s, place->name, DEST_CREATE, err) < 0)
            return -1;
        bool known;
        struct finish_base *base = note_base(r, s, part.mailbox, &known);
        if (reconcile(s, r->ledger, part, o, err) < 0)
            return -1;
        if (known)
            base->copied += o->recovered - recovered;
    }
    return 0;
}

static void count_settled(struct outcome *o, const struct place *place)
{
    o->done_before += place->count;
    o->mailboxes_unvisited += place->count > 0;
}

/* Does the source list messages that no session of this run has seen? */
static bool shows_more(struct run *r, const struct session *s)
{
    size_t count;
    bool more = false;
    const struct source_item *items = source_items(s->source, &count);
    for (size_t i = 0; i < count; i++) {
        uint8_t digest[SHA256_OCTETS];
        if (!items[i].key)
            continue;
        sha256_bytes(items[i].key, strlen(items[i].key), digest);
        more |= !hash_set_add(&r->seen, digest);
    }
    return more;
}

/* Gmail's view shows 250 to 300; other limits are round. A second look costs a sign-in. */
static bool is_usual_part(uint64_t messages)
{
    return (messages >= 200 && messages <= 400) || (messages && messages % 1000 == 0);
}

static int work(struct run *r, struct session *s, struct outcome *o, struct error *err)
{
    struct places places CLEANUP(places_done) = {0};
    note_inventory(s, o);
    if (o->source_hides && !r->warned)
        log_line(&r->world->log, LOG_WARN,
            "%s hides or deletes what was read as soon as a session ends well (%s). popferry ends it so only when "
            "all that was read is stored; other programs that read there may have hidden mail already",
            s->job->from.host, source_traits(s->source)->hides_words);
    r->warned = true;
    struct ledger_amount all = {o->messages, o->octets};
    if (ledger_forget_unread(r->ledger, r->job_id, err) < 0 ||
        (!r->again && ledger_doubt_unseen(r->ledger, r->job_id, err) < 0) ||
        (r->rows_before = ledger_last_id(r->ledger, err)) < 0 ||
        ledger_source_seen(r->ledger, r->job_id, all, s->begun_s, err) < 0 ||
        ledger_commit(r->ledger, err) < 0)
        return -1;
    journal_inventory(r->journal, o->messages, o->octets);
    r->more |= shows_more(r, s);
    if (r->probing && !r->more) {
        *o = (struct outcome){0}; /* all of it was told of before */
        return 0;
    }
    r->shows_part |= source_traits(s->source)->shows_part;
    r->may_show_part = source_traits(s->source)->can_delete && is_usual_part(o->messages);
    o->uidls_changed = names_changed(s, r->ledger, r->job_id, &r->world->log);
    uint64_t reused;
    if (!r->names_trusted && reuse_look(s, r->ledger, r->job_id, &reused, err) < 0)
        return -1;
    r->names_trusted = true;
    if (places_find(s, r->ledger, r->job_id, PLACES_AS_NEEDED, r->sink, o, &places, err) < 0)
        return -1;
    survey_done(&places.survey);
    size_t last = places.count;
    for (size_t i = 0; i < places.count; i++) {
        if (places.all[i].needed)
            last = i;
        else
            count_settled(o, &places.all[i]);
    }
    if (resolve_intents(r, s, &places, o, err) < 0)
        return -1;
    struct error no_place = {0}; /* one mailbox that cannot be made does not keep the others waiting */
    for (size_t i = 0; i < places.count && !r->room.none; i++) {
        if (!places.all[i].needed ||
            work_place(r, s, &places.all[i], i == last && !no_place.code, o, err) == 0)
            continue;
        if (err->scope != ERROR_SCOPE_FOLDER || err->retry == ERROR_RETRY_LATER || session_broken(s))
            return -1;
        log_line(&r->world->log, LOG_ERROR, "%s", err->text);
        no_place = *err;
    }
    if (!no_place.code && !r->room.error.code)
        return 0;
    *err = r->room.error.code ? r->room.error : no_place;
    return -1;
}

/* Gmail's POP view drops what was read as soon as the session ends well: so it may end well only when all
 * that was read is in safety. */
static void part_from_source(struct session *s, int rc, const struct outcome *o)
{
    if (source_traits(s->source)->reading_hides && (rc < 0 || o->missing || o->not_reached))
        session_keep_source(s);
}

static int run_session(struct run *r, struct outcome *o, struct error *err)
{
    struct session s;
    struct job job = *r->job;
    past_sessions_apply(&r->past, &job);
    job.guard_source = r->blame.guard;
    job.taken_up = r->again;
    r->room = (struct transfer_room){0};
    *o = (struct outcome){0};
    blame_session(&r->blame);
    if (patience_login(&r->patience, job.from.host, err) < 0)
        return -1;
    int rc = session_open(&s, &job, r->world, DEST_CREATE, err);
    patience_login_began(&r->patience, s.login_ms);
    rc = past_sessions_opened(&r->past, &s, &r->patience, rc, err);
    s.before_ended_ms = r->ended_ms;
    if (rc == 0) {
        patience_opened(&r->patience, source_traits(s.source)->sign_in_pause_s);
        rc = work(r, &s, o, err);
        outcome_count_rest(o);
        part_from_source(&s, rc, o);
        struct error ignored; /* nothing was deleted: a QUIT that fails changes nothing */
        session_sign_off(&s, &ignored);
    }
    rc = past_sessions_ended(&r->past, &s, &r->patience, rc, err);
    session_close(&s);
    r->ended_ms = clock_mono_ms(r->world->clock);
    r->again = true;
    return rc;
}

/* ---- again ---- */
static bool settled_more(const struct outcome *now, const struct outcome *before)
{
    return now->copied > before->copied || now->present > before->present ||
           now->duplicates > before->duplicates || now->recovered > before->recovered ||
           now->archived > before->archived;
}

/* Sessions until the work is done or it is no use to try again. */
static int run_sessions(struct run *r, struct outcome *o, struct error *err)
{
    int rc = run_session(r, o, err);
    outcome_lose_missing(o);
    while (rc < 0) {
        struct outcome before = *o;
        size_t cut = r->blame.cut.used;
        if (!patience_again(&r->patience, err))
            return -1;
        rc = run_session(r, o, err);
        outcome_resume(o, &before);
        outcome_lose_missing(o);
        if (settled_more(o, &before) || r->blame.cut.used > cut)
            patience_progress(&r->patience);
    }
    *err = (struct error){0}; /* of a session that was taken up again */
    return o->not_reached ? error_unhandled(err, "messages that are counted nowhere") : 0;
}

static void tell_round(struct run *r, const struct outcome *o)
{
    if (r->shows_part)
        log_line(&r->world->log, LOG_INFO,
            "the source shows part of its mail at a time, and hides what was read: asking for more");
    else
        log_line(&r->world->log, LOG_INFO,
            "the source lists %llu messages, as many as one that shows part of its mail: looking whether there are more now",
            (unsigned long long)o->messages);
}

/* Gmail's POP view shows part of the mail at a time, and hides what was read: asked until nothing new turns
 * up. Others do the same and do not say so. */
static int run_rounds(struct run *r, struct outcome *o, struct error *err)
{
    int rc = run_sessions(r, o, err);
    while (rc == 0 && r->more && (r->shows_part || (r->may_show_part && o->fetched)) && !o->later &&
           !o->missing) {
        struct outcome round;
        tell_round(r, o);
        r->probing = !r->shows_part;
        patience_progress(&r->patience);
        r->base_count = 0;
        r->blame.sent_streak = 0; /* what was condemned may be hidden by now: it stays in quarantine */
        r->more = false;
        rc = run_sessions(r, &round, err);
        r->shows_part |= r->more; /* it does */
        if (r->more || rc < 0)
            outcome_add_round(o, &round);
    }
    return rc;
}

/* ---- the whole ---- */
struct listing {
    struct quarantine_reasons *reasons;
    uint64_t count;
};

static bool add_reason(void *ctx, const struct ledger_message *m)
{
    struct listing *l = ctx;
    l->count++;
    struct quarantine_row row = {
        .path = m->quarantine,
        .uidl = m->key,
        .message_id = m->message_id,
        .from = m->from,
        .subject = m->subject,
        .reason = m->reason,
        .date_s = m->internaldate_s ? m->internaldate_s : MAILDIR_NO_DATE,
        .octets = m->octets_received,
    };
    if (m->quarantine)
        quarantine_reasons_add(l->reasons, &row);
    return true;
}

struct released {
    struct item {
        int64_t id;
        char *path;
    } * items;
    size_t count;
};

static bool add_released(void *ctx, const struct ledger_message *m)
{
    struct released *r = ctx;
    r->items = mem_grow(r->items, r->count + 1, sizeof *r->items);
    r->items[r->count++] = (struct item){.id = m->id, .path = mem_strdup(m->quarantine)};
    return true;
}

/* What the destination took at last, or what was found there, as the ledger says durably: the files in
 * quarantine have done their service. Killed in between, the next run goes on here. */
static int clear_quarantine(const struct run *r, struct error *err)
{
    struct released released = {0};
    int rc = ledger_commit(r->ledger, err);
    if (rc == 0)
        rc = ledger_each_released(r->ledger, r->job_id, add_released, &released, err);
    for (size_t i = 0; i < released.count; i++) {
        const struct item *it = &released.items[i];
        crash_point("before a file leaves quarantine");
        if (rc == 0 && (quarantine_remove(r->job->work_dir, it->path, err) < 0 ||
                           ledger_clear_quarantine(r->ledger, it->id, err) < 0))
            rc = -1;
        free(it->path);
    }
    free(released.items);
    return rc == 0 ? ledger_commit(r->ledger, err) : -1;
}

/* What lies there needs attention, also when the source lists it no more. */
static int list_quarantine(const struct run *r, struct outcome *o, struct error *err)
{
    struct listing l = {.reasons = quarantine_reasons_begin(r->job->work_dir, r->job_id)};
    if (ledger_each_of_job(r->ledger, r->job_id, LEDGER_QUARANTINED, add_reason, &l, err) < 0) {
        quarantine_reasons_free(l.reasons);
        return -1;
    }
    if (l.count > o->quarantined + o->quarantined_now)
        o->quarantined = l.count - o->quarantined_now;
    return quarantine_reasons_end(l.reasons, err);
}

struct telling {
    const struct outcome_sink *sink;
    uint64_t count;
};

static bool tell_doubled(void *ctx, const struct ledger_copy *copy, const struct ledger_message *m)
{
    struct telling *t = ctx;
    struct outcome_message out = outcome_of_row(m);
    char words[400], own[32] = "a UID that was not told";
    if (m->uid)
        snprintf(own, sizeof own, "UID %u", m->uid);
    snprintf(words, sizeof words,
        "stands in the destination twice, under %s and, %s, UID %u%s: its answer was lost, or a NO, it was sent again, and the "
        "server has stored the first one all the same; popferry removes neither: delete one of the two there",
        own, copy->uid > m->uid ? "later" : "earlier", copy->uid,
        copy->same_bytes ? " (the very same bytes)" : "");
    out.verdict = "doubled";
    out.reason = words;
    out.attention = out.doubled = true;
    outcome_tell(t->sink, &out);
    t->count++;
    return true;
}

/* Also of earlier runs, until somebody has removed one of the two. */
static int list_rest(const struct run *r, struct outcome *o, struct error *err)
{
    struct telling t = {.sink = r->sink};
    int rc = ledger_each_doubled(r->ledger, r->job_id, tell_doubled, &t, err);
    o->doubled = t.count;
    if (rc == 0)
        rc = ledger_count_swallowed(r->ledger, r->job_id, &o->swallowed, err);
    return rc;
}

/* What was left, and what is there now. why: with what the run ended, if rc < 0. */
static int note_end(
    const struct run *r, struct outcome *o, int rc, const struct error *why, struct error *err)
{
    static const struct error well;
    struct ledger_amount there;
    if (leftover_note(r->ledger, r->job_id, &r->seen, o, rc < 0 ? why : &well, err) < 0 ||
        ledger_there(r->ledger, r->job_id, &there, err) < 0)
        return -1;
    o->there.messages = there.messages > o->gone_since ? there.messages - o->gone_since : 0;
    o->there.octets = there.octets > o->gone_octets ? there.octets - o->gone_octets : 0;
    return 0;
}

static int run_job(struct run *r, struct outcome *o, struct error *err)
{
    const struct job *job = r->job;
    if (job->archive_dir && !(r->archive = archive_open(job->archive_dir, job->archive_format, err)))
        return -1;
    int doubt = ledger_has_doubt(r->ledger, r->job_id, err);
    r->blame.guard = doubt > 0; /* what is asked for again must be known to be whole this time */
    int rc = doubt < 0 ? -1 : run_rounds(r, o, err);
    struct error late;
    for (unsigned i = 0; rc < 0 && i < r->blame.sent_streak; i++)
        transfer_take_back(r->ledger, job->work_dir, r->blame.sent[i], &late);
    if ((shortfall_judge(&r->shortfall, r->ledger, r->job_id, rc == 0, r->sink, o, &late) < 0 ||
            clear_quarantine(r, &late) < 0 || list_quarantine(r, o, &late) < 0 ||
            list_rest(r, o, &late) < 0 || note_end(r, o, rc, err, &late) < 0) &&
        rc == 0) {
        *err = late;
        rc = -1;
    }
    archive_close(r->archive);
    hash_set_done(&r->seen);
    blame_done(&r->blame);
    shortfall_done(&r->shortfall);
    free(r->bases);
    return rc;
}

/* why: of rc < 0 */
static int exit_code_of_run(int rc, const struct outcome *o, const struct error *why)
{
    if (rc < 0)
        return exit_code_of(why);
    return outcome_is_well(o) ? EXIT_CODE_DONE : EXIT_CODE_ATTENTION;
}

static int record_end(struct ledger *ledger, int64_t run, const struct world *world, int rc,
    const struct outcome *o, const struct error *why, struct error *err)
{
    struct buf words CLEANUP(buf_done) = {0};
    if (rc < 0)
        buf_append_str(&words, why->text);
    else
        buf_printf(&words, "%llu copied, %llu need attention", (unsigned long long)o->copied,
            (unsigned long long)outcome_attention(o));
    if (rc >= 0 && o->filtered)
        buf_printf(&words, ", %llu left out as asked", (unsigned long long)o->filtered);
    if (rc >= 0 && o->later)
        buf_printf(&words, ", %llu left for another run", (unsigned long long)o->later);
    return ledger_run_end(ledger, run, clock_wall_s(world->clock), exit_code_of_run(rc, o, why),
        rc < 0 ? why->code : ERROR_NONE, buf_str(&words), err);
}

static int run_logged(struct run *r, int64_t run_id, struct outcome *o, struct error *err)
{
    struct world world = *r->world;
    r->journal = open_journal(r->job, r->world, r->job_id, run_id, "migrate");
    world.log = journal_log(r->journal, r->world->log);
    r->sink = journal_sink(r->journal, r->sink);
    r->world = &world;
    patience_begin(&r->patience, r->job, r->world);
    int rc = past_sessions_begin(&r->past, r->ledger, r->job, r->world, err);
    if (rc == 0)
        rc = run_job(r, o, err);
    past_sessions_done(&r->past);
    journal_end_run(r->journal, exit_code_of_run(rc, o, err), o, rc < 0 ? err : NULL);
    journal_close(r->journal);
    return rc;
}

int migrate_run(const struct job *job, const struct world *world, const struct outcome_sink *sink,
    struct outcome *ret, struct error *err)
{
    struct ledger *ledger;
    int64_t job_id, begun_ms = clock_mono_ms(world->clock);
    *ret = (struct outcome){0};
    if (open_ledger(job, &ledger, &job_id, err) < 0)
        return -1;
    int64_t run = ledger_run_begin(ledger, job_id, "migrate", clock_wall_s(world->clock), err);
    struct run r = {.job = job,
        .world = world,
        .ledger = ledger,
        .job_id = job_id,
        .sink = sink,
        .copies_left = job->limit};
    int rc = run < 0 ? -1 : run_logged(&r, run, ret, err);
    ret->elapsed_ms = clock_mono_ms(world->clock) - begun_ms;
    struct error late;
    if (run >= 0 && record_end(ledger, run, world, rc, ret, err, &late) < 0 && rc == 0) {
        *err = late;
        rc = -1;
    }
    ledger_close(ledger);
    return rc;
}
