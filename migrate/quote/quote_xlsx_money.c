#include "quote_xlsx_book.h"

#include "mem.h"

int quote_xlsx_money_decimals(enum money_currency c)
{
    return money_unit(c) == 1 ? 0 : 2;
}

/* The first rate that leads from one currency to the other, as money_present takes it. */
static char *rate_factor(const struct money_view *view, enum money_currency from, enum money_currency to)
{
    for (size_t i = 0; i < view->rate_count && from != to; i++) {
        const struct money_rate *r = &view->rates[i];
        if (r->from == from && r->to == to)
            return mem_printf("*rate_%s_%s", money_code(r->from), money_code(r->to));
        if (r->from == to && r->to == from)
            return mem_printf("/rate_%s_%s", money_code(r->from), money_code(r->to));
    }
    return mem_strdup("");
}

char *quote_xlsx_money_conversion(const struct quote_xlsx_book *b, const struct quote_offer *o)
{
    const struct estimate_family *f = o->results[ESTIMATE_MID];
    int contained = f->contained_tax_tenths;
    char *rate CLEANUP(mem_free_str) = rate_factor(&b->q->params.model.view, f->currency, f->shown);
    if (!contained)
        return mem_printf("%s*(1+tax)", rate);
    return mem_printf("%s*(1+tax)/%d.%03d", rate, (1000 + contained) / 1000, contained % 1000);
}
