#include "pst_ndb.h"

#include "pst_item.h"
#include <string.h>

#define HEAD       564
#define WORK       40u /* octets read of each octet there is, at most */
#define LEVELS_MAX 12
#define OTHERS     2u /* in the id of a block: it holds ids of others */
#define UNUSED     1u /* a bit of an id that says nothing */

/* Where things are, in the two kinds of files (MS-PST sections 2.2.2.5 to 2.2.2.8). */
struct layout {
    unsigned
        root; /* where in the head the node tree's id is; its page, the block tree's id and page follow */
    unsigned number;  /* octets of an id or place */
    unsigned entries; /* where in a page their number is */
    unsigned trailer; /* of a page */
    unsigned block_trailer;
    unsigned crc, id; /* in either trailer */
};

static const struct layout narrow = {0xb8, 4, 496, 500, 12, 8, 4}, wide = {0xd8, 8, 488, 496, 16, 4, 8};

static const struct layout *layout_of(const struct pst_ndb *n)
{
    return n->wide ? &wide : &narrow;
}

static uint32_t u16(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint64_t number(const struct pst_ndb *n, const unsigned char *p)
{
    return n->wide ? pst_get_u64((const char *)p) : pst_get_u32((const char *)p);
}

/* CRC-32 as this format has it: it begins with 0, and is not inverted (MS-PST section 5.3). */
static uint32_t crc32_of(const unsigned char *p, size_t len)
{
    static const uint32_t nibbles[16] = {0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190,
        0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0,
        0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
    uint32_t crc = 0;
    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        crc = crc >> 4 ^ nibbles[crc & 15];
        crc = crc >> 4 ^ nibbles[crc & 15];
    }
    return crc;
}

static bool get(struct pst_ndb *n, uint64_t at, void *dst, size_t len)
{
    if (at >= n->file_octets || len > n->file_octets - at || len > n->octets_left)
        return false;
    n->octets_left -= len;
    return n->read(n->ctx, at, dst, len);
}

static struct pst_ndb_ref ref(const struct pst_ndb *n, const unsigned char *p)
{
    return (struct pst_ndb_ref){
        .id = number(n, p) & ~(uint64_t)UNUSED, .at = number(n, p + layout_of(n)->number)};
}

enum pst_ndb_kind pst_ndb_init(struct pst_ndb *n, pst_ndb_read_fn *read, void *ctx, uint64_t file_octets)
{
    unsigned char head[HEAD];
    *n = (struct pst_ndb){.read = read, .ctx = ctx, .file_octets = file_octets};
    n->octets_left = file_octets > UINT64_MAX / WORK ? UINT64_MAX : file_octets * WORK;
    if (!get(n, 0, head, sizeof head))
        return PST_NDB_DAMAGED;
    uint32_t version = u16(head + 10);
    n->wide = version == 23;
    if (!n->wide && version != 14 && version != 15)
        return PST_NDB_UNKNOWN;
    const struct layout *l = layout_of(n);
    n->root[PST_NDB_NODES] = ref(n, head + l->root);
    n->root[PST_NDB_BLOCKS] = ref(n, head + l->root + 2 * (size_t)l->number);
    return PST_NDB_KNOWN;
}

/* ---- pages ---- */
static unsigned least_size(const struct layout *l, enum pst_ndb_tree tree, unsigned level)
{
    if (level)
        return 3 * l->number;
    return tree == PST_NDB_BLOCKS ? 2 * l->number + 2 : 3 * l->number + 4;
}

bool pst_ndb_page(struct pst_ndb *n, enum pst_ndb_tree tree, struct pst_ndb_ref at, struct pst_ndb_page *ret)
{
    const struct layout *l = layout_of(n);
    unsigned char kind = tree == PST_NDB_BLOCKS ? 0x80 : 0x81;
    if (!get(n, at.at, ret->octets, PST_NDB_PAGE))
        return false;
    const unsigned char *trailer = ret->octets + l->trailer, *entries = ret->octets + l->entries;
    ret->count = entries[0];
    ret->size = entries[2];
    ret->level = entries[3];
    return trailer[0] == kind && trailer[1] == kind &&
           (number(n, trailer + l->id) & ~(uint64_t)UNUSED) == at.id &&
           pst_get_u32((const char *)trailer + l->crc) == crc32_of(ret->octets, l->trailer) &&
           ret->size >= least_size(l, tree, ret->level) && ret->count * ret->size <= l->entries;
}

static const unsigned char *entry(const struct pst_ndb_page *p, unsigned i)
{
    return p->octets + (size_t)i * p->size;
}

struct pst_ndb_ref pst_ndb_below(const struct pst_ndb *n, const struct pst_ndb_page *p, unsigned i)
{
    return ref(n, entry(p, i) + layout_of(n)->number);
}

struct pst_ndb_block pst_ndb_block_at(const struct pst_ndb *n, const struct pst_ndb_page *p, unsigned i)
{
    const unsigned char *e = entry(p, i);
    size_t size = layout_of(n)->number;
    return (struct pst_ndb_block){
        .id = number(n, e) & ~(uint64_t)UNUSED, .at = number(n, e + size), .len = u16(e + 2 * size)};
}

struct pst_ndb_node pst_ndb_node_at(const struct pst_ndb *n, const struct pst_ndb_page *p, unsigned i)
{
    const unsigned char *e = entry(p, i);
    size_t size = layout_of(n)->number;
    return (struct pst_ndb_node){.id = number(n, e) & UINT32_MAX,
        .data = number(n, e + size) & ~(uint64_t)UNUSED,
        .sub = number(n, e + 2 * size) & ~(uint64_t)UNUSED,
        .parent = pst_get_u32((const char *)e + 3 * size)};
}

/* The last entry whose key is not above the id; its number of them: none is. */
static unsigned last_below(const struct pst_ndb *n, const struct pst_ndb_page *p, uint64_t id)
{
    unsigned found = p->count;
    for (unsigned i = 0; i < p->count && (number(n, entry(p, i)) & ~(uint64_t)UNUSED) <= id; i++)
        found = i;
    return found;
}

bool pst_ndb_find(struct pst_ndb *n, uint64_t id, struct pst_ndb_block *ret)
{
    struct pst_ndb_page p;
    struct pst_ndb_ref at = n->root[PST_NDB_BLOCKS];
    for (unsigned level = 0; level < LEVELS_MAX && pst_ndb_page(n, PST_NDB_BLOCKS, at, &p); level++) {
        unsigned i = last_below(n, &p, id);
        if (i == p.count)
            return false;
        if (!p.level) {
            *ret = pst_ndb_block_at(n, &p, i);
            return ret->id == id;
        }
        at = pst_ndb_below(n, &p, i);
    }
    return false;
}

/* ---- blocks ---- */
bool pst_ndb_block(struct pst_ndb *n, const struct pst_ndb_block *b, unsigned char ret[PST_NDB_BLOCK])
{
    const struct layout *l = layout_of(n);
    size_t all = (b->len + l->block_trailer + 63) / 64 * 64;
    if (all > PST_NDB_BLOCK || !get(n, b->at, ret, all))
        return false;
    const unsigned char *trailer = ret + all - l->block_trailer;
    return u16(trailer) == b->len && pst_get_u32((const char *)trailer + l->crc) == crc32_of(ret, b->len) &&
           (number(n, trailer + l->id) & ~(uint64_t)UNUSED) == b->id;
}

bool pst_ndb_is_list(uint64_t id)
{
    return id & OTHERS;
}

bool pst_ndb_list(const struct pst_ndb *n, const unsigned char *octets, size_t len, struct pst_ndb_list *ret)
{
    unsigned size = layout_of(n)->number;
    if (len < 8)
        return false;
    *ret = (struct pst_ndb_list){.sub = octets[0] == 2, .level = octets[1], .count = u16(octets + 2)};
    size_t head = ret->sub && !n->wide ? 4 : 8;
    ret->entries = octets + head;
    ret->size = !ret->sub ? size : ret->level ? 2 * size : 3 * size;
    bool known = ret->sub ? ret->level <= 1 : octets[0] == 1 && (ret->level == 1 || ret->level == 2);
    return known && (uint64_t)ret->count * ret->size <= len - head;
}

uint64_t pst_ndb_number(const struct pst_ndb *n, const struct pst_ndb_list *l, unsigned e, unsigned i)
{
    size_t size = layout_of(n)->number;
    return number(n, l->entries + (size_t)e * l->size + i * size);
}
