#include "discover.h"

#include <stdlib.h>

static int worth(const struct discover_finding *f)
{
    return (f->server.security != STREAM_PLAINTEXT) * 2 + f->trusted;
}

const struct discover_finding *discover_result_best(
    const struct discover_result *r, enum stream_protocol protocol)
{
    const struct discover_finding *best = NULL;
    for (size_t i = 0; i < r->finding_count; i++) {
        const struct discover_finding *f = &r->findings[i];
        if (f->server.protocol == protocol && (!best || worth(f) > worth(best)))
            best = f;
    }
    return best;
}

bool discover_result_is_sure(const struct discover_finding *f)
{
    return worth(f) == 3;
}

void discover_result_done(struct discover_result *r)
{
    for (size_t i = 0; i < r->attempt_count; i++) {
        free(r->attempts[i].what);
        free(r->attempts[i].why);
    }
    for (size_t i = 0; i < r->finding_count; i++) {
        free(r->findings[i].what);
        free(r->findings[i].why_not);
    }
    free(r->attempts);
    free(r->findings);
    free(r->address);
    free(r->domain);
    *r = (struct discover_result){0};
}
