/* popferry catalog list | show ID | check FILE: what providers allow, what their plans hold and cost. */
#include "command.h"

#include "catalog.h"
#include "catalog_json.h"
#include "catalog_text.h"
#include "exit_code.h"
#include "mem.h"
#include "option_frame.h"
#include "print.h"
#include "talk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request {
    char **files; /* of --catalog */
    size_t count;
    char *format;
    char *action, *subject; /* "show" "ID" */
    bool json;
};

static void request_done(struct request *r)
{
    for (size_t i = 0; i < r->count; i++)
        free(r->files[i]);
    free(r->files);
    free(r->format);
    free(r->action);
    free(r->subject);
}

/* ---- the command line ---- */
static int usage(const char *words, const char *value, struct error *err)
{
    return option_frame_usage("catalog", words, value, err);
}

static int check_request(struct request *r, struct error *err)
{
    bool takes_one;
    if (option_frame_format("catalog", r->format, &r->json, err) < 0)
        return -1;
    if (!r->action)
        return usage("say what to do: list, show or check", "", err);
    if (!strcmp(r->action, "list"))
        takes_one = false;
    else if (!strcmp(r->action, "show") || !strcmp(r->action, "check"))
        takes_one = true;
    else
        return usage("there is list, show and check, but not ", r->action, err);
    if (takes_one && !r->subject)
        return usage(!strcmp(r->action, "show") ? "show takes the id of a plan, a family or a provider"
                                                : "check takes the name of a file",
            "", err);
    return !takes_one && r->subject ? usage("list takes nothing more: ", r->subject, err) : 0;
}

enum option {
    OPTION_CATALOG = 1,
    OPTION_FORMAT,
};

static void take_option(void *ctx, int option, char *value)
{
    struct request *r = ctx;
    if (option == OPTION_FORMAT) {
        free(r->format);
        r->format = value;
        return;
    }
    r->files = mem_grow(r->files, r->count + 1, sizeof *r->files);
    r->files[r->count++] = value;
}

static int parse(
    const struct command *self, int argc, const char **argv, struct request *r, struct error *err)
{
    static const struct poptOption table[] = {
        {"catalog", 0, POPT_ARG_STRING, NULL, OPTION_CATALOG,
            "read this catalog after the built-in one; it adds and replaces by id (may be repeated)", "FILE"},
        {"format", 0, POPT_ARG_STRING, NULL, OPTION_FORMAT, "of what is printed (default: text)",
            "text|json"},
        OPTION_FRAME_END,
    };
    const struct option_frame frame = {
        .command = self,
        .arguments = "list | show ID | check FILE [OPTIONS]",
        .notes =
            "Actions:\n"
            "  list         every plan with its storage, its prices when bound for a year, their dates, and whether "
            "they are verified\n"
            "  show ID      everything about a plan, a family or a provider, with sources\n"
            "  check FILE   whether a catalog of your own is in order; exit code 2 and FILE:LINE if not\n"
            "\n" OPTION_FRAME_FILE,
        .options = table,
        .take = take_option,
        .ctx = r,
    };
    char *words[2] = {NULL, NULL};
    int rc = option_frame_read(&frame, argc, argv, words, 2, err);
    r->action = words[0];
    r->subject = words[1];
    return rc < 0 ? -1 : check_request(r, err);
}

static int load(const struct request *r, struct catalog **ret, struct error *err)
{
    return catalog_load((const char *const *)r->files, r->count, ret, err);
}

/* ---- the actions ---- */
static int list(const struct request *r, struct error *err)
{
    struct catalog *c CLEANUP(catalog_free_ptr) = NULL;
    if (load(r, &c, err) < 0)
        return -1;
    if (r->json)
        print_json_document(stdout, "catalog", catalog_json(c, NULL));
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
    print_json_document(stdout, "catalog",
        json_pack("{s:s, s:I, s:I, s:I, s:I}", "file", r->subject, "providers", providers, "families",
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
