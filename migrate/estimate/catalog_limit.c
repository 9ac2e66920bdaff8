#include "catalog.h"

const char *catalog_limit_name(enum catalog_limit_kind kind)
{
    static const char *const names[CATALOG_LIMITS] = {
        [CATALOG_UPLOAD_PER_DAY] = "upload-per-day",
        [CATALOG_MESSAGE_SIZE] = "message-size",
        [CATALOG_CONNECTIONS] = "connections",
        [CATALOG_MESSAGES_PER_SECOND] = "messages-per-second",
    };
    return names[kind];
}
