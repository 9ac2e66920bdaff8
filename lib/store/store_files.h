/* store_files.h - folders of the disk in which each file is a message. */
#pragma once

#include "store_private.h"

/* What a file's name says of it. */
struct store_file {
    bool mail;    /* false: it is none; nothing is said of it */
    bool deleted; /* marked so: counted, not taken */
    uint16_t flags;
    char *keywords; /* owned; NULL: none */
};

struct store_files_rule {
    struct store_file (*look)(const void *ctx, const char *name);
    void *ctx; /* owned, if done is there */
    void (*done)(void *ctx);
    const char *prefix; /* between the folder's disk path and the names: "cur/"; static */
    bool listed; /* store_list has seen this folder already, and whoever did looks into the folders within */
};

/* A task for the files of this folder of the disk; the rule is copied. Their names are below
 * folders[folder].disk. */
void store_files_add(struct store *s, uint32_t folder, const char *dir, const struct store_files_rule *rule);
