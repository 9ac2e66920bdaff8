/* folder_paths.h - the folders of a source, as the destination can have them: what {path} stands for. */
#pragma once

#include "ledger_learned.h"
#include "session.h"
#include "special_use.h"

struct folder_paths {
    const struct session *session;
    struct special_use special;
    char **paths; /* of the source's folders; made when first asked for */
    char **past;  /* where a migration has put those that have a role; NULL: nowhere yet */
    size_t count;
};

/* Waits; the inventory must be there. *ret: folder_paths_done, also on failure. Where the destination's
 * mailboxes for such mail are others than when a migration put a folder into one, the folder stays there. */
int folder_paths_begin(
    struct session *s, struct ledger *ledger, int64_t job, struct folder_paths *ret, struct error *err);
/* The folder with this item goes there now: remember that, if it has a role. It counts once something was
 * put there. */
int folder_paths_note(
    struct folder_paths *f, struct ledger *ledger, int64_t job, size_t item, struct error *err);
/* The folder of an item; "": in none. A name that had to be changed is told in the log. */
const char *folder_paths_of(struct folder_paths *f, size_t item);
void folder_paths_done(struct folder_paths *f);
