#include "verify_scan.h"

#include "buf.h"
#include "mail_mend.h"
#include "mail_structure.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

struct verify_scan {
    struct mail_scan *scan;
    struct mail_structure *structure;
    struct verify_reader *reader;
    struct mail_mend *mend; /* NULL: it was sent as it is */
    struct buf mended;
    unsigned flags;
};

struct verify_scan *verify_scan_new(void)
{
    struct verify_scan *s = mem_alloc(sizeof *s);
    s->scan = mail_scan_new();
    s->structure = mail_structure_new();
    s->reader = verify_reader_new();
    return s;
}

void verify_scan_free(struct verify_scan *s)
{
    if (!s)
        return;
    mail_scan_free(s->scan);
    mail_structure_free(s->structure);
    verify_reader_free(s->reader);
    mail_mend_free(s->mend);
    buf_done(&s->mended);
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
    if (s->flags & VERIFY_SCAN_PARTS)
        mail_structure_finish(s->structure, &dropped);
    uint8_t unused[SHA256_OCTETS];
    verify_reader_finish(s->reader, unused);
    mail_mend_free(s->mend);
    s->mend = NULL;
    s->flags = flags;
}

void verify_scan_mended(struct verify_scan *s, unsigned mend)
{
    s->mend = mend ? mail_mend_new(mend) : NULL;
}

static void feed_mended(struct verify_scan *s)
{
    verify_reader_feed(s->reader, buf_bytes(&s->mended), buf_len(&s->mended));
    buf_clear(&s->mended);
}

void verify_scan_feed(struct verify_scan *s, const void *data, size_t len)
{
    if (s->mend) {
        mail_mend_feed(s->mend, data, len, &s->mended);
        feed_mended(s);
    } else {
        verify_reader_feed(s->reader, data, len);
    }
    mail_scan_feed(s->scan, data, len);
    if (s->flags & VERIFY_SCAN_PARTS)
        mail_structure_feed(s->structure, data, len);
}

static void finish_fields(struct verify_scan *s, struct verify_content *ret)
{
    struct mail_mend_counts counts;
    if (s->mend) {
        mail_mend_finish(s->mend, &s->mended, &counts);
        feed_mended(s);
    }
    verify_reader_finish(s->reader, ret->header_fields);
}

const struct verify_fields *verify_scan_fields(const struct verify_scan *s)
{
    return verify_reader_fields(s->reader);
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
    finish_fields(s, ret);
    if (s->flags & VERIFY_SCAN_PARTS)
        finish_parts(s, ret);
    s->flags = 0;
}

struct verify_content *verify_content_new(const struct verify_content *content)
{
    struct verify_content *c = mem_alloc(sizeof *c);
    *c = *content;
    return c;
}

void verify_content_free(struct verify_content *c)
{
    if (!c)
        return;
    if (c->fields)
        verify_fields_done(c->fields);
    free(c->fields);
    free(c);
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
