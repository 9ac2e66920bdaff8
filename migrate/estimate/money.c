#include "money.h"

#include <stdio.h>
#include <string.h>

#define WHOLE_DIGITS        15
#define RATE_WHOLE_DIGITS   9
#define RATE_DECIMALS       6
#define TAX_WHOLE_DIGITS    3
#define TAX_HUNDRED_PERCENT 1000 /* in tenths of a percent */
#define GROUPED_MAX         32   /* a 64-bit number with its commas */

static const struct {
    const char *code, *symbol;
    int decimals;
    int64_t unit;
} currencies[] = {
    [MONEY_JPY] = {"JPY", "¥", 0, 1},
    [MONEY_USD] = {"USD", "$", 2, 100},
    [MONEY_EUR] = {"EUR", "€", 2, 100},
};
_Static_assert(sizeof currencies / sizeof *currencies == MONEY_CURRENCIES, "a row for each currency");

const char *money_code(enum money_currency currency)
{
    return currencies[currency].code;
}

bool money_code_parse(const char *code, enum money_currency *ret)
{
    for (int i = 0; i < MONEY_CURRENCIES; i++)
        if (!strcmp(code, currencies[i].code)) {
            *ret = (enum money_currency)i;
            return true;
        }
    return false;
}

int64_t money_unit(enum money_currency currency)
{
    return currencies[currency].unit;
}

static int too_much(struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_INTERNAL,
        "an amount of money is beyond what can be calculated (2^63 smallest units)");
}

/* Digits with an optional point: the value times 10^decimals. False for anything else, and for more digits
 * than allowed. decimals + whole_digits <= 18. */
static bool parse_decimal(const char *text, size_t whole_digits, size_t decimals, int64_t *ret)
{
    size_t whole = strspn(text, "0123456789"), fraction = 0;
    const char *point = text + whole;
    if (*point == '.')
        fraction = strspn(point + 1, "0123456789");
    bool point_ok = *point == '\0' || (*point == '.' && fraction && point[1 + fraction] == '\0');
    if (!whole || whole > whole_digits || !point_ok || fraction > decimals)
        return false;
    int64_t v = 0;
    for (size_t i = 0; i < whole; i++)
        v = v * 10 + (text[i] - '0');
    for (size_t i = 0; i < decimals; i++)
        v = v * 10 + (i < fraction ? point[1 + i] - '0' : 0);
    *ret = v;
    return true;
}

int money_parse(const char *text, enum money_currency currency, struct money *ret, struct error *err)
{
    int decimals = currencies[currency].decimals;
    int64_t minor;
    if (!parse_decimal(text, WHOLE_DIGITS, (size_t)decimals, &minor))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "\"%s\" is not an amount in %s: digits with %s, not negative, without group marks", text,
            money_code(currency), decimals ? "at most two decimals" : "no decimals");
    *ret = (struct money){.currency = currency, .minor = minor};
    return 0;
}

int money_add(struct money a, struct money b, struct money *ret, struct error *err)
{
    int64_t minor;
    if (a.currency != b.currency)
        return error_unhandled(err, "a sum of two currencies");
    if (__builtin_add_overflow(a.minor, b.minor, &minor))
        return too_much(err);
    *ret = (struct money){.currency = a.currency, .minor = minor};
    return 0;
}

int money_multiply(struct money a, int64_t n, struct money *ret, struct error *err)
{
    int64_t minor;
    if (__builtin_mul_overflow(a.minor, n, &minor))
        return too_much(err);
    *ret = (struct money){.currency = a.currency, .minor = minor};
    return 0;
}

/* ---- rates and taxes ---- */
static bool split_rate(const char *text, struct money_rate *rate)
{
    char from[4] = "", to[4] = "";
    int at = 0;
    if (sscanf(text, "%3[A-Z]/%3[A-Z]=%n", from, to, &at) != 2 || !at)
        return false;
    rate->denominator = 1000000;
    return money_code_parse(from, &rate->from) && money_code_parse(to, &rate->to) && rate->from != rate->to &&
           parse_decimal(text + at, RATE_WHOLE_DIGITS, RATE_DECIMALS, &rate->numerator) &&
           rate->numerator > 0;
}

/* A yen is less than any other unit. */
static bool is_turned_round(const struct money_rate *r)
{
    return (r->from == MONEY_JPY && r->numerator >= r->denominator) ||
           (r->to == MONEY_JPY && r->numerator < r->denominator);
}

int money_rate_parse(const char *text, struct money_rate *ret, struct error *err)
{
    struct money_rate rate = {0};
    if (!split_rate(text, &rate))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "\"%s\" is not a rate of exchange: write what one unit of the first currency costs in the second, "
            "as USD/JPY=155.25 (JPY, USD and EUR are known, at most 6 decimals)",
            text);
    if (is_turned_round(&rate))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "\"%s\" would make 1 %s %s %s; it is turned round: write %s/%s%s", text, money_code(rate.from),
            strchr(text, '=') + 1, money_code(rate.to), money_code(rate.to), money_code(rate.from),
            strchr(text, '='));
    *ret = rate;
    return 0;
}

