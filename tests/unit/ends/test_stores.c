/* Mail on a disk keeps the promises of source.h; and so does the smallest source that there can be. */
#include "buf.h"
#include "check.h"
#include "letters.h"
#include "mem.h"
#include "smallest_source.h"
#include "suite_source.h"
#include "temp_dir.h"
#include <string.h>
#include <sys/stat.h>

static char dir[TEMP_DIR_MAX];

static void put(const char *name, const char *bytes, size_t len)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    CHECK(f && fwrite(bytes, 1, len, f) == len && !fclose(f));
}

static void folder(const char *name)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/%s", dir, name);
    CHECK_INT(mkdir(path, 0700), 0);
}

static const struct suite_letters all = {letters, LETTERS};

/* kind: "eml" */
static void run(const char *kind)
{
    struct job job = {0};
    struct world world = {.clock = clock_system()};
    struct error err = {0};
    char *url CLEANUP(mem_free_str) = mem_printf("%s:%s", kind, dir);
    CHECK_INT(endpoint_parse("--from", url, ENDPOINT_POP3, &job.from, &err), 0);
    CHECK_STR(err.text, "");
    suite_source(&job, &world, &all);
    endpoint_done(&job.from);
    temp_dir_remove(dir);
}

static void put_each(const char *pattern)
{
    for (unsigned i = 0; i < LETTERS; i++) {
        char name[100];
        snprintf(name, sizeof name, pattern, i + 1);
        put(name, letters[i], strlen(letters[i]));
    }
}

static void test_eml(void)
{
    temp_dir_make(dir);
    put_each("letter %u.eml");
    run("eml");
}

static void test_mh(void)
{
    temp_dir_make(dir);
    put_each("%u");
    put(".mh_sequences", "unseen: 1\n", 10);
    run("mh");
}

static void test_maildir(void)
{
    temp_dir_make(dir);
    folder("cur");
    folder("new");
    folder("tmp");
    put_each("cur/1446512400.%u.host:2,S");
    run("maildir");
}

/* With LF, "From " quoted as mboxrd does. */
static void test_mbox(void)
{
    struct buf b CLEANUP(buf_done) = {0};
    for (size_t i = 0; i < LETTERS; i++) {
        buf_append_str(&b, "From a@x Tue Nov  3 10:00:00 2015\n");
        for (const char *p = letters[i], *end; *p; p = end + 2) {
            end = strstr(p, "\r\n");
            size_t quotes = strspn(p, ">");
            buf_append_str(&b, strncmp(p + quotes, "From ", 5) ? "" : ">");
            buf_append(&b, p, (size_t)(end - p));
            buf_append_str(&b, "\n");
        }
        buf_append_str(&b, "\n");
    }
    temp_dir_make(dir);
    put("Inbox", buf_str(&b), buf_len(&b));
    run("mbox");
}

static struct source *open_smallest(void *ctx, const struct job *job)
{
    (void)ctx;
    (void)job;
    return smallest_source_new(dir);
}

static void test_smallest(void)
{
    const struct job_world_ends ends = {.source = open_smallest};
    const struct world world = {.clock = clock_system(), .ends = &ends};
    temp_dir_make(dir);
    put_each("letter %u.eml");
    suite_source(&(struct job){0}, &world, &all);
    temp_dir_remove(dir);
}

int main(void)
{
    static const struct check_test tests[] = {{"eml", test_eml}, {"mh", test_mh}, {"maildir", test_maildir},
        {"mbox", test_mbox}, {"the smallest", test_smallest}};
    return check_main("ends-stores", tests, sizeof tests / sizeof *tests);
}
