/* store_pst.h - messages of Outlook's stores, which are built as they are read (lib/pst). For store*.c. */
#pragma once

#include "store_private.h"

struct store_pst;

void store_pst_free(struct store_pst *p); /* of a store; NULL is fine */

struct store_pst_reader;

/* An error is of this message alone. place: for people; a copy is kept. */
struct store_pst_reader *store_pst_open(
    struct store *s, const struct store_item *item, const char *place, struct error *err);
/* Append some of it: 1 there is more, 0 it is over, -1 it cannot be read to its end. */
int store_pst_read(struct store_pst_reader *r, struct buf *out, struct error *err);
void store_pst_close(struct store_pst_reader *r);
