/* popferry accounts: is a list of accounts in order? A list to begin with. Changes nothing, asks no server.
 */
#include "command.h"

#include "accounts_forget.h"
#include "batch_list.h"
#include "batch_pairs.h"
#include "batch_warn.h"
#include "exit_code.h"
#include "i18n.h"
#include "list_trust_print.h"
#include "mem.h"
#include "nearest.h"
#include "option_rules.h"
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
        "%s: popferry accounts check FILE | template | columns | forget NAME (popferry help accounts)", what);
}

static int unknown(struct error *err, const char *action)
{
    struct nearest n = {.word = action};
    nearest_offer(&n, "check");
    nearest_offer(&n, "template");
    nearest_offer(&n, "columns");
    nearest_offer(&n, "forget");
    char *words CLEANUP(mem_free_str) = nearest_words(&n, "");
    char *what CLEANUP(mem_free_str) = mem_printf("there is no \"accounts %s\"%s", action, words);
    return usage(err, what);
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
    return (struct password){N_("source"), "from_password", o->from_password,
        o->from_token_file ? o->from_token_file : o->from_password_file,
        o->from_token_command ? o->from_token_command : o->from_password_command,
        o->from_oauth || o->from_password_env || o->from_password_fd || o->netrc};
}

static struct password destination_password(const struct options *o)
{
    return (struct password){N_("destination"), "to_password", o->to_password,
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
    int side = (int)strcspn(p->column, "_");
    if (p->file)
        error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            _("%1$s:%2$ld: the password file %4$s of the %3$s cannot be read"), l->list.path, line,
            _(p->side), p->file);
    else
        error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            _("%1$s:%2$ld: no password for the %3$s: fill the column %4$s, or give --%6$.*5$s-password-command or "
              "--%6$.*5$s-password-file for all accounts"),
            l->list.path, line, _(p->side), accounts_heading(&l->list, p->column), side, p->column);
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
    if (!store_is_named(e->options.from)) /* a disk asks for none */
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
    for (size_t i = 0; i < count; i++) {
        char *words CLEANUP(mem_free_str) =
            mem_printf(ngettext("%1$s, %2$zu account", "%1$s, %2$zu accounts", all[i].accounts), all[i].name,
                all[i].accounts);
        print_labelled(stdout, i ? "" : title, words);
    }
    free(all);
}

static const char *form_words(const struct account_list *l)
{
    return l->form == ACCOUNTS_IMAPSYNC    ? N_("imapsync's")
           : l->form == ACCOUNTS_MICROSOFT ? N_("Microsoft's")
                                           : N_("with a heading");
}

static void print_count(const char *what, size_t count)
{
    char *words CLEANUP(mem_free_str) = mem_printf("%zu", count);
    print_labelled(stdout, what, words);
}

static void print_list(const struct batch_list *l, size_t bad)
{
    char sign[4] = {'"', l->list.csv.delimiter, '"', '\0'};
    printf(_("%1$s: %2$s, %3$s, divided by %4$s"), l->list.path, _(form_words(&l->list)), l->list.charset,
        l->list.csv.delimiter == '\t' ? _("tab") : sign);
    putchar('\n');
    print_count(_("accounts"), l->count);
    print_count(_("without errors"), l->count - bad);
    if (l->disabled)
        print_count(_("not enabled"), l->disabled);
    if (l->elsewhere)
        print_count(_("other shards"), l->elsewhere);
    if (l->list.notes)
        print_count(_("comments"), l->list.notes);
    print_servers(l, 0, _("from"));
    print_servers(l, 1, _("to"));
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

static void print_json(
    const struct batch_list *l, const struct options *o, json_t *errors, size_t bad, int code)
{
    char delimiter[2] = {l->list.csv.delimiter, '\0'};
    print_json_document(stdout, "accounts",
        json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:O, s:o, s:o, s:b, s:i}", "file",
            l->list.path, "form", form_words(&l->list), "charset", l->list.charset, "delimiter", delimiter,
            "accounts", (json_int_t)l->count, "in_order", (json_int_t)(l->count - bad), "disabled",
            (json_int_t)l->disabled, "other_shards", (json_int_t)l->elsewhere, "pairs", batch_pairs_json(l),
            "errors", errors, "warnings", batch_list_warnings_json(l), "beyond_data", list_trust_json(l, o),
            "trusted", o->trust_list, "exit_code", code));
}

