/* archive.h - every message as received, on the local disk (--archive DIR), with a manifest; a rerun adds
 * only what is missing.
 *
 * DIR/manifest.tsv: UTF-8, one header line, then one line per message: sha256 (of the message as received,
 * hex), octets, account, uidl, listed (the size that the source claims), date (UTC, as 2024-05-31T12:00:00Z),
 * file; divided by tabs; controls, backslashes and what a spreadsheet would take for a formula as \xHH.
 * Format mbox has one more column, stored.
 *
 * - ARCHIVE_MAILDIR: DIR/cur/NAME, byte for byte. The manifest names the file as it was delivered; a mail
 *   program may later put flags behind the name.
 * - ARCHIVE_MBOX: DIR/messages.mbox; file is messages.mbox:OFFSET, and `stored` the octets of the whole entry
 *   from there on: a line "From MAILER-DAEMON date LF", the message, LF if it does not end in one, LF. Line
 *   ends stay as they came. The one change to the message is mboxrd quoting: a line that begins with any
 *   number of ">" and "From " gets one ">" more. To get a message back: drop the first line, take one ">" off
 *   each such line, keep `octets`.
 *
 * A message is known by account, UIDL and listed size; without a UIDL by account and SHA-256 (so of several
 * with the same content and no UIDL one is kept).
 *
 * Order of calls: archive_open; archive_has and archive_add; archive_sync once per batch; archive_close. What
 * is added counts only when archive_sync has returned: files first, then the manifest. After a crash or a
 * power cut archive_open puts right what was torn: the manifest ends with its last complete line, the mbox
 * with the last entry of the manifest, and tmp/ is emptied.
 *
 * One writer at a time (a lock on the manifest), one thread. Failures: ERROR_DISK; ERROR_USAGE where the
 * folder is no archive of this format, or was changed by another program; ERROR_LOCKED. All with scope run.
 * After a failure of archive_add or archive_sync the archive can only be closed. */
#pragma once

#include "error.h"
#include "sha256.h"
#include "spool.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive;

enum archive_format {
    ARCHIVE_MAILDIR,
    ARCHIVE_MBOX,
};

/* "maildir", "mbox" -> *ret; -1 with ERROR_USAGE. */
int archive_parse_format(const char *text, enum archive_format *ret, struct error *err);

/* Makes dir when it is missing; a folder with files in it and no manifest of ours is refused. */
struct archive *archive_open(const char *dir, enum archive_format format, struct error *err);
/* What was not synced is dropped. NULL is fine. */
void archive_close(struct archive *a);

/* Is it there? key: UIDL, NULL if the source gives none (then false: only the content can tell, archive_add
 * looks). listed_octets: the source's claim. */
bool archive_has(const struct archive *a, const char *account, const char *key, uint64_t listed_octets);

struct archive_message {
    const char *account; /* of the source, as endpoint_account makes it */
    const char *key;     /* UIDL, or NULL */
    uint64_t listed_octets;
    const uint8_t *sha256; /* SHA256_OCTETS, of the message as received */
    int64_t date_s;        /* INTERNALDATE; MAIL_NO_DATE if not known */
    struct spool *spool;   /* as received */
};

/* One that is there already is left as it is: 0. */
int archive_add(struct archive *a, const struct archive_message *m, struct error *err);

/* All that was added so far is durable when it returns; nothing to do costs nothing. */
int archive_sync(struct archive *a, struct error *err);

/* Messages in the manifest, and added since. */
size_t archive_count(const struct archive *a);
