#include "disk.h"

#include "mem.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char disk_root[] = "/tmp/pf-store-XXXXXX";

/* ---- a tree of files ---- */
static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

void fresh(void)
{
    char *all CLEANUP(mem_free_str) = mem_printf("%s/s", disk_root);
    nftw(all, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (mkdir(all, 0700) < 0)
        abort();
}

char *below(const char *path)
{
    return mem_printf("%s/s%s%s", disk_root, *path ? "/" : "", path);
}

void put_octets(const char *path, const void *data, size_t len)
{
    char *full CLEANUP(mem_free_str) = below(path);
    for (char *slash = strchr(full + strlen(disk_root) + 3, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(full, 0700) < 0 && errno != EEXIST)
            abort();
        *slash = '/';
    }
    int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, data, len) != (ssize_t)len || close(fd) < 0)
        abort();
}

void put(const char *path, const char *text)
{
    put_octets(path, text, strlen(text));
}

/* ---- a store, looked through ---- */
struct store *found(enum store_kind kind, const char *path)
{
    struct error err = {0};
    char *full CLEANUP(mem_free_str) = below(path);
    struct store *s = store_open(kind, full, &err);
    int rc = s ? 1 : -1;
    while (rc > 0)
        rc = store_step(s, NULL, &err);
    if (rc < 0) {
        fprintf(stderr, "[%s] %s\n", check_label, err.text);
        store_free(s);
        return NULL;
    }
    return s;
}

char *read_back(struct store *s, size_t item)
{
    struct buf out CLEANUP(buf_done) = {0};
    struct error err = {0};
    char chunk[7]; /* small, so that pieces meet everywhere */
    struct store_reader *r = store_reader_open(s, item, &err);
    ssize_t n = r ? 1 : -1;
    while (n > 0) {
        n = store_reader_read(r, chunk, sizeof chunk, &err);
        if (n > 0)
            buf_append(&out, chunk, (size_t)n);
    }
    store_reader_close(r);
    return n < 0 ? mem_printf("error: %s", err.text) : buf_strdup(&out);
}

/* Of all items: "FOLDER|FLAGS|KEYWORDS|TEXT" in their order. */
void holds(struct store *s, const char *const *expected)
{
    size_t count, folder_count, n = 0;
    CHECK(s != NULL);
    if (!s)
        return;
    const struct store_item *items = store_items(s, &count);
    const struct store_folder *folders = store_folders(s, &folder_count);
    while (expected[n])
        n++;
    CHECK_INT(count, n);
    for (size_t i = 0; i < count && i < n; i++) {
        static const char letters[] = "KSRFDP"; /* as enum store_flag */
        char flags[8] = "", *text CLEANUP(mem_free_str) = read_back(s, i);
        for (size_t k = 0; k < 6; k++)
            if (items[i].flags & 1u << k)
                strncat(flags, letters + k, 1);
        char *line CLEANUP(mem_free_str) = mem_printf(
            "%s|%s|%s|%s", folders[items[i].folder].path, flags, store_keywords(s, &items[i]), text);
        CHECK_STR(line, expected[i]);
    }
}

void notes(struct store *s, const char *const *expected)
{
    size_t count, n = 0;
    const struct store_note *all = store_notes(s, &count);
    while (expected[n])
        n++;
    CHECK_INT(count, n);
    for (size_t i = 0; i < count && i < n; i++)
        if (!strstr(all[i].words, expected[i]))
            CHECK_STR(all[i].words, expected[i]);
}

int disk_main(const char *name, const struct check_test *tests, size_t count)
{
    if (!mkdtemp(disk_root))
        return 1;
    int code = check_main(name, tests, count);
    nftw(disk_root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return code;
}
