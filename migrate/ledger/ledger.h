/* ledger.h - what popferry remembers: one SQLite file per work folder, every message of every job. The only
 * place that knows SQLite.
 *
 * The exactly-once protocol: ledger_intend makes a batch of intents durable (fsync) before its APPEND is
 * sent; ledger_done records the UIDs after the server's OK. Intents found open at the start of a run are
 * looked up in the destination (reconcile.h) and become done or are withdrawn; they are never sent again
 * blindly.
 *
 * Everything but intents is written lazily, inside a transaction that the next ledger_intend or ledger_commit
 * makes durable: losing it costs a look-up, never a message.
 *
 * A job has one mailbox for each name that its folder template gives. What concerns the destination (UIDs,
 * the index) belongs to the mailbox; what concerns the source (keys, content) to the job.
 *
 * One process at a time: ledger_open takes a lock on the work folder. One thread. All failures are
 * ERROR_LEDGER, ERROR_DISK or ERROR_LOCKED with scope run. */
#pragma once

#include "error.h"
#include "mail_scan.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ledger;

enum ledger_mode {
    LEDGER_WRITE, /* create folder (0700) and file when missing; lock */
    LEDGER_READ,  /* must exist, changes nothing; no lock: for status while a run works, or where nothing may
                     be  written */
    LEDGER_SCRATCH, /* a copy of it that nobody else sees and that is gone when it is closed, or an empty one
                       where there is none: the folder is neither made nor changed, nor locked */
};

struct ledger *ledger_open(const char *work_dir, enum ledger_mode mode, struct error *err);
void ledger_close(struct ledger *l); /* commits what is pending as far as it can; NULL is fine */
int ledger_commit(struct ledger *l, struct error *err);
/* Read the whole file and see whether it hangs together, so that no sum is told that is none: ERROR_LEDGER.
 * Not if it is larger than octets_max (0: whatever its size). */
int ledger_check(struct ledger *l, uint64_t octets_max, struct error *err);
/* How much of the file is kept in memory, at most (4 MiB unless said). */
int ledger_limit_memory(struct ledger *l, uint64_t octets, struct error *err);

/* ---- jobs and runs ---- */
/* Account names as endpoint_account makes them; folder as the user wrote it. Found or made. Returns id > 0,
 * or -1. */
int64_t ledger_job(
    struct ledger *l, const char *source, const char *destination, const char *folder, struct error *err);

/* What a destination does to raw 8-bit octets in header fields, as a migration of this job has learned. */
enum ledger_raw_headers {
    LEDGER_RAW_UNKNOWN,
    LEDGER_RAW_KEPT,
    LEDGER_RAW_SPOILED,
};
int ledger_raw_headers(struct ledger *l, int64_t job, enum ledger_raw_headers *ret, struct error *err);
int ledger_set_raw_headers(struct ledger *l, int64_t job, enum ledger_raw_headers what, struct error *err);

/* A job and one of its mailboxes. */
struct ledger_part {
    int64_t job, mailbox;
};

/* The job's mailbox of this name (UTF-8 path). Found or made. Returns id > 0, or -1. */
int64_t ledger_mailbox(struct ledger *l, int64_t job, const char *name, struct error *err);
/* Call fn for each mailbox of a job, in order of their names, until it returns false. fn may call no ledger
 * function. */
typedef bool ledger_mailbox_fn(void *ctx, int64_t id, const char *name);
int ledger_each_mailbox(struct ledger *l, int64_t job, ledger_mailbox_fn *fn, void *ctx, struct error *err);

/* A run of a command over a job, for status: begun, then ended with its exit code and one line of words. */
int64_t ledger_run_begin(
    struct ledger *l, int64_t job, const char *command, int64_t now_s, struct error *err);
int ledger_run_end(struct ledger *l, int64_t run, int64_t now_s, int exit_code, enum error_code why,
    const char *words, struct error *err);

