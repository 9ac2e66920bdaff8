/* source_alone.h - a session with the source and no destination, for what only looks at the source: surveys,
 * foresee, session_sign_off and session_close take it like any other. */
#pragma once

#include "session.h"

/* Connect and take the inventory; job->to is not looked at. On failure call session_close all the same. */
int source_alone_open(struct session *s, const struct job *job, const struct world *world, struct error *err);
