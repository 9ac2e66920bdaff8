/* mbox_scan.h - where the messages of an mbox file begin and end (RFC 4155, and what clients make of it:
 * mboxo, mboxrd, mboxcl, mboxcl2, Thunderbird, Google Takeout). Sans-I/O: feed the file's bytes in order, any
 * split.
 *
 * A line that begins with "From " divides messages, or is a line of somebody's text. It counts as the former
 * when two header lines follow it (the first may be folded), with or without an empty line before it, an
 * address or a date in it: each of these is missing in real files; or when one does that mail has, and an
 * empty line behind it, and none of these is missing. Against it speak, however well it looks:
 * - a multipart around it that goes on behind it (an attached mailbox);
 * - a text between "----- Begin Included Message -----" and its end;
 * - a Content-Length that lands exactly on a later one, in a file where most do (mboxcl2 quotes nothing);
 * - no date and no empty line, in a file where the others have dates.
 * One without header lines counts where most of a file's are such, and it has a date and an empty line before
 * it. Whatever is not plain is told in the doubts: nothing is divided or joined without a word.
 *
 * Memory: 40 octets for each line "From " that has a header behind it, or a date and an empty line, and a
 * bounded rest. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mbox_message {
    uint64_t line;  /* offset of its line "From " */
    uint64_t start; /* of the message: behind that line */
    uint64_t end;   /* behind its last octet, without the empty line that the writer put after it */
};

enum mbox_doubt_kind {
    MBOX_DOUBT_NO_BLANK,  /* begins a message, without an empty line before it as the others have */
    MBOX_DOUBT_NO_DATE,   /* begins a message, without a date as the others have */
    MBOX_DOUBT_NO_HEADER, /* begins a message that has no header */
    MBOX_DOUBT_IN_MIME,   /* text: within a part of a multipart */
    MBOX_DOUBT_INCLUDED,  /* text: between the lines of an included message */
    MBOX_DOUBT_LENGTH,    /* text: within what Content-Length says */
    MBOX_DOUBT_UNLIKE, /* text: header lines follow it, but it has neither date nor an empty line before it */
    MBOX_DOUBT_DATED_TEXT, /* text: it has a date, but no header lines follow it */
};
struct mbox_doubt {
    uint64_t line; /* offset */
    enum mbox_doubt_kind kind;
};

enum mbox_quoting {
    MBOX_QUOTING_NONE, /* or not known to be one that can be undone: lines stay as they are */
    MBOX_QUOTING_RD, /* one ">" comes off each line of ">"s and "From ": two and more stand somewhere, outside
                        of quotations, and no line of text is without */
};

struct mbox_shape {
    const struct mbox_message *messages; /* in order; the scan's */
    size_t count;
    const struct mbox_doubt *doubts; /* in order; the scan's */
    size_t doubt_count;
    bool only_cr;    /* lines end in CR alone, as on old Macintoshes: no message is found, all is `before` */
    uint64_t before; /* octets that stand before the first message and belong to none; blanks do not count */
    enum mbox_quoting quoting; /* as the whole file proves it */
    uint64_t quoted_lines;     /* lines ">From ", which may have been "From " once; within messages */
};

struct mbox_scan;

struct mbox_scan *mbox_scan_new(void);
void mbox_scan_free(struct mbox_scan *s);
void mbox_scan_feed(struct mbox_scan *s, const void *data, size_t len);
/* The file is over. Valid until mbox_scan_free. */
struct mbox_shape mbox_scan_finish(struct mbox_scan *s);

/* How often a line "From " that was read already was looked at again: work that the text can ask for. */
uint64_t mbox_scan_looks(const struct mbox_scan *s);

/* Does a file that begins so look like an mbox? Blank lines and a BOM may come first. */
bool mbox_scan_is_likely(const void *front, size_t len);
