#include "retry.h"

#include "text.h"
#include <stddef.h>
#include <string.h>

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)

/* How a kind is tried again: first_ms, doubled each time up to cap_ms, at most `attempts` without progress.
 */
struct schedule {
    int64_t first_ms, cap_ms;
    unsigned attempts;
    bool told;   /* a wait that the server names counts, not ours */
    bool spread; /* a quarter less at random; else (the server's minimum) a little more */
    const char *phrase;
};

static const struct schedule schedules[RETRY_KINDS] = {
    [RETRY_EARLY] = {1 * SECOND, 1 * SECOND, 1, false, true, "the connection was closed during the sign-in"},
    [RETRY_BROKEN] = {1 * SECOND, 8 * SECOND, 4, false, true, "the connection broke"},
    [RETRY_THROTTLED] = {5 * SECOND, 5 * MINUTE, 12, true, true, "the server asks for a pause"},
    [RETRY_LOGIN_DELAY] = {60 * SECOND, 15 * MINUTE, 6, true, false,
        "the source wants more time between two sign-ins"},
    [RETRY_IN_USE] = {15 * SECOND, 5 * MINUTE, 12, true, true, "another session holds the mailbox"},
    [RETRY_REFUSED] = {10 * SECOND, 5 * MINUTE, 6, true, true, "the server cannot do it at the moment"},
    [RETRY_EXPIRED] = {0, 2 * SECOND, 3, false, true, "the sign-in has run out"},
    [RETRY_AUTH_AGAIN] = {60 * SECOND, 60 * SECOND, 1, false, false,
        "the same sign-in was accepted before: some hosts refuse one that comes too soon"},
    [RETRY_FULL] = {60 * SECOND, 5 * MINUTE, 6, true, true,
        "the destination says that there may be room again soon"},
    [RETRY_CAPPED] = {60 * SECOND, 5 * MINUTE, 3, true, false, "the limit counts any 24 hours"},
};

static const char helps_not[] = "trying again does not help";
static const char often_enough[] = "it was tried often enough, without getting any further";
static const char too_long[] = "the wait is longer than this run may make";

#define NOW   (1u << ERROR_RETRY_NOW)
#define LATER (1u << ERROR_RETRY_LATER)
#define LOGIN (1u << ERROR_RETRY_AFTER_LOGIN)
#define AGAIN (NOW | LATER | LOGIN)
#define ANY   (AGAIN | 1u << ERROR_RETRY_NEVER)

enum when {
    ALWAYS,
    BEFORE, /* both sides were signed in for the first time */
    SINCE,
};

/* The first row that fits says the kind; no row: stop. */
static const struct {
    enum error_code code;
    unsigned retries;
    enum when when;
    const char *word; /* in the server's words, for what the code does not tell apart */
    enum retry_kind kind;
} rows[] = {
    {ERROR_LOST, ANY, BEFORE, NULL, RETRY_EARLY},
    {ERROR_LOST, ANY, SINCE, NULL, RETRY_BROKEN},
    {ERROR_CONNECT, ANY, SINCE, NULL, RETRY_BROKEN},
    {ERROR_NO_HOST, ANY, SINCE, NULL, RETRY_BROKEN},
    {ERROR_TIMEOUT, ANY, SINCE, NULL, RETRY_BROKEN},
    {ERROR_PROTOCOL, AGAIN, SINCE, NULL, RETRY_BROKEN},
    {ERROR_THROTTLED, AGAIN, ALWAYS, "[LOGIN-DELAY", RETRY_LOGIN_DELAY},
    {ERROR_THROTTLED, LATER, ALWAYS, RETRY_CAP_WORDS, RETRY_CAPPED},
    {ERROR_THROTTLED, AGAIN, ALWAYS, NULL, RETRY_THROTTLED},
    {ERROR_IN_USE, AGAIN, ALWAYS, NULL, RETRY_IN_USE},
    {ERROR_REFUSED, AGAIN, ALWAYS, NULL, RETRY_REFUSED},
    {ERROR_AUTH, LOGIN, SINCE, NULL, RETRY_EXPIRED},
    {ERROR_AUTH, NOW | LATER, ALWAYS, NULL, RETRY_REFUSED},
    {ERROR_AUTH, ANY, SINCE, NULL, RETRY_AUTH_AGAIN},
    {ERROR_FULL, NOW | LATER, ALWAYS, NULL, RETRY_FULL},
};

