#include "table_cell.h"

#include "mem.h"
#include "text.h"
#include <stdbool.h>
#include <string.h>

#define LINES_MAX 253 /* line ends that Excel takes in one cell */

size_t table_cell_sign(const char *s)
{
    static const char *const signs[] = {"=", "+", "-", "@", "＝", "＋", "－", "＠", "﹦", "﹢", "﹣", "﹫"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (!strncmp(s, signs[i], strlen(signs[i])))
            return strlen(signs[i]);
    return 0;
}

/* Fit to be shown, but for tabs and line ends. */
static void append_shown(struct buf *out, const char *value)
{
    for (size_t len = strlen(value); len;) {
        size_t n = text_utf8_len(value, len);
        if (n && (strchr("\t\r\n", *value) || text_is_showable(text_utf8_code(value, n))))
            buf_append(out, value, n);
        else
            buf_append_char(out, '?');
        value += n ? n : 1;
        len -= n ? n : 1;
    }
}

static char *shown(const char *value)
{
    struct buf b CLEANUP(buf_done) = {0};
    append_shown(&b, value);
    return buf_strdup(&b);
}

/* With a "'" wherever one of the separators, or nothing, stands before a sign. Spreadsheets skip tabs and
 * line ends at the beginning, and some skip blanks. */
static char *disarmed(const char *value, const char *separators)
{
    struct buf b CLEANUP(buf_done) = {0};
    bool begins = true;
    if (*value && strchr("\t\r\n", *value))
        buf_append_char(&b, '\'');
    for (; *value; value++) {
        if (begins && table_cell_sign(value + strspn(value, " ")))
            buf_append_char(&b, '\'');
        buf_append_char(&b, *value);
        begins = strchr(separators, *value);
    }
    return buf_strdup(&b);
}

/* ---- CSV ---- */
void table_cell_csv_exact(struct buf *out, const char *value)
{
    buf_append_char(out, '"');
    for (; *value; value++) {
        if (*value == '"')
            buf_append_char(out, '"');
        buf_append_char(out, *value);
    }
    buf_append_char(out, '"');
}

static char *for_csv(const char *value)
{
    char *text CLEANUP(mem_free_str) = shown(value);
    return disarmed(text, ";\t\r\n");
}

void table_cell_csv_quoted(struct buf *out, const char *value)
{
    char *text CLEANUP(mem_free_str) = for_csv(value);
    table_cell_csv_exact(out, text);
}

void table_cell_csv(struct buf *out, const char *value)
{
    char *text CLEANUP(mem_free_str) = for_csv(value);
    size_t len = strlen(text);
    bool blank = len && (text[0] == ' ' || text[len - 1] == ' ');
    if (blank || *text == '\'' || strpbrk(text, ",;\"\t\r\n"))
        table_cell_csv_exact(out, text);
    else
        buf_append_str(out, text);
}

/* ---- TSV ---- */
void table_cell_tsv(struct buf *out, const char *value)
{
    char *text CLEANUP(mem_free_str) = shown(value);
    for (char *p = text; *p; p++)
        if (strchr("\t\r\n", *p))
            *p = ' ';
    char *safe CLEANUP(mem_free_str) = disarmed(text, ",;");
    buf_append_str(out, safe);
}

/* ---- XML and HTML ---- */
char *table_cell_text(const char *value)
{
    char *text = shown(value), *to = text;
    for (const char *p = text; *p; p++)
        if (*p != '\r')
            *to++ = *p;
        else if (p[1] != '\n')
            *to++ = '\n';
    *to = '\0';
    return text;
}

/* ---- XLSX ---- */
static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* Does a reader take what begins here for an escaped character? Each "_" counts: the last of one escape may
 * be the first of the next. */
static bool is_escape(const char *s)
{
    if (s[0] != '_' || s[1] != 'x')
        return false;
    for (int i = 2; i < 6; i++)
        if (!is_hex(s[i]))
            return false;
    return s[6] == '_';
}

struct piece {
    const char *as;
    size_t octets, units; /* of `as` */
};

/* p is valid UTF-8, so that an end is no part of a character. */
static struct piece next_piece(const char *p, size_t *lines)
{
    static const char escape[] = "_x005F_";
    size_t n = text_utf8_len(p, 4);
    if (is_escape(p))
        return (struct piece){escape, sizeof escape - 1, sizeof escape - 1};
    if (*p == '\n' && ++*lines > LINES_MAX)
        return (struct piece){" ", 1, 1};
    return (struct piece){p, n, n == 4 ? 2 : 1};
}

char *table_cell_xlsx(const char *value)
{
    static const char ellipsis[] = "…";
    char *text CLEANUP(mem_free_str) = table_cell_text(value);
    struct buf b CLEANUP(buf_done) = {0};
    size_t units = 0, lines = 0, fits = 0; /* fits: octets of b that leave room for the ellipsis */
    for (const char *p = text; *p; p += text_utf8_len(p, 4)) {
        struct piece one = next_piece(p, &lines);
        if (units + one.units > TABLE_CELL_XLSX_MAX) {
            char *cut CLEANUP(mem_free_str) = mem_strndup(buf_str(&b), fits);
            return mem_printf("%s%s", cut, ellipsis);
        }
        buf_append(&b, one.as, one.octets);
        units += one.units;
        if (units < TABLE_CELL_XLSX_MAX)
            fits = buf_len(&b);
    }
    return buf_strdup(&b);
}
