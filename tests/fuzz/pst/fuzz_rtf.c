/* Rich text: unpacked, and as it is; and what it was made from. */
#include "buf.h"
#include "pst_rtf.h"
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf text = {0}, original = {0};
    if (pst_rtf_unpack((const char *)data, size, &text))
        pst_rtf_original(buf_bytes(&text), buf_len(&text), &original);
    buf_clear(&original);
    pst_rtf_kind((const char *)data, size);
    pst_rtf_original((const char *)data, size, &original);
    buf_done(&text);
    buf_done(&original);
    return 0;
}
