#include "names.h"

bool names_differ(uint64_t settled, uint64_t listed, uint64_t known)
{
    return settled >= NAMES_ENOUGH && listed >= settled / 2 && known < settled / 2;
}

bool names_changed(const struct session *s, struct ledger *ledger, int64_t job, const struct log *log)
{
    uint64_t settled, known = 0;
    size_t count;
    struct error ignored; /* a ledger that cannot be read fails soon enough elsewhere */
    const struct source_item *items = source_items(s->source, &count);
    if (ledger_count_named(ledger, job, &settled, &ignored) < 0 || settled < NAMES_ENOUGH)
        return false;
    for (size_t i = 0; i < count && known < settled / 2; i++) {
        struct ledger_message m;
        known += items[i].key && ledger_find_key(ledger, job, items[i].key, &m, &ignored) == 1 &&
                 (m.state == LEDGER_DONE || m.state == LEDGER_PRESENT || m.state == LEDGER_DUPLICATE);
    }
    if (!names_differ(settled, count, known))
        return false;
    log_line(log, LOG_WARN,
        "the source has given its messages new names (UIDLs) since the last run, or other mail has taken their "
        "place: %llu of the %llu "
        "settled ones are still known. They are read again and compared by content; nothing is copied twice, and nothing is deleted "
        "meanwhile",
        (unsigned long long)known, (unsigned long long)settled);
    return true;
}