/* ---- messages ---- */
enum ledger_state {
    LEDGER_OPEN,        /* known, not settled */
    LEDGER_INTENT,      /* on its way */
    LEDGER_DONE,        /* the destination said OK */
    LEDGER_PRESENT,     /* was already there */
    LEDGER_DUPLICATE,   /* same content as `twin` */
    LEDGER_REFUSED,     /* the source would not give it, or it could not be kept in quarantine: tried again */
    LEDGER_QUARANTINED, /* the destination would not have it; it lies in quarantine */
    LEDGER_NOT_MAIL,    /* the source server's own note (mail_facts.folder_internal) */
};
#define LEDGER_STATES (LEDGER_NOT_MAIL + 1)
const char *ledger_state_name(enum ledger_state s);

/* How the destination's copy was shown to be the same, from weak to strong. */
enum ledger_proof {
    LEDGER_UNPROVED,
    LEDGER_PROOF_COUNT,     /* a message stands under its UID */
    LEDGER_PROOF_HEADERS,   /* with its Message-ID, From, Date and Subject */
    LEDGER_PROOF_STRUCTURE, /* and its parts have the same decoded content: the server rewrites what it stores
                             */
    LEDGER_PROOF_BODY,      /* its Message-ID, From, Date, Subject and body; other header fields differ: it is
                             * another copy of the message */
    LEDGER_PROOF_CONTENT, /* all header fields and the body, but for line ends and fields that servers add */
    LEDGER_PROOF_EXACT,   /* the very bytes that were sent (SHA-256) */
};
const char *ledger_proof_name(enum ledger_proof p);

/* A row. Strings are borrowed on the way in; on the way out they are valid until the next ledger call. */
struct ledger_message {
    int64_t id;              /* 0: not yet in the ledger */
    const char *key;         /* source_item.key; NULL if the source has none */
    uint64_t octets_claimed; /* by LIST */
    enum ledger_state state;
    const struct mail_facts *facts; /* in only; NULL keeps what is there */
    uint64_t octets_sent;
    const uint8_t *sha256_sent; /* SHA256_OCTETS, or NULL */
    const char *from, *subject; /* decoded for people */
    const char *message_id;     /* out only; in: from facts */
    const char *repairs;        /* mail_repair_words, "" if none */
    const char *built;          /* source_marks.built; in: NULL keeps what is there */
    int64_t internaldate_s;
    const char *date_source; /* mail_date_source_name */
    bool seen;
    bool unseen; /* out only: done, and the destination was not read since (ledger_seen) */
    uint32_t floor_uidvalidity, floor_uid; /* intent: it can only be at this UID or above */
    int64_t intended_s;                    /* intent: when (wall clock) */
    uint32_t uidvalidity, uid;             /* done: where it is; 0 unknown */
    int64_t twin;                          /* duplicate: ledger id of the message it equals */
    const char *reason; /* refused: why, with the server's words; intent: ledger_in_doubt */
    int64_t mailbox;    /* where it belongs; in: 0 keeps what is there */
    const char
        *quarantine; /* its file, relative to the work folder; NULL if none; in: NULL keeps what is there */
    const char *
        doubt; /* out only: why what the source gave of it is not known to be whole; NULL: nothing was seen */
    unsigned broken;         /* out only: connections that ended while it was on its way, see ledger_broke */
    enum ledger_proof proof; /* out only */
    int64_t proved_s, deleted_s; /* out only; 0: not; deleted from the source */
    /* In: where what was sent has another core or body than what was received; NULL: it has not. */
    const uint8_t *core_sent, *fingerprint_sent, *header_sent;
    unsigned mended; /* mail_mend.h: what was changed before sending, beyond what IMAP demands */
    /* Out only. Of what was received; core, fingerprint and header (mail_facts.fields) of what was sent are
     * at core_sent, fingerprint_sent and header_sent where they differ. All zero: not known. */
    uint8_t fingerprint[SHA256_OCTETS], core[SHA256_OCTETS], ident[SHA256_OCTETS], header[SHA256_OCTETS];
    const uint8_t *sha256_received; /* out only; NULL: not known */
    uint64_t octets_received;       /* out only */
};

/* Was it copied under the hour of the run, since nothing in it told its date for certain? */
bool ledger_dated_now(const struct ledger_message *m);

