/* pop3_caps.h - the lines of a CAPA reply (RFC 2449 section 6), gathered into struct pop3_caps. */
#pragma once

#include "pop3.h"

/* Nothing said. */
void pop3_caps_init(struct pop3_caps *caps);

/* One line, without its line end. What is not known is ignored. */
void pop3_caps_line(struct pop3_caps *caps, const char *line, size_t len);
