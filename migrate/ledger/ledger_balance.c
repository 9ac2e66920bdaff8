#include "ledger_balance.h"

static struct ledger_amount plus(struct ledger_amount a, struct ledger_amount b)
{
    return (struct ledger_amount){a.messages + b.messages, a.octets + b.octets};
}

static struct ledger_amount less(struct ledger_amount a, struct ledger_amount b)
{
    if (a.messages <= b.messages)
        return (struct ledger_amount){0};
    return (struct ledger_amount){a.messages - b.messages, a.octets > b.octets ? a.octets - b.octets : 0};
}

static struct ledger_amount of_state(const struct ledger_totals *t, enum ledger_state s)
{
    return (struct ledger_amount){t->count[s], t->octets[s]};
}

struct ledger_balance ledger_balance_of(const struct ledger_totals *t, const struct ledger_source *s)
{
    const struct ledger_amount open = plus(of_state(t, LEDGER_OPEN), of_state(t, LEDGER_INTENT));
    struct ledger_balance b = {
        .copied = of_state(t, LEDGER_DONE),
        .present = of_state(t, LEDGER_PRESENT),
        .duplicates = plus(of_state(t, LEDGER_DUPLICATE), s->unnamed),
        .not_mail = of_state(t, LEDGER_NOT_MAIL),
        .quarantined = of_state(t, LEDGER_QUARANTINED),
        .refused = of_state(t, LEDGER_REFUSED),
        .waiting = ledger_source_waiting(s),
        .left_out = ledger_source_left_out(s),
        .vanished = s->vanished,
        .deleted = {t->deleted, t->deleted_octets},
        .gone_since = {t->gone_since, t->gone_octets},
    };
    /* Rows that are not settled are among what was left, but for what was seen since then. */
    const struct ledger_amount left = plus(plus(b.waiting, b.left_out), b.vanished);
    b.waiting = plus(b.waiting, less(open, left));
    const struct ledger_amount all = {t->messages, t->octets_claimed};
    b.before = plus(plus(less(all, open), s->unnamed), plus(plus(b.waiting, b.left_out), b.vanished));
    return b;
}

void ledger_balance_add(struct ledger_balance *to, const struct ledger_balance *more)
{
#define X(name) to->name = plus(to->name, more->name);
    LEDGER_BALANCE(X)
#undef X
}

int64_t ledger_balance_unaccounted(const struct ledger_balance *b)
{
    uint64_t n = b->copied.messages + b->present.messages + b->duplicates.messages + b->not_mail.messages +
                 b->quarantined.messages + b->refused.messages + b->waiting.messages + b->left_out.messages +
                 b->vanished.messages;
    return (int64_t)(b->before.messages - n);
}
