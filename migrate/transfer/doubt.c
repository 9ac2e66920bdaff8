#include "doubt.h"

#define SLACK_OCTETS 4096 /* what a server may add to or take from a small message */

static bool could_be(const struct doubt_intent *in, const struct doubt_row *row)
{
    bool similar =
        row->octets <= in->octets * 2 + SLACK_OCTETS && in->octets <= row->octets * 2 + SLACK_OCTETS;
    return !in->uid && !row->taken && row->uid >= in->floor_uid && row->date_s == in->date_s && similar;
}

static bool is_exactly(const struct doubt_intent *in, const struct doubt_row *row)
{
    return could_be(in, row) && row->octets == in->octets;
}

static void take(struct doubt_intent *in, struct doubt_row *row)
{
    in->uid = row->uid;
    row->taken = true;
}

static void take_if_alone(
    struct doubt_intent *intents, size_t count, size_t i, struct doubt_row *rows, size_t row_count)
{
    struct doubt_row *only = NULL;
    size_t alike = 0, rivals = 0;
    for (size_t k = 0; k < row_count; k++)
        if (is_exactly(&intents[i], &rows[k])) {
            only = &rows[k];
            alike++;
        }
    for (size_t k = 0; k < count && alike == 1; k++)
        rivals += k != i && is_exactly(&intents[k], only);
    if (alike == 1 && !rivals)
        take(&intents[i], only);
}

static size_t count_candidates(const struct doubt_intent *in, const struct doubt_row *rows, size_t row_count)
{
    size_t n = 0;
    for (size_t k = 0; k < row_count; k++)
        n += could_be(in, &rows[k]);
    return n;
}

static bool any_could_be(
    const struct doubt_intent *intents, size_t count, int64_t date_s, const struct doubt_row *row)
{
    for (size_t i = 0; i < count; i++)
        if (intents[i].date_s == date_s && could_be(&intents[i], row))
            return true;
    return false;
}

/* The intents of this date that may be there, and the rows that may be they: pair them in order, if `pair`.
 * Are there as many of these as of those, and does each fit? */
static bool match_date(struct doubt_intent *intents, size_t count, int64_t date_s, struct doubt_row *rows,
    size_t row_count, bool pair)
{
    size_t k = 0;
    for (size_t i = 0; i < count; i++) {
        struct doubt_intent *in = &intents[i];
        if (in->uid || in->date_s != date_s || !in->candidates)
            continue;
        while (k < row_count && !any_could_be(intents, count, date_s, &rows[k]))
            k++;
        if (k == row_count || !could_be(in, &rows[k]))
            return false;
        if (pair)
            take(in, &rows[k]);
        k++;
    }
    while (k < row_count && !any_could_be(intents, count, date_s, &rows[k]))
        k++;
    return k == row_count;
}

/* For one of a date all of it are matched, or none. */
static bool tried_before(const struct doubt_intent *intents, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (intents[k].date_s == intents[i].date_s && intents[k].candidates)
            return true;
    return false;
}

void doubt_judge(struct doubt_intent *intents, size_t count, struct doubt_row *rows, size_t row_count)
{
    for (size_t i = 0; i < count; i++)
        take_if_alone(intents, count, i, rows, row_count);
    for (size_t i = 0; i < count; i++)
        intents[i].candidates = count_candidates(&intents[i], rows, row_count);
    for (size_t i = 0; i < count; i++) {
        int64_t date_s = intents[i].date_s;
        if (!intents[i].uid && intents[i].candidates && !tried_before(intents, i) &&
            match_date(intents, count, date_s, rows, row_count, false))
            match_date(intents, count, date_s, rows, row_count, true);
    }
    for (size_t i = 0; i < count; i++)
        intents[i].candidates = intents[i].uid ? 0 : intents[i].candidates;
}
