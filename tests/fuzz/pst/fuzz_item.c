/* An item of an Outlook store as it comes from the process that reads it: parsed, and a message built of it.
 */
#include "pst_build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pst_item *item = pst_item_parse(data, size);
    struct pst_message message = {0};
    if (item)
        pst_build(item, size % 2 ? "Shift_JIS" : NULL, &message);
    pst_message_done(&message);
    pst_item_free(item);
    return 0;
}
