#include "imap_date.h"
#include "imap_private.h"
#include "mem.h"
#include <inttypes.h>
#include <string.h>

#define LITERAL_MINUS_MAX 4096 /* RFC 7888 section 5 */

/* ---- text ---- */

static void quoted(struct buf *out, const char *s)
{
    buf_append_char(out, '"');
    for (; *s; s++) {
        if (*s == '"' || *s == '\\')
            buf_append_char(out, '\\');
        buf_append_char(out, *s);
    }
    buf_append_char(out, '"');
}

static void named(struct buf *out, const char *verb, const char *mailbox)
{
    buf_append_str(out, verb);
    quoted(out, mailbox);
}

static void write_id(struct buf *out, const struct imap_command *c)
{
    named(out, "ID (\"name\" ", c->arg1);
    named(out, " \"version\" ", c->arg2);
    buf_append_char(out, ')');
}

/* iCloud offers parts of the extended LIST and answers BAD to its syntax: ask only where it is offered
 * itself. */
static void write_list(struct buf *out, const struct imap_command *c, const struct imap_caps *caps)
{
    named(out, "LIST ", c->arg1);
    named(out, " ", c->arg2);
    if (caps->special_use && caps->list_extended)
        buf_append_str(out, " RETURN (SPECIAL-USE)");
}

static void write_status(struct buf *out, const struct imap_command *c, const struct imap_caps *caps)
{
    named(out, "STATUS ", c->arg1);
    buf_printf(out, " (MESSAGES UIDNEXT UIDVALIDITY%s%s)", caps->status_size ? " SIZE" : "",
        caps->appendlimit_per_mailbox ? " APPENDLIMIT" : "");
}

static void write_fetch(struct buf *out, const struct imap_command *c)
{
    if (c->gmail) {
        buf_printf(out, "UID FETCH %s (UID X-GM-MSGID)", c->arg1);
        return;
    }
    buf_printf(out, "UID FETCH %s (UID RFC822.SIZE INTERNALDATE FLAGS", c->arg1);
    if (c->arg2)
        buf_printf(out, " BODY.PEEK[HEADER.FIELDS (%s)]", c->arg2);
    buf_append_char(out, ')');
}

/* RFC 3501 section 9: flag-keyword = atom. */
static bool is_atom(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] <= 0x20 || s[i] >= 0x7f || strchr("(){%*\"\\]", s[i]))
            return false;
    return len > 0;
}

static bool write_keywords(struct buf *out, const char *words, bool any)
{
    for (const char *p = words; p && *p;) {
        size_t len = strcspn(p, " ");
        if (is_atom(p, len)) {
            buf_append_str(out, any ? " " : " (");
            buf_append(out, p, len);
            any = true;
        }
        p += len + (p[len] == ' ');
    }
    return any;
}

static void write_flags(struct buf *out, const struct imap_append_msg *m)
{
    const struct {
        bool on;
        const char *name;
    } flags[] = {{m->seen, "\\Seen"}, {m->answered, "\\Answered"}, {m->flagged, "\\Flagged"},
        {m->deleted, "\\Deleted"}, {m->draft, "\\Draft"}};
    bool any = false;
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].on) {
            buf_printf(out, " %s%s", any ? "" : "(", flags[i].name);
            any = true;
        }
    if (write_keywords(out, m->keywords, any))
        buf_append_char(out, ')');
}

static bool synchronising(const struct imap_caps *caps, uint64_t octets)
{
    if (caps->literal_plus)
        return octets > IMAP_SYNC_ABOVE;
    return !caps->literal_minus || octets > LITERAL_MINUS_MAX;
}

/* One message's flags, date and announcement; what follows is its literal. */
static void write_message(struct imap *im, const struct imap_command *c)
{
    const struct imap_append_msg *m = &c->msgs[c->msg];
    char date[IMAP_DATE_MAX];
    bool wait = synchronising(&im->caps, m->octets);
    write_flags(&im->out, m);
    imap_date_format(m->internaldate_s, date);
    buf_printf(&im->out, " \"%s\" {%" PRIu64 "%s}\r\n", date, m->octets, wait ? "" : "+");
    im->after = wait ? IMAP_AFTER_PLUS : IMAP_AFTER_LITERAL;
}

