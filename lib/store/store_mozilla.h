/* store_mozilla.h - what Thunderbird writes in front of a message in its mbox files: X-Account-Key, X-UIDL,
 * X-Mozilla-Status, X-Mozilla-Status2, X-Mozilla-Keys (source: its nsMsgMessageFlags.idl). Fields of these
 * names further down are the sender's, and say nothing. Pure. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_MOZILLA_READ      0x1u
#define STORE_MOZILLA_REPLIED   0x2u
#define STORE_MOZILLA_MARKED    0x4u
#define STORE_MOZILLA_EXPUNGED  0x8u   /* deleted, and not yet compacted */
#define STORE_MOZILLA_PARTIAL   0x400u /* only the first lines were fetched from the server */
#define STORE_MOZILLA_FORWARDED 0x1000u

struct store_mozilla {
    bool told;       /* X-Mozilla-Status is among the fields that the message begins with */
    uint64_t octets; /* of these fields, if that or X-Mozilla-Keys is among them */
    unsigned status; /* of the first X-Mozilla-Status of them */
    char *keywords;  /* divided by single blanks; never NULL */
};

/* front: of the message, with the whole header or a part of it. */
struct store_mozilla store_mozilla_read(const char *front, size_t len);
void store_mozilla_done(struct store_mozilla *m);
