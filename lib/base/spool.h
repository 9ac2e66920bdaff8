/* spool.h - one message body: in memory while small, in an unlinked temporary file (0600) beyond that.
 *
 * Written once from front to back, read at any offset after or while writing. Not shared between threads. */
#pragma once

#include "error.h"
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct spool;

/* dir: where the temporary file goes, when one is needed (kept by pointer: must outlive the spool).
 * memory_max_octets: beyond it everything moves to the file. Never fails. */
struct spool *spool_new(const char *dir, size_t memory_max_octets);
void spool_free(struct spool *sp);

/* Append. Fails with ERROR_DISK (scope run) when the file cannot be made or written. */
int spool_write(struct spool *sp, const void *data, size_t len, struct error *err);

/* Copy up to len bytes from offset; returns how many (0 at the end), -1 with ERROR_DISK. */
ssize_t spool_read(struct spool *sp, uint64_t offset, void *dst, size_t len, struct error *err);

uint64_t spool_octets(const struct spool *sp);
size_t spool_memory_octets(const struct spool *sp); /* of that, in memory */
