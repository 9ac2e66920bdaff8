#include "store_private.h"

#include "mem.h"
#include "store_name.h"

static void note_entry(struct store *s, const char *disk, const struct store_entry *e)
{
    if (e->type != STORE_ENTRY_LINK && e->type != STORE_ENTRY_OTHER)
        return;
    char *path CLEANUP(mem_free_str) = store_dir_join(disk, e->name);
    store_add_note(s, STORE_NOTE_ASIDE, path, 0,
        mem_strdup(e->type == STORE_ENTRY_LINK ? "a symbolic link is not followed"
                                               : "a device or a named pipe is not opened"));
}

bool store_list(struct store *s, const char *disk, unsigned level, bool again, struct store_dir *ret)
{
    if (level > STORE_DIR_LEVELS_MAX) {
        store_add_note(
            s, STORE_NOTE_LOST, disk, 0, mem_strdup("this folder lies too deep: it is not looked into"));
        return false;
    }
    if (store_dir_read(disk, ret) < 0) {
        store_add_errno(s, disk, 0, "this folder cannot be read");
        return false;
    }
    for (size_t i = 0; i < ret->count && !again; i++)
        note_entry(s, disk, &ret->entries[i]);
    return true;
}

void store_add_tree(
    struct store *s, const char *parent, const char *disk, unsigned level, store_entry_fn *entry)
{
    struct store_dir dir;
    uint64_t aside = 0;
    if (!store_list(s, disk, level, false, &dir))
        return;
    for (size_t i = 0; i < dir.count; i++) {
        const struct store_entry *e = &dir.entries[i];
        char *path CLEANUP(mem_free_str) = store_dir_join(disk, e->name);
        char *name CLEANUP(mem_free_str) = store_name_utf8(e->name);
        char *below CLEANUP(mem_free_str) = store_name_below(parent, name);
        if (e->type == STORE_ENTRY_FOLDER)
            store_add_tree(s, below, path, level + 1, entry);
        else if (e->type == STORE_ENTRY_FILE)
            aside += entry(s, parent, path, e->name);
    }
    store_add_aside(s, disk, aside);
    store_dir_done(&dir);
}
