/* verify.h - private to verify and delete: what the source has, what the ledger says was done with it, and
 * what the destination gives back now, held against each other.
 *
 * Nothing here uses the ledger's index of the destination, or the code that copied: a defect there must not
 * hide itself. (Common to both is roster.h, which asks what there is, and asks again.) Two things are kept
 * for each message, both of fixed size: a row (of the ledger) and an entry (of the destination). Order of
 * calls: verify_begin; verify_run; read the rows; verify_done. */
#pragma once

#include "folder_paths.h"
#include "journal.h"
#include "ledger.h"
#include "names.h"
#include "past_sessions.h"
#include "patience.h"
#include "proof.h"
#include "session.h"
#include "verify_scan.h"

#define VERIFY_NONE        UINT32_MAX
#define VERIFY_KEPT_OCTETS (256u * 1024 * 1024) /* of headers that differ, in memory at once */

enum verify_verdict {
    VERIFY_OPEN, /* not judged yet */
    VERIFY_AGREED,
    VERIFY_ALTERED,
    VERIFY_MISSING,
    VERIFY_PENDING,  /* not copied yet */
    VERIFY_FILTERED, /* left out because the user said so */
    VERIFY_VANISHED, /* never copied, and no longer on the source */
};

struct verify_row {
    int64_t id, twin;
    char *key;
    uint32_t item;   /* of this session's inventory; VERIFY_NONE: not on the source */
    uint32_t number; /* of that item, for people; 0: none */
    bool left;       /* it lies in a folder that the job leaves out; left_why says why */
    enum filter_limit left_why;
    uint32_t home; /* the mailbox where it belongs; index into verify.boxes; VERIFY_NONE: not known */
    uint32_t box;  /* the one where it was found; until then its home */
    uint32_t uidvalidity, uid;
    uint32_t floor_uidvalidity, floor_uid;
    uint64_t octets_claimed, octets_sent;
    int64_t internaldate_s;          /* 0 or MAIL_NO_DATE: the message does not tell */
    uint64_t ident;                  /* see verify_scan.h */
    uint8_t header[SHA256_OCTETS];   /* likewise, of what was sent */
    uint8_t print[SHA256_OCTETS];    /* fingerprint of what was sent */
    uint8_t received[SHA256_OCTETS]; /* fingerprint of what was received */
    uint8_t sha256[SHA256_OCTETS];   /* of what was sent; all zero: not sent by us */
    uint8_t fields[SHA256_OCTETS];   /* verify_fields.h, of what was sent; all zero: not known */
    int64_t sent_date_s;             /* INTERNALDATE as it was sent; 0: not sent by us */
    unsigned mended;                 /* mail_mend.h: what was sent is not what was received */
    bool learned;                    /* fields was not known to the ledger */
    bool uid_told;                   /* the ledger knows its UID */
    bool same_source;                /* what its UIDL names was read, and is the message that was copied */
    bool redated;                    /* it has another INTERNALDATE than was sent */
    enum ledger_state state;
    enum ledger_proof before;
    bool changed_size; /* on the source, under its key, with another size than was seen */
    bool deleted;      /* from the source, by us */
    bool sent_once;
    bool doubted; /* what the source gave is not known to be the whole message */
    /* The result. */
    enum verify_verdict verdict;
    enum ledger_proof proof;
    char *why; /* owned; NULL: nothing to say */
};

/* A message of the destination. */
struct verify_entry {
    uint32_t uid;
    uint32_t row; /* the one that it is, or (not claimed) that is said to stand under this UID; VERIFY_NONE */
    uint64_t octets;
    int64_t date_s; /* INTERNALDATE; MAIL_NO_DATE: not told */
    uint64_t ident;
    uint8_t header[SHA256_OCTETS];
    struct verify_content *content; /* read, and not accounted for by its bytes; owned */
    bool claimed, doubled;          /* doubled: row is the one that it repeats */
    bool want, asked, unreadable;
    bool headless; /* the server lists it, and gives no header of it; ident is not known until it is read */
};

struct verify_box {
    int64_t id;
    char *name;
    bool listed, exists;
    uint32_t uidvalidity;
    struct verify_entry *entries; /* by UID */
    size_t count, cap;
};

