#include "leftover.h"

#include "ledger_source.h"
#include <string.h>

static struct ledger_amount less(struct ledger_amount a, struct ledger_amount b)
{
    if (a.messages <= b.messages)
        return (struct ledger_amount){0};
    return (struct ledger_amount){a.messages - b.messages, a.octets > b.octets ? a.octets - b.octets : 0};
}

static void add(struct ledger_amount *to, struct ledger_amount more)
{
    to->messages += more.messages;
    to->octets += more.octets;
}

static bool left_any(const struct outcome *o)
{
    uint64_t n = o->not_reached + o->missing;
    for (int i = 0; i < LEDGER_LEFTS; i++)
        n += o->left[i].messages;
    return n;
}

/* Settled by earlier runs, and the run ended before it came to them. */
static void correct(struct outcome *o, const struct ledger_on_source *on)
{
    uint64_t there = on->by_state[LEDGER_DONE].messages + on->by_state[LEDGER_PRESENT].messages +
                     on->by_state[LEDGER_DUPLICATE].messages;
    uint64_t told = o->copied + o->done_before + o->present + o->duplicates;
    uint64_t more = there > told ? there - told : 0;
    more = more < o->not_reached ? more : o->not_reached;
    o->done_before += more;
    o->not_reached -= more;
}

static struct ledger_amount settled(const struct ledger_on_source *on)
{
    struct ledger_amount n = {0};
    for (int i = 0; i < LEDGER_STATES; i++)
        if (i != LEDGER_OPEN && i != LEDGER_INTENT)
            add(&n, on->by_state[i]);
    return n;
}

/* What is neither settled nor left for a reason that is known already. Messages of the same content as
 * others, to which the source gives no name, have no row: so no more than the run says it did not reach. */
static void divide_rest(struct ledger_source *s, const struct ledger_on_source *on, const struct outcome *o,
    const struct error *why)
{
    s->left[LEDGER_LEFT_DROPPED] = (struct ledger_amount){o->missing, o->missing_octets};
    struct ledger_amount rest = less(s->all, settled(on)), waiting = ledger_source_waiting(s);
    rest = less(less(rest, ledger_source_left_out(s)), waiting);
    if (o->untold_missing) { /* which of them is not there is not known: all are looked for again */
        add(&s->left[LEDGER_LEFT_DROPPED], rest);
        return;
    }
    if (rest.messages > o->not_reached)
        rest = (struct ledger_amount){o->not_reached, o->not_reached ? rest.octets : 0};
    add(&s->left[why->code == ERROR_FULL ? LEDGER_LEFT_FULL : LEDGER_LEFT_INTERRUPTED], rest);
}

int leftover_note(struct ledger *l, int64_t job, const struct hash_set *keys, struct outcome *o,
    const struct error *why, struct error *err)
{
    struct ledger_source s = {.all = {o->messages, o->octets}};
    struct ledger_on_source on;
    bool any = left_any(o);
    if (!o->inventory_taken)
        return 0;
    if (ledger_on_source(l, job, keys, any, &on, err) < 0)
        return -1;
    s.vanished = on.elsewhere;
    memcpy(s.left, o->left, sizeof s.left);
    if (any) {
        correct(o, &on);
        divide_rest(&s, &on, o, why);
        memcpy(o->left, s.left, sizeof o->left);
    }
    return ledger_source_left(l, job, &s, err);
}
