#include "discover_endpoint.h"

#include "mem.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool discover_endpoint_is_address(const char *text)
{
    const char *at = strchr(text, '@');
    return at && !strstr(text, "://") && !memchr(text, ':', (size_t)(at - text));
}

static const char *protocol_name(enum endpoint_protocol protocol)
{
    return protocol == ENDPOINT_POP3 ? "POP3" : "IMAP";
}

static int nothing_found(
    const struct discover_result *r, const char *side, enum endpoint_protocol protocol, struct error *err)
{
    const char *name = protocol_name(protocol);
    if (r->no_domain)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s: the name service knows no domain %s: check the spelling, or write the URL of the server",
            side, r->domain);
    return error_set(err, ERROR_SCOPE_RUN, r->temporary ? ERROR_RETRY_LATER : ERROR_RETRY_NEVER,
        r->temporary ? ERROR_CONNECT : ERROR_USAGE,
        "%s: no %s server is found for %s%s; popferry discover %s shows what was asked; or write the URL of the server",
        side, name, r->address, r->temporary ? ", and not all that was asked did answer" : "", r->address);
}

/* Asked on standard error, since standard output is for data. */
static bool agrees(const struct discover_finding *f)
{
    char answer[16] = "";
    fprintf(stderr, "Use %s, and send it the password? Type yes: ", f->server.host);
    fflush(stderr);
    return fgets(answer, sizeof answer, stdin) && !strcmp(answer, "yes\n");
}

static int check_trust(const struct discover_options *o, const struct discover_finding *f, const char *side,
    bool interactive, struct error *err)
{
    if (f->trusted)
        return 0;
    fprintf(stderr, "popferry: warning: %s: this must be confirmed: %s\n", side, f->why_not);
    if (o->trust || (interactive && isatty(STDIN_FILENO) && agrees(f)))
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: nobody agreed to %s, so no password is sent there: %s; if it is the right server, say --trust, or "
        "write its URL",
        side, f->server.host, f->why_not);
}

int discover_endpoint(const struct discover_options *o, const char *side, const char *address,
    const char *user, enum endpoint_protocol protocol, bool interactive, bool (*stop)(void *ctx), void *ctx,
    char **ret, struct error *err)
{
    CLEANUP(discover_result_done) struct discover_result r = {0};
    const enum stream_protocol wanted = protocol == ENDPOINT_POP3 ? STREAM_POP3 : STREAM_IMAP;
    const bool want[2] = {[STREAM_POP3] = wanted == STREAM_POP3, [STREAM_IMAP] = wanted == STREAM_IMAP};
    if (discover_options_run(o, address, want, stop, ctx, &r, err) < 0)
        return error_prefix(err, "%s", side);
    const struct discover_finding *f = discover_result_best(&r, wanted);
    if (!f)
        return nothing_found(&r, side, protocol, err);
    struct discover_server server = f->server;
    if (user)
        snprintf(server.user, sizeof server.user, "%s", user);
    CLEANUP(mem_free_str) char *url = discover_server_url(&server);
    fprintf(stderr, "popferry: %s: %s, known by %s (%s)\n", side, url, discover_rung_words(f->rung), f->what);
    if (check_trust(o, f, side, interactive, err) < 0)
        return -1;
    *ret = TAKE(url);
    return 0;
}
