/* estimate_margin.h - room that is planned beyond what is needed. Pure. */
#pragma once

#include <stdint.h>

/* octets and the margin, rounded up; octets <= ESTIMATE_OCTETS_MAX, margin_tenths <= 1000. */
uint64_t estimate_margin_add(uint64_t octets, int margin_tenths);
