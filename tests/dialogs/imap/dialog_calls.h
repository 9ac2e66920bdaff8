/* dialog_calls.h - the words of "@" lines as calls of the IMAP engine, and its callbacks as "E:" lines.
 *
 *   submit capability | noop | unselect | logout | namespace | id NAME VERSION | list REFERENCE PATTERN
 *   submit create NAME | select NAME | examine NAME | status NAME | quota NAME
 *   submit fetch SET [FIELDS] | body SET | search CRITERIA
 *   submit append NAME [flags=seen,...] [date=SECONDS] CONTENT...
 *   abort WORDS
 *   show caps | mailbox | id | bye | alert | queue
 *   room N | room all
 *
 * CONTENT is a message's text, or size=N for N times x, or broken=N for a message of N octets that cannot be
 * read; flags and date go with the next one. What show finds is the next event. room is how many bytes the
 * client's socket takes from now on, and known to the player only. Arguments are blank separated; "quoted"
 * ones know the escapes of dialog_file.h. */
#pragma once

#include "buf.h"
#include "imap.h"

struct dialog_calls {
    struct imap *im;
    struct buf events; /* lines */
    struct buf body;   /* the body being received */
    uint64_t body_octets;
};

void dialog_calls_init(struct dialog_calls *calls);
void dialog_calls_done(struct dialog_calls *calls);
/* -1: not understood. */
int dialog_calls_do(struct dialog_calls *calls, const char *words);
