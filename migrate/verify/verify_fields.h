/* verify_fields.h - a header, field by field: its hash, and which fields two headers differ in.
 *
 * Own code, not lib/mail's, for the same header that mail_facts.fields tells of (mail_scan.h): what one of
 * the two takes wrongly, the other notices. The list of the servers' own fields (mail_servers.h) is one, and
 * data. Pure. */
#pragma once

#include "mail_servers.h"
#include "sha256.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define VERIFY_FIELDS_MAX 1000 /* of one header; of those beyond it only the hash tells */

struct verify_field {
    uint64_t exact;  /* name, blanks, folding and all */
    uint64_t loose;  /* the value, unfolded, runs of blanks as one */
    uint64_t munged; /* as exact, with X in place of each 8-bit octet */
    uint32_t name;   /* index into names; ends with NUL, and holds nothing but visible ASCII */
    bool has_8bit;
};

struct verify_fields {
    struct verify_field *items;
    size_t count, cap;
    char *names;
    size_t names_len, names_cap;
    bool more; /* than VERIFY_FIELDS_MAX */
};

void verify_fields_done(struct verify_fields *f); /* zeroed is fine */
/* A copy in as little memory as it needs; the caller frees: verify_fields_done. */
struct verify_fields verify_fields_copy(const struct verify_fields *f);
size_t verify_fields_octets(const struct verify_fields *f); /* of such a copy */

/* Reads one header after the other. */
struct verify_reader;
struct verify_reader *verify_reader_new(void);
void verify_reader_free(struct verify_reader *r);
/* The bytes of a message; what follows the header is left alone. */
void verify_reader_feed(struct verify_reader *r, const void *data, size_t len);
/* Its hash. What verify_reader_fields gives is valid until the next feed, which begins a new one. */
void verify_reader_finish(struct verify_reader *r, uint8_t ret_digest[SHA256_OCTETS]);
const struct verify_fields *verify_reader_fields(const struct verify_reader *r);

struct verify_fields_difference {
    bool any;
    bool munged; /* all that differs is X in place of 8-bit octets */
    bool losing; /* a field is not there, or has another value; else fields were added, moved or folded */
    char *words; /* owned; "" when none: "other: To, Cc; added: X-Loop" */
};
/* What was sent, and what came back. rewritten: the MIME structure was, so its fields may be, too. */
struct verify_fields_difference verify_fields_compare(
    const struct verify_fields *sent, const struct verify_fields *back, bool rewritten);
