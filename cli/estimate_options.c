#include "estimate_options.h"

#include "i18n.h"
#include "mem.h"
#include "quote_size.h"
#include "text.h"
#include "text_list.h"
#include <stdlib.h>
#include <string.h>

#define MARGIN_TENTHS 100 /* 10 % */
#define TERM_MONTHS   12
#define GROWTH_LEAST  1000000 /* octets a year, where no unit is written */

static int usage(struct error *err, const char *option, const char *value, const char *must)
{
    return error_set(
        err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s %s: must be %s", option, value, must);
}

static int read_percent(const char *option, const char *text, int *ret_tenths, struct error *err)
{
    if (!text || money_tax_parse(text, ret_tenths, NULL) == 0)
        return 0;
    return usage(err, option, text, "a number of percent, 0 to 100, with at most one decimal");
}

static int read_currency(const char *text, enum money_currency *ret, struct error *err)
{
    *ret = !strcmp(i18n_lang(), "ja") ? MONEY_JPY : MONEY_USD;
    return !text || money_code_parse(text, ret) ? 0 : usage(err, "--currency", text, "JPY, USD or EUR");
}

/* Some octets a year, and not none: the unit was forgotten. */
static int read_growth(const char *text, uint64_t *ret, struct error *err)
{
    if (quote_size_parse("--growth", text, ret, err) < 0)
        return -1;
    if (!*ret || *ret >= GROWTH_LEAST || text[strspn(text, "0123456789.,")])
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "--growth %s: that would be %s octets a year; write the unit, as %sGB or %sMB (or %sB, if it is meant so)",
        text, text, text, text, text);
}

static int read_model(const struct options *o, struct quote_params *p, struct error *err)
{
    struct estimate_params *m = &p->model;
    if (o->years < 1 || o->years > ESTIMATE_YEARS_MAX) {
        char *years CLEANUP(mem_free_str) = mem_printf("%d", o->years);
        return usage(err, "--years", years, "1 to 30");
    }
    m->years = o->years;
    if (read_percent("--growth-rise", o->growth_rise_text, &m->rise_tenths, err) < 0 ||
        read_percent("--margin", o->margin_text, &m->margin_tenths, err) < 0 ||
        read_percent("--sent", o->sent_text, &p->sent_tenths, err) < 0 ||
        read_percent("--tax", o->tax_text, &m->view.tax_tenths, err) < 0 ||
        read_currency(o->currency_text, &m->view.currency, err) < 0)
        return -1;
    if (o->other_use_text &&
        quote_size_parse("--other-use", o->other_use_text, &m->other_use_octets, err) < 0)
        return -1;
    if (o->local_text && quote_size_parse("--local", o->local_text, &p->local_octets, err) < 0)
        return -1;
    p->growth_given = o->growth_text;
    return o->growth_text ? read_growth(o->growth_text, &p->growth_octets, err) : 0;
}

static int read_rates(const struct options *o, struct money_rate *rates, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        if (money_rate_parse(o->rates[i], &rates[i], err) < 0)
            return error_prefix(err, "--rate");
    return 0;
}

/* "5000JPY", "49.50 USD": with its currency, since that of the amounts goes by the language. */
static int read_current(const struct options *o, struct quote_params *p, struct error *err)
{
    const char *text = o->current_cost_text;
    struct money_view view = p->model.view;
    if (!text)
        return 0;
    size_t digits = strspn(text, "0123456789.");
    char *number CLEANUP(mem_free_str) = mem_printf("%.*s", (int)digits, text);
    const char *code = text + digits + strspn(text + digits, " ");
    enum money_currency currency;
    if (!money_code_parse(code, &currency) || money_parse(number, currency, &p->current, NULL) < 0)
        return usage(
            err, "--current-cost", text, "an amount a month with its currency, as 5000JPY or 49.50USD");
    bool yen = currency == MONEY_JPY; /* rates are told as yen for one of the others */
    if (!money_convertible(currency, &view))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--current-cost %s: the amounts are in %s, and no rate of exchange was given: add --rate %s/%s=...",
            text, money_code(view.currency), money_code(yen ? view.currency : currency),
            money_code(yen ? currency : view.currency));
    p->current_given = true;
    return 0;
}

int estimate_options_read(
    const struct options *o, struct quote_params *ret, struct money_rate **ret_rates, struct error *err)
{
    struct quote_params p = {.fast = o->fast, .personal = o->personal, .utc_offset_min = o->utc_offset_min};
    size_t count = text_list_count(o->rates);
    p.model.margin_tenths = MARGIN_TENTHS;
    p.model.term_months = TERM_MONTHS;
    if (read_model(o, &p, err) < 0)
        return -1;
    struct money_rate *rates = mem_array(count, sizeof *rates);
    if (read_rates(o, rates, count, err) < 0) {
        free(rates);
        return -1;
    }
    p.model.view.rates = rates;
    p.model.view.rate_count = count;
    if (read_current(o, &p, err) < 0) {
        free(rates);
        return -1;
    }
    *ret = p;
    *ret_rates = rates;
    return 0;
}

int estimate_options_report(const char *path, enum estimate_report *ret, struct error *err)
{
    const char *dot = strrchr(path, '.');
    bool html = dot && (text_equal_nocase(dot, ".html") || text_equal_nocase(dot, ".htm"));
    if (!html && !(dot && text_equal_nocase(dot, ".xlsx")))
        return usage(err, "--report", path, "a file that ends with .html or .xlsx");
    *ret = html ? ESTIMATE_REPORT_HTML : ESTIMATE_REPORT_XLSX;
    return 0;
}
