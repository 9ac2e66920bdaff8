/* transfer.h - move what the destination lacks: RETR -> decide -> APPEND, overlapped, within bounded memory.
 *
 * Private to the transfer_*.c files but for transfer_run. A parcel is one message on its way: fetched into a
 * spool, scanned, decided upon, perhaps compared with the destination, sent in a batch, recorded. */
#pragma once

#include "archive.h"
#include "blame.h"
#include "content.h"
#include "finish.h"
#include "ledger.h"
#include "mail_date.h"
#include "mail_scan.h"
#include "outcome.h"
#include "places.h"
#include "plan.h"
#include "session.h"
#include "shortfall.h"
#include "spool.h"

/* The usual; less where job->memory_octets says so. */
#define TRANSFER_BUDGET_OCTETS  (24u * 1024 * 1024) /* of all parcels together; one alone may be larger */
#define TRANSFER_SPOOL_MEMORY   (1024u * 1024)      /* a larger message goes to a temporary file */
#define TRANSFER_STREAM_OCTETS  (8u * 1024 * 1024)  /* batches on their way at once: covers the round trip */
#define TRANSFER_FETCHES        400                 /* RETRs asked for at once */
#define TRANSFER_LIVE           1000                /* messages on their way, however small */
#define TRANSFER_BATCH_MESSAGES 50
#define TRANSFER_BATCH_OCTETS   (2u * 1024 * 1024)
#define TRANSFER_REFUSED_MAX                                                                                 \
    50                         /* refused one after the other, and nothing stored: no longer about messages */
#define TRANSFER_CANDIDATES 16 /* destination messages read at a time for one of ours */

enum parcel_state {
    PARCEL_FETCHING,
    PARCEL_COMPARING, /* waits for the content of candidates in the destination */
    PARCEL_SENDING,   /* ready to be sent, or sent and not answered */
};

struct transfer;

struct parcel {
    struct transfer *transfer;
    struct parcel *prev, *next; /* all that live */
    struct parcel *queue_next;  /* of the ready queue */
    enum parcel_state state;
    size_t item;
    struct spool *spool;    /* as received */
    struct spool *repaired; /* as sent, if that differs */
    struct mail_facts facts;
    uint64_t budget_octets; /* what it takes of the budget */
    unsigned comparing;     /* answers awaited */
    struct ledger_message row;
    uint8_t sha256_sent[SHA256_OCTETS];
    uint8_t core_sent[SHA256_OCTETS], fingerprint_sent[SHA256_OCTETS], header_sent[SHA256_OCTETS];
    char *from, *subject, *repairs, *quarantine; /* what row points to */
    char *keywords;                              /* of the source; NULL: none */
    bool read;                                   /* the whole message is here */
    const char *variant; /* static: the form in which the destination may hold it; NULL: as it is */
    bool stored;         /* the destination said OK to it */
    bool raw_left;       /* fields that cannot be encoded, and keep raw 8-bit octets */
    bool spoiled;        /* the destination does not hold what was sent */
    bool settled;        /* it is here for the archive alone */
    bool doubted;        /* transfer_whole.c: it is not to be sent */
    bool is_short;       /* shortfall.h */
    unsigned broken;     /* connections that ended while it was on its way: then with care */
    uint32_t uid;        /* under which it is said to be stored, and that is being looked at */
    bool asked_twice;    /* it was not there when it was looked at */
    unsigned mend;       /* mail_mend.h: what is changed beyond what IMAP demands */
    uint64_t cap_octets; /* what is kept free for it of the daily upload limit */
};

/* How much memory mail on its way takes: the parts of job->memory_octets. */
struct transfer_memory {
    uint64_t budget, streamed, batch; /* octets */
    size_t spool;
};

/* The destination's daily upload limit (transfer_cap.c). */
struct transfer_cap {
    uint64_t octets; /* 0: none */
    uint64_t left;   /* as of left_s */
    int64_t left_s;
    uint64_t reserved;    /* of parcels that may be sent, and are not yet */
    bool reached;         /* nothing more is fetched in order to be sent */
    uint64_t next_octets; /* of the message that did not fit */
    uint64_t held, held_octets;
};

/* Room in the destination, in one session. What does not fit ends nothing by itself: smaller messages may,
 * and what was stored is still checked. */
struct transfer_room {
    struct error error; /* code != 0: something did not fit; the last such refusal, with the server's name */
    bool none;          /* nothing fits any more */
};

/* What is to be moved into one mailbox, and what lives longer than that. */
struct transfer_task {
    struct ledger_part part;
    const struct place *place;
    int64_t rows_before;         /* ledger_last_id when the session began */
    struct archive *archive;     /* NULL: none */
    struct blame *blame;         /* of the run */
    struct shortfall *shortfall; /* likewise */
    struct finish *finish;
    struct transfer_room *room;
    uint64_t *copies_left; /* of the run's --limit; UINT64_MAX: none */
};

