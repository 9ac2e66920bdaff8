#include "job_ends.h"

#include "dest_imap.h"
#include "source_pop3.h"
#include "source_store.h"

struct source *job_source_new(const struct job *job, const struct world *world)
{
    if (world->ends && world->ends->source)
        return world->ends->source(world->ends->ctx, job);
    if (job->from.protocol == ENDPOINT_STORE)
        return source_store_new(job->from.store, job->from.path, job->codepage);
    return source_pop3_new(&(struct source_pop3_options){
        .one_at_a_time = job->one_at_a_time,
        .without_capa = job->no_capa,
        .guard = job->guard_source,
        .user = job->from.user,
    });
}

struct dest *job_dest_new(const struct job *job, const struct world *world)
{
    return world->ends && world->ends->dest
               ? world->ends->dest(world->ends->ctx, job)
               : dest_imap_new(&(struct dest_imap_options){.without_search = job->no_search});
}
