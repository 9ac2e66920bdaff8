/* migrate.h between two ends in memory: each fault of a destination or a source, and what a run makes of it.
 */
#include "rig.h"

#define LETTERS 60

static void fill(struct rig *r)
{
    rig_begin(r);
    for (int n = 0; n < LETTERS; n++)
        rig_letter(r, n, true);
}

/* ---- all well ---- */
static void test_well(void)
{
    struct rig r;
    fill(&r);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.copied, LETTERS);
    CHECK_STR(r.log, "");
    rig_check_all_once(&r);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.copied, 0);
    CHECK_INT(r.outcome.done_before, LETTERS);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
    CHECK_INT(r.proof.agreed[LEDGER_PROOF_EXACT], LETTERS);
    rig_check_all_once(&r);
    rig_end(&r);
}

static void test_without_keys(void)
{
    struct rig r;
    rig_begin(&r);
    for (int n = 0; n < LETTERS; n++)
        rig_letter(&r, n, false);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.copied, 0);
    rig_check_all_once(&r);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
    rig_end(&r);
}

/* ---- one fate of the n-th message that is sent ---- */
struct fate {
    unsigned at;
    enum memory_fate fate;
};

static enum memory_fate fate_at(void *ctx, unsigned nth, const char *bytes, size_t octets)
{
    const struct fate *f = ctx;
    (void)bytes;
    (void)octets;
    return nth == f->at ? f->fate : MEMORY_STORE;
}

static const struct {
    const char *name;
    enum memory_fate fate;
    bool tells_ids, batches;
} breaks[] = {
    {"breaks before", MEMORY_BREAK, true, true},
    {"breaks behind", MEMORY_LOSE_ANSWER, true, true},
    {"slow down", MEMORY_THROTTLE, true, true},
    {"breaks before, without ids", MEMORY_BREAK, false, true},
    {"breaks behind, without ids", MEMORY_LOSE_ANSWER, false, true},
    {"breaks before, one at a time", MEMORY_BREAK, true, false},
    {"breaks behind, one at a time", MEMORY_LOSE_ANSWER, true, false},
    {"breaks behind, one at a time, without ids", MEMORY_LOSE_ANSWER, false, false},
};

/* Wherever it happens the run goes on by itself, and each is there once. */
static void test_breaks(void)
{
    static const unsigned places[] = {0, 1, 7, 24, 25, 26, 49, 50, LETTERS - 1};
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++)
        for (size_t k = 0; k < sizeof places / sizeof *places; k++) {
            struct rig r;
            struct fate f = {.at = places[k], .fate = breaks[i].fate};
            CHECK_LABEL("%s, at %u", breaks[i].name, places[k]);
            fill(&r);
            r.cloud->tells_ids = breaks[i].tells_ids;
            r.cloud->batches = breaks[i].batches;
            r.cloud->fate = fate_at;
            r.cloud->ctx = &f;
            CHECK_INT(rig_migrate(&r), 0);
            rig_check_all_once(&r);
            CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
            rig_end(&r);
        }
}

/* ---- what waits ---- */
/* What the job leaves out, or leaves for later, is known to the ledger and not in the destination: verify
 * says so. */
static void test_left(void)
{
    struct rig r;
    CHECK_LABEL("left");
    fill(&r);
    r.job.filter.since_s = 1446512400; /* 3 Nov 2015 10:00 +0900 */
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.copied, 0);
    CHECK_INT(r.outcome.filtered, LETTERS);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
    CHECK_INT(rig_told(&r, "filtered"), LETTERS);
    r.job.filter = FILTER_NONE;
    r.job.limit = 10;
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 1);
    CHECK_INT(rig_told(&r, "pending"), LETTERS);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.copied, 10);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 1);
    CHECK_INT(rig_told(&r, "pending"), LETTERS - 10);
    rig_end(&r);
}

/* ---- one message that is refused ---- */
static bool is_letter(const char *bytes, size_t octets, int n)
{
    char want[40];
    snprintf(want, sizeof want, "Message-ID: <%d@x>\r\n", n);
    return memmem(bytes, octets, want, strlen(want)) != NULL;
}

static enum memory_fate refuse_7(void *ctx, unsigned nth, const char *bytes, size_t octets)
{
    (void)nth;
    return is_letter(bytes, octets, 7) ? *(enum memory_fate *)ctx : MEMORY_STORE;
}

