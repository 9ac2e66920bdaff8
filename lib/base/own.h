/* own.h - folders and files that nobody else could have prepared: what is written there goes nowhere else, by
 * no symbolic or hard link, named pipe or device. As ssh has it with its files: one's own, and nobody else
 * may write there. Each folder is checked before anything in it is used; then no other user can change what
 * stands in it. */
#pragma once

#include "error.h"
#include <stdbool.h>

/* Is the folder one's own, and may nobody else write to it, nor put another one in its place? inner: it is
 * one that popferry made in a folder of its own, so it is no symbolic link; else it may be one, since whoever
 * names it may have made it. One that is not there is fine. -1 with ERROR_DISK, scope run, which names the
 * owner and what to do. */
int own_folder(const char *path, bool inner, struct error *err);

/* The same of a file that another library opens: regular, with one name. */
int own_file(const char *path, struct error *err);

/* As open(2) with 0600, close-on-exec, for a file in a folder of one's own. -1 with errno: ELOOP a symbolic
 * link, EMLINK a file with a second name, EPERM somebody else's, ENXIO no regular file. O_TRUNC counts only
 * for what is none of these. */
int own_open(const char *path, int flags);

/* A new file, empty, for writing; what stands there by this name is removed, not followed. -1 with errno. */
int own_make(const char *path);
