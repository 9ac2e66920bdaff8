#include "store_private.h"

#include "mail_field.h"
#include "mail_scan.h"
#include "mbox_scan.h"
#include "mem.h"
#include "store_dir.h"
#include "store_file.h"
#include "store_mozilla.h"
#include "store_name.h"
#include "text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK      (1u << 20)
#define FRONT      4096  /* octets by which an mbox is told from other files */
#define HEADER_MAX 65536 /* of a header that is looked at for date and flags */
#define STEP_MAX   256   /* messages looked at in one step */

struct mbox {
    int fd;
    char *chunk;
    struct mbox_scan *scan;
    struct mbox_shape shape;
    bool whole, scanned, failed; /* all was read; the shape is known; reading it failed in its midst */
    uint64_t at;
    size_t next;
    struct mail_scan *facts;
};

static void mbox_free(void *state)
{
    struct mbox *m = state;
    if (m->fd >= 0)
        close(m->fd);
    mbox_scan_free(m->scan);
    mail_scan_free(m->facts);
    free(m->chunk);
    free(m);
}

static struct mbox *mbox_open_file(struct store *s, struct store_task *t)
{
    struct mbox *m = mem_alloc(sizeof *m);
    struct stat st;
    t->state = m;
    t->done = mbox_free;
    m->fd = store_add_opened(s, t, &st);
    if (m->fd < 0)
        return NULL;
    m->chunk = mem_alloc(CHUNK);
    m->scan = mbox_scan_new();
    m->facts = mail_scan_new();
    return m;
}

/* ---- where messages are ---- */
static const char *doubt_words(enum mbox_doubt_kind kind)
{
    static const char *const words[] = {
        [MBOX_DOUBT_NO_BLANK] = "a message was taken to begin here, though no empty line stands before it",
        [MBOX_DOUBT_NO_DATE] = "a message was taken to begin here, though its \"From \" line has no date",
        [MBOX_DOUBT_NO_HEADER] = "a message without a header was taken to begin here",
        [MBOX_DOUBT_IN_MIME] =
            "this \"From \" line was taken for text: it stands within a part of the message before it",
        [MBOX_DOUBT_INCLUDED] = "this \"From \" line was taken for text: it stands in an included message",
        [MBOX_DOUBT_LENGTH] =
            "this \"From \" line was taken for text: Content-Length says that the message before it goes on",
        [MBOX_DOUBT_UNLIKE] = "this \"From \" line was taken for text: it is unlike the others of this file",
        [MBOX_DOUBT_DATED_TEXT] = "this \"From \" line was taken for text: no header follows it",
    };
    return words[kind];
}

static void note_shape(struct store *s, const struct store_task *t, const struct mbox_shape *shape)
{
    if (shape->only_cr)
        store_add_note(s, STORE_NOTE_LOST, t->path, 0,
            mem_strdup(
                "its lines end in CR alone, which popferry does not read: make them end in LF (tr '\\r' '\\n' "
                "<FILE >COPY), then run again with the copy"));
    else if (shape->before)
        store_add_note(s, STORE_NOTE_LOST, t->path, 0,
            mem_printf("its first %llu octets belong to no message (no line \"From \" stands before them)",
                (unsigned long long)shape->before));
    for (size_t i = 0; i < shape->doubt_count; i++)
        store_add_note(s, STORE_NOTE_DOUBT, t->path, shape->doubts[i].line,
            mem_strdup(doubt_words(shape->doubts[i].kind)));
}

static void scan_some(struct store *s, struct store_task *t, struct mbox *m)
{
    ssize_t n = read(m->fd, m->chunk, CHUNK);
    if (n < 0 && errno == EINTR)
        return;
    if (n > 0) {
        mbox_scan_feed(m->scan, m->chunk, (size_t)n);
        m->at += (uint64_t)n;
        s->octets_done += (uint64_t)n;
        return;
    }
    m->failed = n < 0;
    if (m->failed)
        store_add_errno(
            s, t->path, m->at, "cannot be read from here on; the message that stands here is left out, too");
    m->shape = mbox_scan_finish(m->scan);
    m->scanned = true;
    m->shape.count -= m->failed && m->shape.count;
    note_shape(s, t, &m->shape);
}

