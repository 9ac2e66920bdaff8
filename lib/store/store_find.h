/* store_find.h - which stores lie below a folder of the disk, told by what is in it and not by names alone.
 * Links are not followed, other disks are not entered (but named), nothing is written. */
#pragma once

#include "error.h"
#include "store.h"
#include <stdbool.h>
#include <stddef.h>

/* Stores of mail that popferry cannot take, but whoever looks must know of. */
enum store_foreign {
    STORE_FOREIGN_NOT,
    STORE_FOREIGN_OE4, /* Outlook Express 4 (magic "JMF6") */
};

struct store_found {
    enum store_kind kind; /* of what popferry takes */
    enum store_foreign foreign;
    char *path;
    uint64_t octets; /* of a foreign one's file */
};

struct store_finding {
    struct store_found *all; /* in the order of their paths */
    size_t count;
    char **unread; /* files and folders that could not be looked into: "PATH: reason" */
    size_t unread_count;
};

/* -1 with ERROR_USAGE: there is no such folder or file. A path that is a store itself is the one found. */
int store_find(const char *path, struct store_finding *ret, struct error *err);
void store_finding_done(struct store_finding *f);

const char *store_foreign_words(enum store_foreign foreign);
