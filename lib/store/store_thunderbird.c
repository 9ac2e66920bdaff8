#include "store_private.h"

#include "mem.h"
#include "store_dir.h"
#include "store_file.h"
#include "store_maildir.h"
#include "store_msf.h"
#include "store_name.h"
#include "text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MSF_MAX (32u << 20) /* octets of a summary that are looked at */

/* ---- names ---- */
/* The true name stands in NAME.msf, where the one on the disk is not it. */
static char *folder_name(const char *dir, const char *name)
{
    char *msf CLEANUP(mem_free_str) = mem_printf("%s/%s.msf", dir, name);
    size_t len;
    char *data CLEANUP(mem_free_str) = store_file_whole(msf, MSF_MAX, &len);
    char *told CLEANUP(mem_free_str) = len ? store_msf_folder_name(data, len) : NULL;
    return store_name_utf8(told ? told : name);
}

/* ---- one account ---- */
static void add_folders(struct store *s, const char *parent, const char *disk, unsigned level);

static void add_below(struct store *s, const char *path, const char *disk, const char *name, unsigned level)
{
    char *sbd CLEANUP(mem_free_str) = mem_printf("%s/%s.sbd", disk, name);
    struct stat st;
    if (lstat(sbd, &st) == 0 && S_ISDIR(st.st_mode))
        add_folders(s, path, sbd, level + 1);
}

/* What Thunderbird has beside its folders. */
static bool is_other(const char *name)
{
    static const char *const others[] = {".msf", ".dat", ".html", ".json", ".sqlite", ".js", ".log", ".rdf"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (store_dir_has_ending(name, others[i]))
            return true;
    return *name == '.';
}

/* A file is one by its summary or its text, whatever its name. What cannot be read is noted, unless s is
 * NULL. */
static bool is_folder(
    struct store *s, const struct store_dir *dir, const char *disk, const struct store_entry *e)
{
    char *path CLEANUP(mem_free_str) = store_dir_join(disk, e->name);
    char *msf CLEANUP(mem_free_str) = mem_printf("%s.msf", e->name);
    if (*e->name == '.' || store_dir_has_ending(e->name, ".msf"))
        return false;
    if (e->type == STORE_ENTRY_FOLDER)
        return !store_dir_has_ending(e->name, ".sbd") && !store_dir_has_ending(e->name, ".mozmsgs") &&
               store_maildir_is_one(path);
    return e->type == STORE_ENTRY_FILE && (store_dir_has(dir, msf) || store_mbox_is_one(s, path));
}

/* A file of some length that is no folder, and none of what Thunderbird has beside them. */
static bool is_strange(const char *disk, const struct store_entry *e)
{
    char *path CLEANUP(mem_free_str) = store_dir_join(disk, e->name);
    struct stat st;
    return e->type == STORE_ENTRY_FILE && !is_other(e->name) && lstat(path, &st) == 0 && st.st_size;
}

static void add_folder(
    struct store *s, const char *parent, const char *dir, const struct store_entry *e, unsigned level)
{
    char *disk CLEANUP(mem_free_str) = store_dir_join(dir, e->name);
    char *name CLEANUP(mem_free_str) = folder_name(dir, e->name);
    char *path CLEANUP(mem_free_str) = store_name_below(parent, name);
    uint32_t folder = store_add_folder(s, path, disk);
    if (e->type == STORE_ENTRY_FOLDER)
        store_maildir_add(s, folder);
    else
        store_add_task(s, folder, disk, store_mbox_step, NULL, NULL);
    add_below(s, path, dir, e->name, level);
}

/* A folder that has folders and no file of its own is its .sbd alone. */
static void add_bare(struct store *s, const char *parent, const char *dir, const struct store_dir *all,
    const struct store_entry *e, unsigned level)
{
    char *name CLEANUP(mem_free_str) = mem_strndup(e->name, strlen(e->name) - 4);
    if (store_dir_has(all, name))
        return;
    char *told CLEANUP(mem_free_str) = folder_name(dir, name);
    char *path CLEANUP(mem_free_str) = store_name_below(parent, told);
    add_below(s, path, dir, name, level);
}

/* What is read nowhere else, and is not what Thunderbird keeps for the system's search. */
static bool is_known_folder(const char *name)
{
    return *name == '.' || store_dir_has_ending(name, ".mozmsgs");
}

static void note_folder(struct store *s, const char *disk, const char *name)
{
    char *path CLEANUP(mem_free_str) = store_dir_join(disk, name);
    store_add_note(
        s, STORE_NOTE_ASIDE, path, 0, mem_strdup("a folder that does not belong here is not looked into"));
}

static void add_folders(struct store *s, const char *parent, const char *disk, unsigned level)
{
    struct store_dir dir;
    if (!store_list(s, disk, level, false, &dir))
        return;
    uint64_t aside = 0;
    for (size_t i = 0; i < dir.count; i++) {
        const struct store_entry *e = &dir.entries[i];
        if (is_folder(s, &dir, disk, e))
            add_folder(s, parent, disk, e, level);
        else if (e->type == STORE_ENTRY_FOLDER && store_dir_has_ending(e->name, ".sbd"))
            add_bare(s, parent, disk, &dir, e, level);
        else if (e->type == STORE_ENTRY_FOLDER && !is_known_folder(e->name))
            note_folder(s, disk, e->name);
        else
            aside += is_strange(disk, e);
    }
    store_add_aside(s, disk, aside);
    store_dir_done(&dir);
}

/* ---- profiles ---- */
/* It holds folders of mail: a summary, or a file that is one. What cannot be read is noted, unless s is NULL.
 */
static bool is_account(struct store *s, const char *disk)
{
    struct store_dir dir;
    bool found = false;
    if (store_dir_read(disk, &dir) < 0) {
        if (s)
            store_add_errno(s, disk, 0, "this folder cannot be read");
        return false;
    }
    for (size_t i = 0; i < dir.count && !found; i++) {
        const struct store_entry *e = &dir.entries[i];
        found = (e->type == STORE_ENTRY_FILE && store_dir_has_ending(e->name, ".msf")) ||
                is_folder(NULL, &dir, disk, e) ||
                (e->type == STORE_ENTRY_FOLDER && store_dir_has_ending(e->name, ".sbd"));
    }
    store_dir_done(&dir);
    return found;
}

/* The folder Mail: one folder for each account; several have their names in front. */
static void add_accounts(struct store *s, const char *mail)
{
    struct store_dir dir;
    size_t count = 0;
    if (!store_list(s, mail, 0, false, &dir))
        return;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < dir.count; i++) {
            char *disk CLEANUP(mem_free_str) = store_dir_join(mail, dir.entries[i].name);
            if (dir.entries[i].type != STORE_ENTRY_FOLDER || !is_account(pass ? NULL : s, disk))
                continue;
            char *name CLEANUP(mem_free_str) = store_name_utf8(dir.entries[i].name);
            if (pass)
                add_folders(s, count > 1 ? name : "", disk, 0);
            else
                count++;
        }
    store_dir_done(&dir);
}

