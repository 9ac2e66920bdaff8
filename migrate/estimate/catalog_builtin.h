/* catalog_builtin.h - the files of migrate/catalog/, compiled in. */
#pragma once

#include <stddef.h>

struct catalog_builtin {
    const char *name; /* "google.xml" */
    const char *text;
    size_t len;
};

extern const struct catalog_builtin catalog_builtin_schema;
extern const struct catalog_builtin catalog_builtin_files[];
extern const size_t catalog_builtin_file_count;
