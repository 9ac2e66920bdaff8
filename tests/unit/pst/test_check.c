/* pst_check.h: what rests on a damaged place is known, in small files made here. */
#include "buf.h"
#include "check.h"
#include "mem.h"
#include "pst_check.h"
#include <string.h>

#define STORE    0x21u
#define FOLDER   0x8022u
#define FOLDERS  (FOLDER - PST_NODE_FOLDER + PST_NODE_FOLDERS_OF)
#define MESSAGES (FOLDER - PST_NODE_FOLDER + PST_NODE_MESSAGES_OF)
#define SMALL    0x200024u /* a message of one block */
#define LARGE    0x200044u /* one whose data are of several, with an attachment below it */
#define STRAY    0x200064u /* one in a folder that is not there */

#define PLACES 32

struct image {
    bool wide;
    unsigned char octets[32768];
    size_t len;
    struct {
        uint64_t id, at;
        size_t len;
    } blocks[PLACES];
    size_t count;
};

static void put(struct image *im, size_t at, uint64_t number, unsigned octets)
{
    for (unsigned i = 0; i < octets; i++)
        im->octets[at + i] = (unsigned char)(number >> 8 * i);
}

/* As section 5.3 has it, bit by bit. */
static uint32_t crc_of(const unsigned char *p, size_t len)
{
    uint32_t crc = 0;
    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
    }
    return crc;
}

static unsigned size_of(const struct image *im)
{
    return im->wide ? 8 : 4;
}

static void put_block(struct image *im, uint64_t id, const void *data, size_t len)
{
    unsigned trailer = im->wide ? 16 : 12;
    size_t all = (len + trailer + 63) / 64 * 64, end = im->len + all - trailer;
    memcpy(im->octets + im->len, data, len);
    put(im, end, len, 2);
    put(im, end + (im->wide ? 4 : 8), crc_of(im->octets + im->len, len), 4);
    put(im, end + (im->wide ? 8 : 4), id, size_of(im));
    im->blocks[im->count].id = id;
    im->blocks[im->count].at = im->len;
    im->blocks[im->count++].len = len;
    im->len += all;
}

/* Ids of others, as a block holds them: of data (head 1), or of what is below a node (head 2). */
static void put_list(struct image *im, uint64_t id, unsigned head, unsigned level, unsigned count,
    const uint64_t *numbers, unsigned each)
{
    unsigned char data[256] = {(unsigned char)head, (unsigned char)level, (unsigned char)count};
    size_t len = head == 2 && !im->wide ? 4 : 8;
    for (unsigned i = 0; i < count * each; i++)
        for (unsigned n = 0; n < size_of(im); n++)
            data[len++] = (unsigned char)(numbers[i] >> 8 * n);
    put_block(im, id, data, len);
}

/* A page of entries that are there already; returns where it is. */
static uint64_t put_page(
    struct image *im, unsigned kind, uint64_t id, unsigned count, unsigned size, unsigned level)
{
    size_t at = im->len, entries = at + (im->wide ? 488 : 496), trailer = at + (im->wide ? 496 : 500);
    im->octets[entries] = (unsigned char)count;
    im->octets[entries + 1] = (unsigned char)count;
    im->octets[entries + 2] = (unsigned char)size;
    im->octets[entries + 3] = (unsigned char)level;
    im->octets[trailer] = im->octets[trailer + 1] = (unsigned char)kind;
    put(im, trailer + (im->wide ? 4 : 8), crc_of(im->octets + at, trailer - at), 4);
    put(im, trailer + (im->wide ? 8 : 4), id, size_of(im));
    im->len += 512;
    return at;
}

static void put_node(struct image *im, unsigned i, uint32_t id, uint64_t data, uint64_t sub, uint32_t parent)
{
    unsigned n = size_of(im);
    size_t at = im->len + i * 4 * n;
    put(im, at, id, n);
    put(im, at + n, data, n);
    put(im, at + 2 * n, sub, n);
    put(im, at + 3 * n, parent, 4);
}

static uint64_t put_nodes(struct image *im)
{
    put_node(im, 0, STORE, 0x4, 0, 0);
    put_node(im, 1, FOLDER, 0x8, 0, 0x122);
    put_node(im, 2, FOLDERS, 0xc, 0, 0);
    put_node(im, 3, MESSAGES, 0x10, 0, 0);
    put_node(im, 4, SMALL, 0x14, 0, FOLDER);
    put_node(im, 5, LARGE, 0x3a, 0x36, FOLDER);
    put_node(im, 6, STRAY, 0x18, 0, 0x9002);
    return put_page(im, 0x81, 0x102, 7, 4 * size_of(im), 0);
}

