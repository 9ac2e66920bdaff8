#include "pair.h"

#include "batch_command.h"
#include "catalog.h"
#include "errand.h"
#include "exit_code.h"
#include "mem.h"
#include "option_zone.h"
#include "options_discover.h"
#include "secret.h"
#include "talk.h"
#include "text_list.h"
#include "upload_cap.h"
#include "work_dir.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int pair_find_work_dir(struct job *job, char **ret, struct error *err)
{
    char *from CLEANUP(mem_free_str) = endpoint_account(&job->from);
    char *to CLEANUP(mem_free_str) = endpoint_account(&job->to);
    char *folder CLEANUP(mem_free_str) = job_folder_words(job);
    char *dir = work_dir_of_job(job->work_dir, false, from, to, folder, err);
    if (!dir)
        return -1;
    *ret = dir;
    job->work_dir = dir;
    return 0;
}

/* Unless the user says it: what the catalog knows of the destination's provider. */
static int find_upload_cap(const struct options *o, struct job *job, struct error *err)
{
    struct catalog *catalog CLEANUP(catalog_free_ptr) = NULL;
    if (o->upload_cap_given)
        return 0;
    if (catalog_load(o->catalogs, text_list_count(o->catalogs), &catalog, err) < 0)
        return -1;
    job->upload_cap = upload_cap_of(catalog, job->to.host);
    return 0;
}

static int run_errand(const struct errand_kind *kind, const struct options *o, const struct job *job,
    struct secret_keeper *keeper)
{
    struct talk talk;
    talk_begin(&talk, o, keeper);
    struct errand e = {.options = o, .job = job, .world = &talk.world, .talk = &talk, .out = stdout};
    talk.world.alerts = &e.alerts;
    int code = kind->run(&e);
    talk_end(&talk);
    fflush(stdout);
    if (e.result.error.code)
        talk_error(&talk, &e.result.error);
    return code;
}

/* Whoever has chosen Japanese, here or for all programs, lives by Japan's clock. */
static void warn_of_years(const struct options *o)
{
    const char *const said[] = {o->lang, getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")};
    bool japanese = false, found = false;
    for (size_t i = 0; i < sizeof said / sizeof *said && !found; i++) {
        found = said[i] && *said[i];
        japanese = found && !strncmp(said[i], "ja", 2);
    }
    const char *words = option_zone_warning(o, japanese);
    if (words && !o->quiet)
        fprintf(stderr, "popferry: warning: %s\n", words);
}

static int run_pair(const struct command *self, const struct options *o)
{
    const struct errand_kind *kind = self->kind;
    struct job job CLEANUP(options_job_done) = {0};
    struct secret_keeper keeper CLEANUP(secret_keeper_done) = {0};
    char *work_dir CLEANUP(mem_free_str) = NULL;
    struct error err;
    if ((kind->ready && kind->ready(o, false, &err) < 0) ||
        secret_keeper_job(&keeper, o, kind->source_alone, &job, &err) < 0 ||
        (kind->keeps && pair_find_work_dir(&job, &work_dir, &err) < 0) ||
        (kind->uploads && find_upload_cap(o, &job, &err) < 0))
        return command_refuse(self, o, &err);
    job.wait_for_cap = o->wait;
    job.scratch = kind->dry_is_scratch && o->dry_run;
    warn_of_years(o);
    return run_errand(kind, o, &job, &keeper);
}

int pair_command(const struct command *self, int argc, const char **argv)
{
    struct options o CLEANUP(options_done) = {0};
    struct error err;
    int code;
    if (!command_begin(self, argc, argv, &o, &code))
        return code;
    if (o.accounts)
        return batch_command(self, &o);
    return options_discover(&o, true, NULL, &err) < 0 ? command_refuse(self, &o, &err) : run_pair(self, &o);
}