/* A message without a key, and its row. */
struct transfer_gone {
    size_t item;
    int64_t id;
};

struct parcel_queue {
    struct parcel *first, *last;
};

struct transfer {
    struct session *session;
    struct ledger *ledger;
    const struct transfer_task *task;
    int64_t job, mailbox; /* of task->part */
    char *account;        /* the source's, for the archive */
    const struct outcome_sink *sink;
    struct outcome *outcome;
    struct plan_policy policy;
    struct transfer_memory memory;
    struct transfer_cap cap;
    const struct source_item *items; /* the whole inventory */
    size_t item_count;
    size_t *todo;                      /* what belongs to this mailbox; owned */
    bool first_alone;                  /* the first of todo broke the session before */
    size_t count, next;                /* of todo: next one to look at */
    const struct source_item **by_key; /* sorted, made when first asked */
    size_t by_key_count;
    struct mail_scan *scan; /* RETRs are answered one after the other: one scanner serves all */
    struct content_reader *contents;
    struct finish *finish;
    struct parcel *live;
    size_t live_count, fetching;
    uint64_t budget_used;
    struct parcel_queue ready, suspects; /* suspects: may break the connection, so they come last */
    size_t ready_count;                  /* in both */
    uint64_t ready_octets;
    size_t sending;                        /* parcels whose APPEND is not answered */
    bool keywords;                         /* the destination keeps any */
    bool by_mailbox;                       /* the same content in two folders of the source is two messages */
    bool uids_doubted;                     /* one that the destination told was not true */
    uint32_t uid_floor;                    /* nothing sent from now on can get a smaller UID */
    int64_t now_s;                         /* wall clock at the start, for ages and INTERNALDATE */
    int64_t drain_until_ms;                /* 0: as long as it takes */
    unsigned full_streak;                  /* refusals for want of room since the last success */
    int64_t refused[TRANSFER_REFUSED_MAX]; /* others: the ledger's rows */
    unsigned refused_streak;
    bool refuses_all; /* the destination, whatever it is */
    bool careful;     /* what is on its way is suspected to break the connection: nothing beside it */
    struct pair {
        size_t item;
        int64_t twin;
    } * duplicates; /* found in this run */
    size_t duplicate_count;
    size_t listed_right, listed_wrong; /* whole messages, by what the source lists as their size */
    enum ledger_raw_headers raw_headers;
    struct parcel *raw_asked; /* is sent, to be read back */
    struct parcel_queue raw_waiting;
    struct transfer_gmail *gmail;             /* NULL: it is not one; owned */
    bool doubts;                              /* of something that may be in the queues */
    struct transfer_gone gone[TRANSFER_LIVE]; /* the last ones; a ring */
    size_t gone_next;
    struct error source_error; /* code != 0: nothing more comes; what is here is still sent */
    struct error fatal;        /* code != 0: no new work, drain */
};

/* What belongs into this mailbox, and the ledger and destination have not. The inventory is there, the
 * destination prepared, the index up to date, open intents resolved. 0: every item was settled or reported,
 * or there is no more room (task->room); -1: stopped before (*err); what was in flight and answered is
 * recorded. */
int transfer_run(struct session *s, struct ledger *ledger, const struct transfer_task *task,
    const struct outcome_sink *sink, struct outcome *outcome, struct error *err);

/* parcel.c */
struct parcel *parcel_new(struct transfer *t, size_t item);
void parcel_free(struct parcel *p);
/* transfer_queue.c: what is ready to be sent */
void transfer_queue_append(struct parcel_queue *q, struct parcel *p);
void transfer_queue(struct parcel *p);                     /* what was taken from it: to its end */
struct parcel *transfer_queue_pop(struct parcel_queue *q); /* NULL: it is empty */
struct parcel *transfer_queue_take(struct transfer *t);
void transfer_queue_take_suspects(struct transfer *t);
/* transfer_settle.c: how it ended with a message */
void transfer_describe(struct parcel *p); /* from and subject, for the row */
/* Count it as settled and tell the sink. */
void transfer_report(struct parcel *p, const char *verdict, const char *reason, bool attention);
/* Report and record a message that does not go over; one that was read is kept in quarantine. */
void transfer_refuse(struct parcel *p, const char *verdict, const char *reason, bool attention);
/* It was not about this message after all: out of quarantine, and open again. */
int transfer_take_back(struct ledger *ledger, const char *work_dir, int64_t id, struct error *err);
/* Report one that finds no room now: nothing is wrong with it, the next run tries it again. */
void transfer_postpone(struct parcel *p, const char *reason);
/* Record where it ended and let it go. */
void transfer_settle(struct parcel *p, enum ledger_state state, const char *reason);
/* It stays an intent, in doubt (ledger_in_doubt). */
void transfer_count_doubt(struct transfer *t, uint64_t octets);
/* Beyond --limit. counted: the ledger has it among the refused. */
void transfer_leave_later(struct transfer *t, const struct source_item *it, bool counted);
void transfer_fail(struct transfer *t, const struct error *why); /* the first one counts */
/* transfer_in.c: the source's half */
void transfer_fetch_more(struct transfer *t);
/* transfer_decide.c: the verdict for a parcel that is complete */
void transfer_decide(struct parcel *p);
/* transfer_variant.c: would the destination hold this message in a form that it, or a repair, has altered?
 * Fills *ret for the n-th such form (from 0); false: there are no more. */
