/* catalog_text.h - the catalog for a person, on standard output. Names are Japanese where the locale is. */
#pragma once

#include "catalog.h"

/* One line for each plan and currency; ids are kept whole. */
void catalog_text_list(const struct catalog *c);
/* Every element of that id (a provider, a family and a plan may share one), with the sources of each value.
 */
void catalog_text_show(const struct catalog *c, const char *id);
