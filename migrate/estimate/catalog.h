/* catalog.h - what providers allow and what their plans hold and cost, as data with sources and dates.
 *
 * The catalog is XML, validated against migrate/catalog/catalog.rng, which also explains the format. The
 * built-in files are compiled in; files of the user come after them and extend (a new id) or replace (an id
 * that is there already) providers, families and plans. Nothing is ever fetched: no network, no document
 * type, no entity but the five of XML.
 *
 * Order of calls: catalog_load; read; catalog_free. Or catalog_new, catalog_add_* as often as needed,
 * catalog_finish. Every pointer reached from a catalog belongs to it and lives as long as it does; all
 * strings are UTF-8 without control characters and never NULL unless said so. A finished catalog is only
 * read: any number of threads may do so.
 *
 * Errors are ERROR_USAGE with "FILE:LINE: what is wrong; what to do", and the same for a file
 * that cannot be read (no line). */
#pragma once

#include "error.h"
#include "money.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CATALOG_FILE_MAX (1024 * 1024) /* octets of one file */
#define CATALOG_BUILTIN  "built-in:"   /* how the names of built-in files begin */

/* Where a value comes from. verified: it was read in that source; otherwise it must be shown as unverified.
 */
struct catalog_fact {
    const char *as_of;  /* "2026", "2026-07", "2026-07-01": the date the source shows; "unknown" */
    const char *source; /* words for a person */
    bool verified;
};

/* ---- providers ---- */
enum catalog_limit_kind {
    CATALOG_UPLOAD_PER_DAY,      /* octets per account */
    CATALOG_MESSAGE_SIZE,        /* octets */
    CATALOG_CONNECTIONS,         /* at one time, per account */
    CATALOG_MESSAGES_PER_SECOND, /* per account */
    CATALOG_LIMITS,
};
const char *catalog_limit_name(enum catalog_limit_kind kind); /* "upload-per-day", as in the XML */

struct catalog_limit {
    uint64_t value; /* 0: not known */
    struct catalog_fact fact;
};

enum catalog_protocol {
    CATALOG_IMAP,
    CATALOG_POP3,
};

struct catalog_host {
    enum catalog_protocol protocol;
    const char *name; /* "imap.gmail.com", or "*.sakura.ne.jp" where each contract has its own */
    uint16_t port;    /* with TLS from the beginning */
    struct catalog_fact fact;
};

/* What belongs to a provider: mail addresses with this domain, or domains whose MX has this name. */
enum catalog_user {
    CATALOG_USER_UNKNOWN, /* what one signs in by */
    CATALOG_USER_ADDRESS,
    CATALOG_USER_LOCAL_PART,
};

struct catalog_domain {
    bool mx;          /* else of addresses */
    const char *name; /* "gmail.com", "*.mail.protection.outlook.com" */
    enum catalog_user user;
    struct catalog_fact fact;
};

/* Where an element stands, and what it replaced. */
struct catalog_place {
    const char *file;
    long line;
    bool replaces; /* an element with the same id of an earlier file */
};

struct catalog_provider {
    const char *id, *name, *name_ja; /* name_ja: "" when there is none */
    const struct catalog_host *hosts;
    size_t host_count;
    const struct catalog_domain *domains;
    size_t domain_count;
    struct catalog_limit limits[CATALOG_LIMITS];
    const char *const *notes; /* English */
    size_t note_count;
    struct catalog_place place;
};

/* ---- families and plans ---- */
enum catalog_scope {
    CATALOG_PER_USER,     /* each user's own storage */
    CATALOG_PER_USER_SUM, /* storage of all users is one pool */
    CATALOG_PER_CONTRACT, /* one pool for a contract, however many mailboxes */
    CATALOG_PER_ADDRESS,  /* the same limit for each address of a contract */
};
const char *catalog_scope_words(enum catalog_scope scope); /* "per user, pooled" */

/* Plans between which one upgrades. */
struct catalog_family {
    const char *id, *name, *name_ja;
    const struct catalog_provider *provider;
    enum catalog_scope scope;
    bool charged_per_user; /* else per contract */
    bool mixing;           /* different plans of the family at one time */
    bool for_persons;      /* sold to persons alone */
    uint64_t seats_max;    /* over all plans of the family; 0: no limit known */
    struct catalog_fact fact;
    const char *const *notes;
    size_t note_count;
    const char *provider_id; /* as written */
    struct catalog_place place;
};

