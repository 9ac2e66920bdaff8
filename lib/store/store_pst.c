/* Outlook's stores: which folders and messages a .pst or .ost has. */
#include "store_pst.h"

#include "mail_scan.h"
#include "mem.h"
#include "pst_build.h"
#include "pst_check.h"
#include "pst_rtf.h"
#include "pst_text.h"
#include "store_dir.h"
#include "store_file.h"
#include "store_name.h"
#include "store_pst_file.h"
#include "text.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define REPAIR           ": let Outlook repair a copy (scanpst.exe), and run the same command on that"
#define MAGIC            "!BDN"
#define BATCH            64u
#define DEATHS_MAX       20 /* of processes, then a file is given up */
#define FOLDERS_MAX      20000u
#define OCTETS_A_MESSAGE 64 /* of a file, at least */

/* Message flags, icons and verbs (MS-OXCMSG section 2.2.1.6, MS-OXOMSG section 2.2.2.40). */
#define FLAG_READ      1u
#define FLAG_UNSENT    8u
#define ICON_ANSWERED  261u
#define ICON_FORWARDED 262u
#define VERB_REPLY     102u
#define VERB_REPLY_ALL 103u
#define VERB_FORWARD   104u

/* A folder of the file that is still to be looked into. */
struct waiting {
    uint32_t id, level;
    char *path; /* of the folder above */
};

struct reading {
    uint64_t file_octets;
    struct stat st;
    int fd; /* while it is checked; else -1 */
    struct pst_check check;
    bool checked;
    char *top; /* the path of its topmost folder */
    bool begun;
    struct waiting *waiting; /* the next one last */
    size_t waiting_count;
    uint32_t *seen; /* ids of folders */
    size_t seen_count;
    uint32_t *ids; /* of those that are folders of the store, from `first` */
    uint32_t first;
    size_t id_count;
    uint32_t outbox, trash, sent, drafts, junk; /* ids of folders; 0: not known */
    /* The current folder: */
    uint32_t id, folder, next, count, careful; /* careful: up to there one message at a time */
    bool listing;
    uint32_t unread; /* of its messages: named, and not known by their ids */
    unsigned deaths;
    uint64_t sorts[PST_SORTS], classes[PST_CLASSES], rtf;
};

static void forget_waiting(struct reading *r)
{
    while (r->waiting_count)
        free(r->waiting[--r->waiting_count].path);
}

static void reading_free(void *state)
{
    struct reading *r = state;
    forget_waiting(r);
    free(r->waiting);
    free(r->seen);
    free(r->ids);
    pst_check_done(&r->check);
    if (r->fd >= 0)
        close(r->fd);
    free(r->top);
    free(r);
}

static void note(struct store *s, const struct store_task *t, enum store_note_kind kind, char *words)
{
    store_add_note(s, kind, t->path, 0, words);
}

/* ---- folders ---- */
/* The folder in an entry id of the store itself: flags, the store's mark, the folder. */
static uint32_t folder_in(const char *entry, size_t len)
{
    return len == 24 ? pst_get_u32(entry + 20) : 0;
}

static uint32_t folder_of(const struct pst_props *p, enum pst_tag tag)
{
    const struct pst_prop *prop = pst_props_find(p, tag);
    return prop && prop->type == PST_TYPE_BINARY ? folder_in(prop->data, prop->len) : 0;
}

/* The fifth of a folder's other ones: junk mail. Number, where each begins, their octets. */
static uint32_t junk_of(const struct pst_props *p)
{
    const struct pst_prop *prop = pst_props_find(p, PST_OTHER_IDS);
    if (!prop || prop->len < 4 || pst_get_u32(prop->data) < 5 || prop->len < 4 + 6 * 4)
        return 0;
    uint32_t count = pst_get_u32(prop->data), from = pst_get_u32(prop->data + 4 + 4 * 4);
    uint32_t to = count > 5 ? pst_get_u32(prop->data + 4 + 5 * 4) : prop->len;
    return from <= to && to <= prop->len ? folder_in(prop->data + from, to - from) : 0;
}

static void note_ids(struct reading *r, const struct pst_props *p)
{
    if (!r->drafts)
        r->drafts = folder_of(p, PST_DRAFTS_ID);
    if (!r->junk)
        r->junk = junk_of(p);
}

