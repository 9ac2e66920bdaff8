/* What a person types: every option is heeded or refused. The law is the option table's column of commands;
 * here it is held against what is done, and against the manual page. */
#include "buf.h"
#include "check.h"
#include "command_line.h"
#include "command_list.h"
#include "mem.h"
#include "nearest.h"
#include "option_table.h"
#include "text_list.h"
#include <stdlib.h>
#include <unistd.h>

#define ARGS_MAX 24

/* ---- helpers ---- */
static int read_args(const char *command, const char *const *args, struct options *ret, struct error *err)
{
    const char *argv[ARGS_MAX] = {command};
    int argc = 1;
    while (*args && argc < ARGS_MAX)
        argv[argc++] = *args++;
    *err = (struct error){0};
    return command_line_read(command_list_find(command, NULL), argc, argv, ret, err);
}
#define READ(command, ret, err, ...) read_args(command, (const char *const[]){__VA_ARGS__, NULL}, ret, err)

/* In the folder of the test, which is the current one. */
static void put_file(const char *name, const char *text, size_t len)
{
    FILE *f = fopen(name, "w");
    CHECK(f && fwrite(text, 1, len, f) == len && fclose(f) == 0);
}
#define FILE_OF(name, text) put_file(name, text, sizeof text - 1)

static void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        CHECK_STR(text, part);
}

