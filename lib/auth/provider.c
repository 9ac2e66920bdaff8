#include "provider.h"

#include "mem.h"
#include "text.h"
#include <stddef.h>
#include <string.h>

#define MICROSOFT  "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/"
#define OUTLOOK    "https://outlook.office.com/"
#define GMAIL      "https://mail.google.com/"
#define TENANT     "{tenant}"
#define TENANT_LEN (sizeof TENANT - 1)

static const struct provider providers[] = {
    {
        .name = "google",
        .title = "Google",
        .authorize_url = "https://accounts.google.com/o/oauth2/v2/auth",
        .token_url = "https://oauth2.googleapis.com/token",
        .scope_imap = GMAIL,
        .scope_pop = GMAIL,
        .scope_service = GMAIL,
        .redirect_host = "127.0.0.1",
        .authorize_extra = "access_type=offline&prompt=consent", /* else there is no refresh token */
        .source = "developers.google.com/identity/protocols/oauth2 (native-app, service-account), as known "
                  "in 2026-11; not measured",
    },
    {
        .name = "microsoft",
        .title = "Microsoft",
        .authorize_url = MICROSOFT "authorize",
        .token_url = MICROSOFT "token",
        .device_url = MICROSOFT "devicecode",
        .tenant = "organizations",
        .scope_imap = OUTLOOK "IMAP.AccessAsUser.All offline_access",
        .scope_pop = OUTLOOK "POP.AccessAsUser.All offline_access",
        .scope_app = "https://outlook.office365.com/.default",
        .redirect_host = "localhost",
        .source = "learn.microsoft.com, \"Authenticate an IMAP, POP or SMTP connection using OAuth\", "
                  "2025-09-07; endpoints not measured",
    },
};

const struct provider *provider_at(unsigned index)
{
    return index < sizeof providers / sizeof *providers ? &providers[index] : NULL;
}

const struct provider *provider_find(const char *name)
{
    for (unsigned i = 0; provider_at(i); i++)
        if (text_equal_nocase(name, providers[i].name))
            return &providers[i];
    return NULL;
}

static bool is_tenant(const char *tenant)
{
    size_t len = strlen(tenant);
    return len && len < 256 && tenant[0] != '.' &&
           strspn(tenant, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-") == len;
}

char *provider_url(const struct provider *p, const char *url, const char *tenant)
{
    const char *place = strstr(url, TENANT);
    tenant = tenant ? tenant : p->tenant;
    if (!place)
        return mem_strdup(url);
    if (!tenant || !is_tenant(tenant))
        return NULL;
    return mem_printf("%.*s%s%s", (int)(place - url), url, tenant, place + TENANT_LEN);
}
