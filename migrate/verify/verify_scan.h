/* verify_scan.h - one message, read for comparison: everything that two messages are compared by, in fixed
 * space. Pure. */
#pragma once

#include "mail_scan.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct verify_content {
    uint64_t octets;
    uint64_t ident; /* of its Message-ID, else of From, Date and Subject: finds candidates, proves nothing */
    uint8_t header[SHA256_OCTETS]; /* of Message-ID, From, Date and Subject */
    uint8_t sha256[SHA256_OCTETS], print[SHA256_OCTETS];
    uint8_t body[SHA256_OCTETS], whole_header[SHA256_OCTETS];
    bool parts_known;
    uint64_t parts; /* leaves, see mail_structure.h */
    uint8_t structure[SHA256_OCTETS];
    bool munged_known;
    uint8_t
        munged[SHA256_OCTETS]; /* fingerprint of what a server holds that spoils raw 8-bit header fields */
};

#define VERIFY_SCAN_PARTS  1u /* walk the MIME structure, too */
#define VERIFY_SCAN_MUNGED 2u /* see mail_mend_munged */

struct verify_scan;

struct verify_scan *verify_scan_new(void);
void verify_scan_free(struct verify_scan *s);
/* Drop what was fed; what to find out of the next message: VERIFY_SCAN_... */
void verify_scan_begin(struct verify_scan *s, unsigned flags);
void verify_scan_feed(struct verify_scan *s, const void *data, size_t len);
void verify_scan_finish(struct verify_scan *s, struct verify_content *ret);

/* The same from what stands in a ledger or a header. message_id may be NULL. */
uint64_t verify_ident(const char *message_id, const uint8_t core[SHA256_OCTETS]);
void verify_header(const char *message_id, const uint8_t core[SHA256_OCTETS], uint8_t ret[SHA256_OCTETS]);
