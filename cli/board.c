#include "board.h"

#include "batch_report.h"
#include "board_json.h"
#include "board_screen.h"
#include "board_words.h"
#include "i18n.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SCREEN_MS    200   /* redrawn at most so often */
#define LOOK_MS      1000  /* of BOARD_LINES, for accounts that failed */
#define LINE_MS      60000 /* the sum */
#define PROGRESS_MS  1000
#define DRAIN_MS     5000 /* a reader that takes nothing for so long at the end is given up */
#define REASONS_SAID 20   /* why accounts were not tried */

struct board {
    struct board_spec spec;
    struct board_view view;
    struct board_past past;
    struct board_screen screen;
    struct board_json json;
    unsigned char *seen; /* the state of each account that was told last */
    int64_t look_ms, line_ms;
};

struct board *board_new(const struct board_spec *spec)
{
    struct board *b = mem_alloc(sizeof *b);
    int64_t now_ms = clock_mono_ms(spec->clock);
    *b = (struct board){.spec = *spec, .seen = mem_array(spec->count + 1, 1), .look_ms = now_ms};
    b->line_ms = now_ms + (spec->mode == BOARD_LINES ? LINE_MS : 0);
    board_past_begin(&b->past, spec->count, now_ms);
    board_screen_begin(&b->screen, STDERR_FILENO);
    if (spec->mode == BOARD_JSON)
        board_json_begin(&b->json, spec->fd, spec->command, spec->count, clock_wall_s(spec->clock));
    return b;
}

/* ---- lines above the display ---- */
/* Kept until no lock is held. */
static void say(struct board *b, const char *line)
{
    char *text CLEANUP(mem_free_str) = text_clean_dup(line);
    board_screen_note(&b->screen, text);
}

static void write_lines(struct board *b)
{
    struct buf *notes = &b->screen.notes;
    board_screen_write(STDERR_FILENO, buf_bytes(notes), buf_len(notes));
    buf_clear(notes);
}

void board_say(struct board *b, const char *line)
{
    if (b->spec.mode == BOARD_NONE)
        return;
    if (b->spec.mode == BOARD_JSON) {
        board_json_note(&b->json, line, clock_wall_s(b->spec.clock));
        return;
    }
    char *text CLEANUP(mem_free_str) = mem_printf("popferry: %s", line);
    say(b, text);
    if (b->spec.mode == BOARD_LINES)
        write_lines(b);
}

/* Accounts that were not tried, by the reason. */
struct untried {
    size_t first[REASONS_SAID], count[REASONS_SAID], reasons, more;
};

static void add_untried(struct untried *u, const struct batch_account *accounts, size_t i)
{
    for (size_t k = 0; k < u->reasons; k++)
        if (!strcmp(accounts[u->first[k]].result.error.text, accounts[i].result.error.text)) {
            u->count[k]++;
            return;
        }
    if (u->reasons == REASONS_SAID) {
        u->more++;
        return;
    }
    u->first[u->reasons] = i;
    u->count[u->reasons++] = 1;
}

static void say_failure(struct board *b, const struct batch_account *a)
{
    const struct errand_result *r = &a->result;
    char *text CLEANUP(mem_free_str) =
        mem_printf("popferry: %s: %s", a->name, r->error.code ? r->error.text : r->words);
    say(b, text);
}

static void say_untried(struct board *b, const struct untried *u)
{
    for (size_t k = 0; k < u->reasons; k++) {
        const struct batch_account *a = &b->spec.accounts[u->first[k]];
        struct buf text CLEANUP(buf_done) = {0};
        if (u->count[k] == 1) {
            say_failure(b, a);
            continue;
        }
        buf_append_str(&text, "popferry: ");
        buf_printf(&text,
            ngettext("%1$zu account not tried: %2$s", "%1$zu accounts not tried: %2$s", u->count[k]),
            u->count[k], a->result.error.text);
        say(b, buf_str(&text));
    }
    if (!u->more)
        return;
    struct buf text CLEANUP(buf_done) = {0};
    buf_append_str(&text, "popferry: ");
    buf_printf(&text,
        ngettext(
            "%zu account not tried for other reasons", "%zu accounts not tried for other reasons", u->more),
        u->more);
    say(b, buf_str(&text));
}

static bool is_failure(const struct batch_account *a)
{
    enum batch_account_kind kind = batch_account_kind(a);
    return (kind == BATCH_KIND_FAILED || kind == BATCH_KIND_AGAIN) && a->state != BATCH_LEFT &&
           a->result.error.code != ERROR_CANCELLED;
}

/* ---- what changed since the last look; under lock ---- */
static void tell_json(struct board *b)
{
    int64_t now_s = clock_wall_s(b->spec.clock);
    for (size_t i = 0; i < b->spec.count && !board_json_is_full(&b->json); i++)
        if (b->seen[i] != b->spec.accounts[i].state) {
            b->seen[i] = (unsigned char)b->spec.accounts[i].state;
            board_json_account(&b->json, &b->spec.accounts[i], now_s);
        }
}

