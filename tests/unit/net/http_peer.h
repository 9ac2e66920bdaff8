/* http_peer.h - HTTP/1.1 as far as a small server of a test needs it: one request on a connection, one
 * answer. */
#pragma once

#include "net_server.h"

struct http_ask {
    char method[8];
    char path[1024]; /* with its query */
    char host[128], accept[128], type[128];
    char body[16384];
};

/* Read a request; false: the client went, or sent what is none. */
bool http_peer_ask(struct net_peer *p, struct http_ask *ret);
/* "200 OK"; more: header lines, each with its line end, or "". Closes the exchange. */
bool http_peer_answer(
    struct net_peer *p, const char *status, const char *type, const char *more, const char *body);
