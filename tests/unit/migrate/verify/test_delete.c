/* The pure parts of delete: what may go, whether it is still what was copied, and what a list of the source
 * can be believed. */
#include "check.h"
#include "delete.h"
#include "identity.h"
#include "mem.h"
#include "verify.h"

#define HEADER "Message-ID: <a@x>\r\nFrom: taro@x\r\nDate: Mon, 1 Apr 2024 10:00:00 +0900\r\nSubject: one\r\n"
#define OTHER  "Message-ID: <z@x>\r\nFrom: jiro@x\r\nSubject: other\r\n"
#define NO_ID  "From: taro@x\r\nDate: Mon, 1 Apr 2024 10:00:00 +0900\r\nSubject: one\r\n"

/* ---- what may go ---- */
static void test_refusal(void)
{
    static const struct {
        enum verify_verdict verdict;
        enum ledger_proof proof;
        enum ledger_state state;
        bool key, may;
        unsigned accept;
        bool redated;
    } rows[] = {
        {VERIFY_AGREED, LEDGER_PROOF_EXACT, LEDGER_DONE, true, true, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_CONTENT, LEDGER_DONE, true, true, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_CONTENT, LEDGER_PRESENT, true, true, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_EXACT, LEDGER_DUPLICATE, true, true, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_EXACT, LEDGER_DONE, false, false, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_STRUCTURE, LEDGER_DONE, true, false, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_STRUCTURE, LEDGER_DUPLICATE, true, false, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_HEADERS, LEDGER_DONE, true, false, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_BODY, LEDGER_DONE, true, false, 3, false},
        {VERIFY_AGREED, LEDGER_PROOF_BODY, LEDGER_PRESENT, true, false, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_BODY, LEDGER_DUPLICATE, true, false, DELETE_ACCEPT_DATES, false},
        {VERIFY_AGREED, LEDGER_PROOF_BODY, LEDGER_DUPLICATE, true, true, DELETE_ACCEPT_DUPLICATES, false},
        {VERIFY_AGREED, LEDGER_PROOF_BODY, LEDGER_PRESENT, true, true, DELETE_ACCEPT_DUPLICATES, false},
        {VERIFY_AGREED, LEDGER_PROOF_STRUCTURE, LEDGER_DUPLICATE, true, false, 3, false},
        {VERIFY_ALTERED, LEDGER_PROOF_BODY, LEDGER_DUPLICATE, true, false, 3, false},
        {VERIFY_AGREED, LEDGER_PROOF_EXACT, LEDGER_DONE, true, false, DELETE_ACCEPT_DUPLICATES, true},
        {VERIFY_AGREED, LEDGER_PROOF_EXACT, LEDGER_DONE, true, true, DELETE_ACCEPT_DATES, true},
        {VERIFY_AGREED, LEDGER_PROOF_COUNT, LEDGER_DONE, true, false, 0, false},
        {VERIFY_AGREED, LEDGER_UNPROVED, LEDGER_DONE, true, false, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_EXACT, LEDGER_OPEN, true, false, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_EXACT, LEDGER_INTENT, true, false, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_EXACT, LEDGER_REFUSED, true, false, 0, false},
        {VERIFY_AGREED, LEDGER_PROOF_EXACT, LEDGER_QUARANTINED, true, false, 0, false},
        {VERIFY_ALTERED, LEDGER_PROOF_EXACT, LEDGER_DONE, true, false, 0, false},
        {VERIFY_MISSING, LEDGER_PROOF_EXACT, LEDGER_DONE, true, false, 0, false},
        {VERIFY_PENDING, LEDGER_PROOF_EXACT, LEDGER_DONE, true, false, 0, false},
        {VERIFY_OPEN, LEDGER_PROOF_EXACT, LEDGER_DONE, true, false, 0, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verify_row row = {.verdict = rows[i].verdict,
            .proof = rows[i].proof,
            .state = rows[i].state,
            .redated = rows[i].redated,
            .key = rows[i].key ? (char *)"uidl" : NULL};
        CHECK_LABEL("row %zu", i);
        CHECK_INT(!delete_refusal(&row, rows[i].accept), rows[i].may);
    }
}

/* ---- is it still the message that was copied? ---- */
static struct ledger_message ledger_row_of(const char *text)
{
    struct ledger_message m = {.id = 1};
    struct mail_facts f CLEANUP(mail_facts_done) = {0};
    struct mail_scan *s = mail_scan_new();
    mail_scan_feed(s, text, strlen(text));
    mail_scan_finish(s, &f);
    mail_scan_free(s);
    identity_of(&f, m.ident);
    memcpy(m.core, f.core, SHA256_OCTETS);
    memcpy(m.header, f.fields, SHA256_OCTETS);
    memcpy(m.fingerprint, f.fingerprint, SHA256_OCTETS);
    return m;
}

static const struct comparison {
    const char *label, *copied, *header, *whole; /* header: what TOP gives now */
    bool same_header, same_whole;
} comparisons[] = {
    {"the same", HEADER "\r\nbody\r\n", HEADER "\r\n", HEADER "\r\nbody\r\n", true, true},
    {"no end of header", HEADER "\r\nbody\r\n", HEADER, HEADER "\r\nbody\r\n\r\n", true, true},
    {"another Message-ID", HEADER "\r\nbody\r\n", OTHER "\r\n", OTHER "\r\nbody\r\n", false, false},
    {"another Subject", HEADER "\r\nbody\r\n",
        "Message-ID: <a@x>\r\nFrom: taro@x\r\nDate: Mon, 1 Apr 2024 10:00:00 +0900\r\nSubject: two\r\n\r\n",
        "Message-ID: <a@x>\r\nFrom: taro@x\r\nDate: Mon, 1 Apr 2024 10:00:00 +0900\r\nSubject: two\r\n\r\nbody\r\n",
        false, false},
    {"another body", HEADER "\r\nbody\r\n", HEADER "\r\n", HEADER "\r\nBody\r\n", true, false},
    {"cut header", HEADER "\r\nbody\r\n", "Message-ID: <a@x>\r\nFrom: taro@x\r\n", HEADER "\r\nbody\r\n",
        false, true},
    {"without Message-ID", NO_ID "\r\nbody\r\n", NO_ID "\r\n", NO_ID "\r\nbody\r\n", true, true},
    {"without Message-ID, another field", NO_ID "X-A: 1\r\n\r\nbody\r\n", NO_ID "X-A: 2\r\n\r\n",
        NO_ID "X-A: 2\r\n\r\nbody\r\n", false, false},
    {"another field", HEADER "To: jiro@x\r\n\r\nbody\r\n", HEADER "To: hanako@x\r\n\r\n",
        HEADER "To: hanako@x\r\n\r\nbody\r\n", false, false},
    {"folded otherwise", HEADER "To: jiro@x,\r\n hanako@x\r\n\r\nbody\r\n",
        HEADER "To: jiro@x, hanako@x\r\n\r\n", HEADER "To: jiro@x, hanako@x\r\n\r\nbody\r\n", false, false},
    {"what servers add", HEADER "\r\nbody\r\n", "X-UID: 7\r\n" HEADER "Status: RO\r\nX-UIDL: a b\r\n\r\n",
        "X-UID: 7\r\n" HEADER "Status: O\r\n\r\nbody\r\n", true, true},
    {"a status that is no server's", HEADER "\r\nbody\r\n", HEADER "Status: resolved\r\n\r\n",
        HEADER "Status: resolved\r\n\r\nbody\r\n", false, false},
    {"nothing", HEADER "\r\nbody\r\n", "", "", false, false},
};

static bool is_same_cut(const struct ledger_message *m, const char *text, size_t cut, bool whole)
{
    struct mail_facts f CLEANUP(mail_facts_done) = {0};
    struct mail_scan *s = mail_scan_new();
    mail_scan_feed(s, text, cut);
    mail_scan_feed(s, text + cut, strlen(text) - cut);
    mail_scan_finish(s, &f);
    mail_scan_free(s);
    return delete_is_same(m, &f, whole);
}

static void test_compare(void)
{
    static const struct ledger_message unknown;
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++) {
        const struct comparison *c = &comparisons[i];
        struct ledger_message m = ledger_row_of(c->copied);
        for (size_t cut = 0; cut <= strlen(c->header); cut++) {
            CHECK_LABEL("%s, header cut at %zu", c->label, cut);
            CHECK_INT(is_same_cut(&m, c->header, cut, false), c->same_header);
            CHECK(!is_same_cut(&unknown, c->header, cut, false));
        }
        for (size_t cut = 0; cut <= strlen(c->whole); cut++) {
            CHECK_LABEL("%s, cut at %zu", c->label, cut);
            CHECK_INT(is_same_cut(&m, c->whole, cut, true), c->same_whole);
            CHECK(!is_same_cut(&unknown, c->whole, cut, true));
        }
    }
}

