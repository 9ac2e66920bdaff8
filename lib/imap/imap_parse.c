#include "imap_parse.h"

#include "imap.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

struct parser {
    struct imap_values *vs;
    char *p, *end;
    size_t open[IMAP_DEPTH_MAX + 1]; /* places of the lists not yet closed; the first is the root */
    size_t depth;
};

void imap_parse_done(struct imap_values *vs)
{
    free(vs->v);
    *vs = (struct imap_values){0};
}

static int add(struct imap_values *vs, enum imap_value_type type, const char *s, size_t len)
{
    if (vs->count == IMAP_VALUES_MAX)
        return -1;
    if (vs->count == vs->cap) {
        vs->cap = vs->cap ? vs->cap * 2 : 32;
        vs->v = mem_grow(vs->v, vs->cap, sizeof *vs->v);
    }
    vs->v[vs->count++] = (struct imap_value){.type = type, .span = 1, .s = s, .len = len};
    return 0;
}

static int open_list(struct parser *p)
{
    if (p->depth > IMAP_DEPTH_MAX)
        return -1;
    p->open[p->depth++] = p->vs->count;
    p->p++;
    return add(p->vs, IMAP_VALUE_LIST, NULL, 0);
}

static void end_list(struct parser *p)
{
    size_t at = p->open[--p->depth];
    p->vs->v[at].span = (uint32_t)(p->vs->count - at);
}

static int close_list(struct parser *p)
{
    if (p->depth < 2)
        return -1;
    end_list(p);
    p->p++;
    return 0;
}

/* A line feed inside can only come from a literal's announcement that stood in an unfinished string. */
static int parse_quoted(struct parser *p)
{
    char *start = p->p + 1, *in = start, *out = start;
    for (; in < p->end && *in != '"'; in++) {
        if ((*in == '\\' && ++in == p->end) || *in == '\n')
            return -1;
        *out++ = *in;
    }
    if (in == p->end)
        return -1;
    p->p = in + 1;
    return add(p->vs, IMAP_VALUE_STRING, start, (size_t)(out - start));
}

/* s points at "{". The octets that follow its CRLF, and where they begin; NULL when it is no literal. */
static char *literal_at(char *s, const char *end, size_t *ret_len)
{
    char *eol = memchr(s, '\r', (size_t)(end - s));
    uint64_t octets;
    size_t before;
    if (!eol || end - eol < 2 || eol[1] != '\n')
        return NULL;
    if (imap_parse_literal_tail(s, (size_t)(eol - s), &octets, &before) != 1 || before)
        return NULL;
    if (octets > (uint64_t)(end - (eol + 2)))
        return NULL;
    *ret_len = (size_t)octets;
    return eol + 2;
}

static int parse_literal(struct parser *p)
{
    size_t len;
    char *s = literal_at(p->p, p->end, &len);
    if (!s)
        return -1;
    p->p = s + len;
    return add(p->vs, IMAP_VALUE_STRING, s, len);
}

static char *skip_quoted(char *s, const char *end)
{
    for (s++; s < end && *s != '"'; s++)
        if (*s == '\\' && s + 1 < end)
            s++;
    return s;
}

/* BODY[HEADER.FIELDS (DATE "X-Y")]: one word up to the bracket that closes it. NULL if none does. */
static char *skip_section(char *s, char *end)
{
    for (; s < end && *s != ']'; s++) {
        size_t len;
        char *literal;
        if (*s == '"')
            s = skip_quoted(s, end);
        else if (*s == '{' && (literal = literal_at(s, end, &len)))
            s = literal + len - 1;
    }
    return s < end ? s : NULL;
}

static bool has_section(const char *word, const char *bracket)
{
    size_t len = (size_t)(bracket - word);
    return !text_compare_nocase(word, len, "BODY", 4) || !text_compare_nocase(word, len, "BINARY", 6);
}

static int parse_atom(struct parser *p)
{
    char *start = p->p, *s = start, *close;
    for (; s < p->end && !strchr(" ()\"{\r\n", *s); s++)
        if (*s == '[' && has_section(start, s) && (close = skip_section(s, p->end)))
            s = close;
    if (s == start)
        return -1;
    p->p = s;
    size_t len = (size_t)(s - start);
    bool nil = !text_compare_nocase(start, len, "NIL", 3);
    return add(p->vs, nil ? IMAP_VALUE_NIL : IMAP_VALUE_ATOM, start, len);
}

static int parse_value(struct parser *p)
{
    switch (*p->p) {
    case ' ':
        p->p++;
        return 0;
    case '(':
        return open_list(p);
    case ')':
        return close_list(p);
    case '"':
        return parse_quoted(p);
    case '{':
        return parse_literal(p);
    case '~':
        if (p->end - p->p > 1 && p->p[1] == '{') {
            p->p++;
            return parse_literal(p);
        }
        return parse_atom(p);
    default:
        return parse_atom(p);
    }
}

int imap_parse(struct imap_values *vs, char *data, size_t len)
{
    struct parser p = {.vs = vs, .p = data, .end = data + len};
    vs->count = 0;
    p.open[p.depth++] = 0;
    add(vs, IMAP_VALUE_LIST, NULL, 0);
    while (p.p < p.end)
        if (parse_value(&p) < 0)
            return -1;
    if (p.depth != 1)
        return -1;
    end_list(&p);
    return 0;
}

int imap_parse_literal_tail(const char *line, size_t len, uint64_t *ret_octets, size_t *ret_before)
{
    if (len < 3 || line[len - 1] != '}')
        return 0;
    size_t end = len - 1;
    if (line[end - 1] == '+')
        end--;
    size_t start = end;
    while (start && line[start - 1] >= '0' && line[start - 1] <= '9')
        start--;
    if (start == end || !start || line[start - 1] != '{')
        return 0;
    unsigned long long octets;
    if (!text_parse_u64(line + start, end - start, &octets) || octets > INT64_MAX)
        return -1;
    size_t before = start - 1;
    *ret_octets = octets;
    *ret_before = before && line[before - 1] == '~' ? before - 1 : before;
    return 1;
}

const struct imap_value *imap_value_at(const struct imap_value *list, size_t index)
{
    if (!list || list->type != IMAP_VALUE_LIST)
        return NULL;
    IMAP_EACH(m, list)
    if (!index--)
        return m;
    return NULL;
}

bool imap_value_is(const struct imap_value *v, const char *word)
{
    return v && v->s && !text_compare_nocase(v->s, v->len, word, strlen(word));
}

bool imap_value_number(const struct imap_value *v, uint64_t max, uint64_t *ret)
{
    unsigned long long n;
    if (!v || v->type != IMAP_VALUE_ATOM || !text_parse_u64(v->s, v->len, &n) || n > max)
        return false;
    *ret = n;
    return true;
}

char *imap_value_dup(const struct imap_value *v)
{
    if (!v || !v->s || memchr(v->s, '\0', v->len))
        return NULL;
    return mem_strndup(v->s, v->len);
}
