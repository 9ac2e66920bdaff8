/* plan.h - the verdict for one message, as a pure function of what is known about it.
 *
 * Dedup is by Message-ID and never loses mail: a Message-ID only finds candidates; two messages count as the
 * same when their fingerprints (mail_scan.h) agree, that is Message-ID, From, Date, Subject and body, or
 * without a Message-ID the whole header and body. Nothing else makes a duplicate. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum verdict {
    VERDICT_COPY,        /* send it */
    VERDICT_COMPARE,     /* a destination message may be the same: read that one's content, then ask again */
    VERDICT_PRESENT,     /* the destination already holds it, not through us */
    VERDICT_DUPLICATE,   /* the same content stands elsewhere in the source and is copied from there */
    VERDICT_DONE_BEFORE, /* an earlier run brought it over */
    VERDICT_FILTERED,    /* left out because the user said so: --since and the like */
    VERDICT_LATER,       /* beyond --limit: the next run takes it */
    VERDICT_TOO_BIG,     /* over the destination's limit */
    VERDICT_QUARANTINED, /* an earlier run's: the destination refused it, and it is not to be tried again */
    VERDICT_IN_DOUBT,    /* an earlier run sent it, and the destination may hold it in another form, or not */
    VERDICT_NOT_MAIL,    /* a server's own note to itself (FOLDER INTERNAL DATA) */
};
const char *verdict_name(enum verdict v); /* "copy", "done-before" ... */

/* What the ledger says of a message: its state after the last run that saw it. */
enum plan_past {
    PAST_UNKNOWN,     /* never settled */
    PAST_DONE,        /* copied; the destination said OK */
    PAST_PRESENT,     /* was found in the destination */
    PAST_DUPLICATE,   /* of another that is settled */
    PAST_REFUSED,     /* the source did not give it; worth another try */
    PAST_QUARANTINED, /* the destination refused it, and it lies in quarantine */
    PAST_IN_DOUBT,    /* its answer was lost, and it was not found for certain (ledger_in_doubt) */
    PAST_NOT_MAIL,    /* the source server's own note */
};

/* How a candidate in the destination relates to the message. */
enum plan_match {
    MATCH_NONE,    /* no candidate, or its content is known to differ */
    MATCH_HEADER,  /* same Message-ID (or none on both), From, Date, Subject; content not compared */
    MATCH_CONTENT, /* same fingerprint */
};

struct plan_facts {
    bool content_known; /* the whole message was read: fingerprints can be compared */
    uint64_t octets;    /* to be sent; the source's claim as long as the content is not known */

    enum plan_past
        past; /* by the source's key, if its claimed octets are still the same; else PAST_UNKNOWN */
    /* By fingerprint, or header facts while the content is not known: */
    bool twin_in_source;   /* another message of this inventory, settled or on its way, is the same */
    bool twin_before;      /* an earlier run brought the same content over under another key */
    enum plan_match match; /* best candidate in the destination */
    bool id_shared;        /* its Message-ID stands on other content too, here or in the destination */
    bool internal;         /* mail_facts.folder_internal */
};

struct plan_policy {
    uint64_t append_limit; /* octets; 0: not known */
    uint64_t copies_left;  /* --limit; UINT64_MAX: none */
    bool retry_quarantined;
};

struct plan_verdict {
    enum verdict verdict;
    const char *reason; /* static words for a person; never NULL */
    bool certain;       /* false: made from the header alone, the body may still tell otherwise */
};

struct plan_verdict plan_decide(const struct plan_facts *facts, const struct plan_policy *policy);
