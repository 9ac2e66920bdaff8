/* disk.h - local files and folders made so that they are there after a power cut.
 *
 * All failures are ERROR_DISK with scope run; the text names the path, the cause and the next step. */
#pragma once

#include "error.h"
#include <stddef.h>
#include <stdint.h>

/* "cannot DOING PATH: strerror(errno); next step". Returns -1. */
int disk_error(const char *doing, const char *path, struct error *err);

/* Make a folder that the user named, and its missing parents, 0700, durable. One that is there stays as it
 * is; it must be one's own (own_folder). */
int disk_make_folder(const char *path, struct error *err);
/* The same below such a folder: "quarantine/7", each part of which must be one's own and no link. */
int disk_make_inner(const char *folder, const char *below, struct error *err);

/* The names in a folder are durable when this returns. */
int disk_sync_folder(const char *path, struct error *err);
/* The same for the folder in which path stands. */
int disk_sync_parent(const char *path, struct error *err);

/* All of it, at the descriptor's position. path is for the message. */
int disk_write(int fd, const void *data, size_t len, const char *path, struct error *err);

/* What was written to fd is durable when this returns. */
int disk_sync(int fd, const char *path, struct error *err);
