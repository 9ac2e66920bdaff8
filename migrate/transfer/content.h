/* content.h - read the content of destination messages, to compare it with ours: many asked for at any time,
 * fetched together, each answered once.
 *
 * One command is in flight at a time: a FETCH response names the message but not the command it belongs to.
 */
#pragma once

#include "error.h"
#include "imap.h"
#include "mail_scan.h"

struct content_reader;

/* found false: the message is gone, or the server cannot give it (facts is then empty). error: NULL, or why
 * nothing can be known. */
typedef void content_fn(
    void *ctx, uint32_t uid, bool found, const struct mail_facts *facts, const struct error *error);

/* imap has the mailbox selected and must outlive the reader. */
struct content_reader *content_reader_new(struct imap *imap);
/* With nothing outstanding, or after imap_abort and content_reader_abort. */
void content_reader_free(struct content_reader *r);

/* done fires exactly once, never from inside this call. */
void content_read(struct content_reader *r, uint32_t uid, content_fn *done, void *ctx);

/* Nothing asked for, nothing on its way: the last request may be answered before its command is. */
bool content_reader_idle(const struct content_reader *r);

/* Send what was asked for since, unless a command is in flight (then it follows by itself). */
void content_reader_go(struct content_reader *r);

/* Answer what was never sent. */
void content_reader_abort(struct content_reader *r, const struct error *why);
