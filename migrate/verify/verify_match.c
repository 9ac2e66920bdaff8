#include "verify.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

static bool same(const uint8_t a[SHA256_OCTETS], const uint8_t b[SHA256_OCTETS])
{
    return !memcmp(a, b, SHA256_OCTETS);
}

enum ledger_proof verify_proof(const struct verify_row *row, const struct verify_content *content)
{
    if (sha256_is_set(row->sha256) && same(row->sha256, content->sha256))
        return LEDGER_PROOF_EXACT;
    if (sha256_is_set(row->print) && same(row->print, content->print) && sha256_is_set(row->fields) &&
        same(row->fields, content->header_fields))
        return LEDGER_PROOF_CONTENT;
    return LEDGER_UNPROVED;
}

/* The very bytes that were sent tell what the header was, where the ledger does not know. */
static void learn(struct verify_row *row, enum ledger_proof proof, const struct verify_content *content)
{
    if (proof != LEDGER_PROOF_EXACT || row->mended || sha256_is_set(row->fields))
        return;
    memcpy(row->fields, content->header_fields, SHA256_OCTETS);
    row->learned = true;
}

bool verify_same_parts(const struct verify_content *a, const struct verify_content *b)
{
    return a->parts_known && b->parts_known && a->parts == b->parts && same(a->structure, b->structure);
}

/* Its UID means something in this mailbox as it is now. */
static bool knows_uid(const struct verify_row *row, const struct verify_box *box)
{
    return row->uid && row->uidvalidity == box->uidvalidity;
}

void verify_settle(struct verify *v, struct verify_row *row, struct verify_entry *e, uint32_t box,
    enum verify_verdict verdict, enum ledger_proof proof, char *why)
{
    row->verdict = verdict;
    row->proof = proof;
    free(row->why);
    row->why = why;
    if (!e)
        return;
    row->box = box;
    row->uid = e->uid;
    row->uidvalidity = v->boxes[box].uidvalidity;
    e->row = (uint32_t)(row - v->rows);
    e->claimed = true;
    e->want = false;
    if (proof == LEDGER_PROOF_STRUCTURE)
        return; /* what it is like there is only known from its content */
    verify_content_free(e->content);
    e->content = NULL;
}

/* ---- by UID ---- */
static struct verify_entry *entry_of_uid(const struct verify *v, const struct verify_row *row)
{
    if (row->box == VERIFY_NONE || !knows_uid(row, &v->boxes[row->box]))
        return NULL;
    return verify_entry_find(&v->boxes[row->box], row->uid);
}

void verify_link_uids(struct verify *v, uint32_t box)
{
    for (size_t i = 0; i < v->row_count; i++) {
        struct verify_row *row = &v->rows[i];
        struct verify_entry *e = row->box == box && verify_is_open(row) ? entry_of_uid(v, row) : NULL;
        if (!e || e->row != VERIFY_NONE)
            continue;
        e->row = (uint32_t)i;
        if (v->level == VERIFY_CONTENT)
            e->want = true;
        else if (v->level == VERIFY_COUNT)
            verify_settle(v, row, e, box, VERIFY_AGREED, LEDGER_PROOF_COUNT, NULL);
        else if (same(row->header, e->header))
            verify_settle(v, row, e, box, VERIFY_AGREED, LEDGER_PROOF_HEADERS, NULL);
    }
}

/* So that what differs can be named without reading it again. */
static void keep_fields(struct verify *v, struct verify_content *content)
{
    const struct verify_fields *fields = verify_scan_fields(v->destination_scan);
    size_t octets = verify_fields_octets(fields);
    if (v->fields_octets + octets > VERIFY_KEPT_OCTETS)
        return;
    v->fields_octets += octets;
    content->fields = mem_alloc(sizeof *content->fields);
    *content->fields = verify_fields_copy(fields);
}

void verify_compare(struct verify *v, struct verify_entry *e, const struct verify_content *content)
{
    struct verify_row *row = e->row == VERIFY_NONE ? NULL : &v->rows[e->row];
    enum ledger_proof proof = row && verify_is_open(row) ? verify_proof(row, content) : LEDGER_UNPROVED;
    if (e->headless) {
        e->headless = false;
        e->ident = content->ident;
        memcpy(e->header, content->header, SHA256_OCTETS);
    }
    if (proof) {
        learn(row, proof, content);
        verify_settle(v, row, e, v->box, VERIFY_AGREED, proof, NULL);
        return;
    }
    v->rewritten |= row && verify_is_open(row) && !same(row->print, content->print);
    verify_content_free(e->content);
    e->content = verify_content_new(content);
    keep_fields(v, e->content);
}

