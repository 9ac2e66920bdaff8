/* popferry accounts: is a list of accounts in order? A list to begin with. Changes nothing, asks no server.
 */
#include "command.h"

#include "batch_list.h"
#include "exit_code.h"
#include "i18n.h"
#include "mem.h"
#include "options.h"
#include "print.h"
#include "talk.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int usage(struct error *err, const char *what)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s: popferry accounts check FILE | template | columns (popferry accounts --help)", what);
}

/* ---- check ---- */
/* What the options say of one side's password. */
struct password {
    const char *side, *column; /* "source", "from_password" */
    const char *cell, *file, *command;
    bool elsewhere; /* a variable, a descriptor, a provider of tokens: not looked at here */
};

static struct password source_password(const struct options *o)
{
    return (struct password){"source", "from_password", o->from_password,
        o->from_token_file ? o->from_token_file : o->from_password_file,
        o->from_token_command ? o->from_token_command : o->from_password_command,
        o->from_oauth || o->from_password_env || o->from_password_fd || o->netrc};
}

static struct password destination_password(const struct options *o)
{
    return (struct password){"destination", "to_password", o->to_password,
        o->to_token_file ? o->to_token_file : o->to_password_file,
        o->to_token_command ? o->to_token_command : o->to_password_command,
        o->to_oauth || o->to_password_env || o->to_password_fd || o->netrc};
}

static void check_password(const struct batch_list *l, const struct batch_entry *e, const struct password *p,
    struct options_faults *faults)
{
    struct error why;
    long line = accounts_line(&l->list, e->row);
    if (p->elsewhere || p->cell || p->command || (p->file && access(p->file, R_OK) == 0))
        return;
    if (p->file)
        error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s:%ld: the %s's password file %s cannot be read", l->list.path, line, p->side, p->file);
    else
        error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s:%ld: no password for the %s: fill the column %s, or give --%.*s-password-command or "
            "--%.*s-password-file for all accounts",
            l->list.path, line, p->side, accounts_heading(&l->list, p->column), (int)strcspn(p->column, "_"),
            p->column, (int)strcspn(p->column, "_"), p->column);
    options_faults_add(faults, &why);
}

/* All that is wrong with one account. */
static void check_entry(
    const struct batch_list *l, const struct batch_entry *e, struct options_faults *faults)
{
    const struct password from = source_password(&e->options), to = destination_password(&e->options);
    for (size_t i = 0; i < e->faults.count; i++)
        if (!e->unresolved)
            options_faults_add(faults, &e->faults.all[i]);
    if (e->error.code && !e->unresolved)
        options_faults_add(faults, &e->error);
    if (faults->count)
        return;
    check_password(l, e, &from, faults);
    if (*e->destination)
        check_password(l, e, &to, faults);
}

struct server {
    const char *name;
    size_t accounts;
};

static void count_server(struct server **all, size_t *count, const char *name)
{
    if (!name)
        return;
    for (size_t i = 0; i < *count; i++)
        if (text_equal_nocase((*all)[i].name, name)) {
            (*all)[i].accounts++;
            return;
        }
    *all = mem_grow(*all, *count + 1, sizeof **all);
    (*all)[(*count)++] = (struct server){name, 1};
}

static void print_servers(const struct batch_list *l, int side, const char *title)
{
    struct server *all = NULL;
    size_t count = 0;
    for (size_t i = 0; i < l->count; i++)
        count_server(&all, &count, l->entries[i].hosts[side]);
    for (size_t i = 0; i < count; i++)
        printf("  %-14s %s, %zu accounts\n", i ? "" : title, all[i].name, all[i].accounts);
    free(all);
}

static const char *form_words(const struct account_list *l)
{
    return l->form == ACCOUNTS_IMAPSYNC    ? "imapsync's"
           : l->form == ACCOUNTS_MICROSOFT ? "Microsoft's"
                                           : "with a heading";
}

static void print_list(const struct batch_list *l, size_t bad)
{
    char delimiter[8];
    snprintf(
        delimiter, sizeof delimiter, l->list.csv.delimiter == '\t' ? "tab" : "\"%c\"", l->list.csv.delimiter);
    printf("%s: %s, %s, divided by %s\n", l->list.path, form_words(&l->list), l->list.charset, delimiter);
    printf("  %-14s %zu\n", "accounts", l->count);
    printf("  %-14s %zu\n", "in order", l->count - bad);
    if (l->disabled)
        printf("  %-14s %zu\n", "not enabled", l->disabled);
    if (l->elsewhere)
        printf("  %-14s %zu\n", "other shards", l->elsewhere);
    print_servers(l, 0, "from");
    print_servers(l, 1, "to");
}

