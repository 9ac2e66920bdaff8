/* What a list may say without --trust-list, and where a secret of all accounts may go. */
#include "check.h"
#include "command_line.h"
#include "command_list.h"
#include "list_trust.h"
#include "mem.h"

static struct options parse(const char *const *args)
{
    struct options o = {0};
    struct error err;
    const char *argv[16] = {"migrate"};
    int argc = 1;
    while (*args && argc < 16)
        argv[argc++] = *args++;
    if (command_line_read(command_list_find("migrate", &err), argc, argv, &o, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        CHECK(false);
    }
    return o;
}

/* ---- the table ---- */
/* What each column could do is decided here once more: a new one has to be written down. */
static const char *const plain[] = {"from_host", "from_user", "from_password", "to_host", "to_user",
    "to_password", "folder", "user", "from", "to", "folder_old", "old_than", "since", "before", "min_size",
    "max_size", "order", "seen", "seen_older_than", "limit", "encode_headers", "retry_quarantined",
    "from_authzid", "to_authzid", "connections", "max_wait", "time_zone", "upload_cap", "from_port",
    "to_port"};

static void columns_that_could_do_something_need_trust(void)
{
    size_t count, powerful = 0;
    const struct accounts_column *columns = accounts_columns(&count);
    const struct options none = {0};
    for (size_t i = 0; i < count; i++) {
        const struct option_row *option = list_trust_option(&columns[i]);
        bool expected = option != NULL;
        for (size_t k = 0; k < sizeof plain / sizeof *plain; k++)
            expected = expected && strcmp(columns[i].name, plain[k]) != 0;
        CHECK_LABEL("%s", columns[i].name);
        if (!option)
            continue;
        const char *value = option->kind == OPTION_FLAG ? "yes" : "1.0";
        CHECK_INT(list_trust_is_needed(&none, option, value), expected);
        powerful += expected;
    }
    CHECK_LABEL("all");
    CHECK(powerful >= 17);
    CHECK(!accounts_column_find("trust_list") && !accounts_column_find("trust-list"));
}

static void every_power_has_words(void)
{
    size_t count;
    const struct option_row *rows = option_table(&count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].power <= OPTION_SAYS)
            continue;
        char *words = list_trust_words(&rows[i], "x\033[31m");
        CHECK_LABEL("%s", rows[i].name);
        CHECK(strstr(words, ": x?[31m") != NULL);
        CHECK(*list_trust_name(&rows[i], "x") != '\0');
        free(words);
    }
}

static void a_proxy_is_shown_without_its_password(void)
{
    char *words = list_trust_words(option_table_find("proxy"), "socks5://me:s3cret@10.0.0.1:1080");
    CHECK_LABEL("%s", words);
    CHECK(!strstr(words, "s3cret"));
    CHECK(strstr(words, "10.0.0.1:1080") != NULL);
    free(words);
}

/* ---- values ---- */
static const struct {
    const char *common[3], *option, *value;
    bool needed;
} values[] = {
    {{NULL}, "from-tls", "implicit", false}, {{NULL}, "from-tls", "starttls", false},
    {{NULL}, "from-tls", "plaintext", true}, {{NULL}, "from-tls", "Plaintext", true},
    {{"--from-tls=plaintext"}, "from-tls", "plaintext", false},
    {{"--from-tls=plaintext"}, "to-tls", "plaintext", true}, {{NULL}, "to-tls-min", "1.3", false},
    {{NULL}, "to-tls-min", "1.2", false}, {{NULL}, "to-tls-min", "1.1", true},
    {{"--to-tls-min=1.3"}, "to-tls-min", "1.2", true}, {{"--to-tls-min=1.0"}, "to-tls-min", "1.0", false},
    {{NULL}, "allow-plaintext", "no", false}, {{NULL}, "allow-plaintext", "いいえ", false},
    {{NULL}, "allow-plaintext", "yes", true}, {{NULL}, "allow-plaintext", "はい", true},
    {{NULL}, "allow-plaintext", "1", true}, {{"--allow-plaintext"}, "allow-plaintext", "yes", false},
    {{NULL}, "ca-file", "x", true}, {{"--ca-file=x"}, "ca-file", "x", false},
    {{"--ca-file=x"}, "ca-file", "x/../y", true}, {{NULL}, "from-password-command", "echo", true},
    {{"--from-password-command=echo"}, "from-password-command", "echo", false},
    {{"--from-password-command=echo"}, "to-password-command", "echo", true},
    {{NULL}, "from-password", "@/etc/passwd", false}, {{NULL}, "from", "pop3s://u@h", false},
    {{NULL}, "from", "mbox:/home/taro/Mail", true}, {{NULL}, "from", "thunderbird:x", true},
    {{"--from=mbox:/x"}, "from", "mbox:/x", false},
    {{NULL}, "to", "mbox:/x", false}, /* which is no destination, and refused as such */
};

static void values_count(void)
{
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct options common = parse(values[i].common);
        CHECK_LABEL("%s | %s = %s", values[i].common[0] ? values[i].common[0] : "", values[i].option,
            values[i].value);
        CHECK_INT(list_trust_is_needed(&common, option_table_find(values[i].option), values[i].value),
            values[i].needed);
        options_done(&common);
    }
}

