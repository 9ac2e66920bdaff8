/* emlx_parts.h - which parts of a message of Apple Mail lie in files of their own (emlx.h), and which numbers
 * they have: as IMAP counts them (RFC 3501 section 6.4.5), but for the parts of a message within a message,
 * into which this does not look. Sans-I/O, any split. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EMLX_DEPTH        20
#define EMLX_LINE_MAX     1000
#define EMLX_VALUE_MAX    4000
#define EMLX_BOUNDARY_MAX 200

struct emlx_part {
    char number[EMLX_DEPTH * 6];  /* "2.1" */
    uint64_t field_at, field_end; /* the line of the field */
    uint64_t content_at;
    uint64_t octets; /* what the field says */
    enum { EMLX_IDENTITY, EMLX_BASE64, EMLX_QP } encoding;
};

struct emlx_parts {
    uint64_t at; /* what was looked at so far */
    bool odd;    /* such a field stands where this cannot tell of which part it is, or the part has content */
    struct emlx_part part; /* of the last event */
    /* private */
    struct {
        char boundary[EMLX_BOUNDARY_MAX + 1];
        unsigned parts;
    } levels[EMLX_DEPTH];
    unsigned depth;
    bool body, field, empty; /* field: its header has one; empty: no content may follow */
    bool whole, longer;
    uint64_t line_at;
    enum { EMLX_VALUE_NONE, EMLX_VALUE_TYPE, EMLX_VALUE_ENCODING } which;
    char type[EMLX_VALUE_MAX + 1], encoding[64];
    char line[EMLX_LINE_MAX + 1];
    size_t len;
};

/* Zeroed is the begin of the message. Returns how many octets were looked at: all, or with *ret_part to the
 * end of the header of such a part. */
size_t emlx_parts_feed(struct emlx_parts *e, const char *data, size_t len, bool *ret_part);
/* At the end of the message: a header of such a part does not end. */
bool emlx_parts_is_open(const struct emlx_parts *e);
