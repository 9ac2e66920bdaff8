/* stop.h - the wish to stop: SIGINT and SIGTERM, of which the first asks to stop and the second leaves at
 * once, which is safe (ledger.h). */
#pragma once

#include <stdbool.h>

/* And SIGPIPE is ignored. */
void stop_catch_signals(void);
bool stop_is_asked(void); /* from any thread */
