/* quote.h - everything an estimate found and calculated: what the reports (text, JSON, CSV, HTML, XLSX) are
 * made of. No report calculates: a number that two of them show is a field or a function here.
 *
 * Order of calls: quote_init; quote_add_account for each mailbox, which is then filled (by migrate_estimate,
 * or quote_list_read); quote_calculate; read; quote_done. The strings and arrays of a quote are its own
 * unless said otherwise; strings are UTF-8, fit to be shown and never NULL ("" where there is nothing to
 * say). A calculated quote is only read. Octets are octets, never kilo or giga of any kind. Functions that
 * give words give static English ones, which a report may translate (they are message ids for gettext).
 *
 * Growth: mid is the octets of the last 12 whole calendar months (of 3 to 11, if the mailbox is younger,
 * scaled to a year; a month without mail counts as 0), times the trend of the company from year to year: of
 * the mailboxes that are two or three years old, at least half and at most double, and none where one month
 * holds more than half of a year. low and high are those of the company, shared out as mid is: of 1,000 years
 * that are drawn from its last months the tenth and the ninetieth of a hundred; the trend is in low only if
 * it falls, in high only if it rises. With fewer than three whole months the mean and the quartiles of up to
 * 24 weeks are taken; with fewer than three weeks, or without dates, it is assumed and said so. */
#pragma once

#include "catalog.h"
#include "error.h"
#include "estimate.h"
#include "estimate_time.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quote_count {
    uint64_t messages, octets;
};

/* ---- one mailbox ---- */
struct quote_month {
    int year, month; /* 1..12 */
    uint64_t messages, octets;
};

enum quote_growth_origin {
    QUOTE_GROWTH_ASSUMED, /* nothing to tell by: QUOTE_ASSUMED_* octets */
    QUOTE_GROWTH_MONTHS,  /* measured, see above; `periods` months */
    QUOTE_GROWTH_WEEKS,   /* measured; `periods` weeks */
    QUOTE_GROWTH_GIVEN,   /* --growth, or the growth column of a list: low, mid and high are the same */
};
const char *quote_growth_origin_words(enum quote_growth_origin o); /* "last 12 whole months" */

#define QUOTE_ASSUMED_LOW  UINT64_C(500000000) /* a year; a judgement, not a source */
#define QUOTE_ASSUMED_MID  UINT64_C(2000000000)
#define QUOTE_ASSUMED_HIGH UINT64_C(8000000000)

/* Why the growth is not to be relied on, and what else is to be known about it: bits. */
enum quote_growth_note {
    QUOTE_NOTE_EXPIRES = 1 << 0, /* the server deletes mail after expire_days (EXPIRE, RFC 2449 6.7) */
    QUOTE_NOTE_YOUNG = 1 << 1,   /* nothing is older than 60 days */
    QUOTE_NOTE_EDGE = 1 << 2,   /* mail begins abruptly at an age at which programs delete (30, 90 days...) */
    QUOTE_NOTE_FEW = 1 << 3,    /* fewer than 6 whole months */
    QUOTE_NOTE_UNEVEN = 1 << 4, /* the upper quartile is more than four times the lower */
    QUOTE_NOTE_UNDATED = 1 << 5,  /* more than a tenth of the octets has no date */
    QUOTE_NOTE_QUIET = 1 << 6,    /* there is mail, but none in the last 24 months */
    QUOTE_NOTE_FAST = 1 << 7,     /* dates were not asked for */
    QUOTE_NOTE_NO_TOP = 1 << 8,   /* the server does not give headers alone */
    QUOTE_NOTE_EMPTY = 1 << 9,    /* no mail at all */
    QUOTE_NOTE_OUTLIER = 1 << 10, /* one month has more than half of the octets that count */
};
#define QUOTE_NOTES 11 /* bits 0 .. 10 */
/* The words for one bit. */
const char *quote_growth_note_words(enum quote_growth_note bit);

struct quote_growth {
    uint64_t octets[ESTIMATE_SCENARIOS]; /* in the first year */
    enum quote_growth_origin origin;
    unsigned periods; /* whole months or weeks it rests on; else 0 */
    unsigned notes;   /* bits of quote_growth_note */
    bool reliable;    /* given by a person, or measured and nothing speaks against it */
};

enum quote_limit_origin {
    QUOTE_LIMIT_NONE,    /* not known */
    QUOTE_LIMIT_SERVER,  /* APPENDLIMIT (RFC 7889), as the destination says */
    QUOTE_LIMIT_CATALOG, /* of the provider, from the catalog */
};

/* Of the destination (RFC 9208), before the copy; octets and messages. */
struct quote_quota {
    bool storage_known, messages_known;
    struct quote_count used, limit;
};

struct quote_account {
    char *name;                 /* to be shown: the user, or the name in a list */
    char *source, *destination; /* "user@host" as the ledger knows them; "" where there is none */
    char *source_host, *destination_host, *folder;
    struct error error;           /* why it could not be measured; code 0: it was */
    bool listed;                  /* the numbers are a list's; no server was asked */
    struct quote_count inventory; /* LIST */
    struct quote_count stat;      /* STAT */
    bool stat_agrees;             /* with LIST, in messages and octets */

