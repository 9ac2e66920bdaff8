/* quote_html_out.h - HTML written element by element into memory. The one home of libxml2's writer, which
 * escapes all text and attributes.
 *
 * Order of calls: quote_html_out_new; quote_html_out_begin; open, attr (only right after open), text, close;
 * quote_html_out_end; quote_html_out_bytes, which ends the document; quote_html_out_free_ptr. Names are
 * literals. What cannot be written (no memory) is remembered and told by quote_html_out_bytes. */
#pragma once

#include "error.h"
#include <stddef.h>

struct quote_html_out;

struct quote_html_out *quote_html_out_new(void); /* with <!DOCTYPE html> written */
void quote_html_out_free_ptr(struct quote_html_out **o);

/* The frame of a page that needs no other file: its head with the style sheet of all reports, and an open
 * <main>. */
void quote_html_out_begin(struct quote_html_out *o, const char *lang, const char *title);
void quote_html_out_end(struct quote_html_out *o); /* closes what _begin left open */

void quote_html_out_open(struct quote_html_out *o, const char *name);
void quote_html_out_attr(struct quote_html_out *o, const char *name, const char *value);
void quote_html_out_text(struct quote_html_out *o, const char *text);
void quote_html_out_close(struct quote_html_out *o); /* the element opened last */

/* The document, of *ret_len octets, until o is freed; NULL with ERROR_INTERNAL. */
const char *quote_html_out_bytes(struct quote_html_out *o, size_t *ret_len, struct error *err);