/* The newest row there is, of whatever job: those that come are behind it. 0: none. -1 error. */
int64_t ledger_last_id(struct ledger *l, struct error *err);
/* By the source's key. 1 found, 0 not, -1 error. */
int ledger_find_key(
    struct ledger *l, int64_t job, const char *key, struct ledger_message *ret, struct error *err);
/* By content: the row with this fingerprint that is settled best (done before present before the rest). */
int ledger_find_content(struct ledger *l, int64_t job, const uint8_t fingerprint[SHA256_OCTETS],
    struct ledger_message *ret, struct error *err);
/* The same among those that belong into one mailbox. */
int ledger_find_content_in(struct ledger *l, const struct ledger_part *part,
    const uint8_t fingerprint[SHA256_OCTETS], struct ledger_message *ret, struct error *err);
/* Is one with this header and claimed size done or present there? 1 yes, 0 no, -1 error. */
int ledger_has_header_in(struct ledger *l, const struct ledger_part *part, const uint8_t ident[SHA256_OCTETS],
    const uint8_t core[SHA256_OCTETS], uint64_t octets_claimed, struct error *err);
/* The first `cap` rows with this fingerprint, best first; the caller's array. */
int ledger_ids_of_content(struct ledger *l, int64_t job, const uint8_t fingerprint[SHA256_OCTETS],
    int64_t *ids, size_t cap, size_t *ret_count, struct error *err);
/* Does this identity stand in the ledger on other content? 1 yes, 0 no, -1 error. */
int ledger_ident_on_other_content(struct ledger *l, int64_t job, const uint8_t ident[SHA256_OCTETS],
    const uint8_t fingerprint[SHA256_OCTETS], struct error *err);
int ledger_find_id(struct ledger *l, int64_t id, struct ledger_message *ret, struct error *err);

/* How many settled messages have a key and were not deleted by us? */
int ledger_count_named(struct ledger *l, int64_t job, uint64_t *ret, struct error *err);

/* Insert, or update the row m->id (or that of m->key); sets m->id. Lazy. */
int ledger_put(struct ledger *l, int64_t job, struct ledger_message *m, struct error *err);
/* The same for a batch in state LEDGER_INTENT, durable when it returns. */
int ledger_intend(struct ledger *l, int64_t job, struct ledger_message **batch, size_t n, struct error *err);
int ledger_done(struct ledger *l, int64_t id, uint32_t uidvalidity, uint32_t uid, struct error *err);
/* Back to LEDGER_OPEN: it is certain that the destination did not take it. */
int ledger_withdraw(struct ledger *l, int64_t id, struct error *err);
/* The destination may hold it in another form, or not (words: which): it stays an intent, with words as its
 * reason, and is not sent again unless the user says so. */
int ledger_in_doubt(struct ledger *l, int64_t id, const char *words, struct error *err);
/* What the source gave of it is not known to be the whole message (words: why), or by now it is (NULL). */
int ledger_doubt(struct ledger *l, int64_t id, const char *words, struct error *err);
/* Has the job such a message, with a key or not settled? 1 yes, 0 no, -1 error. */
int ledger_has_doubt(struct ledger *l, int64_t job, struct error *err);
/* Of the messages that were read: how many were as large as LIST said, and how many were not. Looks at every
 * message. */
int ledger_sizes(struct ledger *l, int64_t job, uint64_t *ret_right, uint64_t *ret_wrong, struct error *err);
/* The connection ended while it was on its way (`broken` counts that): it stays an intent. */
int ledger_broke(struct ledger *l, int64_t id, struct error *err);
/* What was done (ledger_done) counts as unseen until the mailbox was read at the end of a run. */
int ledger_seen(struct ledger *l, struct ledger_part part, struct error *err);
typedef void ledger_unseen_fn(void *ctx, int64_t mailbox);
int ledger_each_unseen_mailbox(
    struct ledger *l, int64_t job, ledger_unseen_fn *fn, void *ctx, struct error *err);
/* At the beginning of a run, when the one before ended without having looked: what is unseen and has no UID
 * is an intent again, and looked up. */
