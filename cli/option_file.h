/* option_file.h - @FILE on the command line: options from a file, one per line, "#" for notes. */
#pragma once

#include "error.h"

/* A copy of argv (owned strings, NULL at the end) with each @FILE replaced by the file's lines: "--name
 * value" or
 * "--name=value" or "name = value"; quotes are kept as they are, nothing is expanded. Returns the count, or
 * -1. */
int option_file_expand(int argc, const char **argv, const char ***ret, struct error *err);
void option_file_free(const char **args, int count);
