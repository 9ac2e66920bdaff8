#include "token_server.h"

#include "mem.h"
#include "net_certs.h"
#include <signal.h>

void (*token_server_hook)(unsigned nr);

static const char *ca;
static SSL_CTX *tls;
static struct net_server *server;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct token_answer answers[TOKEN_SERVER_MAX];
static size_t answer_count;
static struct http_ask asks[TOKEN_SERVER_MAX];
static unsigned asked;
static char token_url[64], device_url[64];

static void talk(struct net_peer *p, const struct net_script *script)
{
    (void)script;
    struct http_ask ask;
    if (!http_peer_ask(p, &ask))
        return;
    pthread_mutex_lock(&lock);
    unsigned nr = asked++;
    if (nr < TOKEN_SERVER_MAX)
        asks[nr] = ask;
    struct token_answer answer = answers[nr < answer_count ? nr : answer_count - 1];
    pthread_mutex_unlock(&lock);
    if (token_server_hook)
        token_server_hook(nr);
    if (answer.status)
        http_peer_answer(p, answer.status, "application/json", "Cache-Control: no-store\r\n", answer.body);
    else
        net_peer_hold(p);
}

void token_server_start(const struct token_answer *list, size_t count)
{
    memcpy(answers, list, count * sizeof *list);
    answer_count = count;
    asked = 0;
    memset(asks, 0, sizeof asks);
    server = net_server_start(&(struct net_script){.talk = talk, .tls = tls, .implicit = true});
    snprintf(token_url, sizeof token_url, "https://127.0.0.1:%u/token", net_server_port(server));
    snprintf(device_url, sizeof device_url, "https://127.0.0.1:%u/device", net_server_port(server));
}

void token_server_stop(void)
{
    net_server_stop(server);
    token_server_hook = NULL;
}

unsigned token_server_asked(void)
{
    pthread_mutex_lock(&lock);
    unsigned n = asked;
    pthread_mutex_unlock(&lock);
    return n;
}

const struct http_ask *token_server_ask(unsigned nr)
{
    return &asks[nr < TOKEN_SERVER_MAX ? nr : TOKEN_SERVER_MAX - 1];
}

char *token_server_field(unsigned nr, const char *field)
{
    pthread_mutex_lock(&lock);
    char *value = auth_form_get(asks[nr].body, field);
    pthread_mutex_unlock(&lock);
    return value;
}

void token_server_check(unsigned nr, const char *field, const char *value)
{
    char *found = token_server_field(nr, field);
    char label[64];
    snprintf(label, sizeof label, "%.40s", check_label);
    CHECK_LABEL("%s: %s", label, field);
    CHECK_STR(found, value);
    CHECK_LABEL("%s", label);
    free(found);
}

struct oauth_client token_server_client(void)
{
    return (struct oauth_client){
        .authorize_url = "https://login.example/authorize",
        .token_url = token_url,
        .device_url = device_url,
        .client_id = "client-1",
        .scope = "https://mail.example/imap offline_access",
        .ca_file = ca,
        .proxy = "",
    };
}

int token_server_main(const char *suite, const struct check_test *tests, size_t count)
{
    signal(SIGPIPE, SIG_IGN);
    ca = net_certs_init();
    tls = net_certs_server(NET_CERT_GOOD, 0);
    int rc = check_main(suite, tests, count);
    SSL_CTX_free(tls);
    net_certs_done();
    return rc;
}