/* A client that is at work holds a lock on this file. */
static void note_running(struct store *s, const char *profile)
{
    static const char *const names[] = {".parentlock", "parent.lock"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char *path CLEANUP(mem_free_str) = store_dir_join(profile, names[i]);
        struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        int fd = store_file_open(path, true);
        if (fd >= 0 && fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
            store_add_note(s, STORE_NOTE_ASIDE, path, 0,
                mem_strdup(
                    "Thunderbird is running with this profile: close it, or what it changes meanwhile is refused"));
        if (fd >= 0)
            close(fd);
    }
}

int store_thunderbird_begin(struct store *s, struct error *err)
{
    struct store_dir dir;
    if (store_dir_read(s->path, &dir) < 0)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s: this folder cannot be read: %s", s->path, strerror(errno));
    char *mail CLEANUP(mem_free_str) = store_dir_join(s->path, "Mail");
    bool profile = store_dir_has_folder(&dir, "Mail"), cached = store_dir_has_folder(&dir, "ImapMail");
    store_dir_done(&dir);
    if (profile) {
        note_running(s, s->path);
        add_accounts(s, mail);
    } else if (is_account(NULL, s->path)) {
        add_folders(s, "", s->path, 0);
    } else {
        add_accounts(s, s->path);
    }
    if (cached)
        store_add_note(s, STORE_NOTE_ASIDE, s->path, 0,
            mem_strdup("ImapMail holds copies of mail that lies on IMAP servers: it is not taken"));
    if (s->folder_count)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: this is no Thunderbird profile, and no folder of its mail (popferry discover PATH shows what is there)",
        s->path);
}
