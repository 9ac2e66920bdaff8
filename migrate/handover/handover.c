#include "handover.h"

#include "handover_private.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

static const char *const state_names[HANDOVER_STATES] = {
    [HANDOVER_IN_ORDER] = "in-order",
    [HANDOVER_UNVERIFIED] = "not-verified",
    [HANDOVER_UNFINISHED] = "unfinished",
    [HANDOVER_NO_ACCESS] = "no-access",
    [HANDOVER_NOT_BEGUN] = "not-begun",
    [HANDOVER_DIFFERS] = "differs",
    [HANDOVER_NOT_MOVED] = "not-moved",
    [HANDOVER_UNREADABLE] = "unreadable",
};

const char *handover_state_name(enum handover_state s)
{
    return state_names[s];
}

void handover_init(struct handover *h, const char *customer, const char *prepared_by, const char *program,
    int64_t date_s, int utc_offset_min)
{
    *h = (struct handover){
        .customer = text_clean_dup(customer),
        .prepared_by = text_clean_dup(prepared_by),
        .program = text_clean_dup(program),
        .date_s = date_s,
        .utc_offset_min = utc_offset_min,
    };
}

static void item_done(struct handover_item *i)
{
    char *const strings[] = {i->uidl, i->message_id, i->from, i->subject, i->reason, i->quarantine};
    for (size_t k = 0; k < sizeof strings / sizeof *strings; k++)
        free(strings[k]);
}

static void account_done(struct handover_account *a)
{
    char *const strings[] = {
        a->name, a->source, a->destination, a->folder, a->work_dir, a->migrate.words, a->verify.words};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
    for (size_t i = 0; i < a->item_count; i++)
        item_done(&a->items[i]);
    for (size_t i = 0; i < a->dated_count; i++)
        item_done(&a->dated[i]);
    free(a->items);
    free(a->dated);
}

void handover_cut(struct handover *h, size_t count)
{
    while (h->count > count)
        account_done(&h->accounts[--h->count]);
}

void handover_done(struct handover *h)
{
    handover_cut(h, 0);
    free(h->accounts);
    free(h->customer);
    free(h->prepared_by);
    free(h->program);
    *h = (struct handover){0};
}

/* "taro@example.jp" of "taro@example.jp@pop.example.jp"; a bare user keeps its host. */
static char *name_of(const char *source)
{
    const char *host = strrchr(source, '@');
    bool address = host && memchr(source, '@', (size_t)(host - source));
    return address ? mem_strndup(source, (size_t)(host - source)) : mem_strdup(source);
}

struct handover_account *handover_add(
    struct handover *h, const char *source, const char *destination, const char *folder)
{
    h->accounts = mem_grow(h->accounts, h->count + 1, sizeof *h->accounts);
    struct handover_account *a = &h->accounts[h->count++];
    *a = (struct handover_account){
        .source = text_clean_dup(source),
        .destination = text_clean_dup(destination),
        .folder = text_clean_dup(folder),
        .work_dir = mem_strdup(""),
        .migrate.words = mem_strdup(""),
        .verify.words = mem_strdup(""),
    };
    a->name = name_of(a->source);
    return a;
}

void handover_add_unreadable(struct handover *h, const char *folder, const struct error *why)
{
    const char *last = strrchr(folder, '/');
    struct handover_account *a = handover_add(h, last && last[1] ? last + 1 : folder, "", "");
    free(a->work_dir);
    a->work_dir = text_clean_dup(folder);
    free(a->name);
    a->name = mem_strdup(a->source);
    a->error = *why;
}

/* ---- numbers ---- */
static void add(struct ledger_amount *to, const struct ledger_amount *more)
{
    to->messages += more->messages;
    to->octets += more->octets;
}

struct ledger_amount handover_after(const struct handover_account *a)
{
    struct ledger_amount n = a->copied;
    add(&n, &a->present);
    return n;
}

struct ledger_amount handover_not_moved(const struct handover_account *a)
{
    struct ledger_amount n = a->quarantined;
    add(&n, &a->refused);
    return n;
}