int ledger_doubt_unseen(struct ledger *l, int64_t job, struct error *err);
/* The destination said OK to it and does not hold it under its UID: back to LEDGER_OPEN, without a UID, so
 * that it is looked for among all that is there before it is sent again. */
int ledger_missing(struct ledger *l, int64_t id, struct error *err);
/* Of one in quarantine: the destination said OK to it, took it for a duplicate of another message, and did
 * not store it. Until its next state. */
int ledger_swallowed(struct ledger *l, int64_t id, struct error *err);
int ledger_count_swallowed(struct ledger *l, int64_t job, uint64_t *ret, struct error *err);
/* Does another message of this mailbox stand under this UID: one that is settled, or one of the index? 1, 0,
 * -1. */
int ledger_uid_taken(
    struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t uid, int64_t but_id, struct error *err);
/* UIDs of this mailbox with this identity, ours or the index's, at most cap, ascending. */
int ledger_uids_of_ident(struct ledger *l, const struct ledger_part *part, uint32_t uidvalidity,
    const uint8_t ident[SHA256_OCTETS], uint32_t *uids, size_t cap, size_t *ret_count, struct error *err);
/* What verify has shown; uid and uidvalidity where it stands (0 keeps what is there). */
int ledger_prove(struct ledger *l, int64_t id, enum ledger_proof proof, uint32_t uidvalidity, uint32_t uid,
    int64_t now_s, struct error *err);
/* The header as received (and sent), of a row that did not know it: its message was made before ledgers did.
 */
int ledger_note_fields(struct ledger *l, int64_t id, const uint8_t header[SHA256_OCTETS], struct error *err);
/* It is gone from the source, by our DELE. */
int ledger_deleted(struct ledger *l, int64_t id, int64_t now_s, struct error *err);
/* The header of a message that is not settled: remembered, so that it need not be asked for again. m: key,
 * octets_claimed, facts (of the header alone), from, subject, internaldate_s, date_source; sets m->id. */
int ledger_note_header(struct ledger *l, int64_t job, struct ledger_message *m, struct error *err);

/* Rows done since then (intended_s) whose UID was never told: back to LEDGER_OPEN. For when it turns out that
 * the destination does not hold all it said OK to, and cannot say which. */
int ledger_reopen_untold(struct ledger *l, int64_t mailbox, int64_t since_s, struct error *err);
/* Rows without a key, of messages that the source would not give: nothing finds them again, so each run that
 * meets such a message makes its row anew. */
int ledger_forget_unread(struct ledger *l, int64_t job, struct error *err);
/* The source claims another size for the same content now. */
int ledger_note_octets(struct ledger *l, int64_t id, uint64_t octets_claimed, struct error *err);
/* The source gives this row's key to another message now: the row stays, for its content, without a key. */
int ledger_release_key(struct ledger *l, int64_t id, struct error *err);

/* The source calls the message of this row so now, and lists that size. but_id: the row, not settled, that
 * had the new name so far, and goes; 0: none. */
int ledger_rename(struct ledger *l, int64_t id, const char *key, uint64_t octets_claimed, int64_t but_id,
    struct error *err);

/* Call fn for each row of a mailbox, or of a whole job, in this state, in order of id, until it returns
 * false. fn may call no ledger function. */
typedef bool ledger_row_fn(void *ctx, const struct ledger_message *m);
int ledger_each(struct ledger *l, int64_t mailbox, enum ledger_state state, ledger_row_fn *fn, void *ctx,
    struct error *err);
int ledger_each_of_job(
    struct ledger *l, int64_t job, enum ledger_state state, ledger_row_fn *fn, void *ctx, struct error *err);

/* What was sent to the destination's account since then, by this job and by all others of the ledger that go
 * to the same account: whatever has an intent since then, even if it was refused or lost. One call for each
 * second (intended_s) in which anything was, in their order; fn may call no ledger function. Looks at every
 * message: ask once a session. */
typedef void ledger_sent_fn(void *ctx, int64_t at_s, uint64_t octets);
int ledger_each_sent(
    struct ledger *l, int64_t job, int64_t since_s, ledger_sent_fn *fn, void *ctx, struct error *err);

