#include "upload_cap.h"

uint64_t upload_cap_of(const struct catalog *c, const char *host)
{
    const struct catalog_provider *provider = catalog_provider_of_host(c, CATALOG_IMAP, host);
    return provider ? provider->limits[CATALOG_UPLOAD_PER_DAY].value : 0;
}
