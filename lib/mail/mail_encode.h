/* mail_encode.h - one header field with raw 8-bit octets as RFC 2047 and RFC 2231 want it. Private to
 * lib/mail; mail_mend.h says what is encoded and what is not. */
#pragma once

#include "buf.h"
#include <stdbool.h>
#include <stddef.h>

enum mail_encode_result {
    MAIL_ENCODE_CLEAN, /* no 8-bit octet in it */
    MAIL_ENCODE_DONE,  /* no 8-bit octet in it any more */
    MAIL_ENCODE_LEFT,  /* one stands where nothing may be encoded: all of the field is to stay as it is */
};

/* field: all its lines, each closed by CR LF. Appends it encoded to out, when DONE; else nothing. */
enum mail_encode_result mail_encode_field(const char *field, size_t len, struct buf *out);
