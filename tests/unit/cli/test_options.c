/* The options of an account of a list, and what they make of a server's name. */
#include "check.h"
#include "command_line.h"
#include "command_list.h"
#include "mem.h"
#include "option_table.h"
#include "options.h"
#include "retry.h"

static struct options parse(const char *const *args)
{
    struct options o = {0};
    struct error err;
    const char *argv[24] = {"migrate"};
    int argc = 1;
    while (*args && argc < 24)
        argv[argc++] = *args++;
    if (command_line_read(command_list_find("migrate", &err), argc, argv, &o, &err) < 0) {
        fprintf(stderr, "%s\n", err.text);
        CHECK(false);
    }
    return o;
}
#define PARSE(...) parse((const char *const[]){__VA_ARGS__, NULL})

/* ---- the table ---- */
static void columns_are_options(void)
{
    size_t count;
    const struct accounts_column *columns = accounts_columns(&count);
    CHECK(count > 20);
    for (size_t i = 0; i < count; i++) {
        CHECK_LABEL("%s", columns[i].name);
        if (columns[i].option)
            CHECK(option_table_find(columns[i].option) != NULL);
    }
    CHECK_LABEL("secrets");
    const char *const secrets[] = {"from-password", "to-password"};
    for (size_t i = 0; i < 2; i++) {
        const struct option_row *row = option_table_find(secrets[i]);
        CHECK(row && row->kind == OPTION_SECRET);
    }
}

static void rows_have_fields_of_their_own(void)
{
    size_t count;
    const struct option_row *rows = option_table(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < i; k++) {
            CHECK_LABEL("%s, %s", rows[i].name, rows[k].name);
            CHECK(strcmp(rows[i].name, rows[k].name) != 0);
            CHECK(rows[i].offset != rows[k].offset);
            CHECK(!rows[i].letter || rows[i].letter != rows[k].letter);
        }
}

/* What takes a file, a folder, a command, a descriptor or an address can do more than say something. */
static bool is_powerful(const struct option_row *row)
{
    static const char *const values[] = {"FILE", "DIR", "CMD", "FD", "json[:FD]", "sha256//BASE64"};
    for (size_t i = 0; row->value && i < sizeof values / sizeof *values; i++)
        if (!strcmp(row->value, values[i]))
            return true;
    return strstr(row->name, "allow") || strstr(row->name, "-tls") || strstr(row->name, "oauth") ||
           strstr(row->name, "-env") || strstr(row->name, "-url") || strstr(row->name, "-fd");
}

static void rows_say_what_they_could_do(void)
{
    size_t count;
    const struct option_row *rows = option_table(&count);
    for (size_t i = 0; i < count; i++) {
        CHECK_LABEL("%s", rows[i].name);
        CHECK(rows[i].power >= OPTION_SAYS);
        CHECK(rows[i].power > OPTION_SAYS || !is_powerful(&rows[i]));
    }
}

static void a_copy_is_deep(void)
{
    size_t count;
    const struct option_row *rows = option_table(&count);
    struct options a = {0}, b;
    struct error err;
    for (size_t i = 0; i < count; i++)
        CHECK_INT(option_table_set(&a, &rows[i], rows[i].kind == OPTION_FLAG ? "yes" : "7", &err), 0);
    option_table_copy(&a, &b);
    option_table_free(&a);
    for (size_t i = 0; i < count; i++) {
        const char *field = (const char *)&b + rows[i].offset;
        CHECK_LABEL("%s", rows[i].name);
        if (rows[i].kind == OPTION_NUMBER)
            CHECK_INT(*(const int *)field, 7);
        else if (rows[i].kind == OPTION_FLAG)
            CHECK_INT(*(const int *)field, 1);
        else if (rows[i].kind == OPTION_LIST)
            CHECK_STR((*(const char *const *const *)field)[0], "7");
        else
            CHECK_STR(*(const char *const *)field, "7");
    }
    option_table_free(&b);
}

