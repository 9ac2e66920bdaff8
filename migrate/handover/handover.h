/* handover.h - what a migration has come to, account by account, for the customer: before, after, the
 * difference, and what was proved. The model, and the files it is handed over as (HTML, XLSX, CSV, JSON).
 *
 * Order of calls: handover_init; for each folder of the customer's work folder handover_add_ledger,
 * handover_add for accounts of which there is no ledger; handover_sum; read, handover_write; handover_done.
 * No writer calculates: a number that two of them show is a field or a function here. The strings are the
 * handover's own, UTF-8, fit to be shown, and never NULL. Octets are octets. One thread.
 *
 * An account is one job: one source into one destination and folder. Its messages are counted as in
 * ledger_balance.h: each once, also those that were left on the source, for whatever reason. */
#pragma once

#include "error.h"
#include "ledger_balance.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is to be said of an account; by handover_sum. A clean verification is a verify or delete that began
 * after the last migration, ended with 0, and left nothing unproved: after it, messages that still wait are
 * not on the source any more, or are not wanted. */
enum handover_state {
    HANDOVER_IN_ORDER,   /* nothing refused, and a clean verification */
    HANDOVER_UNVERIFIED, /* everything known is there; a clean verification is missing */
    HANDOVER_UNFINISHED, /* messages wait, or the last migration did not come to its end, or it is not known
                            what it left */
    HANDOVER_NO_ACCESS,  /* the last migration did not get in: password, certificate, host */
    HANDOVER_NOT_BEGUN,  /* no migration yet */
    HANDOVER_DIFFERS,    /* the last verification found differences, and nothing waits */
    HANDOVER_NOT_MOVED,  /* messages that the destination or the source refused */
    HANDOVER_UNREADABLE, /* its ledger cannot be read */
};
#define HANDOVER_STATES (HANDOVER_UNREADABLE + 1)
const char *handover_state_name(enum handover_state s); /* "in-order" ... for JSON */

/* A message that is named: one that was not moved, or whose copy is dated now (ledger_dated_now). */
struct handover_item {
    enum ledger_state state; /* LEDGER_QUARANTINED or LEDGER_REFUSED; LEDGER_DONE */
    char *uidl, *message_id, *from, *subject, *reason;
    char *quarantine; /* its file, below the account's folder; "" if there is none */
    int64_t date_s;   /* MAIL_NO_DATE if not known */
    uint64_t octets;
};
#define HANDOVER_ITEMS_MAX 1000 /* of one account; the others are only counted */

/* A run of a command that is over or not. */
struct handover_run {
    int64_t started_s, ended_s; /* 0: there was none; it has not ended */
    int exit_code;              /* once it ended */
    enum error_code error;      /* what ended it, as far as the advice depends on it */
    char *words;                /* of the ledger, in English */
};

struct handover_account {
    char *name; /* for people: the user, with the host where that alone is no address */
    char *source, *destination, *folder; /* as the ledger has them */
    char *work_dir;                      /* the folder of its ledger; "" if there is none */
    struct error error;                  /* HANDOVER_UNREADABLE: why */
#define X(name) struct ledger_amount name;
    LEDGER_BALANCE(X)
#undef X
    struct ledger_source from;     /* what the source showed last; what of it was left, and why */
    uint64_t proof[LEDGER_PROOFS]; /* of copied and present: how many are proved how well */
    int64_t proved_s;              /* the latest proof; 0: none */
    struct handover_run migrate;   /* the last one */
    struct handover_run verify;    /* the last verify or delete, which verifies first */
    int64_t begun_s;               /* the first migration; 0: none */
    struct handover_item *items;   /* not moved, in the ledger's order */
    size_t item_count;
    uint64_t dated_now;             /* of copied */
    uint64_t swallowed;             /* of quarantined: ledger_swallowed */
    uint64_t built[LEDGER_CLASSES]; /* of copied and present: ledger_totals.built */
    uint64_t doubled;               /* they stand in the destination twice: ledger_late.h */
    struct handover_item *dated;    /* of these, the first ones */
    size_t dated_count;
    enum handover_state state;
};