static void test_refused(void)
{
    for (int batches = 0; batches < 2; batches++) {
        struct rig r;
        enum memory_fate fate = MEMORY_REFUSE;
        CHECK_LABEL("refused, %d", batches);
        fill(&r);
        r.cloud->batches = batches;
        r.cloud->fate = refuse_7;
        r.cloud->ctx = &fate;
        CHECK_INT(rig_migrate(&r), 1);
        CHECK_INT(r.outcome.copied, LETTERS - 1);
        CHECK_INT(r.outcome.refused, 1);
        CHECK_INT(rig_told(&r, "refused"), 1);
        CHECK_INT(rig_migrate(&r), 1);
        CHECK_INT(r.outcome.quarantined, 1);
        CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 1);
        fate = MEMORY_STORE;
        r.job.retry_quarantined = true;
        CHECK_INT(rig_migrate(&r), 0);
        rig_check_all_once(&r);
        rig_end(&r);
    }
}

static void test_too_big(void)
{
    struct rig r;
    enum memory_fate fate = MEMORY_TOO_BIG;
    CHECK_LABEL("too big");
    fill(&r);
    r.cloud->fate = refuse_7;
    r.cloud->ctx = &fate;
    CHECK_INT(rig_migrate(&r), 1);
    CHECK_INT(r.outcome.too_big, 1);
    CHECK_INT(r.outcome.copied, LETTERS - 1);
    rig_end(&r);
}

/* ---- no room ---- */
struct room {
    unsigned messages;
};

static enum memory_fate while_room(void *ctx, unsigned nth, const char *bytes, size_t octets)
{
    struct room *room = ctx;
    (void)nth;
    (void)bytes;
    (void)octets;
    if (!room->messages)
        return MEMORY_FULL;
    room->messages--;
    return MEMORY_STORE;
}

/* Nothing is lost; when there is room again it goes on. (In a batch the room that a refused one takes up is
 * lost to this server's count: it has none of its own.) */
static void test_full(void)
{
    struct rig r;
    struct room room = {.messages = 25};
    CHECK_LABEL("full");
    fill(&r);
    r.cloud->batches = false;
    r.cloud->fate = while_room;
    r.cloud->ctx = &room;
    CHECK_INT(rig_migrate(&r), 6);
    CHECK_INT(r.outcome.copied, 25);
    room.messages = 1000;
    CHECK_INT(rig_migrate(&r), 0);
    rig_check_all_once(&r);
    rig_end(&r);
}

/* ---- what is not as it was said ---- */
static void test_dropped(void)
{
    for (unsigned at = 0; at < LETTERS; at += 7) {
        struct rig r;
        struct fate f = {.at = at, .fate = MEMORY_DROP};
        CHECK_LABEL("dropped at %u", at);
        fill(&r);
        r.cloud->fate = fate_at;
        r.cloud->ctx = &f;
        CHECK_INT(rig_migrate(&r), 1);
        CHECK_INT(rig_told(&r, "missing"), 1);
        CHECK_INT(rig_migrate(&r), 0);
        rig_check_all_once(&r);
        rig_end(&r);
    }
}

static void test_lying_ids(void)
{
    struct rig r;
    CHECK_LABEL("lying ids");
    fill(&r);
    r.cloud->lies_ids = true;
    rig_migrate(&r);
    rig_check_all_once(&r);
    rig_migrate(&r);
    rig_check_all_once(&r);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
    rig_end(&r);
}

/* Said NO, and stored it all the same: sent again, it stands there twice, and that is told. */
static void test_refused_and_stored(void)
{
    struct rig r;
    struct fate f = {.at = 7, .fate = MEMORY_REFUSE_STORED};
    CHECK_LABEL("refused and stored");
    fill(&r);
    r.cloud->fate = fate_at;
    r.cloud->ctx = &f;
    CHECK_INT(rig_migrate(&r), 1);
    CHECK(r.outcome.doubled > 0);
    CHECK_INT(rig_told(&r, "doubled"), r.outcome.doubled);
    for (size_t i = 0; i < r.box->count; i++)
        CHECK(memory_cloud_holds(r.cloud, "INBOX", r.box->all[i].bytes, r.box->all[i].octets) >= 1);
    rig_end(&r);
}

