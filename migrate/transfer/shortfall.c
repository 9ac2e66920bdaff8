#include "shortfall.h"

#include "mem.h"
#include <stdio.h>
#include <stdlib.h>

#define WORDS_MAX 200

bool shortfall_is_one(uint64_t octets, uint64_t listed, bool parts_closed)
{
    if (octets >= listed)
        return false;
    /* Line ends and the dots of a body are counted otherwise here and there; of a message that ends as it
     * should, hardly more than an epilogue can be lacking. */
    return parts_closed ? octets < listed / 2 : listed - octets > listed / 64 + 16;
}

bool shortfall_believes(uint64_t right, uint64_t wrong)
{
    return right && right >= wrong;
}

static void words_of(const struct shortfall_row *row, char *dst, size_t cap)
{
    snprintf(dst, cap, "the source lists %llu octets and gave %llu, while it lists the others as they are",
        (unsigned long long)row->listed, (unsigned long long)row->octets);
}

int shortfall_note(
    struct shortfall *s, struct ledger *ledger, const struct shortfall_row *row, struct error *err)
{
    char words[WORDS_MAX];
    shortfall_forget(s, row->id);
    if (s->count == s->cap) {
        s->cap = s->cap ? s->cap * 2 : 16;
        s->rows = mem_grow(s->rows, s->cap, sizeof *s->rows);
    }
    s->rows[s->count++] = *row;
    words_of(row, words, sizeof words);
    return ledger_doubt(ledger, row->id, words, err);
}

void shortfall_forget(struct shortfall *s, int64_t id)
{
    size_t n = 0;
    for (size_t i = 0; i < s->count; i++)
        if (s->rows[i].id != id)
            s->rows[n++] = s->rows[i];
    s->count = n;
}

static int tell(const struct shortfall_row *row, struct ledger *ledger, const struct outcome_sink *sink,
    struct outcome *outcome, struct error *err)
{
    struct ledger_message m;
    char words[WORDS_MAX];
    int rc = ledger_find_id(ledger, row->id, &m, err);
    if (rc < 0)
        return -1;
    if (rc == 0 || (m.state != LEDGER_DONE && m.state != LEDGER_PRESENT && m.state != LEDGER_DUPLICATE))
        return 0; /* not there, and told otherwise */
    struct outcome_message out = outcome_of_row(&m);
    words_of(row, words, sizeof words);
    out.number = row->number;
    out.octets = row->octets;
    out.verdict = "doubtful";
    out.reason = words;
    out.doubtful = true;
    outcome->doubtful++;
    outcome_tell(sink, &out);
    return 0;
}

int shortfall_judge(struct shortfall *s, struct ledger *ledger, int64_t job, bool whole,
    const struct outcome_sink *sink, struct outcome *outcome, struct error *err)
{
    uint64_t right, wrong;
    if (!s->count)
        return 0;
    if (ledger_sizes(ledger, job, &right, &wrong, err) < 0)
        return -1;
    bool believed = shortfall_believes(right, wrong);
    for (size_t i = 0; i < s->count; i++) {
        if (believed && tell(&s->rows[i], ledger, sink, outcome, err) < 0)
            return -1;
        if (!believed && whole && ledger_doubt(ledger, s->rows[i].id, NULL, err) < 0)
            return -1;
    }
    return ledger_commit(ledger, err);
}

void shortfall_done(struct shortfall *s)
{
    free(s->rows);
    *s = (struct shortfall){0};
}
