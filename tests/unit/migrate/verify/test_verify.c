/* The pure parts of verify: proofs, differences in words, which message is which. */
#include "buf.h"
#include "check.h"
#include "mem.h"
#include "verify.h"

#define HEADER "Message-ID: <a@x>\r\nFrom: taro@x\r\nDate: Mon, 1 Apr 2024 10:00:00 +0900\r\nSubject: one\r\n"
#define NO_ID  "From: taro@x\r\nDate: Mon, 1 Apr 2024 10:00:00 +0900\r\nSubject: one\r\n"

/* ---- the scan ---- */
static struct verify_content scan_cut(const char *text, size_t len, size_t cut, unsigned flags)
{
    struct verify_scan *s = verify_scan_new();
    struct verify_content c;
    verify_scan_begin(s, VERIFY_SCAN_PARTS);
    verify_scan_feed(s, "Subject: what was begun before\r\n\xe3", 33); /* and is dropped */
    verify_scan_begin(s, flags);
    verify_scan_feed(s, text, cut);
    verify_scan_feed(s, text + cut, len - cut);
    verify_scan_finish(s, &c);
    verify_scan_free(s);
    return c;
}

static struct verify_content scan(const char *text)
{
    return scan_cut(text, strlen(text), 0, VERIFY_SCAN_PARTS);
}

static bool same(const uint8_t a[SHA256_OCTETS], const uint8_t b[SHA256_OCTETS])
{
    return !memcmp(a, b, SHA256_OCTETS);
}

static void test_scan_splits(void)
{
    static const char *const texts[] = {
        "",
        "\r\n",
        "no header at all",
        HEADER "\r\nbody\r\n",
        NO_ID "\r\nbody",
        "Subject: \xe5\x8c\x97\r\nMessage-ID: <b@x>\r\n\r\n\xe5\x8c\x97\r\n",
        HEADER
        "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\none\r\n--b\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\ndHdv\r\n--b--\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t len = strlen(texts[i]);
        struct verify_content whole = scan(texts[i]);
        for (size_t cut = 0; cut <= len; cut++) {
            CHECK_LABEL("text %zu cut at %zu", i, cut);
            struct verify_content c = scan_cut(texts[i], len, cut, VERIFY_SCAN_PARTS);
            CHECK(!memcmp(&c, &whole, sizeof c));
        }
        struct verify_content plain = scan_cut(texts[i], len, 0, 0);
        CHECK(!plain.parts_known);
        CHECK(same(plain.sha256, whole.sha256) && same(plain.print, whole.print) &&
              same(plain.body, whole.body));
        CHECK_INT(plain.octets, len);
    }
}

/* Two pieces of code tell what the header is, and agree. */
static void test_readers_agree(void)
{
    static const char *const texts[] = {
        "",
        "\r\n",
        "\n\nSubject: x\n",
        "no header at all",
        "no header\r\n\r\nbody",
        HEADER "\r\nbody\r\n",
        "From a@b Mon Apr 1\r\n folded\r\n" HEADER "\r\n",
        "From : a@x\r\nX-Odd : 1\r\n: none\r\n\r\n",
        " starts with a blank\r\nSubject: x\r\n\r\n",
        HEADER "Status: RO\r\n\tO\r\nX-UID: 12\r\nX-UID: 12a\r\n\r\n",
        "Status: O\rSubject: x\r\r\nTo: y\r\r\rbody",
        "Subject: x\n \n\ty\nodd line\n more\n\nb",
        "S\xfc: x\r\nSub ject: y\r\nContent-Length: 12\r\ncontent-length: many\r\nX-Keywords: a\r\n b\r\nEnd",
        "\001A: b\r\nX-Status: AFTD\r\nX-Status:\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct mail_scan *s = mail_scan_new();
        struct mail_facts f CLEANUP(mail_facts_done) = {0};
        mail_scan_feed(s, texts[i], strlen(texts[i]));
        mail_scan_finish(s, &f);
        mail_scan_free(s);
        for (size_t cut = 0; cut <= strlen(texts[i]); cut++) {
            CHECK_LABEL("text %zu cut at %zu", i, cut);
            struct verify_content c = scan_cut(texts[i], strlen(texts[i]), cut, 0);
            CHECK(same(c.header_fields, f.fields));
        }
    }
}

