/* store_emlx.h - the folders of Apple Mail. */
#pragma once

#include <stdbool.h>

/* By its last level: one of those that Apple Mail makes, and no folder that somebody named: "V10", an account
 * below that, a UUID, "Data", "3", "Messages"; or a mailbox, NAME.mbox. */
bool store_emlx_is_level(const char *path);
