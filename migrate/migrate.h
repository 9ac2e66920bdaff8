/* migrate.h - the commands of popferry as functions over one job: plan, migrate, verify, delete, check. */
#pragma once

#include "imap.h"
#include "job.h"
#include "ledger.h"
#include "outcome.h"
#include "pop3.h"
#include "stream.h"

/* The verdict for each message, from headers alone (TOP); changes nothing on either side. Each message is
 * reported to the sink in the source's order. */
int migrate_plan(const struct job *job, const struct world *world, const struct outcome_sink *sink,
    struct outcome *ret, struct error *err);

/* Copy what is not there. *ret is filled as far as it got, also on failure. */
int migrate_run(const struct job *job, const struct world *world, const struct outcome_sink *sink,
    struct outcome *ret, struct error *err);

/* ---- verify ---- */
enum verify_level {
    VERIFY_COUNT,   /* a message stands under each UID */
    VERIFY_HEADERS, /* and has the Message-ID, From, Date and Subject of what was sent */
    VERIFY_CONTENT, /* and gives back the bytes, or the content, of what was sent */
};

/* Strings valid during the call. */
struct verify_message {
    /* verdict: "agreed", "altered", "missing", "doubled" (a message that stands there once more), "pending"
     * (not copied yet), "filtered", "vanished" (never copied, and no longer on the source); from
     * migrate_delete also "deleted", "to-delete", "younger", "later", "kept" */
    struct outcome_message message;
    enum ledger_proof proof; /* of the copy in the destination; LEDGER_UNPROVED if there is none */
};

/* May be NULL. */
struct verify_sink {
    void (*message)(void *ctx, const struct verify_message *m);
    void *ctx;
};

struct verification {
    enum verify_level level;
    bool inventory_taken; /* else nothing of the source is known */
    bool finished;        /* else the counts below mean nothing */
    uint64_t source_messages, source_octets;
    uint64_t source_unlisted; /* counted by the source, and not listed: not in source_messages */
    uint64_t mailboxes, destination_messages;
    uint64_t mailboxes_absent;               /* of mailboxes: those that do not exist in the destination */
    uint64_t agreed[LEDGER_PROOF_EXACT + 1]; /* by proof */
    uint64_t agreed_octets;                  /* as the source claims */
    uint64_t duplicates; /* of these, through the message of the same content that was copied */
    uint64_t differing;  /* of these duplicates, with other header fields than it, or it is not known */
    uint64_t redated;    /* of agreed and altered: with another INTERNALDATE than was sent */
    uint64_t off_source; /* of these, no longer on the source */
    uint64_t altered, missing, doubled, pending;
    uint64_t filtered, vanished;
    uint64_t extra;      /* in the destination, and not the job's */
    uint64_t other_size; /* at level headers: agreed, with another size than was sent */
    bool uidls_changed;  /* the source gives its messages other UIDLs than before */
    uint64_t reconnects;
    int64_t elapsed_ms;
};

uint64_t verification_agreed(const struct verification *v);
/* Every message is where it should be, as it should be. */
bool verification_agrees(const struct verification *v);

/* Hold what the destination gives back now against what the source has and what the ledger says was sent; the
 * proofs are recorded in the ledger. Changes nothing on either side. A job that was never migrated is
 * ERROR_USAGE. *ret is filled as far as it got. The sink is told once all is compared. */
int migrate_verify(const struct job *job, const struct world *world, enum verify_level level,
    const struct verify_sink *sink, struct verification *ret, struct error *err);

/* ---- delete ---- */
#define DELETE_ACCEPT_DUPLICATES 1u /* whose other copy has other header fields */
#define DELETE_ACCEPT_DATES      2u /* whose copy has another INTERNALDATE */

struct delete_policy {
    int older_than_days; /* by INTERNALDATE; -1: whatever its age */
    unsigned accept;     /* what is taken as it is, though it is not quite what was sent */
    bool dry_run;        /* tell what would go, change nothing */
    uint64_t limit;      /* at most so many, in the order in which they were copied; UINT64_MAX: all */
    /* Asked once, when it is known what would go and the counts of the deletion say why the rest would not;
     * false: nothing is deleted. NULL: go on. */
    bool (*confirm)(void *ctx, uint64_t messages, uint64_t octets);
    void *ctx;
};

struct deletion {
    struct verification verification; /* what it rests on */
    uint64_t chosen, chosen_octets;   /* proved and asked for */
    uint64_t deleted, deleted_octets; /* of these, gone: the source's own list says so */
    uint64_t gone;                    /* of these, gone without our doing */
    uint64_t younger;                 /* kept by older_than_days */
    uint64_t later, later_octets;     /* proved, and beyond the limit */
    uint64_t kept;                    /* not proved; each was told to the sink */
    uint64_t left, left_octets;       /* chosen, and still there because the run ended before */
    uint64_t sessions;                /* with the source, for deleting */
    bool declined;                    /* confirm said no */
    int64_t elapsed_ms;
};

/* Verify by content, now, then delete from the source what was proved (LEDGER_PROOF_EXACT or _CONTENT) and
 * nothing else: a message goes only if its UIDL and size are as in the ledger, and its header, read again in
 * the session that deletes it, is that of what was copied. In sessions of their own; what is recorded as
 * deleted was missing from the source's list in the session after. Killed anywhere, the same command again
 * does the rest. ERROR_REFUSED (scope message) when the source has changed its UIDLs. *ret is filled as far
 * as it got, also on failure. */
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
    struct pop3_caps pop3;
    bool inventory_known, has_uidl, has_top, stat_agrees;
    uint64_t messages, octets, largest_octets;
    uint32_t blank_uidls, repeated_uidls;
    struct imap_caps imap;
    char server_id[256];
    char prefix[256];
    char delimiter;
    bool folder_exists;
    uint32_t folder_messages;
    uint64_t append_limit; /* 0: not said */
    struct check_quota quota[8];
    size_t quota_count;
};
/* 0 when both sides signed in and answered; otherwise -1 with the first error, and *ret tells both sides. */
int migrate_check(const struct job *job, const struct world *world, struct check *ret, struct error *err);