/* What the ledger has of a message, and its header read alone, give the same ident and header. */
static void test_scan_header(void)
{
    static const char *const texts[] = {HEADER "\r\nbody\r\n", NO_ID "\r\nbody\r\n"};
    for (size_t i = 0; i < 2; i++) {
        struct mail_scan *s = mail_scan_new();
        struct mail_facts f CLEANUP(mail_facts_done) = {0};
        uint8_t header[SHA256_OCTETS];
        CHECK_LABEL("text %zu", i);
        mail_scan_feed(s, texts[i], strlen(texts[i]));
        mail_scan_finish(s, &f);
        mail_scan_free(s);
        struct verify_content whole = scan(texts[i]);
        size_t header_len = (size_t)(strstr(texts[i], "\r\n\r\n") + 4 - texts[i]);
        struct verify_content alone = scan_cut(texts[i], header_len, 0, 0);
        verify_header(f.message_id, f.core, header);
        CHECK(same(whole.header, header) && same(alone.header, header));
        CHECK(whole.ident == verify_ident(f.message_id, f.core) && alone.ident == whole.ident);
    }
    CHECK(scan(texts[0]).ident != scan(texts[1]).ident);
}

/* ---- a row of the ledger, as the message was sent ---- */
static struct verify_row row_of(const char *text)
{
    struct verify_content c = scan(text);
    struct verify_row row = {.id = 1,
        .key = mem_strdup("uidl-1"),
        .item = 0,
        .state = LEDGER_DONE,
        .octets_sent = c.octets,
        .ident = c.ident,
        .internaldate_s = 1711933200};
    memcpy(row.header, c.header, SHA256_OCTETS);
    memcpy(row.print, c.print, SHA256_OCTETS);
    memcpy(row.fields, c.header_fields, SHA256_OCTETS);
    memcpy(row.sha256, c.sha256, SHA256_OCTETS);
    return row;
}

static void test_proof(void)
{
    static const struct {
        const char *there;
        enum ledger_proof proof, not_sent; /* not_sent: the row was found there, not sent */
    } rows[] = {
        {HEADER "\r\nbody\r\n", LEDGER_PROOF_EXACT, LEDGER_PROOF_CONTENT},
        {HEADER "\nbody\n", LEDGER_PROOF_CONTENT, LEDGER_PROOF_CONTENT},
        {"Status: RO\r\n" HEADER "\r\nbody\r\n\r\n", LEDGER_PROOF_CONTENT, LEDGER_PROOF_CONTENT},
        {"X-Loop: 1\r\n" HEADER "\r\nbody\r\n", LEDGER_UNPROVED, LEDGER_UNPROVED},
        {HEADER "\r\nBody\r\n", LEDGER_UNPROVED, LEDGER_UNPROVED},
        {NO_ID "\r\nbody\r\n", LEDGER_UNPROVED, LEDGER_UNPROVED},
        {"", LEDGER_UNPROVED, LEDGER_UNPROVED},
    };
    struct verify_row row = row_of(HEADER "\r\nbody\r\n");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verify_content there = scan(rows[i].there);
        struct verify_row found = row;
        memset(found.sha256, 0, sizeof found.sha256);
        CHECK_LABEL("row %zu", i);
        CHECK_INT(verify_proof(&row, &there), rows[i].proof);
        CHECK_INT(verify_proof(&found, &there), rows[i].not_sent);
        memset(found.print, 0, sizeof found.print);
        CHECK_INT(verify_proof(&found, &there), LEDGER_UNPROVED); /* nothing known proves nothing */
    }
    free(row.key);
}

/* ---- differences ---- */
#define MULTI(a, b)                                                                                          \
    "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" a                    \
    "\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\n" b "\r\n--b--\r\n"
#define OTHER "Message-ID: <z@x>\r\nFrom: jiro@x\r\nSubject: other\r\n"

