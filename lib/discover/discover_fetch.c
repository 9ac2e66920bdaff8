/* Settings as files: from a folder, from the domain itself, from the ISPDB. */
#include "discover_ladder.h"

#include "https.h"
#include "mem.h"
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FETCH_SHARE 40 /* hundredths of the time for one round of requests */
#define FETCH_MAX   4
#define MEDIA_TYPE  "text/xml, application/xml"

/* One request of a round. */
struct fetch {
    const struct ladder *l;
    enum discover_rung rung;
    char *url;
    const char *why_not; /* NULL: what comes is trusted */
    char *address;       /* as discover_ladder_addresses gives it */
    pthread_t thread;
    int64_t timeout_ms;
    struct https_reply reply;
    struct error err;
    int rc;
};

static void round_done(struct fetch fetches[FETCH_MAX], size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(fetches[i].url);
        free(fetches[i].address);
        https_reply_done(&fetches[i].reply);
    }
}

/* ---- what a file says ---- */
static const char *place(char dst[300], const struct discover_server *s)
{
    snprintf(dst, 300, "%s%s %s:%u", s->protocol == STREAM_POP3 ? "POP3" : "IMAP",
        s->security == STREAM_TLS_IMPLICIT   ? ""
        : s->security == STREAM_TLS_STARTTLS ? " (STARTTLS)"
                                             : " (unencrypted)",
        s->host, s->port);
    return dst;
}

static void note_servers(struct ladder *l, enum discover_rung rung, const char *what,
    const struct discover_config *c, const char *why_not)
{
    char words[500] = "", one[300];
    for (size_t i = 0; i < c->count; i++) {
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, "%s%s", used ? ", " : "", place(one, &c->servers[i]));
        discover_ladder_found(l, rung, &c->servers[i], what, c->name, why_not);
    }
    if (!c->count)
        discover_ladder_note(l, rung, DISCOVER_NOT_FOUND, what, "it names no POP3 or IMAP server%s%s",
            c->left_out[0] ? "; " : "", c->left_out);
    else
        discover_ladder_note(l, rung, why_not ? DISCOVER_NOT_TRUSTED : DISCOVER_FOUND, what, "%s%s%s%s%s",
            words, c->left_out[0] ? "; " : "", c->left_out, why_not ? "; " : "", why_not ? why_not : "");
}

static void take_text(struct ladder *l, enum discover_rung rung, const char *what, const char *text,
    size_t len, const char *why_not)
{
    struct discover_config c;
    struct error err;
    struct discover_address who = l->who;
    who.own_settings = rung == DISCOVER_RUNG_FOLDER;
    if (discover_config_read(text, len, &who, &c, &err) < 0)
        discover_ladder_note(l, rung, DISCOVER_FAILED, what, "%s", err.text);
    else
        note_servers(l, rung, what, &c, why_not);
}

/* ---- a round of requests, side by side ---- */
static void *fetch_thread(void *ctx)
{
    struct fetch *f = ctx;
    struct https_request r = {
        .url = f->url,
        .accept = MEDIA_TYPE,
        .ca_file = f->l->spec->ca_file,
        .address = f->address && *f->address ? f->address : NULL,
        .max_octets = DISCOVER_CONFIG_MAX,
        .timeout_ms = f->timeout_ms,
        .allow_http = f->rung == DISCOVER_RUNG_HTTP,
        .stop = f->l->spec->stop,
        .ctx = f->l->spec->ctx,
    };
    f->rc = https_fetch(&r, &f->reply, &f->err);
    return NULL;
}

/* "autoconfig.example.jp" of "https://autoconfig.example.jp/mail/..."; caller frees. */
static char *host_of(const char *url)
{
    const char *host = strstr(url, "://");
    host = host ? host + 3 : url;
    return mem_strndup(host, strcspn(host, ":/?#"));
}

static void judge(struct ladder *l, struct fetch *f)
{
    int status = f->reply.status;
    if (f->address && !*f->address) {
        discover_ladder_note(l, f->rung, DISCOVER_NOT_FOUND, f->url, "no address is known for this host");
    } else if (f->rc < 0) {
        bool nobody = f->err.code == ERROR_CONNECT;
        CLEANUP(mem_free_str) char *host = host_of(f->url);
        l->result->temporary = l->result->temporary || f->err.code == ERROR_TIMEOUT;
        discover_ladder_note(l, f->rung, nobody ? DISCOVER_NOT_FOUND : DISCOVER_FAILED, f->url, "%s",
            discover_ladder_words(&f->err, host));
    } else if (status == 200) {
        take_text(l, f->rung, f->url, f->reply.body, f->reply.len, f->why_not);
    } else {
        l->result->temporary = l->result->temporary || status >= 500;
        discover_ladder_note(
            l, f->rung, status >= 500 ? DISCOVER_FAILED : DISCOVER_NOT_FOUND, f->url, "HTTP %d", status);
    }
}

static int find_addresses(struct ladder *l, struct fetch *fetches, size_t count)
{
    char *hosts[FETCH_MAX] = {0}, *found[FETCH_MAX] = {0};
    for (size_t i = 0; i < count; i++)
        hosts[i] = host_of(fetches[i].url);
    int rc = discover_ladder_addresses(l, (const char *const *)hosts, count, found);
    for (size_t i = 0; i < count; i++) {
        fetches[i].address = found[i];
        free(hosts[i]);
    }
    return rc;
}

