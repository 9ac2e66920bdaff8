/* quote_file.h - a report as a file: whole, or as it was before. */
#pragma once

#include "error.h"
#include <stddef.h>

/* Written beside its place ("PATH.part"), synced, and renamed when it is complete. -1 with ERROR_DISK that
 * names the file; then nothing is left. */
int quote_file_write(const char *path, const void *data, size_t len, struct error *err);