static const struct difference {
    const char *label, *ours, *theirs;
    bool source; /* can be read again */
    const char *words;
    enum ledger_proof proof; /* if it agrees all the same */
} differences[] = {
    {"body", HEADER "\r\nbody\r\n", HEADER "\r\nbod\r\n", false,
        "the body differs (the message has 92 octets there)", LEDGER_UNPROVED},
    {"body, source read", HEADER "\r\nbody\r\n", HEADER "\r\nbod\r\n", true,
        "the body differs, in the content of its parts (the message has 92 octets there, 93 in the source)",
        LEDGER_UNPROVED},
    {"a part less", HEADER MULTI("one", "dHdv"), HEADER "\r\none\r\n", true,
        "header fields differ (not there: MIME-Version, Content-Type); the body differs, in the number of its parts (the message has 92 octets there, 216 in "
        "the source)",
        LEDGER_UNPROVED},
    {"encoded otherwise, and another subject", HEADER MULTI("one", "dHdv"),
        "Message-ID: <a@x>\r\nFrom: taro@x\r\nSubject: two\r\n" MULTI("one", "dH\r\ndv"), true,
        "header fields differ (other: Subject; not there: Date); the body differs, though its parts have the same content (the message has "
        "180 octets there, 216 in the source)",
        LEDGER_UNPROVED},
    {"subject", HEADER "\r\nbody\r\n", "Message-ID: <a@x>\r\nSubject: two\r\n\r\nbody\r\n", false,
        "From, Date or Subject differ", LEDGER_UNPROVED},
    {"subject, source read", HEADER "\r\nbody\r\n", "Message-ID: <a@x>\r\nSubject: two\r\n\r\nbody\r\n", true,
        "header fields differ (other: Subject; not there: From, Date)", LEDGER_UNPROVED},
    {"Message-ID gone", HEADER "\r\nbody\r\n", NO_ID "\r\nbody\r\n", true,
        "header fields differ (not there: Message-ID)", LEDGER_UNPROVED},
    {"Message-ID gone, source gone", HEADER "\r\nbody\r\n", NO_ID "\r\nbody\r\n", false,
        "Message-ID, From, Date or Subject differ", LEDGER_UNPROVED},
    {"a field more, no Message-ID", NO_ID "\r\nbody\r\n", "X-Added: yes\r\n" NO_ID "\r\nbody\r\n", true,
        "rewritten by the server: header fields (added: X-Added)", LEDGER_PROOF_STRUCTURE},
    {"field and body, no Message-ID", NO_ID "\r\nbody\r\n", "X-Added: yes\r\n" NO_ID "\r\nbod\r\n", true,
        "header fields differ (added: X-Added); the body differs, in the content of its parts (the message has 87 octets there, 74 in "
        "the source)",
        LEDGER_UNPROVED},
    {"another message", HEADER "\r\nbody\r\n", OTHER "\r\nelse\r\n", false,
        "under its UID stands another message", LEDGER_UNPROVED},
    {"another message, source read", HEADER "\r\nbody\r\n", OTHER "\r\nelse\r\n", true,
        "under its UID stands another message", LEDGER_UNPROVED},
    {"X for 8-bit",
        HEADER "X-Name: \xe5\x8c\x97\r\nTo: \xe5\x8c\x97\r\nSubject: \xe5\r\n\r\n\xe5\x8c\x97\r\n",
        HEADER "X-Name: XXX\r\nTo: XXX\r\nSubject: X\r\n\r\n\xe5\x8c\x97\r\n", true,
        "the server replaced the raw 8-bit characters of header fields by X: X-Name, To, Subject",
        LEDGER_UNPROVED},
    {"X for 8-bit in the subject", "Message-ID: <b@x>\r\nSubject: \xe5\x8c\x97\r\n\r\n\xe5\x8c\x97\r\n",
        "Message-ID: <b@x>\r\nSubject: XXX\r\n\r\n\xe5\x8c\x97\r\n", true,
        "the server replaced the raw 8-bit characters of header fields by X: Subject", LEDGER_UNPROVED},
    {"X for 8-bit, source gone", "Message-ID: <b@x>\r\nSubject: \xe5\x8c\x97\r\n\r\nbody\r\n",
        "Message-ID: <b@x>\r\nSubject: XXX\r\n\r\nbody\r\n", false, "From, Date or Subject differ",
        LEDGER_UNPROVED},
    {"another To", HEADER "To: jiro@x\r\n\r\nbody\r\n", HEADER "To: hanako@x\r\n\r\nbody\r\n", true,
        "header fields differ (other: To)", LEDGER_UNPROVED},
    {"another To, source gone", HEADER "To: jiro@x\r\n\r\nbody\r\n", HEADER "To: hanako@x\r\n\r\nbody\r\n",
        false, "header fields other than Message-ID, From, Date and Subject differ", LEDGER_UNPROVED},
    {"one of several", "Received: a\r\nReceived: b\r\n" HEADER "\r\nbody\r\n",
        "Received: a\r\n" HEADER "\r\nbody\r\n", true, "header fields differ (not there: Received)",
        LEDGER_UNPROVED},
    {"folded otherwise", HEADER "To: jiro@x,\r\n hanako@x\r\n\r\nbody\r\n",
        HEADER "To: jiro@x, hanako@x\r\n\r\nbody\r\n", true,
        "rewritten by the server: header fields (folded otherwise: To)", LEDGER_PROOF_STRUCTURE},
    {"moved", HEADER "To: jiro@x\r\n\r\nbody\r\n", "To: jiro@x\r\n" HEADER "\r\nbody\r\n", true,
        "rewritten by the server: header fields (in another order)", LEDGER_PROOF_STRUCTURE},
    {"encoded otherwise, and a field less", HEADER "X-A: 1\r\n" MULTI("one", "dHdv"),
        HEADER MULTI("one", "dH\r\ndv"), true,
        "header fields differ (not there: X-A); the body differs, though its parts have the same content (the message has "
        "218 octets there, 224 in the source)",
        LEDGER_UNPROVED},
    {"a status that is no server's", HEADER "Status: resolved\r\n\r\nbody\r\n",
        HEADER "Status: RO\r\n\r\nbody\r\n", true, "header fields differ (not there: Status)",
        LEDGER_UNPROVED},
};

