#include "pst_check.h"

#include "pst_item.h"
#include <string.h>

#define HEAD      564
#define PAGE      512u
#define BLOCK_MAX 8192u
#define STEP      256 /* blocks and pages in one step */
#define TREES     2u  /* of nodes, of blocks */

#define PAGE_OF_BLOCKS 0x80u
#define PAGE_OF_NODES  0x81u

/* Where things are, in the two kinds of files (MS-PST sections 2.2.2.5 to 2.2.2.8). */
struct layout {
    unsigned
        root; /* where in the head the node tree's id is; its page, the block tree's id and page follow */
    unsigned number;  /* octets of an id or place */
    unsigned entries; /* where in a page their number is */
    unsigned trailer; /* of a page */
    unsigned block_trailer;
    unsigned crc; /* in either trailer */
};

static const struct layout narrow = {0xb8, 4, 496, 500, 12, 8}, wide = {0xd8, 8, 488, 496, 16, 4};

static const struct layout *layout_of(const struct pst_check *c)
{
    return c->wide ? &wide : &narrow;
}

static uint32_t u16(const unsigned char *p)
{
    return p[0] | (uint32_t)p[1] << 8;
}

static uint64_t number(const struct pst_check *c, const unsigned char *p)
{
    return c->wide ? pst_get_u64((const char *)p) : pst_get_u32((const char *)p);
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

static void note(struct pst_check *c, uint64_t at)
{
    if (!c->damaged++)
        c->first = at;
}

/* What refers to one place again and again is no tree. */
static bool get(struct pst_check *c, uint64_t at, void *dst, size_t len)
{
    c->read_octets += len;
    return c->read_octets <= 3 * c->file_octets + BLOCK_MAX && at < c->file_octets &&
           len <= c->file_octets - at && c->read(c->ctx, at, dst, len);
}

static void enter(struct pst_check *c, uint64_t at)
{
    const struct layout *l = layout_of(c);
    struct pst_check_page *p = &c->stack[c->level];
    if (c->level == PST_CHECK_LEVELS_MAX || !get(c, at, p->octets, PAGE)) {
        note(c, at);
        return;
    }
    const unsigned char *trailer = p->octets + l->trailer, *entries = p->octets + l->entries;
    unsigned kind = c->tree ? PAGE_OF_BLOCKS : PAGE_OF_NODES;
    if (trailer[0] != kind || trailer[1] != kind ||
        pst_get_u32((const char *)trailer + l->crc) != crc32_of(p->octets, l->trailer) || !entries[2] ||
        entries[0] * entries[2] > l->entries) {
        note(c, at);
        return;
    }
    p->next = 0;
    p->count = entries[0];
    c->level++;
}

static void look_at_block(struct pst_check *c, uint64_t at, size_t len)
{
    unsigned char octets[BLOCK_MAX];
    const struct layout *l = layout_of(c);
    size_t all = (len + l->block_trailer + 63) / 64 * 64;
    if (all > sizeof octets || !get(c, at, octets, all)) {
        note(c, at);
        return;
    }
    const unsigned char *trailer = octets + all - l->block_trailer;
    if (u16(trailer) != len || pst_get_u32((const char *)trailer + l->crc) != crc32_of(octets, len))
        note(c, at);
}

/* One entry of the page on top. */
static void next_entry(struct pst_check *c)
{
    const struct layout *l = layout_of(c);
    struct pst_check_page *p = &c->stack[c->level - 1];
    if (p->next == p->count) {
        c->level--;
        return;
    }
    unsigned size = p->octets[l->entries + 2], level = p->octets[l->entries + 3];
    const unsigned char *entry = p->octets + p->next++ * size;
    if (level) { /* key, id, place of a page below */
        if (size < 3 * l->number || c->stack[0].octets[l->entries + 3] != level + c->level - 1)
            note(c, 0);
        else
            enter(c, number(c, entry + 2 * l->number));
    } else if (c->tree) { /* id, place, length of a block */
        if (size >= 2 * l->number + 2)
            look_at_block(c, number(c, entry + l->number), u16(entry + 2 * l->number));
        else
            note(c, 0);
    }
}

void pst_check_init(struct pst_check *c, pst_check_read_fn *read, void *ctx, uint64_t file_octets)
{
    unsigned char head[HEAD];
    *c = (struct pst_check){.read = read, .ctx = ctx, .file_octets = file_octets, .tree = TREES};
    if (!get(c, 0, head, sizeof head)) {
        note(c, 0);
        return;
    }
    uint32_t version = u16(head + 10);
    c->wide = version == 23;
    c->unknown = !c->wide && version != 14 && version != 15;
    if (c->unknown)
        return;
    c->tree = 0;
    enter(c, number(c, head + layout_of(c)->root + layout_of(c)->number));
}

bool pst_check_step(struct pst_check *c)
{
    unsigned char head[HEAD];
    for (int i = 0; i < STEP && c->tree < TREES; i++) {
        if (c->level) {
            next_entry(c);
        } else if (++c->tree < TREES) {
            if (get(c, 0, head, sizeof head))
                enter(c, number(c, head + layout_of(c)->root + 3 * layout_of(c)->number));
            else
                note(c, 0);
        }
    }
    return c->tree < TREES;
}
