#include "store_emlx.h"

#include "emlx.h"
#include "emlx_parts.h"
#include "mail_scan.h"
#include "mem.h"
#include "store_file.h"
#include "store_name.h"
#include "store_private.h"
#include "text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STEP_MAX   16
#define CHUNK      65536
#define HEADER_MAX 65536 /* of a header that is looked at for its date */
#define NO_FOLDER  UINT32_MAX

/* ---- a folder of files ---- */
struct reading {
    struct store_dir dir;
    size_t next;
    uint64_t aside;
    char *prefix; /* from the mailbox's folder to this one, with a "/" at its end; or "" */
    struct mail_scan *facts;
    struct emlx_parts *parts;
    char *chunk;
};

static void reading_free(void *state)
{
    struct reading *r = state;
    store_dir_done(&r->dir);
    mail_scan_free(r->facts);
    free(r->parts);
    free(r->prefix);
    free(r->chunk);
    free(r);
}

/* What a file is, as it is looked through. */
struct message {
    const char *path;
    int fd;
    struct stat st;
    uint64_t start, octets;
    struct emlx_plist plist;
    struct mail_facts facts;
    bool parts; /* some lie in files of their own */
};

static void note_lost(struct store *s, const struct message *m, uint64_t offset, const char *words)
{
    store_add_note(s, STORE_NOTE_LOST, m->path, offset, mem_strdup(words));
}

/* Its text. */
static bool look_through(struct store *s, struct reading *r, struct message *m)
{
    memset(r->parts, 0, sizeof *r->parts);
    for (uint64_t at = 0; at < m->octets;) {
        size_t n = m->octets - at < CHUNK ? (size_t)(m->octets - at) : CHUNK;
        errno = EIO;
        if (!store_file_read(&m->fd, m->start + at, r->chunk, n)) {
            store_add_errno(s, m->path, m->start + at, "cannot be read");
            return false;
        }
        for (size_t done = 0; done < n;) {
            bool part;
            done += emlx_parts_feed(r->parts, r->chunk + done, n - done, &part);
            m->parts = m->parts || part;
        }
        at += n;
    }
    m->parts = m->parts || r->parts->odd || emlx_parts_is_open(r->parts);
    return true;
}

static bool begin(struct store *s, struct reading *r, struct message *m)
{
    ssize_t n = pread(m->fd, r->chunk, CHUNK, 0);
    if (n < 0) {
        store_add_errno(s, m->path, 0, "cannot be read");
        return false;
    }
    if (store_front_is_packed(s, m->path, r->chunk, (size_t)n))
        return false;
    if (!emlx_count(r->chunk, (size_t)n, &m->start, &m->octets)) {
        note_lost(s, m, 0, "is no message of Apple Mail: its first line is no count of octets");
        return false;
    }
    if (m->octets > (uint64_t)m->st.st_size - m->start) {
        note_lost(s, m, 0, "is cut off: it has less octets than its first line says");
        return false;
    }
    return true;
}

/* What stands behind the text. */
static void read_plist(struct reading *r, struct message *m)
{
    ssize_t n = pread(m->fd, r->chunk, EMLX_PLIST_MAX, (off_t)(m->start + m->octets));
    m->plist = emlx_plist_read(r->chunk, n > 0 ? (size_t)n : 0);
}

static void read_header(struct reading *r, struct message *m)
{
    size_t max = m->octets < HEADER_MAX ? (size_t)m->octets : HEADER_MAX;
    mail_scan_feed(r->facts, r->chunk, store_file_header(m->fd, m->start, r->chunk, max));
    mail_scan_finish(r->facts, &m->facts);
}

/* The store's own time counts where nobody on the way has left one. */
static bool is_own(const struct message *m)
{
    return m->facts.received_s == MAIL_NO_DATE && m->plist.received_s != INT64_MIN;
}

static uint16_t flags_of(const struct message *m)
{
    static const struct {
        unsigned bit;
        uint16_t flag;
    } flags[] = {{EMLX_READ, STORE_SEEN}, {EMLX_ANSWERED, STORE_ANSWERED}, {EMLX_FLAGGED, STORE_FLAGGED},
        {EMLX_DRAFT, STORE_DRAFT}, {EMLX_FORWARDED, STORE_FORWARDED}};
    uint16_t bits = m->plist.told ? STORE_KNOWN : 0;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (m->plist.flags & flags[i].bit)
            bits |= flags[i].flag;
    return (uint16_t)(bits | (m->parts ? STORE_PARTS : 0) | (is_own(m) ? STORE_RECEIVED : 0));
}