/* ---- by identity ---- */
static int compare_place(const void *a, const void *b)
{
    const struct verify_place *x = a, *y = b;
    if (x->ident != y->ident)
        return x->ident < y->ident ? -1 : 1;
    return x->box != y->box ? (x->box < y->box ? -1 : 1) : (x->entry > y->entry) - (x->entry < y->entry);
}

void verify_index(struct verify *v)
{
    size_t n = 0, total = 0;
    for (size_t b = 0; b < v->box_count; b++)
        total += v->boxes[b].count;
    free(v->places);
    v->places = mem_array(total ? total : 1, sizeof *v->places);
    v->place_count = total;
    for (size_t b = 0; b < v->box_count; b++)
        for (size_t i = 0; i < v->boxes[b].count; i++)
            v->places[n++] = (struct verify_place){
                .ident = v->boxes[b].entries[i].ident, .box = (uint32_t)b, .entry = (uint32_t)i};
    qsort(v->places, total, sizeof *v->places, compare_place);
}

/* The first place with this ident; all of them follow. */
static const struct verify_place *first_place(const struct verify *v, uint64_t ident)
{
    size_t low = 0, high = v->place_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (v->places[mid].ident < ident)
            low = mid + 1;
        else
            high = mid;
    }
    return v->places + low;
}

static const uint32_t *first_row(const struct verify *v, uint64_t ident)
{
    size_t low = 0, high = v->row_count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (v->rows[v->by_ident[mid]].ident < ident)
            low = mid + 1;
        else
            high = mid;
    }
    return v->by_ident + low;
}

/* Places of one ident, one after the other. */
#define EACH_PLACE(v, p, id)                                                                                 \
    for (const struct verify_place *p = first_place((v), (id));                                              \
         p < (v)->places + (v)->place_count && p->ident == (id); p++)
#define EACH_ROW(v, r, id)                                                                                   \
    for (const uint32_t *r = first_row((v), (id));                                                           \
         r < (v)->by_ident + (v)->row_count && (v)->rows[*r].ident == (id); r++)

static struct verify_entry *entry_at(const struct verify *v, const struct verify_place *p)
{
    return &v->boxes[p->box].entries[p->entry];
}

/* Messages below it were there before the job's first one. 0: not known. */
static uint32_t floor_of(const struct verify *v, uint32_t box)
{
    uint32_t floor = 0;
    for (size_t i = 0; i < v->row_count; i++) {
        const struct verify_row *row = &v->rows[i];
        if (row->home == box && row->floor_uid && row->floor_uidvalidity == v->boxes[box].uidvalidity &&
            (!floor || row->floor_uid < floor))
            floor = row->floor_uid;
    }
    return floor;
}

static bool is_candidate(const struct verify *v, const struct verify_entry *e, uint32_t floor)
{
    if (e->claimed || e->content || e->unreadable)
        return false;
    EACH_ROW(v, r, e->ident)
    {
        const struct verify_row *row = &v->rows[*r];
        if (verify_is_open(row) || (floor && e->uid >= floor && row->verdict == VERIFY_AGREED))
            return true;
    }
    return false;
}

void verify_want_candidates(struct verify *v)
{
    for (uint32_t b = 0; b < v->box_count; b++) {
        uint32_t floor = floor_of(v, b);
        for (size_t i = 0; i < v->boxes[b].count; i++) {
            struct verify_entry *e = &v->boxes[b].entries[i];
            e->want |= is_candidate(v, e, floor);
        }
    }
}

void verify_claim_contents(struct verify *v)
{
    for (size_t i = 0; i < v->row_count; i++) {
        struct verify_row *row = &v->rows[i];
        if (!verify_is_open(row))
            continue;
        EACH_PLACE(v, p, row->ident)
        {
            struct verify_entry *e = entry_at(v, p);
            enum ledger_proof proof =
                e->content && !e->claimed ? verify_proof(row, e->content) : LEDGER_UNPROVED;
            if (!proof)
                continue;
            learn(row, proof, e->content);
            verify_settle(v, row, e, p->box, VERIFY_AGREED, proof, NULL);
            break;
        }
    }
}

/* ---- without contents ---- */
/* Of those with the same header, one of the same size, if there is one. */
static const struct verify_place *same_header(const struct verify *v, const struct verify_row *row)
{
    const struct verify_place *best = NULL;
    EACH_PLACE(v, p, row->ident)
    {
        const struct verify_entry *e = entry_at(v, p);
        bool fits = !e->claimed && same(e->header, row->header);
        if (fits && e->octets == row->octets_sent)
            return p;
        if (fits && !best)
            best = p;
    }
    return best;
}

