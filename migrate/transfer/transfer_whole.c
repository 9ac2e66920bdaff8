#include "transfer.h"

#include "mail_stand_in.h"
#include "mail_structure.h"
#include "mem.h"
#include <stdio.h>

#define PIECE          (64 * 1024)
#define GUESSES        3
#define NOTHING_OCTETS 16 /* what an empty message may be listed as */

static const char ended_early[] =
    "the source ended it too early: more of it came after what seemed to be its end (a line with a single dot "
    "in it, which the server does not mark as it should)";

/* ---- what one message shows by itself ---- */
/* LIST counts some line ends otherwise: a little more or less is no sign. */
static bool differs(uint64_t octets, uint64_t listed)
{
    return (octets < listed ? listed - octets : octets - listed) > listed / 64 + 16;
}

/* On some servers it is a guess: then it is no sign at all. A cut at a fixed size also makes many short ones,
 * but of these most are open, and not counted. */
static bool sizes_are_guesses(const struct transfer *t)
{
    return t->listed_wrong >= GUESSES && t->listed_wrong > t->listed_right / 4;
}

/* -1: the spool cannot be read. */
static int read_structure(struct parcel *p, struct mail_structure_facts *ret, struct error *err)
{
    struct mail_structure *s = mail_structure_new();
    char *piece CLEANUP(mem_free_str) = mem_alloc(PIECE);
    uint64_t offset = 0;
    ssize_t n;
    while ((n = spool_read(p->spool, offset, piece, PIECE, err)) > 0) {
        mail_structure_feed(s, piece, (size_t)n);
        offset += (uint64_t)n;
    }
    mail_structure_finish(s, ret);
    mail_structure_free(s);
    return n < 0 ? -1 : 0;
}

int transfer_flaw(struct parcel *p, char *dst, size_t cap, struct error *err)
{
    uint64_t listed = p->transfer->items[p->item].octets;
    if (mail_is_stand_in(&p->facts, listed)) {
        snprintf(dst, cap,
            "the source cannot give this message: it hands out a note of its own in its place (\"%.120s\")",
            p->facts.subject);
        return 1;
    }
    if (!p->facts.octets && listed > NOTHING_OCTETS) {
        snprintf(dst, cap, "the source lists %llu octets, and gave none; the next run asks for it again",
            (unsigned long long)listed);
        return 1;
    }
    struct mail_structure_facts parts = {0};
    bool other = differs(p->facts.octets, listed), less = p->facts.octets < listed;
    bool look = other && less && !sizes_are_guesses(p->transfer);
    if (look && read_structure(p, &parts, err) < 0)
        return -1;
    p->is_short = look && !parts.open && shortfall_is_one(p->facts.octets, listed, parts.closed);
    if (!parts.open)
        ++*(other ? &p->transfer->listed_wrong : &p->transfer->listed_right);
    else
        snprintf(dst, cap,
            "the source lists %llu octets and ended it after %llu, in a part whose end is missing; the next run "
            "asks for it again",
            (unsigned long long)listed, (unsigned long long)p->facts.octets);
    return parts.open;
}

/* ---- what came after it ---- */
static struct parcel *find_live(struct transfer *t, size_t item)
{
    for (struct parcel *p = t->live; p; p = p->next)
        if (p->item == item)
            return p;
    return NULL;
}

/* The row of a message that is settled: by its key, or because it went through our hands lately. */
static int64_t find_row(struct transfer *t, size_t item)
{
    struct ledger_message m;
    const struct source_item *it = &t->items[item];
    if (it->key)
        return ledger_find_key(t->ledger, t->job, it->key, &m, &t->fatal) == 1 ? m.id : 0;
    for (size_t i = 0; i < TRANSFER_LIVE; i++)
        if (t->gone[i].id && t->gone[i].item == item)
            return t->gone[i].id;
    return 0;
}

/* It may be on its way, or stored, already: the ledger says that it was not the whole message. */
static void on_doubt(void *ctx, size_t item, bool certain)
{
    struct transfer *t = ctx;
    struct parcel *p = find_live(t, item);
    int64_t id = p ? p->row.id : find_row(t, item);
    if (id)
        ledger_doubt(t->ledger, id, ended_early, &t->fatal);
    shortfall_forget(t->task->shortfall, id);
    if (p) {
        p->doubted = t->doubts = true;
        p->is_short = false;
    }
    t->task->blame->guard = true;
    if (certain)
        blame_cut(t->task->blame, &t->items[item]);
    session_keep_source(t->session); /* one that hides what was read must show it again */
}

void transfer_doubt_begin(struct transfer *t)
{
    source_on_doubt(t->session->source, on_doubt, t);
}

void transfer_doubt_end(struct transfer *t)
{
    source_on_doubt(t->session->source, NULL, NULL);
}

static void drop_from(struct transfer *t, struct parcel_queue *q)
{
    struct parcel *next, *all = q->first;
    *q = (struct parcel_queue){0};
    for (struct parcel *p = all; p; p = next) {
        next = p->queue_next;
        if (!p->doubted) {
            transfer_queue_append(q, p);
            continue;
        }
        t->ready_count--;
        t->ready_octets -= p->row.octets_sent;
        parcel_free(p); /* its row is open: the next session asks for it again */
    }
}

void transfer_drop_doubted(struct transfer *t)
{
    if (!t->doubts)
        return;
    drop_from(t, &t->ready);
    drop_from(t, &t->suspects);
    t->doubts = false;
}

const char *transfer_cut_words(void)
{
    return ended_early;
}
