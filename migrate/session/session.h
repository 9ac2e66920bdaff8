/* session.h - both sides of a job, connected at the same time and talking in one loop.
 *
 * The source is read while the destination is being prepared. One thread; everything ends with session_close.
 */
#pragma once

#include "allowance.h"
#include "dest.h"
#include "job.h"
#include "link.h"
#include "source.h"
#include "stream.h"

#define SESSION_LANES_MAX 8

/* One connection to the destination. Lane 0 has entered the mailbox; the others only append. */
struct lane {
    struct link link;
    struct dest *dest;
    bool usable;        /* signed in and capabilities known */
    unsigned in_flight; /* messages whose APPEND is not answered, and their octets: the executor's count */
    uint64_t in_flight_octets;
    bool alert_told;    /* of signing in */
    size_t alerts_told; /* of dest's */
};

struct session {
    const struct job *job;
    const struct world *world;
    struct net *net;
    struct source *source;
    struct link source_link;
    struct lane lanes[SESSION_LANES_MAX];
    size_t lane_count;
    struct link *links[1 + SESSION_LANES_MAX];
    struct link_loop loop;
    struct dest *dest; /* of lane 0; NULL: the job has no destination */
    char *mailbox;     /* the one it has entered, UTF-8; NULL: none yet */
    bool inventory_done, dest_ready;
    bool told[2];     /* by job_side: world->signed_in was called */
    int64_t login_ms; /* monotonic: when both sides were begun to be signed in to, after world->sign_in */
    int64_t begun_s;  /* wall clock */
    int64_t
        before_ended_ms; /* monotonic: the end of the run's session before this one; 0: this is the first */
    struct error inventory_error, dest_error;
    struct progress progress;
    int64_t silence_told_ms[2]; /* by job_side: a silence is told of from then on */
    bool keep_source;           /* no QUIT */
    struct allowance_log sent;  /* to the destination's account, of the last day: transfer's */
    bool sent_known;
    struct goodbye {
        bool said, source_done, source_ok;
        size_t lanes_left;
        int64_t deadline_ms;
    } goodbye;
};

/* Connect both sides, take the inventory and prepare the destination (dest.h), all at once. The job's mailbox
 * is selected if it has only one; else session_enter does that. A job without a destination (to.host NULL)
 * has a session with the source alone. First world->sign_in is asked, once; world->signed_in is told of each
 * side as soon as that is known, at the latest before this returns. Lanes that are added later are not asked
 * for. On failure the text says which side; call session_close all the same, and nothing else when source is
 * NULL (world->sign_in said no). */
int session_open(struct session *s, const struct job *job, const struct world *world, enum dest_mode mode,
    struct error *err);

/* Enter this mailbox (UTF-8 path), creating it if mode says so and it is missing; waits. Nothing to do if it
 * is the present one. */
int session_enter(struct session *s, const char *name, enum dest_mode mode, struct error *err);

/* Open more lanes, up to `count` in all, without waiting: each becomes usable when it is. One that cannot be
 * opened (a connection limit) is done without. */
void session_add_lanes(struct session *s, size_t count);

/* Pump until reached(ctx), or a fatal error: the source or lane 0 broke (unless ended), or the user asked to
 * stop. */
int session_run_until(struct session *s, bool (*reached)(void *ctx), void *ctx, struct error *err);

/* As session_run_until; and when that fails, what is outstanding is ended, so that nothing calls back into
 * ctx any more. */
int session_wait(struct session *s, bool (*reached)(void *ctx), void *ctx, struct error *err);
/* End what is outstanding, with every callback fired; what had nothing to do can still say goodbye. */
void session_abandon(struct session *s, const struct error *why);

/* "imaps://host:993, mailbox Name", before the words of an error of the destination. Returns -1. */
int session_name_mailbox(const struct session *s, struct error *err);
/* dest_list of the mailbox that was entered; waits. l: zeroed but for what goes in; dest_listing_done, also
 * on failure. */
int session_list(struct session *s, struct dest_listing *l, struct error *err);
/* "imaps://host:993". */
const char *session_destination(const struct session *s);

/* The first of these that is broken, as an error for the user; NULL if all are well. */
const struct error *session_broken(const struct session *s);

void session_phase(struct session *s, const char *phase);

/* Does the job's filter take what lies in the folder of this item of the source? */
bool session_takes(const struct session *s, size_t item, enum filter_limit *ret_why);
/* Never QUIT in this session: what was read and is not stored must be shown again. */
void session_keep_source(struct session *s);

/* Send QUIT and LOGOUT behind what is outstanding; nothing can be submitted after it. */
void session_say_goodbye(struct session *s);
/* Say goodbye, unless that was done, and wait a short time for the answers. 0, or -1 when the source did not
 * say +OK. */
int session_sign_off(struct session *s, struct error *err);
/* Close everything; zeroed is fine. */
void session_close(struct session *s);
