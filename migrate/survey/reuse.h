/* reuse.h - UIDLs that name other messages now: a mailbox that was made anew, and counts from 1 again.
 *
 * Ordinarily a UIDL that is known, with the size that is known, is the message that is known. Not where there
 * is a sign that it may not be: another size under a known UIDL, or one that popferry has deleted from the
 * source and that is there again. Then the headers of all that is known are looked at (TOP), and where one
 * differs, the whole message. What is another one loses its row's name: so it is new, and is copied. */
#pragma once

#include "ledger.h"
#include "session.h"

/* Waits, if there is such a sign. *ret: how many were found to be other messages. Without TOP nothing can be
 * looked at. */
int reuse_look(struct session *s, struct ledger *ledger, int64_t job, uint64_t *ret, struct error *err);
