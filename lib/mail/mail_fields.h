/* mail_fields.h - the hash of a header as it stands: each of the message's own fields (mail_servers.h) in
 * order, its name, blanks and folding as they are, each line closed by LF; lines that are no field, too.
 * Private to lib/mail.
 *
 * Order of calls: (begin (text | end)*)*, finish, which starts over. */
#pragma once

#include "mail_hash.h"
#include "mail_servers.h"

#define MAIL_FIELDS_HELD 512

struct mail_fields {
    struct mail_hash hash;
    enum mail_servers_value kind; /* of the current field; NOT: it goes into the hash as it comes */
    size_t held_len;
    char held[MAIL_FIELDS_HELD]; /* of a field that only its value makes a server's */
};

void mail_fields_init(struct mail_fields *f);
void mail_fields_done(struct mail_fields *f);
/* A field, or a line that is none, whose first octets (up to and with the colon) these are. */
void mail_fields_begin(struct mail_fields *f, enum mail_servers_value kind, const char *prefix, size_t len);
void mail_fields_text(struct mail_fields *f, const char *text, size_t len);
void mail_fields_end(struct mail_fields *f); /* of a line */
/* What follows belongs to no field. */
void mail_fields_skip(struct mail_fields *f);
void mail_fields_finish(struct mail_fields *f, uint8_t ret_digest[SHA256_OCTETS]);
