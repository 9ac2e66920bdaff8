/* mail_encode_param.h - Content-Type and Content-Disposition: parameters with raw 8-bit octets (RFC 2231).
 * Private to lib/mail. */
#pragma once

#include "mail_encode_out.h"
#include <stdbool.h>
#include <stddef.h>

/* Write the value. False when an 8-bit octet stands elsewhere than in a parameter's value; what was written
 * is then worth nothing. */
bool mail_encode_param(struct mail_encode_out *o, const char *value, size_t len);
