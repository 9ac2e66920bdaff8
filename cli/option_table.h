/* option_table.h - every option there is: its name, the field of struct options that it fills, its line in
 * --help, and the commands that heed it. What parses, refuses, copies and frees options goes over this table.
 */
#pragma once

#include "options.h"
#include <stddef.h>

enum option_kind {
    OPTION_TEXT,   /* char *, owned; given twice, the last one counts */
    OPTION_SECRET, /* the same, wiped when freed; not of the command line */
    OPTION_NUMBER, /* int */
    OPTION_FLAG,   /* int, 0 or 1; takes no value on the command line */
    OPTION_LIST, /* const char **, owned with its strings, ended by NULL; NULL is empty. May be given again */
};

/* What an option could do if a stranger said it. The list of a customer is written by others: a column of it
 * that could do more than say something works only with --trust-list. 0 is none of these: a new option must
 * choose. */
enum option_power {
    OPTION_SAYS = 1,        /* names a server, a user or a mailbox, or chooses how to copy: no more */
    OPTION_RUNS,            /* runs a command */
    OPTION_READS_FILE,      /* reads a file or folder */
    OPTION_READS_VARIABLE,  /* reads a variable of the environment */
    OPTION_USES_DESCRIPTOR, /* reads or writes a descriptor */
    OPTION_WRITES,          /* writes a file or folder */
    OPTION_LOWERS,          /* lets an encryption, server or sign-in do that else would not */
    OPTION_ROUTES,          /* leads connections or questions by a way of its own */
    OPTION_HANDS_OUT,       /* has a token or a client's secret sent where it says */
    OPTION_DELETES,         /* removes mail from the source, or does not ask before */
};

struct option_row {
    const char *name; /* without "--"; of a secret, that of its column with "-" */
    char letter;      /* 'q'; 0: none */
    enum option_kind kind;
    size_t offset;        /* in struct options */
    int least, most;      /* of a number */
    const char *help;     /* NULL for a secret */
    const char *value;    /* "FILE"; NULL for a flag */
    const char *commands; /* that heed it, "plan migrate"; NULL: all. On the command line of another it is an
                             error, in its @FILE it is passed over */
    bool many;            /* of lists alone; in --help below "For many accounts" */
    enum option_power power;
};

const struct option_row *option_table(size_t *ret_count);
/* NULL if there is none of that name. */
const struct option_row *option_table_find(const char *name);
/* By what a person may type: the name, its letter ("n"), or another word for it with this command. */
const struct option_row *option_table_find_word(const char *word, const char *command);
const char *option_table_twin(size_t i, const char *command); /* these other words; NULL behind the last */
size_t option_table_index(const struct option_row *row); /* of option_table's array, and of options.given */
bool option_table_heeds(const struct option_row *row, const char *command);
/* "plan, migrate and delete"; owned by the caller. */
char *option_table_commands(const struct option_row *row);

/* Put a value in place of what is there (a list: behind it). A flag: yes, no, 1, 0, true, false, はい,
 * いいえ; NULL is yes. A number: within its bounds. -1 with ERROR_USAGE, whose text says only what the value
 * must be ("must be a whole number"): the caller knows where it stood. */
int option_table_set(struct options *o, const struct option_row *row, const char *value, struct error *err);

/* What a text is; of a flag that is on "yes"; NULL: not given, or a number or list. Borrowed from *o. */
const char *option_table_said(const struct options *o, const struct option_row *row);

/* The fields of the table, copied as their owner's; *to is overwritten. */
void option_table_copy(const struct options *from, struct options *to);
/* One of them in the place of the other's. */
void option_table_put(const struct options *from, struct options *to, const struct option_row *row);
/* Free one of them, or all; zero afterwards. */
void option_table_clear(struct options *o, const struct option_row *row);
void option_table_free(struct options *o);
