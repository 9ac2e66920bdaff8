#include "list_csv.h"

#include "csv_field.h"
#include "mem.h"
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#define STRICT (CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI)

struct reader {
    struct list_csv csv;
    struct list_row row; /* the one being read */
    size_t rows_cap, fields_cap;
    long line;            /* of what comes next */
    bool after_cr;        /* an LF now is of the same line end */
    const char *too_much; /* what there is too much of, at `line`; NULL: nothing */
};

static void row_done(struct list_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        mem_wipe_free(row->fields[i]);
    free(row->fields);
    *row = (struct list_row){0};
}

void list_csv_done(struct list_csv *c)
{
    for (size_t i = 0; i < c->count; i++)
        row_done(&c->rows[i]);
    free(c->rows);
    *c = (struct list_csv){0};
}

static void reader_done(struct reader *r)
{
    row_done(&r->row);
    list_csv_done(&r->csv);
}

static int refused(struct error *err, long line, const char *what)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "line %ld: %s", line, what);
}

/* Line ends in a field: CR LF is one. */
static long count_breaks(const char *s, size_t len)
{
    long n = 0;
    for (size_t i = 0; i < len; i++)
        n += s[i] == '\n' ? !i || s[i - 1] != '\r' : s[i] == '\r';
    return n;
}

bool list_csv_has_text(const struct list_row *row)
{
    for (size_t i = 0; i < row->count; i++)
        if (row->fields[i][strspn(row->fields[i], " \t\r\n")])
            return true;
    return false;
}

/* ---- what libcsv calls ---- */
static void on_field(void *text, size_t len, void *ctx)
{
    struct reader *r = ctx;
    if (r->too_much)
        return;
    if (r->row.count == LIST_CSV_FIELDS_MAX) {
        r->too_much = "more than 1,000 fields, so this is no list";
        return;
    }
    if (r->row.count == r->fields_cap) {
        r->fields_cap = r->fields_cap ? r->fields_cap * 2 : 8;
        r->row.fields = mem_grow(r->row.fields, r->fields_cap, sizeof *r->row.fields);
    }
    if (!r->row.count)
        r->row.line = r->line;
    r->row.fields[r->row.count++] = mem_strndup(text, len);
    r->line += count_breaks(text, len);
    r->after_cr = false;
}

static void keep_row(struct reader *r)
{
    if (r->csv.count == LIST_CSV_ROWS_MAX) {
        r->too_much = "more than 200,000 rows";
        return;
    }
    if (r->csv.count == r->rows_cap) {
        r->rows_cap = r->rows_cap ? r->rows_cap * 2 : 64;
        r->csv.rows = mem_grow(r->csv.rows, r->rows_cap, sizeof *r->csv.rows);
    }
    r->csv.rows[r->csv.count++] = r->row;
    r->row = (struct list_row){0};
    r->fields_cap = 0;
}

/* c: the line end, of which libcsv tells CR and LF one by one; -1: the end of the text. */
static void on_row(int c, void *ctx)
{
    struct reader *r = ctx;
    if (!r->too_much && list_csv_has_text(&r->row))
        keep_row(r);
    if (r->too_much)
        return;
    row_done(&r->row);
    r->fields_cap = 0;
    r->line += c != -1 && !(c == CSV_LF && r->after_cr);
    r->after_cr = c == CSV_CR;
}

/* libcsv would drop blanks around fields; here only a person's eye can tell whether they belong there. */
static int no_blank(unsigned char c)
{
    (void)c;
    return 0;
}

/* libcsv refuses a quote within a field without quotes, and text behind a closing quote: the first is an
 * ordinary character here, as in a password. */