void verify_claim_headers(struct verify *v)
{
    for (size_t i = 0; i < v->row_count; i++) {
        struct verify_row *row = &v->rows[i];
        const struct verify_place *p = verify_is_open(row) ? same_header(v, row) : NULL;
        if (p)
            verify_settle(v, row, entry_at(v, p), p->box, VERIFY_AGREED, LEDGER_PROOF_HEADERS, NULL);
    }
    for (size_t i = 0; i < v->row_count; i++) {
        struct verify_row *row = &v->rows[i];
        uint32_t box;
        if (!verify_is_open(row))
            continue;
        struct verify_entry *e = verify_likeliest(v, row, &box);
        if (!e)
            verify_settle(v, row, NULL, 0, VERIFY_MISSING, LEDGER_UNPROVED, NULL);
        else if (e->headless)
            verify_settle(v, row, e, box, VERIFY_ALTERED, LEDGER_UNPROVED,
                mem_printf(
                    "the server lists a message under its UID %u, and does not give its header", e->uid));
        else if (e->ident == row->ident)
            verify_settle(v, row, e, box, VERIFY_ALTERED, LEDGER_UNPROVED,
                mem_strdup("its Message-ID is there, but From, Date or Subject differ"));
        else
            verify_settle(v, row, e, box, VERIFY_ALTERED, LEDGER_UNPROVED,
                mem_printf("under its UID %u stands a message with another Message-ID, From, Date or Subject",
                    e->uid));
    }
}

/* Messages whose UID was never told, or means nothing any more, against messages that are nobody's: by
 * number. */
void verify_claim_counts(struct verify *v)
{
    for (uint32_t b = 0; b < v->box_count; b++) {
        struct verify_box *box = &v->boxes[b];
        size_t next = 0;
        for (size_t i = 0; i < v->row_count; i++) {
            struct verify_row *row = &v->rows[i];
            if (row->box != b || !verify_is_open(row))
                continue;
            while (next < box->count && box->entries[next].claimed)
                next++;
            if (next < box->count && !knows_uid(row, box))
                verify_settle(v, row, &box->entries[next], b, VERIFY_AGREED, LEDGER_PROOF_COUNT, NULL);
        }
    }
    for (size_t i = 0; i < v->row_count; i++)
        if (verify_is_open(&v->rows[i]))
            verify_settle(v, &v->rows[i], NULL, 0, VERIFY_MISSING, LEDGER_UNPROVED, NULL);
}

struct verify_entry *verify_likeliest(const struct verify *v, const struct verify_row *row, uint32_t *ret_box)
{
    struct verify_entry *best = entry_of_uid(v, row), *other = NULL;
    *ret_box = row->box;
    if (best && !best->claimed && best->ident == row->ident)
        return best;
    EACH_PLACE(v, p, row->ident)
    {
        struct verify_entry *e = entry_at(v, p);
        bool fits = !e->claimed && !e->unreadable;
        if (fits && (!other || (same(e->header, row->header) && !same(other->header, row->header)))) {
            other = e;
            *ret_box = p->box;
        }
    }
    if (other)
        return other;
    *ret_box = row->box;
    return best && !best->claimed ? best : NULL;
}

/* ---- twice ---- */
/* A copy of a message that the server has rewritten: as it gives that one back, or in its parts. */
static bool repeats_rewritten(
    const struct verify *v, const struct verify_row *row, const struct verify_content *content)
{
    const struct verify_entry *first = verify_entry_find(&v->boxes[row->box], row->uid);
    if (!first || !first->content)
        return false;
    return same(first->content->print, content->print) ||
           (same(row->header, content->header) && verify_same_parts(first->content, content));
}

static bool repeats(const struct verify *v, const struct verify_row *row, const struct verify_entry *e)
{
    if (row->verdict != VERIFY_AGREED || !verify_is_expected(row))
        return false;
    if (v->level == VERIFY_HEADERS)
        return same(row->header, e->header) && row->octets_sent == e->octets;
    if (v->level != VERIFY_CONTENT || !e->content)
        return false;
    return row->proof == LEDGER_PROOF_STRUCTURE ? repeats_rewritten(v, row, e->content)
                                                : verify_proof(row, e->content) != LEDGER_UNPROVED;
}

void verify_find_doubled(struct verify *v)
{
    for (uint32_t b = 0; b < v->box_count; b++) {
        uint32_t floor = floor_of(v, b);
        for (size_t i = 0; floor && i < v->boxes[b].count; i++) {
            struct verify_entry *e = &v->boxes[b].entries[i];
            if (e->claimed || e->uid < floor)
                continue;
            EACH_ROW(v, r, e->ident)
            {
                if (!repeats(v, &v->rows[*r], e))
                    continue;
                e->row = *r;
                e->doubled = e->claimed = true;
                break;
            }
        }
    }
}
