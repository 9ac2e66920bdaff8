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

static bool same_body(const struct verify_pair *p)
{
    if (p->header_alone || (sha256_is_set(p->row->print) && same(p->row->print, p->theirs->print)))
        return true;
    return p->ours ? same(p->ours->body, p->theirs->body) : completes(p->sent, p->theirs->body);
}

static struct verify_judgement agreed(enum ledger_proof proof, char *why)
{
    return (struct verify_judgement){.verdict = VERIFY_AGREED, .proof = proof, .why = why};
}

/* Message-ID, From, Date, Subject and body are the same; d: the other fields. */
static struct verify_judgement judge_header(
    const struct verify_pair *p, const struct verify_fields_difference *d)
{
    if (same(p->ours->header_fields, p->theirs->header_fields))
        return agreed(LEDGER_PROOF_CONTENT, NULL);
    if (p->row->state == LEDGER_PRESENT && !d->munged)
        return agreed(LEDGER_PROOF_BODY,
            mem_printf("it was there before, as another copy: header fields differ (%s)", d->words));
    if (d->any && !d->losing)
        return agreed(
            LEDGER_PROOF_STRUCTURE, mem_printf("rewritten by the server: header fields (%s)", d->words));
    return (struct verify_judgement){
        .verdict = VERIFY_ALTERED, .why = verify_difference(p, true, d->any ? d->words : NULL, d->munged)};
}

/* The same, where the source cannot tell which fields they are. */
static struct verify_judgement judge_unknown_header(const struct verify_pair *p)
{
    if (!sha256_is_set(p->row->fields))
        return agreed(LEDGER_PROOF_BODY,
            mem_strdup(
                "its other header fields cannot be compared: it was copied before popferry noted them, and the "
                "source does not give it any more"));
    if (p->row->state == LEDGER_PRESENT)
        return agreed(LEDGER_PROOF_BODY,
            mem_strdup("it was there before, as another copy: other header fields differ"));
    return (struct verify_judgement){
        .verdict = VERIFY_ALTERED, .why = verify_difference(p, true, NULL, false)};
}

static struct verify_judgement judge_rewritten(const struct verify_fields_difference *d)
{
    return agreed(LEDGER_PROOF_STRUCTURE,
        mem_printf("rewritten by the server: its parts have the same content, its bytes are others%s%s%s",
            d->any ? "; header fields (" : "", d->any ? d->words : "", d->any ? ")" : ""));
}

struct verify_judgement verify_judge(const struct verify_pair *p)
{
    struct verify_judgement j = {.verdict = VERIFY_ALTERED};
    struct verify_fields_difference d = {0};
    bool body = same_body(p), core = same(p->theirs->header, p->row->header);
    bool parts = !body && p->ours && verify_same_parts(p->ours, p->theirs);
    bool told = p->ours && p->theirs->fields && !p->fields->more;
    if (told)
        d = verify_fields_compare(p->fields, p->theirs->fields, parts);
    if (body && core)
        j = told ? judge_header(p, &d) : judge_unknown_header(p);
    else if (core && parts && !d.losing)
        j = judge_rewritten(&d);
    else
        j.why = verify_difference(p, body, told ? d.words : NULL, d.munged && body);
    mem_free_str(&d.words);
    return j;
}
