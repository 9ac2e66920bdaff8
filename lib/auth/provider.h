/* provider.h - where Google and Microsoft give out tokens, and which rights to ask for, as data. Everything
 * can be overridden; nothing here is asked of the network.
 *
 * There is no client id among it: each customer registers an application of their own (Gmail's scope is a
 * restricted one, and Microsoft's app-only rights are the tenant's to give). */
#pragma once

#include <stdbool.h>

struct provider {
    const char *name; /* "google", as an option takes it */
    const char *title;
    const char *authorize_url, *token_url; /* "{tenant}" stands for the tenant */
    const char *device_url;                /* NULL: its device grant gives no rights to mail */
    const char *tenant;                    /* when none is named; NULL: it has none */
    const char *scope_imap, *scope_pop;    /* of a person's own consent, with a refresh token */
    const char *scope_app;                 /* of the application itself (client credentials); NULL: none */
    const char *scope_service;             /* of a service account; NULL: none */
    const char *redirect_host;             /* as the loopback redirect (RFC 8252) is registered there */
    const char *authorize_extra;           /* more of the authorization request's query; NULL: none */
    const char *source;                    /* where these values stand, and of which date */
};

const struct provider *provider_find(const char *name); /* NULL: unknown */
const struct provider *provider_at(unsigned index);     /* NULL: the end */

/* url with the tenant in its place; tenant NULL: the provider's. Caller frees; NULL: a tenant is a domain or
 * an id, this is neither. */
char *provider_url(const struct provider *p, const char *url, const char *tenant);
