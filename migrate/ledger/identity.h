/* identity.h - the key under which the same message is looked for elsewhere: its Message-ID, or without one
 * its From, Date and Subject. Finding it is never proof; the fingerprint is. */
#pragma once

#include "mail_scan.h"
#include <stdint.h>

void identity_of(const struct mail_facts *facts, uint8_t ret_ident[SHA256_OCTETS]);
