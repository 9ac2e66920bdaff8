/* store_dbx.h - a folder of Outlook Express: its file, and one message of it. */
#pragma once

#include "store_private.h"

/* The octets of a .dbx, for dbx.h: ctx is a pointer to the descriptor. */
bool store_dbx_read(void *ctx, uint64_t at, void *dst, size_t len);
