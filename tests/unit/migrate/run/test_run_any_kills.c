/* migrate.h between two ends in memory that fail, killed at any write of the ledger: from one mailbox, or
 * from a store with folders whose mailboxes in the destination become others; to a destination that keeps
 * what it gets, or rewrites it. In the end each message is there once for each folder that it lies in; where
 * it is rewritten, no more often, and what is not there is named. The seeds are fixed; ANY_KILLS=FIRST:COUNT
 * in the environment runs others. */
#include "chance.h"
#include "kill.h"

#define SEEDS    40
#define RUNS_MAX 12

struct weather {
    struct chance chance;
    unsigned breaks, loses, throttles, refuses, rewrites; /* of a thousand messages */
    unsigned cuts, questions;                             /* of a thousand */
    bool store, fair;                                     /* fair: nothing fails any more */
};

static enum memory_fate fate(void *ctx, unsigned nth, const char *bytes, size_t octets)
{
    struct weather *w = ctx;
    unsigned n = draw(&w->chance, 1000);
    bool rewrite = draw(&w->chance, 1000) < w->rewrites;
    (void)nth;
    (void)bytes;
    (void)octets;
    if (!w->fair && n < w->breaks)
        return MEMORY_BREAK;
    n -= w->breaks;
    if (!w->fair && n < w->loses)
        return MEMORY_LOSE_ANSWER;
    n -= w->loses;
    if (!w->fair && n < w->throttles)
        return MEMORY_THROTTLE;
    n -= w->throttles;
    if (!w->fair && n < w->refuses)
        return MEMORY_REFUSE;
    return rewrite ? MEMORY_REWRITE : MEMORY_STORE;
}

static enum memory_giving giving(void *ctx, unsigned nth, size_t item)
{
    struct weather *w = ctx;
    (void)nth;
    (void)item;
    return !w->fair && draw(&w->chance, 1000) < w->cuts ? MEMORY_CUT : MEMORY_GIVE;
}

static bool breaks(void *ctx, unsigned nth)
{
    struct weather *w = ctx;
    (void)nth;
    return !w->fair && draw(&w->chance, 1000) < w->questions;
}

static struct weather make_weather(uint64_t seed)
{
    struct weather w = {.chance = {.state = seed * 2654435761u + 41}};
    unsigned most = draw(&w.chance, 3) ? 8 : 40;
    w.breaks = draw(&w.chance, most);
    w.loses = draw(&w.chance, most);
    w.throttles = draw(&w.chance, 4);
    w.refuses = draw(&w.chance, 2) ? 0 : draw(&w.chance, 20);
    w.rewrites = draw(&w.chance, 3) ? 0 : draw(&w.chance, 2) ? 1000 : draw(&w.chance, 500);
    w.cuts = draw(&w.chance, 2) ? 0 : draw(&w.chance, 20);
    w.questions = draw(&w.chance, 2) ? 0 : draw(&w.chance, 50);
    w.store = draw(&w.chance, 2);
    return w;
}

static void fill(struct rig *r, struct weather *w)
{
    static const struct {
        const char *path;
        enum mail_role role;
    } folders[] = {{"Inbox", MAIL_ROLE_INBOX}, {"Sent", MAIL_ROLE_SENT}, {"Drafts", MAIL_ROLE_DRAFTS},
        {"Work", MAIL_ROLE_NONE}, {"Work/2014", MAIL_ROLE_NONE}};
    struct chance *c = &w->chance;
    unsigned letters = 1 + draw(c, 60);
    bool keys = !w->store && draw(c, 4) > 0;
    if (w->store) {
        r->job.folder = "{path}";
        r->box->can_delete = false;
    } else if (draw(c, 3) == 0) {
        r->job.folder = "{year}/{month}";
    }
    for (unsigned n = 0; n < letters; n++) {
        unsigned f = draw(c, sizeof folders / sizeof *folders);
        unsigned more = w->store && draw(c, 6) == 0; /* it lies in two folders */
        for (unsigned i = 0; i <= more; i++, f = (f + 1) % (sizeof folders / sizeof *folders)) {
            rig_letter(r, (int)n, keys);
            if (w->store)
                r->box->all[r->box->count - 1].folder =
                    memory_box_folder(r->box, folders[f].path, folders[f].role);
        }
    }
    r->cloud->tells_ids = draw(c, 4) > 0;
    r->cloud->batches = draw(c, 4) > 0;
    r->job.connections = draw(c, 3);
    r->job.order = draw(c, 2) ? ORDER_OLDEST : ORDER_NEWEST;
}

