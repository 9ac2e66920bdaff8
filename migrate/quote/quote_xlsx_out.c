#include "quote_xlsx_out.h"

#include "mem.h"
#include "table_cell.h"
#include "text.h"
#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define SHEETS_MAX   8
#define FORMATS_MAX  64
#define PAPER_A4     9
#define LINES_POINTS 45 /* three */
#define TITLE_POINTS 24

struct format {
    unsigned look;
    lxw_format *format;
};

struct quote_xlsx_out {
    lxw_workbook *book;
    lxw_worksheet *sheets[SHEETS_MAX];
    char *names[SHEETS_MAX];
    int sheet_count;
    struct format formats[FORMATS_MAX];
    size_t format_count;
    locale_t c_locale; /* libxlsxwriter prints numbers in the locale of the thread */
    lxw_error failed;  /* the first failure */
    int fd; /* what the library takes for a file; in memory, since it complains on stderr of a full disk */
};

static void note(struct quote_xlsx_out *o, lxw_error rc)
{
    if (!o->failed)
        o->failed = rc;
}

static int no_room(const char *what, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK,
        "the workbook cannot be put together: %s; make room in memory and in the folder for temporary files",
        what);
}

struct quote_xlsx_out *quote_xlsx_out_new(struct error *err)
{
    int fd = memfd_create("popferry-xlsx", MFD_CLOEXEC);
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    lxw_workbook *book = fd >= 0 ? workbook_new(path) : NULL;
    if (!book) {
        no_room(strerror(errno), err);
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    struct quote_xlsx_out *o = mem_alloc(sizeof *o);
    o->book = book;
    o->fd = fd;
    o->c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    return o;
}

static char *read_all(int fd, size_t *ret_len, struct error *err)
{
    struct stat st;
    if (fstat(fd, &st) < 0) {
        no_room(strerror(errno), err);
        return NULL;
    }
    size_t len = (size_t)st.st_size;
    char *data = mem_array(len + 1, 1);
    if (pread(fd, data, len, 0) != st.st_size) {
        no_room(strerror(errno), err);
        free(data);
        return NULL;
    }
    *ret_len = len;
    return data;
}

char *quote_xlsx_out_close(struct quote_xlsx_out *o, size_t *ret_len, struct error *err)
{
    char *data = NULL;
    locale_t before = uselocale(o->c_locale);
    lxw_error rc = workbook_close(o->book);
    uselocale(before);
    freelocale(o->c_locale);
    if (rc)
        no_room(lxw_strerror(rc), err);
    else if (o->failed)
        error_unhandled(err, lxw_strerror(o->failed));
    else
        data = read_all(o->fd, ret_len, err);
    close(o->fd);
    for (int i = 0; i < o->sheet_count; i++)
        free(o->names[i]);
    free(o);
    return data;
}

/* ---- formats ---- */
static const char *number_format(unsigned kind)
{
    static const char *const formats[QUOTE_XLSX_KINDS] = {
        [QUOTE_XLSX_TEXT] = "General",
        [QUOTE_XLSX_COUNT] = "#,##0",
        [QUOTE_XLSX_GB] = "#,##0.00",
        [QUOTE_XLSX_PERCENT] = "0.0%",
        [QUOTE_XLSX_RATE] = "#,##0.00####",
        [QUOTE_XLSX_MONEY + MONEY_JPY] = "\"¥\"#,##0",
        [QUOTE_XLSX_MONEY + MONEY_USD] = "\"$\"#,##0.00",
        [QUOTE_XLSX_MONEY + MONEY_EUR] = "\"€\"#,##0.00",
    };
    return formats[kind];
}

static lxw_format *make_format(struct quote_xlsx_out *o, unsigned look)
{
    lxw_format *f = workbook_add_format(o->book);
    unsigned kind = look & 0xff;
    format_set_num_format(f, number_format(kind));
    format_set_align(f, LXW_ALIGN_VERTICAL_TOP);
    if (look & (QUOTE_XLSX_BOLD | QUOTE_XLSX_HEAD | QUOTE_XLSX_TITLE))
        format_set_bold(f);
    if (look & QUOTE_XLSX_TITLE)
        format_set_font_size(f, 16);
    if (kind == QUOTE_XLSX_TEXT)
        format_set_indent(f, look & QUOTE_XLSX_TITLE ? 0 : 1); /* else it touches the number before it */
    if (look & QUOTE_XLSX_HEAD) {
        format_set_bg_color(f, 0xE3EAF2);
        format_set_bottom(f, LXW_BORDER_THIN);
        format_set_align(f, kind ? LXW_ALIGN_RIGHT : LXW_ALIGN_LEFT);
    }
    if (look & QUOTE_XLSX_INPUT) {
        format_set_bg_color(f, 0xFFF8DC);
        format_set_font_color(f, 0x1F3FA8);
        format_set_border(f, LXW_BORDER_HAIR);
    }
    if (look & QUOTE_XLSX_MARK)
        format_set_font_color(f, 0xA8560A);
    if (look & (QUOTE_XLSX_WRAP | QUOTE_XLSX_HEAD))
        format_set_text_wrap(f);
    return f;
}

static lxw_format *format_of(struct quote_xlsx_out *o, unsigned look)
{
    for (size_t i = 0; i < o->format_count; i++)
        if (o->formats[i].look == look)
            return o->formats[i].format;
    lxw_format *f = make_format(o, look);
    if (o->format_count < FORMATS_MAX)
        o->formats[o->format_count++] = (struct format){look, f};
    return f;
}

/* ---- sheets ---- */
int quote_xlsx_out_sheet(struct quote_xlsx_out *o, const char *name)
{
    lxw_worksheet *s = o->sheet_count < SHEETS_MAX ? workbook_add_worksheet(o->book, name) : NULL;
    if (!s) {
        note(o, LXW_ERROR_PARAMETER_VALIDATION);
        return 0;
    }
    worksheet_set_paper(s, PAPER_A4);
    worksheet_set_landscape(s);
    worksheet_fit_to_pages(s, 1, 0);
    worksheet_set_footer(s, "&R&P / &N");
    o->sheets[o->sheet_count] = s;
    o->names[o->sheet_count] = mem_strdup(name);
    return o->sheet_count++;
}

void quote_xlsx_out_width(struct quote_xlsx_out *o, int sheet, uint16_t col, double chars)
{
    note(o, worksheet_set_column(o->sheets[sheet], col, col, chars, NULL));
}

void quote_xlsx_out_freeze(struct quote_xlsx_out *o, int sheet, uint32_t row, uint32_t repeat)
{
    worksheet_freeze_panes(o->sheets[sheet], row, 1);
    note(o, worksheet_repeat_rows(o->sheets[sheet], repeat, repeat));
}

/* ---- cells ---- */
void quote_xlsx_out_text(struct quote_xlsx_out *o, struct quote_xlsx_cell at, const char *text, unsigned look)
{
    double points = look & QUOTE_XLSX_TITLE                      ? TITLE_POINTS
                    : look & (QUOTE_XLSX_HEAD | QUOTE_XLSX_WRAP) ? LINES_POINTS
                                                                 : 0;
    if (points > 0)
        note(o, worksheet_set_row(o->sheets[at.sheet], at.row, points, NULL));
    char *fit CLEANUP(mem_free_str) = table_cell_xlsx(text);
    note(o, worksheet_write_string(o->sheets[at.sheet], at.row, at.col, fit, format_of(o, look)));
}

void quote_xlsx_out_head(
    struct quote_xlsx_out *o, struct quote_xlsx_cell at, const char *words, bool number, double chars)
{
    quote_xlsx_out_text(o, at, words, QUOTE_XLSX_HEAD | (number ? QUOTE_XLSX_COUNT : QUOTE_XLSX_TEXT));
    quote_xlsx_out_width(o, at.sheet, at.col, chars);
}

void quote_xlsx_out_number(struct quote_xlsx_out *o, struct quote_xlsx_cell at, double n, unsigned look)
{
    note(o, worksheet_write_number(o->sheets[at.sheet], at.row, at.col, n, format_of(o, look)));
}

void quote_xlsx_out_formula(struct quote_xlsx_out *o, struct quote_xlsx_cell at, const char *formula,
    double n, const char *text, unsigned look)
{
    lxw_worksheet *s = o->sheets[at.sheet];
    lxw_format *f = format_of(o, look);
    char *fit CLEANUP(mem_free_str) = table_cell_xlsx(text_or_empty(text));
    note(o, text ? worksheet_write_formula_str(s, at.row, at.col, formula, f, fit)
                 : worksheet_write_formula_num(s, at.row, at.col, formula, f, n));
}

void quote_xlsx_out_name(
    struct quote_xlsx_out *o, struct quote_xlsx_cell at, const char *name, int low, int high)
{
    char *where CLEANUP(mem_free_str) =
        mem_printf("='%s'!$%c$%u", o->names[at.sheet], 'A' + at.col, at.row + 1);
    note(o, workbook_define_name(o->book, name, where));
    if (low >= high)
        return;
    lxw_data_validation v = {
        .validate = LXW_VALIDATION_TYPE_INTEGER,
        .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
        .minimum_number = low,
        .maximum_number = high,
    };
    note(o, worksheet_data_validation_cell(o->sheets[at.sheet], at.row, at.col, &v));
}
