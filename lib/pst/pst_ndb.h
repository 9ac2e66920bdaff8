/* pst_ndb.h - pages and blocks of an Outlook store, each held against its CRC (MS-PST sections 2.2 and 5.3).
 * libpff does not look at these: what it reads from a damaged place is another text, or a message less, and
 * nobody says so. Pure, with reads by a callback.
 *
 * Two trees of pages: of blocks (id, place, length) and of nodes (id, block of its data, block of what is
 * below it, parent). Files with pages of 4 KiB (.ost of Outlook 2013 and later) are not known. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PST_NDB_PAGE  512u
#define PST_NDB_BLOCK 8192u /* the largest */

enum pst_ndb_tree { PST_NDB_BLOCKS, PST_NDB_NODES };

/* Exactly len octets from there; false: they are not there. */
typedef bool pst_ndb_read_fn(void *ctx, uint64_t at, void *dst, size_t len);

struct pst_ndb_ref {
    uint64_t id, at;
};

struct pst_ndb {
    pst_ndb_read_fn *read;
    void *ctx;
    uint64_t file_octets, octets_left; /* octets_left: to be read at most: what refers to itself is no tree */
    bool wide;                         /* with numbers of 64 bits (Unicode) */
    struct pst_ndb_ref root[2];        /* the trees' first pages */
};

enum pst_ndb_kind { PST_NDB_KNOWN, PST_NDB_UNKNOWN, PST_NDB_DAMAGED };

struct pst_ndb_page {
    unsigned char octets[PST_NDB_PAGE];
    unsigned count, size; /* of its entries */
    unsigned level;       /* 0: entries are of blocks or nodes; else of pages below */
};

struct pst_ndb_block {
    uint64_t id, at;
    size_t len;
};

struct pst_ndb_node {
    uint64_t id, data, sub; /* ids of blocks; 0: none */
    uint32_t parent;
};

enum pst_ndb_kind pst_ndb_init(struct pst_ndb *n, pst_ndb_read_fn *read, void *ctx, uint64_t file_octets);
/* False: it is damaged, or another one, or cannot be read. */
bool pst_ndb_page(struct pst_ndb *n, enum pst_ndb_tree tree, struct pst_ndb_ref at, struct pst_ndb_page *ret);
/* Entry i of a page: the page below, a block, a node. */
struct pst_ndb_ref pst_ndb_below(const struct pst_ndb *n, const struct pst_ndb_page *p, unsigned i);
struct pst_ndb_block pst_ndb_block_at(const struct pst_ndb *n, const struct pst_ndb_page *p, unsigned i);
struct pst_ndb_node pst_ndb_node_at(const struct pst_ndb *n, const struct pst_ndb_page *p, unsigned i);
/* By its id; false: there is none, or what says where it is is damaged. */
bool pst_ndb_find(struct pst_ndb *n, uint64_t id, struct pst_ndb_block *ret);
/* False: it is damaged, or another one. */
bool pst_ndb_block(struct pst_ndb *n, const struct pst_ndb_block *b, unsigned char ret[PST_NDB_BLOCK]);

/* What a block that holds ids of others says (MS-PST section 2.2.2.8.3); false: it is none such. */
struct pst_ndb_list {
    bool sub;             /* of what is below a node; else of a node's data */
    unsigned level;       /* of data: 1 or 2; of what is below: 0 or 1 */
    unsigned count, size; /* entries, and octets of each */
    const unsigned char *entries;
};
bool pst_ndb_list(const struct pst_ndb *n, const unsigned char *octets, size_t len, struct pst_ndb_list *ret);
/* Number i of entry e, counted from 0. */
uint64_t pst_ndb_number(const struct pst_ndb *n, const struct pst_ndb_list *l, unsigned e, unsigned i);
/* Does a block with this id hold ids of others? */
bool pst_ndb_is_list(uint64_t id);