/* An item of the source with no row of its own. */
struct verify_news {
    uint32_t item, number;
    char *key; /* owned */
    uint64_t octets;
    enum verify_verdict verdict;
    bool nameless; /* it has no UIDL */
    bool resized;  /* it has a row by its UIDL, and another size now: only its content can tell */
    uint32_t row;  /* the one of the same content; VERIFY_NONE: none */
    const char *why;
};

/* An entry, found by its ident. */
struct verify_place {
    uint64_t ident;
    uint32_t box, entry;
};

struct verify {
    const struct job *job;
    const struct world *world;
    struct ledger *ledger;
    int64_t job_id;
    enum verify_level level;
    struct past_sessions past;
    struct job session_job; /* job, asking as the servers answer */
    struct session session;
    struct patience patience;
    struct verification *result;
    struct verify_box *boxes;
    size_t box_count;
    struct verify_row *rows; /* by id */
    size_t row_count, row_cap;
    uint32_t *by_ident, *by_key; /* indices of rows, sorted */
    size_t by_key_count;
    struct verify_place *places; /* of all entries, sorted */
    size_t place_count;
    struct folder_paths paths; /* of this session */
    struct verify_news *news;
    size_t news_count;
    struct verify_scan *destination_scan, *source_scan;
    size_t fields_octets; /* of the headers that are kept, in memory */
    bool rewritten;       /* a message came back other than it was sent: parts are compared from now on */
    /* what is under way */
    uint32_t box;
    size_t reading, next_entry;
    struct error error;
};

/* The ledger and the job's id in it; neither is made. *ret is the caller's: ledger_close. */
int verify_open_ledger(const struct job *job, struct ledger **ret, int64_t *ret_job, struct error *err);
/* The ledger's rows and mailboxes. v: zeroed but for job, world, ledger, job_id, level and result. */
int verify_begin(struct verify *v, struct error *err);
/* Connect and compare, over as many sessions as it takes. *v->result is filled as far as it got. */
int verify_run(struct verify *v, struct error *err);
/* Count, record what was shown (ledger_prove) and tell the sink. */
int verify_report(struct verify *v, const struct verify_sink *sink, struct error *err);
void verify_done(struct verify *v);

/* The run's log: v->world becomes one that writes to it, and the sink returned writes and passes on to inner.
 */
struct verify_log {
    struct journal *journal;
    struct world world;
    const struct verify_sink *inner;
    struct verify_sink sink;
};
const struct verify_sink *verify_log_begin(struct verify_log *l, struct verify *v, int64_t run,
    const char *command, const struct verify_sink *inner);
void verify_log_end(struct verify_log *l, int exit_code, const struct error *error);

/* ---- verify_report.c ---- */
const char *verify_verdict_name(enum verify_verdict v); /* "agreed" */
/* Why the row's verdict is what it is; NULL: nothing to say. */
const char *verify_why(const struct verify_row *row);
int verify_tell_row(struct verify *v, const struct verify_sink *sink, const struct verify_row *row,
    const char *verdict, const char *why, bool attention, struct error *err);
void verify_tell_item(const struct verify_sink *sink, const struct verify_news *news, const char *verdict,
    const char *why, enum ledger_proof proof, bool attention);

/* ---- verify_rows.c: the ledger and the inventory ---- */
int verify_load(struct verify *v, struct error *err);
/* Which row is which item; what is new. Anew for each session. */
void verify_map(struct verify *v);
void verify_forget_news(struct verify *v);
/* Would this item go where the row belongs? Of a source with folders each is a message of its own there. */
bool verify_goes_home(struct verify *v, size_t item, const struct verify_row *row);
struct verify_row *verify_find_row(const struct verify *v, int64_t id);
/* Is it a message that the destination ought to hold? */
bool verify_is_expected(const struct verify_row *row);
/* As expected, and not judged. */
bool verify_is_open(const struct verify_row *row);
/* The row says that its message has the content of this twin, and it has. Pure. */
bool verify_is_twin(const struct verify_row *row, const struct verify_row *twin);
/* The row's own item whatever its size; NULL if it has none. */
struct verify_row *verify_row_of_key(const struct verify *v, const char *key);
/* This item has the row's content (or, below content level, its size). */
void verify_adopt(struct verify *v, struct verify_news *news, struct verify_row *row);
/* Below content level: items without UIDL by their size. */
void verify_map_nameless(struct verify *v);

