#include "csv_field.h"

#include <stdbool.h>
#include <string.h>

static void append_doubled(struct buf *out, const char *value)
{
    for (; *value; value++) {
        if (*value == '"')
            buf_append_char(out, '"');
        buf_append_char(out, *value);
    }
    buf_append_char(out, '"');
}

void csv_field_quoted(struct buf *out, const char *value)
{
    buf_append_char(out, '"');
    append_doubled(out, value);
}

/* Spreadsheets skip a tab or line end before the sign of a formula. */
static bool is_formula(const char *value)
{
    return *value && strchr("=+-@\t\r", *value);
}

void csv_field_shown_quoted(struct buf *out, const char *value)
{
    buf_append_str(out, is_formula(value) ? "\"'" : "\"");
    append_doubled(out, value);
}

void csv_field_shown(struct buf *out, const char *value)
{
    if (is_formula(value) || strpbrk(value, ",\"\r\n"))
        csv_field_shown_quoted(out, value);
    else
        buf_append_str(out, value);
}