/* An administrator, or another mail program, gives another mailbox the attribute. */
static void change_roles(struct rig *r, struct chance *c)
{
    static const char *const names[] = {NULL, "Sent", "Sent Items", "Gesendet", "Drafts", "Draft"};
    if (draw(c, 2))
        r->cloud->roles[MAIL_ROLE_SENT] = names[draw(c, 4)];
    if (draw(c, 2))
        r->cloud->roles[MAIL_ROLE_DRAFTS] = draw(c, 2) ? names[4 + draw(c, 2)] : NULL;
}

/* How often is the letter there, rewritten or not? And in how many folders does it lie? */
static size_t holds_letter(const struct rig *r, const char *id)
{
    size_t found = 0;
    for (size_t i = 0; i < r->cloud->count; i++)
        for (size_t k = 0; k < r->cloud->mailboxes[i].count; k++) {
            const struct memory_message *m = &r->cloud->mailboxes[i].all[k];
            found += !m->removed && memmem(m->bytes, m->octets, id, strlen(id)) != NULL;
        }
    return found;
}

static size_t lies_in(const struct rig *r, const char *id)
{
    size_t n = 0;
    for (size_t i = 0; i < r->box->count; i++)
        n += strstr(r->box->all[i].bytes, id) != NULL;
    return n;
}

static void check_all(const struct rig *r, bool rewritten)
{
    size_t lacking = 0, doubled = 0;
    for (unsigned n = 0; n < r->box->count; n++) {
        char id[40];
        snprintf(id, sizeof id, "Message-ID: <%u@x>\r\n", n);
        size_t found = holds_letter(r, id), wanted = lies_in(r, id);
        lacking += found < wanted ? wanted - found : 0;
        doubled += found > wanted ? found - wanted : 0;
    }
    CHECK_INT(doubled, 0);
    CHECK(lacking <= (rewritten ? r->outcome.in_doubt + r->outcome.quarantined : 0));
}

static void run_seed(uint64_t seed, unsigned *ret_kills)
{
    struct rig r;
    struct weather w = make_weather(seed);
    rig_begin(&r);
    CHECK_LABEL("seed %llu", (unsigned long long)seed);
    fill(&r, &w);
    r.cloud->fate = fate;
    r.cloud->breaks = breaks;
    r.cloud->ctx = &w;
    r.box->giving = giving;
    r.box->ctx = &w;
    int code = 4;
    unsigned writes = draw(&w.chance, 3) ? 60 : 400;
    for (unsigned i = 0; i < RUNS_MAX && code != 0; i++) {
        if (w.store)
            change_roles(&r, &w.chance);
        kill_arm(&r, 1 + draw(&w.chance, writes));
        code = rig_migrate(&r);
        if (kill_fall()) {
            code = 4;
            ++*ret_kills;
        }
    }
    w.fair = true;
    r.job.retry_quarantined = !w.rewrites;
    code = rig_migrate(&r);
    if (r.outcome.missing)
        code = rig_migrate(&r);
    check_all(&r, w.rewrites);
    if (!w.rewrites) {
        CHECK_INT(code, 0);
        CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
    }
    CHECK_INT(rig_migrate(&r) == 0 || w.rewrites, true);
    CHECK_INT(r.outcome.copied, 0);
    rig_end(&r);
}

static void test_seeds(void)
{
    unsigned long long first = 1, count = SEEDS;
    unsigned kills = 0;
    const char *wanted = getenv("ANY_KILLS");
    if (wanted)
        sscanf(wanted, "%llu:%llu", &first, &count);
    kill_begin();
    for (unsigned long long i = first; i < first + count; i++)
        run_seed(i, &kills);
    CHECK(count < 20 || kills > count);
}

int main(void)
{
    static const struct check_test tests[] = {{"any kills", test_seeds}};
    return check_main("run-any-kills", tests, sizeof tests / sizeof *tests);
}
