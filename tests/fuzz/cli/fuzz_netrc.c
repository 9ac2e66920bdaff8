/* A netrc file: a password is a text of the file, or there is none. */
#include "mem.h"
#include "secret_netrc.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text CLEANUP(mem_free_str) = mem_strndup((const char *)data, size);
    char *password = secret_netrc_find(text, strlen(text), "pop.example.jp", "taro", size & 1);
    if (password && strlen(password) > strlen(text))
        abort();
    mem_wipe_free(password);
    return 0;
}