static void wait_for(struct reading *r, uint32_t id, uint32_t level, const char *path)
{
    r->waiting = mem_grow(r->waiting, r->waiting_count + 1, sizeof *r->waiting);
    r->waiting[r->waiting_count++] = (struct waiting){.id = id, .level = level, .path = mem_strdup(path)};
}

static bool is_new(struct reading *r, uint32_t id)
{
    for (size_t i = 0; i < r->seen_count; i++)
        if (r->seen[i] == id)
            return false;
    r->seen = mem_grow(r->seen, r->seen_count + 1, sizeof *r->seen);
    r->seen[r->seen_count++] = id;
    return true;
}

/* "PATH/NAME", as text that can be shown; a "/" within the name is full-width. */
static char *path_below(const struct store *s, const char *parent, const struct pst_props *p)
{
    char *line CLEANUP(mem_free_str) = pst_text_line(p, PST_DISPLAY_NAME, s->charset);
    char *name CLEANUP(mem_free_str) = store_name_utf8(line ? line : "?");
    return store_name_below(parent, name);
}

static void add_folder(
    struct store *s, const struct store_task *t, struct reading *r, const char *path, uint32_t id)
{
    r->folder = store_add_folder(s, path, t->path);
    store_add_file(s, r->folder, &r->st);
    if (!r->id_count)
        r->first = r->folder;
    r->ids = mem_grow(r->ids, r->id_count + 1, sizeof *r->ids);
    r->ids[r->id_count++] = id;
    r->id = id;
}

/* What the store itself says of them counts more than their names. */
static void give_roles(struct store *s, const struct reading *r)
{
    for (size_t i = 0; i < r->id_count; i++) {
        enum mail_role *role = &s->folders[r->first + i].role;
        uint32_t id = r->ids[i];
        *role = id == r->outbox   ? MAIL_ROLE_OUTBOX
                : id == r->trash  ? MAIL_ROLE_TRASH
                : id == r->sent   ? MAIL_ROLE_SENT
                : id == r->drafts ? MAIL_ROLE_DRAFTS
                : id == r->junk   ? MAIL_ROLE_JUNK
                                  : *role;
    }
}

static bool ask(struct store *s, const struct store_task *t, struct reading *r,
    const struct pst_request *request, struct buf *ret)
{
    bool good = store_pst_ask(s, t->path, request, ret);
    r->deaths += !good && memmem(buf_bytes(ret), buf_len(ret), "reading it ended", 16) != NULL;
    return good;
}

/* A folder, and its lists, have ids of one number. */
static bool is_part_whole(const struct reading *r, uint32_t folder, enum pst_node_type part)
{
    return pst_check_is_whole(&r->check, (folder & ~31u) | part);
}

/* The numbers behind its properties: messages, folders, and their ids. */
static void take_folders(struct store *s, const struct store_task *t, struct reading *r,
    const struct waiting *w, const char *path, const char *at, const char *end)
{
    bool has = end - at >= 8;
    uint32_t messages = has && is_part_whole(r, w->id, PST_NODE_MESSAGES_OF) ? pst_get_u32(at) : UINT32_MAX;
    uint32_t folders = has && is_part_whole(r, w->id, PST_NODE_FOLDERS_OF) ? pst_get_u32(at + 4) : UINT32_MAX;
    if (messages == UINT32_MAX)
        note(s, t, STORE_NOTE_LOST,
            mem_printf("folder \"%s\": its list of messages is damaged: they are left out (%lu)", path,
                (unsigned long)pst_check_unlisted(&r->check, w->id)));
    if (folders == UINT32_MAX)
        note(s, t, STORE_NOTE_LOST,
            mem_printf("folder \"%s\": the folders in it cannot be read: they are left out", path));
    r->count = messages == UINT32_MAX ? 0 : messages;
    r->unread = messages == UINT32_MAX ? UINT32_MAX : 0;
    if (r->count > r->file_octets / OCTETS_A_MESSAGE) {
        note(s, t, STORE_NOTE_LOST,
            mem_printf("folder \"%s\": it is damaged: no file of this size has %lu messages", path,
                (unsigned long)r->count));
        r->count = 0;
    }
    at += 8;
    if (folders == UINT32_MAX || folders > (size_t)(end - at) / 4)
        return;
    for (uint32_t i = folders; i-- > 0;) {
        uint32_t id = pst_get_u32(at + 4 * i);
        if (!id || r->seen_count + r->waiting_count > FOLDERS_MAX || w->level >= STORE_DIR_LEVELS_MAX)
            note(s, t, STORE_NOTE_LOST, mem_printf("folder \"%s\": a folder in it cannot be read", path));
        else
            wait_for(r, id, w->level + 1, path);
    }
}

