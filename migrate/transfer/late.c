#include "late.h"

#include "answers.h"
#include "content.h"
#include "dest_ids.h"
#include "identity.h"
#include "index.h"
#include "ledger_late.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define SETTLED_LONG_AGO_S 600  /* no server works on for so long */
#define WAIT_S             4    /* as long as reconcile.c has waited */
#define LOOK_AGAIN_MS      1000 /* then twice that */

/* A message of the destination that may be one of them once more. */
struct late_row {
    uint32_t uid;
    size_t expected;
    bool read, same; /* same: it is, by its content */
    bool there;      /* it could be read */
    uint8_t sha256[SHA256_OCTETS];
};

struct late_own {
    bool read, there;
    uint8_t sha256[SHA256_OCTETS], fingerprint[SHA256_OCTETS]; /* of what stands under its UID */
};

struct late {
    struct session *session;
    struct ledger *ledger;
    struct ledger_part part;
    struct mail_scan *scan;
    struct content_reader *contents;
    struct ledger_late *expected;
    struct late_own *own; /* of each */
    size_t count;
    struct late_row *rows;
    size_t row_count;
    struct known {
        struct ledger_copy copy;
        uint32_t own_uid;
        bool there;
    } * known; /* doubled, as found before */
    size_t known_count;
    size_t waiting; /* answers */
    int64_t until_ms;
    struct error error;
};

/* ---- what there is to look for ---- */
static void add_expected(void *ctx, const struct ledger_late *late)
{
    struct late *u = ctx;
    u->expected = mem_grow(u->expected, u->count + 1, sizeof *u->expected);
    u->expected[u->count++] = *late;
}

static bool add_known(void *ctx, const struct ledger_copy *copy, const struct ledger_message *m)
{
    struct late *u = ctx;
    if (copy->mailbox != u->part.mailbox)
        return true;
    u->known = mem_grow(u->known, u->known_count + 1, sizeof *u->known);
    u->known[u->known_count++] = (struct known){.copy = *copy, .own_uid = m->uid};
    return true;
}

static int64_t now_s(const struct late *u)
{
    return clock_wall_s(u->session->world->clock);
}

static bool is_there(const struct ledger_late *e)
{
    return e->state == LEDGER_DONE || e->state == LEDGER_PRESENT;
}

static bool same_validity(const struct late *u, uint32_t uidvalidity)
{
    return uidvalidity == dest_mailbox(u->session->dest)->epoch;
}

/* To a mailbox that was made anew nothing comes of what was sent to the one before. */
static int forget_gone(struct late *u, struct error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < u->count; i++) {
        if (same_validity(u, u->expected[i].uidvalidity))
            u->expected[n++] = u->expected[i];
        else if (ledger_late_forget(u->ledger, u->expected[i].id, err) < 0)
            return -1;
    }
    u->count = n;
    n = 0;
    for (size_t i = 0; i < u->known_count; i++) {
        if (same_validity(u, u->known[i].copy.uidvalidity))
            u->known[n++] = u->known[i];
        else if (ledger_undoubled(u->ledger, &u->known[i].copy, err) < 0)
            return -1;
    }
    u->known_count = n;
    return 0;
}

static uint32_t lowest(const struct late *u)
{
    uint32_t lowest = UINT32_MAX;
    for (size_t i = 0; i < u->count; i++)
        lowest = u->expected[i].floor_uid < lowest ? u->expected[i].floor_uid : lowest;
    for (size_t i = 0; i < u->known_count; i++)
        lowest = u->known[i].copy.uid < lowest ? u->known[i].copy.uid : lowest;
    return lowest ? lowest : 1;
}

/* ---- what is there ---- */
/* Its identity; or, where a server has altered that, its date and size, which we gave. */
static bool resembles(
    const struct ledger_late *e, const struct dest_row *row, const uint8_t ident[SHA256_OCTETS])
{
    if (!is_there(e) || row->id < e->floor_uid || (e->uid && row->id == e->uid))
        return false;
    return !memcmp(e->ident, ident, SHA256_OCTETS) ||
           (row->octets == e->octets_sent && row->date_s == e->internaldate_s);
}

static void add_row(struct late *u, uint32_t uid, size_t expected)
{
    for (size_t i = 0; i < u->row_count; i++)
        if (u->rows[i].uid == uid && u->rows[i].expected == expected)
            return;
    u->rows = mem_grow(u->rows, u->row_count + 1, sizeof *u->rows);
    u->rows[u->row_count++] = (struct late_row){.uid = uid, .expected = expected};
}