static struct verify_content scan_with(struct verify_scan *s, const char *text)
{
    struct verify_content c;
    verify_scan_begin(s, VERIFY_SCAN_PARTS);
    verify_scan_feed(s, text, strlen(text));
    verify_scan_finish(s, &c);
    return c;
}

/* *ret points into f. */
static void sent_of(const char *text, struct mail_facts *f, struct ledger_message *ret)
{
    struct mail_scan *s = mail_scan_new();
    mail_scan_feed(s, text, strlen(text));
    mail_scan_finish(s, f);
    mail_scan_free(s);
    *ret = (struct ledger_message){.message_id = f->message_id};
    memcpy(ret->core, f->core, SHA256_OCTETS);
    memcpy(ret->fingerprint, f->fingerprint, SHA256_OCTETS);
}

static void test_difference(void)
{
    for (size_t i = 0; i < sizeof differences / sizeof *differences; i++) {
        const struct difference *d = &differences[i];
        struct mail_facts f CLEANUP(mail_facts_done) = {0};
        struct ledger_message sent;
        struct verify_row row = row_of(d->ours);
        struct verify_scan *s[] = {verify_scan_new(), verify_scan_new()};
        struct verify_content ours = scan_with(s[0], d->ours), theirs = scan_with(s[1], d->theirs);
        struct verify_fields fields = verify_fields_copy(verify_scan_fields(s[1]));
        theirs.fields = &fields;
        CHECK_LABEL("%s", d->label);
        sent_of(d->ours, &f, &sent);
        CHECK_INT(verify_proof(&row, &theirs), LEDGER_UNPROVED);
        struct verify_pair pair = {.row = &row,
            .sent = &sent,
            .ours = d->source ? &ours : NULL,
            .fields = d->source ? verify_scan_fields(s[0]) : NULL,
            .theirs = &theirs};
        struct verify_judgement j = verify_judge(&pair);
        CHECK_STR(j.why, d->words);
        CHECK_INT(j.proof, d->proof);
        CHECK_INT(j.verdict, d->proof ? VERIFY_AGREED : VERIFY_ALTERED);
        free(j.why);
        free(row.key);
        verify_fields_done(&fields);
        verify_scan_free(s[0]);
        verify_scan_free(s[1]);
    }
}

/* ---- which is which ---- */
/* One mailbox, UIDVALIDITY 7, with these messages under UIDs 1, 2, ...; and rows sent as these, in the same
 * order. */
struct scene {
    struct verify v;
    struct verification result;
    struct verify_box box;
    struct verify_entry entries[8];
    struct verify_row rows[8];
    uint32_t by_ident[8];
};

static int compare_ident(const void *a, const void *b, void *ctx)
{
    const struct verify_row *rows = ctx;
    uint64_t x = rows[*(const uint32_t *)a].ident, y = rows[*(const uint32_t *)b].ident;
    return x < y ? -1 : x > y;
}

