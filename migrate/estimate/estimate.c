#include "estimate.h"

#include "estimate_family.h"
#include "mem.h"
#include <stdlib.h>

#define THOUSAND 1000 /* tenths of a percent in the whole */

static int refused(struct error *err, const char *words)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "estimate: %s", words);
}

const char *estimate_misfit_words(enum estimate_misfit m)
{
    static const char *const words[] = {
        [ESTIMATE_FITS] = "fits",
        [ESTIMATE_TOO_LARGE] = "no plan of the family holds it",
        [ESTIMATE_MAILBOX_LARGE] = "a mailbox is larger than one may be there",
        [ESTIMATE_TOO_MANY_SEATS] = "the family is not sold for so many seats",
        [ESTIMATE_STORAGE_UNKNOWN] = "the catalog does not know what its plans hold",
    };
    return words[m];
}

/* ---- octets ---- */
int estimate_project(uint64_t octets, uint64_t growth_octets, int rise_tenths, int years,
    uint64_t *ret_octets, struct error *err)
{
    unsigned __int128 size = octets, growth = growth_octets;
    uint64_t projected[ESTIMATE_YEARS_MAX + 1];
    for (int n = 0;; n++) {
        if (size > ESTIMATE_OCTETS_MAX)
            return refused(err, "a mailbox grows beyond 2^60 octets; give a smaller growth or fewer years");
        projected[n] = (uint64_t)size;
        if (n == years)
            break;
        size += growth;
        growth = (growth * (unsigned)(THOUSAND + rise_tenths) + THOUSAND / 2) / THOUSAND;
    }
    for (int n = 0; n <= years; n++)
        ret_octets[n] = projected[n];
    return 0;
}

static int check_params(const struct estimate_params *p, size_t count, struct error *err)
{
    if (!count)
        return refused(err, "there are no mailboxes");
    if (p->years < 1 || p->years > ESTIMATE_YEARS_MAX)
        return refused(err, "the number of years must be 1 to 30");
    if (p->rise_tenths < 0 || p->rise_tenths > THOUSAND)
        return refused(err, "the rise of the growth must be 0 to 100 percent a year");
    if (p->margin_tenths < 0 || p->margin_tenths > THOUSAND)
        return refused(err, "the margin must be 0 to 100 percent");
    if (p->other_use_octets > ESTIMATE_OCTETS_MAX)
        return refused(err, "the other use of the pool is beyond 2^60 octets");
    return 0;
}

static int project_all(const struct estimate_mailbox *mailboxes, size_t count,
    const struct estimate_params *p, uint64_t *projection, struct estimate *e, struct error *err)
{
    size_t stride = (size_t)p->years + 1;
    for (size_t i = 0; i < count; i++) {
        const struct estimate_mailbox *m = &mailboxes[i];
        uint64_t *row = projection + i * stride;
        if (estimate_project(m->octets, m->growth_octets[p->scenario], p->rise_tenths, p->years, row, err) <
            0)
            return error_append(err, " (mailbox %s)", m->name);
        for (size_t n = 0; n < stride; n++) {
            e->octets[n] += row[n];
            e->largest[n] = row[n] > e->largest[n] ? row[n] : e->largest[n];
            if (e->octets[n] > ESTIMATE_OCTETS_MAX)
                return refused(err, "all mailboxes together grow beyond 2^60 octets");
        }
    }
    return 0;
}

static int run_families(const struct estimate_inputs *in, struct estimate *e, struct error *err)
{
    const struct catalog *c = in->catalog;
    e->families = mem_array(c->family_count, sizeof *e->families);
    for (size_t i = 0; i < c->family_count; i++) {
        if (in->params->company && c->families[i]->for_persons)
            continue;
        if (estimate_family_run(in, c->families[i], &e->families[e->family_count], err) < 0)
            return error_append(err, " (family %s)", c->families[i]->id);
        e->family_count++;
    }
    return 0;
}

int estimate_run(const struct catalog *c, const struct estimate_mailbox *mailboxes, size_t count,
    const struct estimate_params *params, struct estimate *ret, struct error *err)
{
    if (check_params(params, count, err) < 0)
        return -1;
    struct estimate e CLEANUP(estimate_done) = {.years = params->years, .mailbox_count = count};
    uint64_t *projection = mem_array(count, ((size_t)params->years + 1) * sizeof *projection);
    const struct estimate_inputs in = {c, count, params, &e, projection};
    int rc = project_all(mailboxes, count, params, projection, &e, err);
    rc = rc < 0 ? rc : run_families(&in, &e, err);
    free(projection);
    if (rc < 0)
        return -1;
    *ret = e;
    e = (struct estimate){0};
    return 0;
}

void estimate_done(struct estimate *e)
{
    for (size_t i = 0; i < e->family_count; i++)
        estimate_family_done(&e->families[i]);
    free(e->families);
    *e = (struct estimate){0};
}
