/* pst_build.h - a message of RFC 5322 and MIME from an item of an Outlook store. Pure: the same item gives
 * the same octets in every run, on every machine.
 *
 * Whatever changes the octets of a message that was built before changes PST_BUILD_VERSION: to a destination
 * it is another message, and whoever moved mail by an earlier version must know. tests/unit/pst has the
 * octets of each kind by their hashes.
 *
 * The message is a row of pieces, so that no attachment need be in memory: text, and data of an attachment
 * that goes as base64 or as it is. */
#pragma once

#include "buf.h"
#include "pst_item.h"
#include <stdbool.h>
#include <stddef.h>

#define PST_BUILD_VERSION 1
#define PST_BASE64_LINE   57 /* octets in a line of 76 digits */

/* How much of the message is as it was sent. */
enum pst_class {
    PST_CLASS_A, /* body as it was: signed or encrypted S/MIME */
    PST_CLASS_B, /* header as received, the body put together again */
    PST_CLASS_C, /* all of it from properties */
    PST_CLASSES,
};

struct pst_piece {
    size_t at, len;                    /* of the text, unless: */
    const struct pst_attachment *data; /* this attachment's data: */
    bool encoded;                      /* in lines of PST_BASE64_LINE octets, each with CR LF behind it */
};

struct pst_message {
    struct buf text;
    struct pst_piece *pieces;
    size_t count;
    enum pst_class class;
    bool rtf;    /* its text is rich text alone, attached as such */
    char *lacks; /* what cannot be had of it, in words; NULL: it is whole */
};

/* charset: of what is no Unicode; NULL: by the message itself, or guessed. The item must outlive the message.
 */
void pst_build(const struct pst_item *item, const char *charset, struct pst_message *ret);
void pst_message_done(struct pst_message *m);

/* What an item is by its message class. Reports and meeting requests are mail. */
enum pst_sort {
    PST_SORT_MAIL,
    PST_SORT_APPOINTMENT,
    PST_SORT_CONTACT,
    PST_SORT_TASK,
    PST_SORT_NOTE,
    PST_SORT_JOURNAL,
    PST_SORT_FEED,  /* an article of an RSS feed */
    PST_SORT_OTHER, /* what Outlook keeps for itself */
    PST_SORTS,
};
enum pst_sort pst_sort_of(const char *message_class);
const char *pst_sort_words(enum pst_sort sort); /* "appointments" */
