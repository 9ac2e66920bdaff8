#include "discover_options.h"

#include "catalog.h"
#include "mem.h"
#include "options.h"
#include "provider_presets.h"
#include "text.h"
#include "text_list.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TIMEOUT_MAX_S 600

static int usage(struct error *err, const char *what, const char *value)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s%s", what, value);
}

static bool is_off(const char *ispdb)
{
    return !strcmp(ispdb, "none");
}

int discover_options_check(const struct discover_options *o, struct error *err)
{
    if (o->ispdb && !is_off(o->ispdb) && !text_has_prefix_nocase(o->ispdb, "https://"))
        return usage(err, "--ispdb must be a URL that begins with https://, or none, not ", o->ispdb);
    if (o->ispdb && strpbrk(o->ispdb, "?#@ "))
        return usage(err, "--ispdb must be a URL that the domain can be put behind, not ", o->ispdb);
    if (o->folder && access(o->folder, R_OK | X_OK) < 0)
        return usage(err, "--autoconfig-dir: there is no folder that can be read: ", o->folder);
    if (o->timeout_s < 0 || o->timeout_s > TIMEOUT_MAX_S)
        return usage(err, "the time to look for servers must be 1 to 600 seconds", "");
    if (o->ca_file && access(o->ca_file, R_OK) < 0)
        return usage(err, "--ca-file cannot be read: ", o->ca_file);
    return 0;
}

int discover_options_run(const struct discover_options *o, const char *address, const bool want[2],
    bool (*stop)(void *ctx), void *ctx, struct discover_result *ret, struct error *err)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = NULL;
    struct discover_preset *presets = NULL;
    if (discover_options_check(o, err) < 0 ||
        catalog_load(o->catalogs, text_list_count(o->catalogs), &c, err) < 0)
        return -1;
    signal(SIGPIPE, SIG_IGN);
    struct discover_spec spec = {
        .address = address,
        .want = {want[STREAM_POP3], want[STREAM_IMAP]},
        .folder = o->folder,
        .ispdb = !o->ispdb          ? DISCOVER_ISPDB
                 : is_off(o->ispdb) ? NULL
                                    : o->ispdb,
        .dns = o->dns,
        .ca_file = o->ca_file,
        .allow_http = o->allow_http,
        .timeout_ms = o->timeout_s * INT64_C(1000),
        .preset_count = provider_presets(c, &presets),
        .stop = stop,
        .ctx = ctx,
    };
    spec.presets = presets;
    int rc = discover_run(&spec, ret, err);
    free(presets);
    return rc;
}