static void scene_begin(
    struct scene *s, enum verify_level level, const char *const *there, const char *const *sent)
{
    *s = (struct scene){.box = {.uidvalidity = 7, .listed = true, .exists = true, .name = (char *)"INBOX"}};
    s->box.entries = s->entries;
    for (size_t i = 0; there[i]; i++, s->box.count++) {
        struct verify_content c = scan(there[i]);
        s->entries[i] = (struct verify_entry){
            .uid = (uint32_t)i + 1, .row = VERIFY_NONE, .octets = c.octets, .ident = c.ident};
        memcpy(s->entries[i].header, c.header, SHA256_OCTETS);
    }
    s->v = (struct verify){.level = level,
        .result = &s->result,
        .boxes = &s->box,
        .box_count = 1,
        .rows = s->rows,
        .by_ident = s->by_ident,
        .destination_scan = verify_scan_new()};
    for (size_t i = 0; sent[i]; i++, s->v.row_count++) {
        s->rows[i] = row_of(sent[i]);
        s->rows[i].id = (int64_t)i + 1;
        s->rows[i].uid = (uint32_t)i + 1;
        s->rows[i].uidvalidity = s->rows[i].floor_uidvalidity = 7;
        s->rows[i].floor_uid = 1;
        s->by_ident[i] = (uint32_t)i;
    }
    qsort_r(s->by_ident, s->v.row_count, sizeof *s->by_ident, compare_ident, s->rows);
}

/* As reading does it: whatever is wanted comes in. */
static void scene_read(struct scene *s, const char *const *there)
{
    for (size_t i = 0; i < s->box.count; i++) {
        struct verify_content c = scan(there[i]);
        if (!s->entries[i].want)
            continue;
        s->entries[i].want = false;
        verify_compare(&s->v, &s->entries[i], &c);
    }
}

/* "exact:2 missing": verdict or proof, and UID, of each row; then "doubled:UID" and "extra:UID" of entries.
 */
static char *scene_words(const struct scene *s)
{
    struct buf b CLEANUP(buf_done) = {0};
    for (size_t i = 0; i < s->v.row_count; i++) {
        const struct verify_row *row = &s->rows[i];
        if (row->verdict == VERIFY_AGREED)
            buf_printf(&b, "%s:%u ", ledger_proof_name(row->proof), row->uid);
        else
            buf_printf(&b, "%s ", verify_verdict_name(row->verdict));
    }
    for (size_t i = 0; i < s->box.count; i++) {
        const struct verify_entry *e = &s->entries[i];
        if (e->doubled || !e->claimed)
            buf_printf(&b, "%s:%u ", e->doubled ? "doubled" : "extra", e->uid);
    }
    return buf_strdup(&b);
}

static void scene_end(struct scene *s)
{
    for (size_t i = 0; i < s->v.row_count; i++) {
        free(s->rows[i].key);
        free(s->rows[i].why);
    }
    for (size_t i = 0; i < s->box.count; i++)
        verify_content_free(s->entries[i].content);
    verify_scan_free(s->v.destination_scan);
    free(s->v.places);
}

static void judge(struct scene *s, const char *const *there)
{
    verify_link_uids(&s->v, 0);
    scene_read(s, there);
    verify_index(&s->v);
    switch (s->v.level) {
    case VERIFY_COUNT:
        verify_claim_counts(&s->v);
        break;
    case VERIFY_HEADERS:
        verify_claim_headers(&s->v);
        verify_find_doubled(&s->v);
        break;
    case VERIFY_CONTENT:
        verify_want_candidates(&s->v);
        scene_read(s, there);
        verify_claim_contents(&s->v);
        verify_find_doubled(&s->v);
        break;
    }
}

#define A  "Message-ID: <a@x>\r\nSubject: a\r\n\r\nalpha\r\n"
#define A2 "Message-ID: <a@x>\r\nSubject: a\r\n\r\nalpha, but another\r\n"
#define A3 "Message-ID: <a@x>\r\nSubject: changed\r\n\r\nalpha\r\n"
#define B  "Message-ID: <b@x>\r\nSubject: b\r\n\r\nbeta\r\n"
#define C  "Message-ID: <c@x>\r\nSubject: c\r\n\r\ngamma\r\n"

enum twist {
    AS_TOLD,
    UNTOLD,  /* no UID was ever told */
    ANEW,    /* another UIDVALIDITY now */
    CROSSED, /* the UIDs of the first two rows exchanged */
};

