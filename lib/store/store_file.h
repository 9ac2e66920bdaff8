/* store_file.h - a file of the disk, opened to be read and for nothing else: no link unless it is wanted, no
 * device, and nothing that holds anybody up. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A descriptor of a regular file, or -1 with errno. follow: a symbolic link is what it leads to; else it is
 * an error. */
int store_file_open(const char *path, bool follow);

/* Exactly len octets from there; false: they are not there. ctx: a pointer to the descriptor (dbx.h). */
bool store_file_read(void *ctx, uint64_t at, void *dst, size_t len);

/* The first octets of a file, at most max; -1 with errno: it cannot be read. */
ssize_t store_file_begin(const char *path, void *dst, size_t max);

/* All of a small file, with a NUL behind it; NULL: it is not there, cannot be read, or has more than max
 * octets. Caller frees. */
char *store_file_whole(const char *path, size_t max, size_t *ret_len);

/* From there to the end of a mail header, if that is near, and some octets more; at most max. errno is
 * changed only where reading fails. */
size_t store_file_header(int fd, uint64_t at, char *dst, size_t max);
