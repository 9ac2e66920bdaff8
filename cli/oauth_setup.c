#include "oauth_setup.h"

#include "jwt.h"
#include "mem.h"
#include "provider.h"
#include "service_key.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX (256 * 1024)

static int usage(struct error *err, const char *what)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s", what);
}

/* ---- files ---- */
/* All of a small file that may hold a key; caller wipes and frees. */
static char *read_file(const char *option, const char *file, struct error *err)
{
    char *text = mem_alloc(FILE_MAX + 1);
    int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    size_t len = 0;
    ssize_t n = fd < 0 ? -1 : 1;
    while (n > 0 && len < FILE_MAX) {
        n = read(fd, text + len, FILE_MAX - len);
        len += n > 0 ? (size_t)n : 0;
    }
    int no = errno;
    if (fd >= 0)
        close(fd);
    if (n == 0 && len && strlen(text) == len)
        return text;
    explicit_bzero(text, len);
    free(text);
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s %.300s: %s", option, file,
        n < 0    ? strerror(no)
        : !len   ? "the file is empty"
        : n == 0 ? "the file is no text (it holds NUL)"
                 : "the file is too large");
    return NULL;
}

static char *read_line(const char *option, const char *file, struct error *err)
{
    char *text = read_file(option, file, err);
    if (!text)
        return NULL;
    size_t len = strcspn(text, "\r\n");
    explicit_bzero(text + len, strlen(text + len));
    if (len)
        return text;
    free(text);
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s %.300s: holds no secret in its first line", option, file);
    return NULL;
}

/* ---- where tokens are kept ---- */
static void make_parents(const char *path)
{
    char *copy CLEANUP(mem_free_str) = mem_strdup(path);
    for (char *p = strchr(copy + 1, '/'); p; p = strchr(p + 1, '/')) {
        *p = '\0';
        mkdir(copy, 0700); /* whether it is there now, its last user sees */
        *p = '/';
    }
}

/* As the XDG base directories have it. */
static char *default_dir(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && *state == '/')
        return mem_printf("%s/popferry/tokens", state);
    return home && *home == '/' ? mem_printf("%s/.local/state/popferry/tokens", home) : NULL;
}

static int find_tokens_dir(struct oauth_setup *s, const struct options *o, struct error *err)
{
    s->tokens_dir = o->oauth_tokens ? mem_strdup(o->oauth_tokens) : default_dir();
    if (!s->tokens_dir)
        return usage(err, "there is no HOME to keep tokens in: name a folder by --oauth-tokens");
    make_parents(s->tokens_dir);
    return 0;
}

/* ---- the provider ---- */
struct kind {
    const char *name, *provider; /* provider NULL: all by options */
    enum oauth_way way;
};

static const struct kind kinds[] = {
    {"google", "google", OAUTH_PERSON},
    {"google-service", "google", OAUTH_SERVICE},
    {"microsoft", "microsoft", OAUTH_PERSON},
    {"microsoft-app", "microsoft", OAUTH_APP},
    {"other", NULL, OAUTH_PERSON},
    {"other-app", NULL, OAUTH_APP},
};

static const struct kind *find_kind(const char *option, const char *name, struct error *err)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (!strcmp(name, kinds[i].name))
            return &kinds[i];
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: must be google, google-service, microsoft, microsoft-app, other or other-app, not \"%.60s\"",
        option, name);
    return NULL;
}

static int fill_url(const struct provider *p, const char *given, const char *preset, const char *tenant,
    char **ret, struct error *err)
{
    if (given && strncmp(given, "https://", 8) != 0)
        return usage(err, "the addresses of a token endpoint begin with https://");
    *ret = given ? mem_strdup(given) : preset ? provider_url(p, preset, tenant) : NULL;
    if (preset && !*ret)
        return usage(err, "--oauth-tenant: must be the tenant's domain or id");
    return 0;
}

static int fill_urls(
    struct oauth_setup *s, const struct options *o, const struct provider *p, struct error *err)
{
    const struct provider none = {0};
    const struct provider *preset = p ? p : &none;
    const char *tenant = o->oauth_tenant;
    if (fill_url(preset, o->oauth_authorize_url, preset->authorize_url, tenant, &s->authorize_url, err) < 0 ||
        fill_url(preset, o->oauth_token_url, preset->token_url, tenant, &s->token_url, err) < 0 ||
        fill_url(preset, o->oauth_device_url, preset->device_url, tenant, &s->device_url, err) < 0)
        return -1;
    s->client.authorize_url = s->authorize_url;
    s->client.token_url = s->token_url;
    s->client.device_url = s->device_url;
    s->client.redirect_host = preset->redirect_host;
    s->client.authorize_extra = preset->authorize_extra;
    return 0;
}

static const char *scope_of(const struct oauth_setup *s, const struct provider *p, const struct endpoint *e)
{
    if (!p)
        return NULL;
    if (s->way == OAUTH_APP)
        return p->scope_app;
    if (s->way == OAUTH_SERVICE)
        return p->scope_service;
    return e->protocol == ENDPOINT_POP3 ? p->scope_pop : p->scope_imap;
}

