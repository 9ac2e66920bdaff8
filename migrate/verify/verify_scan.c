#include "verify_scan.h"

#include "buf.h"
#include "mail_mend.h"
#include "mail_structure.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

struct verify_scan {
    struct mail_scan *scan, *munged_scan;
    struct mail_structure *structure;
    struct mail_mend_munged munged;
    struct buf piece;
    unsigned flags;
};

struct verify_scan *verify_scan_new(void)
{
    struct verify_scan *s = mem_alloc(sizeof *s);
    s->scan = mail_scan_new();
    s->munged_scan = mail_scan_new();
    s->structure = mail_structure_new();
    mail_mend_munged_init(&s->munged);
    return s;
}

void verify_scan_free(struct verify_scan *s)
{
    if (!s)
        return;
    mail_scan_free(s->scan);
    mail_scan_free(s->munged_scan);
    mail_structure_free(s->structure);
    buf_done(&s->piece);
    free(s);
}

static void drop(struct mail_scan *scan)
{
    struct mail_facts dropped CLEANUP(mail_facts_done) = {0};
    mail_scan_finish(scan, &dropped);
}

void verify_scan_begin(struct verify_scan *s, unsigned flags)
{
    struct mail_structure_facts dropped;
    drop(s->scan);
    if (s->flags & VERIFY_SCAN_MUNGED)
        drop(s->munged_scan);
    if (s->flags & VERIFY_SCAN_PARTS)
        mail_structure_finish(s->structure, &dropped);
    mail_mend_munged_init(&s->munged);
    s->flags = flags;
}

static void feed_munged(struct verify_scan *s)
{
    mail_scan_feed(s->munged_scan, buf_bytes(&s->piece), buf_len(&s->piece));
    buf_clear(&s->piece);
}

void verify_scan_feed(struct verify_scan *s, const void *data, size_t len)
{
    mail_scan_feed(s->scan, data, len);
    if (s->flags & VERIFY_SCAN_PARTS)
        mail_structure_feed(s->structure, data, len);
    if (s->flags & VERIFY_SCAN_MUNGED) {
        mail_mend_munged_feed(&s->munged, data, len, &s->piece);
        feed_munged(s);
    }
}

static void finish_munged(struct verify_scan *s, struct verify_content *ret)
{
    struct mail_facts f CLEANUP(mail_facts_done) = {0};
    mail_mend_munged_finish(&s->munged, &s->piece);
    feed_munged(s);
    mail_scan_finish(s->munged_scan, &f);
    memcpy(ret->munged, f.fingerprint, SHA256_OCTETS);
    ret->munged_known = true;
}

static void finish_parts(struct verify_scan *s, struct verify_content *ret)
{
    struct mail_structure_facts f;
    mail_structure_finish(s->structure, &f);
    ret->parts = f.leaves;
    memcpy(ret->structure, f.sha256, SHA256_OCTETS);
    ret->parts_known = true;
}

void verify_scan_finish(struct verify_scan *s, struct verify_content *ret)
{
    struct mail_facts f CLEANUP(mail_facts_done) = {0};
    mail_scan_finish(s->scan, &f);
    *ret = (struct verify_content){.octets = f.octets, .ident = verify_ident(f.message_id, f.core)};
    verify_header(f.message_id, f.core, ret->header);
    memcpy(ret->sha256, f.sha256, SHA256_OCTETS);
    memcpy(ret->print, f.fingerprint, SHA256_OCTETS);
    memcpy(ret->body, f.body, SHA256_OCTETS);
    memcpy(ret->whole_header, f.whole_header, SHA256_OCTETS);
    if (s->flags & VERIFY_SCAN_MUNGED)
        finish_munged(s, ret);
    if (s->flags & VERIFY_SCAN_PARTS)
        finish_parts(s, ret);
    s->flags = 0;
}

uint64_t verify_ident(const char *message_id, const uint8_t core[SHA256_OCTETS])
{
    uint8_t digest[SHA256_OCTETS];
    uint64_t ident;
    if (message_id)
        sha256_bytes(message_id, strlen(message_id), digest);
    else
        memcpy(digest, core, SHA256_OCTETS);
    memcpy(&ident, digest, sizeof ident);
    return ident;
}

void verify_header(const char *message_id, const uint8_t core[SHA256_OCTETS], uint8_t ret[SHA256_OCTETS])
{
    uint8_t both[2 * SHA256_OCTETS] = {0};
    if (message_id)
        sha256_bytes(message_id, strlen(message_id), both);
    memcpy(both + SHA256_OCTETS, core, SHA256_OCTETS);
    sha256_bytes(both, sizeof both, ret);
}
