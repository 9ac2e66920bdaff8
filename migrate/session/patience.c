#include "patience.h"

#include <stdio.h>

#define STEP_MS 50

void patience_begin(struct patience *p, const struct job *job, const struct world *world)
{
    *p = (struct patience){.world = world, .utc_offset_min = job->utc_offset_min};
    p->past.max_wait_ms = job->max_wait_ms;
    p->past.wait_for_cap = job->wait_for_cap;
}

/* False: the user asked to stop. until_s: a time of day (wall clock) that ends it, too, since a machine that
 * sleeps meanwhile may stop the other clock; 0: none. */
static bool pause_ms(const struct world *world, int64_t ms, int64_t until_s)
{
    int64_t until_ms = clock_mono_ms(world->clock) + ms, left;
    struct progress waiting = {.phase = "waiting for the server"};
    while ((left = until_ms - clock_mono_ms(world->clock)) > 0) {
        if (until_s && clock_wall_s(world->clock) >= until_s)
            return true;
        if (world->stop && world->stop(world->ctx))
            return false;
        if (world->progress)
            world->progress(world->ctx, &waiting);
        clock_sleep_ms(world->clock, (int)(left < STEP_MS ? left : STEP_MS));
    }
    return true;
}

static struct clock_utc local(const struct patience *p, int64_t wall_s)
{
    return clock_to_utc(wall_s + p->utc_offset_min * 60);
}

/* "4.0 s"; longer ones "300 s, until 14:32:10", on another day "30000 s, until 2026-11-23 02:32:10". */
static const char *words(const struct patience *p, int64_t wait_ms, char *dst, size_t cap)
{
    if (wait_ms < 10000) {
        snprintf(dst, cap, "%lld.%lld s", (long long)wait_ms / 1000, (long long)wait_ms / 100 % 10);
        return dst;
    }
    int64_t seconds = (wait_ms + 999) / 1000;
    int64_t now_s = clock_wall_s(p->world->clock);
    struct clock_utc now = local(p, now_s), at = local(p, now_s + seconds);
    char date[32] = "";
    if (at.day != now.day || seconds >= 86400)
        snprintf(date, sizeof date, "%04d-%02d-%02d ", at.year, at.month, at.day);
    snprintf(
        dst, cap, "%lld s, until %s%02d:%02d:%02d", (long long)seconds, date, at.hour, at.minute, at.second);
    return dst;
}

/* When to come again, in whole minutes, none too early. */
static void name_time(const struct patience *p, int64_t wait_ms, struct error *err)
{
    int64_t at_s = clock_wall_s(p->world->clock) + (wait_ms + 999) / 1000;
    struct clock_utc at = local(p, (at_s + 59) / 60 * 60);
    error_append(err, ": run the same command again after %04d-%02d-%02d %02d:%02d%s", at.year, at.month,
        at.day, at.hour, at.minute, p->past.wait_for_cap ? "" : ", or with --wait");
}

int patience_login(struct patience *p, const char *source, struct error *err)
{
    char text[64];
    int64_t now_ms = clock_mono_ms(p->world->clock);
    int64_t left = p->login_ms ? p->login_ms + p->past.login_delay_ms - now_ms : 0;
    if (left > p->past.max_wait_ms)
        return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_THROTTLED,
            "%s wants %lld s between two sign-ins (LOGIN-DELAY), which is longer than this run may wait; run the "
            "same command again after %s, or with a longer --max-wait",
            source, (long long)p->past.login_delay_ms / 1000, words(p, left, text, sizeof text));
    if (left > 0) {
        log_line(&p->world->log, LOG_WARN, "%s wants %lld s between two sign-ins (LOGIN-DELAY): waiting %s",
            source, (long long)p->past.login_delay_ms / 1000, words(p, left, text, sizeof text));
        if (!pause_ms(p->world, left, 0))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED,
                "stopped while waiting for %s; run the same command again", source);
    }
    p->login_ms = clock_mono_ms(p->world->clock);
    return 0;
}

void patience_login_began(struct patience *p, int64_t login_ms)
{
    if (login_ms)
        p->login_ms = login_ms;
}

void patience_opened(struct patience *p, int login_delay_s)
{
    p->past.opened = true;
    p->past.login_delay_ms = login_delay_s > 0 ? (int64_t)login_delay_s * 1000 : 0;
}

void patience_accepted(struct patience *p)
{
    p->past.accepted = true;
}

void patience_progress(struct patience *p)
{
    retry_progress(&p->past);
}

bool patience_again(struct patience *p, struct error *err)
{
    char text[64];
    int64_t now_ms = clock_mono_ms(p->world->clock);
    p->past.since_login_ms = now_ms - p->login_ms;
    p->past.random = (uint32_t)now_ms * 2654435761u;
    struct retry_decision d = retry_decide(err, &p->past);
    words(p, d.wait_ms, text, sizeof text);
    if (!d.again) {
        if (d.kind == RETRY_CAPPED)
            name_time(p, d.wait_ms, err);
        else if (d.wait_ms > 0)
            error_append(err, "; %s: run the same command again after %s", d.phrase, text);
        if (d.kind == RETRY_AUTH_AGAIN)
            err->retry = ERROR_RETRY_LATER;
        return false;
    }
    log_line(&p->world->log, LOG_WARN, "%s (%s); connecting again in %s", err->text, d.phrase, text);
    retry_count(&p->past, err);
    p->attempts++;
    int64_t until_s = d.kind == RETRY_CAPPED ? clock_wall_s(p->world->clock) + (d.wait_ms + 999) / 1000 : 0;
    if (pause_ms(p->world, d.wait_ms, until_s))
        return true;
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED,
        "stopped as asked; run the same command again to go on");
    return false;
}
