/* What the options about OAuth 2.0 come to. */
#include "check.h"
#include "mem.h"
#include "oauth_setup.h"
#include <sys/stat.h>
#include <unistd.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

static char dir[] = "/tmp/popferry-test-oauth-XXXXXX";
static char secret_file[64], tokens_dir[64];

static const struct setup_case {
    const char *label, *provider;
    enum endpoint_protocol protocol;
    bool client, secret;
    const char *tenant, *token_url, *scope, *key;
    /* what comes of it; text: of the error */
    enum oauth_way way;
    const char *url, *scope_asked, *account, *text;
} cases[] = {
    {"google", "google", ENDPOINT_IMAP, true, true, NULL, NULL, NULL, NULL, OAUTH_PERSON,
        "https://oauth2.googleapis.com/token", "https://mail.google.com/", "imap:taro@example.jp@h", NULL},
    {"microsoft, IMAP", "microsoft", ENDPOINT_IMAP, true, false, NULL, NULL, NULL, NULL, OAUTH_PERSON,
        "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
        "https://outlook.office.com/IMAP.AccessAsUser.All offline_access", "imap:taro@example.jp@h", NULL},
    {"microsoft, POP", "microsoft", ENDPOINT_POP3, true, false, "example.com", NULL, NULL, NULL, OAUTH_PERSON,
        "https://login.microsoftonline.com/example.com/oauth2/v2.0/token",
        "https://outlook.office.com/POP.AccessAsUser.All offline_access", "pop3:taro@example.jp@h", NULL},
    {"stored", "other", ENDPOINT_IMAP, false, false, NULL, NULL, NULL, NULL, OAUTH_PERSON, NULL, NULL,
        "imap:taro@example.jp@h", NULL},
    {"app", "microsoft-app", ENDPOINT_IMAP, true, true, "t-1", NULL, NULL, NULL, OAUTH_APP,
        "https://login.microsoftonline.com/t-1/oauth2/v2.0/token", "https://outlook.office365.com/.default",
        "application:client", NULL},
    {"service", "google-service", ENDPOINT_POP3, false, false, NULL, NULL, "s", "key.json", OAUTH_SERVICE,
        "https://oauth2.googleapis.com/token", "s", "pop3:taro@example.jp@h", NULL},
    {"other", "other", ENDPOINT_IMAP, true, false, NULL, "https://a.example/t", "s", NULL, OAUTH_PERSON,
        "https://a.example/t", "s", "imap:taro@example.jp@h", NULL},
    {"unknown", "yahoo", ENDPOINT_IMAP, true, false, NULL, NULL, NULL, NULL, OAUTH_PERSON, NULL, NULL, NULL,
        "--to-oauth: must be google"},
    {"no address", "other", ENDPOINT_IMAP, true, false, NULL, NULL, "s", NULL, OAUTH_PERSON, NULL, NULL, NULL,
        "--oauth-token-url"},
    {"no scope", "other", ENDPOINT_IMAP, true, false, NULL, "https://a/", NULL, NULL, OAUTH_PERSON, NULL,
        NULL, NULL, "--oauth-scope"},
    {"no TLS", "other", ENDPOINT_IMAP, true, false, NULL, "http://a/", "s", NULL, OAUTH_PERSON, NULL, NULL,
        NULL, "https://"},
    {"bad tenant", "microsoft", ENDPOINT_IMAP, true, false, "../x", NULL, NULL, NULL, OAUTH_PERSON, NULL,
        NULL, NULL, "--oauth-tenant"},
    {"app without tenant", "microsoft-app", ENDPOINT_IMAP, true, true, NULL, NULL, NULL, NULL, OAUTH_APP,
        NULL, NULL, NULL, "--oauth-tenant"},
    {"app without secret", "microsoft-app", ENDPOINT_IMAP, true, false, "t", NULL, NULL, NULL, OAUTH_APP,
        NULL, NULL, NULL, "--oauth-client-secret-file"},
    {"app without client", "microsoft-app", ENDPOINT_IMAP, false, true, "t", NULL, NULL, NULL, OAUTH_APP,
        NULL, NULL, NULL, "--oauth-client"},
    {"service without key", "google-service", ENDPOINT_IMAP, false, false, NULL, NULL, NULL, NULL,
        OAUTH_SERVICE, NULL, NULL, NULL, "--oauth-key"},
};