static enum memory_fate rewrite_all(void *ctx, unsigned nth, const char *bytes, size_t octets)
{
    (void)ctx;
    (void)nth;
    (void)bytes;
    (void)octets;
    return MEMORY_REWRITE;
}

/* A server that puts a header field on top that nobody knows: all is there, and proved by its parts alone. */
static void test_rewritten(void)
{
    struct rig r;
    CHECK_LABEL("rewritten");
    fill(&r);
    r.cloud->fate = rewrite_all;
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.copied, 0);
    CHECK_INT(memory_cloud_mailbox(r.cloud, "INBOX")->count, LETTERS);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
    CHECK_INT(r.proof.agreed[LEDGER_PROOF_EXACT], 0);
    CHECK_INT(r.proof.agreed[LEDGER_PROOF_STRUCTURE], LETTERS);
    rig_end(&r);
}

/* ---- what was there before ---- */
static void test_present(void)
{
    struct rig r;
    CHECK_LABEL("present");
    fill(&r);
    struct memory_mailbox *box = memory_cloud_make(r.cloud, "INBOX");
    for (size_t i = 0; i < LETTERS; i += 3)
        memory_cloud_put(box, r.box->all[i].bytes, r.box->all[i].octets, 1446512400);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.present, LETTERS / 3);
    rig_check_all_once(&r);
    rig_end(&r);
}

static bool hides_5(void *ctx, const struct memory_message *m)
{
    (void)ctx;
    return m->id == 5;
}

/* One that it lists and never gives may be any: said, and nothing taken for lost. */
static void test_hidden(void)
{
    struct rig r;
    CHECK_LABEL("hidden");
    fill(&r);
    memory_cloud_put(memory_cloud_make(r.cloud, "INBOX"), "x: y\r\n\r\nz\r\n", 11, 1446512400);
    r.cloud->hides = hides_5;
    CHECK_INT(rig_migrate(&r), 0);
    rig_check_all_once(&r);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 1);
    CHECK(strstr(r.log, "does not tell what they are") != NULL);
    rig_end(&r);
}

/* ---- questions that are not answered ---- */
static bool breaks_at(void *ctx, unsigned nth)
{
    return nth == *(unsigned *)ctx;
}

static void test_broken_questions(void)
{
    for (unsigned at = 0; at < 12; at++) {
        struct rig r;
        CHECK_LABEL("question %u", at);
        fill(&r);
        struct memory_mailbox *box = memory_cloud_make(r.cloud, "INBOX");
        for (size_t i = 0; i < 10; i++)
            memory_cloud_put(box, r.box->all[i].bytes, r.box->all[i].octets, 1446512400);
        r.cloud->breaks = breaks_at;
        r.cloud->ctx = &at;
        CHECK_INT(rig_migrate(&r), 0);
        rig_check_all_once(&r);
        r.cloud->asked = 0;
        CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
        rig_end(&r);
    }
}

/* ---- the source ---- */
struct giving {
    unsigned at;
    enum memory_giving how;
    bool always; /* whenever this item is asked for */
};

static enum memory_giving give_at(void *ctx, unsigned nth, size_t item)
{
    const struct giving *g = ctx;
    return (g->always ? item : nth) == g->at ? g->how : MEMORY_GIVE;
}

static void test_cut(void)
{
    for (unsigned at = 0; at < LETTERS; at += 5) {
        struct rig r;
        struct giving g = {.at = at, .how = MEMORY_CUT};
        CHECK_LABEL("cut at %u", at);
        fill(&r);
        r.box->giving = give_at;
        r.box->ctx = &g;
        CHECK_INT(rig_migrate(&r), 0);
        rig_check_all_once(&r);
        rig_end(&r);
    }
}

/* A message at which each session breaks is named in the end; all others are there. */
static void test_always_cut(void)
{
    struct rig r;
    struct giving g = {.at = 30, .how = MEMORY_CUT, .always = true};
    CHECK_LABEL("always cut");
    fill(&r);
    r.box->giving = give_at;
    r.box->ctx = &g;
    CHECK_INT(rig_migrate(&r), 1);
    CHECK_INT(r.outcome.copied, LETTERS - 1);
    CHECK_INT(rig_told(&r, "unreadable"), 1);
    rig_end(&r);
}

