#include "imap_set.h"

static int take_number(const char **s, const char *end, uint32_t *ret)
{
    uint64_t n = 0;
    const char *p = *s;
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        n = n * 10 + (uint64_t)(*p - '0');
        if (n > UINT32_MAX)
            return -1;
    }
    if (!n)
        return -1;
    *s = p;
    *ret = (uint32_t)n;
    return 0;
}

int imap_set_next(const char **s, const char *end, uint32_t *ret_low, uint32_t *ret_high)
{
    uint32_t a, b;
    const char *p = *s;
    if (p == end)
        return 0;
    if (take_number(&p, end, &a) < 0)
        return -1;
    b = a;
    if (p < end && *p == ':') {
        p++;
        if (take_number(&p, end, &b) < 0)
            return -1;
    }
    if (p < end && (*p != ',' || ++p == end))
        return -1;
    *s = p;
    *ret_low = a < b ? a : b;
    *ret_high = a < b ? b : a;
    return 1;
}

long imap_set_expand(const char *s, size_t len, uint32_t *dst, size_t cap)
{
    const char *end = s + len;
    size_t count = 0;
    uint32_t low, high;
    int rc;
    while ((rc = imap_set_next(&s, end, &low, &high)) > 0) {
        if ((uint64_t)high - low + 1 > cap - count)
            return -1;
        for (uint64_t uid = low; uid <= high; uid++)
            dst[count++] = (uint32_t)uid;
    }
    return rc < 0 ? -1 : (long)count;
}
