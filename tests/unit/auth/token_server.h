/* token_server.h - a small real token endpoint (HTTPS) in the test's own process, that gives the answers it
 * was told to, one after the other, and remembers what it was asked. */
#pragma once

#include "http_peer.h"
#include "oauth.h"

#define TOKEN_SERVER_MAX 16

struct token_answer {
    const char *status; /* NULL: hold the connection until the client goes */
    const char *body;
};

/* Starts anew: what was asked is forgotten. The last answer is given again and again. */
void token_server_start(const struct token_answer *answers, size_t count);
void token_server_stop(void);
/* Called for each question, before the answer; NULL: nothing. */
extern void (*token_server_hook)(unsigned nr);

unsigned token_server_asked(void);
const struct http_ask *token_server_ask(unsigned nr); /* from 0 */
/* Is this field in the nr-th form, with this value? value NULL: it must be missing. */
void token_server_check(unsigned nr, const char *field, const char *value);
/* A field of the nr-th form. Caller frees. */
char *token_server_field(unsigned nr, const char *field);

/* A client that asks it; path "/token" and "/device". */
struct oauth_client token_server_client(void);

/* In main: certificates, and the tests. */
#include "check.h"
int token_server_main(const char *suite, const struct check_test *tests, size_t count);
