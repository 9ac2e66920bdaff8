/* shortfall.h - messages that the source gave shorter than its LIST says, and that show nothing else against
 * themselves.
 *
 * A size that lies is harmless, and some servers only guess; but where LIST is right of the others, a message
 * that falls well short of it was perhaps cut. It is copied all the same (nothing more is to be had), and
 * doubted in the ledger at once, so that a run that is killed does not forget it; shortfall_judge at the end
 * of the run takes the doubt back where LIST is not to be believed. What stays doubted is asked for again by
 * the next run, told by verify, and never deleted. Zeroed is empty. */
#pragma once

#include "ledger.h"
#include "outcome.h"

struct shortfall_row {
    int64_t id; /* the ledger's */
    uint32_t number;
    uint64_t octets, listed;
};

struct shortfall {
    struct shortfall_row *rows;
    size_t count, cap;
};

/* Is a message of so many octets well short of what LIST says? parts_closed: it is a multipart, and its last
 * boundary is there. Pure. */
bool shortfall_is_one(uint64_t octets, uint64_t listed, bool parts_closed);
/* Is a LIST believed that was right so often, and so often wrong? Pure. */
bool shortfall_believes(uint64_t right, uint64_t wrong);

/* It was settled: doubt it. */
int shortfall_note(
    struct shortfall *s, struct ledger *ledger, const struct shortfall_row *row, struct error *err);
/* It is doubted for something else by now. */
void shortfall_forget(struct shortfall *s, int64_t id);
/* whole: the run has seen all that there is; else no doubt is taken back. Counts and tells what stays. */
int shortfall_judge(struct shortfall *s, struct ledger *ledger, int64_t job, bool whole,
    const struct outcome_sink *sink, struct outcome *outcome, struct error *err);
void shortfall_done(struct shortfall *s);
