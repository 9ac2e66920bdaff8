/* verify_scan.h - one message, read for comparison: everything that two messages are compared by, in fixed
 * space. Pure. */
#pragma once

#include "mail_scan.h"
#include "verify_fields.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct verify_content {
    uint64_t octets;
    uint64_t ident; /* of its Message-ID, else of From, Date and Subject: finds candidates, proves nothing */
    uint8_t header[SHA256_OCTETS]; /* of Message-ID, From, Date and Subject */
    uint8_t sha256[SHA256_OCTETS], print[SHA256_OCTETS];
    uint8_t body[SHA256_OCTETS];
    uint8_t header_fields[SHA256_OCTETS]; /* the whole header, see verify_fields.h */
    struct verify_fields *fields;         /* its fields, where they are kept; owned */
    bool parts_known;
    uint64_t parts; /* leaves, see mail_structure.h */
    uint8_t structure[SHA256_OCTETS];
};

#define VERIFY_SCAN_PARTS 1u /* walk the MIME structure, too */

struct verify_content *verify_content_new(const struct verify_content *content);
void verify_content_free(struct verify_content *c); /* NULL is fine */

struct verify_scan;

struct verify_scan *verify_scan_new(void);
void verify_scan_free(struct verify_scan *s);
/* Drop what was fed; what to find out of the next message: VERIFY_SCAN_... */
void verify_scan_begin(struct verify_scan *s, unsigned flags);
/* After begin: what is fed is a source's message that was sent with this done to it (mail_mend.h); its fields
 * are those of what was sent. */
void verify_scan_mended(struct verify_scan *s, unsigned mend);
void verify_scan_feed(struct verify_scan *s, const void *data, size_t len);
/* ret->fields is NULL: verify_scan_fields has them, until the next begin. */
void verify_scan_finish(struct verify_scan *s, struct verify_content *ret);
const struct verify_fields *verify_scan_fields(const struct verify_scan *s);

/* The same from what stands in a ledger or a header. message_id may be NULL. */
uint64_t verify_ident(const char *message_id, const uint8_t core[SHA256_OCTETS]);
void verify_header(const char *message_id, const uint8_t core[SHA256_OCTETS], uint8_t ret[SHA256_OCTETS]);
