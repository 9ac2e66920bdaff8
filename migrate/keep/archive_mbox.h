/* archive_mbox.h - entries of an mbox file with mboxrd quoting, written and checked. Private to archive.c.
 *
 * An entry: "From MAILER-DAEMON Fri May 31 12:00:00 2024 LF", the message with ">" put before every line that
 * begins with any number of ">" and "From ", LF if that does not end in one, LF. A line begins behind a LF.
 */
#pragma once

#include "error.h"
#include "sha256.h"
#include "spool.h"
#include <stdint.h>

/* Write the entry of a message at this offset of the file; *ret_stored: octets of the entry. Not durable yet.
 * On failure (ERROR_DISK) what follows the offset means nothing. */
int archive_mbox_write(int fd, const char *path, uint64_t offset, struct spool *spool, int64_t date_s,
    uint64_t *ret_stored, struct error *err);

/* Is the message of this entry still the one with this size and SHA-256? 1, 0, or -1 with ERROR_DISK. */
int archive_mbox_check(int fd, const char *path, uint64_t offset, uint64_t stored, uint64_t octets,
    const uint8_t sha256[SHA256_OCTETS], struct error *err);

/* Does what stands from this offset to the end of the file look like the beginning of an entry of ours, or
 * like nothing that was ever written (zeros)? 1, 0, or -1 with ERROR_DISK. */
int archive_mbox_is_torn(int fd, const char *path, uint64_t offset, struct error *err);
