#include "errand.h"

#include "exit_code.h"
#include <stdarg.h>
#include <string.h>

int errand_end(struct errand *e, int rc, const struct error *err, int code)
{
    struct errand_result *r = &e->result;
    r->code = rc < 0 ? (int)exit_code_of(err) : code;
    r->error = rc < 0 ? *err : (struct error){0};
    return r->code;
}

char *errand_number(char *dst, size_t cap, uint64_t n)
{
    char digits[24], out[32];
    int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)n), to = 0;
    for (int i = 0; i < len; i++) {
        if (i && (len - i) % 3 == 0)
            out[to++] = ',';
        out[to++] = digits[i];
    }
    snprintf(dst, cap, "%.*s", to, out);
    return dst;
}

static void __attribute__((format(printf, 3, 0)))
add(struct errand_result *r, const char *between, const char *fmt, va_list ap)
{
    size_t used = strlen(r->words);
    if (used)
        used += (size_t)snprintf(r->words + used, sizeof r->words - used, "%s", between);
    if (used < sizeof r->words)
        vsnprintf(r->words + used, sizeof r->words - used, fmt, ap);
}

void errand_part(struct errand_result *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(r, ", ", fmt, ap);
    va_end(ap);
}

void errand_clause(struct errand_result *r, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    add(r, "; ", fmt, ap);
    va_end(ap);
}

void errand_count(struct errand_result *r, uint64_t n, const char *one, const char *many)
{
    char number[32];
    if (n)
        errand_part(r, "%s %s", errand_number(number, sizeof number, n), n == 1 ? one : many);
}
