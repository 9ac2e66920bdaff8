/* popferry login: a person signs in once, and the tokens are kept for the runs to come. What signs in by
 * itself (an application, a service account) is tried out. */
#include "clock.h"
#include "command.h"
#include "exit_code.h"
#include "login_code.h"
#include "login_device.h"
#include "mem.h"
#include "oauth_setup.h"
#include "options.h"
#include "secret.h"
#include "stop.h"
#include "talk.h"
#include "token_store.h"
#include <stdio.h>

#define BROWSER_MS 600000

static bool asked_to_stop(void *ctx)
{
    (void)ctx;
    return stop_is_asked();
}

static int by_browser(
    const struct oauth_setup *s, const struct endpoint *e, struct token_set *ret, struct error *err)
{
    struct login_code *login = login_code_start(&s->client, 0, e->user, err);
    if (!login)
        return -1;
    printf("Open this address in a browser on this machine, and sign in as %s:\n\n  %s\n\n", e->user,
        login_code_url(login));
    fflush(stdout);
    int rc = login_code_wait(login, BROWSER_MS, clock_system(), ret, err);
    login_code_free(login);
    return rc;
}

static int by_device(
    const struct oauth_setup *s, const struct endpoint *e, struct token_set *ret, struct error *err)
{
    struct login_device d;
    if (login_device_start(&d, &s->client, clock_system(), err) < 0)
        return -1;
    printf("Open %s on any machine, enter the code %s, and sign in as %s.\n", d.reply.verification_url,
        d.reply.user_code, e->user);
    fflush(stdout);
    int rc = login_device_wait(&d, clock_system(), ret, err);
    login_device_done(&d);
    return rc;
}

static int keep(const struct oauth_setup *s, const struct token_set *set, struct error *err)
{
    struct token_store store;
    if (!set->refresh)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_AUTH,
            "the provider gave no refresh token, so nothing can be kept: the rights must include offline access "
            "(--oauth-scope)");
    if (token_store_open(&store, s->tokens_dir, s->account, asked_to_stop, NULL, err) < 0)
        return -1;
    int rc = token_store_write(&store, set, err);
    token_store_close(&store);
    return rc;
}

static int person(
    const struct oauth_setup *s, const struct options *o, const struct endpoint *e, struct error *err)
{
    struct token_set set CLEANUP(token_set_done) = {0};
    if (!s->client.client_id)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "name the application by --oauth-client: each customer registers one with the provider");
    if ((o->device ? by_device(s, e, &set, err) : by_browser(s, e, &set, err)) < 0 || keep(s, &set, err) < 0)
        return -1;
    printf("Signed in: %s at %s. The tokens are kept in %s.\n", e->user, e->host, s->tokens_dir);
    return 0;
}

static int machine(
    const struct oauth_setup *s, const struct options *o, const struct endpoint *e, struct error *err)
{
    struct token_source *source = oauth_setup_source(s, o, e, err);
    const char *token;
    int rc = source ? token_get(source, clock_wall_s(clock_system()), true, &token, err) : -1;
    token_source_free(source);
    if (rc == 0)
        printf("A token was given for %s at %s; nothing else needs to be done.\n", e->user, e->host);
    return rc;
}

static int sign_in(const struct options *o, enum job_side side, const struct endpoint *e, struct error *err)
{
    struct oauth_setup s CLEANUP(oauth_setup_done) = {0};
    if (oauth_setup_read(o, side, e, &s, err) < 0)
        return -1;
    s.client.stop = asked_to_stop;
    return s.way == OAUTH_PERSON ? person(&s, o, e, err) : machine(&s, o, e, err);
}

static int sign_in_side(const struct options *o, enum job_side side, struct error *err)
{
    struct endpoint e CLEANUP(endpoint_done) = {0};
    return options_endpoint(o, side, &e, err) < 0 ? -1 : sign_in(o, side, &e, err);
}

/* The sides that name a provider. */
static int login(const struct options *o, struct error *err)
{
    if (!o->from_oauth && !o->to_oauth)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "sign in where? Name --from and --from-oauth, or --to and --to-oauth (google, microsoft)");
    if (o->from_oauth && sign_in_side(o, JOB_SOURCE, err) < 0)
        return -1;
    return o->to_oauth ? sign_in_side(o, JOB_DESTINATION, err) : 0;
}

int cmd_login(const struct command *self, int argc, const char **argv)
{
    struct options o CLEANUP(options_done) = {0};
    struct error err;
    int code;
    if (!command_begin(self, argc, argv, &o, &code))
        return code;
    stop_catch_signals();
    secret_warn(&o);
    return login(&o, &err) < 0 ? talk_error(NULL, &err) : EXIT_CODE_DONE;
}
