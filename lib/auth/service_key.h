/* service_key.h - the key file of a Google service account, as the console gives it out. */
#pragma once

#include "error.h"
#include <stddef.h>

struct jwt_key;

struct service_key {
    char *email, *key_id, *token_url; /* owned; key_id NULL: none */
    struct jwt_key *key;              /* owned */
};

/* name: of the file, for messages. -1: ERROR_USAGE, it is no such file. The caller wipes the text. */
int service_key_parse(
    const char *text, size_t len, const char *name, struct service_key *ret, struct error *err);
void service_key_done(struct service_key *key);
