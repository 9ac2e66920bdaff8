/* imap_parse.h - one assembled response as a tree of values (RFC 3501 section 9). Private to lib/imap.
 *
 * The tree is an array in pre-order: a list is followed by its members, and span says how many values belong
 * to it, itself included. It points into the response and lives as long as that. Nothing is allocated per
 * value, and the array is kept from response to response. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define IMAP_VALUES_MAX 65536 /* values of one response accepted; SEARCH does not come this way */

enum imap_value_type {
    IMAP_VALUE_NIL, /* its three letters are still there, for where a name is expected */
    IMAP_VALUE_ATOM,
    IMAP_VALUE_STRING, /* quoted or literal */
    IMAP_VALUE_LIST,
};

struct imap_value {
    enum imap_value_type type;
    uint32_t span;
    const char *s; /* not terminated; NULL for a list */
    size_t len;
};

struct imap_values {
    struct imap_value *v; /* owned; v[0] is the list of all */
    size_t count, cap;
};

/* For each member of a list: IMAP_EACH(m, &values->v[0]) { ... } */
#define IMAP_EACH(m, list)                                                                                   \
    for (const struct imap_value *m = (list) + 1; m < (list) + (list)->span; m += m->span)

void imap_parse_done(struct imap_values *vs);

/* Parse the whole of data (literals as "{n}" CRLF and n octets). Escapes in quoted strings are undone in
 * place. -1: not well-formed, nested deeper than IMAP_DEPTH_MAX, or more than IMAP_VALUES_MAX values. */
int imap_parse(struct imap_values *vs, char *data, size_t len);

/* Does the line end with a literal's announcement, {n}, {n+} or ~{n}? 1: yes, with its octets and the length
 * of the line before it; 0: no; -1: yes, but the number is beyond 63 bits. */
int imap_parse_literal_tail(const char *line, size_t len, uint64_t *ret_octets, size_t *ret_before);

/* The member at this place, or NULL. */
const struct imap_value *imap_value_at(const struct imap_value *list, size_t index);
bool imap_value_is(
    const struct imap_value *v, const char *word); /* ASCII case-insensitive; false for lists */
/* An unsigned number of at most max; false for everything else. NULL is accepted. */
bool imap_value_number(const struct imap_value *v, uint64_t max, uint64_t *ret);
/* Text of an atom, string or NIL as a C string, NULL for a list or when it holds NUL. Caller frees. */
char *imap_value_dup(const struct imap_value *v);
