/* quote_size.h - amounts of mail as people write them. Pure. */
#pragma once

#include "error.h"
#include <stdint.h>

/* "44GB", "6.7 GB", "500k", "0.5g", "10MiB", "123456": digits, at most nine decimals with a unit, a blank,
 * k M G T for powers of 1000, Ki Mi Gi Ti for powers of 1024, in upper or lower case, and "B". What is left
 * of an octet is dropped. At most 2^60. option: "--growth", for messages. -1 with ERROR_USAGE (scope run). */
int quote_size_parse(const char *option, const char *text, uint64_t *ret_octets, struct error *err);
