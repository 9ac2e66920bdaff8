/* popferry catalog list | show ID | check FILE: what providers allow, what their plans hold and cost. */
#include "command.h"

#include "catalog.h"
#include "catalog_age.h"
#include "catalog_json.h"
#include "catalog_text.h"
#include "clock.h"
#include "exit_code.h"
#include "mem.h"
#include "options.h"
#include "print.h"
#include "talk.h"
#include "text_list.h"
#include <stdio.h>
#include <string.h>

static int usage(const char *words, const char *value, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s%s (popferry help catalog tells how to call it)", words, value);
}

static int check_request(const struct options *o, struct error *err)
{
    const char *action = o->words[0], *subject = o->words[1];
    if (!action)
        return usage("say what to do: list, show or check", "", err);
    bool lists = !strcmp(action, "list"), shows = !strcmp(action, "show");
    if (!lists && !shows && strcmp(action, "check") != 0)
        return usage("there is list, show and check, but not ", action, err);
    if (o->age && (lists || shows))
        return usage("--age is of popferry catalog check alone: leave it out with ", action, err);
    if (!lists && !subject && !o->age)
        return usage(
            shows ? "show takes the id of a plan, a family or a provider" : "check takes the name of a file",
            "", err);
    return lists && subject ? usage("list takes nothing more: ", subject, err) : 0;
}

static int load(const struct options *o, struct catalog **ret, struct error *err)
{
    return catalog_load(o->catalogs, text_list_count(o->catalogs), ret, err);
}

/* ---- the actions ---- */
static int list(const struct options *o, struct error *err)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = NULL;
    if (load(o, &c, err) < 0)
        return -1;
    if (o->format == FORMAT_JSON)
        print_json_document(stdout, "catalog", catalog_json(c, NULL));
    else
        catalog_text_list(c);
    return 0;
}

static int show(const struct options *o, struct error *err)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = NULL;
    const char *id = o->words[1];
    if (load(o, &c, err) < 0)
        return -1;
    if (!catalog_plan_find(c, id) && !catalog_family_find(c, id) && !catalog_provider_find(c, id))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "there is no plan, family or provider \"%s\" in the catalog; popferry catalog list has the ids",
            id);
    if (o->format == FORMAT_JSON)
        print_json_document(stdout, "catalog", catalog_json(c, id));
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
static int check(const struct options *o, struct error *err)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = NULL;
    json_int_t providers = 0, families = 0, plans = 0, replaced = 0;
    if (load(o, &c, err) < 0 || catalog_add_file(c, o->words[1], err) < 0 || catalog_finish(c, err) < 0)
        return -1;
    for (size_t i = 0; i < c->provider_count; i++)
        count_place(&c->providers[i]->place, o->words[1], &providers, &replaced);
    for (size_t i = 0; i < c->family_count; i++)
        count_place(&c->families[i]->place, o->words[1], &families, &replaced);
    for (size_t i = 0; i < c->plan_count; i++)
        count_place(&c->plans[i]->place, o->words[1], &plans, &replaced);
    if (o->format != FORMAT_JSON) {
        printf(
            "%s: in order; providers: %lld, families: %lld, plans: %lld; of them replace earlier ones: %lld\n",
            o->words[1], (long long)providers, (long long)families, (long long)plans, (long long)replaced);
        return 0;
    }
    print_json_document(stdout, "catalog",
        json_pack("{s:s, s:I, s:I, s:I, s:I}", "file", o->words[1], "providers", providers, "families",
            families, "plans", plans, "replaced", replaced));
    return 0;
}

static int check_age(const struct options *o, int *ret_code, struct error *err)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = NULL;
    const char *file = o->words[1];
    if (load(o, &c, err) < 0 || (file && (catalog_add_file(c, file, err) < 0 || catalog_finish(c, err) < 0)))
        return -1;
    size_t old = catalog_age_print(c, clock_wall_s(clock_system()), o->age, o->format == FORMAT_JSON);
    *ret_code = old ? EXIT_CODE_ATTENTION : EXIT_CODE_DONE;
    return 0;
}

int cmd_catalog(const struct command *self, int argc, const char **argv)
{
    struct options o CLEANUP(options_done) = {0};
    struct error err;
    int code;
    if (!command_begin(self, argc, argv, &o, &code))
        return code;
    if (check_request(&o, &err) < 0)
        return command_refuse(self, &o, &err);
    code = EXIT_CODE_DONE;
    int rc = !strcmp(o.words[0], "list")   ? list(&o, &err)
             : !strcmp(o.words[0], "show") ? show(&o, &err)
             : o.age                       ? check_age(&o, &code, &err)
                                           : check(&o, &err);
    return rc < 0 ? command_refuse(self, &o, &err) : code;
}
