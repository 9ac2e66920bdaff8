/* ledger_late.h - what was sent a second time because its answer was lost: the first one may arrive all the
 * same, later than anybody waits. Remembered until it has had the time, so that a killed run, and the next
 * one, still look; and the messages that stand there twice since, until somebody has removed one. */
#pragma once

#include "ledger.h"

#define LEDGER_LATE_ANSWERED 0 /* as now_s: there was an answer, so that nothing comes later than that */

/* It is not there yet, and will be sent again: the first one can only come to floor_uid or above. */
int ledger_late_expect(struct ledger *l, int64_t id, uint32_t uidvalidity, uint32_t floor_uid, int64_t sent_s,
    int64_t now_s, struct error *err);
/* It does not come any more. */
int ledger_late_forget(struct ledger *l, int64_t id, struct error *err);

/* Of one mailbox, as far as it is there by now (done or present). */
struct ledger_late {
    int64_t id;
    enum ledger_state state;
    uint32_t uidvalidity, floor_uid;
    int64_t sent_s, given_up_s; /* wall clock: the first time; when it was not there, and was let go */
    uint32_t uid_validity, uid; /* where it is; uid 0: not told */
    uint64_t octets_sent;
    int64_t internaldate_s;
    uint8_t ident[SHA256_OCTETS], fingerprint[SHA256_OCTETS]; /* as sent */
    uint8_t received[SHA256_OCTETS]; /* fingerprint; it may have been sent so the first time */
};
typedef void ledger_late_fn(void *ctx, const struct ledger_late *late);
int ledger_each_late(struct ledger *l, int64_t mailbox, ledger_late_fn *fn, void *ctx, struct error *err);

/* It stands there once more. */
struct ledger_copy {
    int64_t id; /* the message */
    int64_t mailbox;
    uint32_t uidvalidity, uid; /* of the copy that the ledger does not count on */
    bool same_bytes;           /* as what stands under the message's own UID: both were read */
};
int ledger_doubled(struct ledger *l, const struct ledger_copy *copy, int64_t now_s, struct error *err);
/* Not any more. */
int ledger_undoubled(struct ledger *l, const struct ledger_copy *copy, struct error *err);
/* What stood under the message's own UID is gone, and the copy is it from now on. */
int ledger_double_counts(struct ledger *l, const struct ledger_copy *copy, struct error *err);
/* In order of the messages, then UIDs. m: the message. fn may call no ledger function. */
typedef bool ledger_copy_fn(void *ctx, const struct ledger_copy *copy, const struct ledger_message *m);
int ledger_each_doubled(struct ledger *l, int64_t job, ledger_copy_fn *fn, void *ctx, struct error *err);
int ledger_count_doubled(struct ledger *l, int64_t job, uint64_t *ret, struct error *err);

/* Mailboxes of the job with either of them: to be looked at by the next run. fn may call no ledger function.
 */
typedef void ledger_late_mailbox_fn(void *ctx, int64_t mailbox);
int ledger_each_late_mailbox(
    struct ledger *l, int64_t job, ledger_late_mailbox_fn *fn, void *ctx, struct error *err);

/* UIDs from this one on that stand in the ledger as a message's place, ascending; *ret is the caller's to
 * free. */
int ledger_settled_uids(struct ledger *l, int64_t mailbox, uint32_t uidvalidity, uint32_t first,
    uint32_t **ret, size_t *ret_count, struct error *err);
