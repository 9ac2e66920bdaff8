/* store_name.h - names of folders: from the disk to UTF-8, and what they are for. Pure. */
#pragma once

#include "store.h"

/* UTF-8 as it is; else the likelier of CP932 and EUC-JP. Controls become "?", a "/" that a charset brings in
 * U+FF0F. Caller frees. */
char *store_name_utf8(const char *disk);

/* PARENT/NAME, or NAME at the top. Caller frees. */
char *store_name_below(const char *parent, const char *name);

/* By the last level, in any letter case: "Sent Items", "送信済みアイテム". */
enum mail_role store_name_role(const char *path);

/* A level of a Maildir++ name: modified UTF-7 (RFC 3501 section 5.1.3) to UTF-8; as it is where it is none.
 * Caller frees. */
char *store_name_utf7(const char *name);
