#include "store_private.h"

#include "becky_status.h"
#include "bmf_scan.h"
#include "mail_charset.h"
#include "mail_field.h"
#include "mail_scan.h"
#include "mem.h"
#include "store_dir.h"
#include "store_file.h"
#include "store_name.h"
#include "text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK      (1u << 20)
#define FRONT      4096  /* octets by which such a file is told from others */
#define HEADER_MAX 65536 /* of a header that is looked at for date and flags */
#define INI_MAX    (1u << 20)
#define BASE64_MAX 4096 /* octets of a part's file by which it is told that it is in base64 */

/* ---- a message and its parts ---- */
/* "dir\FILE" below #Attach beside the .bmf: never anywhere else. NULL: there is no such file. */
static char *attached(const char *bmf, const char *file, struct stat *ret)
{
    const char *slash = strrchr(bmf, '/');
    char *dir CLEANUP(mem_free_str) = mem_strndup(bmf, slash ? (size_t)(slash - bmf) : 0);
    struct buf text CLEANUP(buf_done) = {0};
    mail_charset_guess(file, strlen(file), &text);
    char *name CLEANUP(mem_free_str) = buf_strdup(&text), *save = NULL;
    char *path = store_dir_join(*dir ? dir : slash ? "/" : ".", "#Attach");
    for (char *level = strtok_r(name, "\\/", &save); level && path; level = strtok_r(NULL, "\\/", &save)) {
        char *below = store_dir_join(path, level);
        bool fine = strcmp(level, "..") != 0 && lstat(below, ret) == 0 &&
                    (S_ISDIR(ret->st_mode) || S_ISREG(ret->st_mode));
        free(path);
        path = fine ? below : NULL;
        if (!fine)
            free(below);
    }
    if (!path || !*file || !S_ISREG(ret->st_mode)) {
        free(path);
        return NULL;
    }
    return path;
}

static bool is_base64(const char *path)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n\t ";
    char front[BASE64_MAX + 1];
    ssize_t n = store_file_begin(path, front, BASE64_MAX);
    if (n < 0)
        return false;
    front[n] = '\0';
    return strspn(front, digits) == (size_t)n;
}

/* What an INCLUDE stands for: an empty line, which ends the header, and the file. */
static int add_part(const struct bmf_scan *b, const char *bmf, struct store_pieces *ret, char **ret_why)
{
    struct stat st = {0};
    char *path = attached(bmf, b->file, &st);
    if (!path)
        *ret_why = mem_printf("a part of it, the file \"%s\" of #Attach, is missing", b->file);
    else if (b->base64 && !is_base64(path))
        *ret_why = mem_printf(
            "a part of it, the file \"%s\" of #Attach, is not in base64, as it should be", b->file);
    else if (ret->count + 2 > STORE_PIECES_MAX)
        *ret_why = mem_printf("it has too many parts in files of their own (%zu)", ret->count / 3);
    if (*ret_why) {
        free(path);
        return -1;
    }
    store_pieces_add(ret, &(struct store_piece){.text = mem_strdup("\n")});
    store_pieces_add(
        ret, &(struct store_piece){.path = path, .end = (uint64_t)st.st_size, .whole_line = true});
    return 0;
}

/* A file that is read up to one event after the other. */
struct cursor {
    struct bmf_scan scan;
    int fd;
    char *chunk;
    size_t len, next;
};

/* MORE: it cannot be read so far. */
static enum bmf_event next_event(struct cursor *c)
{
    enum bmf_event event = BMF_MORE;
    while (event == BMF_MORE) {
        if (c->next == c->len) {
            ssize_t n = pread(c->fd, c->chunk, CHUNK, (off_t)c->scan.at);
            if (n < 0 && errno == EINTR)
                continue;
            if (n <= 0)
                break;
            c->len = (size_t)n;
            c->next = 0;
        }
        c->next += bmf_scan_feed(&c->scan, c->chunk + c->next, c->len - c->next, &event);
    }
    return event;
}

static void add_run(struct store_pieces *p, uint64_t at, uint64_t end)
{
    store_pieces_add(p, &(struct store_piece){.at = at, .end = end, .unstuff = true});
}

