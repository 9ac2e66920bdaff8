/* schedule.h - which task of a batch may begin now. Pure: the time is handed in, nothing is waited for.
 *
 * A task is one account: it needs its source host, its destination host, and whatever it must not share (a
 * ledger). Rules, in this order:
 * - at most limits.jobs tasks run; at most limits.host_jobs at one host (0: no limit); none beside another
 * with the same `exclusive`;
 * - at one host at most limits.logins_per_minute sign-ins within any 60 s (0: no limit); a task may sign in
 * more than once (its connection broke), so the caller asks before each: schedule_sign_in;
 * - a host where limits.failures (3) tasks in a row could not connect is paused for all: nothing begins or
 * signs in there until the pause is over (30 s, then 60 s, 120 s ... at most limits.max_pause_ms; longer only
 * if the host itself named a longer wait), then one task alone tries; when the host answers, if only to
 * refuse that task's password, all go on. When the pauses would have to be longer than limits.max_wait_ms in
 * all, or the reason is one that waiting does not mend (a certificate), the rest of that host's tasks are not
 * tried (SCHEDULE_GIVEN_UP, with the host's last words), and those that run there may not sign in again;
 * - a host where the first limits.refusals (5; 0: no limit) sign-ins were all refused, and none has
 * succeeded, is given up: to go on might lock out everybody there. Until one has succeeded, no more than that
 * many are let through without an answer, so that the number is kept however many tasks run;
 * - a task that ended with "again not before T" (a daily limit, a server that asks for patience) waits for T
 * if limits.wait says so, or if T is within max_wait_ms; else it is done, and the caller says when to run
 * again;
 * - the longest tasks begin first (by `octets`; unknown ones, 0, before all others, since one may be the
 * longest; ties by their order);
 * - fail_fast: after the first task that failed nothing more begins.
 *
 * Nothing hangs, as long as running tasks end: while none runs, schedule_next names a time at which one
 * begins, and a sign-in waits only for a time, or for tasks whose sign-ins are on their way.
 *
 * Order of calls: schedule_next until it says SCHEDULE_OVER; for a task that it began schedule_sign_in and
 * schedule_signed_in as often as it signs in (or never), then schedule_ended. One thread at a time (the
 * caller's lock). All times are monotonic milliseconds. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum schedule_side {
    SCHEDULE_SOURCE,
    SCHEDULE_DESTINATION,
};

struct schedule_limits {
    unsigned jobs; /* >= 1 */
    unsigned host_jobs;
    unsigned logins_per_minute;
    unsigned failures, refusals; /* 0: never for this reason */
    int64_t max_pause_ms, max_wait_ms;
    bool wait, fail_fast;
};

/* Strings are borrowed for the life of the schedule; those of hosts and of exclusives are the same if strcmp
 * says so. */
struct schedule_task {
    const char *hosts[2];  /* "pop.example.jp:995" by schedule_side; NULL: the task does not go there */
    const char *exclusive; /* NULL: nothing */
    uint64_t octets;       /* 0: not known */
};

enum schedule_state {
    SCHEDULE_WAITING,
    SCHEDULE_RUNNING,
    SCHEDULE_PAUSED,   /* ended with "again not before", and goes on by itself then: schedule_again_ms */
    SCHEDULE_ENDED,    /* also when schedule_again_ms says that it is not done, but nobody waits for it */
    SCHEDULE_GIVEN_UP, /* not tried, or (PAUSED before) not again: schedule_why */
};

struct schedule;

/* At most 2^31 tasks, which may be freed afterwards, unlike their strings. */
struct schedule *schedule_new(
    const struct schedule_limits *limits, const struct schedule_task *tasks, size_t count);
void schedule_free(struct schedule *s);

enum schedule_next {
    SCHEDULE_BEGIN, /* *ret_task is RUNNING now */
    SCHEDULE_LATER, /* nothing now: ask again when a task ends or has told how it signed in, or at *ret_at_ms
                       (later than now; INT64_MAX: only then, and some task is running) */
    SCHEDULE_OVER,  /* nothing runs, nothing is left */
};
enum schedule_next schedule_next(struct schedule *s, int64_t now_ms, size_t *ret_task, int64_t *ret_at_ms);

/* A running task wants to sign in to the hosts it needs, all at once. 0: do, it is counted; > 0: ask again
 * after so many ms; -1: do not any more, a host was given up meanwhile: *ret_why, valid as long as the
 * schedule. */
int64_t schedule_sign_in(struct schedule *s, size_t task, int64_t now_ms, const struct error **ret_why);
/* How that went; error NULL: signed in. An error on one side ends the attempt on both: the other side is told
 * before, or not at all.
 * - The host's fault, which counts for a pause: ERROR_CONNECT, ERROR_LOST, ERROR_TIMEOUT, ERROR_TLS,
 * ERROR_PROTOCOL, ERROR_THROTTLED (but for LOGIN-DELAY, which is the account's).
 * - A refusal: ERROR_AUTH, unless it says NOW or LATER.
 * - All other answers of a server show that the host is there; our own errors (disk, cancelled) show nothing.
 */
void schedule_signed_in(
    struct schedule *s, size_t task, enum schedule_side side, const struct error *error, int64_t now_ms);

struct schedule_end {
    bool failed;      /* for fail_fast */
    int64_t again_ms; /* not before (monotonic); 0: it is done, well or not */
};
void schedule_ended(struct schedule *s, size_t task, const struct schedule_end *end, int64_t now_ms);

/* The user asked to stop: nothing more begins; what waits is GIVEN_UP (ERROR_CANCELLED), what is PAUSED has
 * ENDED. Also done by itself for fail_fast. */
void schedule_stop(struct schedule *s);

enum schedule_state schedule_state(const struct schedule *s, size_t task);
/* Of a task that ended with again_ms and did not begin again: that time; else 0. */
int64_t schedule_again_ms(const struct schedule *s, size_t task);
/* Of a task that is GIVEN_UP: a sentence for the user with the next step, and the code of its cause; else
 * NULL. Valid as long as the schedule. */
const struct error *schedule_why(const struct schedule *s, size_t task);

/* Hosts that are paused now, for the display: *ret_host is borrowed; *ret_until_ms has passed while one task
 * tries. False: there are no more (n from 0). */
bool schedule_paused_host(const struct schedule *s, size_t n, const char **ret_host, int64_t *ret_until_ms);
