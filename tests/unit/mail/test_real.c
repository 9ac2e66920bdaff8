/* Properties that must hold for real messages: the folder is named by POPFERRY_REAL_MAIL, every *.eml in and
 * below it. */
#include "check.h"
#include "mail_repair.h"
#include "mail_words.h"
#include "mem.h"
#include "split.h"
#include <ftw.h>

#define SKIPPED      77
#define BYTEWISE_MAX 65536
#define SPLITS       8

static unsigned messages;
static uint32_t random_state = 1;

static uint32_t next_random(void)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state;
}

static char *read_all(const char *path, size_t *ret_len)
{
    FILE *f = fopen(path, "rb");
    CLEANUP(buf_done) struct buf b = {0};
    CHECK(f != NULL);
    for (size_t n = 1; f && n;) {
        n = fread(buf_reserve(&b, 65536), 1, 65536, f);
        buf_commit(&b, n);
    }
    if (f)
        fclose(f);
    *ret_len = buf_len(&b);
    return buf_strdup(&b);
}

/* Pieces of random size, small ones too. */
static void scan_random(struct mail_scan *s, const char *in, size_t len, struct mail_facts *ret)
{
    for (size_t at = 0; at < len;) {
        size_t n = next_random() % (1u << next_random() % 14) + 1;
        n = n < len - at ? n : len - at;
        mail_scan_feed(s, in + at, n);
        at += n;
    }
    mail_scan_finish(s, ret);
}

static void check_splits(const char *in, size_t len, const struct mail_facts *whole)
{
    struct mail_scan *s = mail_scan_new();
    CLEANUP(mem_free_str) char *facts = split_facts_all(whole);
    for (int i = 0; i <= SPLITS; i++) {
        struct mail_facts f;
        if (i == SPLITS)
            split_scan(s, in, len, len < BYTEWISE_MAX ? SIZE_MAX : 1, &f);
        else
            scan_random(s, in, len, &f);
        CLEANUP(mem_free_str) char *again = split_facts_all(&f);
        mail_facts_done(&f);
        CHECK_STR(again, facts);
    }
    mail_scan_free(s);
}

static bool equal(const struct buf *b, const char *in, size_t len)
{
    return buf_len(b) == len && !memcmp(buf_bytes(b), in, len);
}

static void check_repair(const char *in, size_t len, const struct mail_facts *f)
{
    CLEANUP(buf_done) struct buf once = {0};
    CLEANUP(buf_done) struct buf twice = {0};
    CLEANUP(buf_done) struct buf pieces = {0};
    split_repair(in, len, len, &once);
    CHECK_INT(mail_repair_needed(f), !equal(&once, in, len));
    split_repair(buf_bytes(&once), buf_len(&once), buf_len(&once), &twice);
    CHECK(equal(&twice, buf_bytes(&once), buf_len(&once)));
    split_repair(in, len, SIZE_MAX, &pieces);
    CHECK(equal(&pieces, buf_bytes(&once), buf_len(&once)));
    struct mail_facts again = split_scan_whole(buf_bytes(&once), buf_len(&once));
    CHECK(!mail_repair_needed(&again));
    CHECK(!memcmp(again.fingerprint, f->fingerprint, SHA256_OCTETS));
    CHECK(!memcmp(again.whole_header, f->whole_header, SHA256_OCTETS));
    CHECK_STR(again.message_id, f->message_id);
    CHECK_INT(again.date_s, f->date_s);
    mail_facts_done(&again);
}

static void check_mended(unsigned flags, const char *in, size_t len, const struct mail_facts *f)
{
    CLEANUP(buf_done) struct buf once = {0};
    CLEANUP(buf_done) struct buf twice = {0};
    CLEANUP(buf_done) struct buf pieces = {0};
    struct mail_mend_counts counts = split_mend(flags, in, len, len / 3, &once);
    split_mend(flags, in, len, SIZE_MAX, &pieces);
    CHECK(equal(&pieces, buf_bytes(&once), buf_len(&once)));
    struct mail_mend_counts again = split_mend(flags, buf_bytes(&once), buf_len(&once), 0, &twice);
    CHECK(equal(&twice, buf_bytes(&once), buf_len(&once)));
    CHECK_INT(again.fields + again.lines, 0);
    struct mail_facts now = split_scan_whole(buf_bytes(&once), buf_len(&once));
    CHECK(!mail_repair_needed(&now));
    if (flags & MAIL_MEND_HEADERS)
        CHECK_INT(now.header_8bit, counts.fields_left > 0);
    if (flags & MAIL_MEND_LINES)
        CHECK(now.longest_line <= 998);
    else
        CHECK(!memcmp(now.body, f->body, SHA256_OCTETS));
    mail_facts_done(&now);
}

