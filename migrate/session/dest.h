/* dest.h - the destination mailbox, made ready: capabilities, name on the wire, selected, created when
 * missing.
 *
 * SELECT may be refused for many reasons. Missing is only what the server says to be so (NONEXISTENT,
 * TRYCREATE), or what it refuses without a reason of its own and LIST does not name; anything else ends with
 * the server's words. Where it spells INBOX in another way, and takes no other, its way counts.
 *
 * One dest belongs to one IMAP connection that has it selected; further connections append to dest->wire
 * alone. A job with several mailboxes enters one after the other. */
#pragma once

#include "error.h"
#include "imap.h"
#include <stdbool.h>
#include <stdint.h>

enum dest_mode {
    DEST_LOOK,   /* EXAMINE; a missing mailbox is noted, not made */
    DEST_CREATE, /* SELECT, or EXAMINE where UIDs are not told; a missing mailbox is created */
};

typedef void dest_done_fn(void *ctx, const struct error *error);

struct dest {
    struct imap *imap;
    const char *folder; /* as the user wrote it */
    enum dest_mode mode;
    char prefix[256]; /* personal namespace, wire form */
    char delimiter;
    char inbox[6]; /* as the server spells it */
    char *wire;    /* the mailbox's name on the wire */
    bool exists, created;
    bool released;                           /* not what it was: finish.h selects it again */
    uint32_t uidvalidity, uidnext, messages; /* as selected */
    uint64_t append_limit;                   /* octets; 0: not said */
    struct error select_error;               /* why SELECT was refused */
    struct error create_error;               /* why CREATE was refused; code 0: it was not */
    struct dest_names {                      /* what LIST said when SELECT was refused */
        unsigned waiting;                    /* answers */
        bool refused, listed, inbox_right;
        char inbox[6]; /* another spelling; "": none */
    } names;
    dest_done_fn *done;
    void *ctx;
};

/* Fills d and starts; done fires once. imap and folder must outlive d. folder NULL: capabilities and
 * namespace only, dest_enter follows. */
void dest_prepare(struct dest *d, struct imap *imap, const char *folder, enum dest_mode mode,
    dest_done_fn *done, void *ctx);
/* Select this mailbox in place of the one before; what was known of that is forgotten. done fires once. */
void dest_enter(struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx);
void dest_done(struct dest *d);

/* Called before the first APPEND. A server that names no UIDs cannot show what it has lost; one that keeps a
 * mailbox in one file writes it anew, as it was before the APPENDs, when a session ends that had it open for
 * writing. So there it is never open but for reading, and left where it is empty. */
void dest_release(struct dest *d);

/* Fewer round trips are needed when each message needs none of its own. */
bool dest_streams(const struct dest *d);
