/* discover_endpoint.h - an address where a server's URL is expected: find the server. */
#pragma once

#include "discover_options.h"
#include "endpoint.h"
#include "error.h"

/* Is this value of --from or --to an address ("taro@example.jp") and no URL? */
bool discover_endpoint_is_address(const char *text);

/* The URL of the address's POP3 or IMAP server, user in it: user (NULL: as the settings tell, else the
 * address). Says on standard error what was found and by which rung. What is not to be trusted must be agreed
 * to: by o->trust, or typed on the terminal when interactive. side: "--from" or "--to".
 *
 * -1: ERROR_USAGE (no such address or domain, nothing found, or not trusted and nobody agreed), ERROR_CONNECT
 * (nothing found, and not all did answer: another time there may be), ERROR_CANCELLED. The caller frees *ret.
 */
int discover_endpoint(const struct discover_options *o, const char *side, const char *address,
    const char *user, enum endpoint_protocol protocol, bool interactive, bool (*stop)(void *ctx), void *ctx,
    char **ret, struct error *err);
