/* batch_known.h - what a work folder knows of lists (work_lists.h): whom this one holds is noted there at
 * each run, with what is found strange about it as a warning of the list. */
#pragma once

#include "batch_account.h"
#include "batch_list.h"
#include "error.h"
#include "options.h"
#include <stdint.h>

/* After batch_list_read, in a work folder that is there. */
int batch_known_note(struct batch_list *l, const struct options *o, int64_t now_s, struct error *err);
/* The same warnings, where nothing may be noted (or nothing is there). */
void batch_known_look(struct batch_list *l, const struct options *o, int64_t now_s);
/* That failures.csv was written, of those that are not in order. accounts: as l->entries. */
int batch_known_note_failures(const struct batch_list *l, const struct options *o, const char *path,
    const struct batch_account *accounts, int64_t now_s, struct error *err);
