/* split.h - scan and repair a message in pieces of every kind, and facts as text, so that a failing check
 * shows them. */
#pragma once

#include "buf.h"
#include "mail_mend.h"
#include "mail_scan.h"
#include "mail_structure.h"
#include <stddef.h>

/* In one piece; in pieces cut at `cut` (SIZE_MAX: byte by byte). The caller owns *ret. */
void split_scan(struct mail_scan *s, const char *in, size_t len, size_t cut, struct mail_facts *ret);
void split_repair(const char *in, size_t len, size_t cut, struct buf *out);
struct mail_mend_counts split_mend(unsigned flags, const char *in, size_t len, size_t cut, struct buf *out);
void split_munge(const char *in, size_t len, size_t cut, struct buf *out);
struct mail_structure_facts split_structure(const char *in, size_t len, size_t cut);
struct mail_facts split_scan_whole(const char *in, size_t len);

/* What is not as usual, one word each: "id:<a@b> subject:x header:23 body lf:2". Caller frees. */
char *split_facts_words(const struct mail_facts *f);
/* Everything, with all hashes. Caller frees. */
char *split_facts_all(const struct mail_facts *f);

/* CHECK that every split point, and byte by byte, gives the facts and the repair of the whole. */
void split_check_all(const char *in, size_t len);
