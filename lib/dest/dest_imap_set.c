#include "buf.h"
#include "dest_imap_private.h"
#include "mem.h"

void dest_imap_set(struct buf *dst, const uint32_t *uids, size_t count)
{
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && uids[end] == uids[end - 1] + 1;)
            end++;
        buf_printf(dst, "%s%u", i ? "," : "", uids[i]);
        if (end - i > 1)
            buf_printf(dst, ":%u", uids[end - 1]);
    }
}

char *dest_imap_complement(uint32_t first, const uint32_t *uids, size_t count, size_t max_ranges)
{
    uint32_t gap_min = 1;
    for (;;) {
        struct buf out CLEANUP(buf_done) = {0};
        size_t ranges = 1;
        uint32_t next = first ? first : 1;
        for (size_t i = 0; i < count; i++) {
            size_t last = i;
            while (last + 1 < count && uids[last + 1] - uids[last] == 1)
                last++;
            if (uids[i] > next && uids[last] - uids[i] + 1 >= gap_min) {
                buf_printf(&out, uids[i] - next == 1 ? "%u," : "%u:%u,", next, uids[i] - 1);
                ranges++;
                next = uids[last] + 1;
            } else if (uids[i] == next) {
                next = uids[last] + 1;
            }
            i = last;
        }
        buf_printf(&out, "%u:*", next ? next : UINT32_MAX); /* 0: the highest UID there can be is known */
        if (ranges <= max_ranges || gap_min > UINT32_MAX / 4)
            return buf_strdup(&out);
        gap_min *= 4;
    }
}
