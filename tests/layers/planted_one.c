#include "planted.h"

int planted_one(int n)
{
    return n ? planted_two(n - 1) : 0;
}
