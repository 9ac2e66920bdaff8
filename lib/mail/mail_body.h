/* mail_body.h - the hash of a body that does not change with its line ends: each as one LF, those at the very
 * end left out. Private to lib/mail. */
#pragma once

#include "sha256.h"
#include <stddef.h>

struct mail_body;

struct mail_body *mail_body_new(void);
void mail_body_free(struct mail_body *b);
void mail_body_text(struct mail_body *b, const char *text, size_t len);
void mail_body_end(struct mail_body *b);
/* Write the digest and start over. */
void mail_body_finish(struct mail_body *b, uint8_t ret_digest[SHA256_OCTETS]);
