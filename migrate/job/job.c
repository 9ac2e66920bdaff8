#include "job.h"

#include "dest.h"
#include "mail_scan.h"
#include "mem.h"
#include "template.h"
#include <stdlib.h>

static int usage(struct error *err, const char *what)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s", what);
}

static int check_folder(const char *option, const char *folder, struct error *err)
{
    struct error why;
    if (template_check(folder, err) < 0)
        return error_prefix(err, "%s", option);
    char *name CLEANUP(mem_free_str) = template_expand(folder, 0, 0, "");
    if (dest_check_name(name, &why) < 0)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: %s", option, why.text);
    return 0;
}

int job_validate(const struct job *job, struct error *err)
{
    if (!job->from.user)
        return usage(
            err, "the source has no user: write pop3s://USER@HOST (with @ in USER as %40), or --from-user");
    if (!job->to.user)
        return usage(err,
            "the destination has no user: write imaps://USER@HOST (with @ in USER as %40), or --to-user");
    if (check_folder("--folder", job->folder, err) < 0 ||
        (job->folder_old && check_folder("--folder-old", job->folder_old, err) < 0))
        return -1;
    if (job->from.protocol != ENDPOINT_STORE && job_places_by_path(job))
        return usage(err,
            "--folder: {path} is the folder that a message lies in on a disk, and a POP3 account has no folders: leave "
            "it out");
    return 0;
}

bool job_has_one_mailbox(const struct job *job)
{
    return !job->folder_old && template_is_plain(job->folder);
}

bool job_places_by_date(const struct job *job)
{
    return job->folder_old || template_has_date(job->folder);
}

bool job_places_by_path(const struct job *job)
{
    return template_has_path(job->folder) || (job->folder_old && template_has_path(job->folder_old));
}

char *job_mailbox(const struct job *job, const char *path, int64_t date_s, int64_t now_s)
{
    bool known = date_s != MAIL_NO_DATE;
    bool old = job->folder_old && known && date_s < now_s - (int64_t)job->folder_old_days * 86400;
    return template_expand(
        old ? job->folder_old : job->folder, known ? date_s : now_s, job->utc_offset_min, path);
}

char *job_folder_words(const struct job *job)
{
    if (!job->folder_old)
        return mem_strdup(job->folder);
    return mem_printf("%s; older than %d days: %s", job->folder, job->folder_old_days, job->folder_old);
}

const char *job_secret(const struct job *job, const struct world *world, enum job_side side)
{
    const char *now = world->secret ? world->secret(world->ctx, side) : NULL;
    return now ? now : side == JOB_SOURCE ? job->from_password : job->to_password;
}

bool job_has_token(const struct job *job, enum job_side side)
{
    return side == JOB_SOURCE ? job->from_token : job->to_token;
}

int job_sign_in(const struct world *world, struct error *err)
{
    if (!world->sign_in || world->sign_in(world->ctx, err) == 0)
        return 0;
    if (err->retry == ERROR_RETRY_NEVER) /* a token that is refused for good: no other session helps */
        err->scope = ERROR_SCOPE_RUN;
    return -1;
}

void job_signed_in(const struct world *world, enum job_side side, const struct error *error)
{
    if (world->signed_in)
        world->signed_in(world->ctx, side, error);
}
