#include "store_private.h"

#include "mem.h"

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
