/* quote_list.h - mailboxes from a list in place of a server: all that a consultant may have of the old host.
 */
#pragma once

#include "quote.h"

#define QUOTE_LIST_ACCOUNTS_MAX 100000

/* A CSV file (UTF-8, UTF-16 with its mark, or Shift_JIS as Excel writes it: list_text.h; divided by comma,
 * semicolon or tab: list_csv.h), at most LIST_TEXT_MAX octets. Its first row names the columns, in any order:
 * name and octets, and if there are any messages, growth, sent (percent) and local (a size; see
 * quote_account.unseen_octets); others are passed over. octets and growth (of a
 * year) are sizes as quote_size.h reads them; an empty growth is as --growth says, or assumed; empty messages
 * are not known (0). Each row becomes an account of q.
 *
 * -1 with ERROR_USAGE "FILE: ..." or "FILE: line N: ..."; q may have some of the accounts then. */
int quote_list_read(struct quote *q, const char *path, struct error *err);
/* The same from memory; name stands for the file in messages. */
int quote_list_parse(struct quote *q, const char *name, const char *text, size_t len, struct error *err);
