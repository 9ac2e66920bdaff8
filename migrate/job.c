#include "job.h"

#include "imap_name.h"
#include <stdlib.h>

static int usage(struct error *err, const char *what)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s", what);
}

int job_validate(const struct job *job, struct error *err)
{
    if (!job->from.user)
        return usage(
            err, "the source has no user: write pop3s://USER@HOST (with @ in USER as %40), or --from-user");
    if (!job->to.user)
        return usage(err,
            "the destination has no user: write imaps://USER@HOST (with @ in USER as %40), or --to-user");
    struct error why;
    char *wire = imap_name_to_wire(job->folder, "", '/', &why);
    if (!wire)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "--folder: %s", why.text);
    free(wire);
    return 0;
}
