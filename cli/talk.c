#include "talk.h"

#include "exit_code.h"
#include "stop.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define REDRAW_MS 200   /* on a terminal */
#define LINE_MS   10000 /* elsewhere */
#define BAR_MAX   30

/* ---- progress ---- */
void talk_clear(struct talk *t)
{
    if (t && t->drawn)
        fputs("\r\033[K", stderr);
    if (t)
        t->drawn = false;
}

static int columns(void)
{
    struct winsize size;
    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

/* "1:05:09", "2:30" */
static const char *duration(char *dst, size_t cap, int64_t seconds)
{
    if (seconds >= 3600)
        snprintf(dst, cap, "%lld:%02lld:%02lld", (long long)(seconds / 3600), (long long)(seconds / 60 % 60),
            (long long)(seconds % 60));
    else
        snprintf(dst, cap, "%lld:%02lld", (long long)(seconds / 60), (long long)(seconds % 60));
    return dst;
}

static void describe(const struct talk *t, const struct progress *p, int64_t now_ms, char *dst, size_t cap)
{
    char done[32], total[32], rate[32], left[32];
    int64_t elapsed_ms = now_ms - t->begun_ms;
    if (!p->total) {
        snprintf(dst, cap, "%s", p->phase);
        return;
    }
    uint64_t a_second = elapsed_ms > 0 ? p->octets * 1000 / (uint64_t)elapsed_ms : 0;
    uint64_t rest = p->total_octets > p->octets ? p->total_octets - p->octets : 0;
    snprintf(dst, cap, "%s: %llu of %llu messages, %s of %s, %s/s, %s left", p->phase,
        (unsigned long long)p->messages, (unsigned long long)p->total,
        text_octets(done, sizeof done, p->octets), text_octets(total, sizeof total, p->total_octets),
        text_octets(rate, sizeof rate, a_second),
        a_second ? duration(left, sizeof left, (int64_t)(rest / a_second)) : "?");
}

static void draw(struct talk *t, const struct progress *p, const char *words)
{
    int width = columns() - 1, used = text_width(words);
    char bar[BAR_MAX + 3] = "";
    int cells = width - used - 3 < BAR_MAX ? width - used - 3 : BAR_MAX;
    if (p->total && cells >= 5) {
        uint64_t done = p->messages < p->total ? p->messages : p->total;
        int filled = (int)(done * (uint64_t)cells / p->total);
        bar[0] = '[';
        memset(bar + 1, '#', (size_t)filled);
        memset(bar + 1 + filled, '.', (size_t)(cells - filled));
        bar[cells + 1] = ']';
    }
    fprintf(stderr, "\r\033[K%s%s%.*s", bar, *bar ? " " : "", width, words);
    fflush(stderr);
    t->drawn = true;
}

static bool asked_to_stop(void *ctx)
{
    (void)ctx;
    return stop_is_asked();
}

static void on_progress(void *ctx, const struct progress *p)
{
    struct talk *t = ctx;
    int64_t now_ms = clock_mono_ms(t->world.clock);
    bool new_phase = t->phase != p->phase;
    if (new_phase && t->begun_ms && p->phase && !strcmp(p->phase, "copying"))
        t->begun_ms = now_ms; /* the rate is that of copying */
    if (now_ms < t->next_ms && !(t->terminal && new_phase))
        return;
    char words[256];
    describe(t, p, now_ms, words, sizeof words);
    if (t->terminal)
        draw(t, p, words);
    else if (t->next_ms)
        fprintf(stderr, "popferry: %s\n", words);
    t->phase = p->phase;
    t->next_ms = now_ms + (t->terminal ? REDRAW_MS : LINE_MS);
}

static void on_log(void *ctx, enum log_level level, const char *line)
{
    struct talk *t = ctx;
    if (level > LOG_WARN && !t->verbose)
        return;
    if (t->quiet && level > LOG_ERROR)
        return;
    talk_clear(t);
    fprintf(stderr, "popferry: %s%s\n",
        level == LOG_WARN    ? "warning: "
        : level == LOG_ERROR ? "error: "
                             : "",
        line);
}

static const char *fresh_secret(void *ctx, enum job_side side)
{
    struct talk *t = ctx;
    return secret_keeper_fresh(t->keeper, side);
}

static int renew_tokens(void *ctx, struct error *err)
{
    struct talk *t = ctx;
    return secret_keeper_renew(t->keeper, err);
}

void talk_restart(struct talk *t)
{
    if (!t)
        return;
    t->begun_ms = clock_mono_ms(t->world.clock);
    t->next_ms = t->terminal ? t->begun_ms : t->begun_ms + LINE_MS;
    t->phase = NULL;
}

void talk_begin(struct talk *t, const struct options *o, struct secret_keeper *keeper)
{
    const char *term = getenv("TERM");
    *t = (struct talk){.quiet = o->quiet, .verbose = o->verbose, .keeper = keeper};
    t->terminal = isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
    t->world = (struct world){.clock = clock_system(),
        .log = {.fn = on_log, .ctx = t},
        .stop = asked_to_stop,
        .secret = keeper ? fresh_secret : NULL,
        .sign_in = keeper && (o->from_oauth || o->to_oauth) ? renew_tokens : NULL,
        .ctx = t};
    if (!o->quiet)
        t->world.progress = on_progress;
    talk_restart(t);
    stop_catch_signals();
}

void talk_end(struct talk *t)
{
    talk_clear(t);
}

int talk_error(struct talk *t, const struct error *err)
{
    talk_clear(t);
    fprintf(stderr, "popferry: error: %s\n", err->text);
    return exit_code_of(err);
}
