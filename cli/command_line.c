#include "command_line.h"

#include "estimate_options.h"
#include "mem.h"
#include "nearest.h"
#include "option_file.h"
#include "option_popt.h"
#include "option_rules.h"
#include "secret_given.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stood on the line itself; it is put into the options behind what stands in files. */
struct said {
    const struct option_row *row;
    char *value; /* NULL: a flag */
};

struct reading {
    const struct command *command;
    struct options *options;
    struct said *said;
    size_t said_count;
    const char *files[64];
    size_t file_count;
    bool help;
};

static int usage(struct error *err, const char *fmt, const char *a, const char *b)
{
    char text[ERROR_TEXT_MAX];
    snprintf(text, sizeof text, fmt, a, b); /* NOLINT: fmt is a literal of this file */
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s", text);
}

/* ---- what there is not ---- */
/* Of those that the command heeds, else of all (NULL). */
static void offer_options(struct nearest *n, const char *command)
{
    size_t count;
    const struct option_row *rows = option_table(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].kind != OPTION_SECRET && (!command || option_table_heeds(&rows[i], command)))
            nearest_offer(n, rows[i].name);
    nearest_offer(n, "help");
}

static int unknown_option(const char *word, const char *command, const char *dashes, struct error *err)
{
    struct nearest n = {.word = word};
    const struct option_row *row = option_table_find(word);
    if (row && row->kind == OPTION_SECRET)
        return usage(err,
            "%s%s: no password stands on a command line or in an option file, where others could read it; "
            "--from-password-file, --from-password-command and their like say where it is",
            dashes, word);
    if (command)
        offer_options(&n, command);
    if (!n.count)
        offer_options(&n, NULL);
    char *words CLEANUP(mem_free_str) = nearest_words(&n, *dashes ? "--" : "");
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "there is no option %s%s%s", dashes, word,
        words);
    return -1;
}

static int not_heeded(const struct option_row *row, const char *command, struct error *err)
{
    char *commands CLEANUP(mem_free_str) = option_table_commands(row);
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "--%s is of %s, not of %s",
        row->name, commands, command);
}

/* Does the next word belong to this one? -1: there is no such option. */
static int takes_next(const char *word, struct error *err)
{
    size_t dashes = strspn(word, "-");
    char *name CLEANUP(mem_free_str) = mem_strndup(word + dashes, strcspn(word + dashes, "="));
    if (!strcmp(name, "help") || !strcmp(name, "version") || dashes < 2)
        return 0;
    const struct option_row *row = option_table_find_word(name, "");
    if (!row || row->kind == OPTION_SECRET)
        return unknown_option(name, NULL, "--", err);
    return row->kind != OPTION_FLAG && !strchr(word, '=');
}

/* ---- the line itself ---- */
static bool is_letter(char letter)
{
    const char word[] = {letter, '\0'};
    return letter == 'h' || (letter && option_table_find_word(word, ""));
}

/* An option, or an option file, as far as can be seen; not -1, nor -09:00. */
static bool looks_like_option(const char *word)
{
    size_t letters = 1;
    if (*word == '@' || !strncmp(word, "--", 2))
        return true;
    while (*word == '-' && is_letter(word[letters]))
        letters++;
    return letters > 1 && !word[letters];
}

/* popt takes whatever follows as the value: of --work-dir $DIR --dry-run, where DIR is empty, --dry-run, and
 * the run would be a real one. */
static int check_swallowed(int argc, const char **argv, struct error *err)
{
    struct error ignored;
    for (int i = 1; i + 1 < argc && strcmp(argv[i], "--") != 0; i++) {
        if (argv[i][0] != '-' || takes_next(argv[i], &ignored) <= 0)
            continue;
        if (looks_like_option(argv[i + 1]))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
                "%s: its value is missing, or is it %s? Then write %s=%s", argv[i], argv[i + 1], argv[i],
                argv[i + 1]);
        i++;
    }
    return 0;
}

static bool may_be_empty(const struct option_row *row)
{
    return !strcmp(row->name, "proxy"); /* "" is: none */
}

static int check_value(const char *dashes, const struct option_row *row, const char *value, struct error *err)
{
    if (!value || *value || may_be_empty(row))
        return 0;
    return usage(err, "%s%s: its value is empty", dashes, row->name);
}

/* The last one counts, as in a script that puts its own options behind; it is told. */
static void note_twice(struct reading *r, const struct option_row *row, const char *value)
{
    for (size_t i = 0; i < r->said_count && row->kind != OPTION_LIST; i++)
        if (r->said[i].row == row && value && strcmp(r->said[i].value, value) != 0)
            r->options->twice = row->name;
}

/* value: owned by the caller. */
static int note(struct reading *r, const struct option_row *row, const char *value, struct error *err)
{
    if (!option_table_heeds(row, r->command->name))
        return not_heeded(row, r->command->name, err);
    if (check_value("--", row, value, err) < 0)
        return -1;
    note_twice(r, row, value);
    r->said = mem_grow(r->said, r->said_count + 1, sizeof *r->said);
    r->said[r->said_count++] = (struct said){row, mem_strdup(value)};
    return 0;
}

