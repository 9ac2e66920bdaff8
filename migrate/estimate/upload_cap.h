/* upload_cap.h - how much a destination takes of one account within a day, as far as the catalog knows. Pure.
 */
#pragma once

#include "catalog.h"
#include <stdint.h>

/* Octets, for struct job.upload_cap; 0: no limit is known. host: of the IMAP server. */
uint64_t upload_cap_of(const struct catalog *c, const char *host);