/* What a damaged folder says may be another name: after a repair its messages would be copied once more. */
static void enter_parsed(struct store *s, const struct store_task *t, struct reading *r,
    const struct waiting *w, const struct pst_props *p, const char *at, const char *end)
{
    char *path CLEANUP(mem_free_str) = w->level ? path_below(s, w->path, p) : mem_strdup(w->path);
    if (!is_part_whole(r, w->id, PST_NODE_FOLDER)) {
        note(s, t, STORE_NOTE_LOST,
            mem_printf("folder \"%s\" is damaged, and left out, with what is in it (%lu messages, without "
                       "those of the folders in it)",
                path, (unsigned long)pst_check_unlisted(&r->check, w->id)));
        return;
    }
    add_folder(s, t, r, path, w->id);
    note_ids(r, p);
    r->next = r->careful = 0;
    r->listing = true;
    take_folders(s, t, r, w, path, at, end);
}

/* Into the folder that waits last. */
static void enter(struct store *s, struct store_task *t, struct reading *r)
{
    struct waiting w = r->waiting[--r->waiting_count];
    char *parent CLEANUP(mem_free_str) = w.path;
    struct buf answer CLEANUP(buf_done) = {0};
    struct pst_props p = {0};
    if (!is_new(r, w.id))
        return;
    if (!ask(s, t, r, &(struct pst_request){.kind = PST_REQUEST_FOLDER, .id = w.id}, &answer)) {
        note(s, t, STORE_NOTE_LOST, mem_printf("a folder in \"%s\": %s", parent, buf_str(&answer)));
        return;
    }
    const char *at = buf_bytes(&answer), *end = at + buf_len(&answer);
    if (pst_props_parse(&at, end, &p))
        enter_parsed(s, t, r, &w, &p, at, end);
    pst_props_done(&p);
}

/* ---- messages ---- */
static uint16_t flags_of(const struct pst_props *p)
{
    uint32_t flags = pst_props_number(p, PST_MESSAGE_FLAGS, 0), verb = pst_props_number(p, PST_LAST_VERB, 0);
    uint32_t icon = pst_props_number(p, PST_ICON, 0);
    bool answered = verb == VERB_REPLY || verb == VERB_REPLY_ALL || icon == ICON_ANSWERED;
    return (uint16_t)(STORE_KNOWN | (flags & FLAG_READ ? STORE_SEEN : 0) |
                      (flags & FLAG_UNSENT ? STORE_DRAFT : 0) | (answered ? STORE_ANSWERED : 0) |
                      (verb == VERB_FORWARD || icon == ICON_FORWARDED ? STORE_FORWARDED : 0) |
                      (pst_props_number(p, PST_FLAG_STATUS, 0) == 2 ? STORE_FLAGGED : 0) |
                      (pst_props_time(p, PST_DELIVERY_TIME) != INT64_MIN ? STORE_RECEIVED : 0));
}

static int64_t date_of(const struct pst_props *p)
{
    static const enum pst_tag tags[] = {PST_DELIVERY_TIME, PST_SUBMIT_TIME, PST_CREATED};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        int64_t s = pst_props_time(p, tags[i]);
        if (s != INT64_MIN)
            return s;
    }
    return MAIL_NO_DATE;
}

static bool is_rich_text(const struct pst_props *p)
{
    const struct pst_prop *packed = pst_props_find(p, PST_RTF);
    struct buf text CLEANUP(buf_done) = {0};
    return packed && pst_rtf_unpack(packed->data, packed->len, &text) &&
           pst_rtf_kind(buf_bytes(&text), buf_len(&text)) == PST_RTF_NATIVE;
}