static void test_unreadable(void)
{
    struct rig r;
    struct giving g = {.at = 30, .how = MEMORY_REFUSED, .always = true};
    CHECK_LABEL("unreadable");
    fill(&r);
    r.box->giving = give_at;
    r.box->ctx = &g;
    CHECK_INT(rig_migrate(&r), 1);
    CHECK_INT(r.outcome.copied, LETTERS - 1);
    CHECK_INT(r.outcome.unreadable, 1);
    rig_end(&r);
}

/* A source that lists some of its mail at a time, hides what was read, and says nothing of it: asked again
 * while there is more. One that lists as many is asked once more; one that lists others is not. */
static void test_part_shown(void)
{
    static const struct {
        unsigned letters, view, sessions;
    } rows[] = {{700, 250, 4}, {2000, 1000, 3}, {250, 0, 2}, {100, 0, 1}, {500, 0, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig r;
        CHECK_LABEL("%u letters, view of %u", rows[i].letters, rows[i].view);
        rig_begin(&r);
        for (unsigned n = 0; n < rows[i].letters; n++)
            rig_letter(&r, (int)n, true);
        r.box->view = rows[i].view;
        CHECK_INT(rig_migrate(&r), 0);
        CHECK_INT(r.outcome.copied, rows[i].letters);
        CHECK_INT(r.outcome.messages, rows[i].letters);
        CHECK_INT(r.box->sessions, rows[i].sessions);
        rig_check_all_once(&r);
        if (!rows[i].view) { /* nothing was read: there is nothing to ask again for */
            CHECK_INT(rig_migrate(&r), 0);
            CHECK_INT(r.box->sessions, rows[i].sessions + 1);
        }
        rig_end(&r);
    }
}

/* What is refused is told once, also where the source is asked whether there is more. */
static void test_told_once(void)
{
    struct rig r;
    enum memory_fate fate = MEMORY_REFUSE;
    CHECK_LABEL("told once");
    rig_begin(&r);
    for (int n = 0; n < 250; n++)
        rig_letter(&r, n, true);
    r.cloud->fate = refuse_7;
    r.cloud->ctx = &fate;
    CHECK_INT(rig_migrate(&r), 1);
    CHECK_INT(r.box->sessions, 2);
    CHECK_INT(r.outcome.messages, 250);
    CHECK_INT(rig_told(&r, "refused"), 1);
    CHECK_INT(rig_told(&r, "quarantined"), 0);
    rig_end(&r);
}

static void test_duplicates(void)
{
    struct rig r;
    CHECK_LABEL("duplicates");
    fill(&r);
    rig_letter_text(&r, "again", 3, "This is number 3.");
    rig_letter_text(&r, "other", 3, "This is another one under the same name.");
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.duplicates, 1);
    CHECK_INT(r.outcome.copied, LETTERS + 1);
    rig_check_all_once(&r);
    rig_end(&r);
}

/* ---- a store, into mailboxes as its folders are called ---- */
#define OF_SENT 10

static void fill_store(struct rig *r)
{
    rig_begin(r);
    r->job.folder = "{path}";
    r->box->can_delete = false;
    for (int n = 0; n < LETTERS; n++) {
        rig_letter(r, n, false);
        r->box->all[n].folder = n < OF_SENT ? memory_box_folder(r->box, "Sent", MAIL_ROLE_SENT)
                                            : memory_box_folder(r->box, "Work", MAIL_ROLE_NONE);
    }
}

/* What the destination has for sent mail becomes another mailbox, or none, or was none at first: what was
 * sent stays where it is, and what comes follows it. */
static void test_role_moves(void)
{
    static const char *const roles[][2] = {
        {"Sent Mail", "Gesendet"}, {"Sent Mail", NULL}, {NULL, "Sent Mail"}};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        struct rig r;
        const char *first = roles[i][0] ? roles[i][0] : "Sent";
        CHECK_LABEL("sent mail goes to %s, then to %s", first, roles[i][1] ? roles[i][1] : "Sent");
        fill_store(&r);
        r.cloud->roles[MAIL_ROLE_SENT] = roles[i][0];
        CHECK_INT(rig_migrate(&r), 0);
        r.cloud->roles[MAIL_ROLE_SENT] = roles[i][1];
        rig_letter(&r, LETTERS, false);
        r.box->all[LETTERS].folder = r.box->all[0].folder;
        CHECK_INT(rig_migrate(&r), 0);
        CHECK_INT(r.outcome.copied, 1);
        rig_check_all_once(&r);
        CHECK_INT(memory_cloud_mailbox(r.cloud, first)->count, OF_SENT + 1);
        CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
        CHECK_INT(rig_verify(&r, VERIFY_HEADERS), 0);
        rig_end(&r);
    }
}

