#include "pst_check.h"

#include "mem.h"
#include <stdlib.h>

#define STEP      256 /* blocks and nodes in one step */
#define BELOW_MAX 32  /* levels of blocks that hold ids of others */
#define DONE      2

/* ---- what is damaged ---- */
static void note(struct pst_check *c, uint64_t at)
{
    if (!c->damaged++)
        c->first = at;
}

static int compare_ids(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* ---- is what a node rests on whole? Asked in damaged files alone. ---- */
static bool get_block(struct pst_check *c, uint64_t id, struct pst_ndb_block *ret)
{
    return (!c->bad_count || !bsearch(&id, c->bad, c->bad_count, sizeof id, compare_ids)) &&
           pst_ndb_find(&c->ndb, id, ret);
}

static bool is_tree_whole(struct pst_check *c, uint64_t id, bool sub, unsigned level);

/* Each of its entries: of data one id; of what is below a node a number, and ids of data and of what is below
 * that; or a number and the id of such a list. */
static bool is_entry_whole(struct pst_check *c, const struct pst_ndb_list *l, unsigned e, unsigned level)
{
    if (!l->sub)
        return is_tree_whole(c, pst_ndb_number(&c->ndb, l, e, 0), false, level);
    if (l->level)
        return is_tree_whole(c, pst_ndb_number(&c->ndb, l, e, 1), true, level);
    return is_tree_whole(c, pst_ndb_number(&c->ndb, l, e, 1), false, level) &&
           is_tree_whole(c, pst_ndb_number(&c->ndb, l, e, 2), true, level);
}

static bool is_tree_whole(struct pst_check *c, uint64_t id, bool sub, unsigned level)
{
    unsigned char octets[PST_NDB_BLOCK];
    struct pst_ndb_block b;
    struct pst_ndb_list l;
    id &= ~(uint64_t)1;
    if (!id)
        return true;
    if (level == BELOW_MAX || !get_block(c, id, &b))
        return false;
    if (!pst_ndb_is_list(id))
        return !sub;
    if (!pst_ndb_block(&c->ndb, &b, octets) || !pst_ndb_list(&c->ndb, octets, b.len, &l) || l.sub != sub)
        return false;
    for (unsigned e = 0; e < l.count; e++)
        if (!is_entry_whole(c, &l, e, level + 1))
            return false;
    return true;
}

/* ---- the walk ---- */
static void enter(struct pst_check *c, struct pst_ndb_ref at)
{
    struct pst_check_page *p = &c->stack[c->level];
    bool good = c->level < PST_CHECK_LEVELS_MAX &&
                pst_ndb_page(&c->ndb, (enum pst_ndb_tree)c->tree, at, &p->page) &&
                (!c->level || p->page.level + 1 == p[-1].page.level);
    if (!good) {
        note(c, at.at);
        c->nodes_damaged = c->nodes_damaged || c->tree == PST_NDB_NODES;
        return;
    }
    p->next = 0;
    c->level++;
}

static void look_at_block(struct pst_check *c, const struct pst_ndb_block *b)
{
    unsigned char octets[PST_NDB_BLOCK];
    if (pst_ndb_block(&c->ndb, b, octets))
        return;
    note(c, b->at);
    c->bad = mem_grow(c->bad, c->bad_count + 1, sizeof *c->bad);
    c->bad[c->bad_count++] = b->id;
}

static void look_at_node(struct pst_check *c, const struct pst_ndb_node *n)
{
    unsigned type = n->id & 31;
    if (n->id != PST_NODE_STORE && type != PST_NODE_FOLDER && type != PST_NODE_MESSAGE &&
        type != PST_NODE_FOLDERS_OF && type != PST_NODE_MESSAGES_OF)
        return;
    bool whole = !c->damaged || (is_tree_whole(c, n->data, false, 0) && is_tree_whole(c, n->sub, true, 0));
    c->nodes = mem_grow(c->nodes, c->node_count + 1, sizeof *c->nodes);
    c->nodes[c->node_count++] =
        (struct pst_check_node){.id = (uint32_t)n->id, .parent = n->parent, .damaged = !whole};
}

/* One entry of the page on top. */
static void next_entry(struct pst_check *c)
{
    struct pst_check_page *p = &c->stack[c->level - 1];
    if (p->next == p->page.count) {
        c->level--;
        return;
    }
    unsigned i = p->next++;
    if (p->page.level) {
        enter(c, pst_ndb_below(&c->ndb, &p->page, i));
    } else if (c->tree == PST_NDB_BLOCKS) {
        struct pst_ndb_block b = pst_ndb_block_at(&c->ndb, &p->page, i);
        look_at_block(c, &b);
    } else {
        struct pst_ndb_node n = pst_ndb_node_at(&c->ndb, &p->page, i);
        look_at_node(c, &n);
    }
}

/* Blocks first: nodes rest on them. */
static void begin_nodes(struct pst_check *c)
{
    if (c->bad_count)
        qsort(c->bad, c->bad_count, sizeof *c->bad, compare_ids);
    c->tree = PST_NDB_NODES;
    enter(c, c->ndb.root[PST_NDB_NODES]);
}

static int compare_nodes(const void *a, const void *b)
{
    uint32_t x = ((const struct pst_check_node *)a)->id, y = ((const struct pst_check_node *)b)->id;
    return (x > y) - (x < y);
}

void pst_check_init(struct pst_check *c, pst_ndb_read_fn *read, void *ctx, uint64_t file_octets)
{
    *c = (struct pst_check){.tree = PST_NDB_BLOCKS};
    enum pst_ndb_kind kind = pst_ndb_init(&c->ndb, read, ctx, file_octets);
    c->unknown = kind == PST_NDB_UNKNOWN;
    if (kind == PST_NDB_DAMAGED) {
        note(c, 0);
        c->nodes_damaged = true;
    }
    if (kind != PST_NDB_KNOWN)
        c->tree = DONE;
    else
        enter(c, c->ndb.root[PST_NDB_BLOCKS]);
}

void pst_check_done(struct pst_check *c)
{
    free(c->bad);
    free(c->nodes);
    *c = (struct pst_check){.tree = DONE};
}

/* ---- what was found ---- */
static struct pst_check_node *find(const struct pst_check *c, uint32_t id)
{
    struct pst_check_node key = {.id = id};
    return c->node_count ? bsearch(&key, c->nodes, c->node_count, sizeof key, compare_nodes) : NULL;
}

bool pst_check_is_whole(const struct pst_check *c, uint32_t id)
{
    const struct pst_check_node *n = find(c, id);
    return c->unknown || (n && !n->damaged);
}

/* Of each folder: the messages in it. */
static void count_messages(struct pst_check *c)
{
    for (size_t i = 0; i < c->node_count; i++) {
        struct pst_check_node *n = &c->nodes[i], *folder = find(c, n->parent);
        if ((n->id & 31) != PST_NODE_MESSAGE)
            continue;
        if (folder)
            folder->unlisted++;
        else
            c->stray++;
    }
}

bool pst_check_step(struct pst_check *c)
{
    for (int i = 0; i < STEP && c->tree != DONE; i++) {
        if (c->level) {
            next_entry(c);
        } else if (c->tree == PST_NDB_BLOCKS) {
            begin_nodes(c);
        } else {
            if (c->node_count)
                qsort(c->nodes, c->node_count, sizeof *c->nodes, compare_nodes);
            count_messages(c);
            c->tree = DONE;
        }
    }
    return c->tree != DONE;
}

void pst_check_list(struct pst_check *c, uint32_t id)
{
    struct pst_check_node *n = find(c, id), *folder = n ? find(c, n->parent) : NULL;
    if (!n || n->listed)
        return;
    n->listed = true;
    if (folder)
        folder->unlisted--;
    else
        c->stray--;
}

uint32_t pst_check_unlisted(const struct pst_check *c, uint32_t folder)
{
    const struct pst_check_node *n = find(c, folder);
    return n ? n->unlisted : 0;
}
