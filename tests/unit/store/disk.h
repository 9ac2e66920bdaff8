/* disk.h - a tree of files that tests write, stores found in it, and what they hold. */
#pragma once

#include "buf.h"
#include "check.h"
#include "store.h"

extern char disk_root[]; /* the folder of the test's own */

/* check_main with a folder of the test's own. */
int disk_main(const char *name, const struct check_test *tests, size_t count);

/* Nothing lies there. */
void fresh(void);
/* Where this is on the disk; caller frees. */
char *below(const char *path);
/* A file, with the folders above it. */
void put_octets(const char *path, const void *data, size_t len);
void put(const char *path, const char *text);

/* Looked through; NULL, and why is told: it is none. */
struct store *found(enum store_kind kind, const char *path);
/* A message, or "error: " and why. */
char *read_back(struct store *s, size_t item);
/* These are all items, "FOLDER|FLAGS|KEYWORDS|TEXT", in their order; ends with NULL. */
void holds(struct store *s, const char *const *expected);
/* And these all notes: words of each. */
void notes(struct store *s, const char *const *expected);

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

#define FROM    "From - Tue Aug 05 08:00:23 2008\n"
#define MESSAGE "From: a@x\nSubject: s\n\ntext\n"
#define WIRE    "From: a@x\r\nSubject: s\r\n\r\ntext\r\n"
