/* options_discover.h - where --from or --to is an address and no URL, or the source's host is missing and its
 * user is an address: the servers are looked for (discover_endpoint.h), and the options changed to what was
 * found. */
#pragma once

#include "options.h"

/* What was found for a domain, so that a list of a thousand accounts of one domain asks once. Zeroed is
 * empty. */
struct discover_cache {
    struct discover_known {
        char *domain;
        char *first;        /* the address that was looked for */
        int protocol;       /* enum endpoint_protocol */
        char *head, *tail;  /* the URL around the user */
        bool whole_address; /* the user is the address; else its local part */
        struct error error; /* nothing was found; then there is no URL */
    } * known;
    size_t count;
};
void discover_cache_done(struct discover_cache *c);

/* Would options_discover look for the server of this side? */
bool options_discover_wants(const struct options *o, enum job_side side);

/* interactive: what is not to be trusted may be agreed to on the terminal; else only by --trust. -1 with
 * ERROR_USAGE, ERROR_CONNECT or ERROR_CANCELLED (discover_endpoint.h). cache: NULL for one pair. */
int options_discover(struct options *o, bool interactive, struct discover_cache *cache, struct error *err);