/* ---- accounts of a list ---- */
static int account(struct options *common, const char *csv, struct options *ret, struct error *err)
{
    struct account_list list;
    if (accounts_parse("list.csv", csv, strlen(csv), NULL, &list, err) < 0)
        return -1;
    struct options_faults faults CLEANUP(options_faults_done) = {0};
    int rc = options_for_account(common, &list, accounts_count(&list) - 1, ret, &faults);
    CHECK_INT(rc, faults.count ? -1 : 0);
    if (faults.count)
        *err = faults.all[0];
    accounts_done(&list);
    options_done(common);
    return rc;
}

/* By its heading, without the cell: it might hold a password that came there by a shift. */
static void all_that_is_wrong_with_a_row(void)
{
    static const char csv[] =
        "ユーザー名,開始日,接続数,ヘッダーの符号化,この日より前\nu,geheim,geheim,geheim,2026-02-30\n";
    struct account_list list CLEANUP(accounts_done) = {0};
    struct options_faults faults CLEANUP(options_faults_done) = {0};
    struct options common = PARSE("--quiet"), o;
    CHECK_LABEL("all at once");
    CHECK_INT(accounts_parse("list.csv", csv, strlen(csv), NULL, &list, NULL), 0);
    CHECK_INT(options_for_account(&common, &list, 0, &o, &faults), -1);
    CHECK_INT(faults.count, 4);
    for (size_t i = 0; i < faults.count; i++)
        CHECK(!strstr(faults.all[i].text, "geheim"));
    const char *const headings[] = {"接続数", "ヘッダーの符号化", "開始日", "この日より前"};
    for (size_t k = 0; k < sizeof headings / sizeof *headings; k++) {
        char *begin CLEANUP(mem_free_str) = mem_printf("list.csv:2: column %s: ", headings[k]);
        bool found = false;
        for (size_t i = 0; i < faults.count; i++)
            found |= !strncmp(faults.all[i].text, begin, strlen(begin));
        CHECK_LABEL("%s", headings[k]);
        CHECK(found);
    }
    options_done(&common);
}

static void cells_replace_options(void)
{
    struct error err = {0};
    struct options o = {0},
                   common = PARSE("--to-host=imap.example.com", "--folder=Old", "--seen=all", "--limit=5",
                       "--encode-headers", "--time-zone=+09:00", "--from-password-file=all.pw");
    CHECK_LABEL("cells");
    CHECK_INT(
        account(&common,
            "from_host,user,from_password,to_password,folder,limit,encode_headers,retry_quarantined,since,upload_cap\n"
            "pop.example.jp,x,,,,,,,,\n"
            "pop.example.jp:110,taro,\" p,w\",秘密,New,7,no,はい,2026-01-01,500M\n",
            &o, &err),
        0);
    CHECK_STR(err.text, "");
    CHECK_STR(o.place, "list.csv:3");
    CHECK_STR(o.from_host, "pop.example.jp:110");
    CHECK_STR(o.to_host, "imap.example.com");
    CHECK_STR(o.from_user, "taro");
    CHECK_STR(o.to_user, "taro");
    CHECK_STR(o.from_password, " p,w");
    CHECK_STR(o.to_password, "秘密");
    CHECK_STR(o.from_password_file, "all.pw");
    CHECK_STR(o.folder, "New");
    CHECK_INT(o.limit, 7);
    CHECK_INT(o.encode_headers, 0);
    CHECK_INT(o.retry_quarantined, 1);
    CHECK_INT(o.seen, SEEN_ALL);
    CHECK_INT(o.utc_offset_min, 540);
    CHECK_INT(o.filter.since_s, 1767193200); /* 2026-01-01 in Japan */
    CHECK(o.upload_cap_given);
    CHECK_INT(o.upload_cap, 500000000);
    options_done(&o);
}

