/* emlx.h - a message file of Apple Mail (.emlx): a line with a count of octets, so many octets of message, a
 * property list in XML with its flags and when it was received. Pure.
 *
 * Part files: a part that Apple Mail keeps elsewhere has a field X-Apple-Content-Length with the octets of
 * its content as it was sent, and no content. The content as it was sent is in ID.PART.emlxpart beside the
 * message, or, decoded, in the only file of ../Attachments/ID/PART/. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EMLX_FRONT     64 /* octets that hold the first line */
#define EMLX_PLIST_MAX 65536

/* Bits of its flags (as found out by others, and as in files seen). */
#define EMLX_READ      0x1u
#define EMLX_DELETED   0x2u
#define EMLX_ANSWERED  0x4u
#define EMLX_FLAGGED   0x10u
#define EMLX_DRAFT     0x40u
#define EMLX_FORWARDED 0x100u

/* The message is ret_octets from ret_start on. False: the first line is no count. */
bool emlx_count(const char *front, size_t len, uint64_t *ret_start, uint64_t *ret_octets);

struct emlx_plist {
    bool told; /* there are flags */
    uint64_t flags;
    int64_t received_s; /* INT64_MIN: not told */
};

struct emlx_plist emlx_plist_read(const char *text, size_t len);

/* How base64 (RFC 2045 section 6.8) of so many octets is written, that it has so many with its line ends: LF
 * or CR LF, with or without one at the very end. width: digits in a line. False: it cannot be. */
bool emlx_base64_shape(uint64_t octets, uint64_t length, unsigned *ret_width, bool *ret_last_end);
