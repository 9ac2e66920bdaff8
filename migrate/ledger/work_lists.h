/* work_lists.h - which accounts of a work folder are in a list, and which are in one no longer:
 * WORK/lists.json.
 *
 * Each run over a list notes whom the list holds now. An account that was noted and that no list holds any
 * more has left: its user or a host was corrected since, or its row was taken out. Accounts that were never
 * noted (of a single pair, of an older popferry) are of no list, and cannot leave. An account is its source
 * and its destination; the mailbox is not for this to say.
 *
 * A list is told by its path. What a run leaves to be run again (failures.csv) is a part of its list: a run
 * over a part says nothing of those that were not in it, but what was corrected there has left the list, too.
 */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORK_LISTS_FILE "lists.json"

struct work_lists; /* zeroed by work_lists_new: nothing is noted */
struct work_lists *work_lists_new(void);
void work_lists_free(struct work_lists *l); /* NULL is fine */

/* ---- what is noted ---- */
/* As the ledger names them; destination "": there is none, or it is not known. */
struct work_lists_name {
    const char *source, *destination;
};

/* Strings are the caller's. */
struct work_lists_run {
    const char *list; /* its path, from the root */
    bool passing;     /* no file: what is handed over there next time may be another list */
    int64_t now_s;
    const struct work_lists_name *names; /* whom it holds */
    size_t count;
    const char *const
        *unnamed; /* rows that cannot be read: what their users are called; NULL: not even that */
    size_t unnamed_count;
};

/* Note a run. What a row that cannot be read may hold, does not leave. */
void work_lists_note(struct work_lists *l, const struct work_lists_run *run);
/* Note that this part was written of run's list, with run's names. */
void work_lists_note_part(struct work_lists *l, const char *part, const struct work_lists_run *run);

/* ---- what is asked ---- */
enum work_lists_standing {
    WORK_LISTS_UNKNOWN, /* never noted */
    WORK_LISTS_HELD,    /* a list holds it */
    WORK_LISTS_LEFT,    /* none does, any more */
};
/* l NULL: nothing is noted. */
enum work_lists_standing work_lists_standing(
    const struct work_lists *l, const char *source, const char *destination);

/* Are those that are held all strangers to this run, who share neither a source nor a destination with it?
 * Then how many they are, and the list (valid as long as l) that was run last among theirs. */
bool work_lists_strange(
    const struct work_lists *l, const struct work_lists_run *run, size_t *ret_count, const char **ret_list);

/* ---- the file ---- */
/* *ret NULL: there is none. -1: it cannot be read (ERROR_DISK), or makes no sense (ERROR_LEDGER). */
int work_lists_read(const char *work_dir, struct work_lists **ret, struct error *err);

/* Read it, let fn change it, and put it in the old one's place, while no other process does. One that makes
 * no sense is put aside as lists.json.damaged, and *ret_damage says so (code 0: all is well). -1: nothing was
 * changed. */
typedef void work_lists_change_fn(void *ctx, struct work_lists *l);
int work_lists_change(
    const char *work_dir, work_lists_change_fn *fn, void *ctx, struct error *ret_damage, struct error *err);