/* ---- what they are ---- */
/* Of the first Status and X-Status of this header. */
static struct mail_flags header_flags(const char *front, size_t len)
{
    struct mail_flags flags = {0};
    bool had[MAIL_FIELD_COUNT] = {0};
    for (const char *line = front, *end = front + len, *lf; line < end; line = lf + 1) {
        lf = memchr(line, '\n', (size_t)(end - line));
        size_t n = (size_t)((lf ? lf : end) - line), prefix, name = 0;
        n -= n && line[n - 1] == '\r';
        if (!lf || !n)
            break;
        name = mail_field_name(line, n, &prefix);
        enum mail_field field = !name                                                 ? MAIL_FIELD_NONE
                                : text_compare_nocase(line, name, "status", 6) == 0   ? MAIL_FIELD_STATUS
                                : text_compare_nocase(line, name, "x-status", 8) == 0 ? MAIL_FIELD_X_STATUS
                                                                                      : MAIL_FIELD_NONE;
        if (field == MAIL_FIELD_NONE || had[field])
            continue;
        had[field] = true;
        mail_field_flags(field, line + prefix, n - prefix, &flags);
    }
    return flags;
}

/* Thunderbird's own word counts before what others have written into the header. */
static struct mail_flags flags_of(const struct store_mozilla *moz, const char *front, size_t len)
{
    if (!moz->told)
        return header_flags(front, len);
    return (struct mail_flags){.known = true,
        .seen = moz->status & STORE_MOZILLA_READ,
        .answered = moz->status & STORE_MOZILLA_REPLIED,
        .flagged = moz->status & STORE_MOZILLA_MARKED,
        .deleted = moz->status & STORE_MOZILLA_EXPUNGED};
}

static uint16_t flag_bits(const struct mail_flags *f)
{
    return (uint16_t)((f->known ? STORE_KNOWN : 0) | (f->seen ? STORE_SEEN : 0) |
                      (f->answered ? STORE_ANSWERED : 0) | (f->flagged ? STORE_FLAGGED : 0) |
                      (f->draft ? STORE_DRAFT : 0));
}

static void note_partial(struct store *s, const struct store_task *t, uint64_t at, const struct mail_facts *f)
{
    s->folders[t->folder].partial++;
    store_add_note(s, STORE_NOTE_PARTIAL, t->path, at,
        mem_printf(
            "only its first lines were ever fetched (Message-ID %s); the whole message is on the mail server, "
            "if anywhere",
            f->message_id ? f->message_id : "none"));
}

static void add_message(struct store *s, struct store_task *t, struct mbox *m, const struct mbox_message *at)
{
    uint64_t octets = at->end - at->start;
    size_t len =
        store_file_header(m->fd, at->start, m->chunk, octets < HEADER_MAX ? (size_t)octets : HEADER_MAX);
    struct mail_facts facts;
    struct store_mozilla moz CLEANUP(store_mozilla_done) = store_mozilla_read(m->chunk, len);
    mail_scan_feed(m->facts, m->chunk, len);
    mail_scan_finish(m->facts, &facts);
    struct mail_flags flags = flags_of(&moz, m->chunk, len);
    if (flags.deleted) {
        s->folders[t->folder].deleted++;
    } else if (moz.status & STORE_MOZILLA_PARTIAL) {
        note_partial(s, t, at->line, &facts);
    } else {
        uint64_t front = moz.octets; /* what the store has put in front is no part of the message */
        store_add_item(
            s, &(struct store_item){
                   .at = at->start + front,
                   .octets = at->end - at->start - front,
                   .date_s = facts.received_s != MAIL_NO_DATE ? facts.received_s : facts.date_s,
                   .folder = t->folder,
                   .flags = (uint16_t)(flag_bits(&flags) |
                                       (moz.status & STORE_MOZILLA_FORWARDED ? STORE_FORWARDED : 0) |
                                       (m->shape.quoting == MBOX_QUOTING_RD ? STORE_UNQUOTE : 0)),
                   .keywords = store_add_keywords(s, moz.keywords),
               });
    }
    mail_facts_done(&facts);
}

