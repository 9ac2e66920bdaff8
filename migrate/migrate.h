/* migrate.h - the commands of popferry as functions over one job: plan, migrate, verify, delete, check. */
#pragma once

#include "deletion.h"
#include "job.h"
#include "offer.h"
#include "outcome.h"
#include "proof.h"
#include "stream.h"

/* The verdict for each message, from headers alone (TOP); changes nothing on either side. Each message is
 * reported to the sink in the source's order. */
int migrate_plan(const struct job *job, const struct world *world, const struct outcome_sink *sink,
    struct outcome *ret, struct error *err);

/* Copy what is not there. *ret is filled as far as it got, also on failure. */
int migrate_run(const struct job *job, const struct world *world, const struct outcome_sink *sink,
    struct outcome *ret, struct error *err);

/* ---- verify ---- */
/* Hold what the destination gives back now against what the source has and what the ledger says was sent; the
 * proofs are recorded in the ledger. Changes nothing on either side. A job that was never migrated is
 * ERROR_USAGE. *ret is filled as far as it got. The sink is told once all is compared. */
int migrate_verify(const struct job *job, const struct world *world, enum verify_level level,
    const struct verify_sink *sink, struct verification *ret, struct error *err);

/* ---- delete ---- */
/* Verify by content, now, then delete from the source what was proved (LEDGER_PROOF_EXACT or _CONTENT) and
 * nothing else: a message goes only if its UIDL and size are as in the ledger, and its header, read again in
 * the session that deletes it, is that of what was copied. In sessions of their own; what is recorded as
 * deleted was missing from the source's list in the session after. Killed anywhere, the same command again
 * does the rest. ERROR_REFUSED (scope message) when the source has changed its UIDLs. *ret is filled as far
 * as it got, also on failure. */
int migrate_delete_refuse_store(const char *source, struct error *err); /* -1: why nothing goes from a disk */
int migrate_delete(const struct job *job, const struct world *world, const struct delete_policy *policy,
    const struct verify_sink *sink, struct deletion *ret, struct error *err);

/* What signing in to both sides shows. Strings are owned: migrate_check_done. */
struct check_quota {
    char resource[32];
    uint64_t used, limit;
};
struct check_side {
    bool signed_in;
    struct error error;    /* why not, or what went wrong later; code 0: nothing */
    char name[300];        /* pop3s://host:995 */
    struct stream_tls tls; /* not signed in: of the certificate that was seen, if any */
};
struct check {
    struct check_side source, destination;
    struct offer source_offers[OFFERS_MAX];
    size_t source_offer_count; /* 0: there is no server */
    char source_id[256];
    bool reading_hides, shows_part; /* source.h's traits */
    int expire_days;
    bool inventory_known, stat_agrees;
    uint64_t messages, octets, largest_octets;
    uint32_t blank_uidls, repeated_uidls;
    struct offer offers[OFFERS_MAX]; /* of the destination */
    size_t offer_count;
    char capabilities[2048]; /* of the destination, in its own words */
    char server_id[256];
    bool folder_exists;
    uint32_t folder_messages;
    uint64_t append_limit; /* 0: not said */
    struct check_quota quota[8];
    size_t quota_count;
};
/* 0 when both sides signed in and answered; otherwise -1 with the first error, and *ret tells both sides. */
int migrate_check(const struct job *job, const struct world *world, struct check *ret, struct error *err);
