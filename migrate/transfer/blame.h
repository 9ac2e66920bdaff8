/* blame.h - messages that break the connection each time they are touched, over the sessions of one run.
 *
 * At the source: the first message still owed when a session breaks is the one that was being sent. The
 * next session asks for it first, and alone; but where it ended in a long silence, last, so that the others
 * need not wait for another one. Three times the same, and it is condemned: reported as unreadable, and not
 * asked for again in this run. At the destination the count stands in the ledger (ledger_message.broken): a
 * message that was on its way when a connection ended is sent after all others the next time, with few; then
 * alone, and condemned in the end; unless the line breaks whatever is sent. Zeroed is empty. */
#pragma once

#include "error.h"
#include "hash_set.h"
#include "source.h"

#define BLAME_SOURCE_MAX 3 /* sessions that broke at the same message */
#define BLAME_CAREFUL    1 /* ledger_message.broken: with few others */
#define BLAME_ALONE      2 /* alone */
#define BLAME_CONDEMN    4 /* not again */
#define BLAME_SENT_STREAK                                                                                    \
    2 /* so many condemned with nothing stored in between: it is the line, not the message */

struct blame {
    uint8_t last[SHA256_OCTETS]; /* the source's message of the last broken session */
    unsigned times;
    bool named;  /* in this session */
    bool silent; /* it was a silence: the others first */
    bool guard;  /* the source is to be asked with source_guard from the next session on */
    struct hash_set condemned, cut;
    int64_t sent[BLAME_SENT_STREAK]; /* the ledger's rows of those condemned at the destination since
                                        something was stored: until then it may have been the line */
    unsigned sent_streak;
};

/* A new session begins. */
void blame_session(struct blame *b);
/* The session broke while this message was owed: only the first of a session counts. */
void blame_source(struct blame *b, const struct source_item *item, const struct error *why);
/* The session before broke at this one. */
bool blame_is_suspect(const struct blame *b, const struct source_item *item);
/* Not to be asked for again? */
bool blame_is_condemned(struct blame *b, const struct source_item *item);
/* The source does not give this one whole: not again in this run. */
void blame_cut(struct blame *b, const struct source_item *item);
bool blame_is_cut(struct blame *b, const struct source_item *item);
void blame_done(struct blame *b);