/* What a common option and a cell say of the same thing. */
static const struct contest {
    const char *common[4], *csv;
    const char *from, *from_host, *from_user, *to_user, *file, *command;
} contests[] = {
    {{"--from=pop3s://a"}, "from_host\nb\n", NULL, "b", NULL, NULL, NULL, NULL},
    {{"--from-host=a"}, "from\npop3s://b\n", "pop3s://b", "a", NULL, NULL, NULL, NULL},
    {{"--from-host=a"}, "user,note\n,x\n", NULL, "a", NULL, NULL, NULL, NULL},
    {{"--from-password-file=f", "--trust-list", "--accounts=l.csv"}, "from_password_command\nc\n", NULL, NULL,
        NULL, NULL, NULL, "c"},
    {{"--from-password-command=c", "--trust-list", "--accounts=l.csv"}, "from_password_file\nf\n", NULL, NULL,
        NULL, NULL, "f", "c"},
    {{"--to-user=all"}, "user\nu\n", NULL, NULL, "u", "all", NULL, NULL},
    {{NULL}, "user,from_user\nu,f\n", NULL, NULL, "f", "u", NULL, NULL},
    {{NULL}, "from,user\npop3s://f@h,u\n", "pop3s://f@h", NULL, NULL, "u", NULL, NULL},
    {{"--from-user=x"}, "from,user\npop3s://f@h,u\n", "pop3s://f@h", NULL, NULL, "u", NULL, NULL},
    {{"--to=imaps://all@h/x@y"}, "user\nu\n", NULL, NULL, "u", NULL, NULL, NULL},
    {{"--to=imaps://h/x@y"}, "user\nu\n", NULL, NULL, "u", "u", NULL, NULL},
};

static void contests_are_settled(void)
{
    for (size_t i = 0; i < sizeof contests / sizeof *contests; i++) {
        const struct contest *c = &contests[i];
        struct options o = {0}, common = parse(c->common);
        struct error err = {0};
        CHECK_LABEL("%s | %s", c->common[0] ? c->common[0] : "", c->csv);
        CHECK_INT(account(&common, c->csv, &o, &err), 0);
        CHECK_STR(err.text, "");
        CHECK_STR(o.from, c->from);
        CHECK_STR(o.from_host, c->from_host);
        CHECK_STR(o.from_user, c->from_user);
        CHECK_STR(o.to_user, c->to_user);
        CHECK_STR(o.from_password_file, c->file);
        CHECK_STR(o.from_password_command, c->command);
        options_done(&o);
    }
}

static const struct {
    const char *csv, *text;
} refusals[] = {
    {"user,connections\nu,many\n", "list.csv:2: column connections: must be a whole number"},
    {"user,connections\nu,99\n", "list.csv:2: column connections: must be 1 to 8"},
    {"user,encode_headers\nx,\nu,perhaps\n", "list.csv:3: column encode_headers: must be yes or no"},
    {"user,since\nu,soon\n", "list.csv:2: column since: not a date"},
    {"user,from_password\nu,\"a\nb\"\n",
        "list.csv:2: column from_password: there is a line break in this password"},
    {"user,upload_cap\nu,lots\n", "list.csv:2: column upload_cap: not a size"},
    {"user,from_password_command\nu,touch PWNED\n",
        "list.csv:2: column from_password_command: this would run a command on this machine, which a list may do only "
        "with --trust-list"},
    {"user,to_password_env,ca_file\nu,AWS_SECRET,x\n",
        "list.csv:2: column to_password_env: this would send a variable"},
    {"user,before\nu,2020-01-01\n", "list.csv:2: "}, /* --since=2026-01-01 of all is later */
};

static void cells_are_refused_with_their_place(void)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct options o = {0}, common = PARSE("--since=2026-01-01");
        struct error err = {0};
        CHECK_LABEL("%s", refusals[i].csv);
        CHECK_INT(account(&common, refusals[i].csv, &o, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
        if (strncmp(err.text, refusals[i].text, strlen(refusals[i].text)) != 0)
            CHECK_STR(err.text, refusals[i].text);
        CHECK(!o.place);
    }
}

/* ---- servers ---- */
static const struct {
    const char *from_host, *to_host;
    enum endpoint_security from, to; /* expected */
    int from_port, to_port;
    const char *folder;
} hosts[] = {
    {"pop.example.jp", "imap.example.jp", ENDPOINT_TLS, ENDPOINT_TLS, 995, 993, "INBOX"},
    {"pop.example.jp:9995", "imap.example.jp:9993", ENDPOINT_TLS, ENDPOINT_TLS, 9995, 9993, "INBOX"},
    {"pop.example.jp:110", "imap.example.jp:143", ENDPOINT_STARTTLS, ENDPOINT_STARTTLS, 110, 143, "INBOX"},
    {"pop3://pop.example.jp", "imap://imap.example.jp/A/B", ENDPOINT_STARTTLS, ENDPOINT_STARTTLS, 110, 143,
        "A/B"},
    {"[::1]:110", "[::1]:1143", ENDPOINT_STARTTLS, ENDPOINT_TLS, 110, 1143, "INBOX"},
    {"[::1]", "imap.example.jp:143/A", ENDPOINT_TLS, ENDPOINT_STARTTLS, 995, 143, "A"},
};

