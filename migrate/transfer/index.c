#include "index.h"

#include "buf.h"
#include "identity.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define MAX_RANGES 100

struct update {
    struct ledger *ledger;
    int64_t mailbox;
    struct mail_scan *scan;
    const uint32_t *known;
    size_t known_count;
    uint32_t *there; /* what the mailbox holds now */
    size_t there_count, there_cap;
    size_t waiting;
    struct error error;
};

static int compare_uid(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

static bool is_known(const struct update *u, uint32_t uid)
{
    return u->known_count && bsearch(&uid, u->known, u->known_count, sizeof uid, compare_uid);
}

void index_scan_header(struct mail_scan *scan, const struct imap_fetch_row *row, struct mail_facts *ret)
{
    if (row->header)
        mail_scan_feed(scan, row->header, row->header_len);
    mail_scan_finish(scan, ret);
}

static void on_row(void *ctx, const struct imap_fetch_row *row)
{
    struct update *u = ctx;
    if (u->error.code || !row->header || is_known(u, row->uid))
        return;
    struct mail_facts facts CLEANUP(mail_facts_done) = {0};
    index_scan_header(u->scan, row, &facts);
    struct ledger_index_row out = {.uid = row->uid, .octets = row->size_octets};
    identity_of(&facts, out.ident);
    memcpy(out.core, facts.core, sizeof out.core);
    ledger_index_put(u->ledger, u->mailbox, &out, &u->error);
}

static void on_done(void *ctx, const struct imap_result *res)
{
    struct update *u = ctx;
    u->waiting--;
    if (res->status != IMAP_OK && !u->error.code)
        u->error = *res->error;
}

static void on_uid(void *ctx, uint32_t uid)
{
    struct update *u = ctx;
    if (u->there_count == u->there_cap) {
        u->there_cap = u->there_cap ? u->there_cap * 2 : 1024;
        u->there = mem_grow(u->there, u->there_cap, sizeof *u->there);
    }
    u->there[u->there_count++] = uid;
}

/* What others have removed since must not be taken for present. */
static void forget_removed(struct update *u)
{
    if (u->there_count)
        qsort(u->there, u->there_count, sizeof *u->there, compare_uid);
    for (size_t i = 0; i < u->known_count && !u->error.code; i++)
        if (!u->there_count ||
            !bsearch(&u->known[i], u->there, u->there_count, sizeof *u->there, compare_uid))
            ledger_index_remove(u->ledger, u->mailbox, u->known[i], &u->error);
}

static void on_searched(void *ctx, const struct imap_result *res)
{
    struct update *u = ctx;
    if (res->status == IMAP_ABORTED) {
        on_done(ctx, res);
        return;
    }
    u->waiting--;
    if (res->status == IMAP_OK) /* without SEARCH nothing can be forgotten */
        forget_removed(u);
}

static bool update_done(void *ctx)
{
    return !((struct update *)ctx)->waiting;
}

char *index_complement(const uint32_t *uids, size_t count, size_t max_ranges)
{
    uint32_t gap_min = 1;
    for (;;) {
        struct buf out CLEANUP(buf_done) = {0};
        size_t ranges = 1;
        uint32_t next = 1;
        for (size_t i = 0; i < count; i++) {
            size_t last = i;
            while (last + 1 < count && uids[last + 1] - uids[last] == 1)
                last++;
            if (uids[i] > next && uids[last] - uids[i] + 1 >= gap_min) {
                buf_printf(&out, uids[i] - next == 1 ? "%u," : "%u:%u,", next, uids[i] - 1);
                ranges++;
                next = uids[last] + 1;
            } else if (uids[i] == next) {
                next = uids[last] + 1;
            }
            i = last;
        }
        buf_printf(&out, "%u:*", next ? next : UINT32_MAX); /* 0: the highest UID there can be is known */
        if (ranges <= max_ranges || gap_min > UINT32_MAX / 4)
            return buf_strdup(&out);
        gap_min *= 4;
    }
}

int index_update(struct session *s, struct ledger *ledger, struct ledger_part part, struct error *err)
{
    if (!s->dest.exists) /* gone, or not yet there: nothing that was known of it holds */
        return ledger_index_begin(ledger, part.mailbox, 0, err);
    if (s->dest.uidvalidity &&
        ledger_reopen_other_validity(ledger, part.mailbox, s->dest.uidvalidity, s->dest.messages, err) < 0)
        return -1;
    if (ledger_index_begin(ledger, part.mailbox, s->dest.uidvalidity, err) < 0)
        return -1;
    uint32_t *known = NULL;
    struct update u = {.ledger = ledger, .mailbox = part.mailbox};
    if (ledger_known_uids(ledger, part.mailbox, s->dest.uidvalidity, &known, &u.known_count, err) < 0) {
        free(known);
        return -1;
    }
    u.known = known;
    u.scan = mail_scan_new();
    char *set CLEANUP(mem_free_str) = index_complement(known, u.known_count, MAX_RANGES);
    session_phase(s, "reading what the destination holds");
    if (u.known_count) {
        u.waiting++;
        imap_uid_search(s->lanes[0].imap, "ALL", on_uid, on_searched, &u);
    }
    if (s->dest.messages) {
        u.waiting++;
        imap_uid_fetch(s->lanes[0].imap, set, INDEX_FIELDS, on_row, on_done, &u);
    }
    int rc = session_run_until(s, update_done, &u, err);
    if (rc == 0 && u.error.code) {
        *err = u.error;
        rc = -1;
    }
    if (u.waiting) /* a command still points at u */
        imap_abort(s->lanes[0].imap, err);
    mail_scan_free(u.scan);
    free(u.there);
    free(known);
    return rc;
}
