/* store_maildir.h - Maildir and Maildir++ (also below a Thunderbird profile). */
#pragma once

#include "store_private.h"

/* It has cur or new. */
bool store_maildir_is_one(const char *dir);
/* Its messages go to this folder, whose disk path it is. */
void store_maildir_add(struct store *s, uint32_t folder);
