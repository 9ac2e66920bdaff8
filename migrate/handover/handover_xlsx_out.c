#include "handover_xlsx.h"

void handover_xlsx_out_heads(
    struct handover_book *b, int sheet, uint32_t row, const struct handover_column *columns, size_t count)
{
    for (size_t i = 0; i < count; i++)
        quote_xlsx_out_head(
            b->out, cell(sheet, row, i), say(b, columns[i].words), columns[i].number, columns[i].width);
}

const char *handover_xlsx_out_letters(char dst[3], size_t column)
{
    char *p = dst;
    if (column >= 26)
        *p++ = (char)('A' + column / 26 - 1);
    *p++ = (char)('A' + column % 26);
    *p = '\0';
    return dst;
}
