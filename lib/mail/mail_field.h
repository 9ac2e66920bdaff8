/* mail_field.h - which header fields mean something here. Private to lib/mail. */
#pragma once

#include "mail_scan.h"
#include <stdbool.h>
#include <stddef.h>

enum mail_field {
    MAIL_FIELD_NONE,
    MAIL_FIELD_ODD, /* a line that is no field */
    MAIL_FIELD_OTHER,
    MAIL_FIELD_MESSAGE_ID,
    MAIL_FIELD_FROM,
    MAIL_FIELD_SUBJECT,
    MAIL_FIELD_DATE,
    MAIL_FIELD_RECEIVED,
    MAIL_FIELD_STATUS, /* from here on: what servers and mbox files add or change */
    MAIL_FIELD_X_STATUS,
    MAIL_FIELD_X_MOZILLA_STATUS,
    MAIL_FIELD_X_IMAP, /* X-IMAP and X-IMAPbase */
    MAIL_FIELD_LOCAL,  /* any other of these */
    MAIL_FIELD_COUNT,
};

#define MAIL_FIELD_PREFIX_MAX 256 /* octets up to the colon; a longer field name is none */

/* The length of the field name that a header line starts with, or 0 when it is no field. The front of the
 * line is enough: MAIL_FIELD_PREFIX_MAX octets. *ret_prefix: octets up to and with the colon. */
size_t mail_field_name(const char *line, size_t len, size_t *ret_prefix);

/* name: in lower case. Never NONE or ODD. */
enum mail_field mail_field_of(const char *name, size_t len);

/* Is its value looked at, beyond hashing it? */
static inline bool mail_field_is_kept(enum mail_field field)
{
    return field >= MAIL_FIELD_MESSAGE_ID && field <= MAIL_FIELD_X_MOZILLA_STATUS;
}

/* Is it the message's own, part of whole_header? */
static inline bool mail_field_travels(enum mail_field field)
{
    return field < MAIL_FIELD_STATUS;
}

/* Add what a Status:, X-Status: or X-Mozilla-Status: value says; other fields and values of another kind say
 * nothing. */
void mail_field_flags(enum mail_field field, const char *value, size_t len, struct mail_flags *flags);
