/* imap_name.h - mailbox names: a user's UTF-8 path to the wire form and back (RFC 3501 sections 5.1, 5.1.3).
 *
 * The user writes levels with "/": 受信トレイ/2019. The wire form has the server's hierarchy delimiter, its
 * personal namespace prefix where the name is not INBOX, and modified UTF-7. */
#pragma once

#include "error.h"

/* path: UTF-8. delimiter: the server's, 0 for a flat namespace. prefix: the personal namespace prefix in wire
 * form ("INBOX.", often ""). INBOX is recognised in any case, also as the first level; a path that starts
 * with the prefix keeps it once. Fails (ERROR_USAGE, scope job) when the path is empty, has an empty level,
 * is not UTF-8, holds control characters, or has levels while the server is flat. Caller frees. */
char *imap_name_to_wire(const char *path, const char *prefix, char delimiter, struct error *err);

/* Modified UTF-7 to UTF-8, for display; broken input is passed through made fit to show. Caller frees. */
char *imap_name_to_utf8(const char *wire);
