/* stream_quiet.h - a server that says nothing to one who waits for its greeting in clear text may be waiting
 * itself, for a TLS handshake: after some seconds of silence it is asked, on a connection of its own. Private
 * to lib/net. */
#pragma once

#include "stream_private.h"

/* Fail those streams whose server turns out to speak TLS from the first octet (ERROR_PROTOCOL). Once for
 * each; blocks for some seconds at most. */
void stream_quiet_look(struct net *net);
