/* options_route.h - how the servers are reached and what is taken for them: --from-tls, --from-tls-min,
 * --from-tls-pin (and those of the destination), --ca-dir, --proxy, --bind, --ipv4, --ipv6, and
 * the environment's proxies. */
#pragma once

#include "error.h"
#include "job.h"
#include "options.h"

/* Does this value of --from-tls ask for encryption? Not, where it is no such value. */
bool options_route_encrypts(const char *tls);

/* Are the values such as they can be? -1 with ERROR_USAGE that begins with "--OPTION". */
int options_route_check(const struct options *o, struct error *err);

/* Fill in the job whose endpoints are parsed: their security, and the routes, which borrow from *o and the
 * environment. A destination without a host is left alone. */
void options_route_fill(const struct options *o, struct job *job);

/* The proxy that the environment names for a host: of SCHEME_proxy, all_proxy, in small letters and capitals,
 * unless no_proxy excepts it (names with what lies below them, addresses, networks as 10.0.0.0/8, *). NULL:
 * none. */
const char *options_route_environment(const char *scheme, const char *host);