/* Consumes the fetches. */
static int run_round(struct ladder *l, struct fetch fetches[FETCH_MAX], size_t count)
{
    bool begun[FETCH_MAX] = {false};
    int rc = find_addresses(l, fetches, count);
    for (size_t i = 0; i < count && rc == 0; i++) {
        struct fetch *f = &fetches[i];
        f->l = l;
        f->timeout_ms = discover_ladder_left_ms(l, FETCH_SHARE);
        if (f->address && !*f->address)
            continue;
        begun[i] = pthread_create(&f->thread, NULL, fetch_thread, f) == 0;
        if (!begun[i])
            fetch_thread(f);
    }
    for (size_t i = 0; i < count; i++)
        if (begun[i])
            pthread_join(fetches[i].thread, NULL);
    for (size_t i = 0; i < count && rc == 0; i++) {
        if (fetches[i].rc < 0 && fetches[i].err.code == ERROR_CANCELLED)
            rc = error_set(l->err, fetches[i].err.scope, fetches[i].err.retry, ERROR_CANCELLED, "%s",
                fetches[i].err.text);
        else
            judge(l, &fetches[i]);
    }
    round_done(fetches, count);
    return rc;
}

/* ---- URLs ---- */
static char *autoconfig_url(const struct ladder *l, const char *scheme, const char *domain)
{
    CLEANUP(mem_free_str) char *address = discover_url_encode(l->who.whole);
    return mem_printf("%s://autoconfig.%s/mail/config-v1.1.xml?emailaddress=%s", scheme, domain, address);
}

static char *ispdb_url(const struct ladder *l, const char *domain)
{
    const char *base = l->spec->ispdb;
    return mem_printf("%s%s%s", base, base[strlen(base) - 1] == '/' ? "" : "/", domain);
}

/* ---- the folder ---- */
/* 1 when there is such a file. */
static int read_file(struct ladder *l, enum discover_rung rung, const char *path, const char *why_not)
{
    FILE *f = fopen(path, "rbe");
    if (!f && errno == ENOENT)
        return 0;
    char *text = mem_alloc(DISCOVER_CONFIG_MAX + 2);
    size_t len = f ? fread(text, 1, DISCOVER_CONFIG_MAX + 1, f) : 0;
    if (!f || ferror(f))
        discover_ladder_note(l, rung, DISCOVER_FAILED, path, "cannot be read: %s", strerror(errno));
    else
        take_text(l, rung, path, text, len, why_not);
    if (f)
        fclose(f);
    free(text);
    return 1;
}

static void look_in_folder(struct ladder *l, enum discover_rung rung, const char *domain, const char *why_not)
{
    if (!l->spec->folder)
        return;
    CLEANUP(mem_free_str) char *plain = mem_printf("%s/%s", l->spec->folder, domain);
    CLEANUP(mem_free_str) char *xml = mem_printf("%s.xml", plain);
    if (!read_file(l, rung, xml, why_not) && !read_file(l, rung, plain, why_not))
        discover_ladder_note(l, rung, DISCOVER_NOT_FOUND, xml, "no such file");
}

int discover_fetch_folder(struct ladder *l)
{
    look_in_folder(l, DISCOVER_RUNG_FOLDER, l->who.domain, NULL);
    return 0;
}

/* ---- the rungs ---- */
int discover_fetch_own(struct ladder *l)
{
    struct fetch fetches[FETCH_MAX] = {
        {.rung = DISCOVER_RUNG_AUTOCONFIG, .url = autoconfig_url(l, "https", l->who.domain)},
        {.rung = DISCOVER_RUNG_WELL_KNOWN,
            .url = mem_printf("https://%s/.well-known/autoconfig/mail/config-v1.1.xml", l->who.domain)},
    };
    return run_round(l, fetches, 2);
}

int discover_fetch_ispdb(struct ladder *l)
{
    if (!l->spec->ispdb) {
        discover_ladder_note(l, DISCOVER_RUNG_ISPDB, DISCOVER_SKIPPED, l->who.domain, "it is switched off");
        return 0;
    }
    struct fetch fetches[FETCH_MAX] = {{.rung = DISCOVER_RUNG_ISPDB, .url = ispdb_url(l, l->who.domain)}};
    return run_round(l, fetches, 1);
}

int discover_fetch_http(struct ladder *l)
{
    struct fetch fetches[FETCH_MAX] = {{.rung = DISCOVER_RUNG_HTTP,
        .url = autoconfig_url(l, "http", l->who.domain),
        .why_not = "it came unencrypted, anybody on the way can have changed it"}};
    if (l->spec->allow_http)
        return run_round(l, fetches, 1);
    discover_ladder_note(
        l, DISCOVER_RUNG_HTTP, DISCOVER_SKIPPED, fetches[0].url, "not asked without --allow-http");
    round_done(fetches, 1);
    return 0;
}

int discover_fetch_mx(struct ladder *l, const char *domain, const char *why_not)
{
    const enum discover_rung rung = DISCOVER_RUNG_MX_AUTOCONFIG;
    look_in_folder(l, rung, domain, why_not);
    struct fetch fetches[FETCH_MAX] = {
        {.rung = rung, .url = autoconfig_url(l, "https", domain), .why_not = why_not}};
    size_t count = 1;
    if (l->spec->ispdb)
        fetches[count++] = (struct fetch){.rung = rung, .url = ispdb_url(l, domain), .why_not = why_not};
    return run_round(l, fetches, count);
}
