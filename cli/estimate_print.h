/* estimate_print.h - a calculated quote on standard output, in three forms. */
#pragma once

#include "error.h"
#include "quote.h"

/* A table that a consultant can show the customer, in the language of i18n_begin. */
void estimate_text(const struct quote *q);
/* Its part about plans. */
void estimate_text_plans(const struct quote *q);

/* One document, schema 1 (see popferry(1)); err with code 0: none. q may lack a calculation. */
void estimate_json(const struct quote *q, const struct error *err, int exit_code);

/* RFC 4180, UTF-8: a heading, a row for each mailbox, a row for each family of plans. */
void estimate_csv(const struct quote *q);