/* The tree of blocks has two levels. */
static uint64_t put_blocks(struct image *im)
{
    unsigned n = size_of(im), size = 2 * n + 4;
    uint64_t leaves[2];
    size_t half = im->count / 2;
    for (unsigned leaf = 0; leaf < 2; leaf++) {
        size_t from = leaf ? half : 0, to = leaf ? im->count : half;
        for (size_t i = from; i < to; i++) {
            size_t at = im->len + (i - from) * size;
            put(im, at, im->blocks[i].id, n);
            put(im, at + n, im->blocks[i].at, n);
            put(im, at + 2 * n, im->blocks[i].len, 2);
        }
        leaves[leaf] = put_page(im, 0x80, 0x106 + 4 * leaf, (unsigned)(to - from), size, 0);
    }
    for (unsigned leaf = 0; leaf < 2; leaf++) {
        put(im, im->len + leaf * 3 * n, im->blocks[leaf ? half : 0].id, n);
        put(im, im->len + leaf * 3 * n + n, 0x106 + 4 * leaf, n);
        put(im, im->len + leaf * 3 * n + 2 * n, leaves[leaf], n);
    }
    return put_page(im, 0x80, 0x10e, 2, 3 * n, 1);
}

/* Blocks in the order of their ids. The large message: data of two levels of lists, and an attachment. */
static void make(struct image *im, bool is_wide)
{
    static const uint64_t first[] = {0x1c, 0x20}, second[] = {0x24}, both[] = {0x2a, 0x2e};
    static const uint64_t attached[] = {0x671, 0x28, 0}, below[] = {0x671, 0x32};
    *im = (struct image){.wide = is_wide, .len = 1024};
    static const char *const words[] = {"store", "folder", "folders", "messages", "small", "stray", "large 1",
        "large 2", "large 3", "attached"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        put_block(im, 4 + 4 * i, words[i], strlen(words[i]));
    put_list(im, 0x2a, 1, 1, 2, first, 1);
    put_list(im, 0x2e, 1, 1, 1, second, 1);
    put_list(im, 0x32, 2, 0, 1, attached, 3);
    put_list(im, 0x36, 2, 1, 1, below, 2);
    put_list(im, 0x3a, 1, 2, 2, both, 1);
    uint64_t nodes = put_nodes(im), blocks = put_blocks(im);
    memcpy(im->octets, "!BDN", 4);
    put(im, 10, is_wide ? 23 : 14, 2);
    size_t root = is_wide ? 0xd8 : 0xb8;
    put(im, root, 0x102, size_of(im));
    put(im, root + size_of(im), nodes, size_of(im));
    put(im, root + 2 * size_of(im), 0x10e, size_of(im));
    put(im, root + 3 * size_of(im), blocks, size_of(im));
}

static bool read_image(void *ctx, uint64_t at, void *dst, size_t len)
{
    const struct image *im = ctx;
    if (at > im->len || len > im->len - at)
        return false;
    memcpy(dst, im->octets + at, len);
    return true;
}

static void walk(struct image *im, struct pst_check *c)
{
    pst_check_init(c, read_image, im, im->len);
    while (pst_check_step(c))
        ;
}

static const uint32_t ids[] = {STORE, FOLDER, FOLDERS, MESSAGES, SMALL, LARGE, STRAY};
#define IDS (sizeof ids / sizeof *ids)

static unsigned whole_ones(struct image *im)
{
    struct pst_check c CLEANUP(pst_check_done) = {0};
    unsigned bits = 0;
    walk(im, &c);
    for (unsigned i = 0; i < IDS; i++)
        bits |= (unsigned)pst_check_is_whole(&c, ids[i]) << i;
    return bits;
}

static void test_whole(void)
{
    for (int is_wide = 0; is_wide < 2; is_wide++) {
        struct image im;
        struct pst_check c CLEANUP(pst_check_done) = {0};
        make(&im, is_wide);
        walk(&im, &c);
        CHECK(!c.damaged && !c.unknown && !c.nodes_damaged);
        CHECK_INT(whole_ones(&im), (1 << IDS) - 1);
        CHECK_INT(c.stray, 1);
        CHECK_INT(pst_check_unlisted(&c, FOLDER), 2);
        pst_check_list(&c, LARGE);
        pst_check_list(&c, LARGE);
        CHECK_INT(pst_check_unlisted(&c, FOLDER), 1);
        pst_check_list(&c, STRAY);
        CHECK_INT(c.stray, 0);
    }
}

/* Which of the ids rest on a block? */
static unsigned on_block(uint64_t id)
{
    static const struct {
        uint64_t first, last;
        unsigned node;
    } blocks[] = {{0x4, 0x4, 0}, {0x8, 0x8, 1}, {0xc, 0xc, 2}, {0x10, 0x10, 3}, {0x14, 0x14, 4},
        {0x18, 0x18, 6}, {0x1c, 0x3a, 5}};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++)
        if (blocks[i].first <= id && id <= blocks[i].last)
            return 1u << blocks[i].node;
    return 0;
}

