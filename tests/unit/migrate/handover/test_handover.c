/* handover.h: what the ledgers of a customer come to; each account judged, the sums, and the files. */
#include "fixture.h"
#include "handover.h"
#include "ledger_late.h"
#include "mem.h"
#include <fcntl.h>
#include <unistd.h>

#define DATE 1795341600 /* 2026-11-22T10:00:00Z */

/* ---- judgement ---- */
struct facts {
    uint64_t copied, unproved, waiting, quarantined, refused;
    int64_t migrated_s; /* when the last migration ended; 0: there was none; -1: not ended */
    int migrate_code;
    int64_t verified_s; /* when the last verification began */
    int verify_code;
    bool damaged, old; /* old: migrated by a version that did not record what it left */
    enum error_code error;
};

static void put_facts(struct handover_account *a, const struct facts *f)
{
    a->copied.messages = f->copied;
    a->waiting.messages = f->waiting;
    a->quarantined.messages = f->quarantined;
    a->refused.messages = f->refused;
    a->before.messages = f->copied + f->waiting + f->quarantined + f->refused;
    a->proof[LEDGER_UNPROVED] = f->unproved;
    a->proof[LEDGER_PROOF_EXACT] = f->copied - f->unproved;
    a->migrate.started_s = f->migrated_s ? 1000 : 0;
    a->migrate.ended_s = f->migrated_s > 0 ? f->migrated_s : 0;
    a->migrate.exit_code = f->migrate_code;
    a->migrate.error = f->error;
    a->from.known = a->from.ended = f->migrated_s > 0 && !f->old;
    a->verify.started_s = f->verified_s;
    a->verify.ended_s = f->verified_s ? f->verified_s + 5 : 0;
    a->verify.exit_code = f->verify_code;
    if (f->damaged)
        error_set(&a->error, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_LEDGER, "the ledger is damaged");
}

static void test_states(void)
{
    static const struct {
        const char *what, *state;
        struct facts facts;
    } rows[] = {
        {"nothing", "not-begun", {0}},
        {"copied and proved", "in-order", {.copied = 5, .migrated_s = 2000, .verified_s = 3000}},
        {"verified in the same second", "in-order", {.copied = 5, .migrated_s = 2000, .verified_s = 2000}},
        {"an empty mailbox, verified", "in-order", {.migrated_s = 2000, .verified_s = 2000}},
        {"what waits is gone or not wanted", "in-order",
            {.copied = 5, .waiting = 2, .migrated_s = 2000, .verified_s = 3000}},
        {"verified though the migration broke off", "in-order",
            {.copied = 5, .migrated_s = 2000, .migrate_code = 4, .verified_s = 3000}},
        {"not verified", "not-verified", {.copied = 5, .unproved = 5, .migrated_s = 2000}},
        {"proved before the last migration", "not-verified",
            {.copied = 5, .migrated_s = 2000, .verified_s = 1500}},
        {"one without proof", "not-verified",
            {.copied = 5, .unproved = 1, .migrated_s = 2000, .verified_s = 3000}},
        {"verification broke off", "not-verified",
            {.copied = 5, .migrated_s = 2000, .verified_s = 3000, .verify_code = 4}},
        {"an empty mailbox", "not-verified", {.migrated_s = 2000}},
        {"messages wait", "unfinished", {.copied = 5, .waiting = 1, .migrated_s = 2000}},
        {"they were waiting when it was verified", "unfinished",
            {.copied = 5, .waiting = 1, .migrated_s = 2000, .verified_s = 3000, .verify_code = 1}},
        {"sign-in refused", "no-access", {.migrated_s = 2000, .migrate_code = 3, .error = ERROR_AUTH}},
        {"no such host", "no-access", {.migrated_s = 2000, .migrate_code = 4, .error = ERROR_NO_HOST}},
        {"nothing answers", "unfinished", {.migrated_s = 2000, .migrate_code = 4}},
        {"nobody knows what was left", "unfinished", {.copied = 5, .migrated_s = 2000, .old = true}},
        {"nobody knew, and it was verified", "in-order",
            {.copied = 5, .migrated_s = 2000, .verified_s = 3000, .old = true}},
        {"at work", "unfinished", {.copied = 5, .migrated_s = -1}},
        {"at work again, after a verification", "unfinished",
            {.copied = 5, .migrated_s = -1, .verified_s = 500}},
        {"altered or missing", "differs",
            {.copied = 5, .migrated_s = 2000, .verified_s = 3000, .verify_code = 1}},
        {"found before the last migration", "not-verified",
            {.copied = 5, .migrated_s = 4000, .verified_s = 3000, .verify_code = 1}},
        {"in quarantine", "not-moved",
            {.copied = 5,
                .quarantined = 1,
                .migrated_s = 2000,
                .migrate_code = 1,
                .verified_s = 3000,
                .verify_code = 1}},
        {"not readable", "not-moved", {.copied = 5, .refused = 1, .migrated_s = 2000, .migrate_code = 1}},
        {"damaged", "unreadable", {.copied = 5, .migrated_s = 2000, .verified_s = 3000, .damaged = true}},
    };
    struct handover h;
    handover_init(&h, NULL, NULL, "popferry", DATE, 540);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        put_facts(handover_add(&h, "a@x", "a@y", "INBOX"), &rows[i].facts);
    handover_sum(&h);
    for (size_t i = 0; i < h.count; i++) {
        CHECK_LABEL("%s", rows[i].what);
        CHECK_STR(handover_state_name(h.accounts[i].state), rows[i].state);
        CHECK_INT(handover_needs_attention(&h.accounts[i]), strcmp(rows[i].state, "in-order") != 0);
    }
    CHECK_LABEL("-");
    CHECK_INT(h.by_state[HANDOVER_IN_ORDER], 6);
    handover_done(&h);
}

