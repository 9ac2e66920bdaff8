/* quote_html.h - the estimate as a page to hand over: HTML that stands alone (no script, nothing from
 * elsewhere), made to be read on a screen, light or dark, and printed on A4. */
#pragma once

#include "error.h"
#include "quote.h"

/* q is calculated (quote_calculate was called; no account need have been measured). lang: "ja", or English.
 * The file at path is replaced as a whole. -1 with ERROR_DISK that names it. */
int quote_html_write(const struct quote *q, const char *path, const char *lang, struct error *err);