/* Each octet of each block, one after the other: what rests on it, and nothing else, is no longer whole. */
static void test_each_octet(void)
{
    unsigned all = (1u << IDS) - 1;
    for (int is_wide = 0; is_wide < 2; is_wide++) {
        struct image im;
        make(&im, is_wide);
        for (size_t i = 0; i < im.count; i++)
            for (size_t at = 0; at < im.blocks[i].len; at++) {
                im.octets[im.blocks[i].at + at] ^= 0x10;
                unsigned whole = whole_ones(&im);
                im.octets[im.blocks[i].at + at] ^= 0x10;
                if (whole != (all & ~on_block(im.blocks[i].id)))
                    CHECK_INT(whole, all & ~on_block(im.blocks[i].id));
            }
        CHECK_INT(whole_ones(&im), all);
    }
}

/* Each octet of the pages: all is as it was, or something is no longer whole; nothing becomes something else.
 */
static void test_pages(void)
{
    for (int is_wide = 0; is_wide < 2; is_wide++) {
        struct image im;
        make(&im, is_wide);
        size_t pages = im.len - 4 * 512, trailer = is_wide ? 496 : 500, silent = 0;
        for (size_t at = pages; at < im.len; at++) {
            im.octets[at] ^= 0x01;
            struct pst_check c CLEANUP(pst_check_done) = {0};
            walk(&im, &c);
            im.octets[at] ^= 0x01;
            silent += !c.damaged && (at - pages) % 512 < trailer;
        }
        CHECK_INT(silent, 0);
        for (size_t cut = 0; cut < im.len; cut += 7) {
            struct image part = im;
            part.len = cut;
            CHECK(whole_ones(&part) != (1u << IDS) - 1 || cut < 12);
        }
    }
}

/* Another block of the same length, whole in itself, where one should be. */
static void test_another_block(void)
{
    struct image im;
    make(&im, true);
    memcpy(im.octets + im.blocks[4].at, im.octets + im.blocks[5].at, 64); /* "stray" over "small" */
    CHECK_INT(whole_ones(&im), ((1u << IDS) - 1) & ~(1u << 4));
}

/* A list that holds its own id: an end. */
static void test_circle(void)
{
    static const uint64_t circle[] = {0x3a, 0x3a, 0x3a, 0x3a, 0x3a, 0x3a, 0x3a, 0x3a};
    struct image im;
    make(&im, true);
    im.octets[im.blocks[0].at] ^= 1; /* or nothing would be followed */
    im.len -= 4 * 512;
    memset(im.octets + im.len, 0, 4 * 512);
    im.len = im.blocks[--im.count].at;
    memset(im.octets + im.len, 0, 1024);
    put_list(&im, 0x3a, 1, 2, 8, circle, 1);
    uint64_t nodes = put_nodes(&im), blocks = put_blocks(&im);
    put(&im, 0xd8 + 8, nodes, 8);
    put(&im, 0xd8 + 24, blocks, 8);
    CHECK_INT(whole_ones(&im), ((1u << IDS) - 1) & ~(1u << 5) & ~1u);
}

static void test_unknown(void)
{
    struct image im;
    make(&im, true);
    put(&im, 10, 36, 2);
    struct pst_check c CLEANUP(pst_check_done) = {0};
    walk(&im, &c);
    CHECK(c.unknown && !c.damaged && pst_check_is_whole(&c, SMALL));
}

int main(void)
{
    static const struct check_test tests[] = {{"what is whole", test_whole},
        {"each octet of blocks", test_each_octet}, {"pages, and files cut short", test_pages},
        {"another block", test_another_block}, {"a circle", test_circle}, {"pages of 4 KiB", test_unknown}};
    return check_main("pst-check", tests, sizeof tests / sizeof *tests);
}
