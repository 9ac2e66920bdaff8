#include "list_trust.h"

#include "i18n.h"
#include "mem.h"
#include "options_route.h"
#include "text.h"
#include <stdio.h>
#include <string.h>

#define SHOWN_MAX 200 /* octets of a cell in a sentence */

const struct option_row *list_trust_option(const struct accounts_column *column)
{
    if (column->option)
        return option_table_find(column->option);
    if (!strcmp(column->name, "from_password"))
        return option_table_find("from-password");
    return !strcmp(column->name, "to_password") ? option_table_find("to-password") : NULL;
}

/* ---- what a cell could do ---- */
/* By the end of its name, or for all of one power. */
static const struct {
    enum option_power power;
    const char *ending, *name, *words;
} deeds[] = {
    {OPTION_RUNS, NULL, "run_command", N_("run a command on this machine: %s")},
    {OPTION_READS_FILE, "-password-file", "read_file",
        N_("send the first line of a file of this machine to the server: %s")},
    {OPTION_READS_FILE, "-token-file", "read_file",
        N_("send the first line of a file of this machine to the server: %s")},
    {OPTION_READS_FILE, NULL, "read_file", N_("read a file or folder of this machine: %s")},
    {OPTION_READS_VARIABLE, NULL, "read_variable",
        N_("send a variable of your environment to the server: %s")},
    {OPTION_USES_DESCRIPTOR, NULL, "use_descriptor", N_("use an open file of this program: %s")},
    {OPTION_WRITES, NULL, "write_files", N_("write files on this machine: %s")},
    {OPTION_LOWERS, "ca-file", "lower_security",
        N_("trust whatever server the certificate authorities of this file vouch for: %s")},
    {OPTION_LOWERS, "ca-dir", "lower_security",
        N_("trust whatever server the certificate authorities of this folder vouch for: %s")},
    {OPTION_LOWERS, "-tls-pin", "lower_security",
        N_("trust a server with this key, whatever its certificate says: %s")},
    {OPTION_LOWERS, "-tls-min", "lower_security",
        N_("accept an older TLS, which someone on the way may break: %s")},
    {OPTION_LOWERS, "-tls", "lower_security",
        N_("send password and mail unencrypted where the server offers no TLS: %s")},
    {OPTION_LOWERS, "allow-plaintext", "lower_security",
        N_("send password and mail unencrypted where the server offers no TLS: %s")},
    {OPTION_LOWERS, NULL, "lower_security", N_("accept a server or a sign-in that else is refused: %s")},
    {OPTION_ROUTES, NULL, "choose_route", N_("lead the connection by a way of its own: %s")},
    {OPTION_HANDS_OUT, NULL, "send_token", N_("choose who gets or gives tokens: %s")},
    {OPTION_DELETES, NULL, "delete_mail", N_("delete mail from the source: %s")},
};
#define DEEDS (sizeof deeds / sizeof *deeds)

/* Mail on this machine's disk is no server's name. */
static enum option_power power_of(const struct option_row *option, const char *value)
{
    return !strcmp(option->name, "from") && store_is_named(value) ? OPTION_READS_FILE : option->power;
}

static size_t deed_of(const struct option_row *option, const char *value)
{
    size_t i = 0;
    enum option_power power = power_of(option, value);
    while (i + 1 < DEEDS &&
           (deeds[i].power != power || (deeds[i].ending && !text_has_suffix(option->name, deeds[i].ending))))
        i++;
    return i;
}

const char *list_trust_name(const struct option_row *option, const char *value)
{
    return deeds[deed_of(option, value)].name;
}

/* A proxy's URL may have a password in it. */
static const char *without_user(const struct option_row *option, const char *value)
{
    const char *at = option->power == OPTION_ROUTES ? strrchr(value, '@') : NULL;
    return at ? at + 1 : value;
}

char *list_trust_words(const struct option_row *option, const char *value)
{
    char shown[SHOWN_MAX];
    const char *visible = without_user(option, value);
    text_clean(shown, sizeof shown, visible, strlen(visible));
    char *cut = strlen(shown) < strlen(visible) ? mem_printf("%s…", shown) : mem_strdup(shown);
    char *words = mem_printf(_(deeds[deed_of(option, value)].words), cut); /* NOLINT: of the table above */
    mem_wipe_free(cut);
    return words;
}

char *list_trust_refusal(const struct option_row *option, const char *value)
{
    const char *words = deeds[deed_of(option, value)].words;
    return mem_printf(
        "this would %.*s, which a list may do only with --trust-list (popferry accounts check shows all "
        "that it would do); add that, or empty the cell",
        (int)(strstr(words, ": %s") - words), words);
}