static const struct match {
    const char *label;
    enum verify_level level;
    enum twist twist;
    const char *sent[6], *there[6];
    const char *words;
} matches[] = {
    {"all there", VERIFY_CONTENT, AS_TOLD, {A, B}, {A, B}, "exact:1 exact:2 "},
    {"untold", VERIFY_CONTENT, UNTOLD, {A, B}, {B, A}, "exact:2 exact:1 "},
    {"made anew", VERIFY_CONTENT, ANEW, {A, B}, {B, C, A}, "exact:3 exact:1 extra:2 "},
    {"crossed", VERIFY_CONTENT, CROSSED, {A, B}, {A, B}, "exact:1 exact:2 "},
    {"two of one Message-ID", VERIFY_CONTENT, UNTOLD, {A, A2}, {A2, A}, "exact:2 exact:1 "},
    {"one of them gone", VERIFY_CONTENT, UNTOLD, {A, A2}, {A2}, "open exact:1 "},
    {"altered stays open for the source", VERIFY_CONTENT, AS_TOLD, {A, B}, {A2, B}, "open exact:2 extra:1 "},
    {"doubled", VERIFY_CONTENT, AS_TOLD, {A, B}, {A, B, A}, "exact:1 exact:2 doubled:3 "},
    {"doubled twice", VERIFY_CONTENT, AS_TOLD, {A}, {A, A, A}, "exact:1 doubled:2 doubled:3 "},
    {"not doubled: another body", VERIFY_CONTENT, AS_TOLD, {A, B}, {A, B, A2}, "exact:1 exact:2 extra:3 "},
    {"not known when it came", VERIFY_CONTENT, ANEW, {A}, {A, A}, "exact:1 extra:2 "},
    {"moved to a later UID", VERIFY_CONTENT, AS_TOLD, {A, B}, {C, B, A}, "exact:3 exact:2 extra:1 "},
    {"nothing there", VERIFY_CONTENT, AS_TOLD, {A, B}, {NULL}, "open open "},
    {"headers", VERIFY_HEADERS, AS_TOLD, {A, B}, {A, B}, "headers:1 headers:2 "},
    {"headers do not see a body", VERIFY_HEADERS, AS_TOLD, {A, B}, {A2, B}, "headers:1 headers:2 "},
    {"headers, untold: the size helps", VERIFY_HEADERS, UNTOLD, {A, A2}, {A2, A}, "headers:2 headers:1 "},
    {"headers, altered", VERIFY_HEADERS, AS_TOLD, {A, B}, {A3, B}, "altered headers:2 "},
    {"headers, another under its UID", VERIFY_HEADERS, AS_TOLD, {A, B}, {C, B}, "altered headers:2 "},
    {"headers, gone", VERIFY_HEADERS, AS_TOLD, {A, B}, {A}, "headers:1 missing "},
    {"headers, crossed", VERIFY_HEADERS, CROSSED, {A, B}, {A, B}, "headers:1 headers:2 "},
    {"headers, doubled", VERIFY_HEADERS, AS_TOLD, {A}, {A, A, A2}, "headers:1 doubled:2 extra:3 "},
    {"count", VERIFY_COUNT, AS_TOLD, {A, B}, {C, C, C}, "count:1 count:2 extra:3 "},
    {"count, gone", VERIFY_COUNT, AS_TOLD, {A, B}, {C}, "count:1 missing "},
    {"count, untold", VERIFY_COUNT, UNTOLD, {A, B, C}, {C, C}, "count:1 count:2 missing "},
    {"count, made anew", VERIFY_COUNT, ANEW, {A}, {C, C}, "count:1 extra:2 "},
};

static void test_match(void)
{
    for (size_t i = 0; i < sizeof matches / sizeof *matches; i++) {
        const struct match *m = &matches[i];
        struct scene s;
        CHECK_LABEL("%s", m->label);
        scene_begin(&s, m->level, m->there, m->sent);
        for (size_t k = 0; k < s.v.row_count; k++) {
            if (m->twist == UNTOLD)
                s.rows[k].uid = s.rows[k].uidvalidity = 0;
            if (m->twist == ANEW)
                s.rows[k].uidvalidity = s.rows[k].floor_uidvalidity = 6;
            if (m->twist == CROSSED && k < 2)
                s.rows[k].uid = 2 - (uint32_t)k;
        }
        judge(&s, m->there);
        char *words CLEANUP(mem_free_str) = scene_words(&s);
        CHECK_STR(words, m->words);
        scene_end(&s);
    }
}