/* Its place in its folder, and what it says of itself: it may be wrong. */
static void note_damaged_message(
    struct store *s, const struct store_task *t, const struct reading *r, const struct pst_props *p)
{
    char *subject CLEANUP(mem_free_str) = pst_text_line(p, PST_SUBJECT, s->charset);
    note(s, t, STORE_NOTE_LOST,
        mem_printf("folder \"%s\": message %lu of it%s%s%s is damaged, and left out",
            s->folders[r->folder].path, (unsigned long)r->next + 1, subject ? " (\"" : "",
            subject ? subject : "", subject ? "\")" : ""));
}

static void take_message(struct store *s, const struct store_task *t, struct reading *r, uint32_t id,
    uint32_t texts, const struct pst_props *p)
{
    pst_check_list(&r->check, id);
    char *class CLEANUP(mem_free_str) = pst_text_line(p, PST_MESSAGE_CLASS, NULL);
    if (!pst_check_is_whole(&r->check, id) || (!class && !texts)) {
        note_damaged_message(s, t, r, p);
        return;
    }
    enum pst_sort sort = class ? pst_sort_of(class) : PST_SORT_MAIL;
    r->sorts[sort]++;
    if (sort != PST_SORT_MAIL)
        return;
    bool smime = class && text_has_prefix_nocase(class, "IPM.Note.SMIME");
    enum pst_class made = smime ? PST_CLASS_A : texts & 8 ? PST_CLASS_B : PST_CLASS_C;
    r->classes[made]++;
    r->rtf += (texts & 6) == 4 && is_rich_text(p);
    store_add_item(s, &(struct store_item){.at = id,
                          .octets = pst_props_number(p, PST_MESSAGE_SIZE, 0),
                          .date_s = date_of(p),
                          .folder = r->folder,
                          .flags = (uint16_t)(flags_of(p) | STORE_BUILT * (made + 1u))});
}

static void take_list(struct store *s, struct store_task *t, struct reading *r, const struct buf *answer)
{
    const char *at = buf_bytes(answer), *end = at + buf_len(answer);
    while (end - at >= 4 && r->next < r->count) {
        struct pst_props p = {0};
        uint32_t id = pst_get_u32(at), texts = id && end - at >= 8 ? pst_get_u32(at + 4) : 0;
        at += id ? 8 : 4;
        if (id && (at > end || !pst_props_parse(&at, end, &p)))
            id = 0;
        r->unread += !id;
        if (id)
            take_message(s, t, r, id, texts, &p);
        else
            note(s, t, STORE_NOTE_LOST,
                mem_printf("folder \"%s\": message %lu of it cannot be read", s->folders[r->folder].path,
                    (unsigned long)r->next + 1));
        pst_props_done(&p);
        r->next++;
    }
}

/* The current folder was listed: what of it was not? */
static void leave(struct store *s, const struct store_task *t, struct reading *r)
{
    uint32_t unlisted = r->listing ? pst_check_unlisted(&r->check, r->id) : 0;
    if (unlisted > r->unread)
        note(s, t, STORE_NOTE_LOST,
            mem_printf("folder \"%s\": %lu of its messages are not in its list%s", s->folders[r->folder].path,
                (unsigned long)(unlisted - r->unread), REPAIR));
    r->listing = false;
}

/* Some messages of the current folder. */
static void list(struct store *s, struct store_task *t, struct reading *r)
{
    struct buf answer CLEANUP(buf_done) = {0};
    uint32_t left = r->count - r->next, batch = r->next < r->careful ? 1 : left < BATCH ? left : BATCH;
    struct pst_request request = {.kind = PST_REQUEST_LIST, .id = r->id, .index = r->next, .count = batch};
    uint32_t before = r->next;
    if (ask(s, t, r, &request, &answer)) {
        take_list(s, t, r, &answer);
        if (r->next > before)
            return;
    }
    if (batch > 1) {
        r->careful = r->next + batch;
        return;
    }
    r->unread++;
    note(s, t, STORE_NOTE_LOST,
        mem_printf("folder \"%s\": message %lu of it: %s", s->folders[r->folder].path,
            (unsigned long)++r->next, buf_str(&answer)));
}

/* ---- a file ---- */
/* Would a program that writes to it be in the way? */
static void note_lock(struct store *s, const struct store_task *t, int fd)
{
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET};
    if (fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK)
        note(s, t, STORE_NOTE_DOUBT,
            mem_strdup(
                "another program has it open and locked: close Outlook, and run the same command again"));
}

