/* A summary file of Thunderbird: the name in it, or none; nothing is read beyond its end. */
#include "mem.h"
#include "store_msf.h"
#include "store_name.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = mem_alloc(size + 1); /* a sanitizer sees its end */
    memcpy(copy, data, size);
    char *exact = malloc(size ? size : 1);
    if (!exact)
        abort();
    memcpy(exact, copy, size);
    char *name = store_msf_folder_name(exact, size);
    if (name && !*name)
        abort();
    char *shown = store_name_utf8(name ? name : copy), *utf7 = store_name_utf7(copy);
    store_name_role(shown);
    free(utf7);
    free(shown);
    free(name);
    free(exact);
    free(copy);
    return 0;
}
