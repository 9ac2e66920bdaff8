#include "transfer.h"

#include "mail_mend.h"
#include "mem.h"

#define PIECE (64 * 1024)

static const struct variant {
    unsigned mend; /* 0: munged */
    const char *words;
} variants[] = {
    {0, "the destination holds it, with X in place of each 8-bit character of the header"},
    {MAIL_MEND_HEADERS, "the destination holds it, with its 8-bit header fields encoded"},
    {MAIL_MEND_LINES, "the destination holds it, with its long lines broken"},
    {MAIL_MEND_HEADERS | MAIL_MEND_LINES,
        "the destination holds it, with its 8-bit header fields encoded and its long lines broken"},
};

static bool applies(const struct variant *v, const struct mail_facts *facts)
{
    unsigned what = v->mend ? v->mend : MAIL_MEND_HEADERS;
    return mail_mend_needed(facts, what) == what;
}

static int scan_form(struct parcel *p, const struct variant *v, struct mail_scan *scan, struct error *err)
{
    struct mail_mend *mend = v->mend ? mail_mend_new(v->mend) : NULL;
    struct mail_mend_munged munged;
    struct mail_mend_counts counts;
    struct buf out CLEANUP(buf_done) = {0};
    char piece[PIECE];
    uint64_t offset = 0;
    ssize_t n;
    mail_mend_munged_init(&munged);
    while ((n = spool_read(p->spool, offset, piece, sizeof piece, err)) > 0) {
        offset += (uint64_t)n;
        if (mend)
            mail_mend_feed(mend, piece, (size_t)n, &out);
        else
            mail_mend_munged_feed(&munged, piece, (size_t)n, &out);
        mail_scan_feed(scan, buf_bytes(&out), buf_len(&out));
        buf_clear(&out);
    }
    if (mend)
        mail_mend_finish(mend, &out, &counts);
    else
        mail_mend_munged_finish(&munged, &out);
    mail_scan_feed(scan, buf_bytes(&out), buf_len(&out));
    mail_mend_free(mend);
    return n < 0 ? -1 : 0;
}

bool transfer_variant(struct parcel *p, unsigned n, struct mail_facts *ret, const char **ret_words)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        if (!applies(&variants[i], &p->facts) || n--)
            continue;
        struct mail_scan *scan = mail_scan_new();
        int rc = scan_form(p, &variants[i], scan, &p->transfer->fatal);
        mail_scan_finish(scan, ret);
        mail_scan_free(scan);
        *ret_words = variants[i].words;
        return rc == 0;
    }
    return false;
}
