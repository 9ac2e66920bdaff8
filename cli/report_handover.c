/* popferry report --report FILE: what is handed over to the customer, from all ledgers. */
#include "report.h"

#include "clock.h"
#include "handover.h"
#include "i18n.h"
#include "mem.h"
#include "text.h"
#include <stdio.h>

struct gathering {
    struct handover *handover;
    struct report_scope *scope;
};

int report_handover_check(const struct options *o, struct error *err)
{
    enum handover_form form;
    for (size_t i = 0; o->reports && o->reports[i]; i++)
        if (handover_form_of(o->reports[i], &form, err) < 0)
            return -1;
    return 0;
}

static int on_folder(void *ctx, const char *folder, struct error *err)
{
    struct gathering *g = ctx;
    return handover_add_ledger(g->handover, folder, report_scope_wants, g->scope, err);
}

static int gather(struct gathering *g, const struct options *o, struct report_walk *walk, struct error *err)
{
    const struct batch_entry *e;
    if (report_walk_folders(o->work_dir, on_folder, g, walk, err) < 0)
        return -1;
    for (size_t i = 0; i < walk->damaged_count; i++)
        handover_add_unreadable(g->handover, walk->damaged[i].folder, &walk->damaged[i].error);
    for (size_t n = 0; report_scope_not_begun(g->scope, walk, &n, &e);)
        handover_add(g->handover, e->source, e->destination, e->folder);
    if (!g->handover->count && (g->scope->from || g->scope->to || g->scope->listed))
        return report_scope_unknown(g->scope, o->work_dir, err);
    handover_sum(g->handover);
    return 0;
}

static void say(const struct handover *h, const struct options *o)
{
    char size[32];
    struct ledger_amount after = handover_after(&h->sum);
    printf(
        ngettext("%1$zu account: %2$zu in order, %3$zu that are not. %4$llu messages, %5$s, are in the new "
                 "mailboxes; %6$llu of them verified.",
            "%1$zu accounts: %2$zu in order, %3$zu that are not. %4$llu messages, %5$s, are in the new "
            "mailboxes; %6$llu of them verified.",
            h->count),
        h->count, h->by_state[HANDOVER_IN_ORDER], h->count - h->by_state[HANDOVER_IN_ORDER],
        (unsigned long long)after.messages, text_octets(size, sizeof size, after.octets),
        (unsigned long long)handover_proved(&h->sum));
    putchar('\n');
    for (size_t i = 0; o->reports[i]; i++) {
        printf(_("Written: %s"), o->reports[i]);
        putchar('\n');
    }
}

int report_handover(const struct options *o, struct report_scope *scope, struct report_walk *walk, bool tell,
    struct error *err)
{
    struct handover h CLEANUP(handover_done) = {0};
    struct gathering g = {&h, scope};
    handover_init(&h, o->customer, o->prepared_by, "popferry " POPFERRY_VERSION, clock_wall_s(clock_system()),
        o->utc_offset_min);
    if (gather(&g, o, walk, err) < 0)
        return -1;
    for (size_t i = 0; o->reports[i]; i++)
        if (handover_write(&h, o->reports[i], i18n_lang(), err) < 0)
            return -1;
    if (tell)
        say(&h, o);
    return 0;
}