/* A server that writes another boundary each time: what stands there twice has the same parts. */
static void test_rewritten_twice(void)
{
    static const char *const sent[] = {HEADER MULTI("one", "dHdv"), NULL},
                             *const there[] = {HEADER MULTI("one", "dH\r\ndv"),
                                 HEADER MULTI("one", "d\r\nHdv"), HEADER MULTI("two", "dHdv"), NULL};
    struct scene s;
    CHECK_LABEL("rewritten twice");
    scene_begin(&s, VERIFY_CONTENT, there, sent);
    verify_link_uids(&s.v, 0);
    scene_read(&s, there);
    CHECK(s.v.rewritten);
    verify_index(&s.v);
    verify_want_candidates(&s.v);
    scene_read(&s, there);
    verify_claim_contents(&s.v);
    verify_settle(&s.v, &s.rows[0], &s.entries[0], 0, VERIFY_AGREED, LEDGER_PROOF_STRUCTURE, NULL);
    verify_find_doubled(&s.v);
    char *words CLEANUP(mem_free_str) = scene_words(&s);
    CHECK_STR(words, "structure:1 doubled:2 extra:3 ");
    scene_end(&s);
}

/* Of two candidates the one with the same header is likelier; one that is another's is none. */
static void test_likeliest(void)
{
    static const char *const sent[] = {A, NULL}, *const there[] = {B, A3, A2, NULL};
    struct scene s;
    uint32_t box;
    CHECK_LABEL("likeliest");
    scene_begin(&s, VERIFY_CONTENT, there, sent);
    verify_index(&s.v);
    CHECK(verify_likeliest(&s.v, &s.rows[0], &box) == &s.entries[2]);
    s.entries[2].claimed = true;
    CHECK(verify_likeliest(&s.v, &s.rows[0], &box) == &s.entries[1]);
    s.entries[1].claimed = true;
    CHECK(verify_likeliest(&s.v, &s.rows[0], &box) == &s.entries[0]); /* under its UID */
    s.entries[0].claimed = true;
    CHECK(verify_likeliest(&s.v, &s.rows[0], &box) == NULL);
    scene_end(&s);
}

static void test_uidls_changed(void)
{
    static const struct {
        size_t settled, found, items;
        bool changed;
    } rows[] = {
        {100, 100, 100, false}, {100, 0, 100, true}, {100, 0, 50, true}, {100, 0, 49, false},
        {100, 0, 0, false}, {100, 49, 100, true}, {100, 50, 100, false}, {10, 4, 10, true}, {9, 0, 9, false},
        {0, 0, 100, false}, {1000, 10, 10, false}, /* most were deleted by another program */
        {500, 0, 0, false},                        /* all of them by us */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("row %zu", i);
        CHECK_INT(names_differ(rows[i].settled, rows[i].items, rows[i].found), rows[i].changed);
    }
}

/* ---- a duplicate is proved by its twin only while both have one content ---- */
static void test_twin(void)
{
    struct verify_row twin = {.id = 7}, row = {.id = 9, .twin = 7};
    CHECK_LABEL("twin");
    CHECK(!verify_is_twin(&row, &twin)); /* nothing known proves nothing */
    memset(twin.received, 1, SHA256_OCTETS);
    memset(row.received, 1, SHA256_OCTETS);
    memset(twin.print, 2, SHA256_OCTETS); /* sent with a repair */
    CHECK(verify_is_twin(&row, &twin));
    twin.received[31] = 2;
    CHECK(!verify_is_twin(&row, &twin));
    twin.received[31] = 1;
    twin.id = 8;
    CHECK(!verify_is_twin(&row, &twin));
}

int main(void)
{
    static const struct check_test tests[] = {
        {"scan at every split", test_scan_splits},
        {"two readers", test_readers_agree},
        {"header alone", test_scan_header},
        {"proof", test_proof},
        {"differences", test_difference},
        {"which is which", test_match},
        {"rewritten, and there twice", test_rewritten_twice},
        {"the likeliest", test_likeliest},
        {"UIDLs that changed", test_uidls_changed},
        {"twins", test_twin},
    };
    return check_main("verify", tests, sizeof tests / sizeof *tests);
}
