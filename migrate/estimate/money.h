/* money.h - amounts of money in integers, and their one rounding. Pure.
 *
 * An amount is a count of the currency's smallest unit: yen, cents. There is no floating point anywhere. Sums
 * and multiples are exact or an error; only money_present rounds (conversion, tax and the share of a period
 * in one fraction, rounded once: half up, that is away from zero), so whoever prints an amount keeps the
 * exact one for further sums.
 *
 * Functions that can fail return -1 with ERROR_USAGE for text given by a person, ERROR_INTERNAL for mixed
 * currencies and for amounts beyond 2^63 - 1 smallest units. */
#pragma once

#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum money_currency {
    MONEY_JPY, /* no decimals */
    MONEY_USD, /* two */
    MONEY_EUR, /* two */
    MONEY_CURRENCIES,
};

struct money {
    enum money_currency currency;
    int64_t minor; /* smallest units; may be negative (a difference) */
};

/* ISO 4217 code, upper case: "JPY". */
const char *money_code(enum money_currency currency);
bool money_code_parse(const char *code, enum money_currency *ret);
/* How many smallest units make one: 1 or 100. */
int64_t money_unit(enum money_currency currency);

/* "1600", "6", "6.5", "6.00": digits with at most as many decimals as the currency has; no sign, no group
 * marks. At most 10^15 whole units. */
int money_parse(const char *text, enum money_currency currency, struct money *ret, struct error *err);

/* a + b, of one currency. */
int money_add(struct money a, struct money b, struct money *ret, struct error *err);
/* a * n */
int money_multiply(struct money a, int64_t n, struct money *ret, struct error *err);

/* ---- what is printed ---- */
/* One whole unit of `from` costs numerator / denominator whole units of `to`. */
struct money_rate {
    enum money_currency from, to;
    int64_t numerator, denominator; /* both > 0 */
};

/* "USD/JPY=155.25": two different known codes, at most 9 digits before and 6 after the point, above 0. */
int money_rate_parse(const char *text, struct money_rate *ret, struct error *err);

/* A tax in percent with at most one decimal, "10" or "8.5", to tenths of a percent (100, 85); 0 to 100 %. */
int money_tax_parse(const char *text, int *ret_tenths, struct error *err);

/* How amounts are to be shown. */
struct money_view {
    enum money_currency currency;
    const struct money_rate *rates; /* tried in turn, in both directions; borrowed */
    size_t rate_count;
    int tax_tenths; /* of a percent, to be contained in what is shown; 0: shown without tax */
};

/* Whether the view's currency can be reached from `from`. */
bool money_convertible(enum money_currency from, const struct money_view *view);

/* exact, which contains a tax of contained_tax_tenths already (0: none), divided by `parts` (1, or 12 for a
 * month of a year; > 0), in the view's currency and with the view's tax: rounded once, half up. Without a
 * rate: -1 with ERROR_USAGE that names the rate to give. */
int money_present(struct money exact, int64_t parts, int contained_tax_tenths, const struct money_view *view,
    struct money *ret, struct error *err);

#define MONEY_TEXT_MAX 48
/* "¥1,600", "$6.00", "-€5.10"; returns dst. */
char *money_text(char dst[MONEY_TEXT_MAX], struct money m);
/* "1,600 JPY", "6.00 USD"; returns dst. */
char *money_text_code(char dst[MONEY_TEXT_MAX], struct money m);
/* "1600", "6.00", as money_parse reads it (negative with a sign); for JSON and CSV. Returns dst. */
char *money_text_plain(char dst[MONEY_TEXT_MAX], struct money m);
