/* mail_content.h - the hash of one leaf's decoded content, as mail_structure.h describes it. Private to
 * lib/mail.
 *
 * Order of calls: start, (text | end)*, finish; start again drops what came since the last one. */
#pragma once

#include "mail_mime.h"
#include "sha256.h"
#include <stddef.h>

struct mail_content;

struct mail_content *mail_content_new(void);
void mail_content_free(struct mail_content *c);
void mail_content_start(struct mail_content *c, const struct mail_mime_leaf *leaf);
void mail_content_text(struct mail_content *c, const char *text, size_t len); /* no CR, LF, NUL */
void mail_content_end(struct mail_content *c);
void mail_content_finish(struct mail_content *c, uint8_t ret_digest[SHA256_OCTETS]);