static struct options options_of(const struct setup_case *c)
{
    return (struct options){
        .to_oauth = (char *)c->provider,
        .oauth_client = c->client ? (char *)"client" : NULL,
        .oauth_client_secret_file = c->secret ? secret_file : NULL,
        .oauth_tenant = (char *)c->tenant,
        .oauth_token_url = (char *)c->token_url,
        .oauth_scope = (char *)c->scope,
        .oauth_key = (char *)c->key,
        .oauth_tokens = tokens_dir,
    };
}

static void options_become_a_setup(void)
{
    const struct endpoint base = {.host = (char *)"h", .user = (char *)"taro@example.jp"};
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct setup_case *c = &cases[i];
        struct options o = options_of(c);
        struct endpoint e = base;
        struct oauth_setup s = {0};
        struct error err = {0};
        CHECK_LABEL("%s", c->label);
        e.protocol = c->protocol;
        CHECK_INT(oauth_setup_read(&o, JOB_DESTINATION, &e, &s, &err), c->text ? -1 : 0);
        CHECK(!c->text || strstr(err.text, c->text));
        CHECK_INT(err.code, c->text ? ERROR_USAGE : ERROR_NONE);
        CHECK_STR(s.client.token_url, c->url);
        CHECK_STR(s.client.scope, c->scope_asked);
        CHECK_STR(s.account, c->account);
        if (!c->text)
            CHECK_INT(s.way, c->way);
        CHECK_STR(s.client.client_secret, c->secret && !c->text ? "s3cret" : NULL);
        oauth_setup_done(&s);
        CHECK(!s.account);
    }
}

static void bad_keys_are_refused(void)
{
    static const char *const providers[] = {"google-service", "microsoft-app"};
    const char *const files[] = {secret_file, "/nonexistent/key"};
    const struct endpoint e = {.host = (char *)"h", .user = (char *)"u", .protocol = ENDPOINT_IMAP};
    for (size_t i = 0; i < 4; i++) {
        const struct setup_case c = {
            "key", providers[i / 2], .client = true, .tenant = "t", .key = files[i % 2]};
        struct options o = options_of(&c);
        struct oauth_setup s = {0};
        struct error err = {0};
        CHECK_LABEL("%s %s", c.provider, c.key);
        CHECK_INT(oauth_setup_read(&o, JOB_DESTINATION, &e, &s, &err), 0);
        CHECK(!oauth_setup_source(&s, &o, &e, &err));
        CHECK_INT(err.code, ERROR_USAGE);
        CHECK(strstr(err.text, c.key) && !strstr(err.text, "s3cret"));
        oauth_setup_done(&s);
    }
}

static void folders_are_made(void)
{
    struct stat st;
    char above[64];
    CHECK_LABEL("folders");
    snprintf(above, sizeof above, "%s/state/popferry", dir);
    CHECK(stat(above, &st) == 0 && (st.st_mode & 0777) == 0700);
    CHECK(stat(tokens_dir, &st) < 0); /* token_store_open's */
    rmdir(above);
    *strrchr(above, '/') = '\0';
    rmdir(above);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"options become a setup", options_become_a_setup},
        {"bad keys are refused", bad_keys_are_refused},
        {"folders are made", folders_are_made},
    };
    umask(077);
    if (!mkdtemp(dir))
        return EXIT_FAILURE;
    snprintf(secret_file, sizeof secret_file, "%s/secret", dir);
    snprintf(tokens_dir, sizeof tokens_dir, "%s/state/popferry/tokens", dir);
    FILE *f = fopen(secret_file, "w");
    if (!f || fputs("s3cret\r\nmore\n", f) < 0 || fclose(f) != 0)
        return EXIT_FAILURE;
    int rc = check_main("oauth setup", tests, COUNT(tests));
    unlink(secret_file);
    rmdir(dir);
    return rc;
}
