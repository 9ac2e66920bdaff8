/* stream_route.h - the route of a stream (stream.h), checked, copied and told to libcurl. Internal to
 * lib/net.
 */
#pragma once

#include "stream.h"
#include <curl/curl.h>

#define STREAM_ROUTE_NAME_MAX 200

/* What is wrong with it, as a clause; NULL: nothing. */
const char *stream_route_fault(const struct stream_spec *spec);

/* The copy's strings are owned: stream_route_done (zeroed is fine). */
void stream_route_copy(struct stream_route *to, const struct stream_route *from);
void stream_route_done(struct stream_route *route);

/* "socks5://host:1080": the proxy without the user and password that its URL may have. Returns dst. */
char *stream_route_proxy_name(char dst[STREAM_ROUTE_NAME_MAX], const char *proxy);

/* Each sets options of s->easy: where to (proxy, address), and what is taken for the server (TLS version,
 * trust). False: this libcurl does not know one of them. */
struct stream;
bool stream_route_set_way(struct stream *s);
bool stream_route_set_trust(struct stream *s);

/* After an attempt that failed: is there another one, by addresses of the other family? */
bool stream_route_other_family(struct stream *s, CURLcode rc);
