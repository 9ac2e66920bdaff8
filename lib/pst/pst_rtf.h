/* pst_rtf.h - the rich text of an Outlook message: unpacked (MS-OXRTFCP), and what it was made from taken out
 * of it again (MS-OXRTFEX): HTML or plain text. Pure. */
#pragma once

#include "buf.h"
#include <stdbool.h>
#include <stddef.h>

#define PST_RTF_MAX ((size_t)64 << 20) /* octets unpacked */

/* False: it is damaged, or has more than PST_RTF_MAX octets. */
bool pst_rtf_unpack(const char *packed, size_t len, struct buf *out);

enum pst_rtf {
    PST_RTF_NATIVE, /* written as rich text */
    PST_RTF_HTML,   /* made from HTML */
    PST_RTF_TEXT,   /* made from plain text */
};
/* By its first words. */
enum pst_rtf pst_rtf_kind(const char *rtf, size_t len);

/* The HTML or text that it was made from, as UTF-8. False, with nothing appended: it is native, or its groups
 * are not closed. */
bool pst_rtf_original(const char *rtf, size_t len, struct buf *out);
