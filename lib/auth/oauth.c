#include "oauth.h"

#include "https.h"
#include "mem.h"
#include <stdio.h>
#include <string.h>

#define REPLY_MAX   (128 * 1024)
#define ECHO_OCTETS 12

/* Is a part of it there, as far as it is worth something? Words are cut, and so is a secret in them. */
static bool repeats(const char *words, const char *secret)
{
    char part[ECHO_OCTETS + 1];
    size_t len = strlen(secret), n = len < ECHO_OCTETS ? len : ECHO_OCTETS;
    bool found = false;
    for (size_t i = 0; n && !found && i + n <= len; i++) {
        snprintf(part, n + 1, "%s", secret + i);
        found = strstr(words, part) != NULL;
    }
    explicit_bzero(part, sizeof part);
    return found;
}

/* Some servers repeat what was sent to them. */
static void hide_echo(const struct auth_form *form, struct oauth_reply *reply)
{
    static const char *const secrets[] = {"client_secret", "refresh_token", "code", "code_verifier",
        "device_code", "assertion", "client_assertion"};
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        char *secret = auth_form_get(form->text, secrets[i]);
        bool in_error = secret && repeats(reply->error, secret);
        if (in_error || (secret && repeats(reply->description, secret)))
            snprintf(reply->description, sizeof reply->description, "its words repeat a secret");
        if (in_error)
            snprintf(reply->error, sizeof reply->error, "unknown");
        mem_wipe_free(secret);
    }
}

/* A broken endpoint answers with a page for people. */
static int no_reply(const struct https_reply *http, const char *host, struct error *err)
{
    bool later = http->status >= 500 || http->status == 429;
    return error_set(err, ERROR_SCOPE_JOB, later ? ERROR_RETRY_LATER : ERROR_RETRY_NEVER,
        later ? ERROR_THROTTLED : ERROR_PROTOCOL, "%s: status %d, and %s; %s", host, http->status,
        err ? err->text : "", later ? "try again later" : "is this the right address for tokens?");
}

int oauth_ask(const struct oauth_client *c, const char *url, const struct auth_form *form,
    struct oauth_reply *ret, struct error *err)
{
    struct error why = {0};
    char host[128];
    const struct https_request request = {
        .url = url ? url : "",
        .form = form->text,
        .accept = "application/json",
        .ca_file = c->ca_file,
        .address = c->address,
        .proxy = c->proxy,
        .max_octets = REPLY_MAX,
        .stop = c->stop,
        .ctx = c->ctx,
    };
    CLEANUP(https_reply_done) struct https_reply http = {0};
    if (https_fetch(&request, &http, err) < 0)
        return -1;
    struct oauth_reply reply = {0};
    if (oauth_reply_parse(http.body, http.len, &reply, &why) < 0) {
        no_reply(&http, auth_host(url, host, sizeof host), &why);
        if (err)
            *err = why;
        return -1;
    }
    reply.status = http.status;
    if (http.status >= 400 && !reply.error[0])
        snprintf(reply.error, sizeof reply.error, "status %d", http.status);
    hide_echo(form, &reply);
    *ret = reply;
    return 0;
}