bool transfer_variant(struct parcel *p, unsigned n, struct mail_facts *ret, const char **ret_words);
/* transfer_prepare.c: the bytes to be sent, and the row that says so; then the ready queue. 1: not today, the
 * daily upload limit does not allow so many octets. */
int transfer_make_ready(struct parcel *p, struct error *err);
/* After a refusal: is there a further repair to try? Then it is in the ready queue again. */
bool transfer_mend(struct parcel *p);
/* What is at the head of the ready queue may go: raw 8-bit header fields are encoded where they must be. */
void transfer_prepare_raw(struct transfer *t);
/* transfer_stored.c */
/* The destination holds it, under this UID (0: not told). */
void transfer_stored(struct parcel *p, uint32_t uidvalidity, uint32_t uid);
/* transfer_out.c: the destination's half */
void transfer_send_more(struct transfer *t);

/* ---- transfer_whole.c: is it the whole message that the source gave? ---- */
/* What it shows by itself, all of it being here: 1 it is not, dst says why; 0; -1. */
int transfer_flaw(struct parcel *p, char *dst, size_t cap, struct error *err);
/* While the source is read, what comes behind a message may tell, too (source_on_doubt): it is then marked in
 * the ledger, and not sent any more. */
void transfer_doubt_begin(struct transfer *t);
void transfer_doubt_end(struct transfer *t);
void transfer_drop_doubted(struct transfer *t); /* out of the queues */
const char *transfer_cut_words(void);           /* why a message that blame_is_cut is not asked for */

/* ---- transfer_raw.c: does the destination keep raw 8-bit octets in header fields? ----
 * The first message that has any goes alone, and is read back from lane 0; others of the kind wait for that.
 * Once they are known to be spoiled, they are encoded (RFC 2047) before they are sent; job->keep_headers:
 * never. What was learned stands in the ledger. */
int transfer_raw_begin(struct transfer *t, struct error *err);
bool transfer_raw_encodes(const struct parcel *p); /* to be done before it is sent */
bool transfer_raw_apart(const struct parcel *p);   /* not in one group with others */
void transfer_raw_sent(struct parcel *p);
/* true: it is read back, then told and freed here. uid 0: not told. */
bool transfer_raw_stored(struct parcel *p, uint32_t uid);
void transfer_raw_unanswered(struct parcel *p); /* or refused */

/* ---- transfer_gmail.c: did Gmail store it? ----
 * Where CAPABILITY tells X-GM-EXT-1, the OK to an APPEND, and the UID in it, do not say that the message is
 * there: what has the Message-ID of another one is taken for a duplicate, and dropped. X-GM-MSGID tells,
 * asked for many at once. Until then it stays an intent. What was dropped goes into quarantine, and is not
 * sent again, unless the other one holds the same content. */
void transfer_gmail_begin(struct transfer *t);
void transfer_gmail_end(struct transfer *t);
/* true: it is looked at, and goes on there. */
bool transfer_gmail_takes(struct parcel *p, uint32_t uid);
void transfer_gmail_go(struct transfer *t); /* ask, unless that is on its way */
bool transfer_gmail_idle(const struct transfer *t);

/* ---- transfer_cap.c: the daily upload limit ----
 * Order of calls: begin; for each message ask, before its RETR; reserve; refuses, when it is ready to be
 * sent; sent, once its intent is durable; release, when the parcel goes. What does not fit is held; the first
 * that does not fit ends it for all that come after. end tells the error, if anything was held. Without a
 * limit they do nothing. */
enum transfer_cap_answer {
    TRANSFER_CAP_GO,
    TRANSFER_CAP_WAIT, /* what is on its way takes the room, and may turn out not to need it */
    TRANSFER_CAP_HOLD,
};
int transfer_cap_begin(struct transfer *t, struct error *err);
enum transfer_cap_answer transfer_cap_ask(struct transfer *t, uint64_t octets);
void transfer_cap_reserve(struct parcel *p, uint64_t octets);
bool transfer_cap_refuses(struct parcel *p);
void transfer_cap_sent(struct parcel *p);
void transfer_cap_release(struct parcel *p);
void transfer_cap_hold(struct transfer *t, uint64_t octets);
int transfer_cap_end(const struct transfer *t, struct error *err);