int money_tax_parse(const char *text, int *ret_tenths, struct error *err)
{
    int64_t tenths;
    if (!parse_decimal(text, TAX_WHOLE_DIGITS, 1, &tenths) || tenths > TAX_HUNDRED_PERCENT)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "\"%s\" is not a tax in percent: 0 to 100 with at most one decimal, as 10 or 8.5", text);
    *ret_tenths = (int)tenths;
    return 0;
}

/* A fraction that is multiplied up exactly; `lost` once 128 bits do not hold it. */
struct fraction {
    __int128 num, den;
    bool lost;
};

static void times(struct fraction *f, int64_t num, int64_t den)
{
    f->lost |= __builtin_mul_overflow(f->num, (__int128)num, &f->num);
    f->lost |= __builtin_mul_overflow(f->den, (__int128)den, &f->den);
}

/* Half up, away from zero. */
static int round_to_minor(const struct fraction *f, int64_t *ret, struct error *err)
{
    __int128 size = f->num < 0 ? -f->num : f->num, doubled;
    if (f->lost || __builtin_mul_overflow(size, (__int128)2, &doubled) ||
        __builtin_add_overflow(doubled, f->den, &doubled))
        return too_much(err);
    __int128 q = doubled / f->den / 2;
    if (q > INT64_MAX)
        return too_much(err);
    *ret = (int64_t)(f->num < 0 ? -q : q);
    return 0;
}

/* Multiply by the first rate that leads from one currency to the other; false when there is none. */
static bool convert(struct fraction *f, enum money_currency from, const struct money_view *view)
{
    if (from == view->currency)
        return true;
    times(f, money_unit(view->currency), money_unit(from));
    for (size_t i = 0; i < view->rate_count; i++) {
        const struct money_rate *r = &view->rates[i];
        if (r->from == from && r->to == view->currency) {
            times(f, r->numerator, r->denominator);
            return true;
        }
        if (r->to == from && r->from == view->currency) {
            times(f, r->denominator, r->numerator);
            return true;
        }
    }
    return false;
}

bool money_convertible(enum money_currency from, const struct money_view *view)
{
    struct fraction unused = {.num = 1, .den = 1};
    return convert(&unused, from, view);
}

int money_present(struct money exact, int64_t parts, int contained_tax_tenths, const struct money_view *view,
    struct money *ret, struct error *err)
{
    struct fraction f = {.num = exact.minor, .den = parts};
    struct money m = {.currency = view->currency};
    if (!convert(&f, exact.currency, view))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "amounts in %s cannot be shown in %s without a rate of exchange: give one, as %s/%s=155.25",
            money_code(exact.currency), money_code(view->currency), money_code(exact.currency),
            money_code(view->currency));
    if (contained_tax_tenths != view->tax_tenths)
        times(&f, TAX_HUNDRED_PERCENT + view->tax_tenths, TAX_HUNDRED_PERCENT + contained_tax_tenths);
    if (round_to_minor(&f, &m.minor, err) < 0)
        return -1;
    *ret = m;
    return 0;
}

/* ---- text ---- */
static const char *grouped(char dst[GROUPED_MAX], uint64_t n)
{
    char digits[GROUPED_MAX];
    size_t len = (size_t)snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), out = 0;
    for (size_t i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            dst[out++] = ',';
        dst[out++] = digits[i];
    }
    dst[out] = '\0';
    return dst;
}

static char *format(
    char dst[MONEY_TEXT_MAX], struct money m, const char *before, bool groups, const char *after)
{
    uint64_t size = m.minor < 0 ? -(uint64_t)m.minor : (uint64_t)m.minor;
    uint64_t unit = (uint64_t)money_unit(m.currency);
    char whole[GROUPED_MAX], cents[8] = "";
    if (groups)
        grouped(whole, size / unit);
    else
        snprintf(whole, sizeof whole, "%llu", (unsigned long long)(size / unit));
    if (unit > 1)
        snprintf(cents, sizeof cents, ".%02u", (unsigned)(size % unit));
    snprintf(dst, MONEY_TEXT_MAX, "%s%s%s%s%s", m.minor < 0 ? "-" : "", before, whole, cents, after);
    return dst;
}

char *money_text(char dst[MONEY_TEXT_MAX], struct money m)
{
    return format(dst, m, currencies[m.currency].symbol, true, "");
}

char *money_text_code(char dst[MONEY_TEXT_MAX], struct money m)
{
    char code[8];
    snprintf(code, sizeof code, " %s", money_code(m.currency));
    return format(dst, m, "", true, code);
}

char *money_text_plain(char dst[MONEY_TEXT_MAX], struct money m)
{
    return format(dst, m, "", false, "");
}
