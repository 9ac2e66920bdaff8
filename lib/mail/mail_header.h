/* mail_header.h - a message's header, line piece by line piece, into the header part of struct mail_facts.
 * Private to lib/mail; mail_scan.h and mail_facts.h are the contract. Bounded memory whatever the length of a
 * field.
 *
 * Order of calls: text* end, text* end ... until end says the header is over (or the input is), then finish,
 * which makes it ready for the next message. */
#pragma once

#include "mail_facts.h"
#include <stdbool.h>
#include <stddef.h>

struct mail_header;

struct mail_header *mail_header_new(void);
void mail_header_free(struct mail_header *h);

/* A piece of the current line, without CR, LF or NUL. */
void mail_header_text(struct mail_header *h, const char *text, size_t len);
/* The end of the current line. True: it was empty, the header is over. */
bool mail_header_end(struct mail_header *h);

/* So far: not one field, but lines that are none. */
bool mail_header_is_none(const struct mail_header *h);
bool mail_header_has_fields(const struct mail_header *h);

/* Fill the header's members of *ret, core and whole_header among them. A last line without end counts. False:
 * there was no field at all, but lines that are none: no header, and nothing of them is in *ret. */
bool mail_header_finish(struct mail_header *h, struct mail_facts *ret);
