#include "dest_imap_private.h"

void dest_imap_fetch_all(struct dest_imap *d, imap_fetch_fn *row, imap_done_fn *done, void *ctx)
{
    if (imap_selected(d->imap)->exists)
        imap_uid_fetch(d->imap, "1:*", NULL, row, done, ctx);
    else
        imap_noop(d->imap, done, ctx);
}

bool dest_imap_all_told(const struct dest_imap *d, size_t count)
{
    return count >= imap_selected(d->imap)->exists;
}