/* All of it but the line of its status. */
static void add_runs(
    struct store_pieces *p, uint64_t at, uint64_t end, const struct becky_status *status, uint64_t start)
{
    if (at == start && status->end) {
        add_run(p, start, start + status->at);
        at += status->end;
    }
    add_run(p, at, end);
}

static int add_parts(struct cursor *c, const char *path, const struct becky_status *status,
    struct store_pieces *ret, char **ret_why)
{
    const struct bmf_scan *b = &c->scan;
    uint64_t start = b->start, at = start;
    for (enum bmf_event event; (event = next_event(c)) != BMF_END; at = b->at) {
        add_runs(ret, at, b->line_at, status, start);
        if (event == BMF_INCLUDE && add_part(b, path, ret, ret_why) < 0)
            return -1;
        if (event == BMF_MORE) {
            *ret_why = mem_strdup("the file was changed since it was looked through");
            return -1;
        }
    }
    if (b->odd) {
        *ret_why = mem_strdup("a part of it lies in a file of #Attach in a way that popferry does not know");
        return -1;
    }
    add_runs(ret, at, b->line_at, status, start);
    return 0;
}

int store_becky_pieces(
    const struct store_item *item, int fd, const char *path, struct store_pieces *ret, char **ret_why)
{
    char *chunk CLEANUP(mem_free_str) = mem_alloc(CHUNK);
    bool parts = item->flags & STORE_PARTS;
    size_t most = parts || item->octets > HEADER_MAX ? HEADER_MAX : (size_t)item->octets;
    size_t len = store_file_header(fd, item->at, chunk, most);
    struct becky_status status = becky_status_read(chunk, len);
    if (!parts) {
        add_runs(ret, item->at, item->at + item->octets, &status, item->at);
        return 0;
    }
    struct cursor *c = mem_alloc(sizeof *c);
    *c = (struct cursor){.fd = fd, .chunk = chunk};
    c->scan.at = c->scan.start = c->scan.line_at = item->at;
    int rc = add_parts(c, path, &status, ret, ret_why);
    free(c);
    return rc;
}

/* ---- a file ---- */
struct reading {
    int fd;
    char *chunk;
    size_t len, next; /* of the chunk */
    struct bmf_scan scan;
    bool parts; /* the message has some in files of their own */
    struct mail_scan *facts;
    char *front;
};

static void reading_free(void *state)
{
    struct reading *r = state;
    if (r->fd >= 0)
        close(r->fd);
    mail_scan_free(r->facts);
    free(r->chunk);
    free(r->front);
    free(r);
}

/* Its first line is a field of a header. */
static bool is_bmf(const char *front, size_t len)
{
    const char *lf = memchr(front, '\n', len);
    size_t prefix;
    return lf && mail_field_name(front, (size_t)(lf - front), &prefix);
}

static struct reading *begin(struct store *s, struct store_task *t)
{
    struct reading *r = mem_alloc(sizeof *r);
    struct stat st;
    t->state = r;
    t->done = reading_free;
    r->fd = store_add_opened(s, t, &st);
    if (r->fd < 0)
        return NULL;
    r->chunk = mem_alloc(CHUNK);
    r->front = mem_alloc(HEADER_MAX);
    r->facts = mail_scan_new();
    return r;
}

static uint64_t octets_of(const struct store_pieces *p)
{
    uint64_t octets = 0;
    for (size_t i = 0; i < p->count; i++)
        octets += p->all[i].text ? strlen(p->all[i].text) : p->all[i].end - p->all[i].at;
    return octets;
}

static void note_partial(
    struct store *s, const struct store_task *t, uint64_t at, const char *id, const char *why)
{
    s->folders[t->folder].partial++;
    store_add_note(s, STORE_NOTE_PARTIAL, t->path, at,
        mem_printf("a message (Message-ID %s) that cannot be put together: %s", id ? id : "none", why));
}