/* Other header fields alone make no other message, where a Message-ID tells which it is. */
static void test_same_message(void)
{
    static const struct {
        const char *label, *copied, *now;
        bool by_header, by_whole;
    } rows[] = {
        {"the same", HEADER "\r\nbody\r\n", HEADER "\r\nbody\r\n", true, true},
        {"another field", HEADER "To: jiro@x\r\n\r\nbody\r\n", HEADER "To: hanako@x\r\n\r\nbody\r\n", true,
            true},
        {"another body", HEADER "\r\nbody\r\n", HEADER "\r\nBody\r\n", true, false},
        {"without Message-ID", NO_ID "\r\nbody\r\n", NO_ID "\r\nbody\r\n", true, true},
        {"without Message-ID, another field", NO_ID "X-A: 1\r\n\r\nbody\r\n", NO_ID "X-A: 2\r\n\r\nbody\r\n",
            false, false},
        {"another message", HEADER "\r\nbody\r\n", NO_ID "\r\nbody\r\n", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct ledger_message m = ledger_row_of(rows[i].copied);
        struct mail_facts f CLEANUP(mail_facts_done) = {0};
        struct mail_scan *s = mail_scan_new();
        mail_scan_feed(s, rows[i].now, strlen(rows[i].now));
        mail_scan_finish(s, &f);
        mail_scan_free(s);
        CHECK_LABEL("%s", rows[i].label);
        CHECK_INT(verify_same_message(&m, &f, false), rows[i].by_header);
        CHECK_INT(verify_same_message(&m, &f, true), rows[i].by_whole);
    }
}

/* ---- what a list can be believed ---- */
static void test_list_flaw(void)
{
    static const struct {
        struct source_facts facts;
        size_t items;
        bool flawed;
    } rows[] = {
        {{.has_stat = true, .messages = 9, .stat_agrees = true, .has_uidl = true, .uidl_rows = 9}, 9, false},
        {{.has_stat = true, .stat_agrees = true, .has_uidl = true}, 0, false},
        {{.has_stat = true, .stat_agrees = true}, 0, false}, /* empty, and says so */
        {{.stat_agrees = true, .has_uidl = true}, 0, true},  /* empty? STAT was refused */
        {{.has_stat = true, .messages = 9, .stat_agrees = true}, 9, true},
        {{.has_stat = true, .messages = 9, .has_uidl = true, .uidl_rows = 8}, 8, true},
        {{.has_stat = true, .messages = 9, .has_uidl = true}, 0, true},
        {{.has_stat = true, .messages = 9, .stat_agrees = true, .has_uidl = true, .uidl_rows = 8}, 9, true},
        {{.has_stat = true, .messages = 8, .stat_agrees = true, .has_uidl = true, .uidl_rows = 9}, 9, true},
        {{.has_stat = true, .messages = 0, .has_uidl = true, .uidl_rows = 9}, 9, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("row %zu", i);
        CHECK_INT(delete_list_flaw(&rows[i].facts, rows[i].items) != NULL, rows[i].flawed);
    }
}

static void test_naming(void)
{
    static const struct {
        struct delete_names names;
        enum delete_naming naming;
    } rows[] = {
        {{.known = 100, .found = 100, .listed = 100}, DELETE_NAMES_KEPT},
        {{.known = 100, .found = 0, .listed = 100}, DELETE_NAMES_OTHER},
        {{.known = 12, .found = 12, .listed = 12}, DELETE_NAMES_KEPT}, /* 20 were sent, and are gone */
        {{.known = 0, .found = 0, .listed = 12}, DELETE_NAMES_KEPT},   /* 12 came since */
        {{.known = 12, .found = 0, .listed = 12}, DELETE_NAMES_OTHER},
        {{.known = 0, .found = 0, .still = 60, .listed = 60}, DELETE_NAMES_KEPT}, /* QUIT did nothing */
        {{.known = 1, .found = 0, .still = 1, .listed = 1}, DELETE_NAMES_BY_PLACE},
        {{.known = 700, .found = 200, .still = 500, .listed = 700}, DELETE_NAMES_OTHER},
        {{.known = 700, .found = 400, .still = 300, .listed = 700}, DELETE_NAMES_BY_PLACE},
        {{.known = 700, .found = 699, .still = 500, .listed = 1199}, DELETE_NAMES_KEPT},
        {{.known = 700, .found = 690, .still = 0, .listed = 690}, DELETE_NAMES_KEPT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("row %zu", i);
        CHECK_INT(delete_naming(&rows[i].names), rows[i].naming);
    }
}

static void test_younger(void)
{
    const int64_t day = 86400, now = 20000 * day;
    static const struct {
        int64_t age_s;
        int days;
        bool younger;
    } rows[] = {
        {0, -1, false},
        {0, 0, false},
        {0, 1, true},
        {86399, 1, true},
        {86400, 1, false},
        {86401, 1, false},
        {365 * 86400, 365, false},
        {365 * 86400 - 1, 365, true},
        {-60, 0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct verify_row row = {.internaldate_s = now - rows[i].age_s};
        CHECK_LABEL("row %zu", i);
        CHECK_INT(delete_is_younger(&row, now, rows[i].days), rows[i].younger);
    }
    CHECK_LABEL("no date");
    CHECK(delete_is_younger(&(struct verify_row){.internaldate_s = MAIL_NO_DATE}, now, 1));
    CHECK(delete_is_younger(&(struct verify_row){.internaldate_s = 0}, now, 1));
    CHECK(!delete_is_younger(&(struct verify_row){.internaldate_s = MAIL_NO_DATE}, now, -1));
}
int main(void)
{
    static const struct check_test tests[] = {
        {"what may go", test_refusal},
        {"still the message that was copied", test_compare},
        {"the same message, whatever else its header says", test_same_message},
        {"lists that are not whole", test_list_flaw},
        {"names", test_naming},
        {"old enough", test_younger},
    };
    return check_main("delete", tests, sizeof tests / sizeof *tests);
}
