#include "transfer.h"

#include "mail_mend.h"
#include "mail_repair.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define PIECE (64 * 1024)

/* One pass over the message as received; makes p->repaired. */
struct repairing {
    struct parcel *parcel;
    struct mail_repair repair;
    struct mail_mend *mend; /* NULL: nothing beyond what IMAP demands */
    struct mail_mend_counts counts;
    struct mail_scan *scan; /* of what is sent, where that may be another identity */
    struct sha256 *hash;
    struct buf out;
};

static void feed(struct repairing *r, const char *piece, size_t len)
{
    if (r->mend && len)
        mail_mend_feed(r->mend, piece, len, &r->out);
    else if (r->mend)
        mail_mend_finish(r->mend, &r->out, &r->counts);
    else if (len)
        mail_repair_feed(&r->repair, piece, len, &r->out);
    else
        mail_repair_finish(&r->repair, &r->out);
    if (!len && !spool_octets(r->parcel->repaired) && !buf_len(&r->out))
        buf_append(&r->out, "\r\n", 2); /* an empty message: IMAP has no literal of 0 octets for it */
}

static int repair_all(struct repairing *r, struct error *err)
{
    struct parcel *p = r->parcel;
    char piece[PIECE];
    uint64_t offset = 0;
    ssize_t n;
    do {
        n = spool_read(p->spool, offset, piece, sizeof piece, err);
        if (n < 0)
            return -1;
        offset += (uint64_t)n;
        feed(r, piece, (size_t)n);
        sha256_update(r->hash, buf_bytes(&r->out), buf_len(&r->out));
        if (r->scan)
            mail_scan_feed(r->scan, buf_bytes(&r->out), buf_len(&r->out));
        if (spool_write(p->repaired, buf_bytes(&r->out), buf_len(&r->out), err) < 0)
            return -1;
        buf_clear(&r->out);
    } while (n > 0);
    return 0;
}

static void note_sent_identity(struct parcel *p, struct mail_scan *scan)
{
    struct mail_facts sent CLEANUP(mail_facts_done) = {0};
    mail_scan_finish(scan, &sent);
    memcpy(p->core_sent, sent.core, SHA256_OCTETS);
    memcpy(p->fingerprint_sent, sent.fingerprint, SHA256_OCTETS);
    memcpy(p->header_sent, sent.fields, SHA256_OCTETS);
    p->row.core_sent = p->core_sent;
    p->row.fingerprint_sent = p->fingerprint_sent;
    p->row.header_sent = p->header_sent;
}

static void note_words(struct parcel *p, const struct mail_mend_counts *counts)
{
    char repaired[256] = "empty message sent as one line end", mended[256];
    if (p->facts.octets)
        mail_repair_words(&p->facts, repaired, sizeof repaired);
    mail_mend_words(counts, mended, sizeof mended);
    free(p->repairs);
    p->repairs = mem_printf("%s%s%s", repaired, *repaired && *mended ? ", " : "", mended);
    p->row.repairs = p->repairs;
}

/* ret_mended: was anything changed beyond what IMAP demands? */
static int repair_with(struct parcel *p, unsigned flags, bool *ret_mended, struct error *err)
{
    struct repairing r = {.parcel = p, .hash = sha256_new()};
    spool_free(p->repaired);
    p->repaired = spool_new(p->transfer->session->job->work_dir, p->transfer->memory.spool);
    mail_repair_init(&r.repair);
    if (flags) {
        r.mend = mail_mend_new(flags);
        r.scan = mail_scan_new();
    }
    int rc = repair_all(&r, err);
    sha256_final(r.hash, p->sha256_sent);
    if (rc == 0 && flags)
        note_sent_identity(p, r.scan);
    note_words(p, &r.counts);
    p->row.mended = flags;
    p->row.octets_sent = spool_octets(p->repaired);
    p->raw_left = r.counts.fields_left > 0;
    *ret_mended = r.counts.fields || r.counts.lines;
    sha256_free(r.hash);
    mail_mend_free(r.mend);
    mail_scan_free(r.scan);
    buf_done(&r.out);
    return rc;
}

static int repair(struct parcel *p, struct error *err)
{
    bool mended = false;
    if (!p->mend && (p->transfer->session->job->encode_headers || transfer_raw_encodes(p)))
        p->mend = mail_mend_needed(&p->facts, MAIL_MEND_HEADERS);
    if (p->mend || mail_repair_needed(&p->facts) || !p->facts.octets)
        return repair_with(p, p->mend, &mended, err);
    memcpy(p->sha256_sent, p->facts.sha256, SHA256_OCTETS);
    p->row.octets_sent = p->facts.octets;
    return 0;
}

static bool seen(const struct parcel *p, int64_t internaldate_s)
{
    const struct job *job = p->transfer->session->job;
    switch (job->seen) {
    case SEEN_ALL:
        return true;
    case SEEN_NONE:
        return false;
    case SEEN_BY_AGE:
        break;
    }
    if (p->facts.flags.known)
        return p->facts.flags.seen;
    return internaldate_s < p->transfer->now_s - (int64_t)job->seen_older_than_days * 86400;
}

static int queue(struct parcel *p, struct error *err)
{
    struct transfer *t = p->transfer;
    enum mail_date_source source;
    p->row.sha256_sent = p->sha256_sent;
    p->row.internaldate_s = mail_date_internal(&p->facts, t->now_s, &source);
    p->row.date_source = mail_date_source_name(source);
    p->row.seen = seen(p, p->row.internaldate_s);
    p->row.state = LEDGER_OPEN;
    if (ledger_put(t->ledger, t->job, &p->row, err) < 0)
        return -1;
    p->state = PARCEL_SENDING;
    transfer_queue(p);
    transfer_cap_reserve(p, p->row.octets_sent);
    return 0;
}

int transfer_make_ready(struct parcel *p, struct error *err)
{
    if (repair(p, err) < 0)
        return -1;
    return transfer_cap_refuses(p) ? 1 : queue(p, err);
}

/* One thing after the other, so that no more is changed than the server insists on. */
bool transfer_mend(struct parcel *p)
{
    static const unsigned steps[] = {MAIL_MEND_HEADERS, MAIL_MEND_LINES};
    struct transfer *t = p->transfer;
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        bool mended = false;
        if ((p->mend & steps[i]) || !mail_mend_needed(&p->facts, steps[i]))
            continue;
        p->mend |= steps[i];
        if (repair_with(p, p->mend, &mended, &t->fatal) < 0)
            return false;
        if (mended)
            return queue(p, &t->fatal) == 0;
    }
    return false;
}

static void encode(struct parcel *p)
{
    bool mended;
    p->mend |= MAIL_MEND_HEADERS;
    if (repair_with(p, p->mend, &mended, &p->transfer->fatal) == 0)
        queue(p, &p->transfer->fatal);
}

void transfer_prepare_raw(struct transfer *t)
{
    while (t->ready.first && !t->fatal.code && transfer_raw_apart(t->ready.first)) {
        if (t->raw_headers == LEDGER_RAW_UNKNOWN && !t->raw_asked)
            return;
        struct parcel *p = transfer_queue_take(t);
        if (t->raw_headers == LEDGER_RAW_UNKNOWN)
            transfer_queue_append(&t->raw_waiting, p);
        else
            encode(p);
    }
}
