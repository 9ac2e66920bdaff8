/* dbx.h - Outlook Express 5 and 6: one .dbx file for each folder. There is no public specification; this is
 * what the files themselves show. Everything is little-endian:
 *
 *   0     magic CF AD 12 FE, then C5 FD 74 6F in a file with messages (C6 FD 74 6F: the tree of folders)
 *   0xC4  number of messages
 *   0xE4  offset of the index's root
 *
 * A node of the index: its own offset, 4 octets, its first child, its parent, 1 octet, the number of entries,
 * 2 octets, the number of values below the first child; then entries of 12 octets: a message's record, the
 * child behind it, the number of values there. A record: its own offset, its length, 2 octets, the number of
 * fields, 1 octet; then for each field the number (bit 7: the value itself) and 3 octets, the value or where
 * it stands behind the fields. Fields: 1 flags, 4 offset of the message, 0x12 when it was received (100 ns
 * since 1601). A message: blocks of its own offset, 4 octets, 2 octets of length, 2 octets, the next block;
 * then the text.
 *
 * All of it is bounded: each node and record is looked at once, a chain ends it ends, and
 * never beyond 2 GiB, which no such file is larger than. (Field 0x11 is a size, too, but real files have
 * others there than lie in the blocks.) */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DBX_READ 0x80u /* of flags: somebody has read it */

/* Exactly len octets from there; false: they are not there. */
typedef bool dbx_read_fn(void *ctx, uint64_t at, void *dst, size_t len);

enum dbx_kind {
    DBX_NONE,     /* no such file */
    DBX_MESSAGES, /* a folder of mail */
    DBX_OTHER,    /* of the tree of folders, offline work, message ids: no mail in it */
};
#define DBX_FRONT 8 /* octets by which it is told */
enum dbx_kind dbx_kind_of(const void *front, size_t len);

struct dbx_message {
    uint32_t record; /* where its record stands, for people */
    uint32_t at;     /* its first block; 0: there is no text */
    uint32_t flags;
    bool readable;      /* the record is one */
    bool branch;        /* not readable: no message, but a part of the index, with who knows how many */
    int64_t received_s; /* INT64_MIN: not told */
};

typedef void dbx_message_fn(void *ctx, const struct dbx_message *m);

/* Call fn for each message of the index, and for what is none of those that it names. Returns how many the
 * file's head claims, or -1 when it has no head.
 */
int64_t dbx_each(dbx_read_fn *read, void *ctx, dbx_message_fn *fn, void *fn_ctx);

#define DBX_BLOCK 16 /* octets of a block in front of its text */
struct dbx_block {
    uint64_t text;         /* offset of its octets */
    uint32_t octets, next; /* next: the block behind it; 0: none */
};
/* False: there is none at this place. */
bool dbx_block_at(dbx_read_fn *read, void *ctx, uint32_t at, struct dbx_block *ret);