struct catalog_storage {
    uint64_t octets;        /* 0: not known */
    const char *no_storage; /* why it is not known; NULL when it is */
    const char *words;      /* "30 GB", as the vendor says it; "" when not known */
    unsigned base;          /* 1000 or 1024: what kilo, mega, giga mean here */
    bool base_verified; /* false: the vendor's way of counting is not known, and the smaller one is taken */
    struct catalog_fact fact;
};

enum catalog_tax {
    CATALOG_TAX_UNKNOWN, /* taken as excluded */
    CATALOG_TAX_EXCLUDED,
    CATALOG_TAX_INCLUDED,
};
const char *catalog_tax_name(enum catalog_tax tax); /* "unknown" */

struct catalog_price {
    struct money amount;  /* of one seat, or of the contract */
    bool per_year;        /* amount is for a year; else for a month */
    unsigned term_months; /* how long one binds oneself; 1..120 */
    enum catalog_tax tax;
    int tax_tenths; /* of a percent, contained in amount; 0 unless CATALOG_TAX_INCLUDED */
    struct catalog_fact fact;
};

/* What is to be paid for twelve months, exactly; always below 2^63 smallest units. */
struct money catalog_price_yearly(const struct catalog_price *price);

/* More storage for a plan, in units. */
struct catalog_add_on {
    const char *id, *name;
    bool archive; /* a second mailbox beside the first: mail cannot simply be migrated into it */
    struct catalog_storage storage; /* of one unit */
    uint64_t units_max;             /* per seat or contract; at least 1 */
    const struct catalog_price *prices;
    size_t price_count;
    const char *no_price; /* why there is none; NULL when there are prices */
};

struct catalog_plan {
    const char *id, *name, *name_ja;
    const struct catalog_family *family;
    bool automatic; /* false: only listed; an estimate does not choose it by itself */
    struct catalog_storage storage;
    struct catalog_storage mailbox_max; /* of a shared storage, for one mailbox; octets 0: none is known */
    const struct catalog_price *prices;
    size_t price_count;
    const char *no_price; /* why there is none; NULL when there are prices */
    const struct catalog_add_on *add_ons;
    size_t add_on_count;
    const struct catalog_plan *const *steps; /* plans of the same family one can change to */
    size_t step_count;
    const char *const *notes;
    size_t note_count;
    const char *family_id;       /* as written */
    const char *const *step_ids; /* as written */
    struct catalog_place place;
};

struct catalog {
    struct catalog_provider **providers; /* in the order of their files; a replaced one keeps its place */
    struct catalog_family **families;
    struct catalog_plan **plans;
    size_t provider_count, family_count, plan_count;
    const char *gathered;        /* when the built-in facts were gathered, "2026-11-22"; "" without them */
    struct catalog_arena *arena; /* owns everything */
    struct catalog_xml_schema *schema; /* made when the first file is added */
};

/* The built-in catalog, then these files in turn. The caller owns *ret. */
int catalog_load(const char *const *paths, size_t count, struct catalog **ret, struct error *err);

struct catalog *catalog_new(void);
void catalog_free(struct catalog *c);
/* For CLEANUP. */
void catalog_free_ptr(struct catalog **c);
int catalog_add_builtin(struct catalog *c, struct error *err);
/* Both leave the catalog as it was when they fail. */
int catalog_add_file(struct catalog *c, const char *path, struct error *err);
/* name stands for the file in messages; text is borrowed for the call. */
int catalog_add_text(struct catalog *c, const char *name, const char *text, size_t len, struct error *err);
/* Resolve what refers to what, and check what holds across elements. May be called again after more was
 * added. */
int catalog_finish(struct catalog *c, struct error *err);

/* By id; NULL if there is none. */
const struct catalog_provider *catalog_provider_find(const struct catalog *c, const char *id);
const struct catalog_family *catalog_family_find(const struct catalog *c, const char *id);
const struct catalog_plan *catalog_plan_find(const struct catalog *c, const char *id);

/* The provider a server belongs to (ASCII case does not matter; "*." in the catalog stands for any labels),
 * or NULL. */
const struct catalog_provider *catalog_provider_of_host(
    const struct catalog *c, enum catalog_protocol protocol, const char *host);

/* Whether a change from one plan to the other is possible by steps, or they are the same. */
bool catalog_plan_leads_to(
    const struct catalog *c, const struct catalog_plan *from, const struct catalog_plan *to);

/* The price in that currency that an estimate uses: of those that bind for at most term_months, else
 * (none) for the shortest time, the verified ones go first, and of these the cheapest over a year. NULL: none
 * in that currency. */
const struct catalog_price *catalog_price_pick(
    const struct catalog_price *prices, size_t count, enum money_currency currency, unsigned term_months);
