#include "list_csv.h"

#include "mem.h"
#include "table_cell.h"
#include "text.h"
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#define STRICT (CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI)

#define FAULTS_MAX 1000 /* each is read once more from its next line on */

#define NO_END      "a field in quotes does not end"
#define TEXT_BEHIND "text behind a field in quotes"

/* Where something begins. */
struct place {
    size_t at; /* of its line, in the text */
    long line;
};

struct reader {
    const char *text;
    struct list_csv csv;
    struct list_row row; /* the one being read */
    size_t rows_cap, fields_cap;
    struct place here, next;             /* the line being read, and the one behind it */
    struct place row_begin, field_begin; /* of what is read now */
    const char *too_much;                /* what there is too much of, on this line; NULL: nothing */
    unsigned faults;
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

/* Line ends within a field: CR LF is one. */
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
    r->row.fields[r->row.count++] = mem_strndup(text, len);
    r->field_begin = r->here;
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

/* The next row begins on the next line; libcsv tells CR and LF one by one, which is an empty row. */
static void end_row(struct reader *r)
{
    r->row.line = r->row_begin.line;
    r->row.at = r->row_begin.at;
    r->row.octets = r->next.at - r->row.at;
    while (r->row.octets && strchr("\r\n", r->text[r->row.at + r->row.octets - 1]))
        r->row.octets--;
    if (!r->too_much && (r->row.fault || list_csv_has_text(&r->row)))
        keep_row(r);
    if (r->too_much)
        return;
    row_done(&r->row);
    r->fields_cap = 0;
    r->row_begin = r->field_begin = r->next;
}

static void on_row(int c, void *ctx)
{
    (void)c;
    end_row(ctx);
}

/* libcsv would drop blanks around fields; here only a person's eye can tell whether they belong there. */
static int no_blank(unsigned char c)
{
    (void)c;
    return 0;
}

/* libcsv refuses a quote within a field without quotes, and text behind a closing quote: the first is an
 * ordinary character here, as in a password. The words of a fault, NULL: none. */
static const char *feed(struct csv_parser *p, struct reader *r)
{
    const char *text = r->text + r->here.at;
    size_t len = r->next.at - r->here.at;
    for (size_t at = 0;; at++) {
        at += csv_parse(p, text + at, len - at, on_field, on_row, r);
        if (at == len)
            return NULL;
        if (csv_error(p) != CSV_EPARSE)
            abort(); /* memory is out */
        if (p->quoted)
            return TEXT_BEHIND;
        csv_set_opts(p, STRICT & ~CSV_STRICT);
        csv_parse(p, text + at, 1, on_field, on_row, r);
        csv_set_opts(p, STRICT);
    }
}

static struct place line_behind(const struct reader *r, struct place p, size_t len)
{
    while (p.at < len && !strchr("\r\n", r->text[p.at]))
        p.at++;
    p.at += p.at + 1 < len && r->text[p.at] == '\r' && r->text[p.at + 1] == '\n';
    return p.at < len ? (struct place){p.at + 1, p.line + 1} : p;
}

/* The row ends with the line on which the field begins that cannot be read; what is behind it is read again.
 */
static void fault(struct reader *r, struct csv_parser *p, const char *words, size_t len)
{
    long line = r->field_begin.line;
    if (!strcmp(words, TEXT_BEHIND))
        line += count_breaks((const char *)p->entry_buf, p->entry_pos);
    csv_set_opts(p, STRICT & ~CSV_STRICT & ~CSV_STRICT_FINI); /* forgets what it has */
    csv_fini(p, NULL, NULL, NULL);
    csv_set_opts(p, STRICT);
    r->next = line_behind(r, r->field_begin, len);
    r->row.fault = words;
    r->row.fault_line = line;
    if (++r->faults > FAULTS_MAX)
        r->too_much = "more than 1,000 rows whose quotes make no sense";
    end_row(r);
}

/* Line by line, so that it is known where rows and fields begin. */
static int read_rows(struct csv_parser *p, struct reader *r, size_t len, struct error *err)
{
    while (r->next.at < len && !r->too_much) {
        r->here = r->next;
        r->next = line_behind(r, r->here, len);
        const char *words = feed(p, r);
        if (words)
            fault(r, p, words, len);
        else if (r->next.at == len && csv_fini(p, on_field, on_row, r) != 0)
            fault(r, p, NO_END, len);
    }
    return r->too_much ? refused(err, r->here.line, r->too_much) : 0;
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

/* Excel's own first line, "sep=;": its octets, 0: there is none. */
static size_t find_sep(const char *text, size_t len, char *ret)
{
    size_t quote = len && *text == '"', n = quote + 5 + quote;
    if (len < n || text_compare_nocase(text + quote, 4, "sep=", 4) != 0 ||
        !strchr(LIST_CSV_DELIMITERS, text[quote + 4]) || (quote && text[n - 1] != '"'))
        return 0;
    if (n < len && text[n] != '\r' && text[n] != '\n')
        return 0;
    *ret = text[quote + 4];
    return n;
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

int list_csv_read(const char *text, size_t len, char delimiter, struct list_csv *ret, struct error *err)
{
    struct reader r CLEANUP(reader_done) = {.text = text, .next = {0, 1}};
    struct csv_parser p;
    char said = 0;
    r.next.at = find_sep(text, len, &said);
    if (r.next.at)
        r.next = line_behind(&r, r.next, len);
    r.row_begin = r.field_begin = r.next;
    said = said ? said : find_delimiter(text, len);
    r.csv.delimiter = delimiter ? delimiter : said;
    csv_init(&p, STRICT);
    csv_set_delim(&p, (unsigned char)r.csv.delimiter);
    csv_set_space_func(&p, no_blank);
    csv_set_blk_size(&p, len + 1); /* it never grows, so that no copy of a password stays behind */
    int rc = read_rows(&p, &r, len, err);
    if (p.entry_buf)
        explicit_bzero(p.entry_buf, csv_get_buffer_size(&p));
    csv_free(&p);
    if (rc < 0)
        return -1;
    r.csv.end_line = r.next.line;
    *ret = r.csv;
    r.csv = (struct list_csv){0};
    return 0;
}

int list_csv_parse(const char *text, size_t len, char delimiter, struct list_csv *ret, struct error *err)
{
    struct list_csv csv CLEANUP(list_csv_done) = {0};
    if (list_csv_read(text, len, delimiter, &csv, err) < 0)
        return -1;
    for (size_t i = 0; i < csv.count; i++)
        if (csv.rows[i].fault)
            return refused(err, csv.rows[i].fault_line, csv.rows[i].fault);
    *ret = csv;
    csv = (struct list_csv){0};
    return 0;
}

/* What Excel writes into a cell whose formula failed is nobody's note. */
static bool is_excel_error(const char *cell)
{
    static const char *const words[] = {
        "#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(cell, words[i]))
            return true;
    return false;
}

bool list_csv_is_note(const struct list_row *row)
{
    return row->count && row->fields[0][0] == '#' && row->fields[0][1] && !is_excel_error(row->fields[0]);
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
    table_cell_csv_exact(out, value);
}
