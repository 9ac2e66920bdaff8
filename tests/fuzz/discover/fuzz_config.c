/* Settings files of strangers: whatever they hold, what is taken is fit to be connected to. */
#include "discover_config.h"
#include "mem.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_server(const struct discover_server *s)
{
    if (!discover_host_is_safe(s->host) || !s->port || !s->user[0])
        abort();
    for (const char *p = s->user; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char whole[] = "taro@example.jp", local[] = "taro";
    const struct discover_address who = {.whole = whole, .local = local, .domain = "example.jp"};
    struct discover_config c = {0};
    struct error err = {0};
    char *copy = mem_alloc(size + !size); /* of exactly this size, for the address sanitizer */
    if (size)
        memcpy(copy, data, size);
    int rc = discover_config_read(copy, size, &who, &c, &err);
    free(copy);
    if ((rc == 0) != (err.code == ERROR_NONE) || (rc < 0 && c.count) || c.count > DISCOVER_CONFIG_SERVERS)
        abort();
    for (size_t i = 0; i < c.count; i++)
        check_server(&c.servers[i]);
    return 0;
}
