#include "patience.h"

#include <poll.h>
#include <stdio.h>

#define STEP_MS 50

void patience_begin(struct patience *p, const struct job *job, const struct world *world)
{
    *p = (struct patience){.world = world, .utc_offset_min = job->utc_offset_min};
    p->past.max_wait_ms = job->max_wait_ms;
}

/* False: the user asked to stop. */
static bool pause_ms(const struct world *world, int64_t ms)
{
    int64_t until_ms = clock_mono_ms(world->clock) + ms, left;
    struct progress waiting = {.phase = "waiting for the server"};
    while ((left = until_ms - clock_mono_ms(world->clock)) > 0) {
        if (world->stop && world->stop(world->ctx))
            return false;
        if (world->progress)
            world->progress(world->ctx, &waiting);
        poll(NULL, 0, (int)(left < STEP_MS ? left : STEP_MS));
    }
    return true;
}

/* "4.0 s"; longer ones "300 s, until 14:32:10". */
static const char *words(const struct patience *p, int64_t wait_ms, char *dst, size_t cap)
{
    if (wait_ms < 10000) {
        snprintf(dst, cap, "%lld.%lld s", (long long)wait_ms / 1000, (long long)wait_ms / 100 % 10);
        return dst;
    }
    int64_t seconds = (wait_ms + 999) / 1000;
    struct clock_utc at = clock_to_utc(clock_wall_s(p->world->clock) + seconds + p->utc_offset_min * 60);
    snprintf(dst, cap, "%lld s, until %02d:%02d:%02d", (long long)seconds, at.hour, at.minute, at.second);
    return dst;
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
        if (!pause_ms(p->world, left))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED,
                "stopped while waiting for %s; run the same command again", source);
    }
    p->login_ms = clock_mono_ms(p->world->clock);
    return 0;
}

void patience_opened(struct patience *p, int login_delay_s)
{
    p->past.opened = true;
    p->past.login_delay_ms = login_delay_s > 0 ? (int64_t)login_delay_s * 1000 : 0;
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
        if (d.wait_ms > 0)
            error_append(err, "; %s: run the same command again after %s", d.phrase, text);
        return false;
    }
    log_line(&p->world->log, LOG_WARN, "%s (%s); connecting again in %s", err->text, d.phrase, text);
    retry_count(&p->past, err);
    p->attempts++;
    if (pause_ms(p->world, d.wait_ms))
        return true;
    error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED,
        "stopped as asked; run the same command again to go on");
    return false;
}
