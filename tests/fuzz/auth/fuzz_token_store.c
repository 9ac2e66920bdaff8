/* The file of an account's tokens: whatever stands in it, it is read, or refused; what was read comes back
 * the same when it is written. */
#include "mem.h"
#include "token_store.h"
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char dir[] = "/tmp/popferry-fuzz-tokens-XXXXXX";
static struct token_store store;

static void need(bool holds)
{
    if (!holds)
        abort();
}

static bool same(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static void round_trip(const struct token_set *set)
{
    struct token_set again = {0};
    struct error err = {0};
    need(token_store_write(&store, set, &err) == 0 && token_store_read(&store, &again, &err) == 1);
    need(same(set->access, again.access) && same(set->refresh, again.refresh) &&
         same(set->scope, again.scope));
    need(same(set->client_id, again.client_id) && same(set->token_url, again.token_url));
    need(set->got_s == again.got_s && set->expires_s == again.expires_s);
    token_set_done(&again);
}

static void remove_all(void)
{
    char *command CLEANUP(mem_free_str) = mem_printf("rm -rf %s", dir);
    token_store_close(&store);
    need(system(command) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct token_set set = {0};
    struct error err = {0};
    if (!store.path)
        need(mkdtemp(dir) && token_store_open(&store, dir, "taro@example.jp", NULL, NULL, &err) == 0 &&
             atexit(remove_all) == 0);
    int fd = open(store.path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    need(fd >= 0 && write(fd, data, size) == (ssize_t)size && close(fd) == 0);
    int rc = token_store_read(&store, &set, &err);
    need(rc >= 0 || (err.code && *err.text));
    if (rc == 1)
        round_trip(&set);
    token_set_done(&set);
    return 0;
}