static void move(struct rig *r, const char *from, const char *to, unsigned every)
{
    struct memory_mailbox *target = memory_cloud_make(r->cloud, to),
                          *box = memory_cloud_mailbox(r->cloud, from);
    for (size_t i = 0; i < box->count; i += every) {
        struct memory_message *m = &box->all[i];
        m->removed = true;
        memory_cloud_put(target, m->bytes, m->octets, m->date_s);
    }
}

/* A person moves copies to another mailbox of the job: nothing is sent again, and verify finds them. */
static void test_moved(void)
{
    struct rig r;
    CHECK_LABEL("moved");
    fill_store(&r);
    CHECK_INT(rig_migrate(&r), 0);
    move(&r, "Work", "Sent", 3);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.copied, 0);
    rig_check_all_once(&r);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
    CHECK_INT(rig_verify(&r, VERIFY_HEADERS), 0);
    rig_end(&r);
}

/* Everything is gone from the destination: nothing is sent again unasked, and no command calls it well. */
static void test_emptied(void)
{
    struct rig r;
    CHECK_LABEL("emptied");
    fill(&r);
    CHECK_INT(rig_migrate(&r), 0);
    struct memory_mailbox *box = memory_cloud_mailbox(r.cloud, "INBOX");
    for (size_t i = 0; i < box->count; i++)
        box->all[i].removed = true;
    CHECK_INT(rig_migrate(&r), 1);
    CHECK(outcome_is_emptied(&r.outcome));
    CHECK_INT(r.outcome.gone_since, LETTERS);
    CHECK_INT(r.outcome.copied, 0);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 1);
    CHECK_INT(r.proof.missing, LETTERS);
    CHECK_INT(rig_verify(&r, VERIFY_HEADERS), 1);
    CHECK_INT(r.proof.missing, LETTERS);
    rig_delete(&r);
    CHECK_INT(r.deletion.deleted, 0);
    CHECK_INT(rig_migrate(&r), 1);
    CHECK_INT(r.outcome.copied, 0);
    CHECK_LABEL("emptied but for one");
    box->all[7].removed = false;
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.gone_since, LETTERS - 1);
    rig_end(&r);
}

/* So it is with what was there before, and is removed later. */
static void test_present_removed(void)
{
    struct rig r;
    CHECK_LABEL("there before, and removed");
    fill(&r);
    CHECK_INT(rig_migrate(&r), 0);
    rig_forget(&r);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.present, LETTERS);
    CHECK_INT(r.outcome.gone_since, 0);
    memory_cloud_mailbox(r.cloud, "INBOX")->all[3].removed = true;
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(r.outcome.gone_since, 1);
    CHECK_INT(r.outcome.copied, 0);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 1);
    CHECK_INT(r.proof.missing, 1);
    rig_end(&r);
}

static void test_empty(void)
{
    struct rig r;
    CHECK_LABEL("empty");
    rig_begin(&r);
    CHECK_INT(rig_migrate(&r), 0);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
    rig_end(&r);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"all well", test_well},
        {"without keys", test_without_keys},
        {"breaks", test_breaks},
        {"left", test_left},
        {"refused", test_refused},
        {"too big", test_too_big},
        {"full", test_full},
        {"dropped", test_dropped},
        {"lying ids", test_lying_ids},
        {"refused and stored", test_refused_and_stored},
        {"rewritten", test_rewritten},
        {"present", test_present},
        {"hidden", test_hidden},
        {"broken questions", test_broken_questions},
        {"cut", test_cut},
        {"always cut", test_always_cut},
        {"unreadable", test_unreadable},
        {"part shown", test_part_shown},
        {"told once", test_told_once},
        {"duplicates", test_duplicates},
        {"sent mail's mailbox is another one", test_role_moves},
        {"moved by a person", test_moved},
        {"emptied", test_emptied},
        {"there before, and removed", test_present_removed},
        {"empty", test_empty},
    };
    return check_main("run-faults", tests, sizeof tests / sizeof *tests);
}
