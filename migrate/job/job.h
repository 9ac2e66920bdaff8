/* job.h - one source -> one destination with its policy, immutable once validated, and the world a job runs
 * in. */
#pragma once

#include "alerts.h"
#include "archive.h"
#include "clock.h"
#include "endpoint.h"
#include "error.h"
#include "filter.h"
#include "log.h"
#include "stream.h"
#include <stdbool.h>
#include <stdint.h>

enum seen_policy {
    SEEN_BY_AGE, /* Status: field if there is one, else older than seen_older_than_days */
    SEEN_ALL,
    SEEN_NONE,
};

enum job_order {
    ORDER_OLDEST, /* as the source numbers them */
    ORDER_NEWEST,
};

struct job {
    struct endpoint from, to;
    const char *folder;     /* UTF-8 path with "/", a template (template.h): by the date of each message */
    const char *folder_old; /* the same for messages older than folder_old_days; NULL: folder takes all */
    int folder_old_days;
    int utc_offset_min; /* the user's time zone: on which side of midnight a message falls */
    const char *from_password, *to_password;
    bool from_token, to_token;                /* that is an OAuth 2.0 access token */
    const char *ca_file;                      /* NULL: the system's */
    struct stream_route from_route, to_route; /* their strings are borrowed */
    bool weak_auth;       /* APOP, DIGEST-MD5 and NTLM may be used where nothing better is offered */
    const char *work_dir; /* NULL for commands that keep nothing */
    bool scratch;         /* keep nothing there either: what is noted is forgotten at the end */
    uint64_t limit;       /* copy at most so many; UINT64_MAX: all */
    enum seen_policy seen;
    int seen_older_than_days;
    unsigned connections; /* to the destination; 0: by what it offers */
    bool no_capa;         /* the source never answers it after the sign-in */
    bool guard_source;    /* source_guard: it was seen to end messages too early */
    bool one_at_a_time;   /* no POP3 pipelining, whatever the source offers */
    bool no_search;       /* the destination never answers SEARCH */
    bool taken_up;        /* not the first session of a run: what was said is not said again */
    struct filter filter; /* leave out what does not match */
    enum job_order order;
    const char *archive_dir; /* keep each message as received there; NULL: nowhere */
    enum archive_format archive_format;
    bool retry_quarantined; /* try again what the destination refused for good */
    bool special_use_off; /* folders for sent mail and the like keep their names, whatever the destination has
                           */
    unsigned codepage;    /* of a store's texts that do not say theirs; 0: guessed */
    bool dedup_account;   /* the same content in two folders of the source is one message: the first one */
    bool keep_headers; /* send raw 8-bit header fields as they are, even where the destination spoils them */
    bool encode_headers; /* encode raw 8-bit header fields (RFC 2047) before sending, not only when refused */
    bool privacy;        /* no addresses and subjects in the log */
    int64_t max_wait_ms; /* the longest wait for a server that asks for patience */
    uint64_t upload_cap; /* octets that the destination takes of an account in 24 hours; 0: none known */
    /* Other folders whose ledgers may have sent to the same account within the day; ended by NULL; NULL:
     * none. */
    const char *const *cap_work_dirs;
    bool wait_for_cap; /* when that is used up, wait within the run until more may be sent, however long */
    uint64_t memory_octets; /* for mail on its way, about so much; 0: the usual (TRANSFER_BUDGET_OCTETS) */
};

/* What happens while a job runs, for a progress display. */
struct progress {
    const char *phase;        /* "connecting", "reading the inventory", "copying" ... static */
    uint64_t messages, total; /* settled, of all in the source; total 0: not known yet */
    uint64_t octets, total_octets;
    uint64_t copied, copied_octets; /* octets as received */
};

/* Which side of a job. */
enum job_side {
    JOB_SOURCE,
    JOB_DESTINATION,
};

struct source;
struct dest;
struct job;

/* Other ends than the job names: of tests, in memory. */
struct job_world_ends {
    struct source *(*source)(void *ctx, const struct job *job); /* NULL: as the job says */
    struct dest *(*dest)(void *ctx, const struct job *job);     /* likewise */
    void *ctx;
};

/* Given by the caller; functions may be NULL. One thread. */
struct world {
    const struct clock *clock;
    struct log log;
    void (*progress)(void *ctx, const struct progress *p);
    bool (*stop)(void *ctx); /* has the user asked to stop? */
    /* The password or token as it is now, for another sign-in; NULL: as the job has it. Borrowed until the
     * next call for that side. */
    const char *(*secret)(void *ctx, enum job_side side);
    /* Before a session signs in: wait until that may be. -1 (*err) to give up. */
    int (*sign_in)(void *ctx, struct error *err);
    /* How that went on a side, once for each time, as soon as it is known; error NULL: well. Not called for a
     * side that was given up because of the other. */
    void (*signed_in)(void *ctx, enum job_side side, const struct error *error);
    struct alerts *alerts;             /* to be added to; NULL: they are only logged */
    const struct job_world_ends *ends; /* NULL: as the job says */
    void *ctx;
};

/* The complete sentence for a missing user, a folder that cannot be and the like. 0, or -1 with ERROR_USAGE.
 */
int job_validate(const struct job *job, struct error *err);

/* The password or token to sign in with now. */
const char *job_secret(const struct job *job, const struct world *world, enum job_side side);

/* Is that a token? */
bool job_has_token(const struct job *job, enum job_side side);

/* Call world->sign_in, world->signed_in, where they are given. */
int job_sign_in(const struct world *world, struct error *err);
void job_signed_in(const struct world *world, enum job_side side, const struct error *error);

/* Does every message go to the same mailbox? */
bool job_has_one_mailbox(const struct job *job);
/* Does it take the date of a message to know its mailbox, or the folder it lies in? */
bool job_places_by_date(const struct job *job);
bool job_places_by_path(const struct job *job);
/* The mailbox for a message of this date (UTC seconds; MAIL_NO_DATE: that of today's mail) that lies in this
 * folder of the source ("": in none). Caller frees. */
char *job_mailbox(const struct job *job, const char *path, int64_t date_s, int64_t now_s);

/* "Archive/{year}" or "INBOX; older than 365 days: Archive/{year}": part of what makes a job the same job as
 * before. Caller frees. */
char *job_folder_words(const struct job *job);
