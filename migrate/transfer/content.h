/* content.h - read the content of destination messages, to compare it with ours: many asked for at any time,
 * fetched together, each answered once. */
#pragma once

#include "dest.h"
#include "error.h"
#include "mail_scan.h"

struct content_reader;

/* found false: the message is gone, or the server cannot give it (facts is then empty). error: NULL, or why
 * nothing can be known. */
typedef void content_fn(
    void *ctx, uint32_t uid, bool found, const struct mail_facts *facts, const struct error *error);

/* dest has entered the mailbox and must outlive the reader. */
struct content_reader *content_reader_new(struct dest *dest);
/* With nothing outstanding, or after dest_abort and content_reader_abort. */
void content_reader_free(struct content_reader *r);

/* done fires exactly once, never from inside this call. */
void content_read(struct content_reader *r, uint32_t uid, content_fn *done, void *ctx);

/* Nothing asked for, nothing on its way: the last request may be answered before its command is. */
bool content_reader_idle(const struct content_reader *r);

/* Ask for what was wanted since, unless a question is on its way (then it follows by itself). */
void content_reader_go(struct content_reader *r);

/* Answer what was never sent. */
void content_reader_abort(struct content_reader *r, const struct error *why);
