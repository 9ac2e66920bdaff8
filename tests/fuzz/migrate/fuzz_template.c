/* A template that was found right gives a name for every date, and a plain one the same for all. */
#include "mem.h"
#include "template.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t dates[] = {0, 1735689599, -62167219200, 253402300799, INT64_MAX / 4, INT64_MIN / 4};
    char *text CLEANUP(mem_free_str) = mem_strndup((const char *)data, size);
    struct error err = {0};
    if (template_check(text, &err) < 0)
        return *err.text ? 0 : (abort(), 0);
    char *first CLEANUP(mem_free_str) = template_expand(text, 0, 540, "");
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        char *name CLEANUP(mem_free_str) = template_expand(text, dates[i], 540, "");
        if (!*name || strlen(name) > 2 * strlen(text) ||
            (template_is_plain(text) && strcmp(name, first) != 0))
            abort();
    }
    return 0;
}
