#include "mbox_open.h"

#include "mbox_from.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

#define DEPTH 32

struct part {
    size_t owner;
    size_t told; /* up to here is known to be within it */
    char boundary[MBOX_BOUNDARY_MAX];
};

struct length {
    size_t owner;
    uint64_t end;
};

struct mbox_open {
    struct part parts[DEPTH];
    struct length lengths[DEPTH];
    size_t included[DEPTH];
    size_t part_count, length_count, included_count;
};

struct mbox_open *mbox_open_new(void)
{
    return mem_alloc(sizeof(struct mbox_open));
}

void mbox_open_free(struct mbox_open *o)
{
    free(o);
}

/* Room for one more of such a list: the oldest goes if there is none. */
static size_t slot(void *list, size_t *count, size_t size)
{
    if (*count == DEPTH) {
        memmove(list, (char *)list + size, (DEPTH - 1) * size);
        --*count;
    }
    return (*count)++;
}

/* ---- multiparts ---- */
static void drop_part(struct mbox_open *o, size_t i)
{
    memmove(&o->parts[i], &o->parts[i + 1], (o->part_count - i - 1) * sizeof *o->parts);
    o->part_count--;
}

void mbox_open_multipart(struct mbox_open *o, size_t owner, const char *boundary)
{
    for (size_t i = o->part_count; i-- > 0;)
        if (!strcmp(o->parts[i].boundary, boundary))
            drop_part(o, i);
    if (!*boundary || strlen(boundary) >= MBOX_BOUNDARY_MAX)
        return;
    struct part *p = &o->parts[slot(o->parts, &o->part_count, sizeof *o->parts)];
    p->owner = owner;
    p->told = owner + 1;
    memcpy(p->boundary, boundary, strlen(boundary) + 1);
}

void mbox_open_declared(struct mbox_open *o, size_t newest, const char *line, size_t len)
{
    for (size_t i = o->part_count; i-- > 0;)
        if (o->parts[i].owner < newest &&
            memmem(line, len, o->parts[i].boundary, strlen(o->parts[i].boundary)))
            drop_part(o, i);
}

bool mbox_open_boundary(struct mbox_open *o, const char *line, size_t len, size_t count, size_t *ret_first)
{
    for (size_t i = o->part_count; i-- > 0;) {
        int kind = mbox_from_boundary(line, len, o->parts[i].boundary);
        if (!kind)
            continue;
        *ret_first = o->parts[i].told;
        o->parts[i].told = count;
        o->part_count = i + (kind == 1);
        return true;
    }
    return false;
}

/* ---- lengths ---- */
void mbox_open_length(struct mbox_open *o, size_t owner, uint64_t end)
{
    o->lengths[slot(o->lengths, &o->length_count, sizeof *o->lengths)] = (struct length){owner, end};
}

bool mbox_open_lands(struct mbox_open *o, uint64_t at, uint64_t blank, size_t *ret_owner)
{
    size_t kept = 0;
    bool landed = false;
    for (size_t i = 0; i < o->length_count && !landed; i++) {
        landed = o->lengths[i].end == at || o->lengths[i].end == at - blank;
        if (landed)
            *ret_owner = o->lengths[i].owner;
        else if (o->lengths[i].end > at)
            o->lengths[kept++] = o->lengths[i];
    }
    o->length_count = kept;
    return landed;
}

/* ---- included messages ---- */
void mbox_open_included(struct mbox_open *o, size_t owner)
{
    o->included[slot(o->included, &o->included_count, sizeof *o->included)] = owner;
}

bool mbox_open_included_end(struct mbox_open *o, size_t *ret_owner)
{
    if (!o->included_count)
        return false;
    *ret_owner = o->included[--o->included_count];
    return true;
}
