/* folder.h - one temporary folder at a time, and what stands in it, for tests of files. */
#pragma once

#include "buf.h"
#include "check.h"
#include "spool.h"
#include "temp_dir.h"

extern char folder_root[TEMP_DIR_MAX];

void folder_begin(void);
void folder_end(void);

/* The path of a name in the folder; valid for some further calls. */
const char *folder_at(const char *name);
/* Files and folders in a folder but those that begin with "."; -1 if there is none. */
int folder_count(const char *path);
/* Permission bits; -1 if it is not there. */
int folder_mode(const char *path);
/* All octets of a file; false if it is not there. buf_done *ret. */
bool folder_read(const char *path, struct buf *ret);
void folder_write(const char *path, const void *data, size_t len);
/* Checks that a file holds just this text. */
void folder_check(const char *path, const char *expected);
bool folder_holds(const char *path, const void *data, size_t len);

/* A spool with this content; spool_free it. */
struct spool *folder_spool(const void *data, size_t len);

/* From now on no file of this process can grow beyond that: a disk that is full, as far as the program can
 * tell. For temp_dir_child. */
void folder_limit(unsigned long octets);
