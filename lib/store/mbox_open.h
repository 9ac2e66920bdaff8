/* mbox_open.h - what is open at a place of an mbox, so that a line "From " there may be text: multiparts
 * whose last boundary did not come yet, lengths that say where a message ends, included messages. Of each
 * kind the newest 32 are known. An owner is the index of a "From " line; owners are given in rising order.
 * Private to mbox_scan.c. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MBOX_BOUNDARY_MAX 256

struct mbox_open;

struct mbox_open *mbox_open_new(void);
void mbox_open_free(struct mbox_open *o);

/* A message's header says so. An older one with the same boundary is none of this place: it was cut off. */
void mbox_open_multipart(struct mbox_open *o, size_t owner, const char *boundary);
/* A line of text, which may be of an inner header, that names the boundary of an older message than `newest`:
 * a copy of that one comes here, and not its own end. */
void mbox_open_declared(struct mbox_open *o, size_t newest, const char *line, size_t len);
/* Is this line a boundary of an open one? Then what was opened within it is over, and so is it after its
 * last; and the "From " lines from *ret_first on, up to `count`, are within it: each is told once. */
bool mbox_open_boundary(struct mbox_open *o, const char *line, size_t len, size_t count, size_t *ret_first);

/* Content-Length: the message ends at this offset. */
void mbox_open_length(struct mbox_open *o, size_t owner, uint64_t end);
/* A message, or the end of the file, is here; an empty line of so many octets stands before it. Did one end
 * exactly here, or before that line? The oldest counts. */
bool mbox_open_lands(struct mbox_open *o, uint64_t at, uint64_t blank, size_t *ret_owner);

void mbox_open_included(struct mbox_open *o, size_t owner);
bool mbox_open_included_end(struct mbox_open *o, size_t *ret_owner);