    /* Each message of the inventory is counted in exactly one of these (in `held` again, see below): */
    struct quote_count to_copy;    /* a migration would copy it; with header unknown: as far as is known */
    struct quote_count duplicates; /* of another message of the source */
    struct quote_count present;    /* already in the destination, not through popferry */
    struct quote_count settled;    /* copied or settled by earlier runs of popferry */
    struct quote_count too_big;    /* over the destination's limit */
    struct quote_count not_mail;   /* the source server's notes to itself */
    struct quote_count filtered;   /* left out: --since and the like */
    struct quote_count refused;    /* in quarantine since an earlier run */

    struct quote_count held; /* what the new mailbox will hold of it: to_copy + present + settled */
    /* What the source does not show, and the new mailbox will hold: sent mail, mail on disks; in held, too.
     */
    uint64_t unseen_octets; /* by quote_calculate */
    int sent_tenths;  /* of a list: sent mail in tenths of a percent of what is there; -1: as the quote's */
    bool local_given; /* of a list */
    uint64_t local_octets;
    struct quote_count unread; /* of the inventory: header not known; duplicates and dates may hide there */
    bool destination_asked;    /* else `present` and quota are not known */
    bool destination_has_folder;
    uint64_t destination_messages; /* in the folder, now */
    uint64_t limit_octets;         /* of one message in the destination; 0: not known */
    enum quote_limit_origin limit_origin;
    struct quote_quota quota;

    /* Of all messages of the inventory whose date is known, duplicates included. */
    struct quote_month *months; /* ascending; only those with mail */
    size_t month_count;
    struct quote_count undated; /* no plausible date, or not known; not in months */
    int64_t oldest_s, newest_s; /* of the dated ones; both 0 when there is none */
    int expire_days;            /* the source deletes after so many days; -1: it does not say so */
    struct quote_growth growth;

    const struct catalog_provider *provider; /* of the destination's host; NULL: not in the catalog */
    struct estimate_time time;               /* to copy it; by quote_calculate */
    size_t mailbox; /* its index in estimate.fates and the like; SIZE_MAX if it could not be measured */
};

/* What the destination's quota leaves after the copy. */
struct quote_room {
    bool known;
    bool fits;
    uint64_t octets; /* free if it fits, else lacking */
};
struct quote_room quote_room_after(const struct quote_account *a);

/* ---- the parameters ---- */
struct quote_params {
    struct estimate_params model; /* scenario: MID; view.rates belongs to the quote */
    bool growth_given;            /* --growth */
    uint64_t growth_octets;       /* for each mailbox and year */
    bool fast;                    /* sizes alone */
    bool personal;                /* plans for persons are compared, too, whoever the customer is */
    int sent_tenths;              /* --sent: of a percent of the mail that the source shows; default 0 */
    uint64_t local_octets;        /* --local: for each mailbox; default 0 */
    bool current_given;           /* --current-cost */
    struct money current;         /* what is paid for mail today, a month; as given */
    int utc_offset_min;           /* in which months are counted */
};

/* ---- what to choose from ---- */
/* A plan or add-on that the mid scenario uses in some year. */
struct quote_use {
    const struct catalog_plan *plan;
    const struct catalog_add_on *add_on;   /* NULL: the plan itself */
    const struct catalog_storage *storage; /* of the one or the other */
    const struct catalog_price *price;     /* NULL: not known */
    bool verified;                         /* storage and price */
};

/* A family of plans: the row of a comparison. */
struct quote_offer {
    const struct catalog_family *family;
    const struct estimate_family *results[ESTIMATE_SCENARIOS]; /* into quote.estimates */
    const struct catalog_plan *first,
        *last;              /* of most mailboxes in the first and last year; NULL: none fits */
    struct quote_use *uses; /* in the order of their first use; none when nothing fits in the first year */
    size_t use_count;
    bool compared;     /* false: of no plan of the family both price and storage are known */
    int holds_years;   /* mid: so many years from now everything fits without another plan, seat or add-on */
    const char *as_of; /* the oldest date of a price in use; "" if there is none */
    struct estimate_time time; /* to copy everything into this provider's mailboxes, all at once */
};

/* What is said of an offer with one word; the reports mark everything but QUOTE_OFFER_VERIFIED. */
enum quote_offer_state {
    QUOTE_OFFER_VERIFIED,
    QUOTE_OFFER_UNVERIFIED, /* a price or storage in use, or the family's shape, was not read in its source */
    QUOTE_OFFER_UNPRICED,   /* it fits, but a price is not known */
    QUOTE_OFFER_OUTGROWN,   /* it fits now, not to the end of the years */
    QUOTE_OFFER_MISFIT,     /* it does not fit in the first year */
    QUOTE_OFFER_UNKNOWN,    /* what its plans hold is not known */
};
enum quote_offer_state quote_offer_state(const struct quote_offer *o);
const char *quote_offer_state_words(enum quote_offer_state s);