/* The same for every job of this ledger that goes to this account. */
int ledger_each_sent_to(struct ledger *l, const char *destination, int64_t since_s, ledger_sent_fn *fn,
    void *ctx, struct error *err);

/* Rows that are where they should be by now, and whose file is still in quarantine; and: it is gone. */
int ledger_each_released(struct ledger *l, int64_t job, ledger_row_fn *fn, void *ctx, struct error *err);
int ledger_clear_quarantine(struct ledger *l, int64_t id, struct error *err);

/* ---- the destination's index: messages that are not ours, by UID within one UIDVALIDITY ---- */
/* Forget the index if it belongs to another UIDVALIDITY. */
int ledger_index_begin(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, struct error *err);
struct ledger_index_row {
    uint32_t uid;
    uint64_t octets;
    uint8_t ident[SHA256_OCTETS], core[SHA256_OCTETS];
};
int ledger_index_put(
    struct ledger *l, int64_t mailbox, const struct ledger_index_row *row, struct error *err);
/* Its content was read: what it is by that counts, whatever its header seemed to say. */
int ledger_index_content(struct ledger *l, int64_t mailbox, const struct ledger_index_row *row,
    const uint8_t fingerprint[SHA256_OCTETS], struct error *err);
int ledger_index_remove(struct ledger *l, int64_t mailbox, uint32_t uid, struct error *err);
/* A message there with this very content, among those whose content was read. 1 yes (*ret_uid), 0 no, -1
 * error. */
int ledger_index_find_content(struct ledger *l, int64_t mailbox, const uint8_t ident[SHA256_OCTETS],
    const uint8_t fingerprint[SHA256_OCTETS], uint32_t *ret_uid, struct error *err);
/* Messages with this identity and core (NULL: any) whose content was not read yet: at most cap UIDs. */
int ledger_index_find_unread(struct ledger *l, int64_t mailbox, const uint8_t ident[SHA256_OCTETS],
    const uint8_t *core, uint32_t *uids, size_t cap, size_t *ret_count, struct error *err);
/* Is there a message with this identity and core, whatever its content? 1, 0, -1. */
int ledger_index_find_same_header(struct ledger *l, int64_t mailbox, const uint8_t ident[SHA256_OCTETS],
    const uint8_t core[SHA256_OCTETS], struct error *err);
/* Is there any message with this identity? 1, 0, -1. */
int ledger_index_has_ident(
    struct ledger *l, int64_t mailbox, const uint8_t ident[SHA256_OCTETS], struct error *err);
/* Is there anything at all in the index? 1, 0, -1. */
int ledger_index_any(struct ledger *l, int64_t mailbox, struct error *err);
/* UIDs known under this UIDVALIDITY, indexed or our own, ascending; *ret is the caller's to free. */
int ledger_known_uids(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t **ret,
    size_t *ret_count, struct error *err);
/* Those of them from this UID on that we put there, and whose header was read there and is the message's. */
int ledger_own_uids(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t first, uint32_t **ret,
    size_t *ret_count, struct error *err);
/* Is this UID one that we put there, with this identity? (Servers have been seen to name another's UID when
 * several connections append at once.) 1, 0, -1. */
int ledger_owns_uid(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t uid,
    const uint8_t ident[SHA256_OCTETS], struct error *err);
/* Does a message stand in the ledger under this UID? 1, 0, -1. */
int ledger_has_uid(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t uid, struct error *err);
/* The UIDs from this one on that the destination told of what was sent are not to be believed. */
int ledger_forget_uids(
    struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t first, struct error *err);
/* Is a message with this UID, or one of this identity whose UID was not told, known to be there? 1, 0, -1. */
int ledger_explains(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t uid,
    const uint8_t ident[SHA256_OCTETS], struct error *err);
/* The mailbox was made anew, and holds so many messages now: what stands in the ledger as being there under
 * another UIDVALIDITY is looked for again. Rows whose UID was never told only if the mailbox holds fewer than
 * there should be: some servers that tell no UIDs change the UIDVALIDITY at will. */
int ledger_reopen_other_validity(
    struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t messages, struct error *err);