int store_mbox_step(struct store *s, struct store_task *t)
{
    struct mbox *m = t->state ? t->state : mbox_open_file(s, t);
    if (!m)
        return 0;
    if (!m->scanned) {
        scan_some(s, t, m);
        return 1;
    }
    for (size_t i = 0; i < STEP_MAX && m->next < m->shape.count; i++)
        add_message(s, t, m, &m->shape.messages[m->next++]);
    return m->next < m->shape.count;
}

/* ---- mbox:PATH ---- */
bool store_mbox_is_one(struct store *s, const char *path)
{
    char front[FRONT];
    return mbox_scan_is_likely(front, store_front(s, path, front, sizeof front));
}

/* What is none, though it is not empty: true if nothing was said of it. */
static bool is_aside(struct store *s, const char *path)
{
    char front[FRONT];
    size_t len = store_front(NULL, path, front, sizeof front);
    return len && !store_front_is_packed(s, path, front, len);
}

static void add_file(struct store *s, const char *parent, const char *disk, const char *name)
{
    char *utf8 CLEANUP(mem_free_str) = store_name_utf8(name);
    size_t len = strlen(utf8);
    if (len > 5 && !strcmp(utf8 + len - 5, ".mbox"))
        utf8[len - 5] = '\0';
    char *path CLEANUP(mem_free_str) = store_name_below(parent, utf8);
    store_add_task(s, store_add_folder(s, path, disk), disk, store_mbox_step, NULL, NULL);
}

static void add_tree(struct store *s, const char *parent, const char *disk, unsigned level);

/* How many files it is that are left alone and were not named. */
static unsigned add_entry(
    struct store *s, const char *parent, const char *dir, const struct store_entry *e, unsigned level)
{
    char *disk CLEANUP(mem_free_str) = store_dir_join(dir, e->name);
    if (e->type == STORE_ENTRY_FOLDER) {
        char *name CLEANUP(mem_free_str) = store_name_utf8(e->name);
        char *path CLEANUP(mem_free_str) = store_name_below(parent, name);
        add_tree(s, path, disk, level + 1);
    } else if (e->type == STORE_ENTRY_FILE) {
        if (!store_mbox_is_one(s, disk))
            return is_aside(s, disk);
        add_file(s, parent, disk, e->name);
    }
    return 0;
}

static void add_tree(struct store *s, const char *parent, const char *disk, unsigned level)
{
    struct store_dir dir;
    if (!store_list(s, disk, level, false, &dir))
        return;
    uint64_t aside = 0;
    for (size_t i = 0; i < dir.count; i++)
        aside += add_entry(s, parent, disk, &dir.entries[i], level);
    store_add_aside(s, disk, aside);
    store_dir_done(&dir);
}

static int none(const struct store *s, struct error *err)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: there is no mbox file: one begins with a line \"From \" (popferry discover PATH shows what is there)",
        s->path);
}

int store_mbox_begin(struct store *s, struct error *err)
{
    struct stat st;
    if (stat(s->path, &st) < 0)
        return none(s, err);
    if (S_ISDIR(st.st_mode)) {
        add_tree(s, "", s->path, 0);
        return s->folder_count ? 0 : none(s, err);
    }
    if (!S_ISREG(st.st_mode) || (st.st_size && !store_mbox_is_one(s, s->path)))
        return none(s, err);
    store_add_task(s, store_add_folder(s, "", s->path), s->path, store_mbox_step, NULL, NULL);
    return 0;
}