static bool fits_time(enum when when, bool opened)
{
    return when == ALWAYS || (when == SINCE) == opened;
}

static enum retry_kind kind_of(const struct error *why, const struct retry_past *past)
{
    bool opened = past->opened || (past->accepted && why->code == ERROR_AUTH);
    if (why->scope == ERROR_SCOPE_RUN) /* ours: disk, ledger, the user's stop */
        return RETRY_STOP;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].code == why->code && rows[i].retries & 1u << why->retry &&
            fits_time(rows[i].when, opened) && (!rows[i].word || text_find_nocase(why->text, rows[i].word)))
            return rows[i].kind;
    return RETRY_STOP;
}

/* A schedule that begins with "at once" goes on with a second. */
static int64_t doubled(const struct schedule *s, unsigned times)
{
    int64_t ms = s->first_ms;
    for (; times && ms < s->cap_ms; times--)
        ms = ms ? ms * 2 : SECOND;
    return ms < s->cap_ms ? ms : s->cap_ms;
}

/* The wait before jitter: nothing sooner helps, or is polite. */
static int64_t base_wait(const struct schedule *s, enum retry_kind kind, const struct error *why,
    const struct retry_past *past, bool *ret_minimum)
{
    *ret_minimum = true;
    if (s->told && why->wait_ms > 0)
        return why->wait_ms > SECOND ? why->wait_ms : SECOND;
    if (kind == RETRY_LOGIN_DELAY && past->login_delay_ms > 0)
        return past->login_delay_ms;
    *ret_minimum = !s->spread;
    return doubled(s, past->tried[kind]);
}

/* A minimum may only grow, by an eighth and 5 s at most. */
static int64_t spread(int64_t ms, bool minimum, uint32_t random)
{
    if (!minimum)
        return ms - (ms >= 4 ? random % (ms / 4) : 0);
    int64_t more = ms / 8 < 5 * SECOND ? ms / 8 : 5 * SECOND;
    return ms > INT64_MAX - more ? ms : ms + random % (more + 1);
}

/* Of the source's LOGIN-DELAY, what has not passed yet. */
static int64_t delay_left(const struct retry_past *past)
{
    int64_t since_ms = past->since_login_ms > 0 ? past->since_login_ms : 0;
    return past->login_delay_ms > since_ms ? past->login_delay_ms - since_ms : 0;
}

static struct retry_decision stop(enum retry_kind kind, int64_t wait_ms, const char *phrase)
{
    return (struct retry_decision){.kind = kind, .wait_ms = wait_ms, .phrase = phrase};
}

struct retry_decision retry_decide(const struct error *why, const struct retry_past *past)
{
    enum retry_kind kind = kind_of(why, past);
    if (kind == RETRY_STOP)
        return stop(kind, 0, helps_not);
    const struct schedule *s = &schedules[kind];
    bool minimum;
    int64_t base_ms = base_wait(s, kind, why, past, &minimum), left_ms = delay_left(past);
    int64_t least_ms = base_ms > left_ms ? base_ms : left_ms;
    if (past->tried[kind] >= s->attempts)
        return stop(kind, least_ms, often_enough);
    int64_t max_ms = kind == RETRY_CAPPED && past->wait_for_cap ? INT64_MAX : past->max_wait_ms;
    if (least_ms > max_ms)
        return stop(kind, least_ms, too_long);
    int64_t wait_ms = spread(base_ms, minimum, past->random);
    if (wait_ms > max_ms)
        wait_ms = max_ms;
    if (wait_ms < left_ms)
        wait_ms = left_ms;
    return (struct retry_decision){.again = true, .kind = kind, .wait_ms = wait_ms, .phrase = s->phrase};
}

void retry_count(struct retry_past *past, const struct error *why)
{
    past->tried[kind_of(why, past)]++;
}

void retry_progress(struct retry_past *past)
{
    memset(past->tried, 0, sizeof past->tried);
}