static void on_row(void *ctx, const struct dest_row *row)
{
    struct late *u = ctx;
    struct mail_facts facts CLEANUP(mail_facts_done) = {0};
    uint8_t ident[SHA256_OCTETS];
    index_scan_header(u->scan, row, &facts);
    identity_of(&facts, ident);
    for (size_t i = 0; i < u->count; i++)
        if (resembles(&u->expected[i], row, ident))
            add_row(u, row->id, i);
    for (size_t i = 0; i < u->known_count; i++)
        u->known[i].there |= u->known[i].copy.uid == row->id;
}

static void on_answer(void *ctx, const struct error *error)
{
    struct late *u = ctx;
    u->waiting--;
    if (error && !u->error.code)
        u->error = *error;
}

static int wait_answers(struct late *u, struct error *err)
{
    return answers_wait(u->session, u->contents, &u->waiting, &u->error, err);
}

/* As finish.c: some show only what they have announced. */
static int show_news(struct late *u, struct error *err)
{
    u->waiting++;
    dest_refresh(u->session->dest, on_answer, u);
    return wait_answers(u, err);
}

static void move_own(struct late *u, const struct ledger_copy *copy)
{
    for (size_t i = 0; i < u->count; i++)
        if (u->expected[i].id == copy->id)
            u->expected[i].uid = copy->uid;
}

/* What was found before, and one of the two is gone. */
static int settle_known(struct late *u, const struct dest_listing *r, struct error *err)
{
    size_t n = 0;
    for (size_t i = 0; i < u->known_count; i++) {
        struct known *k = &u->known[i];
        uint32_t uid = k->copy.uid;
        bool searched = r->searched && r->there_count;
        bool there = k->there || (searched && dest_ids_have(r->there, r->there_count, uid));
        bool own = !searched || !k->own_uid || dest_ids_have(r->there, r->there_count, k->own_uid);
        if (there && own)
            u->known[n++] = *k;
        else if ((there ? ledger_double_counts : ledger_undoubled)(u->ledger, &k->copy, err) < 0)
            return -1;
        else if (there)
            move_own(u, &k->copy);
    }
    u->known_count = n;
    return 0;
}

static int read_news(struct late *u, struct error *err)
{
    uint32_t first = lowest(u), *own CLEANUP(index_free_uids) = NULL;
    size_t own_count;
    if (show_news(u, err) < 0)
        return -1;
    if (ledger_settled_uids(u->ledger, u->part.mailbox, dest_mailbox(u->session->dest)->epoch, first, &own,
            &own_count, err) < 0)
        return -1;
    struct dest_listing r = {
        .headers = true, .first = first, .known = own, .known_count = own_count, .row = on_row, .ctx = u};
    int rc = session_list(u->session, &r, err);
    if (rc == 0)
        rc = settle_known(u, &r, err);
    dest_listing_done(&r);
    return rc;
}

/* ---- is it the same? ---- */
static void on_content(
    void *ctx, uint32_t uid, bool found, const struct mail_facts *facts, const struct error *error)
{
    struct late *u = ctx;
    if (error && !u->error.code)
        u->error = *error;
    for (size_t i = 0; i < u->row_count && found; i++)
        if (u->rows[i].uid == uid) {
            const struct ledger_late *e = &u->expected[u->rows[i].expected];
            u->rows[i].there = true;
            u->rows[i].same = !memcmp(facts->fingerprint, e->fingerprint, SHA256_OCTETS) ||
                              !memcmp(facts->fingerprint, e->received, SHA256_OCTETS);
            memcpy(u->rows[i].sha256, facts->sha256, SHA256_OCTETS);
        }
    for (size_t i = 0; i < u->count && found; i++)
        if (u->expected[i].uid == uid) {
            u->own[i].there = true;
            memcpy(u->own[i].sha256, facts->sha256, SHA256_OCTETS);
        }
}

static int read_contents(struct late *u, struct error *err)
{
    for (size_t i = 0; i < u->row_count; i++) {
        struct late_row *row = &u->rows[i];
        struct late_own *own = &u->own[row->expected];
        uint32_t uid = u->expected[row->expected].uid;
        if (!row->read)
            content_read(u->contents, row->uid, on_content, u);
        if (!own->read && uid)
            content_read(u->contents, uid, on_content, u);
        row->read = own->read = true;
    }
    content_reader_go(u->contents);
    return wait_answers(u, err);
}

