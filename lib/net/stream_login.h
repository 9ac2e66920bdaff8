/* stream_login.h - POP3's USER and PASS (RFC 1939) by our own hand, for servers where libcurl would take
 * another road that leads nowhere. libcurl has connected, secured and asked for CAPA, without a user name.
 * Internal to lib/net. */
#pragma once

#include <stddef.h>

struct stream;

enum stream_login_step {
    STREAM_LOGIN_NONE,
    STREAM_LOGIN_USER, /* sent, its answer is awaited */
    STREAM_LOGIN_PASS,
};

struct stream_login {
    enum stream_login_step step;
    char line[512]; /* of the server, as far as it came */
    size_t len;
};

void stream_login_start(struct stream *s);
/* Go on as far as possible without blocking; nothing when no login is under way. */
void stream_login_go(struct stream *s);