/* What stands under the row's UIDL is another message: new, and the row is not on the source any more. */
void verify_disown(struct verify *v, struct verify_row *row);

/* ---- verify_same.c: is it still the same on the source? ---- */
/* Message-ID, From, Date and Subject, and (whole) the body; f: of the header alone, or (whole) of all of it.
 * Other header fields make no other message: delete looks at these. Pure. */
bool verify_same_message(const struct ledger_message *m, const struct mail_facts *f, bool whole);
/* By the headers of all messages that have a row. Waits. */
int verify_check_source(struct verify *v, struct error *err);

/* ---- verify_entry.c ---- */
void verify_entry_sort(struct verify_box *box); /* by UID */
/* NULL: there is none. box is sorted. */
struct verify_entry *verify_entry_find(const struct verify_box *box, uint32_t uid);

/* ---- verify_read.c: the destination ---- */
/* The mailbox entered and listed, unless it was. */
int verify_enter(struct verify *v, uint32_t box, struct error *err);
/* Read what is wanted there: verify_compare gets each. */
int verify_read(struct verify *v, uint32_t box, struct error *err);

/* ---- verify_match.c: which is which ---- */
/* How a message of this content proves a row; LEDGER_UNPROVED: not. Pure. */
bool verify_same_parts(const struct verify_content *a, const struct verify_content *b);
enum ledger_proof verify_proof(const struct verify_row *row, const struct verify_content *content);
/* All mailboxes are listed: what can be said without reading. */
void verify_link_uids(struct verify *v, uint32_t box);
void verify_index(struct verify *v);
/* The content of an entry came in. */
void verify_compare(struct verify *v, struct verify_entry *e, const struct verify_content *content);
void verify_settle(struct verify *v, struct verify_row *row, struct verify_entry *e, uint32_t box,
    enum verify_verdict verdict, enum ledger_proof proof, char *why);
/* Want whatever may be one of ours, though not under its UID, or may be one of ours once more. */
void verify_want_candidates(struct verify *v);
void verify_claim_contents(struct verify *v);
void verify_claim_headers(struct verify *v);
void verify_claim_counts(struct verify *v);
/* What is most likely the row's message, though it differs; NULL: nothing is. */
struct verify_entry *verify_likeliest(
    const struct verify *v, const struct verify_row *row, uint32_t *ret_box);
void verify_find_doubled(struct verify *v);

/* ---- verify_source.c: what must be read again from the source ---- */
/* Messages that only their content makes known: without UIDL, or of another size than was seen. */
int verify_read_unsure(struct verify *v, struct error *err);
/* The rows that are still open, against their likeliest entries. */
int verify_judge_rest(struct verify *v, struct error *err);

/* ---- verify_judge.c: one that did not come back as it was sent ---- */
/* What the destination gave back under the row, against what the source gives. */
struct verify_pair {
    const struct verify_row *row;
    const struct ledger_message *sent;   /* the row as the ledger has it */
    const struct verify_content *ours;   /* the source's message, as it was sent; NULL: it cannot be read */
    const struct verify_fields *fields;  /* its header's; NULL if ours is */
    const struct verify_content *theirs; /* fields NULL: they were not kept */
    bool header_alone;                   /* of ours only the header was read: the bodies are the same */
};
struct verify_judgement {
    enum verify_verdict verdict;
    enum ledger_proof proof;
    char *why; /* owned */
};
/* Pure. */
struct verify_judgement verify_judge(const struct verify_pair *p);

/* ---- verify_words.c ---- */
/* How what the destination gives back differs from what was sent. body: it does not in its body; fields: the
 * words for those of the header, "" for none, NULL: not known; munged: see verify_fields.h. Pure. Caller
 * frees. */
char *verify_difference(const struct verify_pair *p, bool body, const char *fields, bool munged);
