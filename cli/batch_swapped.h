/* batch_swapped.h - rows of a list whose cells have changed places or are shifted by one: what stands below
 * "user" may be the password then. It is sent to no server, and names no account, no folder and no log. */
#pragma once

#include "accounts.h"
#include "options.h"
#include <stddef.h>

/* How sure it is that a side's user and password have changed places. */
enum batch_swapped {
    BATCH_SWAPPED_NO,
    BATCH_SWAPPED_SAME,   /* both are the same */
    BATCH_SWAPPED_PERSON, /* the password is whom the other side's user is called, and the user is not */
    BATCH_SWAPPED_ODD,    /* there are characters in the user that passwords have */
    BATCH_SWAPPED_JOINED, /* "user:password" in one cell: an error */
    BATCH_SWAPPED_YES,    /* an error */
};
enum batch_swapped batch_swapped_look(const struct account_list *l, size_t row, enum job_side side);

/* Of a side: the column that the user is in, as "from_user". */
const char *batch_swapped_user_column(const struct account_list *l, size_t row, enum job_side side);
const char *batch_swapped_password_column(enum job_side side);

/* -1: an error was added for each side that cannot be what it says. */
int batch_swapped_check(const struct account_list *l, size_t row, struct options_faults *faults);

/* What an account is called of which nothing else is known, because something is wrong with its row. NULL:
 * none of the cells is sure not to be a password. */
const char *batch_swapped_name(const struct account_list *l, size_t row);