static void write_verb(struct imap *im, const struct imap_command *c)
{
    struct buf *out = &im->out;
    switch (c->kind) {
    case IMAP_KIND_CAPABILITY:
        buf_append_str(out, "CAPABILITY");
        break;
    case IMAP_KIND_NOOP:
        buf_append_str(out, "NOOP");
        break;
    case IMAP_KIND_LOGOUT:
        buf_append_str(out, "LOGOUT");
        break;
    case IMAP_KIND_ID:
        write_id(out, c);
        break;
    case IMAP_KIND_NAMESPACE:
        buf_append_str(out, "NAMESPACE");
        break;
    case IMAP_KIND_LIST:
        write_list(out, c, &im->caps);
        break;
    case IMAP_KIND_CREATE:
        named(out, "CREATE ", c->arg1);
        break;
    case IMAP_KIND_SELECT:
        named(out, c->read_only ? "EXAMINE " : "SELECT ", c->arg1);
        break;
    case IMAP_KIND_UNSELECT:
        buf_append_str(out, "UNSELECT");
        break;
    case IMAP_KIND_STATUS:
        write_status(out, c, &im->caps);
        break;
    case IMAP_KIND_QUOTA:
        named(out, "GETQUOTAROOT ", c->arg1);
        break;
    case IMAP_KIND_FETCH:
        write_fetch(out, c);
        break;
    case IMAP_KIND_BODY:
        buf_printf(out, "UID FETCH %s (UID BODY.PEEK[])", c->arg1);
        break;
    case IMAP_KIND_SEARCH:
        buf_printf(out, "UID SEARCH %s%s", im->caps.esearch ? "RETURN (ALL) " : "", c->arg1);
        break;
    case IMAP_KIND_APPEND:
        named(out, "APPEND ", c->arg1);
        break;
    }
}

static void end_line(struct imap *im)
{
    buf_append_str(&im->out, "\r\n");
    im->after = IMAP_AFTER_END;
}

static void begin(struct imap *im, struct imap_command *c)
{
    im->writing = c;
    buf_printf(&im->out, "P%" PRIu32 " ", c->tag);
    write_verb(im, c);
    if (c->kind == IMAP_KIND_APPEND)
        write_message(im, c);
    else
        end_line(im);
}

/* ---- which command may go ---- */

/* The form of these depends on what CAPABILITY says. */
static bool wants_caps(enum imap_kind kind)
{
    return kind == IMAP_KIND_APPEND || kind == IMAP_KIND_SEARCH || kind == IMAP_KIND_STATUS ||
           kind == IMAP_KIND_LIST;
}

/* The reasons not to begin c now. */
static bool blocked(const struct imap *im, const struct imap_command *c)
{
    if (im->writing || im->logout_sent || im->flight.count >= IMAP_WINDOW)
        return true;
    bool selects = c->kind == IMAP_KIND_SELECT || c->kind == IMAP_KIND_UNSELECT;
    size_t harmless = imap_first_in_flight(im, IMAP_KIND_ID) ? 1 : 0; /* ID is about no mailbox */
    if (selects && im->flight.count > harmless)
        return true;
    if (imap_first_in_flight(im, IMAP_KIND_SELECT) || imap_first_in_flight(im, IMAP_KIND_UNSELECT))
        return true;
    return wants_caps(c->kind) && imap_first_in_flight(im, IMAP_KIND_CAPABILITY);
}

static bool ready(const struct imap *im)
{
    const struct imap_command *c = im->pending.head;
    return c && (c->refused || !blocked(im, c));
}

/* To a server without it, the second message would be read as commands. */
static void check_multiappend(const struct imap *im, struct imap_command *c)
{
    if (c->kind != IMAP_KIND_APPEND || c->msg_count < 2 || im->caps.multiappend)
        return;
    c->refused = mem_alloc(sizeof *c->refused);
    error_set(c->refused, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_INTERNAL,
        "APPEND was not sent: the server does not offer MULTIAPPEND");
}