static int feed(struct csv_parser *p, struct reader *r, const char *text, size_t len, struct error *err)
{
    for (size_t at = 0;; at++) {
        at += csv_parse(p, text + at, len - at, on_field, on_row, r);
        if (at == len)
            return 0;
        if (csv_error(p) != CSV_EPARSE)
            abort(); /* memory is out */
        if (p->quoted)
            return refused(err, r->line + count_breaks((const char *)p->entry_buf, p->entry_pos),
                "text behind a field in quotes");
        csv_set_opts(p, STRICT & ~CSV_STRICT);
        csv_parse(p, text + at, 1, on_field, on_row, r);
        csv_set_opts(p, STRICT);
    }
}

static int read_rows(struct csv_parser *p, struct reader *r, const char *text, size_t len, struct error *err)
{
    if (feed(p, r, text, len, err) < 0)
        return -1;
    if (csv_fini(p, on_field, on_row, r) != 0)
        return refused(err, r->line, "a field in quotes does not end");
    return r->too_much ? refused(err, r->line, r->too_much) : 0;
}

/* ---- the delimiter ---- */
static const char *next_line(const char *at, const char *end)
{
    while (at < end && *at != '\n' && *at != '\r')
        at++;
    while (at < end && (*at == '\n' || *at == '\r'))
        at++;
    return at;
}

static bool begins_note(const char *at, const char *end)
{
    return end - at > 1 && *at == '#' && !strchr(LIST_CSV_DELIMITERS "\r\n", at[1]);
}

static char find_delimiter(const char *text, size_t len)
{
    static const char delimiters[] = LIST_CSV_DELIMITERS;
    const char *at = text, *end = text + len, *best = delimiters;
    size_t counts[sizeof delimiters - 1] = {0};
    while (at < end && (begins_note(at, end) || *at == '\n' || *at == '\r'))
        at = next_line(at, end);
    for (bool quoted = false; at < end && *at && (quoted || (*at != '\n' && *at != '\r')); at++) {
        const char *d = strchr(delimiters, *at);
        quoted ^= *at == '"';
        if (d && !quoted)
            counts[d - delimiters]++;
    }
    for (const char *d = delimiters; *d; d++)
        if (counts[d - delimiters] > counts[best - delimiters])
            best = d;
    return *best;
}

int list_csv_parse(const char *text, size_t len, char delimiter, struct list_csv *ret, struct error *err)
{
    struct reader r CLEANUP(reader_done) = {.line = 1};
    struct csv_parser p;
    r.csv.delimiter = delimiter ? delimiter : find_delimiter(text, len);
    csv_init(&p, STRICT);
    csv_set_delim(&p, (unsigned char)r.csv.delimiter);
    csv_set_space_func(&p, no_blank);
    csv_set_blk_size(&p, len + 1); /* it never grows, so that no copy of a password stays behind */
    int rc = read_rows(&p, &r, text, len, err);
    if (p.entry_buf)
        explicit_bzero(p.entry_buf, csv_get_buffer_size(&p));
    csv_free(&p);
    if (rc < 0)
        return -1;
    r.csv.end_line = r.line;
    *ret = r.csv;
    r.csv = (struct list_csv){0};
    return 0;
}

bool list_csv_is_note(const struct list_row *row)
{
    return row->count && row->fields[0][0] == '#' && row->fields[0][1];
}

void list_csv_drop(struct list_csv *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        row_done(&c->rows[i]);
    c->count -= n;
    memmove(c->rows, c->rows + n, c->count * sizeof *c->rows);
}

void list_csv_filter(struct list_csv *c, bool (*keep)(const struct list_row *row))
{
    size_t kept = 0;
    for (size_t i = 0; i < c->count; i++) {
        if (keep(&c->rows[i]))
            c->rows[kept++] = c->rows[i];
        else
            row_done(&c->rows[i]);
    }
    c->count = kept;
}

void list_csv_field(struct buf *out, const char *value, char delimiter)
{
    size_t len = strlen(value);
    bool plain = !strpbrk(value, LIST_CSV_DELIMITERS "\"\r\n") && !strchr(value, delimiter) &&
                 !(len && (*value == ' ' || value[len - 1] == ' '));
    if (plain) {
        buf_append(out, value, len);
        return;
    }
    csv_field_quoted(out, value);
}
