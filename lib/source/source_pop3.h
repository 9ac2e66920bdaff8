/* source_pop3.h - a POP3 account as a source.
 *
 * Everything peculiar to POP3 servers that the rest need not know is settled here: which of UIDL, TOP and
 * pipelining exist, blank and repeated UIDLs, sizes that are mere claims. It begins after login.
 *
 * A key is a UIDL: none where the server gives none, gives one to several messages, or gives message numbers
 * as UIDLs. The inventory: CAPA, STAT, and unless that says that there is nothing LIST and UIDL; it fails
 * only when LIST does. The last message that is asked for, if it is smaller than LIST says, counts as such
 * only when a NOOP behind it was answered: as with `guard`. Of two errors in a row that speak of a limit both
 * are about the session (later, ERROR_THROTTLED): for that the first is told only when the next is answered.
 * A server that sends far more than it lists (64 MiB beyond twice that; 16 MiB of a header) ends the session:
 * ERROR_PROTOCOL, retry after login. */
#pragma once

#include "source.h"

#define SOURCE_ITEMS_MAX 1000000 /* messages; a server that claims more is given up: ERROR_PROTOCOL */

struct source_pop3_options {
    bool one_at_a_time; /* send no command before the one before it is answered, whatever the server offers */
    bool without_capa;  /* do not ask for CAPA: the server was seen never to answer it after the sign-in */
    /* Besides: after each whole message a NOOP is answered before the message counts as such. For a source
     * that was seen to end messages too early (source_on_doubt): what comes after that end is then known to
     * be its rest. Also sends one command at a time. */
    bool guard;
    const char *user; /* who is signed in, copied; NULL: not known */
};

struct source *source_pop3_new(const struct source_pop3_options *options);
