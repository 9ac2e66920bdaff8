#include "board_words.h"

#include "cell.h"
#include "i18n.h"
#include "mem.h"
#include "text.h"
#include <string.h>

#define DAY_S (24 * 3600)

/* "14:32", another day "11-23 14:32" */
static void append_time(struct buf *out, int64_t at_s, int64_t now_s, int utc_offset_min)
{
    int64_t offset_s = utc_offset_min * INT64_C(60);
    struct clock_utc at = clock_to_utc(at_s + offset_s), now = clock_to_utc(now_s + offset_s);
    if (at.day != now.day || at.month != now.month || at.year != now.year)
        buf_printf(out, "%02d-%02d ", at.month, at.day);
    buf_printf(out, "%02d:%02d", at.hour, at.minute);
}

static void append_count(struct buf *out, const char *format, size_t n)
{
    if (!n)
        return;
    buf_append_str(out, _(", "));
    buf_printf(out, format, n);
}

void board_words_accounts(struct buf *out, const struct board_view *v, int64_t now_s, int utc_offset_min)
{
    const size_t *n = v->by_kind;
    buf_printf(out, ngettext("%1$zu of %2$zu account ended", "%1$zu of %2$zu accounts ended", v->accounts),
        v->over, v->accounts);
    append_count(out, _("%zu failed"), n[BATCH_KIND_FAILED]);
    append_count(out, ngettext("%zu needs attention", "%zu need attention", n[BATCH_KIND_ATTENTION]),
        n[BATCH_KIND_ATTENTION]);
    append_count(out, _("%zu to rerun"), n[BATCH_KIND_AGAIN]);
    append_count(out, _("%zu at work"), n[BATCH_KIND_RUNNING]);
    if (!n[BATCH_KIND_PAUSED])
        return;
    struct buf until CLEANUP(buf_done) = {0};
    append_time(&until, v->again_s, now_s, utc_offset_min);
    buf_append_str(out, _(", "));
    buf_printf(out, _("%1$zu paused until %2$s"), n[BATCH_KIND_PAUSED], buf_str(&until));
}

void board_words_work(struct buf *out, const struct board_view *v)
{
    char through[32], known[32], rate[32], left[CELL_DURATION_MAX];
    size_t begin = buf_len(out);
    if (v->known)
        buf_printf(out, v->all_sized ? _("%1$s of %2$s") : _("%1$s of at least %2$s"),
            text_octets(through, sizeof through, v->through), text_octets(known, sizeof known, v->known));
    if (v->rate_known)
        buf_printf(
            out, "%s%s/s", buf_len(out) > begin ? _(", ") : "", text_octets(rate, sizeof rate, v->rate));
    if (v->left_s < 0 || v->over == v->accounts)
        return;
    buf_append_str(out, buf_len(out) > begin ? _(", ") : "");
    unsigned long days = (unsigned long)((v->left_s + DAY_S / 2) / DAY_S);
    if (v->left_s < DAY_S)
        buf_printf(out, _("about %s left"), cell_duration(left, v->left_s));
    else
        buf_printf(out, ngettext("about %lu day left", "about %lu days left", days), days);
}

void board_words_hosts(struct buf *out, const struct board_view *v, size_t lines, const char *before)
{
    char left[CELL_DURATION_MAX];
    size_t shown = v->host_count <= lines ? v->host_count : lines ? lines - 1 : 0;
    for (size_t i = 0; i < shown; i++) {
        buf_append_str(out, before);
        buf_printf(out, _("%1$s: no connection, tried again in %2$s"), v->hosts[i].name,
            cell_duration(left, (v->hosts[i].left_ms + 999) / 1000));
    }
    if (shown == v->host_count || !lines)
        return;
    buf_append_str(out, before);
    size_t more = v->host_count - shown;
    buf_printf(out,
        shown ? ngettext("%zu host more without a connection", "%zu hosts more without a connection", more)
              : ngettext("%zu host without a connection", "%zu hosts without a connection", more),
        more);
}

const char *board_words_phase(const char *phase)
{
    static const struct {
        const char *phase, *words;
    } known[] = {
        {"waiting to sign in", N_("waiting")},
        {"connecting", N_("connecting")},
        {"reading headers", N_("reading headers")},
        {"reading what the destination holds", N_("indexing")},
        {"copying", N_("copying")},
        {"checking the destination", N_("checking")},
        {"looking up what an interrupted run had sent", N_("looking up")},
        {"waiting for the destination to finish what was on its way", N_("waiting")},
        {"waiting for the server", N_("waiting")},
        {"comparing", N_("comparing")},
        {"reading what the source gives no UIDL or another size", N_("reading again")},
        {"deleting", N_("deleting")},
    };
    if (!phase)
        return _("starting");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].phase, phase))
            return i18n(known[i].words);
    return phase;
}
