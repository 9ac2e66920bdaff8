/* heap.h against a search through all, with random pushes, pops, removals and new keys. */
#include "check.h"
#include "heap.h"

#define NODES 40
#define STEPS 20000

static struct heap_node nodes[NODES];
static bool in[NODES];

static int64_t least(void)
{
    int64_t key = INT64_MAX;
    for (size_t i = 0; i < NODES; i++)
        if (in[i] && nodes[i].key < key)
            key = nodes[i].key;
    return key;
}

static void step(struct heap *h, uint32_t what, uint32_t i, int64_t key)
{
    if (!in[i]) {
        nodes[i].key = key;
        heap_push(h, &nodes[i]);
    } else if (what == 0) {
        heap_remove(h, &nodes[i]);
    } else if (what == 1) {
        i = heap_pop(h)->id;
        CHECK(in[i] && nodes[i].key == least());
    } else {
        heap_update(h, &nodes[i], key);
        return;
    }
    in[i] = !in[i];
}

static void test_random(void)
{
    struct heap h = {0};
    uint32_t x = 1;
    for (uint32_t i = 0; i < NODES; i++)
        nodes[i].id = i;
    CHECK(!heap_top(&h));
    for (unsigned n = 0; n < STEPS; n++) {
        CHECK_LABEL("step %u", n);
        x = x * 1664525 + 1013904223;
        step(&h, x >> 28 & 3, (x >> 8) % NODES, x >> 16 & 63);
        CHECK_INT(heap_top(&h) ? heap_top(&h)->key : INT64_MAX, least());
    }
    heap_done(&h);
    heap_done(&h);
}

int main(void)
{
    static const struct check_test tests[] = {{"random", test_random}};
    return check_main("heap", tests, sizeof tests / sizeof *tests);
}
