/* Header text: whatever the value, what is shown is clean and not longer than its octets can make it. */
#include "mail_words.h"
#include "mem.h"
#include "text.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *value = mem_strndup((const char *)data, size);
    char *shown = mail_words_decode(value);
    size_t len = strlen(shown);
    char *clean = mem_alloc(len + 1);
    if (strcmp(text_clean(clean, len + 1, shown, len), shown) != 0 || len > 4 * strlen(value) + 16)
        abort();
    free(clean);
    free(shown);
    free(value);
    return 0;
}