static bool open_file(struct store *s, struct store_task *t, struct reading *r)
{
    int fd = store_file_open(t->path, true);
    if (fd < 0 || fstat(fd, &r->st) < 0) {
        bool busy = errno == EBUSY || errno == EAGAIN || errno == ETXTBSY || errno == EACCES;
        note(s, t, STORE_NOTE_LOST,
            mem_printf(
                "cannot be opened: %s%s", strerror(errno), busy ? "; if Outlook is running, close it" : ""));
        if (fd >= 0)
            close(fd);
        return false;
    }
    note_lock(s, t, fd);
    r->fd = fd;
    r->file_octets = (uint64_t)r->st.st_size;
    pst_check_init(&r->check, store_file_read, &r->fd, r->file_octets);
    return true;
}

/* The folder that Outlook shows as the top; without one named, the root. */
static bool begin(struct store *s, struct store_task *t, struct reading *r)
{
    struct buf answer CLEANUP(buf_done) = {0};
    struct pst_props p = {0};
    if (!open_file(s, t, r))
        return false;
    if (!ask(s, t, r, &(struct pst_request){.kind = PST_REQUEST_STORE}, &answer)) {
        note(s, t, STORE_NOTE_LOST, mem_strdup(buf_str(&answer)));
        return false;
    }
    const char *at = buf_bytes(&answer) + 4, *end = buf_bytes(&answer) + buf_len(&answer);
    if (at > end || !pst_props_parse(&at, end, &p)) {
        pst_props_done(&p);
        note(s, t, STORE_NOTE_LOST, mem_strdup("it is damaged"));
        return false;
    }
    uint32_t root = pst_get_u32(buf_bytes(&answer)), top = folder_of(&p, PST_SUBTREE_ID);
    r->outbox = folder_of(&p, PST_OUTBOX_ID);
    r->trash = folder_of(&p, PST_TRASH_ID);
    r->sent = folder_of(&p, PST_SENT_ID);
    pst_props_done(&p);
    if (ask(s, t, r, &(struct pst_request){.kind = PST_REQUEST_FOLDER, .id = root}, &answer)) {
        at = buf_bytes(&answer);
        if (pst_props_parse(&at, buf_bytes(&answer) + buf_len(&answer), &p))
            note_ids(r, &p);
        pst_props_done(&p);
    }
    wait_for(r, top ? top : root, 0, r->top);
    return true;
}

static void put_count(struct buf *words, uint64_t count, const char *what)
{
    if (count)
        buf_printf(words, "%s%llu %s", buf_len(words) ? ", " : "", (unsigned long long)count, what);
}

/* What was found and is no mail; and how the messages will be made. */
static void note_counts(struct store *s, const struct store_task *t, const struct reading *r)
{
    struct buf others CLEANUP(buf_done) = {0}, made CLEANUP(buf_done) = {0};
    for (enum pst_sort sort = PST_SORT_MAIL + 1; sort < PST_SORTS; sort++)
        put_count(&others, r->sorts[sort], pst_sort_words(sort));
    if (buf_len(&others))
        note(s, t, STORE_NOTE_ASIDE, mem_printf("no mail, and left alone: %s", buf_str(&others)));
    put_count(&made, r->classes[PST_CLASS_A], "signed or encrypted, their body as it was sent (A)");
    put_count(
        &made, r->classes[PST_CLASS_B], "with their header as received, their body put together again (B)");
    put_count(&made, r->classes[PST_CLASS_C], "put together wholly from what Outlook keeps (C)");
    put_count(&made, r->rtf, "of these with rich text alone, which is attached as .rtf");
    if (buf_len(&made))
        note(s, t, STORE_NOTE_MADE, mem_printf("messages: %s", buf_str(&made)));
}

/* All that can be was found. */
static int end(struct store *s, struct store_task *t, struct reading *r)
{
    leave(s, t, r);
    give_roles(s, r);
    if (r->check.stray)
        note(s, t, STORE_NOTE_LOST,
            mem_printf(
                "%llu of its messages are in no folder%s", (unsigned long long)r->check.stray, REPAIR));
    note_counts(s, t, r);
    s->octets_done += r->file_octets;
    return 0;
}

