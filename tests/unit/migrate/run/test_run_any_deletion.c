/* migrate.h between two ends in memory that fail, spoil and forget, while people delete there and UIDLs come
 * to name other messages, and commands are killed at any write of the ledger: whatever was deleted from the
 * source lies in the destination, octet for octet. The seeds are fixed; ANY_DELETION=FIRST:COUNT in the
 * environment runs others. */
#include "chance.h"
#include "kill.h"

#define SEEDS  60
#define ROUNDS 10

struct weather {
    struct chance chance;
    unsigned fates[MEMORY_SPOIL + 1]; /* of a thousand messages */
    unsigned cuts, questions;         /* of a thousand */
};

static enum memory_fate fate(void *ctx, unsigned nth, const char *bytes, size_t octets)
{
    struct weather *w = ctx;
    unsigned n = draw(&w->chance, 1000);
    (void)nth;
    (void)bytes;
    (void)octets;
    for (unsigned i = 0; i <= MEMORY_SPOIL; i++) {
        if (n < w->fates[i])
            return (enum memory_fate)i;
        n -= w->fates[i];
    }
    return MEMORY_STORE;
}

static enum memory_giving giving(void *ctx, unsigned nth, size_t item)
{
    struct weather *w = ctx;
    (void)nth;
    (void)item;
    return draw(&w->chance, 1000) < w->cuts ? MEMORY_CUT : MEMORY_GIVE;
}

static bool breaks(void *ctx, unsigned nth)
{
    struct weather *w = ctx;
    (void)nth;
    return draw(&w->chance, 1000) < w->questions;
}

static struct weather make_weather(uint64_t seed)
{
    struct weather w = {.chance = {.state = seed * 2654435761u + 29}};
    for (unsigned i = 1; i <= MEMORY_SPOIL; i++)
        w.fates[i] = draw(&w.chance, 3) ? 0 : draw(&w.chance, 30);
    w.cuts = draw(&w.chance, 2) ? 0 : draw(&w.chance, 20);
    w.questions = draw(&w.chance, 2) ? 0 : draw(&w.chance, 50);
    return w;
}

static void people_at_work(struct rig *r, struct chance *c)
{
    for (size_t i = 0; i < r->cloud->count; i++) {
        struct memory_mailbox *box = &r->cloud->mailboxes[i];
        if (draw(c, 20) == 0) { /* a backup was put back: the ids begin anew */
            box->epoch++;
            for (size_t k = 0; k < box->count; k++)
                box->all[k].id = (uint32_t)k + 1;
            box->next_id = (uint32_t)box->count + 1;
        }
        for (size_t k = 0; k < box->count; k++)
            box->all[k].removed |= draw(c, 40) == 0;
    }
}

/* A UIDL that is used again for another message, of the same size. */
static void reuse_keys(struct rig *r, struct chance *c)
{
    for (size_t i = 0; i < r->box->count; i++) {
        struct memory_item *it = &r->box->all[i];
        char *id = strstr(it->bytes, "Message-ID: <");
        if (!it->gone && draw(c, 60) == 0 && id)
            id[13] = (char)('a' + draw(c, 26));
    }
}

static void check_deleted(const struct rig *r)
{
    size_t lost = 0;
    for (size_t i = 0; i < r->box->count; i++) {
        const struct memory_item *it = &r->box->all[i];
        lost += it->gone && !it->checked && !memory_cloud_holds(r->cloud, NULL, it->bytes, it->octets);
    }
    CHECK_INT(lost, 0);
}

/* Killed at some write; else it goes on to its end. */
static void perhaps_killed(struct rig *r, struct chance *c, void (*command)(struct rig *r))
{
    kill_arm(r, draw(c, 3) ? 0 : 1 + draw(c, 80));
    command(r);
    kill_fall();
}

static void migrate(struct rig *r)
{
    rig_migrate(r);
}

static void delete (struct rig *r)
{
    rig_delete(r);
}

static uint64_t run_seed(uint64_t seed)
{
    struct rig r;
    struct weather w = make_weather(seed);
    int next = 0;
    uint64_t deleted = 0;
    rig_begin(&r);
    r.cloud->tells_ids = draw(&w.chance, 4) > 0;
    r.cloud->batches = draw(&w.chance, 4) > 0;
    r.box->can_header = draw(&w.chance, 4) > 0;
    r.cloud->fate = fate;
    r.cloud->breaks = breaks;
    r.cloud->ctx = &w;
    r.box->giving = giving;
    r.box->ctx = &w;
    for (int round = 0; round < ROUNDS; round++) {
        CHECK_LABEL("seed %llu, round %d", (unsigned long long)seed, round);
        for (unsigned i = draw(&w.chance, 12); i > 0; i--)
            rig_letter(&r, next++, draw(&w.chance, 10) > 0);
        perhaps_killed(&r, &w.chance, migrate);
        if (draw(&w.chance, 3) == 0)
            people_at_work(&r, &w.chance);
        if (draw(&w.chance, 3) == 0)
            reuse_keys(&r, &w.chance);
        if (draw(&w.chance, 3) == 0)
            rig_verify(&r, draw(&w.chance, 2) ? VERIFY_CONTENT : VERIFY_HEADERS);
        perhaps_killed(&r, &w.chance, delete);
        deleted += r.deletion.deleted;
        check_deleted(&r);
        for (size_t i = 0; i < r.box->count;
             i++) /* it is held against the destination once: people delete there */
            if (r.box->all[i].gone)
                r.box->all[i].checked = true;
    }
    rig_end(&r);
    return deleted;
}

static void test_seeds(void)
{
    unsigned long long first = 1, count = SEEDS;
    const char *wanted = getenv("ANY_DELETION");
    if (wanted)
        sscanf(wanted, "%llu:%llu", &first, &count);
    uint64_t deleted = 0;
    kill_begin();
    for (unsigned long long i = first; i < first + count; i++)
        deleted += run_seed(i);
    CHECK(deleted > count * 10);
}

int main(void)
{
    static const struct check_test tests[] = {{"any deletion", test_seeds}};
    return check_main("run-any-deletion", tests, sizeof tests / sizeof *tests);
}
