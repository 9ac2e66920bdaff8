#include "dbx.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define HEAD       0xe8 /* octets of the file's head that are looked at */
#define COUNT_AT   0xc4
#define ROOT_AT    0xe4
#define NODE       24
#define ENTRY      12
#define ENTRIES    255
#define RECORD     12
#define FIELDS     255
#define DEPTH_MAX  64
#define NODES_MAX  4000000 /* a file has 2 GiB at most, and a node 24 octets and more */
#define BROKEN_MAX 100000  /* records and nodes that are none, until the rest is given up */
#define FILETIME_S 11644473600

enum {
    FIELD_FLAGS = 1,
    FIELD_TEXT = 4,
    FIELD_RECEIVED = 0x12,
};

static uint32_t u32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

enum dbx_kind dbx_kind_of(const void *front, size_t len)
{
    if (len < DBX_FRONT || memcmp(front, "\xcf\xad\x12\xfe", 4) != 0)
        return DBX_NONE;
    return !memcmp((const char *)front + 4, "\xc5\xfd\x74\x6f", 4) ? DBX_MESSAGES : DBX_OTHER;
}

/* Offsets that were looked at. */
struct offsets {
    uint32_t *slots;  /* 0: free */
    size_t used, cap; /* cap: a power of two */
};

static bool offsets_put(uint32_t *slots, size_t cap, uint32_t at)
{
    size_t i = (size_t)(at * 2654435761u) & (cap - 1);
    while (slots[i] && slots[i] != at)
        i = (i + 1) & (cap - 1);
    bool fresh = !slots[i];
    slots[i] = at;
    return fresh;
}

static bool offsets_add(struct offsets *o, uint32_t at)
{
    if (o->used * 2 >= o->cap) {
        size_t cap = o->cap ? o->cap * 2 : 1024;
        uint32_t *slots = mem_array(cap, sizeof *slots);
        for (size_t i = 0; i < o->cap; i++)
            if (o->slots[i])
                offsets_put(slots, cap, o->slots[i]);
        free(o->slots);
        o->slots = slots;
        o->cap = cap;
    }
    bool fresh = offsets_put(o->slots, o->cap, at);
    o->used += fresh;
    return fresh;
}

struct walk {
    dbx_read_fn *read;
    void *ctx;
    dbx_message_fn *fn;
    void *fn_ctx;
    struct offsets seen; /* nodes and records */
    size_t nodes, broken;
};

static void broken(struct walk *w, uint32_t at, bool branch)
{
    if (++w->broken <= BROKEN_MAX)
        w->fn(w->fn_ctx,
            &(struct dbx_message){
                .record = at, .branch = branch || w->broken == BROKEN_MAX, .received_s = INT64_MIN});
}

/* ---- records ---- */
struct field {
    bool there, direct;
    uint32_t value; /* or where it stands */
};

static struct field field_of(const unsigned char *fields, size_t count, uint32_t data, unsigned number)
{
    for (size_t i = 0; i < count; i++) {
        const unsigned char *f = fields + 4 * i;
        uint32_t value = (uint32_t)f[1] | (uint32_t)f[2] << 8 | (uint32_t)f[3] << 16;
        bool direct = (f[0] & 0x80) != 0;
        if ((f[0] & 0x7f) == number)
            return (struct field){.there = true, .direct = direct, .value = direct ? value : data + value};
    }
    return (struct field){0};
}

static bool number_of(const struct walk *w, struct field f, uint32_t *ret)
{
    unsigned char octets[4];
    if (!f.there)
        return false;
    if (f.direct) {
        *ret = f.value;
        return true;
    }
    if (!w->read(w->ctx, f.value, octets, sizeof octets))
        return false;
    *ret = u32(octets);
    return true;
}

static int64_t time_of(const struct walk *w, struct field f)
{
    unsigned char octets[8];
    if (!f.there || f.direct || !w->read(w->ctx, f.value, octets, sizeof octets))
        return INT64_MIN;
    uint64_t t = u32(octets) | (uint64_t)u32(octets + 4) << 32;
    return t ? (int64_t)(t / 10000000) - FILETIME_S : INT64_MIN;
}

static void one_record(struct walk *w, uint32_t at)
{
    unsigned char head[RECORD], fields[4 * FIELDS];
    if (!w->read(w->ctx, at, head, sizeof head) || u32(head) != at ||
        !w->read(w->ctx, (uint64_t)at + RECORD, fields, 4u * head[10])) {
        broken(w, at, false);
        return;
    }
    struct dbx_message m = {.record = at, .readable = true};
    size_t n = head[10];
    uint32_t data = at + RECORD + 4 * (uint32_t)n;
    if (!number_of(w, field_of(fields, n, data, FIELD_TEXT), &m.at))
        m.at = 0;
    if (!number_of(w, field_of(fields, n, data, FIELD_FLAGS), &m.flags))
        m.flags = 0;
    m.received_s = time_of(w, field_of(fields, n, data, FIELD_RECEIVED));
    w->fn(w->fn_ctx, &m);
}

/* ---- the index ---- */
static void one_node(struct walk *w, uint32_t at, unsigned depth)
{
    unsigned char head[NODE], entries[ENTRY * ENTRIES];
    if (!at || w->broken >= BROKEN_MAX)
        return;
    if (depth > DEPTH_MAX || w->nodes++ > NODES_MAX || !offsets_add(&w->seen, at) ||
        !w->read(w->ctx, at, head, sizeof head) || u32(head) != at ||
        !w->read(w->ctx, (uint64_t)at + NODE, entries, (size_t)ENTRY * head[17])) {
        broken(w, at, true);
        return;
    }
    one_node(w, u32(head + 8), depth + 1);
    for (size_t i = 0; i < head[17] && w->broken < BROKEN_MAX; i++) {
        const unsigned char *e = entries + ENTRY * i;
        if (u32(e) && offsets_add(&w->seen, u32(e)))
            one_record(w, u32(e));
        one_node(w, u32(e + 4), depth + 1);
    }
}

int64_t dbx_each(dbx_read_fn *read, void *ctx, dbx_message_fn *fn, void *fn_ctx)
{
    unsigned char head[HEAD];
    if (!read(ctx, 0, head, sizeof head) || dbx_kind_of(head, sizeof head) != DBX_MESSAGES)
        return -1;
    struct walk w = {.read = read, .ctx = ctx, .fn = fn, .fn_ctx = fn_ctx};
    one_node(&w, u32(head + ROOT_AT), 0);
    free(w.seen.slots);
    return u32(head + COUNT_AT);
}

bool dbx_block_at(dbx_read_fn *read, void *ctx, uint32_t at, struct dbx_block *ret)
{
    unsigned char head[DBX_BLOCK];
    if (!at || !read(ctx, at, head, sizeof head) || u32(head) != at)
        return false;
    *ret = (struct dbx_block){.text = (uint64_t)at + DBX_BLOCK,
        .octets = (uint32_t)head[8] | (uint32_t)head[9] << 8,
        .next = u32(head + 12)};
    return ret->octets > 0;
}
