/* mail_structure.h - a digest of what a message holds, for a server that rewrites what it stores (Exchange:
 * boundaries, transfer encodings, line lengths, order of header fields). Two messages with the same digest
 * have the same leaf parts, in the same order, of the same types, with the same decoded content (RFC 2045,
 * 2046). Neither the header nor charset labels, file names, preambles and epilogues have a part in it: the
 * header is told by mail_scan.h.
 *
 * Feed the bytes (any split), then finish. It never fails: broken MIME is one leaf where it is broken (a
 * multipart without a boundary, or whose boundary never comes; what is nested deeper than 20). A
 * message/rfc822 is walked into. Line ends: as in mail_lines.h.
 *
 * Content: text parts (text/..., message/..., a multipart taken as one leaf) with each line end as LF,
 * without the blanks at the end of lines and the empty lines at the end; other parts without CR and LF at the
 * very end, which a change of encoding adds or drops. A NUL in text is as if it were not there.
 *
 * Memory is bounded (about 120 kB) whatever the message. One structure serves many messages, one after the
 * other. */
#pragma once

#include "sha256.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mail_structure_facts {
    uint64_t leaves;
    bool open;   /* it ends in a header, or before the last boundary of a multipart: cut off, or badly made */
    bool closed; /* the last boundary of the outermost multipart is there */
    uint8_t sha256[SHA256_OCTETS]; /* over "type/subtype" NUL SHA-256(content) of each leaf */
};

struct mail_structure;

struct mail_structure *mail_structure_new(void);
void mail_structure_free(struct mail_structure *s);
void mail_structure_feed(struct mail_structure *s, const void *data, size_t len);
/* Fill *ret and start over for the next message. */
void mail_structure_finish(struct mail_structure *s, struct mail_structure_facts *ret);