struct handover {
    char *customer, *prepared_by; /* "" if not given */
    char *program;                /* "popferry 1.2" */
    int64_t date_s;               /* wall clock */
    int utc_offset_min;           /* in which dates are shown */
    struct handover_account *accounts;
    size_t count;

    /* By handover_sum: */
    struct handover_account
        sum; /* counts and proofs added up; times from the first to the last; no strings */
    size_t by_state[HANDOVER_STATES];
    size_t left_unknown; /* accounts of which it is not known what they left on the source */
};

/* Copies of the strings; NULL is "". */
void handover_init(struct handover *h, const char *customer, const char *prepared_by, const char *program,
    int64_t date_s, int utc_offset_min);
void handover_done(struct handover *h); /* zeroed is fine */

/* An account with no counts; copies of the strings. Valid until the next one is added. */
struct handover_account *handover_add(
    struct handover *h, const char *source, const char *destination, const char *folder);

/* The jobs of this folder's ledger that are wanted (NULL: all), read at one moment, also while a run works on
 * it. -1 (*err) when it cannot be read: then nothing of it is added, and the caller names it. */
typedef bool handover_wanted(void *ctx, const char *source, const char *destination, const char *folder);
int handover_add_ledger(
    struct handover *h, const char *folder, handover_wanted *wanted, void *ctx, struct error *err);
/* In its place: an account that stands for a ledger that cannot be read. */
void handover_add_unreadable(struct handover *h, const char *folder, const struct error *why);

/* Judge the accounts and add them up. */
void handover_sum(struct handover *h);

/* ---- of an account, or of the sum ---- */
struct ledger_amount handover_after(const struct handover_account *a);     /* copied and present */
struct ledger_amount handover_not_moved(const struct handover_account *a); /* quarantined and refused */
uint64_t handover_proved(const struct handover_account *a);                /* messages, however well */
/* before, less everything that is accounted for: 0 unless the ledger contradicts itself. */
int64_t handover_unaccounted(const struct handover_account *a);
/* Was anything of its source ever seen? Else its numbers are not known, and no writer shows a 0. */
bool handover_seen(const struct handover_account *a);
/* Does anybody have to do something about it? (All states but HANDOVER_IN_ORDER.) */
bool handover_needs_attention(const struct handover_account *a);

/* ---- files ---- */
/* By the ending of the path: .html (.htm), .xlsx, .csv or .json. -1 with ERROR_USAGE for another one. */
enum handover_form {
    HANDOVER_HTML,
    HANDOVER_XLSX,
    HANDOVER_CSV,
    HANDOVER_JSON,
};
int handover_form_of(const char *path, enum handover_form *ret, struct error *err);
/* lang: "ja" or "en" (JSON has no words). Written whole or left as it was; -1 with ERROR_DISK, ERROR_USAGE or
 * ERROR_INTERNAL. */
int handover_write(const struct handover *h, const char *path, const char *lang, struct error *err);

/* The octets of the two plain forms; the caller frees.
 *
 * CSV for spreadsheets: UTF-8 with its mark, CRLF, a heading in the language, one row for each account; what
 * a spreadsheet would take for a formula has a "'" before it.
 *
 * JSON: {"schema":2, "program", "customer", "prepared_by", "date", "in_order", "sum":COUNTS,
 * "accounts":[{"name", "from", "to", "folder", "work_dir", "state", COUNTS..., "migration":RUN,
 * "verification":RUN, "not_moved_messages":[...], "error"}]}. COUNTS: "after", and the names
 * of LEDGER_BALANCE, each {"messages", "octets"}, null for an account of which nothing was ever seen; "left",
 * by the names of LEDGER_LEFT_REASONS, of the sum and of accounts of which it is known, else null; "verified"
 * {"exact", "content", "structure", "headers", "count", "none", "last"}; of the sum also "accounts" and
 * "by_state" (the states are those of handover_state_name). RUN is
 * {"started", "ended", "exit_code", "words"} or null. Times are "2026-11-22T10:00:00Z" or null. A message:
 * {"state", "uidl", "message_id", "from", "subject", "date", "octets", "reason", "quarantine"}. */
char *handover_csv(const struct handover *h, const char *lang, size_t *ret_len);
char *handover_json(const struct handover *h, size_t *ret_len);
