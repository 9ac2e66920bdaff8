/* A .dbx: whatever is in it ends, each message once, and no octet beyond the file is asked for and taken. */
#include "dbx.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct file {
    const uint8_t *data;
    size_t size, messages;
};

static bool read_file(void *ctx, uint64_t at, void *dst, size_t len)
{
    const struct file *f = ctx;
    if (at > f->size || len > f->size - at)
        return false;
    memcpy(dst, f->data + at, len);
    return true;
}

static void on_message(void *ctx, const struct dbx_message *m)
{
    struct file *f = ctx;
    struct dbx_block b;
    uint32_t at = m->at;
    if (++f->messages > f->size)
        abort(); /* more than there is room for */
    for (int i = 0; i < 1000 && dbx_block_at(read_file, f, at, &b); i++)
        at = b.next;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct file f = {data, size, 0};
    dbx_each(read_file, &f, on_message, &f);
    return 0;
}
