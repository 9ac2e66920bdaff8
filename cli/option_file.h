/* option_file.h - @FILE: options from a file, one on each line. "--name value", "--name=value",
 * "name = value", "name"; "#" begins a note; "@OTHER" reads another file there. */
#pragma once

#include "error.h"

struct option_line {
    const char *path;
    long number;
    const char *name;  /* without dashes */
    const char *value; /* NULL: none; "" after a "=" with nothing behind it */
};

/* -1 with an error ends the reading; where it stood ("FILE:LINE: ") is put before it. */
typedef int option_file_take_fn(void *ctx, const struct option_line *line, struct error *err);

/* 0, or -1 with ERROR_USAGE, also when the files name each other. */
int option_file_read(const char *path, option_file_take_fn *take, void *ctx, struct error *err);
