/* estimate.h - what many mailboxes will hold over the years, and which plans hold them at what cost. Pure.
 *
 * The model, for each family of the catalog:
 * - Year n (1 ...) has to hold what is there at its end, S(n), with the margin on top. A plan that becomes
 *   needed in a year is paid for the whole of it. Year 0 is now.
 * - S(n) = S(0) + g(1) + ... + g(n); g(1) is the growth of the first year, each further one larger by the
 *   rise in percent, rounded half up to an octet before it is carried on.
 * - Per user, mixing allowed: each mailbox by itself takes the cheapest plan (with the cheapest add-on, where
 *   there are any) that holds it. Mixing refused, or per address: one plan for all, which holds the largest.
 * - Per user, pooled: the sum and the other use against seats x storage; seats are added or everyone
 *   upgraded, whichever is cheaper that year. Per contract: the sum and the other use against the one plan.
 *   Of either, a plan that limits each mailbox must hold the largest, too.
 * - In the first year any plan of the family may be chosen, later only those that steps lead to. The choice
 *   looks at one year at a time. Plans that are not automatic are never chosen; plans whose price is not
 *   known only if none with a price holds the mail, the smallest first.
 * - A family is calculated in one currency: that of the view if every automatic plan that has a price has one
 *   in it, else another in which all have one (USD, EUR, JPY in turn; one with a rate of exchange first).
 *   Sums are exact in that currency; what is to be printed is converted, taxed and rounded once for each
 *   amount, so a printed total may differ from the sum of printed years by the last digit.
 *
 * Thread rule: none; everything is an argument. The results point into the catalog, which must outlive them.
 */
#pragma once

#include "catalog.h"
#include "error.h"
#include "money.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ESTIMATE_YEARS_MAX  30
#define ESTIMATE_OCTETS_MAX (UINT64_C(1) << 60) /* of all mailboxes together, in the last year */

/* How fast mailboxes grow: a range is quoted, not one number. */
enum estimate_scenario {
    ESTIMATE_LOW,
    ESTIMATE_MID,
    ESTIMATE_HIGH,
    ESTIMATE_SCENARIOS,
};

struct estimate_mailbox {
    const char *name; /* borrowed */
    uint64_t octets, messages;
    uint64_t growth_octets[ESTIMATE_SCENARIOS]; /* in the first year */
};

struct estimate_params {
    int years; /* 1..ESTIMATE_YEARS_MAX */
    enum estimate_scenario scenario;
    int rise_tenths;           /* growth of the growth for each year, in tenths of a percent; 0..1000 */
    int margin_tenths;         /* on top of the octets, in tenths of a percent; 0..1000 */
    uint64_t other_use_octets; /* what else is in the pool (Drive, web pages); families that pool only */
    unsigned term_months;      /* how long the customer is ready to bind himself; see catalog_price_pick */
    bool archive;              /* count archive add-ons as storage */
    bool company;              /* families that are sold to persons alone are left out */
    struct money_view view;    /* currency, rates and tax of what is printed; its rates are borrowed */
};

/* S(0) .. S(years) into ret_octets[years + 1]. -1 with ERROR_USAGE beyond ESTIMATE_OCTETS_MAX. */
int estimate_project(uint64_t octets, uint64_t growth_octets, int rise_tenths, int years,
    uint64_t *ret_octets, struct error *err);

enum estimate_misfit {
    ESTIMATE_FITS,
    ESTIMATE_TOO_LARGE,       /* no plan (that steps lead to) holds it */
    ESTIMATE_MAILBOX_LARGE,   /* the shared storage would, but a mailbox is larger than one may be */
    ESTIMATE_TOO_MANY_SEATS,  /* the family is not sold for so many */
    ESTIMATE_STORAGE_UNKNOWN, /* the catalog does not know what the plans hold */
};
const char *estimate_misfit_words(enum estimate_misfit m);

/* Mailboxes that have the same plan and add-on in a year; for pools and contracts, all. */
struct estimate_share {
    const struct catalog_plan *plan;
    const struct catalog_add_on *add_on; /* NULL: none */
    uint64_t mailboxes;
    uint64_t seats; /* paid for; 1 where a contract is */
    uint64_t units; /* of the add-on, in all */
};

struct estimate_year {
    uint64_t octets; /* of all mailboxes, at the end of the year */
    uint64_t
        needed; /* what must be held with the margin: by the pool or contract, else by the largest mailbox */
    struct estimate_share *shares; /* in the order of the catalog's plans; none where nothing fits */
    size_t share_count;
    uint64_t seats;
    enum estimate_misfit misfit; /* the first reason */
    uint64_t misfits;            /* mailboxes that no plan holds; all of them where one plan is for all */
    bool stepped;                /* something differs from the year before; false in the first */
    /* Of what fits: */
    bool priced;         /* false: a plan in use has no price, and the amounts mean nothing */
    struct money exact;  /* of the year, in the family's currency, as the catalog has it (tax!) */
    struct money yearly; /* to be printed */
    struct money monthly;
};

/* How long one plan would hold everything by itself, without add-ons and with one seat for each mailbox. */
struct estimate_ceiling {
    const struct catalog_plan *plan;
    uint64_t octets; /* held at most: by the pool or contract, else by each mailbox; 0: not known */
    int full_year;   /* the first year it does not hold; 0: none of those asked for */
};

/* What becomes of one mailbox, where each has a plan of its own. */
struct estimate_fate {
    int stepped_year; /* the first year it needs another plan or add-on than in the first year; 0: never */
    int misfit_year;  /* the first year nothing holds it; 0: never */
};

struct estimate_family {
    const struct catalog_family *family;
    enum money_currency currency; /* calculated in */
    enum money_currency shown;    /* printed in: the view's, or `currency` for want of a rate */
    int contained_tax_tenths;     /* of a percent, in the exact amounts */
    enum catalog_tax tax;         /* UNKNOWN: taken as excluded, to be said */
    bool verified; /* the family's shape and every storage and price in use are (catalog_fact) */
    struct estimate_year *years; /* [0] is year 1 */
    int year_count;
    struct estimate_fate *fates;       /* one for each mailbox; NULL where one plan is for all */
    struct estimate_ceiling *ceilings; /* of the automatic plans */
    size_t ceiling_count;
    int stepped_year, misfit_year; /* the first of each; 0: never */
    bool priced;                   /* in every year */
    bool complete;                 /* priced, and everything fits in every year: the totals mean something */
    struct money exact_total;
    struct money total; /* over the years, to be printed */
};

struct estimate {
    int years;
    size_t mailbox_count;
    uint64_t octets[ESTIMATE_YEARS_MAX + 1];  /* of all mailboxes; [0] is now */
    uint64_t largest[ESTIMATE_YEARS_MAX + 1]; /* mailbox */
    struct estimate_family *families;         /* in the order of the catalog */
    size_t family_count;
};

/* All families of a finished catalog. count >= 1. -1 with ERROR_USAGE for parameters or sizes out of range,
 * ERROR_INTERNAL for amounts beyond 2^63. The caller owns *ret: estimate_done. */
int estimate_run(const struct catalog *c, const struct estimate_mailbox *mailboxes, size_t count,
    const struct estimate_params *params, struct estimate *ret, struct error *err);
void estimate_done(struct estimate *e); /* zeroed is fine */