static bool same_bytes(const struct late *u, const struct late_row *row)
{
    const struct late_own *own = &u->own[row->expected];
    return row->there && own->there && !memcmp(row->sha256, own->sha256, SHA256_OCTETS);
}

/* Where UIDs are not told, the first of them is the message itself. */
static bool is_own(const struct late *u, const struct late_row *row)
{
    if (u->expected[row->expected].uid)
        return false;
    for (size_t i = 0; i < u->row_count; i++)
        if (u->rows[i].expected == row->expected && u->rows[i].same && u->rows[i].uid < row->uid)
            return false;
    return true;
}

static int record(struct late *u, struct error *err)
{
    for (size_t i = 0; i < u->row_count; i++) {
        const struct late_row *row = &u->rows[i];
        struct ledger_copy copy = {.id = u->expected[row->expected].id,
            .mailbox = u->part.mailbox,
            .uidvalidity = dest_mailbox(u->session->dest)->epoch,
            .uid = row->uid,
            .same_bytes = same_bytes(u, row)};
        if ((!row->same && !copy.same_bytes) || is_own(u, row) || copy.uid == u->expected[row->expected].uid)
            continue;
        if (ledger_doubled(u->ledger, &copy, now_s(u), err) < 0)
            return -1;
    }
    return 0;
}

static int look(struct late *u, struct error *err)
{
    if (read_news(u, err) < 0 || (u->row_count && read_contents(u, err) < 0))
        return -1;
    return record(u, err);
}

/* ---- the time it may need ---- */
static bool was_long_ago(const struct ledger_late *e, int64_t at_s)
{
    return at_s - e->sent_s > SETTLED_LONG_AGO_S || e->sent_s > at_s;
}

static int64_t wait_ms(const struct late *u)
{
    int64_t longest_s = 0;
    for (size_t i = 0; i < u->count; i++) {
        const struct ledger_late *e = &u->expected[i];
        int64_t left_s = e->given_up_s + WAIT_S - now_s(u);
        if (is_there(e) && !was_long_ago(e, e->given_up_s) && left_s > longest_s)
            longest_s = left_s;
    }
    return (longest_s < WAIT_S ? longest_s : WAIT_S) * 1000;
}

static bool time_is_up(void *ctx)
{
    const struct late *u = ctx;
    return clock_mono_ms(u->session->world->clock) >= u->until_ms;
}

static int look_until_settled(struct late *u, struct error *err)
{
    int64_t left = wait_ms(u), pause = LOOK_AGAIN_MS;
    if (look(u, err) < 0)
        return -1;
    if (left > 0)
        session_phase(u->session, "looking whether what was sent again arrives twice");
    for (; left > 0; left -= pause, pause *= 2) {
        u->until_ms = clock_mono_ms(u->session->world->clock) + (pause < left ? pause : left);
        if (session_run_until(u->session, time_is_up, u, err) < 0 || look(u, err) < 0)
            return -1;
    }
    return 0;
}

static int forget_settled(struct late *u, struct error *err)
{
    for (size_t i = 0; i < u->count; i++)
        if (was_long_ago(&u->expected[i], now_s(u)) &&
            ledger_late_forget(u->ledger, u->expected[i].id, err) < 0)
            return -1;
    return 0;
}

static int work(struct late *u, struct error *err)
{
    if (ledger_each_late(u->ledger, u->part.mailbox, add_expected, u, err) < 0 ||
        ledger_each_doubled(u->ledger, u->part.job, add_known, u, err) < 0 || forget_gone(u, err) < 0)
        return -1;
    if (!u->count && !u->known_count)
        return 0;
    u->own = mem_array(u->count ? u->count : 1, sizeof *u->own);
    u->scan = mail_scan_new();
    u->contents = content_reader_new(u->session->dest);
    session_phase(u->session, "checking the destination");
    int rc = look_until_settled(u, err);
    if (rc == 0)
        rc = forget_settled(u, err);
    mail_scan_free(u->scan);
    content_reader_free(u->contents);
    return rc < 0 ? -1 : ledger_commit(u->ledger, err);
}

int late_look(struct session *s, struct ledger *ledger, struct ledger_part part, struct error *err)
{
    struct late u = {.session = s, .ledger = ledger, .part = part};
    int rc = dest_mailbox(s->dest)->exists ? work(&u, err) : 0;
    free(u.expected);
    free(u.own);
    free(u.rows);
    free(u.known);
    return rc;
}
