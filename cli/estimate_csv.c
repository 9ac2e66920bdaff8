#include "estimate_print.h"

#include "mem.h"
#include "table_cell.h"
#include <inttypes.h>
#include <stdio.h>

static const char heading[] =
    "row,name,id,messages,octets,duplicates,duplicate_octets,present,present_octets,done_before,too_big,to_copy,"
    "to_copy_octets,held_octets,growth_low,growth_mid,growth_high,growth_reliable,days_to_migrate,bottleneck,"
    "error,family,currency,monthly,monthly_last,total,holds_years,as_of,verified,state";
#define ACCOUNT_BLANKS 9  /* columns behind "error" */
#define PLAN_BLANKS    15 /* between "id" and "days_to_migrate" */

static void field(const char *value, const char *end)
{
    struct buf b CLEANUP(buf_done) = {0};
    table_cell_csv(&b, value);
    printf("%s%s", buf_str(&b), end);
}

static void number(uint64_t n)
{
    printf("%" PRIu64 ",", n);
}

static void blanks(int count)
{
    for (int i = 0; i < count; i++)
        putchar(',');
}

static void put_time(const struct estimate_time *t)
{
    if (t->days)
        number(t->days);
    else
        putchar(',');
    field(t->days ? estimate_bottleneck_words(t->bottleneck) : "", ",");
}

static void put_account(const struct quote_account *a)
{
    const uint64_t numbers[] = {a->inventory.messages, a->inventory.octets, a->duplicates.messages,
        a->duplicates.octets, a->present.messages, a->present.octets, a->settled.messages,
        a->too_big.messages, a->to_copy.messages, a->to_copy.octets, a->held.octets,
        a->growth.octets[ESTIMATE_LOW], a->growth.octets[ESTIMATE_MID], a->growth.octets[ESTIMATE_HIGH]};
    field("account", ",");
    field(a->name, ",");
    field(a->source, ",");
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        number(numbers[i]);
    field(a->growth.reliable ? "yes" : "no", ",");
    put_time(&a->time);
    field(a->error.code ? a->error.text : "", "");
    blanks(ACCOUNT_BLANKS);
    fputs("\r\n", stdout);
}

static void amount(bool known, struct money m)
{
    char text[MONEY_TEXT_MAX];
    printf("%s,", known ? money_text_plain(text, m) : "");
}

static bool has_amount(const struct estimate_year *y)
{
    return y->priced && y->share_count && !y->misfits;
}

static void put_plan(const struct quote_offer *o)
{
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    const struct estimate_year *first = &f->years[0], *last = &f->years[f->year_count - 1];
    field("plan", ",");
    field(o->first ? o->first->name : "", ",");
    field(o->first ? o->first->id : "", ",");
    blanks(PLAN_BLANKS);
    put_time(&o->time);
    field("", ",");
    field(o->family->name, ",");
    field(money_code(f->shown), ",");
    amount(has_amount(first), first->monthly);
    amount(has_amount(last), last->monthly);
    amount(f->complete, f->total);
    number((uint64_t)o->holds_years);
    field(o->as_of, ",");
    field(f->verified ? "yes" : "no", ",");
    field(quote_offer_state_words(quote_offer_state(o)), "\r\n");
}

void estimate_csv(const struct quote *q)
{
    printf("%s\r\n", heading);
    for (size_t i = 0; i < q->account_count; i++)
        put_account(&q->accounts[i]);
    for (size_t i = 0; i < q->offer_count; i++)
        put_plan(&q->offers[i]);
}
