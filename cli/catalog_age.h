/* catalog_age.h - what of the catalog is to be read again. */
#pragma once

#include "catalog.h"

/* Prints each price and storage (of plans and add-ons, archives too) whose source shows a date more than
 * `days` before now_s, or none; a date without day or month is taken as the last it may mean. Returns how
 * many. */
size_t catalog_age_print(const struct catalog *c, int64_t now_s, int days, bool json);