static void add_message(struct store *s, struct store_task *t, struct reading *r)
{
    const struct bmf_scan *b = &r->scan;
    uint64_t octets = b->line_at - b->start;
    struct mail_facts facts;
    size_t len =
        store_file_header(r->fd, b->start, r->front, octets < HEADER_MAX ? (size_t)octets : HEADER_MAX);
    struct store_pieces pieces CLEANUP(store_pieces_done) = {0};
    char *why CLEANUP(mem_free_str) = NULL;
    mail_scan_feed(r->facts, r->front, len);
    mail_scan_finish(r->facts, &facts);
    struct store_item item = {
        .at = b->start,
        .octets = octets,
        .date_s = facts.received_s != MAIL_NO_DATE ? facts.received_s : facts.date_s,
        .folder = t->folder,
        .flags = (uint16_t)(becky_status_read(r->front, len).flags | (r->parts ? STORE_PARTS : 0)),
    };
    if (r->parts && store_becky_pieces(&item, r->fd, t->path, &pieces, &why) < 0) {
        note_partial(s, t, b->start, facts.message_id, why);
    } else {
        item.octets = r->parts ? octets_of(&pieces) : octets;
        store_add_item(s, &item);
    }
    if (b->in_head)
        store_add_note(s, STORE_NOTE_DOUBT, t->path, b->start,
            mem_strdup(
                "the header of this message has a field X-Becky-Include, which was taken to stand for nothing"));
    mail_facts_done(&facts);
}

static void end_file(struct store *s, struct store_task *t, const struct reading *r, int e)
{
    errno = e;
    if (e)
        store_add_errno(s, t->path, r->scan.at,
            "cannot be read from here on; the message that stands here is left out, too");
    else if (bmf_scan_is_within(&r->scan))
        store_add_note(s, STORE_NOTE_LOST, t->path, r->scan.start,
            mem_strdup(
                "the file ends in the midst of the message that begins here (no line \".\" ends it): it is left out"));
}

/* Of the first chunk. What it is instead is noted. */
static bool is_mail(struct store *s, const struct store_task *t, const struct reading *r)
{
    if (store_front_is_packed(s, t->path, r->chunk, r->len))
        return false;
    bool mail = is_bmf(r->chunk, r->len);
    if (!mail)
        store_add_note(s, STORE_NOTE_LOST, t->path, 0,
            mem_strdup("is no file of Becky!: it does not begin with the header of a message"));
    return mail;
}

/* More of the file into the chunk: false, it is over. */
static bool read_some(struct store *s, struct store_task *t, struct reading *r)
{
    ssize_t n = read(r->fd, r->chunk, CHUNK);
    if (n < 0 && errno == EINTR)
        return true;
    r->len = n > 0 ? (size_t)n : 0;
    r->next = 0;
    s->octets_done += r->len;
    if (n > 0 && !r->scan.at && !is_mail(s, t, r))
        return false;
    if (n <= 0)
        end_file(s, t, r, n < 0 ? errno : 0);
    return n > 0;
}

static int becky_step(struct store *s, struct store_task *t)
{
    struct reading *r = t->state ? t->state : begin(s, t);
    enum bmf_event event;
    if (!r || !read_some(s, t, r))
        return 0;
    while (r->next < r->len) {
        r->next += bmf_scan_feed(&r->scan, r->chunk + r->next, r->len - r->next, &event);
        r->parts = r->parts || event == BMF_INCLUDE;
        if (event != BMF_END)
            continue;
        if (r->scan.line_at > r->scan.start)
            add_message(s, t, r);
        r->parts = false;
    }
    return 1;
}

/* ---- folders ---- */
/* The account's name in Mailbox.ini: "[Account]", "Name=...". NULL: there is none. */
static char *account_name(const char *disk)
{
    char *path CLEANUP(mem_free_str) = store_dir_join(disk, "Mailbox.ini"), *save = NULL;
    size_t len;
    char *text CLEANUP(mem_free_str) = store_file_whole(path, INI_MAX, &len);
    bool account = false;
    for (char *line = text ? strtok_r(text, "\r\n", &save) : NULL; line;
         line = strtok_r(NULL, "\r\n", &save)) {
        if (*line == '[')
            account = text_has_prefix_nocase(line, "[Account]");
        else if (account && text_has_prefix_nocase(line, "Name=") && line[5])
            return store_name_utf8(line + 5);
    }
    return NULL;
}

