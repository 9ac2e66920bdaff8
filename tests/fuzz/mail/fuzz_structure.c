/* A message's structure: the same however it is cut, and with its line ends repaired. The first octet chooses
 * the cuts. */
#include "buf.h"
#include "mail_repair.h"
#include "mail_structure.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static struct mail_structure_facts walk(const void *data, size_t size, size_t piece)
{
    struct mail_structure *s = mail_structure_new();
    struct mail_structure_facts f;
    for (size_t at = 0; at < size; at += piece)
        mail_structure_feed(s, (const char *)data + at, piece < size - at ? piece : size - at);
    mail_structure_finish(s, &f);
    mail_structure_free(s);
    return f;
}

static void need_equal(const struct mail_structure_facts *a, const struct mail_structure_facts *b)
{
    need(a->leaves == b->leaves && !memcmp(a->sha256, b->sha256, SHA256_OCTETS));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t piece = data[0] ? data[0] : 1;
    data++;
    size--;
    struct mail_structure_facts whole = walk(data, size, size), cut = walk(data, size, piece);
    need_equal(&whole, &cut);
    struct mail_repair r;
    struct buf repaired = {0};
    mail_repair_init(&r);
    mail_repair_feed(&r, data, size, &repaired);
    mail_repair_finish(&r, &repaired);
    cut = walk(buf_bytes(&repaired), buf_len(&repaired), piece);
    need_equal(&whole, &cut);
    buf_done(&repaired);
    return 0;
}
