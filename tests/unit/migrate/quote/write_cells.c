/* Writes each value of a file, one in hexadecimal on a line, into a cell of every kind of table that popferry
 * writes, for read_cells.py to read with other code.
 *
 *   write_cells VALUES FOLDER */
#include "archive_manifest.h"
#include "buf.h"
#include "list_csv.h"
#include "mem.h"
#include "quote_html_out.h"
#include "quote_xlsx_out.h"
#include "table_cell.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tables {
    struct buf csv, quoted, tsv, list, manifest;
    struct spool *spool;
    struct quote_html_out *html;
    struct quote_xlsx_out *xlsx;
    uint32_t row;
};

static void put_csv(struct buf *b, void (*cell_of)(struct buf *out, const char *value), const char *value,
    const char *between, const char *end)
{
    buf_printf(b, "1%s", between);
    cell_of(b, value);
    buf_printf(b, "%s2%s", between, end);
}

/* Each line must also be found again by what it was made of. */
static void put_manifest(struct tables *t, const char *value)
{
    uint8_t sha256[SHA256_OCTETS] = {1}, key[SHA256_OCTETS];
    struct archive_message m = {.account = value,
        .key = *value ? value : NULL,
        .listed_octets = 7,
        .sha256 = sha256,
        .date_s = 0,
        .spool = t->spool};
    struct archive_entry found;
    struct buf line CLEANUP(buf_done) = {0};
    archive_manifest_add(&line, ARCHIVE_MAILDIR, &m, "cur/1", 0, 0);
    buf_append(&t->manifest, buf_bytes(&line), buf_len(&line));
    char *copy CLEANUP(mem_free_str) = mem_strndup(buf_str(&line), buf_len(&line) - 1);
    archive_manifest_key(m.account, m.key, m.listed_octets, m.sha256, key);
    if (!archive_manifest_parse(copy, ARCHIVE_MAILDIR, &found) || memcmp(found.key, key, sizeof key) != 0) {
        fprintf(stderr, "not found again in the manifest: %s", buf_str(&line));
        exit(1);
    }
}

static void put(struct tables *t, const char *value)
{
    put_csv(&t->csv, table_cell_csv, value, ",", "\r\n");
    put_csv(&t->quoted, table_cell_csv_quoted, value, ",", "\r\n");
    put_csv(&t->tsv, table_cell_tsv, value, "\t", "\n");
    buf_append_str(&t->list, "1,");
    list_csv_field(&t->list, value, ',');
    buf_append_str(&t->list, ",2\r\n");
    put_manifest(t, value);
    quote_html_out_open(t->html, "p");
    quote_html_out_attr(t->html, "title", value);
    quote_html_out_text(t->html, value);
    quote_html_out_close(t->html);
    quote_xlsx_out_text(t->xlsx, cell(0, t->row, 0), value, QUOTE_XLSX_TEXT);
    quote_xlsx_out_formula(t->xlsx, cell(0, t->row++, 1), "=\"x\"", 0, value, QUOTE_XLSX_TEXT);
}

static void from_hex(char *line)
{
    char *to = line, two[3] = "";
    for (const char *p = line; p[0] && p[1]; p += 2) {
        memcpy(two, p, 2);
        *to++ = (char)strtoul(two, NULL, 16);
    }
    *to = '\0';
}

static int write_file(const char *folder, const char *name, const void *data, size_t len)
{
    char *path CLEANUP(mem_free_str) = mem_printf("%s/%s", folder, name);
    FILE *f = fopen(path, "wb");
    bool ok = f && fwrite(data, 1, len, f) == len;
    return f && fclose(f) == 0 && ok ? 0 : -1;
}

static int end(struct tables *t, const char *folder)
{
    struct error err;
    size_t page_len = 0, book_len = 0;
    quote_html_out_end(t->html);
    const char *page = quote_html_out_bytes(t->html, &page_len, &err);
    char *book CLEANUP(mem_free_str) = quote_xlsx_out_close(t->xlsx, &book_len, &err);
    if (!page || !book)
        return fprintf(stderr, "%s\n", err.text), -1;
    return write_file(folder, "cells.csv", buf_bytes(&t->csv), buf_len(&t->csv)) |
           write_file(folder, "quoted.csv", buf_bytes(&t->quoted), buf_len(&t->quoted)) |
           write_file(folder, "list.csv", buf_bytes(&t->list), buf_len(&t->list)) |
           write_file(folder, "cells.tsv", buf_bytes(&t->tsv), buf_len(&t->tsv)) |
           write_file(folder, "manifest.tsv", buf_bytes(&t->manifest), buf_len(&t->manifest)) |
           write_file(folder, "cells.html", page, page_len) |
           write_file(folder, "cells.xlsx", book, book_len);
}

int main(int argc, char **argv)
{
    struct error err;
    struct tables t = {
        .html = quote_html_out_new(), .xlsx = quote_xlsx_out_new(&err), .spool = spool_new("/tmp", 64)};
    char *line CLEANUP(mem_free_str) = NULL;
    size_t cap = 0;
    FILE *f = argc == 3 ? fopen(argv[1], "r") : NULL;
    if (!f || !t.xlsx)
        return 2;
    quote_html_out_begin(t.html, "en", "cells");
    quote_xlsx_out_sheet(t.xlsx, "cells");
    for (ssize_t n; (n = getline(&line, &cap, f)) > 0;) {
        line[n - 1] = '\0';
        from_hex(line);
        put(&t, line);
    }
    fclose(f);
    int rc = end(&t, argv[2]);
    quote_html_out_free_ptr(&t.html);
    buf_done(&t.csv);
    buf_done(&t.quoted);
    buf_done(&t.tsv);
    buf_done(&t.list);
    buf_done(&t.manifest);
    spool_free(t.spool);
    return rc ? 1 : 0;
}