/* Begin the next command; also completes one that is not to be sent. false: none may go. */
static bool begin_next(struct imap *im)
{
    if (!ready(im))
        return false;
    struct imap_command *c = im->pending.head;
    if (!c->refused)
        check_multiappend(im, c);
    if (c->refused) {
        imap_finish_error(im, c, c->refused);
        return true;
    }
    imap_take_off(im, c);
    begin(im, c);
    return true;
}

/* ---- handing out ---- */

static void end_writing(struct imap *im)
{
    struct imap_command *c = im->writing;
    im->writing = NULL;
    if (c->early) {
        struct imap_answer *early = TAKE(c->early);
        imap_finish(im, c, early);
        imap_answer_free(early);
    }
}

static void next_message(struct imap *im)
{
    struct imap_command *c = im->writing;
    c->offset = 0;
    if (++c->msg < c->msg_count && !c->early)
        write_message(im, c);
    else
        end_line(im);
}

static ssize_t read_literal(struct imap *im, char *dst, size_t cap, struct error *err)
{
    struct imap_command *c = im->writing;
    const struct imap_append_msg *m = &c->msgs[c->msg];
    uint64_t left = m->octets - c->offset;
    struct error why = {0};
    size_t want = left < cap ? (size_t)left : cap;
    ssize_t got = m->read(m->ctx, c->offset, dst, want, &why);
    if (!got || got > (ssize_t)want)
        got = error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_INTERNAL,
            "a message ended after %" PRIu64 " of %" PRIu64 " octets", c->offset, m->octets);
    if (got < 0) {
        if (err)
            *err = why;
        return imap_die(im, &why);
    }
    c->offset += (uint64_t)got;
    if (c->offset == m->octets)
        next_message(im);
    return got;
}

/* The text is handed out: what is next? 1: go on; 0: nothing at present. */
static int advance(struct imap *im)
{
    if (!im->writing)
        return begin_next(im);
    if (im->after == IMAP_AFTER_PLUS && !im->writing->early)
        return 0;
    end_writing(im);
    return 1;
}

/* Dead: no bytes. What was submitted after imap_abort is completed here, since not from inside its
 * submission. */
static ssize_t pull_dead(struct imap *im, struct error *err)
{
    if (!im->aborted) {
        if (err)
            *err = im->why;
        return -1;
    }
    for (size_t n = im->pending.count; n; n--)
        imap_finish_error(im, im->pending.head, &im->why);
    return 0;
}

ssize_t imap_pull(struct imap *im, void *dst, size_t cap, struct error *err)
{
    size_t n = 0;
    if (im->dead)
        return pull_dead(im, err);
    for (;;) {
        n += buf_take(&im->out, (char *)dst + n, cap - n);
        bool literal = im->writing && im->after == IMAP_AFTER_LITERAL;
        bool ended = im->writing && im->after == IMAP_AFTER_END;
        if (buf_len(&im->out) || (n == cap && !ended))
            return (ssize_t)n;
        if (literal) {
            ssize_t got = read_literal(im, (char *)dst + n, cap - n, err);
            if (got < 0)
                return -1;
            n += (size_t)got;
        } else if (!advance(im)) {
            return (ssize_t)n;
        }
    }
}

bool imap_wants_write(const struct imap *im)
{
    if (im->dead)
        return im->aborted && im->pending.count;
    if (buf_len(&im->out))
        return true;
    if (im->writing)
        return im->after != IMAP_AFTER_PLUS || im->writing->early;
    return ready(im);
}

/* ---- what the server says meanwhile ---- */

void imap_output_continue(struct imap *im)
{
    if (im->writing && im->after == IMAP_AFTER_PLUS && !buf_len(&im->out))
        im->after = IMAP_AFTER_LITERAL;
}

bool imap_output_early(struct imap *im, struct imap_command *c, struct imap_answer *a)
{
    if (im->after == IMAP_AFTER_PLUS && !buf_len(&im->out)) {
        im->writing = NULL;
        return true;
    }
    c->early = mem_alloc(sizeof *c->early);
    *c->early = *a;
    *a = (struct imap_answer){0};
    return false;
}