/* A value that the option may have. */
static void value_of(const struct option_row *row, char *dst, size_t cap)
{
    static const char *const values[][2] = {{"format", "text"}, {"since", "2020-01-01"},
        {"before", "2021-01-01"}, {"min-size", "1k"}, {"max-size", "1M"}, {"dedup", "account"},
        {"special-use", "off"}, {"order", "oldest"}, {"archive-format", "mbox"}, {"accept", "dates"},
        {"delete-source", "verified"}, {"limit", "3"}, {"upload-cap", "1M"}, {"seen", "age"},
        {"time-zone", "+09:00"}, {"level", "count"}, {"lang", "ja"}, {"shard", "1/2"}, {"progress", "json"},
        {"from-password-fd", "0"}, {"to-password-fd", "0"}, {"from-tls", "implicit"}, {"to-tls", "implicit"},
        {"from-tls-min", "1.2"}, {"to-tls-min", "1.2"},
        {"from-tls-pin", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="},
        {"to-tls-pin", "sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, {"proxy", "socks5://h:1"}};
    snprintf(dst, cap, "%s", "x");
    if (row->kind == OPTION_NUMBER)
        snprintf(dst, cap, "%d", row->least);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        if (!strcmp(row->name, values[i][0]))
            snprintf(dst, cap, "%s", values[i][1]);
}

static int try_option(
    const struct command *c, const struct option_row *row, struct options *ret, struct error *err)
{
    char value[80], arg[160];
    value_of(row, value, sizeof value);
    if (row->kind == OPTION_FLAG)
        snprintf(arg, sizeof arg, "--%s", row->name);
    else
        snprintf(arg, sizeof arg, "--%s=%s", row->name, value);
    return READ(c->name, ret, err, arg);
}

/* ---- the law ---- */
static void each_option_is_heeded_or_refused(void)
{
    size_t rows, commands, refused = 0;
    const struct option_row *row = option_table(&rows);
    const struct command *command = command_list(&commands);
    for (size_t i = 0; i < rows * commands; i++) {
        const struct option_row *r = &row[i % rows];
        const struct command *c = &command[i / rows];
        struct options o = {0};
        struct error err;
        if (r->kind == OPTION_SECRET)
            continue;
        CHECK_LABEL("%s --%s", c->name, r->name);
        int rc = try_option(c, r, &o, &err);
        options_done(&o);
        char *of CLEANUP(mem_free_str) = option_table_commands(r);
        char *words CLEANUP(mem_free_str) = mem_printf("--%s is of %s, not of %s", r->name, of, c->name);
        if (!option_table_heeds(r, c->name)) {
            CHECK_INT(rc, -1);
            CHECK_INT(err.code, ERROR_USAGE);
            contains(err.text, words);
            refused++;
        } else if (rc < 0) { /* only for want of another option */
            CHECK(strstr(err.text, " only beside --") != NULL);
        }
    }
    CHECK(refused > 500);
}

static void a_file_serves_all_commands(void)
{
    size_t rows, commands;
    const struct option_row *row = option_table(&rows);
    const struct command *command = command_list(&commands);
    for (size_t i = 0; i < rows * commands; i++) {
        const struct option_row *r = &row[i % rows];
        const struct command *c = &command[i / rows];
        char value[80];
        struct options o = {0}, none;
        struct error err;
        if (r->kind == OPTION_SECRET || option_table_heeds(r, c->name))
            continue;
        value_of(r, value, sizeof value);
        char *line CLEANUP(mem_free_str) =
            r->kind == OPTION_FLAG ? mem_printf("%s\n", r->name) : mem_printf("%s = %s\n", r->name, value);
        put_file("job", line, strlen(line));
        CHECK_LABEL("%s @job with %s", c->name, r->name);
        int rc = READ(c->name, &o, &err, "@job");
        bool holds_back =
            !strcmp(c->name, "delete") && (strstr("since before", r->name) || strstr(r->name, "-size"));
        CHECK_INT(rc, holds_back ? -1 : 0);
        options_init(&none);
        if (rc == 0) {
            size_t octets = r->kind == OPTION_NUMBER || r->kind == OPTION_FLAG ? sizeof(int) : sizeof(char *);
            if (strcmp(r->name, "work-dir") != 0) /* has a value by itself */
                CHECK(!memcmp((char *)&o + r->offset, (char *)&none + r->offset, octets));
            CHECK_INT(o.given[option_table_index(r)], OPTION_NOT_GIVEN);
        }
        options_done(&o);
    }
}

static void commands_of_the_table_are_commands(void)
{
    size_t rows;
    const struct option_row *row = option_table(&rows);
    for (size_t i = 0; i < rows; i++) {
        char *all CLEANUP(mem_free_str) = mem_strdup(row[i].commands), *rest = all, *name;
        for (; rest && (name = strsep(&rest, " "));) {
            CHECK_LABEL("--%s: %s", row[i].name, name);
            CHECK(command_list_find(name, NULL) != NULL);
        }
    }
}

/* ---- the manual page ---- */
/* "\-\-from\-user, \-\-to" -> "--from-user, --to" */
static void plain(char *line)
{
    char *to = line;
    for (const char *from = line; *from; from++)
        if (*from != '\\')
            *to++ = *from;
    *to = '\0';
}

static bool has_word(const char *text, const char *word, const char *ends)
{
    size_t len = strlen(word);
    for (const char *p = text; (p = strstr(p, word)); p += len)
        if ((p == text || strchr(ends, p[-1])) && (!p[len] || strchr(ends, p[len])))
            return true;
    return false;
}

/* The section, made plain: pairs of a line of commands and a line of options. */
#define PAIRS_MAX 60
struct law {
    struct buf commands[PAIRS_MAX], options[PAIRS_MAX];
    size_t count;
};

static void read_law(struct law *law)
{
    char line[1000];
    bool in = false, heading = false;
    FILE *f = fopen(MAN_PAGE, "r");
    CHECK(f != NULL);
    while (f && fgets(line, sizeof line, f)) {
        plain(line);
        if (!strncmp(line, ".SH ", 4))
            in = !strcmp(line, ".SH WHICH COMMAND HEEDS WHICH OPTION\n");
        else if (in && !strcmp(line, ".PP\n"))
            in = false;
        if (!in || line[1] == 'S')
            continue;
        if (!strcmp(line, ".TP\n")) {
            heading = true;
        } else if (heading && law->count < PAIRS_MAX) {
            buf_append_str(&law->commands[law->count++], line);
            heading = false;
        } else if (law->count) {
            buf_append_str(&law->options[law->count - 1], line);
        }
    }
    if (f)
        fclose(f);
}

static bool law_says(struct law *law, const char *command, const char *option)
{
    char *dashed CLEANUP(mem_free_str) = mem_printf("--%s", option);
    for (size_t i = 0; i < law->count; i++)
        if (has_word(buf_str(&law->options[i]), dashed, " ,\n") &&
            (strstr(buf_str(&law->commands[i]), "every command") ||
                has_word(buf_str(&law->commands[i]), command, " \",\n")))
            return true;
    return false;
}

static void the_manual_says_the_same(void)
{
    struct law law = {0};
    size_t rows, commands;
    const struct option_row *row = option_table(&rows);
    const struct command *command = command_list(&commands);
    read_law(&law);
    CHECK(law.count > 10);
    for (size_t i = 0; i < rows * commands; i++) {
        const struct option_row *r = &row[i % rows];
        const struct command *c = &command[i / rows];
        CHECK_LABEL("%s --%s", c->name, r->name);
        if (r->kind != OPTION_SECRET)
            CHECK_INT(law_says(&law, c->name, r->name), option_table_heeds(r, c->name));
    }
    for (size_t i = 0; i < law.count; i++) {
        buf_done(&law.commands[i]);
        buf_done(&law.options[i]);
    }
}

/* ---- refusals ---- */
static const struct {
    const char *command, *args[5], *text;
} refusals[] = {
    {"verify", {"--form", "json"}, "there is no option --form; did you mean --from or --format?"},
    {"check", {"--from-pasword-file=geheim"}, "--from-pasword-file; did you mean --from-password-file?"},
    {"migrate", {"--zzzzzz"}, "there is no option --zzzzzz ("},
    {"migrate", {"-x"}, "there is no option -x"},
    {"migrate", {"-dry-run"}, "there is no option -dry-run; did you mean --dry-run?"},
    {"migrate", {"--from-password=geheim"}, "no password stands on a command line"},
    {"migrate", {"--from-password", "geheim"}, "no password stands on a command line"},
    {"migrate", {"foo"}, "\"foo\" is not understood"},
    {"migrate", {"--", "--limit"}, "\"--limit\" is not understood"},
    {"discover", {"a@b", "c@d"}, "\"c@d\" is one word too many"},
    {"migrate", {"--limit"}, "--limit: its value is missing"},
    {"migrate", {"--work-dir", "--dry-run"},
        "--work-dir: its value is missing, or is it --dry-run? Then write --work-dir=--dry-run"},
    {"migrate", {"--work-dir", "-n"}, "--work-dir: its value is missing, or is it -n?"},
    {"delete", {"--work-dir", "-nq"}, "--work-dir: its value is missing, or is it -nq?"},
    {"migrate", {"--dry-run", "--folder", "--limit=3"},
        "--folder: its value is missing, or is it --limit=3?"},
    {"migrate", {"--folder", "--no-such"}, "--folder: its value is missing, or is it --no-such?"},
    {"migrate", {"--work-dir", "@trial"}, "--work-dir: its value is missing, or is it @trial?"},
    {"migrate", {"--work-dir", "--"}, "--work-dir: its value is missing, or is it --?"},
    {"migrate", {"--from", ""}, "--from: its value is empty"},
    {"migrate", {"--from="}, "--from: its value is empty"},
    {"migrate", {"--limit", "-1"}, "--limit -1: must be"},
    {"migrate", {"--limit", "ten"}, "--limit ten: must be"},
    {"migrate", {"--limit", "99999999999999999999999"}, "--limit 99999999999999999999999: must be"},
    {"delete", {"--older-than", "-1"}, "--older-than -1: must be 0 to 100000"},
    {"delete", {"--older-than=5x"}, "--older-than 5x: must be a whole number"},
    {"delete", {"--older-than=99999999999999999999"}, "must be 0 to 100000"},
    {"migrate", {"--connections", "0"}, "--connections 0: must be 1 to 8"},
    {"delete", {"--yes=no"}, "--yes takes no value"},
    {"migrate", {"-q", "--verbose"}, "--quiet and --verbose contradict"},
    {"migrate", {"--from", "a", "--from-host", "b"}, "--from and --from-host contradict"},
    {"check", {"--from-password-file=a", "--from-password-command=b"},
        "--from-password-file and --from-password-command contradict"},
    {"check", {"--to-token-file=a", "--to-oauth=google"}, "--to-token-file and --to-oauth contradict"},
    {"migrate", {"--to-password-env=A", "--from-password-env=A", "--to-password-fd=0"},
        "--to-password-env and --to-password-fd contradict"},
    {"migrate", {"--since=2021-01-01", "--before=2020-01-01"}, "--since"},
    {"migrate", {"--min-size=2M", "--max-size=1M"}, "--min-size"},
    {"migrate", {"--older-than", "90"},
        "--older-than is of delete, and of migrate only beside --delete-source"},
    {"migrate", {"--jobs", "3"}, "only beside --accounts"},
    {"check", {"--max-wait", "3"}, "only beside --accounts"},
    {"check", {"--accounts=x.csv", "--format=json", "--progress=json:1"},
        "--progress json:1: there the document of --format json is printed"},
    {"migrate", {"--old-than", "3"}, "only beside --folder-old"},
    {"migrate", {"--seen=all", "--seen-older-than=3"}, "--seen all goes by no age"},
    {"report", {"--customer", "x"}, "only beside --report"},
    {"migrate", {"--oauth-tenant", "x"}, "only beside --from-oauth or --to-oauth"},
    {"estimate", {"--mailboxes=x.csv", "--since=2020-01-01"}, "--since: an estimate of the list"},
    {"status", {"--format", "csv"}, "popferry status prints only text/json"},
    {"login", {"--format", "json"}, "popferry login prints only text"},
    {"check", {"--format", "yaml"}, "popferry check prints only text/json"},
    {"migrate", {"@nowhere"}, "@nowhere: No such file"},
};

static void what_is_not_heeded_is_refused(void)
{
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++) {
        struct options o = {0};
        struct error err;
        CHECK_LABEL("%s %s", refusals[i].command, refusals[i].args[0]);
        CHECK_INT(read_args(refusals[i].command, refusals[i].args, &o, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
        contains(err.text, refusals[i].text);
        CHECK(!strstr(err.text, "geheim")); /* it may have been meant as a secret */
        options_done(&o);
    }
}

static void of_two_values_the_last_counts(void)
{
    struct options o;
    struct error err;
    CHECK_LABEL("given twice");
    CHECK_INT(READ("migrate", &o, &err, "--from-user=a", "--from-user=b", "--seen-older-than=1"), 0);
    CHECK_STR(o.from_user, "b");
    CHECK_STR(o.twice, "from-user");
    CHECK_INT(o.host_refusals, 5);
    options_done(&o);
    CHECK_INT(READ("migrate", &o, &err, "--from-user=a", "--from-user=a"), 0);
    CHECK(!o.twice);
    options_done(&o);
    CHECK_INT(READ("estimate", &o, &err, "--rate=x", "--rate=y"), 0);
    CHECK(!o.twice);
    CHECK_INT(text_list_count(o.rates), 2);
    options_done(&o);
}

static void what_looks_like_an_option_is_a_value_behind_an_equals_sign(void)
{
    struct options o;
    struct error err;
    CHECK_LABEL("values that look like options");
    CHECK_INT(READ("migrate", &o, &err, "--from-user=--dry-run", "--work-dir=@trial", "--to-user", "-x",
                  "--time-zone", "-09:00"),
        0);
    CHECK_STR(o.from_user, "--dry-run");
    CHECK_STR(o.work_dir, "@trial");
    CHECK_STR(o.to_user, "-x");
    CHECK_STR(o.time_zone_text, "-09:00");
    CHECK_INT(o.dry_run, 0);
    options_done(&o);
}

static void what_is_heeded_is_taken(void)
{
    struct options o;
    struct error err;
    CHECK_LABEL("forms");
    CHECK_INT(READ("migrate", &o, &err, "--limit=3", "-q", "--from", "a", "--from", "a", "--proxy="), 0);
    CHECK_INT(o.limit, 3);
    CHECK(o.quiet);
    CHECK_STR(o.from, "a");
    CHECK_STR(o.proxy, "");
    options_done(&o);
    CHECK_INT(READ("migrate", &o, &err, "--dry", "-n"), 0);
    CHECK(o.dry_run);
    options_done(&o);
    CHECK_INT(READ("discover", &o, &err, "--timeout", "3", "a@b"), 0);
    CHECK_INT(o.discover_timeout, 3);
    CHECK_STR(o.words[0], "a@b");
    options_done(&o);
    CHECK_INT(READ("migrate", &o, &err, "--delete-source=verified", "--older-than=0", "--yes"), 0);
    CHECK_INT(o.older_than, 0);
    options_done(&o);
    CHECK_INT(READ("migrate", &o, &err, "--accounts=l.csv", "--old-than=3", "--jobs=2"), 0);
    options_done(&o);
    CHECK_INT(READ("accounts", &o, &err, "check", "l.csv", "--charset=CP932"), 0);
    CHECK_STR(o.words[1], "l.csv");
    options_done(&o);
}

/* ---- files ---- */
static void the_line_counts_more(void)
{
    struct options o;
    struct error err;
    FILE_OF("job",
        "\xef\xbb\xbf# note\r\n  limit = 5\r\nfrom pop3s://a\n--order=newest\nq\nrate=USD/JPY=1\nyes = no\nfrom-user = \xe5\xa4\xaa");
    FILE_OF("more", "limit 7\n@job\n");
    CHECK_LABEL("wherever the file stands");
    CHECK_INT(READ("migrate", &o, &err, "--limit", "3", "@job", "--verbose"), 0);
    CHECK_INT(o.limit, 3);
    CHECK_STR(o.from, "pop3s://a");
    CHECK_STR(o.from_user, "\xe5\xa4\xaa");
    CHECK_INT(o.order, ORDER_NEWEST);
    CHECK(o.verbose && !o.quiet); /* which contradicts, and stood in the file */
    CHECK(!o.yes);
    options_done(&o);
    CHECK_LABEL("one file in another, and the later counts");
    CHECK_INT(READ("migrate", &o, &err, "@more"), 0);
    CHECK_INT(o.limit, 5);
    options_done(&o);
    CHECK_INT(READ("migrate", &o, &err, "@job", "--from-host=h"), 0);
    CHECK(!o.from);
    CHECK_STR(o.from_host, "h");
    options_done(&o);
    CHECK_LABEL("what may be repeated adds up, the line's last");
    CHECK_INT(READ("estimate", &o, &err, "--rate=USD/JPY=2", "@job"), 0);
    CHECK_INT(text_list_count(o.rates), 2);
    CHECK_STR(o.rates[1], "USD/JPY=2");
    options_done(&o);
    CHECK_LABEL("one pair of quotes around a whole value is left out");
    FILE_OF("quoted",
        "folder = \"Old mail\"\nfrom-user='taro'\nto-user = \"a\" or \"b\"\nca-file = \"\nca-dir = ''x\n");
    CHECK_INT(READ("migrate", &o, &err, "@quoted"), 0);
    CHECK_STR(o.folder, "Old mail");
    CHECK_STR(o.from_user, "taro");
    CHECK_STR(o.to_user, "\"a\" or \"b\"");
    CHECK_STR(o.ca_file, "\"");
    CHECK_STR(o.ca_dir, "''x");
    options_done(&o);
    CHECK_LABEL("a form that the command does not have");
    FILE_OF("csv", "format = csv\n");
    CHECK_INT(READ("check", &o, &err, "@csv"), 0);
    CHECK_INT(o.format, FORMAT_TEXT);
    options_done(&o);
    CHECK_INT(READ("report", &o, &err, "@csv"), 0);
    CHECK_INT(o.format, FORMAT_CSV);
    options_done(&o);
}

static const struct {
    const char *text, *words;
    size_t len;
} bad_files[] = {
#define BAD(text, words)                                                                                     \
    {                                                                                                        \
        text, words, sizeof text - 1                                                                         \
    }
    BAD("a\n\nlimt = 3\n", "job:1: there is no option a"),
    BAD("# x\n\nlimt = 3\n", "job:3: there is no option limt; did you mean limit?"),
    BAD("limit\n", "job:1: limit: its value is missing"),
    BAD("limit =\n", "job:1: limit: its value is empty"),
    BAD("connections = 9\n", "job:1: connections 9: must be 1 to 8"),
    BAD("yes = perhaps\n", "job:1: yes perhaps: must be yes or no"),
    BAD("\nlimit = abc\n", "job:2: --limit abc: must be a number of messages"),
    BAD("since = 11/1\nlimit = 3\n", "job:1: --since \"11/1\": day and month cannot be told apart"),
    BAD("format = jsno\n", "job:1: --format jsno: must be text, json or csv"),
    BAD("time-zone = Mars\n", "job:1: --time-zone Mars"),
    BAD("lang = de\n", "job:1: --lang de: must be ja or en"),
    BAD("from-tls = ssh\n", "job:1: --from-tls ssh: must be implicit"),
    BAD("from-password = geheim\n", "job:1: from-password: no password stands"),
    BAD("@nowhere\n", "@nowhere: No such file"),
    BAD("@job\n", "too deep"),
    BAD("\n@inner\n", "inner:2: there is no option lmit"),
    BAD("\xff\xfel\0i\0m\0", "job:1: this is no text in UTF-8"),
};

static void a_file_is_refused_with_its_place(void)
{
    FILE_OF("inner", "# x\nlmit = 3\n");
    for (size_t i = 0; i < sizeof bad_files / sizeof *bad_files; i++) {
        struct options o = {0};
        struct error err;
        put_file("job", bad_files[i].text, bad_files[i].len);
        CHECK_LABEL("%s", bad_files[i].text);
        CHECK_INT(READ("migrate", &o, &err, "@job"), -1);
        CHECK_INT(err.code, ERROR_USAGE);
        contains(err.text, bad_files[i].words);
        CHECK(!strstr(err.text, "geheim"));
        options_done(&o);
    }
    static const char *const others[][3] = {{"verify", "level = all\n", "job:1: --level all: must be count"},
        {"estimate", "years = 2\ngrowth = much\n", "job:2: --growth much: must be a size"},
        {"estimate", "rate = 2\n", "job:1: --rate: \"2\" is not a rate"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        struct options o = {0};
        struct error err;
        put_file("job", others[i][1], strlen(others[i][1]));
        CHECK_LABEL("%s", others[i][1]);
        CHECK_INT(READ(others[i][0], &o, &err, "@job"), -1);
        contains(err.text, others[i][2]);
        options_done(&o);
    }
}

/* ---- before the command is known ---- */
static const struct {
    const char *in[6], *out; /* out: joined by blanks; NULL: refused */
} orders[] = {
    {{"migrate", "--limit", "3"}, "migrate --limit 3"},
    {{"--limit", "3", "migrate", "@job"}, "migrate --limit 3 @job"},
    {{"--limit=3", "-q", "@job", "migrate"}, "migrate --limit=3 -q @job"},
    {{"--quiet", "migrate"}, "migrate --quiet"},
    {{"--", "migrate", "--", "x"}, "migrate -- x"},
    {{"help", "migrate"}, "migrate --help"},
    {{"help", "--lang", "ja", "migrate"}, "migrate --help --lang ja"},
    {{"--help", "migrate"}, "migrate --help"},
    {{"help"}, "help"},
    {{"--limit", "3"}, ""},
    {{"--help"}, ""},
    {{"--lang"}, ""},
    {{NULL}, ""},
    {{"--langg", "ja", "migrate"}, NULL},
};

static void the_command_is_found(void)
{
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        char *argv[8] = {(char *)"popferry"}, joined[200] = "";
        const char *ret[8] = {NULL};
        struct error err = {0};
        int argc = 1;
        while (argc < 7 && orders[i].in[argc - 1]) {
            argv[argc] = (char *)orders[i].in[argc - 1];
            argc++;
        }
        int rc = command_line_order(argc, argv, ret, &err);
        for (size_t k = 0; rc > 0 && ret[k]; k++) {
            strcat(joined, k ? " " : "");
            strcat(joined, ret[k]);
        }
        CHECK_LABEL("%s", orders[i].out ? orders[i].out : "refused");
        CHECK_INT(rc, orders[i].out ? *orders[i].out != '\0' : -1);
        CHECK_STR(joined, orders[i].out ? orders[i].out : "");
    }
}

static void json_is_recognized(void)
{
    FILE_OF("job", "format = json\n");
#define WANTS(...)                                                                                           \
    command_line_wants_json(                                                                                 \
        (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)), (const char *[]){__VA_ARGS__})
    CHECK(WANTS("check", "--format", "json", "--nonsense"));
    CHECK(WANTS("--format=json"));
    CHECK(WANTS("check", "@job"));
    CHECK(!WANTS("check", "@job", "--format=text"));
    CHECK(!WANTS("check", "--from", "json"));
    CHECK(!WANTS("check", "--format"));
}

/* ---- the nearest ---- */
static void the_nearest_are_found(void)
{
    CHECK_INT(nearest_distance("migrat", "migrate"), 1);
    CHECK_INT(nearest_distance("mirgate", "migrate"), 1);
    CHECK_INT(nearest_distance("verfiy", "verify"), 1);
    CHECK_INT(nearest_distance("dlete", "delete"), 1);
    CHECK_INT(nearest_distance("kitten", "sitting"), 3);
    CHECK_INT(nearest_distance("", "abc"), 3);
    struct nearest n = {.word = "form"};
    nearest_offer(&n, "lang");
    nearest_offer(&n, "from");
    nearest_offer(&n, "format");
    char *words CLEANUP(mem_free_str) = nearest_words(&n, "--");
    CHECK_STR(words, "; did you mean --from or --format?");
    struct nearest none = {.word = "zzz"};
    nearest_offer(&none, "from");
    char *nothing CLEANUP(mem_free_str) = nearest_words(&none, "--");
    CHECK_STR(nothing, "");
}

int main(void)
{
    static const struct check_test tests[] = {
        {"each option is heeded or refused, as the table says", each_option_is_heeded_or_refused},
        {"in a file what a command does not heed is passed over", a_file_serves_all_commands},
        {"the table names commands that there are", commands_of_the_table_are_commands},
        {"the manual page says the same as the table", the_manual_says_the_same},
        {"what is not heeded is refused", what_is_not_heeded_is_refused},
        {"what looks like an option is a value behind =",
            what_looks_like_an_option_is_a_value_behind_an_equals_sign},
        {"what is heeded is taken", what_is_heeded_is_taken},
        {"of an option given twice the last one counts", of_two_values_the_last_counts},
        {"the command line counts more than a file", the_line_counts_more},
        {"what is wrong in a file is told with its place", a_file_is_refused_with_its_place},
        {"the command is found among the options", the_command_is_found},
        {"--format json is recognized where nothing else is", json_is_recognized},
        {"the nearest words are found", the_nearest_are_found},
    };
    char dir[] = "/tmp/popferry-test-line-XXXXXX";
    if (!mkdtemp(dir) || chdir(dir) < 0)
        return 1;
    int rc = check_main("cli command line", tests, sizeof tests / sizeof *tests);
    static const char *const files[] = {"job", "more", "csv", "inner"};
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        unlink(files[i]);
    rmdir(dir);
    return rc;
}