static int check(const struct options *o, struct error *err)
{
    struct batch_list l CLEANUP(batch_list_done) = {0};
    size_t bad = 0;
    bool text = o->format != FORMAT_JSON;
    if (batch_list_read(o, true, false, &l, err) < 0)
        return -1;
    batch_warn_rows(&l);
    if (text)
        batch_pairs_print(&l);
    json_t *errors = json_errors(&l, &bad, text);
    int code = bad ? EXIT_CODE_USAGE : EXIT_CODE_DONE;
    if (text) {
        print_list(&l, bad);
        for (size_t i = 0; i < l.warning_count; i++)
            print_labelled(stdout, _("warning"), l.warnings[i]);
        list_trust_print(&l, o);
    } else {
        print_json(&l, o, errors, bad, code);
    }
    json_decref(errors);
    return code;
}

/* ---- template, columns ---- */
static const char *const of_words[] = {"lang", "format", "quiet", NULL};

static int template(const struct options *o, struct error *err)
{
    struct buf out CLEANUP(buf_done) = {0};
    if (option_rules_only(o, "popferry accounts template", of_words, err) < 0)
        return -1;
    if (o->format == FORMAT_JSON)
        return usage(err, "--format json: the template is CSV");
    accounts_template(!strcmp(i18n_lang(), "ja"), &out);
    fwrite(buf_bytes(&out), 1, buf_len(&out), stdout);
    return EXIT_CODE_DONE;
}

static void print_column(const struct accounts_column *c)
{
    printf("%-22s %s\n", c->name, c->help);
    if (!c->aliases || !c->aliases[0])
        return;
    printf("%-22s   also:", "");
    for (size_t k = 0; c->aliases[k]; k++)
        printf("%s %s", k ? "," : "", c->aliases[k]);
    putchar('\n');
}

static json_t *json_column(const struct accounts_column *c)
{
    json_t *also = json_array();
    for (size_t k = 0; c->aliases && c->aliases[k]; k++)
        json_array_append_new(also, json_string(c->aliases[k]));
    return json_pack("{s:s, s:s, s:o}", "name", c->name, "help", c->help, "also", also);
}

static int columns(const struct options *o, struct error *err)
{
    size_t count;
    const struct accounts_column *all = accounts_columns(&count);
    json_t *list = json_array();
    if (option_rules_only(o, "popferry accounts columns", of_words, err) < 0) {
        json_decref(list);
        return -1;
    }
    for (size_t i = 0; i < count; i++) {
        if (o->format == FORMAT_TEXT)
            print_column(&all[i]);
        json_array_append_new(list, json_column(&all[i]));
    }
    if (o->format == FORMAT_JSON)
        print_json_document(
            stdout, "accounts", json_pack("{s:O, s:i}", "columns", list, "exit_code", EXIT_CODE_DONE));
    json_decref(list);
    return EXIT_CODE_DONE;
}

/* ---- the command ---- */
/* What the command heeds for another action. */
static int refuse_of_forget(const struct options *o, struct error *err)
{
    static const char *const names[] = {"work-dir", "dry-run"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (option_rules_of_line(o, names[i]))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
                "--%s: popferry accounts check does not heed it; leave it out", names[i]);
    return 0;
}

/* "check FILE" is "check --accounts FILE". */
static int take_list(struct options *o, struct error *err)
{
    const char *file = o->words[1];
    if (refuse_of_forget(o, err) < 0)
        return -1;
    if (file && o->accounts && strcmp(file, o->accounts) != 0 && option_rules_given(o, "accounts"))
        return usage(err, "two lists are named: give one of them");
    if (!file && !o->accounts)
        return usage(err, "which list?");
    if (!file)
        return 0;
    free(o->accounts);
    o->accounts = mem_strdup(file);
    return 0;
}

static int act(struct options *o, struct error *err)
{
    const char *action = o->words[0];
    if (!action)
        return usage(err, "say what to do");
    bool checks = !strcmp(action, "check"), template_ = !strcmp(action, "template");
    bool forgets = !strcmp(action, "forget");
    if (!checks && !template_ && !forgets && strcmp(action, "columns") != 0)
        return unknown(err, action);
    if (o->format == FORMAT_CSV && !template_)
        return usage(err, "--format csv: text or json");
    if (forgets)
        return o->words[1] ? accounts_forget(o, err) : usage(err, "which account?");
    if (!checks && o->words[1])
        return usage(err, o->words[1]);
    if (checks && o->words[2])
        return usage(err, o->words[2]);
    if (!checks)
        return template_ ? template(o, err) : columns(o, err);
    return take_list(o, err) < 0 ? -1 : check(o, err);
}

int cmd_accounts(const struct command *self, int argc, const char **argv)
{
    struct options o CLEANUP(options_done) = {0};
    struct error err;
    int code;
    if (!command_begin(self, argc, argv, &o, &code))
        return code;
    code = act(&o, &err);
    return code < 0 ? command_refuse(self, &o, &err) : code;
}
