/* mail_mime_type.h - the values of Content-Type and Content-Transfer-Encoding (RFC 2045 sections 5.1, 6.1).
 * Private to lib/mail. */
#pragma once

#include "mail_mime.h"
#include <stddef.h>

/* "type/subtype" in lower case into ret; false, and nothing written, when the value is none or too long. */
bool mail_mime_type_name(const char *value, size_t len, char *ret, size_t cap);

/* The parameter of this name (lower case), without quotes, terminated; also where it stands in sections or
 * with a charset (RFC 2231 sections 3, 4). False when there is none or it does not fit (then nothing can be
 * said of ret). The first counts. */
bool mail_mime_type_param(const char *value, size_t len, const char *name, char *ret, size_t cap);

enum mail_mime_encoding mail_mime_type_encoding(const char *value, size_t len);
