/* A .bmf of Becky!: messages lie one behind the other within the file, with a line "." between; any split
 * finds the same; a part's line lies within its message; without the dots no octet but dots and CRs comes or
 * goes. */
#include "becky_status.h"
#include "bmf_scan.h"
#include "buf.h"
#include "mem.h"
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

static void check_end(const struct bmf_scan *b, const char *text, size_t size)
{
    need(b->start <= b->line_at && b->line_at < b->at && b->at <= size && text[b->line_at] == '.');
    size_t len = (size_t)(b->line_at - b->start);
    struct becky_status s = becky_status_read(text + b->start, len);
    need(s.at <= s.end && s.end <= len && (s.flags != 0) == (s.end != 0));
}

/* Events as text, fed in pieces of so many octets. */
static void events(const char *text, size_t size, size_t piece, struct buf *out)
{
    struct bmf_scan *b = mem_alloc(sizeof *b);
    for (size_t at = 0; at < size;) {
        size_t n = piece < size - at ? piece : size - at;
        for (size_t done = 0; done < n;) {
            enum bmf_event event;
            done += bmf_scan_feed(b, text + at + done, n - done, &event);
            need(b->at == at + done);
            if (event == BMF_END)
                check_end(b, text, size);
            if (event == BMF_INCLUDE)
                need(b->start < b->line_at && b->line_at < b->at && strlen(b->file) <= BMF_LINE_MAX);
            if (event != BMF_MORE)
                buf_printf(out, "%d %d %d %d%d%d %s\n", (int)event, (int)b->start, (int)b->line_at, b->odd,
                    b->in_head, b->base64, b->file);
        }
        at += n;
    }
    buf_printf(out, "%d", bmf_scan_is_within(b));
    free(b);
}

static size_t count_of(const char *text, size_t len, char c)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += text[i] == c;
    return n;
}

static void hand_out(const char *text, size_t len)
{
    struct buf whole CLEANUP(buf_done) = {0}, pieces CLEANUP(buf_done) = {0};
    struct store_text a = {.unstuff = true}, b = a;
    store_text_feed(&a, text, len, &whole);
    store_text_finish(&a, &whole);
    for (size_t i = 0; i < len; i++)
        store_text_feed(&b, text + i, 1, &pieces);
    store_text_finish(&b, &pieces);
    need(buf_len(&whole) == buf_len(&pieces) &&
         !memcmp(buf_bytes(&whole), buf_bytes(&pieces), buf_len(&whole)));
    for (int c = 0; c < 256; c++)
        if (c != '\r' && c != '.')
            need(count_of(buf_bytes(&whole), buf_len(&whole), (char)c) == count_of(text, len, (char)c));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    struct buf whole CLEANUP(buf_done) = {0}, single CLEANUP(buf_done) = {0};
    events(text, size, size, &whole);
    events(text, size, 1, &single);
    need(buf_len(&whole) == buf_len(&single) &&
         !memcmp(buf_bytes(&whole), buf_bytes(&single), buf_len(&whole)));
    hand_out(text, size);
    return 0;
}
