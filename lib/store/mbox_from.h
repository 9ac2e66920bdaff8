/* mbox_from.h - one line at a time: what of an mbox it could be. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define MBOX_LINE_MAX 1024 /* octets of a line that are looked at */

/* "From " at its begin: the line without its end. */
bool mbox_from_is(const char *line, size_t len);

/* It names a month, a time and a year: "From a@b Tue Aug  5 08:00:23 2008", in any order. */
bool mbox_from_has_date(const char *line, size_t len);

/* How many ">" stand before "From "; 0: it is no such line, or has none. */
size_t mbox_from_quotes(const char *line, size_t len);

enum mbox_included {
    MBOX_INCLUDED_NOT,
    MBOX_INCLUDED_BEGIN,
    MBOX_INCLUDED_END,
};
/* "----- Begin Included Message -----" and its end. */
enum mbox_included mbox_from_included(const char *line, size_t len);

/* "--BOUNDARY": 1, "--BOUNDARY--": 2, else 0 (RFC 2046 section 5.1.1: blanks may follow). */
int mbox_from_boundary(const char *line, size_t len, const char *boundary);