/* A ledger whose rows do not add up is not in order, whatever was verified. */
static void test_unaccounted(void)
{
    static const struct facts good = {.copied = 5, .migrated_s = 2000, .verified_s = 3000};
    struct handover h;
    handover_init(&h, "", "", "popferry", DATE, 0);
    struct handover_account *a = handover_add(&h, "a@x", "a@y", "INBOX");
    put_facts(a, &good);
    CHECK_INT(handover_unaccounted(a), 0);
    a->before.messages = 6;
    CHECK_INT(handover_unaccounted(a), 1);
    handover_sum(&h);
    CHECK_STR(handover_state_name(a->state), "unfinished");
    a->before.messages = 4;
    CHECK_INT(handover_unaccounted(a), -1);
    handover_done(&h);
}

static void test_names(void)
{
    static const char *const rows[][2] = {{"taro@example.jp@pop.example.jp", "taro@example.jp"},
        {"taro@pop.example.jp", "taro@pop.example.jp"}, {"taro@localhost:995", "taro@localhost:995"},
        {"a@b@c@d", "a@b@c"}, {"", ""}, {"\x1b[2Jx", "?[2Jx"}};
    struct handover h;
    handover_init(&h, "", "", "popferry", DATE, 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(handover_add(&h, rows[i][0], "d", "f")->name, rows[i][1]);
    handover_done(&h);
}

/* ---- from ledgers ---- */
static void put(struct fixture *f, struct ledger_message m)
{
    m.mailbox = f->mailbox;
    CHECK_INT(ledger_put(f->ledger, f->job, &m, NULL), 0);
    if (m.state == LEDGER_DONE || m.state == LEDGER_PRESENT)
        CHECK_INT(
            ledger_prove(f->ledger, m.id, m.state == LEDGER_DONE ? LEDGER_PROOF_EXACT : LEDGER_PROOF_CONTENT,
                1, (uint32_t)m.id, DATE - 600 + m.id, NULL),
            0);
}

static void run(struct fixture *f, const char *command, int64_t at_s, int exit_code, const char *words)
{
    int64_t id = ledger_run_begin(f->ledger, f->job, command, at_s, NULL);
    CHECK(id > 0);
    if (exit_code >= 0)
        CHECK_INT(ledger_run_end(f->ledger, id, at_s + 60, exit_code, ERROR_NONE, words, NULL), 0);
}

static void fill(struct fixture *f)
{
    struct mail_facts facts = fixture_facts(5, "x", "y"), undated = fixture_facts(2, "x", "z");
    undated.octets = 200;
    fixture_mailbox(f);
    put(f,
        (struct ledger_message){.key = "1", .octets_claimed = 100, .octets_sent = 101, .state = LEDGER_DONE});
    put(f, (struct ledger_message){.key = "2",
               .octets_claimed = 200,
               .octets_sent = 200,
               .state = LEDGER_DONE,
               .facts = &undated,
               .from = "b@x",
               .subject = "<b>",
               .internaldate_s = DATE - 4000,
               .date_source = "now"});
    put(f, (struct ledger_message){.key = "3", .octets_claimed = 300, .state = LEDGER_PRESENT});
    put(f, (struct ledger_message){.key = "4", .octets_claimed = 100, .state = LEDGER_DUPLICATE, .twin = 1});
    put(f, (struct ledger_message){.key = "5",
               .octets_claimed = 500,
               .octets_sent = 505,
               .state = LEDGER_QUARANTINED,
               .facts = &facts,
               .from = "=cmd()",
               .subject = "\xe6\x97\xa5\xe6\x9c\xac \"x\"",
               .internaldate_s = DATE - 86400,
               .date_source = "Date",
               .reason = "NO [LIMIT] too large",
               .quarantine = "quarantine/1/cur/5.eml"});
    put(f, (struct ledger_message){
               .key = "6", .octets_claimed = 600, .state = LEDGER_REFUSED, .reason = "-ERR"});
    put(f, (struct ledger_message){.key = "7", .octets_claimed = 700, .state = LEDGER_OPEN});
    put(f, (struct ledger_message){.key = "8", .octets_claimed = 800, .state = LEDGER_INTENT});
    put(f, (struct ledger_message){.key = "9", .octets_claimed = 50, .state = LEDGER_NOT_MAIL});
    mail_facts_done(&facts);
    mail_facts_done(&undated);
    CHECK_INT(ledger_deleted(f->ledger, 1, DATE - 100, NULL), 0);
    CHECK_INT(ledger_swallowed(f->ledger, 5, NULL), 0);
    const struct ledger_copy copy = {.id = 2, .mailbox = f->mailbox, .uidvalidity = 1, .uid = 99};
    CHECK_INT(ledger_doubled(f->ledger, &copy, DATE, NULL), 0);
    run(f, "migrate", DATE - 5000, 0, "1 copied");
    run(f, "migrate", DATE - 4000, 1, "2 copied, 2 need attention");
    run(f, "verify", DATE - 3000, 1, "3 agreed, 4 pending");
    CHECK_INT(ledger_commit(f->ledger, NULL), 0);
}

static bool only_inbox(void *ctx, const char *source, const char *destination, const char *folder)
{
    ++*(int *)ctx;
    CHECK_STR(source, "taro@pop.example.jp");
    CHECK(*destination != '\0');
    return !strcmp(folder, "INBOX");
}

static void test_ledger(void)
{
    struct fixture f;
    struct handover h;
    int asked = 0;
    fixture_begin(&f);
    fill(&f);
    CHECK(ledger_job(f.ledger, "taro@pop.example.jp", "taro@imap.example.com", "Trial", NULL) > 0);
    CHECK_INT(ledger_commit(f.ledger, NULL), 0);
    handover_init(&h, "", "", "popferry", DATE, 0);
    CHECK_INT(handover_add_ledger(&h, f.dir, only_inbox, &asked, NULL), 0);
    CHECK_INT(asked, 2);
    CHECK_INT(h.count, 1);
    const struct handover_account *a = &h.accounts[0];
    CHECK_STR(a->destination, "taro@imap.example.com");
    CHECK_STR(a->work_dir, f.dir);
    CHECK_INT(a->before.messages, 9);
    CHECK_INT(a->before.octets, 3350);
    CHECK_INT(a->copied.messages, 2);
    CHECK_INT(a->copied.octets, 300);
    CHECK_INT(a->present.messages, 1);
    CHECK_INT(a->duplicates.messages, 1);
    CHECK_INT(a->waiting.messages, 2);
    CHECK_INT(a->waiting.octets, 1500);
    CHECK_INT(a->deleted.messages, 1);
    CHECK_INT(handover_after(a).messages, 3);
    CHECK_INT(handover_after(a).octets, 600);
    CHECK_INT(handover_not_moved(a).messages, 2);
    CHECK_INT(handover_not_moved(a).octets, 1100);
    CHECK_INT(handover_proved(a), 3);
    CHECK_INT(handover_unaccounted(a), 0);
    CHECK_INT(a->proved_s, DATE - 597);
    CHECK_INT(a->begun_s, DATE - 5000);
    CHECK_INT(a->migrate.started_s, DATE - 4000);
    CHECK_INT(a->migrate.exit_code, 1);
    CHECK_STR(a->verify.words, "3 agreed, 4 pending");
    CHECK_INT(a->item_count, 2);
    CHECK_STR(a->items[0].uidl, "5");
    CHECK_INT(a->items[0].octets, 505);
    CHECK_STR(a->items[1].reason, "-ERR");
    CHECK_INT(a->items[1].date_s, MAIL_NO_DATE);
    CHECK_INT(a->dated_now, 1);
    CHECK_INT(a->dated_count, 1);
    CHECK_INT(a->swallowed, 1);
    CHECK_INT(a->doubled, 1);
    CHECK_STR(a->dated[0].uidl, "2");
    CHECK_INT(handover_add_ledger(&h, f.dir, NULL, NULL, NULL), 0);
    CHECK_INT(h.count, 3);
    handover_done(&h);
    fixture_end(&f);
}

/* Nothing of it is added, and it can stand there as damaged. */
static void test_damaged_ledger(void)
{
    struct fixture f;
    struct handover h;
    struct error err = {0};
    fixture_begin(&f);
    fill(&f);
    ledger_close(f.ledger);
    f.ledger = NULL;
    int fd = open(fixture_path(&f, "ledger.sqlite"), O_WRONLY);
    char page[4096];
    memset(page, 'x', sizeof page);
    CHECK_INT(pwrite(fd, page, sizeof page, 0), sizeof page);
    close(fd);
    handover_init(&h, "", "", "popferry", DATE, 0);
    handover_add(&h, "a@x", "a@y", "INBOX");
    CHECK_INT(handover_add_ledger(&h, f.dir, NULL, NULL, &err), -1);
    CHECK_INT(err.code, ERROR_LEDGER);
    CHECK_INT(h.count, 1);
    handover_add_unreadable(&h, f.dir, &err);
    handover_sum(&h);
    CHECK_INT(h.count, 2);
    CHECK_INT(h.by_state[HANDOVER_UNREADABLE], 1);
    CHECK_STR(h.accounts[1].name, strrchr(f.dir, '/') + 1);
    CHECK_INT(handover_add_ledger(&h, fixture_path(&f, "none"), NULL, NULL, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    handover_done(&h);
    fixture_end(&f);
}

/* ---- files ---- */
static void begin(struct handover *h, struct fixture *f)
{
    struct error why = {0};
    fixture_begin(f);
    fill(f);
    handover_init(h, "A & B", "=1+1", "popferry 1.2", DATE, 540);
    CHECK_INT(handover_add_ledger(h, f->dir, NULL, NULL, NULL), 0);
    error_set(&why, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_LEDGER, "it is damaged");
    handover_add_unreadable(h, "work/accounts/x", &why);
    handover_add(h, "jiro@example.jp@pop.example.jp", "jiro@imap.example.com", "INBOX");
    handover_sum(h);
}

static void end(struct handover *h, struct fixture *f)
{
    handover_done(h);
    fixture_end(f);
}

#define NONE_OF                                                                                                   \
    "\"after\":null,\"before\":null,"                                                                             \
    "\"copied\":null,"                                                                                            \
    "\"present\":null,"                                                                                           \
    "\"duplicates\":null,"                                                                                        \
    "\"not_mail\":null,"                                                                                          \
    "\"quarantined\":null,"                                                                                       \
    "\"refused\":null,"                                                                                           \
    "\"waiting\":null,"                                                                                           \
    "\"left_out\":null,"                                                                                          \
    "\"vanished\":null,"                                                                                          \
    "\"deleted\":null,\"gone_since\":null,\"dated_now\":null,\"swallowed\":null,\"built\":null,\"doubled\":null," \
    "\"left\":null,"                                                                                              \
    "\"verified\":{\"exact\":0,\"content\":0,\"body\":0,\"structure\":0,\"headers\":0,\"count\":0,\"none\":0,"    \
    "\"last\":null}"
#define COUNTS                                                                                               \
    "\"after\":{\"messages\":3,\"octets\":600},\"before\":{\"messages\":9,\"octets\":3350},"                 \
    "\"copied\":{\"messages\":2,\"octets\":300},"                                                            \
    "\"present\":{\"messages\":1,\"octets\":300},"                                                           \
    "\"duplicates\":{\"messages\":1,\"octets\":100},"                                                        \
    "\"not_mail\":{\"messages\":1,\"octets\":50},"                                                           \
    "\"quarantined\":{\"messages\":1,\"octets\":500},"                                                       \
    "\"refused\":{\"messages\":1,\"octets\":600},"                                                           \
    "\"waiting\":{\"messages\":2,\"octets\":1500},"                                                          \
    "\"left_out\":{\"messages\":0,\"octets\":0},"                                                            \
    "\"vanished\":{\"messages\":0,\"octets\":0},"                                                            \
    "\"deleted\":{\"messages\":1,\"octets\":100},\"gone_since\":{\"messages\":0,\"octets\":0},\"dated_now\":1,\"swallowed\":1,\"built\":0,\"doubled\":1,"
#define LEFT                                                                                                                   \
    "\"left\":{"                                                                                                               \
    "\"since\":{\"messages\":0,\"octets\":0},"                                                                                 \
    "\"before\":{\"messages\":0,\"octets\":0},"                                                                                \
    "\"min_size\":{\"messages\":0,\"octets\":0},"                                                                              \
    "\"max_size\":{\"messages\":0,\"octets\":0},\"folder\":{\"messages\":0,\"octets\":0},"                                     \
    "\"trash\":{\"messages\":0,\"octets\":0},\"junk\":{\"messages\":0,\"octets\":0},\"outbox\":{\"messages\":0,\"octets\":0}," \
    "\"limit\":{\"messages\":0,\"octets\":0},"                                                                                 \
    "\"upload_cap\":{\"messages\":0,\"octets\":0},"                                                                            \
    "\"destination_full\":{\"messages\":0,\"octets\":0},"                                                                      \
    "\"dropped\":{\"messages\":0,\"octets\":0},\"in_doubt\":{\"messages\":0,\"octets\":0},"                                    \
    "\"interrupted\":{\"messages\":0,\"octets\":0},"                                                                           \
    "\"not_looked_at\":{\"messages\":0,\"octets\":0}},"
#define VERIFIED                                                                                               \
    "\"verified\":{\"exact\":2,\"content\":1,\"body\":0,\"structure\":0,\"headers\":0,\"count\":0,\"none\":0," \
    "\"last\":\"2026-11-22T09:50:03Z\"}"

static const char golden[] =
    "{\"schema\":2,\"program\":\"popferry1.2\",\"customer\":\"A&B\",\"prepared_by\":\"=1+1\","
    "\"date\":\"2026-11-22T10:00:00Z\",\"in_order\":false,"
    "\"sum\":{\"accounts\":3,\"by_state\":{\"in-order\":0,\"not-verified\":0,\"unfinished\":0,\"no-access\":0,\"not-begun\":1,"
    "\"differs\":0,\"not-moved\":1,\"unreadable\":1}," COUNTS LEFT VERIFIED "},\"accounts\":["
    "{\"name\":\"taro@pop.example.jp\",\"from\":\"taro@pop.example.jp\",\"to\":\"taro@imap.example.com\","
    "\"folder\":\"INBOX\",\"work_dir\":\"WORK\",\"state\":\"not-moved\"," COUNTS "\"left\":null," VERIFIED ","
    "\"migration\":{\"started\":\"2026-11-22T08:53:20Z\",\"ended\":\"2026-11-22T08:54:20Z\",\"exit_code\":1,"
    "\"words\":\"2copied,2needattention\"},"
    "\"verification\":{\"started\":\"2026-11-22T09:10:00Z\",\"ended\":\"2026-11-22T09:11:00Z\",\"exit_code\":1,"
    "\"words\":\"3agreed,4pending\"},"
    "\"not_moved_messages\":[{\"state\":\"quarantined\",\"uidl\":\"5\",\"message_id\":\"<5@x>\",\"from\":\"=cmd()\","
    "\"subject\":\"\xe6\x97\xa5\xe6\x9c\xac\\\"x\\\"\",\"date\":\"2026-11-21T10:00:00Z\",\"octets\":505,"
    "\"reason\":\"NO[LIMIT]toolarge\",\"quarantine\":\"quarantine/1/cur/5.eml\"},"
    "{\"state\":\"refused\",\"uidl\":\"6\",\"message_id\":\"\",\"from\":\"\",\"subject\":\"\",\"date\":null,"
    "\"octets\":600,\"reason\":\"-ERR\",\"quarantine\":null}],"
    "\"dated_now_messages\":[{\"uidl\":\"2\",\"message_id\":\"<2@x>\",\"from\":\"b@x\",\"subject\":\"<b>\","
    "\"date\":\"2026-11-22T08:53:20Z\",\"octets\":200}],\"error\":null},"
    "{\"name\":\"x\",\"from\":\"x\",\"to\":\"\",\"folder\":\"\",\"work_dir\":\"work/accounts/x\","
    "\"state\":\"unreadable\"," NONE_OF
    ",\"migration\":null,\"verification\":null,\"not_moved_messages\":[],\"dated_now_messages\":[],"
    "\"error\":\"itisdamaged\"},"
    "{\"name\":\"jiro@example.jp\",\"from\":\"jiro@example.jp@pop.example.jp\",\"to\":\"jiro@imap.example.com\","
    "\"folder\":\"INBOX\",\"work_dir\":\"\",\"state\":\"not-begun\"," NONE_OF
    ",\"migration\":null,\"verification\":null,\"not_moved_messages\":[],\"dated_now_messages\":[],\"error\":null}]}";

/* Without blanks and line ends; the folder of the test is WORK. */
static char *squeezed(const char *text, const char *dir)
{
    char *out = mem_alloc(strlen(text) + 1), *to = out;
    while (*text) {
        if (!strncmp(text, dir, strlen(dir))) {
            memcpy(to, "WORK", 4);
            to += 4;
            text += strlen(dir);
        } else if (*text != ' ' && *text != '\n') {
            *to++ = *text++;
        } else {
            text++;
        }
    }
    return out;
}

static void test_json(void)
{
    struct fixture f;
    struct handover h;
    size_t len = 0;
    begin(&h, &f);
    char *json CLEANUP(mem_free_str) = handover_json(&h, &len);
    char *got CLEANUP(mem_free_str) = squeezed(json, f.dir);
    CHECK_STR(got, golden);
    CHECK_INT(len, strlen(json));
    end(&h, &f);
}

/* The page as it is written, in page of `size` octets. */
static void write_page(const struct handover *h, const struct fixture *f, char *page, size_t size)
{
    CHECK_INT(handover_write(h, fixture_path(f, "h.html"), "en", NULL), 0);
    FILE *file = fopen(fixture_path(f, "h.html"), "r");
    page[file ? fread(page, 1, size - 1, file) : 0] = '\0';
    if (file)
        fclose(file);
}

static void test_html(void)
{
    static const char title[] = "Messages that show the day of the move";
    static char page[256 * 1024];
    struct fixture f;
    struct handover h;
    begin(&h, &f);
    write_page(&h, &f, page, sizeof page);
    const char *dated = strstr(page, title);
    CHECK(dated && strstr(dated, "b@x") && strstr(dated, "&lt;b&gt;"));
    CHECK(strstr(page, "taken for duplicates by the new server, and not stored</td><td class=\"num\">1<"));
    CHECK(strstr(page, "there twice; one of the two can be deleted there</td><td class=\"num\">1<"));
    h.sum.dated_now = h.sum.swallowed = h.sum.doubled = 0;
    write_page(&h, &f, page, sizeof page);
    CHECK(!strstr(page, title));
    CHECK(!strstr(page, "taken for duplicates by") && !strstr(page, "there twice;"));
    end(&h, &f);
}

static void test_csv(void)
{
    static const char row[] =
        "\"taro@pop.example.jp\",\"taro@pop.example.jp\",\"taro@imap.example.com\",\"INBOX\",\"messages not moved\","
        "9,3350,3,600,2,1,1,1,1,1,2,0,0,1,2,1,0,0,0,0,0,\"22 November 2026\","
        "\"1 message was refused by the new server and is kept in quarantine; "
        "1 of these was taken for a duplicate of another message, and not stored; "
        "1 message was not given out by the old server, or found no room in the new one; 2 messages are not copied yet; "
        "what else is in the old mailbox is not recorded (this account was migrated with an older version); "
        "1 message stands in the new mailbox twice (popferry report names it; one of the two can be deleted there)\",";
    static const char last[] = ",1,1,1,0,0\r\n";
    struct fixture f;
    struct handover h;
    size_t len = 0;
    begin(&h, &f);
    handover_add(&h, "=HYPERLINK(\"x\")@y", "-1@z", "+\"A\",B");
    handover_sum(&h);
    char *csv CLEANUP(mem_free_str) = handover_csv(&h, "en", &len);
    CHECK_INT(len, strlen(csv));
    CHECK(!strncmp(csv, "\xEF\xBB\xBF\"Account\",\"Old mailbox\",", 25));
    char *line = strstr(csv, "\r\n");
    CHECK(line && !strncmp(line + 2, row, strlen(row)));
    CHECK(strstr(csv, last) == strstr(line + 2, "\r\n") - (sizeof last - 3));
    CHECK(strstr(csv,
              "\r\n\"'=HYPERLINK(\"\"x\"\")@y\",\"'=HYPERLINK(\"\"x\"\")@y\",\"'-1@z\",\"'+\"\"A\"\",B\",") !=
          NULL);
    CHECK_STR(csv + len - 2, "\r\n");
    free(csv);
    csv = handover_csv(&h, "ja", &len);
    CHECK(strstr(csv, "移行元メールボックス") && strstr(csv, "2026年11月22日"));
    CHECK(strstr(csv, "移行先サーバーが受け付けず隔離したメール 1通、") != NULL);
    end(&h, &f);
}

static void test_forms(void)
{
    static const struct {
        const char *path;
        int form; /* -1: none */
    } rows[] = {{"a.html", HANDOVER_HTML}, {"a.HTM", HANDOVER_HTML}, {"x/a.b.xlsx", HANDOVER_XLSX},
        {"a.csv", HANDOVER_CSV}, {"a.json", HANDOVER_JSON}, {"a.pdf", -1}, {"a", -1}, {"x.html/a", -1},
        {"", -1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        enum handover_form form = HANDOVER_HTML;
        CHECK_LABEL("%s", rows[i].path);
        CHECK_INT(handover_form_of(rows[i].path, &form, &err), rows[i].form < 0 ? -1 : 0);
        if (rows[i].form >= 0)
            CHECK_INT(form, rows[i].form);
        else
            CHECK(err.code == ERROR_USAGE && strstr(err.text, "--report"));
    }
    CHECK_LABEL("-");
}

/* Whole, or as it was before. */
static void test_write(void)
{
    static const struct {
        const char *name, *begins;
    } rows[] = {{"h.html", "<!DOCTYPE html>\n<html lang=\"ja\">"}, {"h.xlsx", "PK"},
        {"h.csv", "\xEF\xBB\xBF"}, {"h.json", "{\n"}};
    struct fixture f;
    struct handover h;
    struct error err = {0};
    begin(&h, &f);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char head[64] = "";
        CHECK_LABEL("%s", rows[i].name);
        CHECK_INT(handover_write(&h, fixture_path(&f, rows[i].name), "ja", &err), 0);
        FILE *file = fopen(fixture_path(&f, rows[i].name), "r");
        CHECK(file && fread(head, 1, sizeof head - 1, file) > 0);
        CHECK(!strncmp(head, rows[i].begins, strlen(rows[i].begins)));
        if (file)
            fclose(file);
    }
    CHECK_LABEL("-");
    CHECK_INT(handover_write(&h, fixture_path(&f, "none/h.csv"), "ja", &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    end(&h, &f);
}

/* Nothing at all is a document, too. */
static void test_empty(void)
{
    struct fixture f;
    struct handover h;
    fixture_begin(&f);
    handover_init(&h, "", "", "popferry", DATE, 0);
    handover_sum(&h);
    CHECK_INT(handover_write(&h, fixture_path(&f, "h.html"), "en", NULL), 0);
    CHECK_INT(handover_write(&h, fixture_path(&f, "h.xlsx"), "en", NULL), 0);
    size_t len = 0;
    char *json CLEANUP(mem_free_str) = handover_json(&h, &len);
    CHECK(strstr(json, "\"in_order\": false") != NULL);
    handover_done(&h);
    fixture_end(&f);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"what is said of an account", test_states},
        {"rows that do not add up", test_unaccounted},
        {"names", test_names},
        {"from a ledger", test_ledger},
        {"from a damaged ledger", test_damaged_ledger},
        {"JSON", test_json},
        {"HTML", test_html},
        {"CSV", test_csv},
        {"forms", test_forms},
        {"files", test_write},
        {"nothing", test_empty},
    };
    return check_main("handover", tests, sizeof tests / sizeof *tests);
}
