/* quote_xlsx.h - the estimate as a workbook whose inputs (growth, margin, seats, prices, rates, tax) can be
 * changed: what follows from them are formulas, and a plan that then no longer holds the mail says so. The
 * choice of plans is that of the estimate. */
#pragma once

#include "error.h"
#include "quote.h"

/* As quote_html_write. The values of formulas are stored, too, for programs that do not calculate. */
int quote_xlsx_write(const struct quote *q, const char *path, const char *lang, struct error *err);