/* ---- whether it may ---- */
/* TLS versions have one digit after "1.". */
static bool lowers_tls(const char *value, const char *said)
{
    const char *least = said && strcmp(said, "1.2") > 0 ? said : "1.2";
    return strcmp(value, least) < 0;
}

/* What is neither yes nor no is refused by whoever reads it. */
static bool turns_on(const struct option_row *flag, const char *value)
{
    struct options o = {0};
    struct error ignored;
    return option_table_set(&o, flag, value, &ignored) == 0 && option_table_said(&o, flag);
}

bool list_trust_is_needed(const struct options *common, const struct option_row *option, const char *value)
{
    const char *said = option_table_said(common, option);
    if (power_of(option, value) <= OPTION_SAYS || (said && !strcmp(said, value)))
        return false;
    if (option->kind == OPTION_FLAG)
        return !said && turns_on(option, value);
    if (option->power == OPTION_LOWERS && text_has_suffix(option->name, "-tls"))
        return !options_route_encrypts(value);
    return option->power != OPTION_LOWERS || !text_has_suffix(option->name, "-tls-min") ||
           lowers_tls(value, said);
}

/* ---- where secrets may go ---- */
static bool is_mail_port(uint16_t port)
{
    return port == 110 || port == 995 || port == 143 || port == 993;
}

static bool is_same_server(const struct endpoint *a, const struct endpoint *b)
{
    size_t a_len = strlen(a->host), b_len = strlen(b->host);
    a_len -= a_len > 1 && a->host[a_len - 1] == '.';
    b_len -= b_len > 1 && b->host[b_len - 1] == '.';
    return !text_compare_nocase(a->host, a_len, b->host, b_len) &&
           (a->port == b->port || (is_mail_port(a->port) && is_mail_port(b->port)));
}

/* What the options say of one side. */
struct secrets {
    const char *word, *cell, *token_file, *token_command, *oauth, *file, *command, *env, *fd, *netrc;
};

static struct secrets secrets_of(const struct options *o, enum job_side side)
{
    if (side == JOB_SOURCE)
        return (struct secrets){"from", o->from_password, o->from_token_file, o->from_token_command,
            o->from_oauth, o->from_password_file, o->from_password_command, o->from_password_env,
            o->from_password_fd, o->netrc};
    return (struct secrets){"to", o->to_password, o->to_token_file, o->to_token_command, o->to_oauth,
        o->to_password_file, o->to_password_command, o->to_password_env, o->to_password_fd, o->netrc};
}

static bool names_host(const char *command)
{
    return strstr(command, "{host}");
}

/* The tokens of a person are kept by user and server; an application's are good for everybody's mail. */
static bool is_for_everybody(const char *oauth)
{
    return text_has_suffix(oauth, "-app") || text_has_suffix(oauth, "-service");
}

/* The secret that counts (secret.h has the order), as the end of its option; NULL: none that would go to
 * another server than its own. */
static const char *loose_secret(const struct secrets *s)
{
    if (s->cell)
        return NULL;
    if (s->token_file)
        return "token-file";
    if (s->token_command)
        return names_host(s->token_command) ? NULL : "token-command";
    if (s->oauth)
        return is_for_everybody(s->oauth) ? "oauth" : NULL;
    if (s->file)
        return "password-file";
    if (s->command)
        return names_host(s->command) ? NULL : "password-command";
    if (s->env)
        return "password-env";
    return s->fd ? "password-fd" : NULL;
}

int list_trust_check_server(const struct options *common, struct options *o, enum job_side side,
    const struct endpoint *server, struct error *err)
{
    struct endpoint given CLEANUP(endpoint_done) = {0};
    struct error ignored;
    const struct secrets s = secrets_of(o, side);
    if (common->trust_list || server->protocol == ENDPOINT_STORE)
        return 0;
    bool known = options_server(common, side, &given, &ignored) == 0 && given.host && server->host;
    if (known && is_same_server(&given, server))
        return 0;
    o->server_of_list[side] = true;
    const char *secret = loose_secret(&s);
    if (!secret)
        return 0;
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%.200s is named by the list alone, and what --%s-%s gives for all accounts is not sent there: name the "
        "server by --%s-host, or the password in the list%s; or add --trust-list",
        server->host ? server->host : "the server of this address", s.word, secret, s.word,
        text_has_suffix(secret, "command") ? ", or say {host} in the command" : "");
}
