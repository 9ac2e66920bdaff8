#include "past.h"

#include <string.h>

/* Its twin is where it should be, and still of its content: the twin's name may have gone to other mail. */
static bool twin_settled(
    struct ledger *l, int64_t twin, const uint8_t fingerprint[SHA256_OCTETS], struct error *err)
{
    struct ledger_message m;
    return ledger_find_id(l, twin, &m, err) == 1 && (m.state == LEDGER_DONE || m.state == LEDGER_PRESENT) &&
           !memcmp(m.fingerprint, fingerprint, SHA256_OCTETS);
}

enum plan_past past_of(
    struct ledger *l, int64_t job, const struct source_item *item, int64_t *ret_id, struct error *err)
{
    struct ledger_message m;
    uint8_t fingerprint[SHA256_OCTETS];
    *ret_id = 0;
    if (!item->key || ledger_find_key(l, job, item->key, &m, err) != 1)
        return PAST_UNKNOWN;
    *ret_id = m.id;
    if (m.octets_claimed != item->octets || m.doubt)
        return PAST_UNKNOWN;
    switch (m.state) {
    case LEDGER_DONE:
        return PAST_DONE;
    case LEDGER_PRESENT:
        return PAST_PRESENT;
    case LEDGER_DUPLICATE:
        memcpy(fingerprint, m.fingerprint, SHA256_OCTETS);
        return twin_settled(l, m.twin, fingerprint, err) ? PAST_DUPLICATE : PAST_UNKNOWN;
    case LEDGER_REFUSED:
        return PAST_REFUSED;
    case LEDGER_QUARANTINED:
        return PAST_QUARANTINED;
    case LEDGER_NOT_MAIL:
        return PAST_NOT_MAIL;
    case LEDGER_INTENT:
        return m.reason ? PAST_IN_DOUBT : PAST_UNKNOWN;
    case LEDGER_OPEN:
        break;
    }
    return PAST_UNKNOWN;
}

bool past_is_settled(enum plan_past past)
{
    return past == PAST_DONE || past == PAST_PRESENT || past == PAST_DUPLICATE;
}