static int check(
    const struct oauth_setup *s, const struct options *o, const struct provider *p, struct error *err)
{
    if (!s->client.token_url && s->client.client_id)
        return usage(err, "name the provider's token endpoint by --oauth-token-url");
    if (!s->client.scope && s->client.client_id)
        return usage(err, "name the rights to ask for by --oauth-scope");
    if (s->way == OAUTH_SERVICE && !o->oauth_key)
        return usage(err, "name the key file of the service account by --oauth-key");
    if (s->way != OAUTH_APP)
        return 0;
    if (!o->oauth_client)
        return usage(err, "name the application by --oauth-client");
    if (p && p->tenant && !o->oauth_tenant && !o->oauth_token_url)
        return usage(err, "an application signs in to one tenant: name it by --oauth-tenant");
    if (!o->oauth_key && !o->oauth_client_secret_file)
        return usage(err, "an application needs --oauth-client-secret-file, or --oauth-key and "
                          "--oauth-certificate");
    return 0;
}

static int fill(struct oauth_setup *s, const struct options *o, const struct kind *kind,
    const struct endpoint *e, struct error *err)
{
    const struct provider *p = kind->provider ? provider_find(kind->provider) : NULL;
    const char *host = e->host, *user = e->user;
    s->way = kind->way;
    s->client.client_id = o->oauth_client;
    s->client.ca_file = o->ca_file;
    s->client.proxy = o->proxy;
    if (fill_urls(s, o, p, err) < 0)
        return -1;
    s->client.scope = o->oauth_scope ? o->oauth_scope : scope_of(s, p, e);
    s->account = s->way == OAUTH_APP
                     ? mem_printf("application:%s", o->oauth_client ? o->oauth_client : "")
                     : mem_printf("%s:%s@%s", e->protocol == ENDPOINT_POP3 ? "pop3" : "imap", user, host);
    if (o->oauth_client_secret_file) {
        s->secret = read_line("--oauth-client-secret-file", o->oauth_client_secret_file, err);
        if (!s->secret)
            return -1;
        s->client.client_secret = s->secret;
    }
    return check(s, o, p, err) < 0 ? -1 : find_tokens_dir(s, o, err);
}

int oauth_setup_read(const struct options *o, enum job_side side, const struct endpoint *e,
    struct oauth_setup *ret, struct error *err)
{
    struct oauth_setup s CLEANUP(oauth_setup_done) = {0};
    bool source = side == JOB_SOURCE;
    const struct kind *kind =
        find_kind(source ? "--from-oauth" : "--to-oauth", source ? o->from_oauth : o->to_oauth, err);
    if (!kind || fill(&s, o, kind, e, err) < 0)
        return -1;
    *ret = s;
    s = (struct oauth_setup){0};
    return 0;
}

void oauth_setup_done(struct oauth_setup *s)
{
    mem_wipe_free(s->secret);
    free(s->authorize_url);
    free(s->token_url);
    free(s->device_url);
    free(s->tokens_dir);
    free(s->account);
    *s = (struct oauth_setup){0};
}

/* ---- the source ---- */
static struct jwt_key *read_key(const struct options *o, struct error *err)
{
    char *pem = read_file("--oauth-key", o->oauth_key, err);
    struct jwt_key *key = pem ? jwt_key_new(pem, o->oauth_key, err) : NULL;
    mem_wipe_free(pem);
    const char *file = o->oauth_certificate ? o->oauth_certificate : o->oauth_key;
    char *certificate = key ? read_file("--oauth-certificate", file, err) : NULL;
    bool ok = certificate && jwt_key_certificate(key, certificate, file, err) == 0;
    mem_wipe_free(certificate);
    if (ok)
        return key;
    jwt_key_free(key);
    return NULL;
}

static struct token_source *app_source(
    const struct oauth_setup *s, const struct options *o, struct error *err)
{
    struct jwt_key *key = o->oauth_key ? read_key(o, err) : NULL;
    if (o->oauth_key && !key)
        return NULL;
    struct token_source *source = token_source_app(&s->client, key, JWT_PS256);
    token_source_keep(source, s->tokens_dir, s->account);
    return source;
}

static struct token_source *service_source(
    const struct oauth_setup *s, const struct options *o, const struct endpoint *e, struct error *err)
{
    struct service_key key = {0};
    struct oauth_client c = s->client;
    char *text = read_file("--oauth-key", o->oauth_key, err);
    int rc = text ? service_key_parse(text, strlen(text), o->oauth_key, &key, err) : -1;
    mem_wipe_free(text);
    if (rc < 0)
        return NULL;
    c.token_url = o->oauth_token_url; /* else the key file's */
    return token_source_service(&c, &key, e->user);
}

/* Unless the application is named anew, everything is as popferry login has noted it. */
static struct token_source *person_source(const struct oauth_setup *s)
{
    struct oauth_client c = s->client;
    if (!c.client_id)
        c.token_url = c.client_secret = c.scope = NULL;
    struct token_source *source = token_source_refresh(&c, NULL);
    token_source_keep(source, s->tokens_dir, s->account);
    return source;
}

struct token_source *oauth_setup_source(
    const struct oauth_setup *s, const struct options *o, const struct endpoint *e, struct error *err)
{
    if (s->way == OAUTH_APP)
        return app_source(s, o, err);
    return s->way == OAUTH_SERVICE ? service_source(s, o, e, err) : person_source(s);
}