/* libpff reads what is damaged as if it were not. */
static void check_more(struct store *s, struct store_task *t, struct reading *r)
{
    const struct pst_check *c = &r->check;
    if (pst_check_step(&r->check))
        return;
    if (c->damaged)
        store_add_note(s, c->nodes_damaged ? STORE_NOTE_LOST : STORE_NOTE_MADE, t->path, c->first,
            mem_printf(
                "%llu of its blocks %s damaged, the first one here: the messages on them are named%s; let "
                "Outlook repair a copy (scanpst.exe), and run the same command on that",
                (unsigned long long)c->damaged, c->damaged == 1 ? "is" : "are",
                c->nodes_damaged ? ", but there may be others" : " and left out"));
    if (!pst_check_is_whole(c, PST_NODE_STORE)) {
        note(s, t, STORE_NOTE_LOST, mem_strdup("which folders it has is damaged: nothing of it is taken"));
        forget_waiting(r);
    }
    if (c->unknown)
        note(s, t, STORE_NOTE_MADE,
            mem_strdup(
                "a file of this form (4 KiB pages) cannot be checked for damage: look through what arrives"));
    r->checked = true;
    close(r->fd);
    r->fd = -1;
}

static int pst_step(struct store *s, struct store_task *t)
{
    struct reading *r = t->state;
    if (!r->begun) {
        r->begun = true;
        if (!begin(s, t, r))
            return 0;
    } else if (!r->checked) {
        check_more(s, t, r);
    } else if (r->listing && r->next < r->count) {
        list(s, t, r);
    } else if (r->waiting_count) {
        leave(s, t, r);
        enter(s, t, r);
    } else {
        return end(s, t, r);
    }
    if (r->deaths < DEATHS_MAX)
        return 1;
    note(s, t, STORE_NOTE_LOST,
        mem_strdup("it is damaged in many places: what comes behind was not looked at"));
    return end(s, t, r);
}

#define TEXT_OF(number)      #number
#define BUILT(class, number) class TEXT_OF(number)

const char *store_built(const struct store_item *item)
{
    static const char *const built[PST_CLASSES + 1] = {
        NULL, BUILT("A", PST_BUILD_VERSION), BUILT("B", PST_BUILD_VERSION), BUILT("C", PST_BUILD_VERSION)};
    return built[item->flags / STORE_BUILT & 3];
}

/* ---- pst:PATH ---- */
static bool is_pst(const char *front, size_t len)
{
    return len >= strlen(MAGIC) && !memcmp(front, MAGIC, strlen(MAGIC));
}

static void add_file(struct store *s, const char *top, const char *disk)
{
    struct reading *r = mem_alloc(sizeof *r);
    r->top = mem_strdup(top);
    r->fd = -1;
    store_add_task(s, 0, disk, pst_step, r, reading_free);
}

static void add_named(struct store *s, const char *parent, const char *disk, const char *name)
{
    char *utf8 CLEANUP(mem_free_str) = store_name_utf8(name);
    char *dot = strrchr(utf8, '.');
    if (dot && dot > utf8)
        *dot = '\0';
    char *path CLEANUP(mem_free_str) = store_name_below(parent, utf8);
    add_file(s, path, disk);
}

/* Is it a file that is left alone, and was not named? */
static unsigned add_entry(struct store *s, const char *parent, const char *disk, const char *name)
{
    char front[4];
    ssize_t len = store_file_begin(disk, front, sizeof front);
    if (len < 0)
        store_add_errno(s, disk, 0, "cannot be opened");
    else if (is_pst(front, (size_t)len))
        add_named(s, parent, disk, name);
    else if (store_dir_has_ending(name, ".pst") || store_dir_has_ending(name, ".ost"))
        store_add_note(
            s, STORE_NOTE_LOST, disk, 0, mem_strdup("is no file of Outlook, or its head is damaged"));
    else
        return 1;
    return 0;
}

int store_pst_begin(struct store *s, struct error *err)
{
    struct stat st;
    char front[4];
    if (stat(s->path, &st) == 0 && S_ISDIR(st.st_mode))
        store_add_tree(s, "", s->path, 0, add_entry);
    else if (is_pst(front, store_front(s, s->path, front, sizeof front)))
        add_file(s, "", s->path);
    if (s->tasks)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: there is no file of Outlook (.pst, .ost) (popferry discover PATH shows what is there)", s->path);
}