/* popt's own words, and never the value, which may be a secret that somebody mistyped the option of. */
static int bad_option(const struct reading *r, poptContext ctx, int why, struct error *err)
{
    const char *text = poptBadOption(ctx, POPT_BADOPTION_NOALIAS);
    char *word CLEANUP(mem_free_str) = mem_strndup(text, strcspn(text, "="));
    size_t dashes = strspn(word, "-");
    if (why == POPT_ERROR_BADOPT)
        return unknown_option(word + dashes, r->command->name, dashes > 1 ? "--" : "-", err);
    if (why == POPT_ERROR_NOARG)
        return usage(err, "%s: its value is missing%s", word, "");
    if (why == POPT_ERROR_UNWANTEDARG)
        return usage(err, "%s takes no value%s", word, "");
    return usage(err, "%s: %s", word, poptStrerror(why));
}

static int take_word(struct reading *r, const char *word, struct error *err)
{
    size_t max = sizeof r->files / sizeof *r->files, n = 0;
    if (*word == '@') {
        if (r->file_count == max)
            return usage(err, "%s: too many option files%s", word, "");
        r->files[r->file_count++] = word + 1;
        return 0;
    }
    while (n < r->command->words && r->options->words[n])
        n++;
    if (n == r->command->words)
        return usage(err,
            r->command->words
                ? "\"%s\" is one word too many%s"
                : "\"%s\" is not understood: popferry %s takes options alone, which begin with --",
            word, r->command->words ? "" : r->command->name);
    r->options->words[n] = word;
    return 0;
}

static int read_line(struct reading *r, poptContext ctx, struct error *err)
{
    int value;
    while ((value = poptGetNextOpt(ctx)) > 0) {
        if (value == OPTION_POPT_HELP) {
            r->help = true;
            return 0;
        }
        char *text CLEANUP(mem_free_str) = poptGetOptArg(ctx);
        if (note(r, option_popt_row(value), text, err) < 0)
            return -1;
    }
    return value < -1 ? bad_option(r, ctx, value, err) : 0;
}

