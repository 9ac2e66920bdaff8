/* store_mozilla.h - what Thunderbird writes in front of a message in its mbox files: X-Mozilla-Status,
 * X-Mozilla-Status2, X-Mozilla-Keys (source: its nsMsgMessageFlags.idl). Pure. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define STORE_MOZILLA_EXPUNGED  0x8u   /* deleted, and not yet compacted */
#define STORE_MOZILLA_PARTIAL   0x400u /* only the first lines were fetched from the server */
#define STORE_MOZILLA_FORWARDED 0x1000u

struct store_mozilla {
    uint64_t octets; /* of these fields, where the message begins with them */
    unsigned status; /* of the first X-Mozilla-Status, wherever in the header it stands */
    char *keywords;  /* divided by single blanks; never NULL */
};

/* front: of the message, with the whole header or a part of it. */
struct store_mozilla store_mozilla_read(const char *front, size_t len);
void store_mozilla_done(struct store_mozilla *m);
