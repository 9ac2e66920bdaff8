/* stream_login.h - POP3's USER and PASS (RFC 1939), and IMAP's LOGIN (RFC 3501 section 6.2.3), by our own
 * hand, for servers where libcurl would take another road that leads nowhere. libcurl has connected, secured
 * and asked for CAPA or CAPABILITY, without a user name. Internal to lib/net. */
#pragma once

#include <stddef.h>

struct stream;

enum stream_login_step {
    STREAM_LOGIN_NONE,
    STREAM_LOGIN_USER, /* sent, its answer is awaited */
    STREAM_LOGIN_PASS,
    STREAM_LOGIN_LOGIN,
};

struct stream_login {
    enum stream_login_step step;
    char line[513]; /* of the server, as far as it came; and a NUL */
    size_t len;
};

void stream_login_start(struct stream *s);
/* Go on as far as possible without blocking; nothing when no login is under way. */
void stream_login_go(struct stream *s);
