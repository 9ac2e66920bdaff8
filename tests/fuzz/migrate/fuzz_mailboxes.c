/* A list of mailboxes (estimate --mailboxes): understood, or refused with a sentence. */
#include "quote_list.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct quote q = {0};
    struct error err = {0};
    int rc = quote_list_parse(&q, "list.csv", (const char *)data, size, &err);
    if (rc < 0 && (!err.code || strlen(err.text) < 10))
        abort();
    quote_done(&q);
    return 0;
}