/* popt owns copies of its words. */
static int read_words(struct reading *r, int argc, const char **argv, poptContext ctx, struct error *err)
{
    const char *word;
    while ((word = poptGetArg(ctx))) {
        for (int i = 1; i < argc; i++)
            if (!strcmp(argv[i], word)) {
                word = argv[i];
                break;
            }
        if (take_word(r, word, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- files ---- */
static bool is_said(const struct reading *r, const struct option_row *row)
{
    for (size_t i = 0; i < r->said_count; i++)
        if (r->said[i].row == row)
            return true;
    return false;
}

/* By itself, while it is known where it stands; the command line may still take its place. */
static int check_alone(const struct option_row *row, const char *value, struct error *err)
{
    struct options alone CLEANUP(options_done);
    options_init(&alone);
    if (option_table_set(&alone, row, value, err) < 0 || options_read_values(&alone, err) < 0)
        return -1;
    struct quote_params quote;
    struct money_rate *rates = NULL;
    int rc = estimate_options_read(&alone, &quote, &rates, err);
    free(rates);
    return rc;
}

static int take_file_line(void *ctx, const struct option_line *l, struct error *err)
{
    struct reading *r = ctx;
    const char *command = r->command->name;
    const struct option_row *row = option_table_find_word(l->name, command);
    if (!row || row->kind == OPTION_SECRET)
        return unknown_option(l->name, command, "", err);
    if (!option_table_heeds(row, command))
        return option_rules_pass(row, command, err);
    if (row->kind != OPTION_FLAG && !l->value)
        return usage(err, "%s: its value is missing%s", row->name, "");
    if (check_value("", row, l->value, err) < 0)
        return -1;
    if (is_said(r, row) && row->kind != OPTION_LIST)
        return 0;
    if (option_table_set(r->options, row, l->value, err) < 0)
        return l->value ? error_prefix(err, "%s %s", row->name, l->value)
                        : error_prefix(err, "%s", row->name);
    r->options->given[option_table_index(row)] = OPTION_OF_FILE;
    return check_alone(row, l->value, err);
}

/* A form that this command does not print, in a file for all of them, is passed over, too. */
static bool prints(const struct command *c, const char *format)
{
    size_t len = strlen(format);
    for (const char *p = c->formats; *p; p += strcspn(p, " "), p += *p == ' ')
        if (strcspn(p, " ") == len && !strncmp(p, format, len))
            return true;
    return false;
}

static int refuse_format(const struct command *c, const char *format, struct error *err)
{
    char *formats CLEANUP(mem_free_str) = mem_strdup(c->formats);
    for (char *p = strchr(formats, ' '); p; p = strchr(p + 1, ' '))
        *p = '/';
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "--format %s: popferry %s prints only %s", format, c->name, formats);
}

static int check_format(struct reading *r, struct error *err)
{
    struct options *o = r->options;
    const struct option_row *row = option_table_find("format");
    if (!o->format_text || prints(r->command, o->format_text))
        return 0;
    if (o->given[option_table_index(row)] == OPTION_OF_LINE)
        return refuse_format(r->command, o->format_text, err);
    option_table_clear(o, row);
    return 0;
}

static int put_said(struct reading *r, struct error *err)
{
    for (size_t i = 0; i < r->said_count; i++) {
        const struct said *s = &r->said[i];
        if (option_table_set(r->options, s->row, s->value, err) < 0)
            return s->value ? error_prefix(err, "--%s %s", s->row->name, s->value)
                            : error_prefix(err, "--%s", s->row->name);
        r->options->given[option_table_index(s->row)] = OPTION_OF_LINE;
    }
    return 0;
}

static int read_all(struct reading *r, int argc, const char **argv, poptContext ctx, struct error *err)
{
    if (check_swallowed(argc, argv, err) < 0 || read_line(r, ctx, err) < 0)
        return -1;
    if (r->help)
        return COMMAND_LINE_HELP;
    if (read_words(r, argc, argv, ctx, err) < 0)
        return -1;
    for (size_t i = 0; i < r->file_count; i++)
        if (option_file_read(r->files[i], take_file_line, r, err) < 0)
            return -1;
    if (put_said(r, err) < 0 || check_format(r, err) < 0 || options_read_values(r->options, err) < 0)
        return -1;
    return option_rules_check(r->options, r->command->name, err);
}

/* ---- the whole ---- */
static void print_help(poptContext ctx, const struct command *c)
{
    printf("popferry %s: %s\n\n", c->name, c->summary);
    poptPrintHelp(ctx, stdout, 0);
    printf(
        "\n%s@FILE in place of an option reads options from FILE, one per line; the command line counts more.\n",
        c->notes ? c->notes : "");
}

int command_line_read(
    const struct command *self, int argc, const char **argv, struct options *ret, struct error *err)
{
    struct options o CLEANUP(options_done);
    struct poptOption one[OPTION_POPT_MAX], many[OPTION_POPT_MAX];
    struct reading r = {.command = self, .options = &o};
    options_init(&o);
    option_popt_tables(self->name, one, many);
    char *name CLEANUP(mem_free_str) = mem_printf("popferry %s", self->name);
    const char **args = mem_array((size_t)argc + 1, sizeof *args);
    memcpy(args, argv, (size_t)argc * sizeof *args);
    args[0] = name;
    poptContext ctx = poptGetContext("popferry", argc, args, one, 0);
    poptSetOtherOptionHelp(ctx, self->arguments ? self->arguments : "[OPTIONS]");
    int rc = read_all(&r, argc, argv, ctx, err);
    secret_given_claim_env(o.from_password_env);
    secret_given_claim_env(o.to_password_env);
    if (rc == COMMAND_LINE_HELP)
        print_help(ctx, self);
    poptFreeContext(ctx);
    free(args);
    for (size_t i = 0; i < r.said_count; i++)
        free(r.said[i].value);
    free(r.said);
    if (rc < 0)
        return error_append(err, " (popferry %s --help lists the options)", self->name);
    *ret = o;
    o = (struct options){0};
    return rc;
}

/* ---- before the command is known ---- */
static int look_for_json(void *ctx, const struct option_line *l, struct error *err)
{
    (void)err;
    if (!strcmp(l->name, "format") && l->value)
        *(bool *)ctx = !strcmp(l->value, "json");
    return 0;
}

bool command_line_wants_json(int argc, const char **argv)
{
    bool in_file = false, said = false, json = false;
    struct error ignored;
    for (int i = 0; i < argc; i++) {
        const char *value = !strncmp(argv[i], "--format=", 9) ? argv[i] + 9 : NULL;
        if (!strcmp(argv[i], "--format") && i + 1 < argc)
            value = argv[++i];
        if (value)
            said = true, json = !strcmp(value, "json");
        else if (argv[i][0] == '@')
            option_file_read(argv[i] + 1, look_for_json, &in_file, &ignored);
    }
    return said ? json : in_file;
}

/* The first word from there on that is neither an option nor a value; 0: there is none. */
static int find_word(int argc, char **argv, int from, struct error *err)
{
    for (int i = from; i < argc; i++) {
        if (argv[i][0] == '@')
            continue;
        if (argv[i][0] != '-' || !argv[i][1])
            return i;
        if (!strcmp(argv[i], "--"))
            return i + 1 < argc ? i + 1 : 0;
        int next = takes_next(argv[i], err);
        if (next < 0)
            return -1;
        i += next;
    }
    return 0;
}

int command_line_order(int argc, char **argv, const char **ret, struct error *err)
{
    int at = find_word(argc, argv, 1, err), count = 0;
    if (at <= 0)
        return at;
    int topic = strcmp(argv[at], "help") != 0 ? 0 : find_word(argc, argv, at + 1, err);
    if (topic < 0)
        return -1;
    ret[count++] = argv[topic ? topic : at];
    if (topic)
        ret[count++] = "--help";
    for (int i = 1; i < argc; i++)
        if (i != at && i != topic && !(i < at && !strcmp(argv[i], "--")))
            ret[count++] = argv[i];
    ret[count] = NULL;
    return 1;
}
