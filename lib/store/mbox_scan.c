#include "mbox_scan.h"

#include "mail_field.h"
#include "mail_mime_type.h"
#include "mbox_from.h"
#include "mbox_open.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define VALUE_MAX 2048 /* of a folded Content-Type */

enum inside {
    INSIDE_NOTHING,
    INSIDE_MIME,
    INSIDE_INCLUDED,
    INSIDE_LENGTH,
};

struct from {
    uint64_t line, start, body;
    uint8_t blank;  /* octets of the empty line before it; 0: there is none */
    uint8_t inside; /* enum inside */
    bool dated, headed, first;
};

struct header {
    bool reading; /* lines are taken for those of the last "From " line's header */
    unsigned fields;
    bool known;  /* one of them is one that mail has */
    bool closed; /* an empty line ended it */
    bool in_type;
    char type[VALUE_MAX];
    size_t type_len;
    bool has_length;
    unsigned long long length;
};

struct mbox_scan {
    uint64_t at, line_at;
    char front[MBOX_LINE_MAX];
    size_t front_len, line_len; /* line_len: without the LF */
    bool zeros;                 /* the last octet of this line was NUL */
    bool only_cr;               /* the first "From " line has a CR within: these are its line ends */
    uint8_t blank;              /* octets of the empty line before this one */
    bool text_before;           /* something but blanks stands before the first "From " line */
    struct from *froms;
    size_t count, room;
    struct header header;
    struct mbox_open *open;
    uint64_t lengths, landed; /* Content-Length: how many, and how many land where a message begins */
    uint64_t quoted, quoted_twice;
    size_t depth, quotes; /* ">"s of the line before: of one that is no "From ", and of one that is */
    bool quotation;       /* ">>From " stands in a quotation: its ">"s are the sender's */
    uint64_t texts;       /* "From " lines that were forgotten: they can begin no message */
    uint64_t looks;
    struct mbox_message *messages;
    struct mbox_doubt *doubts;
};

struct mbox_scan *mbox_scan_new(void)
{
    struct mbox_scan *s = mem_alloc(sizeof *s);
    s->open = mbox_open_new();
    return s;
}

void mbox_scan_free(struct mbox_scan *s)
{
    if (!s)
        return;
    mbox_open_free(s->open);
    free(s->froms);
    free(s->messages);
    free(s->doubts);
    free(s);
}

/* ---- what lies within another message ---- */
static void mark(struct mbox_scan *s, size_t first, size_t end, enum inside inside)
{
    for (size_t i = first; i < end; i++, s->looks++)
        if (!s->froms[i].inside)
            s->froms[i].inside = (uint8_t)inside;
}

static void mark_landed(struct mbox_scan *s, uint64_t line, uint8_t blank, size_t end)
{
    size_t owner;
    if (!mbox_open_lands(s->open, line, blank, &owner))
        return;
    s->landed++;
    mark(s, owner + 1, end, INSIDE_LENGTH);
}

