/* A message, mended: the same however it is cut; once and for all; with LINES no line is too long, with
 * HEADERS no 8-bit octet is left in the header but in what was counted, and the body is what it was. The
 * first octet chooses the cuts. */
#include "buf.h"
#include "mail_mend.h"
#include "mail_repair.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static struct mail_facts scan(const void *data, size_t size)
{
    struct mail_scan *s = mail_scan_new();
    struct mail_facts f;
    mail_scan_feed(s, data, size);
    mail_scan_finish(s, &f);
    mail_scan_free(s);
    return f;
}

static struct mail_mend_counts mend(
    unsigned flags, const void *data, size_t size, size_t piece, struct buf *out)
{
    struct mail_mend *m = mail_mend_new(flags);
    struct mail_mend_counts counts;
    for (size_t at = 0; at < size; at += piece)
        mail_mend_feed(m, (const char *)data + at, piece < size - at ? piece : size - at, out);
    mail_mend_finish(m, out, &counts);
    mail_mend_free(m);
    return counts;
}

static void munge(const void *data, size_t size, size_t piece, struct buf *out)
{
    struct mail_mend_munged m;
    mail_mend_munged_init(&m);
    for (size_t at = 0; at < size; at += piece)
        mail_mend_munged_feed(&m, (const char *)data + at, piece < size - at ? piece : size - at, out);
    mail_mend_munged_finish(&m, out);
}

static void need_equal(const struct buf *a, const struct buf *b)
{
    need(buf_len(a) == buf_len(b) && !memcmp(buf_bytes(a), buf_bytes(b), buf_len(a)));
}

static void try_flags(
    unsigned flags, const uint8_t *data, size_t size, size_t piece, const struct mail_facts *f)
{
    struct buf once = {0}, cut = {0}, twice = {0};
    struct mail_mend_counts counts = mend(flags, data, size, size, &once);
    struct mail_mend_counts cut_counts = mend(flags, data, size, piece, &cut);
    need_equal(&once, &cut);
    need(!memcmp(&counts, &cut_counts, sizeof counts));
    struct mail_mend_counts again = mend(flags, buf_bytes(&once), buf_len(&once), piece, &twice);
    need_equal(&once, &twice);
    need(!again.fields && !again.lines);
    struct mail_facts now = scan(buf_bytes(&once), buf_len(&once));
    need(!mail_repair_needed(&now));
    need(!(flags & MAIL_MEND_LINES) || now.longest_line <= 998);
    need(!(flags & MAIL_MEND_HEADERS) || !now.header_8bit || counts.fields_left);
    need(flags != MAIL_MEND_HEADERS || now.header_8bit || !counts.fields_left);
    need(flags & MAIL_MEND_LINES || !memcmp(now.body, f->body, SHA256_OCTETS));
    if (!mail_mend_needed(f, flags))
        need(!counts.fields && !counts.fields_left && !counts.lines);
    mail_facts_done(&now);
    buf_done(&once);
    buf_done(&cut);
    buf_done(&twice);
}

static void try_munged(const uint8_t *data, size_t size, size_t piece)
{
    struct buf once = {0}, cut = {0};
    munge(data, size, size, &once);
    munge(data, size, piece, &cut);
    need_equal(&once, &cut);
    struct mail_facts now = scan(buf_bytes(&once), buf_len(&once));
    need(!now.header_8bit);
    mail_facts_done(&now);
    buf_done(&once);
    buf_done(&cut);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t piece = data[0] ? data[0] : 1;
    data++;
    size--;
    struct mail_facts f = scan(data, size);
    for (unsigned flags = 1; flags <= (MAIL_MEND_HEADERS | MAIL_MEND_LINES); flags++)
        try_flags(flags, data, size, piece, &f);
    try_munged(data, size, piece);
    mail_facts_done(&f);
    return 0;
}
