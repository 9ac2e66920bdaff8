/* popferry catalog list | show ID | check FILE: what providers allow, what their plans hold and cost. */
#include "command.h"

#include "catalog.h"
#include "catalog_json.h"
#include "catalog_text.h"
#include "exit_code.h"
#include "mem.h"
#include "option_file.h"
#include "print.h"
#include "talk.h"
#include <popt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request {
    const char **files; /* of --catalog */
    char *format;
    char *action, *subject; /* "show" "ID" */
    bool json;
};

static void request_done(struct request *r)
{
    for (size_t i = 0; r->files && r->files[i]; i++)
        free((char *)r->files[i]);
    free(r->files);
    free(r->format);
    free(r->action);
    free(r->subject);
}

static int usage(struct error *err, const char *words, const char *value)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s%s (popferry catalog --help tells how to call it)", words, value);
}

/* ---- the command line ---- */
static int check_request(struct request *r, struct error *err)
{
    bool takes_one;
    if (r->format && strcmp(r->format, "text") != 0 && strcmp(r->format, "json") != 0)
        return usage(err, "--format must be text or json, not ", r->format);
    r->json = r->format && !strcmp(r->format, "json");
    if (!r->action)
        return usage(err, "say what to do: list, show or check", "");
    if (!strcmp(r->action, "list"))
        takes_one = false;
    else if (!strcmp(r->action, "show") || !strcmp(r->action, "check"))
        takes_one = true;
    else
        return usage(err, "there is list, show and check, but not ", r->action);
    if (takes_one && !r->subject)
        return usage(err,
            !strcmp(r->action, "show") ? "show takes the id of a plan, a family or a provider"
                                       : "check takes the name of a file",
            "");
    return !takes_one && r->subject ? usage(err, "list takes nothing more: ", r->subject) : 0;
}

static void print_help(poptContext ctx, const char *summary)
{
    printf("popferry catalog: %s\n\n", summary);
    poptPrintHelp(ctx, stdout, 0);
    printf(
        "\nActions:\n"
        "  list         every plan with its storage, its prices when bound for a year, their dates, and whether "
        "they are verified\n"
        "  show ID      everything about a plan, a family or a provider, with sources\n"
        "  check FILE   whether a catalog of your own is in order; exit code 2 and FILE:LINE if not\n"
        "\n@FILE in place of an option reads options from FILE, one per line.\n");
}

static int take_words(poptContext ctx, struct request *r, struct error *err)
{
    int rc = poptGetNextOpt(ctx);
    if (rc < -1)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s: %s (popferry catalog --help lists the options)", poptBadOption(ctx, POPT_BADOPTION_NOALIAS),
            poptStrerror(rc));
    r->action = mem_strdup(poptGetArg(ctx));
    r->subject = r->action ? mem_strdup(poptGetArg(ctx)) : NULL;
    const char *stray = poptPeekArg(ctx);
    return stray ? usage(err, "not understood here: ", stray) : check_request(r, err);
}

static int parse(
    const struct command *self, int argc, const char **argv, struct request *r, struct error *err)
{
    int help = 0;
    const struct poptOption table[] = {
        {"catalog", 0, POPT_ARG_ARGV, &r->files, 0,
            "read this catalog after the built-in one; it adds and replaces by id (may be repeated)", "FILE"},
        {"format", 0, POPT_ARG_STRING, &r->format, 0, "of what is printed (default: text)", "text|json"},
        {"help", 'h', POPT_ARG_NONE, &help, 0, "this text", NULL},
        POPT_TABLEEND,
    };
    const char **expanded = NULL;
    int count = option_file_expand(argc, argv, &expanded, err);
    if (count < 0)
        return -1;
    poptContext ctx = poptGetContext("popferry catalog", count, expanded, table, 0);
    poptSetOtherOptionHelp(ctx, "list | show ID | check FILE [OPTIONS]");
    int rc = take_words(ctx, r, err);
    if (help) {
        print_help(ctx, self->summary);
        exit(EXIT_SUCCESS);
    }
    poptFreeContext(ctx);
    option_file_free(expanded, count);
    return rc;
}

static int load(const struct request *r, struct catalog **ret, struct error *err)
{
    size_t count = 0;
    while (r->files && r->files[count])
        count++;
    return catalog_load(r->files, count, ret, err);
}

/* content: an object; its members come after those that every document has. Consumed. */
static void dump(json_t *content)
{
    json_t *doc = json_pack(
        "{s:i, s:s, s:s}", "schema", PRINT_JSON_SCHEMA, "popferry", POPFERRY_VERSION, "command", "catalog");
    json_object_update(doc, content);
    json_decref(content);
    json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(doc);
}

/* ---- the actions ---- */
static int list(const struct request *r, struct error *err)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = NULL;
    if (load(r, &c, err) < 0)
        return -1;
    if (r->json)
        dump(catalog_json(c, NULL));
    else
        catalog_text_list(c);
    return 0;
}

static int show(const struct request *r, struct error *err)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = NULL;
    const char *id = r->subject;
    if (load(r, &c, err) < 0)
        return -1;
    if (!catalog_plan_find(c, id) && !catalog_family_find(c, id) && !catalog_provider_find(c, id))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "there is no plan, family or provider \"%s\" in the catalog; popferry catalog list has the ids",
            id);
    if (r->json)
        dump(catalog_json(c, id));
    else
        catalog_text_show(c, id);
    return 0;
}

static void count_place(
    const struct catalog_place *at, const char *file, json_int_t *count, json_int_t *replaced)
{
    bool here = !strcmp(at->file, file);
    *count += here;
    *replaced += here && at->replaces;
}

/* After the built-in catalog and those of --catalog, whose elements it may refer to. */
static int check(const struct request *r, struct error *err)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = NULL;
    json_int_t providers = 0, families = 0, plans = 0, replaced = 0;
    if (load(r, &c, err) < 0 || catalog_add_file(c, r->subject, err) < 0 || catalog_finish(c, err) < 0)
        return -1;
    for (size_t i = 0; i < c->provider_count; i++)
        count_place(&c->providers[i]->place, r->subject, &providers, &replaced);
    for (size_t i = 0; i < c->family_count; i++)
        count_place(&c->families[i]->place, r->subject, &families, &replaced);
    for (size_t i = 0; i < c->plan_count; i++)
        count_place(&c->plans[i]->place, r->subject, &plans, &replaced);
    if (!r->json) {
        printf(
            "%s: in order; providers: %lld, families: %lld, plans: %lld; of them replace earlier ones: %lld\n",
            r->subject, (long long)providers, (long long)families, (long long)plans, (long long)replaced);
        return 0;
    }
    dump(json_pack("{s:s, s:I, s:I, s:I, s:I}", "file", r->subject, "providers", providers, "families",
        families, "plans", plans, "replaced", replaced));
    return 0;
}

int cmd_catalog(const struct command *self, int argc, const char **argv)
{
    struct request r CLEANUP(request_done) = {0};
    struct error err;
    if (parse(self, argc, argv, &r, &err) < 0)
        return talk_error(NULL, &err);
    int rc = !strcmp(r.action, "list")   ? list(&r, &err)
             : !strcmp(r.action, "show") ? show(&r, &err)
                                         : check(&r, &err);
    return rc < 0 ? talk_error(NULL, &err) : EXIT_CODE_DONE;
}
