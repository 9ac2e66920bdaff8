/* pst_field.h - header fields of a message that is built from properties: RFC 5322, with RFC 2047 and RFC
 * 2231 in UTF-8. Pure. What is written here, and how, belongs to PST_BUILD_VERSION (pst_build.h): the same
 * words must give the same octets for ever. Texts are UTF-8 on one line (pst_text_line). */
#pragma once

#include "buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "NAME: text", folded where it is long. */
void pst_field_text(struct buf *out, const char *name, const char *text);
/* The same of what has no characters to encode (ids, and what is made here): other octets become "?". Folded
 * at blanks alone. */
void pst_field_plain(struct buf *out, const char *name, const char *text);
/* "Date: Mon, 15 Mar 2010 17:12:05 +0000" */
void pst_field_date(struct buf *out, int64_t utc_s);

/* An address of a list: begin with count 0, one call each, then pst_field_end. Without an address that could
 * be one (Exchange's own are none), the name as a group without members (RFC 6854), so that nothing is made
 * up. */
struct pst_field_list {
    const char *name;
    unsigned count;
    size_t column;
};
void pst_field_address(struct buf *out, struct pst_field_list *l, const char *shown, const char *address);
void pst_field_end(struct buf *out, const struct pst_field_list *l);

/* ";\r\n NAME=..." of a Content-Disposition, by RFC 2231 where it must be. */
void pst_field_parameter(struct buf *out, const char *name, const char *value);

/* Could this be an address, and not just a name? */
bool pst_field_is_address(const char *text);
