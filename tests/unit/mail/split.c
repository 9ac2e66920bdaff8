#include "split.h"

#include "check.h"
#include "mail_repair.h"
#include "mem.h"

void split_scan(struct mail_scan *s, const char *in, size_t len, size_t cut, struct mail_facts *ret)
{
    if (cut == SIZE_MAX) {
        for (size_t i = 0; i < len; i++)
            mail_scan_feed(s, in + i, 1);
    } else {
        cut = cut < len ? cut : len;
        mail_scan_feed(s, in, cut);
        mail_scan_feed(s, in + cut, len - cut);
    }
    mail_scan_finish(s, ret);
}

struct mail_facts split_scan_whole(const char *in, size_t len)
{
    struct mail_scan *s = mail_scan_new();
    struct mail_facts f;
    split_scan(s, in, len, len, &f);
    mail_scan_free(s);
    return f;
}

void split_repair(const char *in, size_t len, size_t cut, struct buf *out)
{
    struct mail_repair r;
    mail_repair_init(&r);
    if (cut == SIZE_MAX) {
        for (size_t i = 0; i < len; i++)
            mail_repair_feed(&r, in + i, 1, out);
    } else {
        cut = cut < len ? cut : len;
        mail_repair_feed(&r, in, cut, out);
        mail_repair_feed(&r, in + cut, len - cut, out);
    }
    mail_repair_finish(&r, out);
}

struct mail_mend_counts split_mend(unsigned flags, const char *in, size_t len, size_t cut, struct buf *out)
{
    struct mail_mend *m = mail_mend_new(flags);
    struct mail_mend_counts counts;
    if (cut == SIZE_MAX) {
        for (size_t i = 0; i < len; i++)
            mail_mend_feed(m, in + i, 1, out);
    } else {
        cut = cut < len ? cut : len;
        mail_mend_feed(m, in, cut, out);
        mail_mend_feed(m, in + cut, len - cut, out);
    }
    mail_mend_finish(m, out, &counts);
    mail_mend_free(m);
    return counts;
}

void split_munge(const char *in, size_t len, size_t cut, struct buf *out)
{
    struct mail_mend_munged m;
    mail_mend_munged_init(&m);
    if (cut == SIZE_MAX) {
        for (size_t i = 0; i < len; i++)
            mail_mend_munged_feed(&m, in + i, 1, out);
    } else {
        cut = cut < len ? cut : len;
        mail_mend_munged_feed(&m, in, cut, out);
        mail_mend_munged_feed(&m, in + cut, len - cut, out);
    }
    mail_mend_munged_finish(&m, out);
}

struct mail_structure_facts split_structure(const char *in, size_t len, size_t cut)
{
    struct mail_structure *s = mail_structure_new();
    struct mail_structure_facts facts;
    if (cut == SIZE_MAX) {
        for (size_t i = 0; i < len; i++)
            mail_structure_feed(s, in + i, 1);
    } else {
        cut = cut < len ? cut : len;
        mail_structure_feed(s, in, cut);
        mail_structure_feed(s, in + cut, len - cut);
    }
    mail_structure_finish(s, &facts);
    mail_structure_free(s);
    return facts;
}

static void text_fact(struct buf *b, const char *name, const char *value)
{
    if (value)
        buf_printf(b, " %s:%s", name, value);
}

static void count_fact(struct buf *b, const char *name, uint64_t value)
{
    if (value)
        buf_printf(b, " %s:%" PRIu64, name, value);
}

static void flag_fact(struct buf *b, const char *name, bool value)
{
    if (value)
        buf_printf(b, " %s", name);
}

static void flags_facts(struct buf *b, const struct mail_flags *f)
{
    flag_fact(b, "flags", f->known);
    flag_fact(b, "seen", f->seen);
    flag_fact(b, "answered", f->answered);
    flag_fact(b, "flagged", f->flagged);
    flag_fact(b, "deleted", f->deleted);
    flag_fact(b, "draft", f->draft);
}

static void words(struct buf *b, const struct mail_facts *f)
{
    text_fact(b, "id", f->message_id);
    text_fact(b, "from", f->from);
    text_fact(b, "subject", f->subject);
    text_fact(b, "date", f->date);
    if (f->date_s != MAIL_NO_DATE)
        buf_printf(b, " date_s:%" PRId64, f->date_s);
    if (f->received_s != MAIL_NO_DATE)
        buf_printf(b, " received_s:%" PRId64, f->received_s);
    flags_facts(b, &f->flags);
    buf_printf(b, " header:%" PRIu64, f->header_octets);
    flag_fact(b, "body", f->has_body);
    count_fact(b, "cr", f->bare_cr);
    count_fact(b, "lf", f->bare_lf);
    count_fact(b, "nul", f->nul);
    flag_fact(b, "unended", f->no_final_crlf);
    flag_fact(b, "mbox", f->mbox_from_line);
    flag_fact(b, "8bit", f->header_8bit);
    count_fact(b, "odd", f->odd_header_lines);
    flag_fact(b, "internal", f->folder_internal);
    buf_consume(b, 1);
}

char *split_facts_words(const struct mail_facts *f)
{
    CLEANUP(buf_done) struct buf b = {0};
    words(&b, f);
    return buf_strdup(&b);
}

static void hash_fact(struct buf *b, const char *name, const uint8_t digest[SHA256_OCTETS])
{
    char hex[SHA256_HEX];
    sha256_hex(digest, hex);
    text_fact(b, name, hex);
}

char *split_facts_all(const struct mail_facts *f)
{
    CLEANUP(buf_done) struct buf b = {0};
    words(&b, f);
    count_fact(&b, "octets", f->octets);
    count_fact(&b, "longest", f->longest_line);
    hash_fact(&b, "sha256", f->sha256);
    hash_fact(&b, "core", f->core);
    hash_fact(&b, "whole_header", f->whole_header);
    hash_fact(&b, "body", f->body);
    hash_fact(&b, "fingerprint", f->fingerprint);
    return buf_strdup(&b);
}

static void check_split(struct mail_scan *s, const char *in, size_t len, size_t cut, const char *facts,
    const struct buf *repaired)
{
    struct mail_facts f;
    split_scan(s, in, len, cut, &f);
    CLEANUP(mem_free_str) char *now = split_facts_all(&f);
    mail_facts_done(&f);
    CHECK_STR(now, facts);
    CLEANUP(buf_done) struct buf out = {0};
    split_repair(in, len, cut, &out);
    CHECK(buf_len(&out) == buf_len(repaired) && !memcmp(buf_bytes(&out), buf_bytes(repaired), buf_len(&out)));
}

void split_check_all(const char *in, size_t len)
{
    struct mail_facts f = split_scan_whole(in, len);
    CLEANUP(mem_free_str) char *facts = split_facts_all(&f);
    mail_facts_done(&f);
    CLEANUP(buf_done) struct buf repaired = {0};
    split_repair(in, len, len, &repaired);
    struct mail_scan *s = mail_scan_new();
    for (size_t cut = 0; cut < len; cut++)
        check_split(s, in, len, cut, facts, &repaired);
    check_split(s, in, len, SIZE_MAX, facts, &repaired);
    mail_scan_free(s);
}
