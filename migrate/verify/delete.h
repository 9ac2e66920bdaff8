/* delete.h - private to migrate_delete: which messages may go from the source, and their going.
 *
 * A session deletes in this order: the inventory, which must hold together (delete_list.c); the
 * headers of the messages whose turn it is, each held against what was copied (UIDL and size alone prove
 * nothing: some servers give both to another message); DELE for those that are the same; QUIT. What is gone
 * is known from the inventory of the session after. */
#pragma once

#include "deletion.h"
#include "mail_scan.h"
#include "session.h"
#include "verify.h"

#define DELETE_CHUNK 500 /* messages a session: so much is at stake when a QUIT is not answered */
#define DELETE_CHUNK_MIN                                                                                     \
    10                    /* where sessions break while messages are compared, they get shorter down to it */
#define DELETE_TRIES    3 /* sessions in which a message was marked and then stood there all the same */
#define DELETE_FRESH_MS 60000 /* a verification older than this is made again before anything is deleted */

/* Why a message that is on the source must stay there; NULL: it is proved. accept: DELETE_ACCEPT_...
 * (deletion.h): what of these the user takes as it is. Pure. */
const char *delete_refusal(const struct verify_row *row, unsigned accept);
/* Is it too young for --older-than? What has no known date is. Pure. */
bool delete_is_younger(const struct verify_row *row, int64_t now_s, int older_than_days);

enum delete_state {
    DELETE_WAITING,
    DELETE_SENT, /* DELE was sent, and whether it held is not known */
    DELETE_GONE, /* not in the source's list any more */
    DELETE_KEPT,
};

struct delete_target {
    uint32_t row; /* index into verify.rows */
    enum delete_state state;
    unsigned tries;
    bool chosen;  /* its turn is in this session */
    bool same;    /* compared in this session, and the same */
    bool another; /* kept: what stands under its UIDL is not it */
    char *why;    /* kept: why; owned */
};

/* The proved messages, on their way out. */
struct delete_work {
    struct verify *v; /* what was shown; its patience is used on */
    const struct verify_sink *sink;
    struct deletion *result;
    struct delete_target *targets;
    size_t count;
    size_t chunk; /* messages a session */
    /* the session */
    struct session session;
    struct job job; /* the verification's, without a destination */
    struct source *source;
    struct mail_scan *scan;
    const struct source_item **by_key; /* sorted */
    size_t by_key_count;
    bool quit_done;
    bool given_up;  /* another session would not help */
    bool comparing; /* nothing was deleted in this session yet */
    size_t under_way;
    struct progress progress;
    struct error error;
};

/* Delete them, in as many sessions as it takes. result->deleted and gone are counted, each deletion is
 * recorded and told. -1: some are left (their state is WAITING or SENT). */
int delete_run(struct delete_work *w, struct error *err);
void delete_done(struct delete_work *w);

/* ---- delete_list.c: what the source lists now ---- */
/* Sort it, and see that it can be believed: a list that is not whole would make messages look as if they were
 * gone, and names that changed would make others look as if they were those. -1: nothing more may be deleted
 * or taken for deleted. */
int delete_list_read(struct delete_work *w, struct error *err);
/* NULL: not listed. */
const struct source_item *delete_list_find(const struct delete_work *w, const char *key);

/* Numbers of UIDLs, against what the verification listed. */
struct delete_names {
    size_t known, found; /* of those for which no DELE was sent: how many there were, and are */
    size_t still;        /* DELE was sent, and still listed */
    size_t listed;       /* now, in all */
};
enum delete_naming {
    DELETE_NAMES_KEPT,
    DELETE_NAMES_OTHER,   /* the source names its messages anew */
    DELETE_NAMES_BY_PLACE /* messages move up into the names of those that were deleted */
};
/* Pure. */
enum delete_naming delete_naming(const struct delete_names *n);
/* Does the inventory hold together? NULL, or why not. Pure. */
const char *delete_list_flaw(const struct source_facts *f, size_t items);

/* ---- delete_compare.c: is it still the message that was copied? ---- */
/* Read the chosen targets' headers, whole messages where a header is not enough and reading is harmless;
 * w->under_way is 0 once all are `same` or KEPT. Submits only: the caller waits. */
void delete_compare(struct delete_work *w);
/* f: of its header alone, or (whole) of all of it; row: as the ledger has it. What the ledger does not know
 * is not the same. Pure. */
bool delete_is_same(const struct ledger_message *row, const struct mail_facts *f, bool whole);
void delete_keep(struct delete_target *t, char *why); /* takes why */