/* ---- the answer ---- */
/* The first year in which an offer does no longer do as it is. */
struct quote_change {
    int year;  /* 0: none of those asked for */
    bool ends; /* nothing of the family holds the mail from then on */
    const struct quote_account
        *account; /* the (largest) mailbox that forces it; NULL: all of them together, or their number */
    uint64_t mailboxes; /* how many outgrow their plan in that year; 0 where account is NULL */
    bool for_all;       /* one plan is for all, and this mailbox needs a larger one */
    const struct estimate_share *needed; /* plan, add-on and seats that are due; NULL if it ends */
    bool more_seats;                     /* of the plan there was before */
};

/* An offer that answers the question, and what it costs: all mailboxes, and each on the average; a month. */
struct quote_pick {
    const struct quote_offer *offer; /* NULL: there is none, and nothing else is set */
    struct money monthly, each;      /* in the first year */
    bool last_known;                 /* it is to be had in the last year */
    struct money monthly_last, each_last;
    struct quote_change change;
};

/* What mail that is older than a year, and kept elsewhere, would save. */
struct quote_lever {
    int before_year; /* mail of the years before it; 0: nothing to be saved, or no sizes by year are known */
    uint64_t octets; /* so much, of all mailboxes */
    const struct catalog_family *family; /* that is then the cheapest over the years */
    const struct catalog_plan *plan;     /* of most mailboxes in the first year */
    struct money saved, saved_monthly;   /* over the years, and in the mean of their months */
};

/* "What will it cost a month, now and in N years, and which plan does not fill up?" Of prices in another
 * currency than the one asked for only if there are no others. Where two cost the same, what is verified, and
 * then the first in the catalog. */
struct quote_answer {
    struct quote_pick cheapest; /* in the first month, whatever comes later */
    struct quote_pick lasting;  /* over all the years: everything fits in each of them */
    struct quote_pick
        unchanged;      /* the same without another plan, seat or add-on; no offer if lasting is it */
    bool current_known; /* what is paid today is, in the currency of lasting; else these are 0: */
    struct money current, difference, difference_last, difference_total; /* lasting less current */
    struct quote_lever lever;
    bool verified;        /* the prices and storage of the picks are */
    bool growth_reliable; /* of every mailbox */
    size_t unpriced;      /* families that hold it in the first year, of which no price is known */
    size_t unconverted;   /* that have a price in another currency, for which there is no rate */
    enum money_currency unconverted_from; /* of the first of them */
};

/* ---- all of it ---- */
struct quote {
    char *customer, *prepared_by;
    int64_t date_s; /* wall clock */
    struct quote_params params;
    struct catalog *catalog; /* its own; the pointers below point into it */
    struct quote_account *accounts;
    size_t account_count;

    /* By quote_calculate: */
    size_t measured_count; /* accounts without an error */
    /* Of those: counts, months, undated and growth are sums; notes, dates and origin of the growth those of
     * the worst; flags hold if they hold for all; no quota, and strings "". */
    struct quote_account sum;
    unsigned trend_permille; /* of growth that is measured, from year to year; 1000: none */
    bool calculated;         /* at least one account was measured; else nothing below is set */
    struct estimate estimates[ESTIMATE_SCENARIOS];
    struct quote_offer *offers; /* cheapest total first; then those without a total, in the catalog's order */
    size_t offer_count;
    struct quote_answer answer;
    struct estimate_time time;               /* to the destinations given; days 0: not known */
    const struct catalog_provider *provider; /* of all destinations; NULL: several, or none known */
};

/* *q is set up with copies of the words (NULL is "") and params (params->model.view.rates, too); it owns
 * catalog from now on. */
void quote_init(struct quote *q, const char *customer, const char *prepared_by, int64_t date_s,
    const struct quote_params *params, struct catalog *catalog);
/* A zeroed account with empty strings and expire_days -1; valid until the next quote_add_account. */
struct quote_account *quote_add_account(struct quote *q);
/* The growth that a person says, octets a year. One that a list gives goes before --growth. */
void quote_give_growth(struct quote_account *a, uint64_t octets);
/* -1 with ERROR_USAGE for parameters out of range, ERROR_INTERNAL for amounts beyond 2^63. */
int quote_calculate(struct quote *q, struct error *err);
void quote_done(struct quote *q); /* zeroed is fine */

/* Octets (and messages) per calendar year, ascending, years without mail included (at most `cap`, the latest
 * ones). Returns how many. months as in quote_account; .month is 0 in the result. */
size_t quote_years(const struct quote_month *months, size_t count, struct quote_month *ret, size_t cap);
/* That of most mailboxes; NULL where nothing fits. */
const struct catalog_plan *quote_main_plan(const struct estimate_year *y);
/* The month's row, or NULL. */
const struct quote_month *quote_month_find(const struct quote_account *a, int year, int month);
/* Octets of all mailboxes `year` years from now (0..params.model.years) with the margin for plans left off.
 */
uint64_t quote_projected(const struct quote *q, enum estimate_scenario scenario, int year);