/* ---- headers ---- */
static bool is_known(const char *name, size_t len)
{
    static const char *const names[] = {"received", "from", "to", "cc", "date", "subject", "message-id",
        "return-path", "delivered-to", "mime-version", "content-type", "status", "x-status", "sender",
        "reply-to", "x-mozilla-status", "x-mozilla-status2", "x-mozilla-keys", "x-uidl", "x-gm-thrid",
        "x-gmail-labels"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_compare_nocase(name, len, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

static void keep_type(struct header *h, const char *text, size_t len)
{
    size_t room = sizeof h->type - h->type_len;
    len = len < room ? len : room;
    memcpy(h->type + h->type_len, text, len);
    h->type_len += len;
}

static void take_field(struct header *h, const char *line, size_t len, size_t name, size_t prefix)
{
    h->fields++;
    h->known = h->known || is_known(line, name);
    h->in_type = text_compare_nocase(line, name, "content-type", 12) == 0 && !h->type_len;
    if (h->in_type)
        keep_type(h, line + prefix, len - prefix);
    if (text_compare_nocase(line, name, "content-length", 14) == 0) {
        const char *value = line + prefix, *end = line + len;
        while (value < end && (*value == ' ' || *value == '\t'))
            value++;
        h->has_length = text_parse_u64(value, (size_t)(end - value), &h->length);
    }
}

static bool is_headed(const struct header *h)
{
    return h->fields >= 2 && h->known;
}

/* The header of the last "From " line is over; what follows begins here. */
static void end_header(struct mbox_scan *s, uint64_t body)
{
    struct header *h = &s->header;
    char boundary[MBOX_BOUNDARY_MAX];
    if (!h->reading)
        return;
    size_t last = s->count - 1;
    struct from *f = &s->froms[last];
    h->reading = false;
    f->headed = is_headed(h) || (h->fields == 1 && h->known && h->closed && f->dated && f->blank);
    f->body = h->fields ? body : f->start;
    if (!f->headed && !f->first) {
        bool hopeless = !f->dated || !f->blank;
        s->count -= hopeless;
        s->texts += hopeless;
        return;
    }
    mark_landed(s, f->line, f->blank, last);
    if (mail_mime_type_param(h->type, h->type_len, "boundary", boundary, sizeof boundary))
        mbox_open_multipart(s->open, last, boundary);
    if (h->has_length) {
        s->lengths++;
        mbox_open_length(s->open, last, body + h->length);
    }
}

/* False: it is no line of a header. */
static bool header_line(struct mbox_scan *s, const char *line, size_t len)
{
    struct header *h = &s->header;
    size_t prefix;
    if ((*line == ' ' || *line == '\t') && h->fields) {
        if (h->in_type)
            keep_type(h, line, len);
        return true;
    }
    if (!h->fields && mbox_from_quotes(line, len)) /* ">From a@b ... remote from c", of UUCP's time */
        return true;
    size_t name = mail_field_name(line, len, &prefix);
    if (!name) {
        h->in_type = false;
        return is_headed(h); /* in the midst of a header that is one: an odd line */
    }
    take_field(h, line, len, name, prefix);
    return true;
}

/* ---- lines ---- */
static void from_line(struct mbox_scan *s, const char *line, size_t len)
{
    end_header(s, s->line_at);
    if (s->count == s->room) {
        s->room = s->room ? s->room * 2 : 64;
        s->froms = mem_grow(s->froms, s->room, sizeof *s->froms);
    }
    s->froms[s->count] = (struct from){
        .line = s->line_at,
        .start = s->at,
        .blank = s->blank,
        .dated = mbox_from_has_date(line, len),
        .first = !s->count && !s->text_before,
    };
    s->count++;
    s->header.reading = true;
    s->header.fields = 0;
    s->header.known = s->header.closed = s->header.in_type = s->header.has_length = false;
    s->header.type_len = 0;
    s->depth = s->quotes = 0;
}

static void dashes_line(struct mbox_scan *s, const char *line, size_t len)
{
    size_t owner, first;
    if (mbox_open_boundary(s->open, line, len, s->count, &first))
        mark(s, first, s->count, INSIDE_MIME);
    enum mbox_included included = mbox_from_included(line, len);
    if (included == MBOX_INCLUDED_BEGIN && s->count)
        mbox_open_included(s->open, s->count - 1);
    if (included == MBOX_INCLUDED_END && mbox_open_included_end(s->open, &owner))
        mark(s, owner + 1, s->count, INSIDE_INCLUDED);
}

static void quotes_line(struct mbox_scan *s, const char *line, size_t len)
{
    size_t depth = strspn(line, ">"), quotes = depth ? mbox_from_quotes(line, len) : 0;
    s->quoted += quotes > 0;
    s->quoted_twice += quotes > 1;
    s->quotation =
        s->quotation || (quotes > 1 && quotes == s->depth) || (!quotes && depth > 1 && depth == s->quotes);
    s->depth = quotes ? 0 : depth;
    s->quotes = quotes;
}

static void body_line(struct mbox_scan *s, const char *line, size_t len)
{
    quotes_line(s, line, len);
    if (*line == '-')
        dashes_line(s, line, len);
    else if (strchr("Cc \t", *line))
        mbox_open_declared(s->open, s->count - 1, line, len);
}

static bool is_blanks(const char *line, size_t len)
{
    return strspn(line, " \t\xef\xbb\xbf") >= len;
}

/* Several that end in CR: the header is part of it. */
static bool has_lines(const char *line, size_t len)
{
    size_t n = 0;
    for (const char *p = line, *end = line + len; (p = memchr(p, '\r', (size_t)(end - p))); p++)
        n++;
    return n > 2;
}

static void one_line(struct mbox_scan *s, const char *line, size_t len, bool ended)
{
    static const char bom[] = "\xef\xbb\xbf";
    bool cr = len && line[len - 1] == '\r' && s->line_len <= MBOX_LINE_MAX;
    len -= cr;
    if (!s->line_at && len >= 3 && !memcmp(line, bom, 3) && mbox_from_is(line + 3, len - 3)) {
        line += 3;
        len -= 3;
    }
    if (!len && ended) {
        s->header.closed = true;
        end_header(s, s->line_at + s->line_len + 1);
        s->blank = (uint8_t)(s->line_len + 1);
        s->depth = s->quotes = 0;
        return;
    }
    if (!len)
        return;
    bool from = mbox_from_is(line, len);
    if (from && !s->count && (!s->text_before || s->only_cr))
        s->only_cr = has_lines(line, len);
    if (from && !s->only_cr)
        from_line(s, line, len);
    else if (!s->count)
        s->text_before = s->text_before || !is_blanks(line, len);
    else if (!s->header.reading || !header_line(s, line, len)) {
        end_header(s, s->line_at);
        if (s->count)
            body_line(s, line, len);
    }
    s->blank = 0;
}

/* The front of the line is in place, and all of it was seen. */
static void end_line(struct mbox_scan *s, bool ended)
{
    s->front[s->front_len] = '\0';
    one_line(s, s->front, s->front_len, ended);
    s->front_len = s->line_len = 0;
}

static void keep_front(struct mbox_scan *s, const char *data, size_t len)
{
    size_t room = sizeof s->front - 1 - s->front_len;
    size_t n = len < room ? len : room;
    memcpy(s->front + s->front_len, data, n);
    s->front_len += n;
    s->line_len += len;
}

/* A run of NULs is what a crash leaves of a file's end; the next message was written right behind it. */
static void feed_line(struct mbox_scan *s, const char *data, size_t len)
{
    for (const char *p = data, *end = data + len, *stop; p < end; p = stop) {
        if (s->zeros && *p == 'F') {
            end_line(s, false);
            s->line_at = s->at;
        }
        s->zeros = !*p;
        if (s->zeros)
            for (stop = p; stop < end && !*stop; stop++)
                continue;
        else
            stop = memchr(p, '\0', (size_t)(end - p));
        stop = stop ? stop : end;
        keep_front(s, p, (size_t)(stop - p));
        s->at += (uint64_t)(stop - p);
    }
}

void mbox_scan_feed(struct mbox_scan *s, const void *data, size_t len)
{
    const char *p = data, *end = p + len;
    while (p < end) {
        const char *lf = memchr(p, '\n', (size_t)(end - p));
        const char *stop = lf ? lf : end;
        feed_line(s, p, (size_t)(stop - p));
        p = stop + (lf != NULL);
        if (lf) {
            s->at++;
            s->zeros = false;
            end_line(s, true);
            s->line_at = s->at;
        }
    }
}

/* ---- the verdict, with the whole file in view ---- */
struct habits {
    uint64_t headed, dated,
        blank;     /* of those with a header, but the first: how many have a date, an empty line */
    uint64_t bare; /* without header lines, with a date and an empty line before them */
    bool lengths;  /* Content-Length can be believed */
};

static struct habits habits_of(const struct mbox_scan *s)
{
    struct habits h = {.lengths = s->landed * 2 > s->lengths && s->landed > 1};
    for (size_t i = 0; i < s->count; i++) {
        const struct from *f = &s->froms[i];
        if (f->inside == INSIDE_MIME || f->inside == INSIDE_INCLUDED)
            continue;
        h.headed += f->headed;
        h.dated += f->headed && f->dated;
        h.blank += f->headed && (f->blank || f->first);
        h.bare += !f->headed && f->dated && (f->blank || f->first);
    }
    return h;
}

static bool most(uint64_t part, uint64_t whole)
{
    return part * 2 > whole;
}

/* Does it begin a message? What is not plain is told: *ret_doubt, with *ret_doubtful. */
static bool begins(
    const struct from *f, const struct habits *h, enum mbox_doubt_kind *ret_doubt, bool *ret_doubtful)
{
    static const enum mbox_doubt_kind insides[] = {[INSIDE_MIME] = MBOX_DOUBT_IN_MIME,
        [INSIDE_INCLUDED] = MBOX_DOUBT_INCLUDED,
        [INSIDE_LENGTH] = MBOX_DOUBT_LENGTH};
    *ret_doubtful = false;
    if (f->first)
        return true;
    if (f->inside && (f->inside != INSIDE_LENGTH || h->lengths)) {
        *ret_doubt = insides[f->inside];
        *ret_doubtful = f->headed || (f->dated && f->blank);
        return false;
    }
    if (f->headed) {
        bool undated = !f->dated && most(h->dated, h->headed - 1),
             joined = !f->blank && most(h->blank, h->headed - 1);
        *ret_doubtful = undated || joined;
        *ret_doubt = undated && joined ? MBOX_DOUBT_UNLIKE
                     : undated         ? MBOX_DOUBT_NO_DATE
                                       : MBOX_DOUBT_NO_BLANK;
        return !(undated && joined);
    }
    *ret_doubtful = f->dated && f->blank;
    bool taken = *ret_doubtful && most(h->bare, h->headed + h->bare);
    *ret_doubt = taken ? MBOX_DOUBT_NO_HEADER : MBOX_DOUBT_DATED_TEXT;
    return taken;
}

static void add_message(struct mbox_scan *s, struct mbox_shape *shape, const struct from *f)
{
    s->messages = mem_grow(s->messages, shape->count + 1, sizeof *s->messages);
    s->messages[shape->count++] = (struct mbox_message){.line = f->line, .start = f->start};
}

static void add_doubt(struct mbox_scan *s, struct mbox_shape *shape, uint64_t line, enum mbox_doubt_kind kind)
{
    s->doubts = mem_grow(s->doubts, shape->doubt_count + 1, sizeof *s->doubts);
    s->doubts[shape->doubt_count++] = (struct mbox_doubt){line, kind};
}

/* last: where the last message began, whose end this is. An empty line that ends its header is its own. */
static void end_last(
    struct mbox_scan *s, size_t count, const struct from *last, uint64_t end, uint8_t blank, bool strip)
{
    if (count)
        s->messages[count - 1].end = strip && end - blank >= last->body ? end - blank : end;
}

/* Does this file's writer put an empty line behind a message? Lines of text say nothing of it. */
static bool puts_blank(const struct mbox_scan *s, const struct habits *habits)
{
    uint64_t messages = 0, blank = 0;
    for (size_t i = 0; i < s->count; i++) {
        const struct from *f = &s->froms[i];
        enum mbox_doubt_kind doubt;
        bool doubtful, message = begins(f, habits, &doubt, &doubtful);
        messages += message;
        blank += message && (f->blank || f->first);
    }
    return !messages || most(blank, messages);
}

struct mbox_shape mbox_scan_finish(struct mbox_scan *s)
{
    uint64_t end = s->at;
    if (s->line_len)
        end_line(s, false);
    end_header(s, end);
    mark_landed(s, end, s->blank, s->count);
    struct mbox_shape shape = {.quoted_lines = s->quoted};
    struct habits habits = habits_of(s);
    bool strip = puts_blank(s, &habits);
    uint64_t texts = s->texts;
    const struct from *last = NULL;
    for (size_t i = 0; i < s->count; i++) {
        const struct from *f = &s->froms[i];
        enum mbox_doubt_kind doubt;
        bool doubtful, message = begins(f, &habits, &doubt, &doubtful);
        if (message) {
            end_last(s, shape.count, last, f->line, f->blank, strip);
            add_message(s, &shape, f);
            last = f;
        }
        texts += !message;
        if (doubtful)
            add_doubt(s, &shape, f->line, doubt);
    }
    end_last(s, shape.count, last, end, s->blank, strip);
    shape.before = !s->text_before ? 0 : shape.count ? s->messages[0].line : end;
    shape.quoting = s->quoted_twice && !texts && !s->quotation ? MBOX_QUOTING_RD : MBOX_QUOTING_NONE;
    shape.only_cr = s->only_cr;
    shape.messages = s->messages;
    shape.doubts = s->doubts;
    return shape;
}

uint64_t mbox_scan_looks(const struct mbox_scan *s)
{
    return s->looks;
}

bool mbox_scan_is_likely(const void *front, size_t len)
{
    const char *p = front, *end = p + len;
    if (len >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
        p += 3;
    while (p < end && (*p == '\r' || *p == '\n' || *p == ' ' || *p == '\t' || !*p))
        p++;
    return mbox_from_is(p, (size_t)(end - p));
}
