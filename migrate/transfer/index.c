#include "index.h"

#include "buf.h"
#include "content.h"
#include "identity.h"
#include "mem.h"
#include "roster.h"
#include "uids.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct update {
    struct ledger *ledger;
    int64_t mailbox;
    struct mail_scan *scan;
    struct roster roster;
    struct content_reader *contents;
    uint32_t *bare; /* nothing in their header tells what they are; ascending, then what is left of them */
    size_t bare_count;
    struct error error;
};

void index_scan_header(struct mail_scan *scan, const struct imap_fetch_row *row, struct mail_facts *ret)
{
    if (row->header)
        mail_scan_feed(scan, row->header, row->header_len);
    mail_scan_finish(scan, ret);
}

static void add_bare(struct update *u, uint32_t uid)
{
    u->bare = mem_grow(u->bare, u->bare_count + 1, sizeof *u->bare);
    u->bare[u->bare_count++] = uid;
}

static void on_row(void *ctx, const struct imap_fetch_row *row)
{
    struct update *u = ctx;
    if (u->error.code || uids_has(u->roster.known, u->roster.known_count, row->uid))
        return;
    struct mail_facts facts CLEANUP(mail_facts_done) = {0};
    if (!memchr(row->header, ':', row->header_len)) {
        add_bare(u, row->uid);
        return;
    }
    index_scan_header(u->scan, row, &facts);
    struct ledger_index_row out = {.uid = row->uid, .octets = row->size_octets};
    identity_of(&facts, out.ident);
    memcpy(out.core, facts.core, sizeof out.core);
    ledger_index_put(u->ledger, u->mailbox, &out, &u->error);
}

/* ---- of which no header tells what they are ---- */
int index_note_content(
    struct ledger *ledger, int64_t mailbox, uint32_t uid, const struct mail_facts *facts, struct error *err)
{
    struct ledger_index_row row = {.uid = uid, .octets = facts->octets};
    identity_of(facts, row.ident);
    memcpy(row.core, facts->core, sizeof row.core);
    return ledger_index_content(ledger, mailbox, &row, facts->fingerprint, err);
}

static void on_content(
    void *ctx, uint32_t uid, bool found, const struct mail_facts *facts, const struct error *error)
{
    struct update *u = ctx;
    if (error && !u->error.code)
        u->error = *error;
    if (u->error.code)
        return;
    if (found)
        index_note_content(u->ledger, u->mailbox, uid, facts, &u->error);
    else
        add_bare(u, uid);
}

static bool all_read(void *ctx)
{
    return content_reader_idle(((struct update *)ctx)->contents);
}

/* The whole of each; what is left then is given by nothing. */
static int read_bare(struct session *s, struct update *u, struct error *err)
{
    for (size_t i = 0; i < u->roster.unread_count; i++)
        add_bare(u, u->roster.unread[i]);
    size_t count = u->bare_count;
    if (!count)
        return 0;
    u->contents = content_reader_new(s->lanes[0].imap);
    for (size_t i = 0; i < count; i++)
        content_read(u->contents, u->bare[i], on_content, u);
    u->bare_count = 0;
    content_reader_go(u->contents);
    int rc = session_run_until(s, all_read, u, err);
    if (rc < 0) {
        imap_abort(s->lanes[0].imap, err); /* it would call back into *u */
        content_reader_abort(u->contents, err);
    }
    content_reader_free(u->contents);
    return rc;
}

/* What others have removed since must not be taken for present; without SEARCH nothing can be forgotten. */
static void forget_removed(struct update *u)
{
    const struct roster *r = &u->roster;
    for (size_t i = 0; r->searched && i < r->known_count && !u->error.code; i++)
        if (!uids_has(r->there, r->there_count, r->known[i]))
            ledger_index_remove(u->ledger, u->mailbox, r->known[i], &u->error);
}

/* One of them may be a message that is going to be copied: then it stands there twice. */
static void name_unread(const struct session *s, const struct update *u)
{
    char first[16] = "";
    if (!u->bare_count)
        return;
    snprintf(first, sizeof first, "%u", u->bare[0]);
    log_line(&s->world->log, LOG_WARN,
        "%s, mailbox %s: the server gives neither header nor content of %zu of its messages (the first has UID %s); if one "
        "of them is a message of the source, that one is copied beside it: look there, and run popferry verify",
        stream_name(s->lanes[0].link.stream), s->mailbox, u->bare_count, first);
}

char *index_complement(uint32_t first, const uint32_t *uids, size_t count, size_t max_ranges)
{
    uint32_t gap_min = 1;
    for (;;) {
        struct buf out CLEANUP(buf_done) = {0};
        size_t ranges = 1;
        uint32_t next = first;
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

void index_free_uids(uint32_t **uids)
{
    free(*uids);
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
    uint32_t *known CLEANUP(index_free_uids) = NULL;
    struct update u = {.ledger = ledger, .mailbox = part.mailbox};
    if (ledger_known_uids(ledger, part.mailbox, s->dest.uidvalidity, &known, &u.roster.known_count, err) < 0)
        return -1;
    char *set CLEANUP(mem_free_str) = index_complement(1, known, u.roster.known_count, INDEX_RANGES_MAX);
    u.roster = (struct roster){.set = set,
        .fields = INDEX_FIELDS,
        .known = known,
        .known_count = u.roster.known_count,
        .all = true,
        .row = on_row,
        .ctx = &u};
    u.scan = mail_scan_new();
    session_phase(s, "reading what the destination holds");
    int rc = roster_read(s, &u.roster, err);
    if (rc == 0) {
        forget_removed(&u);
        rc = read_bare(s, &u, err);
    }
    if (rc == 0)
        name_unread(s, &u);
    if (rc == 0 && u.error.code) {
        *err = u.error;
        rc = -1;
    }
    roster_done(&u.roster);
    mail_scan_free(u.scan);
    free(u.bare);
    return rc;
}
