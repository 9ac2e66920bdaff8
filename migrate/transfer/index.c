#include "index.h"

#include "content.h"
#include "dest_ids.h"
#include "identity.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct update {
    struct ledger *ledger;
    int64_t mailbox;
    struct mail_scan *scan;
    struct dest_listing listing;
    struct content_reader *contents;
    uint32_t *bare; /* nothing in their header tells what they are; ascending, then what is left of them */
    size_t bare_count;
    struct error error;
};

void index_scan_header(struct mail_scan *scan, const struct dest_row *row, struct mail_facts *ret)
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

static void on_row(void *ctx, const struct dest_row *row)
{
    struct update *u = ctx;
    if (u->error.code || dest_ids_have(u->listing.known, u->listing.known_count, row->id))
        return;
    struct mail_facts facts CLEANUP(mail_facts_done) = {0};
    if (!memchr(row->header, ':', row->header_len)) {
        add_bare(u, row->id);
        return;
    }
    index_scan_header(u->scan, row, &facts);
    struct ledger_index_row out = {.uid = row->id, .octets = row->octets};
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
    for (size_t i = 0; i < u->listing.unread_count; i++)
        add_bare(u, u->listing.unread[i]);
    size_t count = u->bare_count;
    if (!count)
        return 0;
    u->contents = content_reader_new(s->dest);
    for (size_t i = 0; i < count; i++)
        content_read(u->contents, u->bare[i], on_content, u);
    u->bare_count = 0;
    content_reader_go(u->contents);
    int rc = session_wait(s, all_read, u, err);
    if (rc < 0)
        content_reader_abort(u->contents, err);
    content_reader_free(u->contents);
    return rc;
}

/* What others have removed since must not be taken for present; without SEARCH nothing can be forgotten. */
static void forget_removed(struct update *u)
{
    const struct dest_listing *r = &u->listing;
    for (size_t i = 0; r->searched && i < r->known_count && !u->error.code; i++)
        if (!dest_ids_have(r->there, r->there_count, r->known[i]))
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
        session_destination(s), s->mailbox, u->bare_count, first);
}

void index_free_uids(uint32_t **uids)
{
    free(*uids);
}

int index_update(struct session *s, struct ledger *ledger, struct ledger_part part, struct error *err)
{
    const struct dest_mailbox *box = dest_mailbox(s->dest);
    if (!box->exists) /* gone, or not yet there: nothing that was known of it holds */
        return ledger_index_begin(ledger, part.mailbox, 0, err);
    if (box->epoch && ledger_reopen_other_validity(ledger, part.mailbox, box->epoch, box->messages, err) < 0)
        return -1;
    if (ledger_index_begin(ledger, part.mailbox, box->epoch, err) < 0)
        return -1;
    uint32_t *known CLEANUP(index_free_uids) = NULL;
    struct update u = {.ledger = ledger, .mailbox = part.mailbox};
    if (ledger_known_uids(ledger, part.mailbox, box->epoch, &known, &u.listing.known_count, err) < 0)
        return -1;
    u.listing = (struct dest_listing){.headers = true,
        .known = known,
        .known_count = u.listing.known_count,
        .all = true,
        .row = on_row,
        .ctx = &u};
    u.scan = mail_scan_new();
    session_phase(s, "reading what the destination holds");
    int rc = session_list(s, &u.listing, err);
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
    dest_listing_done(&u.listing);
    mail_scan_free(u.scan);
    free(u.bare);
    return rc;
}