static void check_mend(const char *in, size_t len, const struct mail_facts *f)
{
    unsigned needed = mail_mend_needed(f, MAIL_MEND_HEADERS | MAIL_MEND_LINES);
    for (unsigned flags = 1; flags <= (MAIL_MEND_HEADERS | MAIL_MEND_LINES); flags++)
        if (needed & flags)
            check_mended(flags, in, len, f);
    CLEANUP(buf_done) struct buf repaired = {0};
    CLEANUP(buf_done) struct buf mended = {0};
    split_repair(in, len, len, &repaired);
    split_mend(~needed & (MAIL_MEND_HEADERS | MAIL_MEND_LINES), in, len, len, &mended);
    CHECK(equal(&mended, buf_bytes(&repaired), buf_len(&repaired)));
}

/* The same however it is cut, and what the line ends are. */
static void check_structure(const char *in, size_t len)
{
    CLEANUP(buf_done) struct buf repaired = {0};
    split_repair(in, len, len, &repaired);
    struct mail_structure_facts whole = split_structure(in, len, len);
    struct mail_structure_facts others[] = {split_structure(in, len, len / 2),
        split_structure(in, len, SIZE_MAX), split_structure(buf_bytes(&repaired), buf_len(&repaired), 0)};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        CHECK_INT(others[i].leaves, whole.leaves);
        CHECK(!memcmp(others[i].sha256, whole.sha256, SHA256_OCTETS));
    }
}

/* What TOP n 0 gives. */
static void check_top(const char *in, const struct mail_facts *f)
{
    if (!f->header_octets)
        return;
    struct mail_facts top = split_scan_whole(in, f->header_octets);
    CHECK_STR(top.message_id, f->message_id);
    CHECK_INT(top.date_s, f->date_s);
    CHECK_INT(top.header_octets, f->header_octets);
    CHECK(!memcmp(top.core, f->core, SHA256_OCTETS));
    CHECK(!memcmp(top.whole_header, f->whole_header, SHA256_OCTETS));
    mail_facts_done(&top);
}

static void check_shown(const char *value)
{
    CLEANUP(mem_free_str) char *shown = mail_words_decode(value);
    CHECK(shown != NULL && strlen(shown) <= 4 * MAIL_FIELD_MAX);
}

static int visit(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    size_t n = strlen(path), len;
    if (type != FTW_F || n < 4 || strcmp(path + n - 4, ".eml") != 0)
        return 0;
    CHECK_LABEL("%s", path + ftw->base);
    CLEANUP(mem_free_str) char *in = read_all(path, &len);
    struct mail_facts f = split_scan_whole(in, len);
    CHECK_INT(f.octets, len);
    check_splits(in, len, &f);
    check_repair(in, len, &f);
    check_top(in, &f);
    check_mend(in, len, &f);
    check_structure(in, len);
    check_shown(f.from);
    check_shown(f.subject);
    mail_facts_done(&f);
    messages++;
    return 0;
}

static void test_folder(void)
{
    CHECK_INT(nftw(getenv("POPFERRY_REAL_MAIL"), visit, 16, FTW_PHYS), 0);
    CHECK(messages > 0);
    printf("%u messages\n", messages);
}

int main(void)
{
    static const struct check_test tests[] = {{"folder of real mail", test_folder}};
    if (!getenv("POPFERRY_REAL_MAIL")) {
        puts("skipped: POPFERRY_REAL_MAIL names no folder of real messages");
        return SKIPPED;
    }
    return check_main("mail, real messages", tests, 1);
}
