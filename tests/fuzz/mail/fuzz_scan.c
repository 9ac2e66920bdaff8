/* A message: the same facts and the same repair however it is cut; the repair mends once and for all and
 * keeps the message's identity; a header alone is known as the whole message is. The first octet chooses the
 * cuts. */
#include "buf.h"
#include "mail_repair.h"
#include "mail_scan.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static struct mail_facts scan(const uint8_t *data, size_t size, size_t piece)
{
    struct mail_scan *s = mail_scan_new();
    struct mail_facts f;
    for (size_t at = 0; at < size; at += piece)
        mail_scan_feed(s, data + at, piece < size - at ? piece : size - at);
    mail_scan_finish(s, &f);
    mail_scan_free(s);
    return f;
}

static struct buf repair(const void *data, size_t size, size_t piece)
{
    struct mail_repair r;
    struct buf out = {0};
    mail_repair_init(&r);
    for (size_t at = 0; at < size; at += piece)
        mail_repair_feed(&r, (const char *)data + at, piece < size - at ? piece : size - at, &out);
    mail_repair_finish(&r, &out);
    return out;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static void need_identity(const struct mail_facts *a, const struct mail_facts *b)
{
    need(same_text(a->message_id, b->message_id));
    need(same_text(a->subject, b->subject) && same_text(a->from, b->from) && same_text(a->date, b->date));
    need(a->date_s == b->date_s && a->received_s == b->received_s);
    need(!memcmp(a->core, b->core, SHA256_OCTETS));
    need(!memcmp(a->whole_header, b->whole_header, SHA256_OCTETS));
    need(!memcmp(a->fields, b->fields, SHA256_OCTETS) && a->octets_8bit == b->octets_8bit);
}

static void need_equal(const struct mail_facts *a, const struct mail_facts *b)
{
    need_identity(a, b);
    need(!memcmp(a->sha256, b->sha256, SHA256_OCTETS));
    need(!memcmp(a->fingerprint, b->fingerprint, SHA256_OCTETS));
    need(a->octets == b->octets && a->header_octets == b->header_octets && a->has_body == b->has_body);
    need(a->bare_cr == b->bare_cr && a->bare_lf == b->bare_lf && a->nul == b->nul);
    need(a->no_final_crlf == b->no_final_crlf && a->odd_header_lines == b->odd_header_lines);
    need(a->longest_line == b->longest_line && a->header_8bit == b->header_8bit);
    need(!memcmp(&a->flags, &b->flags, sizeof a->flags));
}

static void try_repair(const uint8_t *data, size_t size, size_t piece, const struct mail_facts *f)
{
    struct buf once = repair(data, size, size), cut = repair(data, size, piece);
    need(buf_len(&once) == buf_len(&cut) && !memcmp(buf_bytes(&once), buf_bytes(&cut), buf_len(&cut)));
    bool changed = buf_len(&once) != size || memcmp(buf_bytes(&once), data, size) != 0;
    need(changed == mail_repair_needed(f));
    struct mail_facts again = scan((const uint8_t *)buf_bytes(&once), buf_len(&once), size);
    need(!mail_repair_needed(&again));
    need_identity(f, &again);
    need(!memcmp(f->fingerprint, again.fingerprint, SHA256_OCTETS));
    mail_facts_done(&again);
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
    struct mail_facts whole = scan(data, size, size), cut = scan(data, size, piece);
    need(whole.octets == size && whole.header_octets <= size);
    need_equal(&whole, &cut);
    try_repair(data, size, piece, &whole);
    if (whole.header_octets) {
        struct mail_facts top = scan(data, whole.header_octets, piece);
        need_identity(&whole, &top);
        mail_facts_done(&top);
    }
    mail_facts_done(&whole);
    mail_facts_done(&cut);
    return 0;
}
