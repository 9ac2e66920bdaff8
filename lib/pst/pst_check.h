/* pst_check.h - what of an Outlook store is as it was written? Walks all blocks and all nodes of a file
 * (pst_ndb.h), and says which messages and folders rest on damaged places, so that these can be named and
 * are not moved as something else.
 *
 * Order of calls: pst_check_init, pst_check_step until it returns false, then the others, and
 * pst_check_done. Memory: 16 octets a message. */
#pragma once

#include "pst_ndb.h"

#define PST_CHECK_LEVELS_MAX 12 /* of a tree of pages */

/* The last five bits of a node's id; but for the node of the store itself, which is but one. */
enum pst_node_type {
    PST_NODE_FOLDER = 2,
    PST_NODE_MESSAGE = 4,
    PST_NODE_FOLDERS_OF = 13, /* with the other bits of the folder */
    PST_NODE_MESSAGES_OF = 14,
    PST_NODE_STORE = 0x21
};

struct pst_check_node {
    uint32_t id, parent;
    uint32_t unlisted;    /* of a folder: messages */
    bool damaged, listed; /* listed: as pst_check_list was told */
};

struct pst_check_page {
    struct pst_ndb_page page;
    unsigned next;
};

struct pst_check {
    struct pst_ndb ndb;
    bool unknown;       /* the form of the file: nothing can be said */
    bool nodes_damaged; /* of the tree of nodes: some may be missing altogether */
    int tree;           /* which one is walked; 2: done */
    unsigned level;     /* pages of the stack in use */
    struct pst_check_page stack[PST_CHECK_LEVELS_MAX];
    uint64_t damaged, first; /* pages and blocks; where the first one is in the file */
    uint64_t *bad;           /* ids of damaged blocks, in order */
    size_t bad_count;
    struct pst_check_node *nodes; /* the store, folders, their lists, messages; in the order of their ids */
    size_t node_count;
    uint64_t stray; /* messages not listed of which there is no folder */
};

void pst_check_init(struct pst_check *c, pst_ndb_read_fn *read, void *ctx, uint64_t file_octets);
void pst_check_done(struct pst_check *c);
/* Look at some of it; false: all was looked at. */
bool pst_check_step(struct pst_check *c);
/* Is this message, folder, list or store there, and all of it as it was written? True where nothing is known.
 */
bool pst_check_is_whole(const struct pst_check *c, uint32_t id);
/* A message was seen in a list. */
void pst_check_list(struct pst_check *c, uint32_t id);
/* How many of a folder's messages were not? */
uint32_t pst_check_unlisted(const struct pst_check *c, uint32_t folder);
