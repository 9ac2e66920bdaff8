#include "identity.h"

#include <string.h>

void identity_of(const struct mail_facts *facts, uint8_t ret_ident[SHA256_OCTETS])
{
    if (facts->message_id)
        sha256_bytes(facts->message_id, strlen(facts->message_id), ret_ident);
    else
        sha256_bytes(facts->core, sizeof facts->core, ret_ident);
}