static void hosts_are_understood(void)
{
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        struct options o = {.from_host = (char *)hosts[i].from_host,
            .to_host = (char *)hosts[i].to_host,
            .from_user = (char *)"f@x",
            .to_user = (char *)"t"};
        struct job job = {0};
        struct error err = {0};
        CHECK_LABEL("%s %s", hosts[i].from_host, hosts[i].to_host);
        CHECK_INT(options_endpoints(&o, false, &job, &err), 0);
        CHECK_STR(err.text, "");
        CHECK_INT(job.from.security, hosts[i].from);
        CHECK_INT(job.to.security, hosts[i].to);
        CHECK_INT(job.from.port, hosts[i].from_port);
        CHECK_INT(job.to.port, hosts[i].to_port);
        CHECK_STR(job.from.user, "f@x");
        CHECK_STR(job.folder, hosts[i].folder);
        CHECK(!job.from_password && !job.to_password);
        options_job_done(&job);
    }
}

static void bad_sides_are_refused(void)
{
    static const struct {
        struct options o;
        const char *text;
    } rows[] = {
        {{.to = (char *)"imaps://u@h"}, "--from is missing"},
        {{.from = (char *)"pop3s://u@h"}, "--to is missing"},
        {{.from_host = (char *)"u@h", .to = (char *)"imaps://u@h"}, "--from-host names a host alone"},
        {{.from_host = (char *)"imaps://h", .to = (char *)"imaps://u@h"}, "--from-host: must be a URL"},
        {{.from_host = (char *)"h", .to = (char *)"imaps://u@h"}, "the source has no user"},
        {{.from = (char *)"pop3s://a@h", .from_user = (char *)"b", .to = (char *)"imaps://u@h"},
            "--from-user differs from the user in the URL of --from"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct job job = {0};
        struct error err = {0};
        CHECK_LABEL("%s", rows[i].text);
        CHECK_INT(options_endpoints(&rows[i].o, false, &job, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
        CHECK(strstr(err.text, rows[i].text) == err.text);
        CHECK(!job.from.host);
    }
}

static void a_source_alone_will_do(void)
{
    struct options o = {.from = (char *)"pop3s://u@h", .folder_old = (char *)"Old"};
    struct job job = {0};
    struct error err = {0};
    CHECK_LABEL("alone");
    CHECK_INT(options_endpoints(&o, true, &job, &err), 0);
    CHECK(!job.to.host && !job.folder_old);
    options_job_done(&job);
    o.to_host = (char *)"imap.example.jp";
    CHECK_INT(options_endpoints(&o, true, &job, &err), -1);
    o.to_user = (char *)"t";
    CHECK_INT(options_endpoints(&o, true, &job, &err), 0);
    CHECK_STR(job.folder_old, "Old");
    options_job_done(&job);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"each column of a list is an option", columns_are_options},
        {"each option has a field and a name of its own", rows_have_fields_of_their_own},
        {"each option says what it could do if a stranger said it", rows_say_what_they_could_do},
        {"a copy is deep", a_copy_is_deep},
        {"all that is wrong with a row", all_that_is_wrong_with_a_row},
        {"cells replace options", cells_replace_options},
        {"cells and common options that say different things", contests_are_settled},
        {"cells that cannot be read", cells_are_refused_with_their_place},
        {"hosts, with and without port and protocol", hosts_are_understood},
        {"sides that are missing or contradict themselves", bad_sides_are_refused},
        {"a source without destination", a_source_alone_will_do},
    };
    return check_main("cli options", tests, sizeof tests / sizeof *tests);
}
