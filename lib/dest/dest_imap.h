/* dest_imap.h - an IMAP account as a destination.
 *
 * Everything peculiar to IMAP servers that the rest need not know is settled here: which extensions exist,
 * names on the wire, whether a mailbox is missing or refused, FETCHes that leave out messages, what a server
 * gives only when it is asked alone. It begins after login. */
#pragma once

#include "dest.h"

struct dest_imap_options {
    bool without_search; /* it never answers SEARCH: FETCH tells what is there */
};
struct dest *dest_imap_new(const struct dest_imap_options *options);
