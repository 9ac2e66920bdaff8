/* discover_options.h - how servers are looked for, as options tell it: for `popferry discover` and for every
 * command whose --from or --to is an address. */
#pragma once

#include "discover.h"
#include "error.h"

struct discover_options {
    const char *ispdb;  /* borrowed, as all of them; NULL: DISCOVER_ISPDB; "none": not asked */
    const char *folder; /* --autoconfig-dir */
    const char *dns;
    int allow_http;
    int trust; /* what is not to be trusted is agreed to beforehand; `discover` itself sends no password */
    int timeout_s;               /* 0: DISCOVER_TIMEOUT_MS */
    const char *const *catalogs; /* ended by NULL; NULL: none beside the built-in one */
    const char *ca_file;
};

/* -1 with ERROR_USAGE for values that cannot be. */
int discover_options_check(const struct discover_options *o, struct error *err);

/* discover_run with these options and the catalog's presets. want: by enum stream_protocol. SIGPIPE is
 * ignored from now on. The caller owns *ret. */
int discover_options_run(const struct discover_options *o, const char *address, const bool want[2],
    bool (*stop)(void *ctx), void *ctx, struct discover_result *ret, struct error *err);