static int64_t date_of(const struct message *m)
{
    if (m->facts.received_s != MAIL_NO_DATE)
        return m->facts.received_s;
    return is_own(m) ? m->plist.received_s : m->facts.date_s;
}

static void add_message(
    struct store *s, struct store_task *t, struct reading *r, const struct message *m, const char *name)
{
    struct store_pieces pieces CLEANUP(store_pieces_done) = {0};
    char *why CLEANUP(mem_free_str) = NULL;
    struct store_item item = {
        .octets = (uint64_t)m->st.st_size, .date_s = date_of(m), .folder = t->folder, .flags = flags_of(m)};
    if (m->plist.flags & EMLX_DELETED) {
        s->folders[t->folder].deleted++;
    } else if (m->parts && store_emlx_pieces(&item, m->fd, m->path, &pieces, &why) < 0) {
        s->folders[t->folder].partial++;
        store_add_note(s, STORE_NOTE_PARTIAL, m->path, 0,
            mem_printf("a message (Message-ID %s) that cannot be put together: %s",
                m->facts.message_id ? m->facts.message_id : "none", why));
    } else {
        char *relative CLEANUP(mem_free_str) = mem_printf("%s%s", r->prefix, name);
        item.at = store_add_name(s, relative);
        store_add_item(s, &item);
    }
}

static void add_file(struct store *s, struct store_task *t, struct reading *r, const char *name)
{
    char *path CLEANUP(mem_free_str) = store_dir_join(t->path, name);
    struct message m = {.path = path, .fd = store_file_open(path, false)};
    if (m.fd < 0 || fstat(m.fd, &m.st) < 0) {
        store_add_errno(s, path, 0, "cannot be opened");
    } else if (begin(s, r, &m) && look_through(s, r, &m)) {
        read_plist(r, &m);
        read_header(r, &m);
        add_message(s, t, r, &m, name);
        mail_facts_done(&m.facts);
    }
    s->octets_done += m.fd >= 0 ? (uint64_t)m.st.st_size : 0;
    if (m.fd >= 0)
        close(m.fd);
}

static int emlx_step(struct store *s, struct store_task *t)
{
    struct reading *r = t->state;
    if (!r->chunk) {
        r->chunk = mem_alloc(CHUNK);
        r->facts = mail_scan_new();
        r->parts = mem_alloc(sizeof *r->parts);
        if (!store_list(s, t->path, 0, true, &r->dir))
            return 0;
    }
    for (size_t i = 0; i < STEP_MAX && r->next < r->dir.count; i++, r->next++) {
        const struct store_entry *e = &r->dir.entries[r->next];
        if (e->type != STORE_ENTRY_FILE || *e->name == '.')
            continue;
        if (store_dir_has_ending(e->name, ".emlx"))
            add_file(s, t, r, e->name);
        else
            r->aside += !store_dir_has_ending(e->name, ".emlxpart");
    }
    if (r->next < r->dir.count)
        return 1;
    store_add_aside(s, t->path, r->aside);
    return 0;
}

/* ---- folders ---- */
static bool is_mailbox(const char *name)
{
    return store_dir_has_ending(name, ".mbox") || store_dir_has_ending(name, ".imapmbox");
}

static bool is_uuid(const char *name)
{
    return strlen(name) == 36 && name[8] == '-' && name[13] == '-' &&
           name[strspn(name, "0123456789ABCDEFabcdef-")] == '\0';
}

static bool is_version(const char *name, size_t len)
{
    size_t digits = len ? strspn(name + 1, "0123456789") : 0;
    return digits && *name == 'V' && digits + 1 == len;
}

/* It says nothing of what the user calls anything. */
static bool is_nameless(const char *name)
{
    return !strcmp(name, "Messages") || !strcmp(name, "Data") || is_version(name, strlen(name));
}

bool store_emlx_is_level(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path, *above = slash;
    while (above && above > path && above[-1] != '/')
        above--;
    return is_nameless(name) || is_uuid(name) || is_mailbox(name) ||
           (store_dir_is_number(name) && !name[1]) ||
           (above && is_version(above, (size_t)(slash - above))); /* an account */
}

