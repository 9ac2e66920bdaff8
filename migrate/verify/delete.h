/* delete.h - private to migrate_delete: which messages may go from the source, and their going. */
#pragma once

#include "link.h"
#include "verify.h"

#define DELETE_CHUNK 500 /* messages a session: so much is at stake when a QUIT is not answered */
#define DELETE_TRIES 3   /* sessions in which a message was marked and then stood there all the same */

/* Why a message that is on the source must stay there; NULL: it is proved. Pure. */
const char *delete_refusal(const struct verify_row *row);
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
    char *why; /* kept: why; owned */
};

/* The proved messages, on their way out. */
struct delete_work {
    struct verify *v; /* what was shown; its patience is used on */
    const struct verify_sink *sink;
    struct deletion *result;
    struct delete_target *targets;
    size_t count;
    /* the session */
    struct net *net;
    struct source *source;
    struct link link;
    const struct source_item **by_key; /* sorted */
    size_t by_key_count;
    bool inventory_done, quit_done;
    bool given_up; /* another session would not help */
    size_t under_way;
    struct progress progress;
    struct error error;
};

/* Delete them, in as many sessions as it takes. result->deleted and gone are counted, each deletion is
 * recorded and told. -1: some are left (their state is WAITING or SENT). */
int delete_run(struct delete_work *w, struct error *err);
void delete_done(struct delete_work *w);
