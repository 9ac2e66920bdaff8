#include "store_maildir.h"

#include "mem.h"
#include "store_dir.h"
#include "store_file.h"
#include "store_files.h"
#include "store_name.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define KEYWORDS     26         /* letters a to z, as Dovecot has them */
#define KEYWORDS_MAX (1u << 20) /* octets of the file that names them */
#define KEYWORD_MAX  200

struct letters {
    char *words[KEYWORDS]; /* from dovecot-keywords; NULL: not known */
    bool fresh;            /* new/: nobody has looked at it yet */
};

static void letters_free(void *ctx)
{
    struct letters *l = ctx;
    for (size_t i = 0; i < KEYWORDS; i++)
        free(l->words[i]);
    free(l);
}

static struct letters *letters_read(const char *dir, bool fresh)
{
    struct letters *l = mem_alloc(sizeof *l);
    l->fresh = fresh;
    char *path CLEANUP(mem_free_str) = store_dir_join(dir, "dovecot-keywords");
    size_t len;
    char *text CLEANUP(mem_free_str) = store_file_whole(path, KEYWORDS_MAX, &len), *save = NULL;
    for (char *line = text ? strtok_r(text, "\n", &save) : NULL; line; line = strtok_r(NULL, "\n", &save)) {
        char *word;
        unsigned long n = strtoul(line, &word, 10);
        bool numbered = word > line;
        word += strspn(word, " \t");
        word[strcspn(word, " \t\r")] = '\0';
        if (numbered && *word && n < KEYWORDS && !l->words[n])
            l->words[n] = mem_strndup(word, strnlen(word, KEYWORD_MAX));
    }
    return l;
}

/* Behind ":2," or what stands for it where ":" cannot be in a name. NULL: no flags are there. */
static const char *info_of(const char *name)
{
    static const char *const marks[] = {":2,", ";2,", "!2,", "%3A2%2C", "%3a2%2c"};
    const char *found = NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        for (const char *at = strstr(name, marks[i]); at; at = strstr(at + 1, marks[i]))
            if (!found || at + strlen(marks[i]) > found)
                found = at + strlen(marks[i]);
    return found;
}

static void add_word(char **words, const char *word)
{
    char *more = *words ? mem_printf("%s %s", *words, word) : mem_strdup(word);
    free(*words);
    *words = more;
}

static struct store_file look(const void *ctx, const char *name)
{
    static const struct {
        char letter;
        uint16_t flag;
    } flags[] = {{'S', STORE_SEEN}, {'R', STORE_ANSWERED}, {'F', STORE_FLAGGED}, {'D', STORE_DRAFT},
        {'P', STORE_FORWARDED}};
    const struct letters *l = ctx;
    const char *info = info_of(name);
    struct store_file file = {.mail = true, .flags = info || l->fresh ? STORE_KNOWN : 0};
    for (; info && *info && *info != '.'; info++) {
        file.deleted = file.deleted || *info == 'T';
        for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
            if (flags[i].letter == *info)
                file.flags |= flags[i].flag;
        if (*info >= 'a' && *info <= 'z' && l->words[*info - 'a'])
            add_word(&file.keywords, l->words[*info - 'a']);
    }
    return file;
}

static bool has_folder(const char *dir, const char *name)
{
    struct stat st;
    char *path CLEANUP(mem_free_str) = store_dir_join(dir, name);
    return lstat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool store_maildir_is_one(const char *dir)
{
    return has_folder(dir, "cur") || has_folder(dir, "new");
}

static void add_part(struct store *s, uint32_t folder, const char *part, const char *prefix, bool fresh)
{
    const char *disk = s->folders[folder].disk;
    char *path CLEANUP(mem_free_str) = store_dir_join(disk, part);
    if (!has_folder(disk, part))
        return;
    store_files_add(s, folder, path,
        &(struct store_files_rule){
            .look = look, .ctx = letters_read(disk, fresh), .done = letters_free, .prefix = prefix});
}

void store_maildir_add(struct store *s, uint32_t folder)
{
    add_part(s, folder, "cur", "cur/", false);
    add_part(s, folder, "new", "new/", true);
}

/* ---- maildir:PATH ---- */
/* ".A.B" is A/B; what has an empty level is one level as it is. */
static char *dotted_path(const char *parent, const char *name)
{
    char *path = mem_strdup(parent);
    bool whole = strstr(name, "..") != NULL || !name[1];
    const char *level = whole ? name : name + 1;
    while (*level) {
        size_t len = whole ? strlen(level) : strcspn(level, ".");
        char *part CLEANUP(mem_free_str) = mem_strndup(level, len);
        char *utf8 CLEANUP(mem_free_str) = store_name_utf7(part);
        char *below = store_name_below(path, utf8);
        free(path);
        path = below;
        level += len + (level[len] == '.');
    }
    return path;
}

static void add_tree(struct store *s, const char *parent, const char *disk, unsigned level);

static void add_below(struct store *s, const char *parent, const char *disk, const char *name, unsigned level)
{
    char *inner CLEANUP(mem_free_str) = store_dir_join(disk, name);
    char *plain CLEANUP(mem_free_str) = store_name_utf8(name);
    char *path CLEANUP(mem_free_str) =
        *name == '.' ? dotted_path(parent, name) : store_name_below(parent, plain);
    add_tree(s, path, inner, level + 1);
}

/* Files that lie beside cur and new. */
static void note_loose(struct store *s, const char *disk, const struct store_dir *dir, bool maildir)
{
    uint64_t loose = 0;
    for (size_t i = 0; i < dir->count; i++)
        loose += dir->entries[i].type == STORE_ENTRY_FILE && *dir->entries[i].name != '.' &&
                 strncmp(dir->entries[i].name, "dovecot", 7) != 0 &&
                 strcmp(dir->entries[i].name, "subscriptions") != 0 &&
                 strcmp(dir->entries[i].name, "maildirfolder") != 0;
    if (loose)
        store_add_note(s, STORE_NOTE_ASIDE, disk, 0,
            mem_printf("%llu file%s %s, which a Maildir does not have there: %s not taken",
                (unsigned long long)loose, loose == 1 ? "" : "s",
                maildir ? "beside cur and new" : "outside of cur and new",
                loose == 1 ? "it is" : "they are"));
}

static void add_tree(struct store *s, const char *parent, const char *disk, unsigned level)
{
    struct store_dir dir;
    if (!store_list(s, disk, level, false, &dir))
        return;
    bool maildir = store_maildir_is_one(disk);
    if (maildir) {
        uint32_t folder = store_add_folder(s, parent, disk);
        if (!*parent)
            s->folders[folder].role = MAIL_ROLE_INBOX;
        store_maildir_add(s, folder);
    }
    for (size_t i = 0; i < dir.count; i++) {
        const char *name = dir.entries[i].name;
        bool own = maildir && (!strcmp(name, "cur") || !strcmp(name, "new") || !strcmp(name, "tmp"));
        if (dir.entries[i].type == STORE_ENTRY_FOLDER && !own)
            add_below(s, parent, disk, name, level);
    }
    note_loose(s, disk, &dir, maildir);
    store_dir_done(&dir);
}

int store_maildir_begin(struct store *s, struct error *err)
{
    add_tree(s, "", s->path, 0);
    if (s->folder_count)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: there is no Maildir: a folder that has cur or new (popferry discover PATH shows what is there)",
        s->path);
}
