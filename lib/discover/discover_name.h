/* discover_name.h - addresses and host names, as they may be asked for and believed. Pure. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stddef.h>

#define DISCOVER_HOST_MAX 254 /* with the NUL */

struct discover_address {
    char *whole;                    /* "taro@example.jp", its domain in ASCII */
    char *local;                    /* "taro" */
    char domain[DISCOVER_HOST_MAX]; /* "example.jp", "xn--r8jz45g.jp": lower case, ASCII (RFC 5891) */
    bool own_settings; /* they come from the user's own folder: hosts of a private network will do, too */
};

/* -1: ERROR_USAGE. The caller owns *ret. */
int discover_address_parse(const char *text, struct discover_address *ret, struct error *err);
void discover_address_done(struct discover_address *a); /* zeroed is fine */

/* A name of the public name service: letters, digits, hyphens, at least one dot; no address, no "localhost".
 * What comes from outside and is none is not connected to. */
bool discover_host_is_safe(const char *host);
/* Copy without a final dot, in lower case; false (and *dst empty) if it is not safe or too long. */
bool discover_host_take(char dst[DISCOVER_HOST_MAX], const char *host);
/* The same for a host that the user wrote: names without a dot will do. */
bool discover_host_take_own(char dst[DISCOVER_HOST_MAX], const char *host);

/* The same name, or below it: "pop.example.jp" is under "example.jp". */
bool discover_host_is_under(const char *host, const char *domain);

/* Does it fit "imap.example.jp" or "*.example.jp"? ASCII case does not matter. */
bool discover_host_fits(const char *pattern, const char *host);

/* What may stand in the query of a URL: all but letters, digits and "-._~" as %XX. Caller frees. */
char *discover_url_encode(const char *text);
