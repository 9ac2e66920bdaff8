/* imap_full.h - does a refusal say that there is no room? Servers without [OVERQUOTA] (RFC 5530) say so in
 * words of their own; pure. */
#pragma once

#include <stdbool.h>

/* text: the server's words. "Mailbox is full", "storage limit exceeded", "No space left on device", "Not
 * enough disk space", "The mailbox is over its limit": a place that holds mail, and a word for being full.
 * What is said of one message ("message size exceeds the limit") or of the number of mailboxes is none of
 * these. */
bool imap_full_words(const char *text);