static void tell_failures(struct board *b)
{
    struct untried untried = {0};
    for (size_t i = 0; i < b->spec.count; i++) {
        const struct batch_account *a = &b->spec.accounts[i];
        if (b->seen[i] == a->state)
            continue;
        b->seen[i] = (unsigned char)a->state;
        if (!is_failure(a))
            continue;
        if (a->state == BATCH_UNTRIED)
            add_untried(&untried, b->spec.accounts, i);
        else
            say_failure(b, a);
    }
    say_untried(b, &untried);
}

static void tell(struct board *b)
{
    if (b->spec.mode == BOARD_JSON)
        tell_json(b);
    else
        tell_failures(b);
}

/* ---- the sum ---- */
static void say_sum(struct board *b, int64_t now_s)
{
    struct buf text CLEANUP(buf_done) = {0}, more CLEANUP(buf_done) = {0};
    buf_append_str(&text, "popferry: ");
    board_words_accounts(&text, &b->view, now_s, b->spec.utc_offset_min);
    board_words_work(&more, &b->view);
    if (buf_len(&more))
        buf_printf(&text, "%s%s", _("; "), buf_str(&more));
    board_words_hosts(&text, &b->view, SIZE_MAX, _("; "));
    say(b, buf_str(&text));
}

/* Writing is done without the lock: no job waits for a terminal. */
static void show(struct board *b, const struct batch_sum *sum, int64_t now_ms, int64_t now_s)
{
    bool due = now_ms >= b->line_ms;
    switch (b->spec.mode) {
    case BOARD_NONE:
        return;
    case BOARD_SCREEN:
        board_screen_draw(&b->screen, &b->view, now_s, b->spec.utc_offset_min);
        return;
    case BOARD_LINES:
        if (due)
            say_sum(b, now_s);
        write_lines(b);
        b->line_ms = due ? now_ms + LINE_MS : b->line_ms;
        return;
    case BOARD_JSON:
        board_json_flush(&b->json);
        if (due)
            board_json_progress(&b->json, &b->view, batch_report_json_sum(sum), now_s);
        b->line_ms = due ? now_ms + PROGRESS_MS : b->line_ms;
        board_json_flush(&b->json);
    }
}

/* Sets the sum only where it is shown. */
static void look(struct board *b, int64_t now_ms, struct batch_sum *sum)
{
    const struct board_spec *spec = &b->spec;
    pthread_mutex_lock(spec->lock);
    tell(b);
    board_view_take(&b->view, &b->past, spec->accounts, spec->count, now_ms, clock_wall_s(spec->clock));
    if (spec->mode == BOARD_JSON && now_ms >= b->line_ms)
        *sum = batch_report_sum(spec->accounts, spec->count);
    pthread_mutex_unlock(spec->lock);
}

void board_tick(struct board *b, const struct board_host *hosts, size_t host_count)
{
    int64_t now_ms = clock_mono_ms(b->spec.clock);
    struct batch_sum sum = {0};
    if (b->spec.mode == BOARD_NONE || now_ms < b->look_ms || (b->spec.mode == BOARD_JSON && b->json.gone))
        return;
    b->look_ms = now_ms + (b->spec.mode == BOARD_LINES ? LOOK_MS : SCREEN_MS);
    b->view.hosts = hosts;
    b->view.host_count = host_count;
    look(b, now_ms, &sum);
    show(b, &sum, now_ms, clock_wall_s(b->spec.clock));
}

void board_clear(struct board *b)
{
    if (b->spec.mode != BOARD_SCREEN)
        return;
    board_screen_clear(&b->screen);
    b->look_ms = clock_mono_ms(b->spec.clock);
}

/* ---- the end ---- */
static void end_json(struct board *b, int64_t now_s)
{
    struct board_json *j = &b->json;
    do { /* what was too much for the queue, in parts */
        pthread_mutex_lock(b->spec.lock);
        tell_json(b);
        pthread_mutex_unlock(b->spec.lock);
        if (!board_json_is_full(j))
            break;
        board_json_drain(j, DRAIN_MS);
    } while (!j->gone && !board_json_is_full(j));
    pthread_mutex_lock(b->spec.lock);
    struct batch_sum sum = batch_report_sum(b->spec.accounts, b->spec.count);
    pthread_mutex_unlock(b->spec.lock);
    board_json_end(j, batch_report_json_sum(&sum), sum.code, now_s);
    board_json_drain(j, DRAIN_MS);
}

static void end(struct board *b)
{
    int64_t now_s = clock_wall_s(b->spec.clock);
    struct batch_sum unused;
    if (b->spec.mode == BOARD_JSON) {
        end_json(b, now_s);
        return;
    }
    b->view.host_count = 0;
    look(b, clock_mono_ms(b->spec.clock), &unused);
    if (b->spec.mode == BOARD_SCREEN) {
        board_screen_clear(&b->screen);
        return;
    }
    say_sum(b, now_s);
    write_lines(b);
}

void board_free(struct board *b)
{
    if (!b)
        return;
    if (b->spec.mode != BOARD_NONE)
        end(b);
    board_view_done(&b->view);
    board_past_done(&b->past);
    board_screen_done(&b->screen);
    board_json_done(&b->json);
    free(b->seen);
    free(b);
}