/* ---- status ---- */
struct ledger_job_row {
    int64_t id;
    const char *source, *destination, *folder;
    uint64_t count[LEDGER_STATES];       /* messages by state */
    uint64_t octets_copied;              /* as received, of those done */
    const char *run_command, *run_words; /* of the last run; "" if none */
    int64_t run_started_s, run_ended_s;  /* 0: none / not ended */
    int run_exit_code;
};
typedef bool ledger_job_fn(void *ctx, const struct ledger_job_row *row);
int ledger_each_job(struct ledger *l, ledger_job_fn *fn, void *ctx, struct error *err);

/* How each job's last migration ended, without counting its messages. */
struct ledger_last_run {
    const char *source, *destination, *folder;
    bool migrated; /* there was one */
    bool copied;   /* at least one message was, by whatever run */
    int exit_code; /* -1: it has not ended */
    bool partial;  /* something was left, whatever the reason, or it is not known whether (ledger_source.h) */
};
typedef bool ledger_last_run_fn(void *ctx, const struct ledger_last_run *row);
int ledger_each_last_run(struct ledger *l, ledger_last_run_fn *fn, void *ctx, struct error *err);

/* ---- report (ledger_report.c) ---- */
#define LEDGER_PROOFS (LEDGER_PROOF_EXACT + 1)

/* Only after LEDGER_READ: from here to ledger_close all is read as it stands at one moment, whatever a run
 * writes meanwhile, so that numbers agree with lists. A run is not held up; but its write-ahead log can only
 * grow as long. */
int ledger_snapshot(struct ledger *l, struct error *err);

#define LEDGER_CLASSES 3
struct ledger_totals {
    uint64_t messages, octets_claimed;                    /* all of the job */
    uint64_t count[LEDGER_STATES], octets[LEDGER_STATES]; /* octets as received of those done or present, else
                                                             as claimed */
    uint64_t proof[LEDGER_PROOFS];                        /* of those done or present */
    uint64_t repaired;                                    /* of those done: sent with a repair */
    uint64_t dated_now;                                   /* of those done: ledger_dated_now */
    uint64_t built[LEDGER_CLASSES];                       /* of those done or present: classes A, B, C */
    uint64_t deleted, deleted_octets;                     /* from the source, by popferry */
    uint64_t swallowed;                                   /* of those quarantined: ledger_swallowed */
    uint64_t doubled;                                     /* in the destination: ledger_late.h */
    uint64_t gone_since, gone_octets;                     /* of those done or present: ledger_gone_since */
};
int ledger_totals(struct ledger *l, int64_t job, struct ledger_totals *ret, struct error *err);

/* Each walks in order (mailboxes by name, runs and messages by id) until fn returns false. Strings are valid
 * during the call of fn, which may call no ledger function but ledger_twin. */
struct ledger_mailbox_row {
    int64_t id;
    const char *name;
    uint64_t count[LEDGER_STATES], octets_copied; /* octets_copied: as received, of those done */
};
typedef bool ledger_mailbox_row_fn(void *ctx, const struct ledger_mailbox_row *row);
int ledger_each_mailbox_row(
    struct ledger *l, int64_t job, ledger_mailbox_row_fn *fn, void *ctx, struct error *err);

struct ledger_run_row {
    int64_t id;
    const char *command, *words; /* words: "" if it has not ended */
    const char *error;           /* error_code_name of what ended it; "": nothing, or it is not known */
    int64_t started_s, ended_s;  /* ended_s 0: it has not ended */
    int exit_code;
};
typedef bool ledger_run_fn(void *ctx, const struct ledger_run_row *row);
int ledger_each_run(struct ledger *l, int64_t job, ledger_run_fn *fn, void *ctx, struct error *err);

/* All messages of a job, whatever their state. */
int ledger_each_message(struct ledger *l, int64_t job, ledger_row_fn *fn, void *ctx, struct error *err);

/* By which names the source knows the message that a duplicate equals. "" where there is none. Valid until
 * the next call of this function. 1 found, 0 not, -1 error. */
int ledger_twin(
    struct ledger *l, int64_t twin, const char **ret_key, const char **ret_message_id, struct error *err);