/* ---- servers ---- */
#define COMMAND "--from-password-command=pass {user}"
#define BOUND   "--from-password-command=pass {host}/{user}"
static const struct {
    const char *common[5], *cells; /* heading, row */
    bool allowed, of_list;
} servers[] = {
    {{"--from-host=pop.x", COMMAND}, "user\nu\n", true, false},
    {{"--from-host=pop.x", COMMAND}, "user,from_host\nu,POP.x.\n", true, false},
    {{"--from-host=pop.x", COMMAND}, "user,from_host\nu,pop.x:110\n", true, false},
    {{"--from-host=pop.x", COMMAND}, "user,from_host\nu,pop.x:31337\n", false, true},
    {{"--from-host=pop.x:31337", COMMAND}, "user,from_host\nu,pop3s://pop.x:31337\n", true, false},
    {{"--from-host=pop.x", COMMAND}, "user,from_host\nu,evil.x\n", false, true},
    {{"--from-host=pop.x", COMMAND}, "user,from_host\nu,pop3://evil.x\n", false, true},
    {{"--from-host=pop.x", COMMAND}, "from\npop3s://u@evil.x\n", false, true},
    {{"--from-host=pop.x", COMMAND}, "user,from_host,from_password\nu,evil.x,own\n", true, true},
    {{"--from-host=pop.x", COMMAND, "--trust-list", "--accounts=l.csv"}, "user,from_host\nu,evil.x\n", true,
        false},
    {{COMMAND}, "user,from_host\nu,pop.x\n", false, true},
    {{BOUND}, "user,from_host\nu,pop.x\n", true, true},
    {{"--netrc=f"}, "user,from_host\nu,pop.x\n", true, true},
    {{"--from-password-file=f", "--netrc=f"}, "user,from_host\nu,pop.x\n", false, true},
    {{"--from-password-env=F"}, "user,from_host\nu,pop.x\n", false, true},
    {{"--from-password-fd=3"}, "user,from_host\nu,pop.x\n", false, true},
    {{"--from-token-file=f"}, "user,from_host\nu,pop.x\n", false, true},
    {{"--from-token-command=pass {user}"}, "user,from_host\nu,pop.x\n", false, true},
    {{"--from-oauth=google"}, "user,from_host\nu,pop.x\n", true, true},
    {{"--from-oauth=google-service"}, "user,from_host\nu,pop.x\n", false, true},
    {{"--from-oauth=microsoft-app"}, "user,from_host\nu,pop.x\n", false, true},
    {{"--to-host=evil.x", COMMAND}, "user,from_host\nu,evil.x\n", false, true},
    {{NULL}, "user,from_host\nu,evil.x\n", true, true},
};

static void secrets_of_all_go_to_the_server_they_were_given_for(void)
{
    for (size_t i = 0; i < sizeof servers / sizeof *servers; i++) {
        struct options o = {0}, common = parse(servers[i].common);
        struct account_list list = {0};
        struct endpoint server CLEANUP(endpoint_done) = {0};
        struct options_faults faults CLEANUP(options_faults_done) = {0};
        struct error err = {0};
        const char *csv = servers[i].cells;
        CHECK_LABEL("%s %s | %s", common.from_host ? common.from_host : "",
            servers[i].common[1] ? servers[i].common[1] : "", csv);
        CHECK_INT(accounts_parse("l.csv", csv, strlen(csv), NULL, &list, &err), 0);
        CHECK_INT(options_for_account(&common, &list, 0, &o, &faults), 0);
        CHECK_INT(options_server(&o, JOB_SOURCE, &server, &err), 0);
        CHECK_INT(
            list_trust_check_server(&common, &o, JOB_SOURCE, &server, &err), servers[i].allowed ? 0 : -1);
        CHECK_INT(o.server_of_list[JOB_SOURCE], servers[i].of_list);
        CHECK(servers[i].allowed || strstr(err.text, "--trust-list"));
        options_done(&o);
        options_done(&common);
        accounts_done(&list);
    }
}

/* pop3:// of a cell takes nothing off what was demanded for all. */
static void a_scheme_lowers_nothing(void)
{
    static const struct {
        const char *common[5], *csv, *tls;
    } rows[] = {
        {{"--from-tls=implicit", "--allow-plaintext"}, "user,from_host\nu,pop3://h\n", "starttls"},
        {{"--from-tls=starttls"}, "from\nPOP3://u@h\n", "starttls"},
        {{"--from-tls=starttls"}, "from\npop3s://u@h\n", NULL},
        {{"--from-tls=plaintext"}, "from\npop3://u@h\n", NULL},
        {{"--from-tls=implicit", "--trust-list", "--accounts=l.csv"}, "from\npop3://u@h\n", NULL},
        {{"--from-tls=implicit"}, "user,from_host\nu,h:110\n", "implicit"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct options o = {0}, common = parse(rows[i].common);
        struct account_list list = {0};
        struct options_faults faults CLEANUP(options_faults_done) = {0};
        struct error err = {0};
        CHECK_LABEL("%s | %s", rows[i].common[0], rows[i].csv);
        CHECK_INT(accounts_parse("l.csv", rows[i].csv, strlen(rows[i].csv), NULL, &list, &err), 0);
        CHECK_INT(options_for_account(&common, &list, 0, &o, &faults), 0);
        CHECK_STR(o.from_tls, rows[i].tls);
        options_done(&o);
        options_done(&common);
        accounts_done(&list);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"a column that could do something needs --trust-list", columns_that_could_do_something_need_trust},
        {"what it would do is said in words", every_power_has_words},
        {"a proxy's password is not shown", a_proxy_is_shown_without_its_password},
        {"what makes nothing weaker, or was said for all, is data", values_count},
        {"a secret of all goes to the server it was given for",
            secrets_of_all_go_to_the_server_they_were_given_for},
        {"a cell's pop3:// takes nothing off what was demanded", a_scheme_lowers_nothing},
    };
    return check_main("cli list_trust", tests, sizeof tests / sizeof *tests);
}
