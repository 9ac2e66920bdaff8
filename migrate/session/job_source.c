#include "job_source.h"

#include "source_pop3.h"
#include "source_store.h"

struct source *job_source_new(const struct job *job)
{
    if (job->from.protocol == ENDPOINT_STORE)
        return source_store_new(job->from.store, job->from.path);
    return source_pop3_new(&(struct source_pop3_options){
        .one_at_a_time = job->one_at_a_time,
        .without_capa = job->no_capa,
        .guard = job->guard_source,
        .user = job->from.user,
    });
}