/* Where in a tree: the mailbox. */
struct place {
    const char *path; /* of the folder */
    const char *disk; /* the mailbox's folder on the disk */
    const char *prefix;
    bool mailbox;
    uint32_t *folder; /* of the mailbox, once it has mail */
    unsigned level;
};

static bool has_mail(const struct store_dir *d)
{
    for (size_t i = 0; i < d->count; i++)
        if (d->entries[i].type == STORE_ENTRY_FILE && store_dir_has_ending(d->entries[i].name, ".emlx"))
            return true;
    return false;
}

static void add_tree(struct store *s, const char *disk, const struct place *at);

/* A mailbox of its own, a folder with a name, or one of those within a mailbox. */
static void add_below(struct store *s, const char *disk, const struct place *at, const char *name)
{
    uint32_t none = NO_FOLDER;
    bool mailbox = is_mailbox(name), same = !mailbox && (at->mailbox || is_nameless(name));
    char *plain CLEANUP(mem_free_str) = store_name_utf8(name);
    if (mailbox)
        *strrchr(plain, '.') = '\0';
    char *inner CLEANUP(mem_free_str) = store_dir_join(disk, name);
    char *path CLEANUP(mem_free_str) = same ? mem_strdup(at->path) : store_name_below(at->path, plain);
    char *prefix CLEANUP(mem_free_str) = same ? mem_printf("%s%s/", at->prefix, name) : mem_strdup("");
    add_tree(s, inner,
        &(struct place){.path = path,
            .disk = same ? at->disk : inner,
            .prefix = prefix,
            .mailbox = at->mailbox || mailbox,
            .folder = same ? at->folder : &none,
            .level = at->level + 1});
}

static void add_tree(struct store *s, const char *disk, const struct place *at)
{
    struct store_dir dir;
    if (!store_list(s, disk, at->level, false, &dir))
        return;
    bool messages = store_dir_has_folder(&dir, "Messages");
    if (has_mail(&dir)) {
        struct reading *r = mem_alloc(sizeof *r);
        r->prefix = mem_strdup(at->prefix);
        if (*at->folder == NO_FOLDER)
            *at->folder = store_add_folder(s, at->path, at->disk);
        store_add_task(s, *at->folder, disk, emlx_step, r, reading_free);
    }
    for (size_t i = 0; i < dir.count; i++) {
        const struct store_entry *e = &dir.entries[i];
        bool beside = messages && !strcmp(e->name, "Attachments");
        if (e->type == STORE_ENTRY_FOLDER && *e->name != '.' && !beside)
            add_below(s, disk, at, e->name);
    }
    store_dir_done(&dir);
}

/* How many octets of its path are above the mailbox: the account. */
static size_t account_of(const struct store *s, const struct store_folder *f)
{
    const char *rest = f->disk + strlen(s->path);
    size_t levels = 0, at = 0;
    for (bool mailbox = false; *rest && !mailbox;) {
        rest += strspn(rest, "/");
        char *name CLEANUP(mem_free_str) = mem_strndup(rest, strcspn(rest, "/"));
        mailbox = is_mailbox(name);
        levels += *name && !mailbox && !is_nameless(name);
        rest += strlen(name);
    }
    for (; levels && f->path[at]; levels--)
        at += strcspn(f->path + at, "/") + 1;
    return at < strlen(f->path) ? at : 0;
}

/* The name of the only account says nothing. */
static void drop_account(struct store *s)
{
    size_t len = s->folder_count ? account_of(s, &s->folders[0]) : 0;
    for (size_t i = 0; i < s->folder_count; i++)
        if (account_of(s, &s->folders[i]) != len || strncmp(s->folders[i].path, s->folders[0].path, len) != 0)
            return;
    for (size_t i = 0; i < s->folder_count && len; i++) {
        char *path = mem_strdup(s->folders[i].path + len);
        free(s->folders[i].path);
        s->folders[i].path = path;
    }
}

int store_emlx_begin(struct store *s, struct error *err)
{
    uint32_t none = NO_FOLDER;
    char *whole CLEANUP(mem_free_str) = realpath(s->path, NULL);
    add_tree(s, s->path,
        &(struct place){.path = "",
            .disk = s->path,
            .prefix = "",
            .mailbox = whole && is_mailbox(whole),
            .folder = &none});
    drop_account(s);
    if (s->folder_count)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: there is no file that ends in .emlx (popferry discover PATH shows what is there)", s->path);
}
