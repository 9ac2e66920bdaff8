#include "estimate_margin.h"

#define THOUSAND 1000 /* tenths of a percent in the whole */

uint64_t estimate_margin_add(uint64_t octets, int margin_tenths)
{
    unsigned __int128 wanted = (unsigned __int128)octets * (unsigned)(THOUSAND + margin_tenths);
    return (uint64_t)((wanted + THOUSAND - 1) / THOUSAND);
}
