#include "store_dir.h"

#include "mem.h"
#include "text.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int by_name(const void *a, const void *b)
{
    const struct store_entry *x = a, *y = b;
    return strcmp(x->name, y->name);
}

static void add(struct store_dir *d, const char *path, const struct dirent *e)
{
    struct stat st;
    int type = e->d_type;
    if (type == DT_UNKNOWN) {
        char *full CLEANUP(mem_free_str) = store_dir_join(path, e->d_name);
        type = lstat(full, &st) < 0  ? DT_UNKNOWN
               : S_ISREG(st.st_mode) ? DT_REG
               : S_ISDIR(st.st_mode) ? DT_DIR
               : S_ISLNK(st.st_mode) ? DT_LNK
                                     : DT_UNKNOWN;
    }
    d->entries = mem_grow(d->entries, d->count + 1, sizeof *d->entries);
    d->entries[d->count++] = (struct store_entry){
        .name = mem_strdup(e->d_name),
        .type = type == DT_REG   ? STORE_ENTRY_FILE
                : type == DT_DIR ? STORE_ENTRY_FOLDER
                : type == DT_LNK ? STORE_ENTRY_LINK
                                 : STORE_ENTRY_OTHER,
    };
}

int store_dir_read(const char *path, struct store_dir *ret)
{
    DIR *dir = opendir(path);
    if (!dir)
        return -1;
    *ret = (struct store_dir){0};
    errno = 0;
    for (const struct dirent *e; (e = readdir(dir)); errno = 0)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            add(ret, path, e);
    int e = errno;
    closedir(dir);
    if (e) {
        store_dir_done(ret);
        errno = e;
        return -1;
    }
    if (ret->count)
        qsort(ret->entries, ret->count, sizeof *ret->entries, by_name);
    return 0;
}

void store_dir_done(struct store_dir *d)
{
    for (size_t i = 0; i < d->count; i++)
        free(d->entries[i].name);
    free(d->entries);
    *d = (struct store_dir){0};
}

char *store_dir_join(const char *dir, const char *name)
{
    size_t len = strlen(dir);
    return mem_printf("%s%s%s", dir, len && dir[len - 1] == '/' ? "" : "/", name);
}

bool store_dir_has_ending(const char *name, const char *ending)
{
    return strlen(name) > strlen(ending) && text_has_suffix_nocase(name, ending);
}

bool store_dir_is_number(const char *name)
{
    return *name && !name[strspn(name, "0123456789")];
}

static const struct store_entry *find(const struct store_dir *d, const char *name)
{
    struct store_entry key = {.name = (char *)(uintptr_t)name};
    return d->count ? bsearch(&key, d->entries, d->count, sizeof *d->entries, by_name) : NULL;
}

bool store_dir_has(const struct store_dir *d, const char *name)
{
    return find(d, name) != NULL;
}

bool store_dir_has_folder(const struct store_dir *d, const char *name)
{
    const struct store_entry *e = find(d, name);
    return e && e->type == STORE_ENTRY_FOLDER;
}
