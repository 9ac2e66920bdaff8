/* An mbox: messages lie one behind the other within the file, each behind a line "From "; any split finds the
 * same; their octets as they are handed out have no LF without CR, and no octet but CRs and ">"s comes or
 * goes. */
#include "buf.h"
#include "mbox_scan.h"
#include "mem.h"
#include "store_mozilla.h"
#include "store_text.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void check(const char *text, size_t len, const struct mbox_shape *shape)
{
    uint64_t at = 0;
    for (size_t i = 0; i < shape->count; i++) {
        const struct mbox_message *m = &shape->messages[i];
        need(m->line >= at && m->start > m->line && m->end >= m->start && m->end <= len);
        need(memmem(text + m->line, len - m->line, "From ", 5) != NULL);
        at = m->end;
    }
    for (size_t i = 0; i < shape->doubt_count; i++)
        need(shape->doubts[i].line < len && !memcmp(text + shape->doubts[i].line, "From ", 5));
    need(shape->before <= len);
}

static size_t count_of(const char *text, size_t len, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += text[i] == c;
    return n;
}

static void hand_out(const char *text, size_t len, bool unquote)
{
    struct buf whole CLEANUP(buf_done) = {0}, pieces CLEANUP(buf_done) = {0};
    struct store_text a = {.unquote = unquote}, b = a;
    store_text_feed(&a, text, len, &whole);
    store_text_finish(&a, &whole);
    for (size_t i = 0; i < len; i++)
        store_text_feed(&b, text + i, 1, &pieces);
    store_text_finish(&b, &pieces);
    need(buf_len(&whole) == buf_len(&pieces) &&
         !memcmp(buf_bytes(&whole), buf_bytes(&pieces), buf_len(&whole)));
    const char *out = buf_bytes(&whole);
    for (size_t i = 0; i < buf_len(&whole); i++)
        need(out[i] != '\n' || (i && out[i - 1] == '\r'));
    for (int c = 0; c < 256; c++)
        if (c != '\r' && (c != '>' || !unquote))
            need(count_of(out, buf_len(&whole), (char)c) == count_of(text, len, (char)c));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct mbox_scan *s = mbox_scan_new(), *split = mbox_scan_new();
    mbox_scan_feed(s, text, size);
    for (size_t i = 0; i < size; i++)
        mbox_scan_feed(split, text + i, 1);
    struct mbox_shape shape = mbox_scan_finish(s), same = mbox_scan_finish(split);
    check(text, size, &shape);
    need(shape.count == same.count && shape.doubt_count == same.doubt_count && shape.before == same.before);
    need(!shape.count || !memcmp(shape.messages, same.messages, shape.count * sizeof *shape.messages));
    struct store_mozilla m = store_mozilla_read(text, size);
    need(m.octets <= size && m.keywords);
    store_mozilla_done(&m);
    hand_out(text, size, false);
    hand_out(text, size, true);
    mbox_scan_free(s);
    mbox_scan_free(split);
    return 0;
}
