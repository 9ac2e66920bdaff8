/* alerts.h - what servers want people to see (IMAP [ALERT], RFC 3501 section 7.1), each once in a run,
 * however often it connects. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define ALERTS_MAX 16 /* more are not kept */

struct alerts {
    size_t count;
    char text[ALERTS_MAX][320]; /* "imaps://host:993: words", fit to be shown */
};

/* Is it a new one? Then it is kept, and should be told. */
bool alerts_add(struct alerts *a, const char *server, const char *words);
