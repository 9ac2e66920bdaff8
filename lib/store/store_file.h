/* store_file.h - a file of the disk, opened to be read and for nothing else: no link unless it is wanted, and
 * a named pipe or a terminal holds nobody up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A descriptor, or -1 with errno. follow: a symbolic link is what it leads to; else it is an error. */
int store_file_open(const char *path, bool follow);

/* Exactly len octets from there; false: they are not there. ctx: a pointer to the descriptor (dbx.h). */
bool store_file_read(void *ctx, uint64_t at, void *dst, size_t len);

/* The first octets of a file, at most max; 0: none, or it cannot be read. */
size_t store_file_begin(const char *path, void *dst, size_t max);

/* From there to the end of a mail header, if that is near, and some octets more; at most max. errno is
 * changed only where reading fails. */
size_t store_file_header(int fd, uint64_t at, char *dst, size_t max);