uint64_t handover_proved(const struct handover_account *a)
{
    uint64_t n = 0;
    for (int i = LEDGER_UNPROVED + 1; i < LEDGER_PROOFS; i++)
        n += a->proof[i];
    return n;
}

int64_t handover_unaccounted(const struct handover_account *a)
{
    const struct ledger_amount *const parts[] = {&a->copied, &a->present, &a->duplicates, &a->not_mail,
        &a->quarantined, &a->refused, &a->waiting, &a->left_out, &a->vanished};
    uint64_t n = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        n += parts[i]->messages;
    return (int64_t)(a->before.messages - n);
}

bool handover_seen(const struct handover_account *a)
{
    return !a->error.code && (a->from.known || a->before.messages);
}

bool handover_needs_attention(const struct handover_account *a)
{
    return a->state != HANDOVER_IN_ORDER;
}

/* ---- judgement ---- */
/* 1: done, though some messages were refused; the counts tell of those. */
static bool migration_ended_well(const struct handover_account *a)
{
    return a->migrate.ended_s && (a->migrate.exit_code == 0 || a->migrate.exit_code == 1);
}

static bool verified_since(const struct handover_account *a)
{
    int64_t last = a->migrate.ended_s ? a->migrate.ended_s : a->migrate.started_s;
    return a->verify.ended_s && a->verify.started_s >= last;
}

/* A person must act before it is of use to run it again. */
static bool kept_out(const struct handover_account *a)
{
    const struct handover_run *m = &a->migrate;
    return m->ended_s && (m->exit_code == 3 || m->error == ERROR_NO_HOST);
}

static enum handover_state judge(const struct handover_account *a)
{
    if (a->error.code)
        return HANDOVER_UNREADABLE;
    if (handover_not_moved(a).messages)
        return HANDOVER_NOT_MOVED;
    if (verified_since(a) && a->verify.exit_code == 1 && !a->waiting.messages)
        return HANDOVER_DIFFERS;
    if (kept_out(a))
        return HANDOVER_NO_ACCESS;
    if (!a->migrate.started_s && !handover_after(a).messages)
        return HANDOVER_NOT_BEGUN;
    if (handover_unaccounted(a))
        return HANDOVER_UNFINISHED;
    if (verified_since(a) && a->verify.exit_code == 0 && !a->proof[LEDGER_UNPROVED])
        return HANDOVER_IN_ORDER;
    bool known = a->from.known && a->from.ended;
    return a->waiting.messages || !known || !migration_ended_well(a) ? HANDOVER_UNFINISHED
                                                                     : HANDOVER_UNVERIFIED;
}

static void add_counts(struct handover_account *sum, const struct handover_account *a)
{
#define X(name) add(&sum->name, &a->name);
    LEDGER_BALANCE(X)
#undef X
    for (int i = 0; i < LEDGER_LEFTS; i++)
        add(&sum->from.left[i], &a->from.left[i]);
    for (int i = 0; i < LEDGER_PROOFS; i++)
        sum->proof[i] += a->proof[i];
    sum->dated_now += a->dated_now;
    for (int i = 0; i < LEDGER_CLASSES; i++)
        sum->built[i] += a->built[i];
    sum->swallowed += a->swallowed;
    sum->doubled += a->doubled;
}

static void add_times(struct handover_account *sum, const struct handover_account *a)
{
    if (a->begun_s && (!sum->begun_s || a->begun_s < sum->begun_s))
        sum->begun_s = a->begun_s;
    if (a->migrate.ended_s > sum->migrate.ended_s)
        sum->migrate.ended_s = a->migrate.ended_s;
    if (a->proved_s > sum->proved_s)
        sum->proved_s = a->proved_s;
}

void handover_sum(struct handover *h)
{
    h->sum = (struct handover_account){0};
    memset(h->by_state, 0, sizeof h->by_state);
    h->left_unknown = 0;
    for (size_t i = 0; i < h->count; i++) {
        struct handover_account *a = &h->accounts[i];
        a->state = judge(a);
        h->by_state[a->state]++;
        h->left_unknown += a->state != HANDOVER_NOT_BEGUN && !(a->from.known && a->from.ended);
        add_counts(&h->sum, a);
        add_times(&h->sum, a);
    }
}
