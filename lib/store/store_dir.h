/* store_dir.h - what lies in a folder of the disk, in the order of names, without following links. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define STORE_DIR_LEVELS_MAX 64 /* folders within folders that are looked into */

struct store_entry {
    char *name; /* as on the disk */
    enum { STORE_ENTRY_FILE, STORE_ENTRY_FOLDER, STORE_ENTRY_LINK, STORE_ENTRY_OTHER } type;
};

struct store_dir {
    struct store_entry *entries;
    size_t count;
};

/* Without "." and "..". -1 with errno, when it cannot be read at all. */
int store_dir_read(const char *path, struct store_dir *ret);
void store_dir_done(struct store_dir *d);

/* DIR/NAME; caller frees. */
char *store_dir_join(const char *dir, const char *name);
/* "NAME.eml" has the ending ".eml", in any letter case; ".eml" alone has not. */
bool store_dir_has_ending(const char *name, const char *ending);
/* Digits alone, as MH names its messages. */
bool store_dir_is_number(const char *name);
bool store_dir_has(const struct store_dir *d, const char *name);
bool store_dir_has_folder(const struct store_dir *d, const char *name);
