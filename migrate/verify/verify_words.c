#include "verify.h"

#include "mem.h"
#include <string.h>

static bool same(const uint8_t a[SHA256_OCTETS], const uint8_t b[SHA256_OCTETS])
{
    return !memcmp(a, b, SHA256_OCTETS);
}

/* The body that came back gives, with what was sent of the header, the fingerprint of what was sent
 * (mail_scan.h; not of messages without Message-ID). */
static bool completes(const struct ledger_message *sent, const uint8_t body[SHA256_OCTETS])
{
    uint8_t print[SHA256_OCTETS];
    if (!sent->message_id)
        return false;
    struct sha256 *h = sha256_new();
    sha256_update(h, sent->message_id, strlen(sent->message_id) + 1);
    sha256_update(h, sent->core_sent ? sent->core_sent : sent->core, SHA256_OCTETS);
    sha256_update(h, body, SHA256_OCTETS);
    sha256_final(h, print);
    sha256_free(h);
    return same(print, sent->fingerprint_sent ? sent->fingerprint_sent : sent->fingerprint);
}

static const char *part_words(const struct verify_content *ours, const struct verify_content *theirs)
{
    if (!ours->parts_known || !theirs->parts_known)
        return "";
    if (ours->parts != theirs->parts)
        return ", in the number of its parts";
    return same(ours->structure, theirs->structure) ? ", though its parts have the same content"
                                                    : ", in the content of its parts";
}

static char *body_words(const struct verify_content *ours, const struct verify_content *theirs)
{
    unsigned long long there = theirs->octets;
    if (!ours)
        return mem_printf("the body differs (the message has %llu octets there)", there);
    return mem_printf("the body differs%s (the message has %llu octets there, %llu in the source)",
        part_words(ours, theirs), there, (unsigned long long)ours->octets);
}

/* "" when all that can be told is the same. */
static const char *header_words(const struct verify_row *row, const struct verify_content *ours,
    const struct verify_content *theirs, bool body)
{
    if (row->ident != theirs->ident)
        return "Message-ID, From, Date or Subject differ";
    if (!same(row->header, theirs->header))
        return "From, Date or Subject differ";
    return body || (ours && !same(ours->whole_header, theirs->whole_header)) ? "header fields differ" : "";
}

char *verify_difference(const struct verify_row *row, const struct ledger_message *sent,
    const struct verify_content *ours, const struct verify_content *theirs)
{
    bool body = ours ? same(ours->body, theirs->body) : completes(sent, theirs->body);
    if (ours && ours->munged_known && same(ours->munged, theirs->print))
        return mem_strdup("the server replaced the raw 8-bit characters of header fields by X");
    if (row->ident != theirs->ident && !body)
        return mem_strdup("under its UID stands another message");
    const char *header = header_words(row, ours, theirs, body);
    char *more CLEANUP(mem_free_str) = body ? mem_strdup("") : body_words(ours, theirs);
    return mem_printf("%s%s%s", header, *header && *more ? "; " : "", more);
}
