#include "mail_mime.h"

#include "mail_charset.h"
#include "mail_field.h"
#include "mail_mime_type.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define BOUNDARY_MAX 200 /* RFC 2046 section 5.1.1 allows 70 */
#define VALUE_MAX    4096

enum state {
    IN_HEADER,
    IN_LEAF,
    IN_PREAMBLE, /* a leaf, unless the boundary comes */
    IN_EPILOGUE,
};

struct level {
    char boundary[BOUNDARY_MAX + 1];
    size_t len;
    bool digest; /* multipart/digest: its parts are messages */
    unsigned depth;
};

struct value {
    bool seen;
    size_t len;
    char text[VALUE_MAX]; /* unfolded, the front of it */
};

struct mail_mime {
    enum state state;
    unsigned depth; /* messages and multiparts around the current entity */
    size_t level_count;
    struct level levels[MAIL_MIME_DEPTH];
    struct mail_mime_leaf leaf, done;

    /* The header being read. */
    bool message, fields, odd, first_line;
    const char *default_type;
    struct value type, encoding;
    struct value *current; /* the one that this field's lines add to */
};

static void start_header(struct mail_mime *m, bool message, const char *default_type)
{
    m->state = IN_HEADER;
    m->message = message;
    m->fields = m->odd = false;
    m->first_line = true;
    m->default_type = default_type;
    m->type.seen = m->encoding.seen = false;
    m->type.len = m->encoding.len = 0;
    m->current = NULL;
    m->leaf = (struct mail_mime_leaf){.type = "text/plain"};
}

static void start(struct mail_mime *m)
{
    m->depth = 0;
    m->level_count = 0;
    start_header(m, true, "text/plain");
}

struct mail_mime *mail_mime_new(void)
{
    struct mail_mime *m = mem_alloc(sizeof *m);
    start(m);
    return m;
}

void mail_mime_free(struct mail_mime *m)
{
    free(m);
}

static void add_value(struct mail_mime *m, const char *text, size_t len)
{
    struct value *v = m->current;
    if (!v)
        return;
    size_t room = sizeof v->text - v->len, n = len < room ? len : room;
    memcpy(v->text + v->len, text, n);
    v->len += n;
}

static void begin_field(struct mail_mime *m, const char *line, size_t name_len)
{
    m->current = NULL;
    if (!text_compare_nocase(line, name_len, "content-type", 12))
        m->current = &m->type;
    else if (!text_compare_nocase(line, name_len, "content-transfer-encoding", 25))
        m->current = &m->encoding;
    if (m->current && m->current->seen)
        m->current = NULL;
    if (m->current)
        m->current->seen = true;
}

/* The leaf that the header announces, if it is one. */
static void read_leaf(struct mail_mime *m)
{
    struct mail_mime_leaf leaf = {0};
    if (!mail_mime_type_name(m->type.text, m->type.len, leaf.type, sizeof leaf.type))
        strcpy(leaf.type, m->type.seen ? "text/plain" : m->default_type);
    leaf.encoding = mail_mime_type_encoding(m->encoding.text, m->encoding.len);
    char charset[64];
    if (mail_mime_type_param(m->type.text, m->type.len, "charset", charset, sizeof charset))
        leaf.octets = mail_charset_octets(charset, strlen(charset));
    m->leaf = leaf;
}

static bool is_message(const struct mail_mime_leaf *leaf)
{
    return leaf->encoding == MAIL_MIME_IDENTITY &&
           (!strcmp(leaf->type, "message/rfc822") || !strcmp(leaf->type, "message/global"));
}

static bool push_level(struct mail_mime *m)
{
    struct level *l = &m->levels[m->level_count];
    if (strncmp(m->leaf.type, "multipart/", 10) != 0 ||
        !mail_mime_type_param(m->type.text, m->type.len, "boundary", l->boundary, sizeof l->boundary))
        return false;
    l->len = strlen(l->boundary);
    while (l->len && (l->boundary[l->len - 1] == ' ' || l->boundary[l->len - 1] == '\t'))
        l->len--;
    l->digest = !strcmp(m->leaf.type, "multipart/digest");
    l->depth = m->depth + 1;
    return l->len;
}

static void header_is_over(struct mail_mime *m)
{
    read_leaf(m);
    m->state = IN_LEAF;
    if (m->depth == MAIL_MIME_DEPTH)
        return;
    if (push_level(m)) {
        m->level_count++;
        m->depth++;
        m->state = IN_PREAMBLE;
        m->leaf.encoding = MAIL_MIME_IDENTITY;
    } else if (is_message(&m->leaf)) {
        m->depth++;
        start_header(m, true, "text/plain");
    }
}