struct box {
    const char *disk, *name;
    enum mail_role role;
};

/* Folders that Becky! has of itself, as Thunderbird's importer has them: what was sent is in !!!!Outbox. */
static const struct box *box_of(const char *disk)
{
    static const struct box boxes[] = {
        {"!!!!Inbox", "Inbox", MAIL_ROLE_INBOX},
        {"!!!!Outbox", "Sent", MAIL_ROLE_SENT},
        {"!!!!Unsent", "Outbox", MAIL_ROLE_OUTBOX},
        {"!Trash", "Trash", MAIL_ROLE_TRASH},
    };
    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
        if (text_equal_nocase(disk, boxes[i].disk))
            return &boxes[i];
    return NULL;
}

static const char *last_level(const char *disk)
{
    const char *slash = strrchr(disk, '/');
    return slash ? slash + 1 : disk;
}

static char *folder_name(const char *disk)
{
    const struct box *box = box_of(last_level(disk));
    char *name = account_name(disk);
    if (name)
        return name;
    return box ? mem_strdup(box->name) : store_name_utf8(last_level(disk) + strspn(last_level(disk), "!"));
}

static void add_file(struct store *s, const char *path, const char *dir, const char *name)
{
    char *disk CLEANUP(mem_free_str) = store_dir_join(dir, name);
    const struct box *box = box_of(last_level(dir));
    uint32_t folder = store_add_folder(s, path, disk);
    if (box)
        s->folders[folder].role = box->role;
    store_add_task(s, folder, disk, becky_step, NULL, NULL);
}

static void add_tree(struct store *s, const char *path, const char *disk, unsigned level);

static void add_below(
    struct store *s, const char *parent, const char *dir, const char *name, unsigned level, bool named)
{
    char *disk CLEANUP(mem_free_str) = store_dir_join(dir, name);
    char *own CLEANUP(mem_free_str) = folder_name(disk);
    char *path CLEANUP(mem_free_str) = named ? store_name_below(parent, own) : mem_strdup(parent);
    add_tree(s, path, disk, level + 1);
}

/* An account's folder: "N.mb", or it has the account's settings. */
static bool is_account(const char *dir, const struct store_entry *e)
{
    char *ini CLEANUP(mem_free_str) = mem_printf("%s/%s/Mailbox.ini", dir, e->name);
    struct stat st;
    return e->type == STORE_ENTRY_FOLDER && (store_dir_has_ending(e->name, ".mb") || stat(ini, &st) == 0);
}

/* What is named #... is Becky!'s own: the parts of messages, for one. */
static void add_tree(struct store *s, const char *path, const char *disk, unsigned level)
{
    struct store_dir dir;
    size_t accounts = 0;
    if (!store_list(s, disk, level, false, &dir))
        return;
    for (size_t i = 0; i < dir.count; i++)
        accounts += !level && is_account(disk, &dir.entries[i]);
    for (size_t i = 0; i < dir.count; i++) {
        const struct store_entry *e = &dir.entries[i];
        if (e->type == STORE_ENTRY_FILE && store_dir_has_ending(e->name, ".bmf"))
            add_file(s, path, disk, e->name);
        else if (e->type == STORE_ENTRY_FOLDER && *e->name != '#' && *e->name != '.')
            add_below(s, path, disk, e->name, level, accounts != 1 || !is_account(disk, e));
    }
    store_dir_done(&dir);
}

int store_becky_begin(struct store *s, struct error *err)
{
    struct stat st;
    char front[FRONT];
    if (stat(s->path, &st) == 0 && S_ISDIR(st.st_mode))
        add_tree(s, "", s->path, 0);
    else if (is_bmf(front, store_front(s, s->path, front, sizeof front)))
        store_add_task(s, store_add_folder(s, "", s->path), s->path, becky_step, NULL, NULL);
    if (s->folder_count)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: there is no folder of Becky! (.bmf) (popferry discover PATH shows what is there)", s->path);
}
