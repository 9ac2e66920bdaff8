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
    MAIL_FIELD_LOCAL, /* any other of these */
    MAIL_FIELD_COUNT,
};

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
