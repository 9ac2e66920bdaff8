#include "archive_mbox.h"

#include "buf.h"
#include "clock.h"
#include "disk.h"
#include "mail_date.h"
#include "mem.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define PIECE (64 * 1024)

static const char word[] = "From ";
#define WORD ((int)sizeof word - 1)
static const char begin[] = "From MAILER-DAEMON ";

/* ---- quoting ---- */
/* How much of `word` was seen since the line began (and its ">"); IN_LINE: it does not begin so. */
#define IN_LINE (-1)

struct quoter {
    int seen;
    char last; /* octet written */
    struct buf out;
};

static void quote(struct quoter *q, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        char c = data[i];
        if (q->seen != IN_LINE && c == word[q->seen]) {
            if (++q->seen < WORD)
                continue;
            buf_append_str(&q->out, ">From ");
            q->seen = IN_LINE;
            continue;
        }
        if (q->seen != IN_LINE) /* not the word after all: what was held back */
            buf_append(&q->out, word, (size_t)q->seen);
        q->seen = c == '\n' || (c == '>' && q->seen == 0) ? 0 : IN_LINE;
        buf_append_char(&q->out, c);
    }
    if (len)
        q->last = data[len - 1];
}

static int flush(struct quoter *q, int fd, const char *path, uint64_t *stored, struct error *err)
{
    size_t len = buf_len(&q->out);
    if (disk_write(fd, buf_bytes(&q->out), len, path, err) < 0)
        return -1;
    buf_clear(&q->out);
    *stored += len;
    return 0;
}

static void from_line(struct buf *out, int64_t date_s)
{
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct clock_utc d = clock_to_utc(date_s == MAIL_NO_DATE ? 0 : date_s);
    buf_printf(out, "%s%s %s %2d %02d:%02d:%02d %04d\n", begin, days[d.weekday], months[d.month - 1], d.day,
        d.hour, d.minute, d.second, d.year);
}

static void quoter_done(struct quoter *q)
{
    buf_done(&q->out);
}

int archive_mbox_write(int fd, const char *path, uint64_t offset, struct spool *spool, int64_t date_s,
    uint64_t *ret_stored, struct error *err)
{
    struct quoter q CLEANUP(quoter_done) = {.last = '\n'};
    char piece[PIECE];
    uint64_t stored = 0;
    if (lseek(fd, (off_t)offset, SEEK_SET) < 0)
        return disk_error("write", path, err);
    from_line(&q.out, date_s);
    for (uint64_t at = 0;;) {
        ssize_t n = spool_read(spool, at, piece, sizeof piece, err);
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        quote(&q, piece, (size_t)n);
        if (flush(&q, fd, path, &stored, err) < 0)
            return -1;
        at += (uint64_t)n;
    }
    if (q.seen > 0)
        buf_append(&q.out, word, (size_t)q.seen);
    buf_append_str(&q.out, q.last == '\n' ? "\n" : "\n\n");
    if (flush(&q, fd, path, &stored, err) < 0)
        return -1;
    *ret_stored = stored;
    return 0;
}

/* ---- and back ---- */
struct unquoter {
    int seen;
    bool head;      /* the entry's first line is not yet over */
    uint64_t marks; /* ">" held back */
    struct sha256 *hash;
    uint64_t left; /* octets of the message still to come */
};

static void take(struct unquoter *u, const char *data, uint64_t len)
{
    if (len > u->left)
        len = u->left;
    sha256_update(u->hash, data, (size_t)len);
    u->left -= len;
}

static void take_marks(struct unquoter *u, uint64_t count)
{
    while (count--)
        take(u, ">", 1);
    u->marks = 0;
}

static void unquote_octet(struct unquoter *u, char c)
{
    if (u->seen != IN_LINE && c == word[u->seen]) {
        if (++u->seen < WORD)
            return;
        take_marks(u, u->marks ? u->marks - 1 : 0);
        take(u, word, WORD);
        u->seen = IN_LINE;
        return;
    }
    if (u->seen == 0 && c == '>') {
        u->marks++;
        return;
    }
    if (u->seen != IN_LINE) {
        take_marks(u, u->marks);
        take(u, word, (uint64_t)u->seen);
    }
    u->seen = c == '\n' ? 0 : IN_LINE;
    take(u, &c, 1);
}

static void unquote(struct unquoter *u, const char *data, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (!u->head)
            unquote_octet(u, data[i]);
        else if (data[i] == '\n')
            u->head = false;
    }
}

static ssize_t read_at(int fd, const char *path, uint64_t offset, void *dst, size_t len, struct error *err)
{
    for (;;) {
        ssize_t n = pread(fd, dst, len, (off_t)offset);
        if (n >= 0)
            return n;
        if (errno != EINTR)
            return disk_error("read", path, err);
    }
}

static int feed(
    struct unquoter *u, int fd, const char *path, uint64_t offset, uint64_t stored, struct error *err)
{
    char piece[PIECE];
    for (uint64_t at = 0; at < stored;) {
        size_t want = stored - at < sizeof piece ? (size_t)(stored - at) : sizeof piece;
        ssize_t n = read_at(fd, path, offset + at, piece, want, err);
        if (n <= 0)
            return (int)n;
        unquote(u, piece, (size_t)n);
        at += (uint64_t)n;
    }
    return 0;
}

int archive_mbox_check(int fd, const char *path, uint64_t offset, uint64_t stored, uint64_t octets,
    const uint8_t sha256[SHA256_OCTETS], struct error *err)
{
    uint8_t digest[SHA256_OCTETS];
    struct unquoter u = {.head = true, .hash = sha256_new(), .left = octets};
    int rc = feed(&u, fd, path, offset, stored, err);
    sha256_final(u.hash, digest);
    sha256_free(u.hash);
    return rc < 0 ? -1 : !u.left && !memcmp(digest, sha256, sizeof digest);
}

int archive_mbox_is_torn(int fd, const char *path, uint64_t offset, struct error *err)
{
    char seen[sizeof begin - 1];
    ssize_t n = read_at(fd, path, offset, seen, sizeof seen, err), i = 0;
    if (n < 0)
        return -1;
    while (i < n && seen[i] == begin[i])
        i++;
    while (i < n && !seen[i])
        i++;
    return i == n;
}
