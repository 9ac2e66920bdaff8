/* migrate.h between two ends in memory that fail in any way at any time: whatever happens, in the end each
 * message is there once. The seeds are fixed; ANY_FAULTS=FIRST:COUNT in the environment runs others. */
#include "chance.h"
#include "rig.h"

#define SEEDS    120
#define RUNS_MAX 12

struct weather {
    struct chance chance;
    unsigned breaks, loses, throttles, drops, refuses; /* of a thousand messages */
    unsigned cuts, questions;                          /* of a thousand */
    bool fair;                                         /* nothing fails any more */
};

static enum memory_fate fate(void *ctx, unsigned nth, const char *bytes, size_t octets)
{
    struct weather *w = ctx;
    unsigned n = draw(&w->chance, 1000);
    (void)nth;
    (void)bytes;
    (void)octets;
    if (w->fair)
        return MEMORY_STORE;
    if (n < w->breaks)
        return MEMORY_BREAK;
    n -= w->breaks;
    if (n < w->loses)
        return MEMORY_LOSE_ANSWER;
    n -= w->loses;
    if (n < w->throttles)
        return MEMORY_THROTTLE;
    n -= w->throttles;
    if (n < w->drops)
        return MEMORY_DROP;
    n -= w->drops;
    return n < w->refuses ? MEMORY_REFUSE : MEMORY_STORE;
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
    struct weather w = {.chance = {.state = seed * 2654435761u + 17}};
    unsigned most = draw(&w.chance, 3) ? 12 : 60;
    w.breaks = draw(&w.chance, most);
    w.loses = draw(&w.chance, most);
    w.throttles = draw(&w.chance, 6);
    w.drops = draw(&w.chance, 3) ? 0 : draw(&w.chance, 20);
    w.refuses = draw(&w.chance, 2) ? 0 : draw(&w.chance, 40);
    w.cuts = draw(&w.chance, 2) ? 0 : draw(&w.chance, 30);
    w.questions = draw(&w.chance, 2) ? 0 : draw(&w.chance, 80);
    return w;
}

static void fill(struct rig *r, struct chance *c)
{
    unsigned letters = 1 + draw(c, 90);
    bool keys = draw(c, 4) > 0;
    bool months = draw(c, 3) == 0;
    struct memory_mailbox *box = memory_cloud_make(r->cloud, "INBOX");
    if (months)
        r->job.folder = "{year}/{month}";
    for (unsigned n = 0; n < letters; n++) {
        rig_letter(r, (int)n, keys);
        if (!months && draw(c, 8) == 0)
            memory_cloud_put(box, r->box->all[r->box->count - 1].bytes, r->box->all[r->box->count - 1].octets,
                1446512400 + n);
    }
    r->cloud->tells_ids = draw(c, 4) > 0;
    r->cloud->batches = draw(c, 4) > 0;
    r->job.connections = draw(c, 3);
    r->job.order = draw(c, 2) ? ORDER_OLDEST : ORDER_NEWEST;
}

static void run_seed(uint64_t seed)
{
    struct rig r;
    struct weather w = make_weather(seed);
    rig_begin(&r);
    CHECK_LABEL("seed %llu", (unsigned long long)seed);
    fill(&r, &w.chance);
    r.cloud->fate = fate;
    r.cloud->breaks = breaks;
    r.cloud->ctx = &w;
    r.box->giving = giving;
    r.box->ctx = &w;
    int code = 4;
    bool impatient = draw(&w.chance, 3) == 0;
    for (unsigned i = 0; i < RUNS_MAX && code != 0; i++) {
        r.stop_looks = impatient ? 1 + draw(&w.chance, 300) : 0;
        code = rig_migrate(&r);
    }
    r.stop_looks = 0;
    w.fair = true;
    r.job.retry_quarantined = true;
    code = rig_migrate(&r);
    if (r.outcome.missing) /* dropped before, and looked for now: named, and sent by the next run */
        code = rig_migrate(&r);
    CHECK_INT(code, 0);
    if (rig_migrate(&r) != 0 || r.outcome.copied)
        CHECK_STR(r.log, "");
    rig_check_all_once(&r);
    CHECK_INT(rig_verify(&r, VERIFY_CONTENT), 0);
    rig_end(&r);
}

static void test_seeds(void)
{
    unsigned long long first = 1, count = SEEDS;
    const char *wanted = getenv("ANY_FAULTS");
    if (wanted)
        sscanf(wanted, "%llu:%llu", &first, &count);
    for (unsigned long long i = first; i < first + count; i++)
        run_seed(i);
}

int main(void)
{
    static const struct check_test tests[] = {{"any faults", test_seeds}};
    return check_main("run-any-faults", tests, sizeof tests / sizeof *tests);
}
