/* secret.h - passwords from a file or the terminal; never from argv. */
#pragma once

#include "endpoint.h"
#include "error.h"

/* The first line of the file (any bytes but NUL and line ends), or, without a file, typed on the terminal
 * without echo. side: "source", for the prompt. Caller wipes it: mem_wipe_free. NULL with ERROR_USAGE. */
char *secret_read(
    const char *side, const struct endpoint *e, const char *file, const char *option, struct error *err);
