/* batch_again.h - the command that does again what is not in order, whole and as a shell takes it. */
#pragma once

#include "options.h"

/* All that was given, on the line or in option files, with this list in the place of the other; without
 * --shard, since a corrected account may be of another. No secret: none can be an option. Caller frees. */
char *batch_again_command(const char *command, const struct options *o, const char *list);
/* A word as a shell takes it. Caller frees. */
char *batch_again_quoted(const char *word);
