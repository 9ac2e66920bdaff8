#include "oauth.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

#define AGAIN "sign in again with \"popferry login\""

struct advice {
    const char *sign; /* in error or description */
    const char *next;
};

/* Microsoft's own numbers say more than the error's name. Those that a migration meets; the others are passed
 * on with the server's words. From Microsoft Entra's published list of AADSTS codes, not measured. */
static const struct advice numbers[] = {
    {"AADSTS65001", "the application has not been consented to: " AGAIN ", or let an administrator consent"},
    {"AADSTS65004", "the consent was declined: " AGAIN ", and accept"},
    {"AADSTS90094", "an administrator of the tenant must consent to the application's rights"},
    {"AADSTS700016", "the application is not known in this tenant: check client id and tenant"},
    {"AADSTS90002", "the tenant is not known: check its name"},
    {"AADSTS7000215", "the client secret is wrong: it is the secret's value that is wanted, not its id"},
    {"AADSTS7000222", "the client secret has expired: make a new one"},
    {"AADSTS7000218", "the application asks for a client secret: name it, or allow public client flows"},
    {"AADSTS700027", "the certificate is not registered with the application, or is another one"},
    {"AADSTS53003", "a Conditional Access policy of the tenant forbids it: ask its administrator"},
    {"AADSTS50076", "a second factor is wanted: " AGAIN},
    {"AADSTS50079", "a second factor must be set up: " AGAIN},
    {"AADSTS50173", "the password was changed or access revoked: " AGAIN},
    {"AADSTS700082", "it was not used for too long: " AGAIN},
};

static const struct advice names[] = {
    {"consent_required", "consent is missing: " AGAIN ", or let an administrator consent"},
    {"interaction_required", "a person must take part: " AGAIN},
    {"invalid_grant", "it is expired, revoked or of another application: " AGAIN},
    {"invalid_client", "check client id and client secret (or the certificate)"},
    {"unauthorized_client", "this application, or service account, has no right to sign in this way: give it "
                            "that right in the provider's console"},
    {"access_denied", "the sign-in was declined, or the account may not do it"},
    {"invalid_scope", "the rights asked for are not known there, or not given to this application"},
    {"unsupported_grant_type", "this endpoint does not know this way to sign in: check the provider"},
    {"expired_token", "the code was not entered in time: " AGAIN},
    {"admin_policy_enforced", "an administrator of the account's organisation has to allow the application"},
};

static const char *find(const struct advice *list, size_t count, const char *text)
{
    for (size_t i = 0; i < count; i++) {
        const char *at = strstr(text, list[i].sign);
        char after = at ? at[strlen(list[i].sign)] : '\0';
        if (at && !(after >= '0' && after <= '9'))
            return list[i].next;
    }
    return NULL;
}

/* A refresh token is renewed by a person; the other grants have nobody to ask. */
static const char *next_step(const char *grant, const struct oauth_reply *r)
{
    const char *next = find(numbers, sizeof numbers / sizeof *numbers, r->description);
    if (next)
        return next;
    if (strstr(grant, "service account") && strstr(r->error, "invalid_grant"))
        return "check the user's address and this machine's clock";
    if (strstr(grant, "authorization") && strstr(r->error, "invalid_grant"))
        return "the code is used up or too old: " AGAIN;
    next = find(names, sizeof names / sizeof *names, r->error);
    return next ? next : "ask the provider";
}

static bool is_busy(const struct oauth_reply *r)
{
    return r->status >= 500 || r->status == 429 || !strcmp(r->error, "temporarily_unavailable") ||
           !strcmp(r->error, "server_error");
}

int oauth_refused(
    struct error *err, const struct oauth_client *c, const char *grant, const struct oauth_reply *r)
{
    char host[96], id[80], words[300];
    const char *client = c->client_id ? c->client_id : "";
    auth_host(c->token_url, host, sizeof host);
    text_clean(id, sizeof id, client, strlen(client));
    snprintf(words, sizeof words, "%s%s%.220s", r->error, r->description[0] ? ": " : "", r->description);
    if (is_busy(r))
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_THROTTLED,
            "%s: no token for now (the server says: \"%s\"); try again later", host, words);
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH,
        "%s: %s%s%s was refused (the server says: \"%s\"); %s", host, grant, *id ? " of client " : "", id,
        words, next_step(grant, r));
}
