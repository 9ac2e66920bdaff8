/* bmf_scan.h - where the messages of a .bmf file of Becky! Internet Mail begin and end, and which of their
 * parts lie in files of their own. Sans-I/O, any split; no allocation.
 *
 * The file is messages as POP3 has them (RFC 1939 section 3): a line "." ends one, a line that begins with
 * ".." had a dot less. Lines end with CR LF or LF. A part that lies elsewhere has a line "X-Becky-Include:
 * FILE" as the last of its header, and no content. (Read from the importer of Thunderbird, nsBeckyMail.cpp;
 * there is no description by its author.)
 *
 * Such a line counts only in the header of a part: behind a line that begins with "--", with nothing but
 * fields between. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BMF_LINE_MAX 1000 /* octets of a line that are looked at */

enum bmf_event {
    BMF_MORE,    /* all that was fed has been looked at */
    BMF_INCLUDE, /* this line, from line_at to before at, stands for a file */
    BMF_END,     /* of the message, at line_at; the next one begins at `at` */
};

struct bmf_scan {
    uint64_t at;                 /* in the file: what was looked at so far */
    uint64_t start;              /* of the message */
    uint64_t line_at;            /* of the line of the event */
    char file[BMF_LINE_MAX + 1]; /* of the last INCLUDE, as it stands there; "": it is too long, or none */
    bool base64;                 /* the last INCLUDE is of a part that says it is in base64 */
    bool odd;     /* of the message: what follows an INCLUDE is neither an empty line nor a boundary */
    bool in_head; /* of the message: its own header has such a line, which stands for nothing */
    /* private */
    bool body, part, included;
    bool longer;       /* than what was kept of the line */
    bool whole, ended; /* the line; the message */
    size_t len;
    char line[BMF_LINE_MAX + 1];
};

/* Zeroed is the begin of the file. Returns how many octets were looked at: all, or to behind the line of the
 * event. */
size_t bmf_scan_feed(struct bmf_scan *b, const char *data, size_t len, enum bmf_event *ret);

/* At the end of the file: it ends in the midst of a message. */
bool bmf_scan_is_within(const struct bmf_scan *b);
