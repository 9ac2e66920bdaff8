/* estimate_options.h - the options of popferry estimate as the parameters of a quote. */
#pragma once

#include "options.h"
#include "quote.h"

/* *ret's rates are *ret_rates, which the caller frees; the currency depends on i18n_lang. -1 with ERROR_USAGE
 * that names the option. */
int estimate_options_read(
    const struct options *o, struct quote_params *ret, struct money_rate **ret_rates, struct error *err);

enum estimate_report {
    ESTIMATE_REPORT_HTML,
    ESTIMATE_REPORT_XLSX,
};
/* By the end of the file's name. -1 with ERROR_USAGE. */
int estimate_options_report(const char *path, enum estimate_report *ret, struct error *err);