static struct mail_mime_step empty_line(struct mail_mime *m)
{
    if (!m->fields && m->odd) {
        m->state = IN_LEAF;
        return (struct mail_mime_step){.place = MAIL_MIME_CONTENT};
    }
    header_is_over(m);
    return (struct mail_mime_step){.start = true, .place = MAIL_MIME_HEADER};
}

static struct mail_mime_step field_line(
    struct mail_mime *m, const char *front, size_t len, size_t name_len, size_t prefix)
{
    bool first = !m->fields;
    m->fields = true;
    begin_field(m, front, name_len);
    add_value(m, front + prefix, len - prefix);
    return (struct mail_mime_step){.start = first, .place = MAIL_MIME_HEADER};
}

static struct mail_mime_step header_line(struct mail_mime *m, const char *front, size_t len)
{
    size_t prefix, name_len = mail_field_name(front, len, &prefix);
    bool may_be_mbox_from = m->message && m->first_line;
    m->first_line = false;
    if (name_len)
        return field_line(m, front, len, name_len, prefix);
    struct mail_mime_step step = {.place = m->fields ? MAIL_MIME_HEADER : MAIL_MIME_MAYBE};
    if (may_be_mbox_from && len >= 5 && !memcmp(front, "From ", 5)) {
        step.place = MAIL_MIME_HEADER;
    } else if (m->fields && (front[0] == ' ' || front[0] == '\t')) {
        add_value(m, front, len);
    } else {
        m->current = NULL;
        m->odd = true;
    }
    return step;
}

static bool only_blanks(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] != ' ' && s[i] != '\t')
            return false;
    return true;
}

/* The level whose boundary this line is, counted from one; 0: none. */
static size_t find_boundary(const struct mail_mime *m, const char *front, size_t len, bool *ret_close)
{
    if (len < 3 || front[0] != '-' || front[1] != '-')
        return 0;
    for (size_t i = m->level_count; i; i--) {
        const struct level *l = &m->levels[i - 1];
        if (len < 2 + l->len || memcmp(front + 2, l->boundary, l->len) != 0)
            continue;
        const char *rest = front + 2 + l->len;
        size_t n = len - 2 - l->len;
        bool close = n >= 2 && rest[0] == '-' && rest[1] == '-';
        if (!only_blanks(rest + 2 * close, n - 2 * close))
            continue;
        *ret_close = close;
        return i;
    }
    return 0;
}

/* Does what came so far make a leaf, now that this level's boundary is there? */
static bool ends_leaf(struct mail_mime *m, size_t level)
{
    if (m->state == IN_HEADER && m->fields)
        read_leaf(m);
    bool own_preamble = m->state == IN_PREAMBLE && m->level_count == level;
    return m->state != IN_EPILOGUE && !own_preamble;
}

static struct mail_mime_step boundary(struct mail_mime *m, size_t level, bool close)
{
    struct mail_mime_step step = {.commit = ends_leaf(m, level), .start = true, .place = MAIL_MIME_ASIDE};
    m->done = m->leaf;
    const struct level *l = &m->levels[level - 1];
    m->depth = l->depth;
    m->level_count = level;
    if (close) {
        m->level_count--;
        m->state = IN_EPILOGUE;
        m->leaf = (struct mail_mime_leaf){.type = "text/plain"};
    } else {
        start_header(m, false, l->digest ? "message/rfc822" : "text/plain");
    }
    return step;
}

struct mail_mime_step mail_mime_line(struct mail_mime *m, const char *front, size_t len)
{
    bool close;
    size_t level = find_boundary(m, front, len, &close);
    if (level)
        return boundary(m, level, close);
    if (m->state == IN_HEADER)
        return len ? header_line(m, front, len) : empty_line(m);
    return (struct mail_mime_step){.place = m->state == IN_EPILOGUE ? MAIL_MIME_ASIDE : MAIL_MIME_CONTENT};
}

void mail_mime_rest(struct mail_mime *m, const char *text, size_t len)
{
    if (m->state == IN_HEADER)
        add_value(m, text, len);
}

bool mail_mime_is_open(const struct mail_mime *m)
{
    return m->level_count > 0 || (m->state == IN_HEADER && m->fields);
}

bool mail_mime_is_closed(const struct mail_mime *m)
{
    return m->state == IN_EPILOGUE && !m->level_count;
}

struct mail_mime_step mail_mime_finish(struct mail_mime *m)
{
    if (m->state == IN_HEADER && m->fields)
        read_leaf(m);
    struct mail_mime_step step = {.commit = m->state != IN_EPILOGUE, .place = MAIL_MIME_ASIDE};
    m->done = m->leaf;
    start(m);
    return step;
}

const struct mail_mime_leaf *mail_mime_leaf(const struct mail_mime *m)
{
    return &m->leaf;
}

const struct mail_mime_leaf *mail_mime_done(const struct mail_mime *m)
{
    return &m->done;
}
