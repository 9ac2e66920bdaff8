/* answers.h - wait for what was asked of the destination: commands, and contents of messages beside them. */
#pragma once

#include "content.h"
#include "session.h"

/* Until *waiting, which the owner's callbacks count down, is 0 and contents is idle. *found: the first error
 * that they were told; it is the result. When it cannot be waited for, what is outstanding is ended, so that
 * nothing calls back into the owner any more. */
int answers_wait(struct session *s, struct content_reader *contents, const size_t *waiting,
    const struct error *found, struct error *err);
