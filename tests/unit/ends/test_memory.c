/* The ends in memory keep the promises of source.h and dest.h: what is tested with them is tested for any. */
#include "check.h"
#include "letters.h"
#include "mem.h"
#include "memory_dest.h"
#include "memory_source.h"
#include "suite_dest.h"
#include "suite_source.h"

struct both {
    struct memory_box *box;
    struct memory_cloud *cloud;
};

static struct source *open_source(void *ctx, const struct job *job)
{
    (void)job;
    return memory_source_new(((struct both *)ctx)->box);
}

static struct dest *open_dest(void *ctx, const struct job *job)
{
    (void)job;
    return memory_dest_new(((struct both *)ctx)->cloud);
}

static void test_source(void)
{
    struct both both = {.box = memory_box_new()};
    const struct job_world_ends ends = {.source = open_source, .ctx = &both};
    const struct world world = {.clock = clock_system(), .ends = &ends};
    for (size_t i = 0; i < LETTERS; i++) {
        char *key CLEANUP(mem_free_str) = mem_printf("key %zu", i);
        memory_box_put_exactly(both.box, i == 3 ? NULL : key, letters[i]);
    }
    suite_source(&(struct job){0}, &world, &(struct suite_letters){letters, LETTERS});
    memory_box_free(both.box);
}

static void test_dest(void)
{
    for (int i = 0; i < 4; i++) {
        struct both both = {.cloud = memory_cloud_new()};
        const struct job_world_ends ends = {.dest = open_dest, .ctx = &both};
        const struct world world = {.clock = clock_system(), .ends = &ends};
        both.cloud->batches = i & 1;
        both.cloud->tells_ids = i & 2;
        suite_dest(&(struct job){0}, &world, "Memory");
        memory_cloud_free(both.cloud);
    }
}

int main(void)
{
    static const struct check_test tests[] = {{"source", test_source}, {"destination", test_dest}};
    return check_main("ends-memory", tests, sizeof tests / sizeof *tests);
}
