/* pst_check.h - are the pages and blocks of an Outlook store as they were written? Each has a CRC (MS-PST
 * section 2.2.2), which libpff does not look at: without this, a damaged block is another text, or a message
 * less, and nobody says so. Pure, with reads by a callback; memory does not grow with the file.
 *
 * Order of calls: pst_check_init, pst_check_step until it returns false; then `damaged` counts. Files with
 * pages of 4 KiB (.ost of Outlook 2013 and later) are not looked at: `unknown`. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PST_CHECK_LEVELS_MAX 12 /* of a tree of pages */

/* Exactly len octets from there; false: they are not there. */
typedef bool pst_check_read_fn(void *ctx, uint64_t at, void *dst, size_t len);

struct pst_check_page {
    unsigned char octets[512];
    unsigned next, count; /* entries */
};

struct pst_check {
    pst_check_read_fn *read;
    void *ctx;
    uint64_t file_octets, read_octets;
    bool wide, unknown; /* wide: with numbers of 64 bits (Unicode) */
    unsigned tree;      /* which of the two is walked */
    unsigned level;     /* pages of the stack in use */
    struct pst_check_page stack[PST_CHECK_LEVELS_MAX];
    uint64_t damaged, first; /* first: where the first one is in the file */
};

void pst_check_init(struct pst_check *c, pst_check_read_fn *read, void *ctx, uint64_t file_octets);
/* Look at some of it; false: all was looked at. */
bool pst_check_step(struct pst_check *c);
