/* imap_caps.h - the words of CAPABILITY. Private to lib/imap. */
#pragma once

#include "imap.h"
#include "imap_parse.h"

/* Replace *caps by the members of list from index first on. Unknown words stay in raw only. */
void imap_caps_read(struct imap_caps *caps, const struct imap_value *list, size_t first);
