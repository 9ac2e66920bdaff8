#include "past.h"

static bool twin_settled(struct ledger *l, int64_t twin, struct error *err)
{
    struct ledger_message m;
    return ledger_find_id(l, twin, &m, err) == 1 && (m.state == LEDGER_DONE || m.state == LEDGER_PRESENT);
}

enum plan_past past_of(
    struct ledger *l, int64_t job, const struct source_item *item, int64_t *ret_id, struct error *err)
{
    struct ledger_message m;
    *ret_id = 0;
    if (!item->key || ledger_find_key(l, job, item->key, &m, err) != 1)
        return PAST_UNKNOWN;
    *ret_id = m.id;
    if (m.octets_claimed != item->octets)
        return PAST_UNKNOWN;
    switch (m.state) {
    case LEDGER_DONE:
        return PAST_DONE;
    case LEDGER_PRESENT:
        return PAST_PRESENT;
    case LEDGER_DUPLICATE:
        return twin_settled(l, m.twin, err) ? PAST_DUPLICATE : PAST_UNKNOWN;
    case LEDGER_REFUSED:
        return PAST_REFUSED;
    case LEDGER_QUARANTINED:
        return PAST_QUARANTINED;
    case LEDGER_NOT_MAIL:
        return PAST_NOT_MAIL;
    case LEDGER_OPEN:
    case LEDGER_INTENT:
        break;
    }
    return PAST_UNKNOWN;
}

bool past_is_settled(enum plan_past past)
{
    return past == PAST_DONE || past == PAST_PRESENT || past == PAST_DUPLICATE;
}
