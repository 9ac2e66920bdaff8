#include "job_stream.h"

#include <stdio.h>
#include <string.h>

static enum stream_security security_of(const struct endpoint *e)
{
    return e->security == ENDPOINT_TLS        ? STREAM_TLS_IMPLICIT
           : e->security == ENDPOINT_STARTTLS ? STREAM_TLS_STARTTLS
                                              : STREAM_PLAINTEXT;
}

struct stream *job_stream_open(
    const struct job *job, const struct world *world, enum job_side side, struct net *net)
{
    const struct endpoint *e = side == JOB_SOURCE ? &job->from : &job->to;
    const char *secret = job_secret(job, world, side);
    const struct stream_spec spec = {
        .protocol = e->protocol == ENDPOINT_POP3 ? STREAM_POP3 : STREAM_IMAP,
        .security = security_of(e),
        .host = e->host,
        .port = e->port,
        .user = e->user,
        .authzid = e->authzid,
        .password = secret,
        .token = job_has_token(job, side) ? secret : NULL,
        .ca_file = job->ca_file,
        .weak_auth = job->weak_auth,
        .route = side == JOB_SOURCE ? job->from_route : job->to_route,
    };
    return stream_open(net, &spec);
}

char *job_stream_weakness(char *dst, size_t cap, const struct stream *stream)
{
    const struct stream_tls *tls = stream_tls(stream);
    if (!tls->used)
        snprintf(dst, cap,
            "%s is not encrypted (as --allow-plaintext or plaintext allows): password and mail can be read by "
            "anyone on the way",
            stream_name(stream));
    else if (strcmp(tls->version, "TLSv1.2") < 0)
        snprintf(dst, cap,
            "%s is encrypted by %s alone (as --from-tls-min or --to-tls-min allows): whoever breaks that on the "
            "way can read password and mail",
            stream_name(stream), tls->version);
    else
        return NULL;
    return dst;
}
