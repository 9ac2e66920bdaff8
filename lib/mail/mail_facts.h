/* mail_facts.h - what is known of one message; mail_scan.h fills it. */
#pragma once

#include "sha256.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAIL_NO_DATE   INT64_MIN
#define MAIL_FIELD_MAX 4096 /* octets kept of one field for display; the hashes below use all of it */

/* What Status:, X-Status: and X-Mozilla-Status: of mbox files say, the first of each taken together. Fields
 * of these names with another kind of value ("Status: Resolved") say nothing. */
struct mail_flags {
    bool known; /* there was such a field */
    bool seen, answered, flagged, deleted, draft;
};

struct mail_facts {
    /* Display and identity. Owned by the facts, NULL if the field is absent. First occurrence counts. */
    char *message_id; /* normalised by mail_msgid.h; NULL if there is none that could identify anything */
    char *from, *subject, *date; /* unfolded raw value, blanks trimmed, at most MAIL_FIELD_MAX octets */
    int64_t date_s;     /* UTC seconds, of the first Date: field that can be read; else MAIL_NO_DATE */
    int64_t received_s; /* topmost Received: field's date-time; MAIL_NO_DATE likewise */
    int64_t stored_s; /* when its source received it, as that says beside the message; 0: it does not. Whoever
                         reads the source fills it in: the scanner does not */
    struct mail_flags flags;

    /* The pseudo message that UW imapd and its relatives keep in an mbox and hand out as mail: two of Subject
     * "DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA" (nothing else in it), From "Mail System Internal
     * Data", a field X-IMAP or X-IMAPbase. */
    bool folder_internal;

    uint64_t octets;        /* fed in all */
    uint64_t header_octets; /* up to and including the empty line; 0 when everything is body */
    bool has_body;          /* the empty line was seen, or everything is body */

    /* Hashes. `sha256`: the bytes as fed. `core`: From, Date and Subject (unfolded, runs of blanks as one,
     * trimmed; whole field however long): SHA-256 over their three SHA-256, an absent one as an empty one.
     * `whole_header`: all fields in order as "name:value LF" (name in lower case, value unfolded the same
     * way; a line that is no field as ":line LF") but those that servers and mbox files add or change on the
     * way: Status X-Status X-UIDL X-UID X-IMAPbase X-IMAP X-Keywords X-Mozilla-Status X-Mozilla-Status2
     * X-Mozilla-Keys Content-Length Lines, the mbox "From " line. `fields`: the header as it
     * stands, for proof: each field in order with its name, blanks and folding as they are, and lines that
     * are no field, every line end as one LF, NUL left out, without the mbox "From " line and what servers
     * write (mail_servers.h). `body`: the body with every line end as one LF, NUL left out, line ends at the
     * very end left out. */
    uint8_t sha256[SHA256_OCTETS];
    uint8_t core[SHA256_OCTETS];
    uint8_t whole_header[SHA256_OCTETS];
    uint8_t fields[SHA256_OCTETS];
    uint8_t body[SHA256_OCTETS];
    /* The message's identity: with a Message-ID SHA-256(message_id NUL core body), without one
     * SHA-256(whole_header body). Meaningless when only the header was fed. */
    uint8_t fingerprint[SHA256_OCTETS];

    /* What IMAP forbids or servers dislike; mail_repair.h mends the first four. */
    uint64_t bare_cr, bare_lf, nul;
    bool no_final_crlf;  /* the last line has no end at all, and octets > 0 */
    bool mbox_from_line; /* first line starts with "From " */
    bool header_8bit;
    uint64_t octets_8bit; /* of the header, in order, as a number that tells them from others; 0: none */
    uint64_t odd_header_lines;
    uint64_t longest_line; /* octets without its end and NULs */
};

void mail_facts_done(struct mail_facts *f); /* zeroed is fine */
