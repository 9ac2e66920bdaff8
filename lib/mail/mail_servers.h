/* mail_servers.h - the header fields that mail servers are known to add, rewrite or leave out between a
 * message that was given to them and what they give back. Every other field is the message's own: a proof
 * holds it against what was sent.
 *
 * The list is short on purpose: it holds what servers write, not what mail programs write into their own
 * mailboxes (X-Mozilla-...), and a field only counts as a server's when its value is what a server writes
 * there: "Status: RO" is, "Status: resolved" is a ticket system's. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum mail_servers_value {
    MAIL_SERVERS_NOT, /* the message's own, whatever its value */
    MAIL_SERVERS_ANY,
    MAIL_SERVERS_LETTERS, /* the flags of mbox files, one letter each */
    MAIL_SERVERS_NUMBER,
};

/* By which values a field of this name (in lower case) is a server's. */
enum mail_servers_value mail_servers_value(const char *name, size_t len);
/* May this octet stand in such a value? Blanks may anywhere. */
bool mail_servers_octet(enum mail_servers_value kind, char c);