/* The accounts that are wrong, and how. */
static json_t *json_errors(const struct batch_list *l, size_t *ret_bad, bool text)
{
    json_t *errors = json_array();
    for (size_t i = 0; i < l->count; i++) {
        struct options_faults faults CLEANUP(options_faults_done) = {0};
        check_entry(l, &l->entries[i], &faults);
        *ret_bad += faults.count > 0;
        for (size_t k = 0; k < faults.count; k++) {
            if (text)
                printf("%s\n", faults.all[k].text);
            json_array_append_new(errors,
                json_pack("{s:I, s:s, s:s}", "line", (json_int_t)accounts_line(&l->list, l->entries[i].row),
                    "name", l->entries[i].name, "error", faults.all[k].text));
        }
    }
    return errors;
}

static void print_json(const struct batch_list *l, json_t *errors, size_t bad, int code)
{
    char delimiter[2] = {l->list.csv.delimiter, '\0'};
    json_t *warnings = json_array();
    for (size_t i = 0; i < l->warning_count; i++)
        json_array_append_new(warnings, json_string(l->warnings[i]));
    print_json_document(stdout, "accounts",
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:O, s:o, s:i}", "file", l->list.path, "form",
            form_words(&l->list), "charset", l->list.charset, "delimiter", delimiter, "accounts",
            (json_int_t)l->count, "in_order", (json_int_t)(l->count - bad), "disabled",
            (json_int_t)l->disabled, "other_shards", (json_int_t)l->elsewhere, "errors", errors, "warnings",
            warnings, "exit_code", code));
}

static int check(const struct options *o, struct error *err)
{
    struct batch_list l CLEANUP(batch_list_done) = {0};
    size_t bad = 0;
    bool text = o->format != FORMAT_JSON;
    if (batch_list_read(o, true, false, &l, err) < 0)
        return -1;
    json_t *errors = json_errors(&l, &bad, text);
    int code = bad ? EXIT_CODE_USAGE : EXIT_CODE_DONE;
    if (text) {
        print_list(&l, bad);
        for (size_t i = 0; i < l.warning_count; i++)
            printf("  %-14s %s\n", "warning", l.warnings[i]);
    } else {
        print_json(&l, errors, bad, code);
    }
    json_decref(errors);
    return code;
}

/* ---- template, columns ---- */
static int template(void)
{
    struct buf out CLEANUP(buf_done) = {0};
    accounts_template(!strcmp(i18n_lang(), "ja"), &out);
    fwrite(buf_bytes(&out), 1, buf_len(&out), stdout);
    return EXIT_CODE_DONE;
}

static int columns(void)
{
    size_t count;
    const struct accounts_column *all = accounts_columns(&count);
    for (size_t i = 0; i < count; i++) {
        printf("%-22s %s\n", all[i].name, all[i].help);
        if (all[i].aliases && all[i].aliases[0])
            printf("%-22s   also:", "");
        for (size_t k = 0; all[i].aliases && all[i].aliases[k]; k++)
            printf("%s %s", k ? "," : "", all[i].aliases[k]);
        if (all[i].aliases && all[i].aliases[0])
            putchar('\n');
    }
    return EXIT_CODE_DONE;
}

/* ---- the command ---- */
/* "check FILE" becomes "--accounts FILE", so that the options are those of every command. */
static int parse(
    const struct command *self, int argc, const char **argv, struct options *o, struct error *err)
{
    bool words = argc > 1 && argv[1][0] != '-' && argv[1][0] != '@';
    /* Of an unknown word the user is told, not of what stands behind it. */
    bool checks = words && strcmp(argv[1], "template") != 0 && strcmp(argv[1], "columns") != 0;
    const char **all = mem_array((size_t)argc + 3, sizeof *all);
    int count = 0;
    all[count++] = argv[0];
    int next = words ? 2 : 1;
    if (checks && argc > 2 && argv[2][0] != '-') {
        all[count++] = "--accounts";
        all[count++] = argv[2];
        next = 3;
    }
    while (next < argc)
        all[count++] = argv[next++];
    int rc = options_parse(self->name, self->summary, count, all, o, err);
    free(all);
    return rc;
}

static int act(const char *action, const struct options *o, struct error *err)
{
    if (!action)
        return usage(err, "what about accounts?");
    if (!strcmp(action, "template"))
        return template();
    if (!strcmp(action, "columns"))
        return columns();
    if (strcmp(action, "check") != 0)
        return usage(err, action);
    return o->accounts ? check(o, err) : usage(err, "which list?");
}

int cmd_accounts(const struct command *self, int argc, const char **argv)
{
    struct options o;
    struct error err;
    if (parse(self, argc, argv, &o, &err) < 0)
        return talk_error(NULL, &err);
    const char *action = argc > 1 && argv[1][0] != '-' ? argv[1] : NULL;
    int code = i18n_begin(o.lang, &err) < 0 ? -1 : act(action, &o, &err);
    if (code < 0)
        code = talk_error(NULL, &err);
    options_done(&o);
    return code;
}
