#include "option_popt.h"

#include <string.h>

#define FIRST_VALUE (OPTION_POPT_HELP + 1)

static struct poptOption popt_option(const struct option_row *row, const char *word, bool shown)
{
    return (struct poptOption){
        .longName = word,
        .shortName = word == row->name ? row->letter : 0,
        .argInfo = (unsigned)(row->kind == OPTION_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING) |
                   (shown ? 0 : (unsigned)POPT_ARGFLAG_DOC_HIDDEN),
        .val = (int)option_table_index(row) + FIRST_VALUE,
        .descrip = row->help,
        .argDescrip = row->value,
    };
}

void option_popt_tables(
    const char *command, struct poptOption one[OPTION_POPT_MAX], struct poptOption many[OPTION_POPT_MAX])
{
    size_t ones = 0, manies = 0, shown = 0, count;
    const struct option_row *rows = option_table(&count);
    const char *word;
    memset(one, 0, OPTION_POPT_MAX * sizeof *one);
    memset(many, 0, OPTION_POPT_MAX * sizeof *many);
    for (size_t i = 0; i < count; i++) {
        bool heeded = option_table_heeds(&rows[i], command);
        if (rows[i].kind == OPTION_SECRET)
            continue;
        shown += rows[i].many && heeded;
        if (rows[i].many)
            many[manies++] = popt_option(&rows[i], rows[i].name, heeded);
        else
            one[ones++] = popt_option(&rows[i], rows[i].name, heeded);
    }
    for (size_t i = 0; (word = option_table_twin(i, command)); i++)
        one[ones++] = popt_option(option_table_find_word(word, command), word, false);
    one[ones++] = (struct poptOption){
        .longName = "help", .shortName = 'h', .val = OPTION_POPT_HELP, .descrip = "this text"};
    one[ones] = (struct poptOption){
        .argInfo = POPT_ARG_INCLUDE_TABLE, .arg = many, .descrip = shown ? "For many accounts:" : NULL};
}

const struct option_row *option_popt_row(int popt_value)
{
    size_t count, i = (size_t)(popt_value - FIRST_VALUE);
    const struct option_row *rows = option_table(&count);
    return i < count ? &rows[i] : NULL;
}
