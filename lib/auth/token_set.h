/* token_set.h - the tokens of one account, as they were got and as they are kept. Plain data of owned
 * strings; zeroed is empty. Wiped when done. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct oauth_client;
struct oauth_reply;

struct token_set {
    char *access, *refresh;   /* NULL: none */
    int64_t got_s, expires_s; /* wall clock; expires_s 0: not known */
    /* By whom and where the refresh token is used: kept with it, so that a later run needs to be told
     * nothing. NULL: not known, or the caller's. */
    char *client_id, *client_secret, *token_url, *scope;
};

void token_set_done(struct token_set *set);

/* Can the access token be used for a new session? Not in its last 5 minutes, or in the second half of a life
 * shorter than 10 minutes, nor when its end is not known. */
bool token_set_is_fresh(const struct token_set *set, int64_t now_s);

/* Move the tokens out of a reply; a refresh token stays when the reply brings none. */
void token_set_take(struct token_set *set, struct oauth_reply *reply, int64_t now_s);

/* Note whose they are. */
void token_set_note(struct token_set *set, const struct oauth_client *c);
