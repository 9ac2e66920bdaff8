#include "left_words.h"

const char *left_words(enum ledger_left reason)
{
    static const char *const words[LEDGER_LEFTS] = {
        [LEDGER_LEFT_SINCE] = "older than --since",
        [LEDGER_LEFT_BEFORE] = "not older than --before",
        [LEDGER_LEFT_MIN_SIZE] = "smaller than --min-size",
        [LEDGER_LEFT_MAX_SIZE] = "larger than --max-size",
        [LEDGER_LEFT_FOLDER] = "in folders that were left out",
        [LEDGER_LEFT_TRASH] = "in the trash",
        [LEDGER_LEFT_JUNK] = "in the folder for junk",
        [LEDGER_LEFT_OUTBOX] = "in the outbox",
        [LEDGER_LEFT_LIMIT] = "left by --limit",
        [LEDGER_LEFT_UPLOAD_CAP] = "beyond the daily upload limit",
        [LEDGER_LEFT_FULL] = "no room in the destination",
        [LEDGER_LEFT_DROPPED] = "accepted by the destination, and not there",
        [LEDGER_LEFT_IN_DOUBT] = "sent, not answered, and perhaps there in another form",
        [LEDGER_LEFT_INTERRUPTED] = "not reached before the run ended",
        [LEDGER_LEFT_NEW] = "not looked at yet",
    };
    return words[reason];
}

void left_words_all(struct buf *out, const struct ledger_amount left[LEDGER_LEFTS], bool asked)
{
    const char *before = "";
    for (int i = 0; i < LEDGER_LEFTS; i++) {
        enum ledger_left reason = (enum ledger_left)i;
        if (!left[i].messages || ledger_left_is_asked(reason) != asked)
            continue;
        buf_printf(out, "%s%llu %s", before, (unsigned long long)left[i].messages, left_words(reason));
        before = ", ";
    }
}

const char *left_words_unknown(const struct ledger_source *s)
{
    if (!s->known)
        return "what is still on the source is not known: no migration has recorded it; popferry migrate does";
    if (!s->ended)
        return "the last migration has not come to its end: at least so much is still to be copied";
    return NULL;
}
