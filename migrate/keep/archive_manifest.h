/* archive_manifest.h - the lines of an archive's manifest.tsv, written and read. Pure but for the reading.
 * Private to archive.c. */
#pragma once

#include "archive.h"
#include "buf.h"
#include <stdio.h>

#define ARCHIVE_MBOX_NAME "messages.mbox"

/* With its line end. */
const char *archive_manifest_header(enum archive_format format);

/* The key under which a message is known: by UIDL and listed size, or without a UIDL by content (sha256 may
 * be NULL if there is a UIDL). */
void archive_manifest_key(const char *account, const char *uidl, uint64_t listed_octets,
    const uint8_t *sha256, uint8_t ret_key[SHA256_OCTETS]);

/* Append the line of a message. file: below the archive's folder. offset and stored: for ARCHIVE_MBOX. */
void archive_manifest_add(struct buf *text, enum archive_format format, const struct archive_message *m,
    const char *file, uint64_t offset, uint64_t stored);

struct archive_entry {
    uint8_t key[SHA256_OCTETS], sha256[SHA256_OCTETS];
    uint64_t octets, offset, stored; /* the last two: 0 for ARCHIVE_MAILDIR */
};

/* One line without its end; it is cut up. false: it is none of ours. */
bool archive_manifest_parse(char *line, enum archive_format format, struct archive_entry *ret);

/* Which format is this file the manifest of, by its header? -1: of none. */
int archive_manifest_format(FILE *f);

/* Read from behind the header on. each gets one entry after the other; one that is not in place (false) is as
 * bad as a line that is none. *ret_good_octets: where the last complete line ends, *ret_torn: more follows,
 * as a crash or a power cut leaves it. A complete line that is none of ours: -1, *ret_line is its number. */
typedef bool archive_manifest_fn(void *ctx, const struct archive_entry *e);
int archive_manifest_read(FILE *f, enum archive_format format, archive_manifest_fn *each, void *ctx,
    int64_t *ret_good_octets, bool *ret_torn, unsigned long *ret_line);
