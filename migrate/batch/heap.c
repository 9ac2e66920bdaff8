#include "heap.h"

#include "mem.h"
#include <stdlib.h>

void heap_done(struct heap *h)
{
    free(h->nodes);
    *h = (struct heap){0};
}

static void put(struct heap *h, size_t pos, struct heap_node *n)
{
    h->nodes[pos] = n;
    n->pos = pos;
}

static void sift_up(struct heap *h, struct heap_node *n)
{
    size_t pos = n->pos;
    for (; pos && n->key < h->nodes[(pos - 1) / 2]->key; pos = (pos - 1) / 2)
        put(h, pos, h->nodes[(pos - 1) / 2]);
    put(h, pos, n);
}

static void sift_down(struct heap *h, struct heap_node *n)
{
    size_t pos = n->pos, child;
    for (; (child = 2 * pos + 1) < h->used; pos = child) {
        if (child + 1 < h->used && h->nodes[child + 1]->key < h->nodes[child]->key)
            child++;
        if (n->key <= h->nodes[child]->key)
            break;
        put(h, pos, h->nodes[child]);
    }
    put(h, pos, n);
}

void heap_push(struct heap *h, struct heap_node *n)
{
    if (h->used == h->cap) {
        h->cap = h->cap ? 2 * h->cap : 8;
        h->nodes = mem_grow(h->nodes, h->cap, sizeof(struct heap_node *));
    }
    put(h, h->used++, n);
    sift_up(h, n);
}

void heap_update(struct heap *h, struct heap_node *n, int64_t key)
{
    n->key = key;
    sift_up(h, n);
    sift_down(h, n);
}

void heap_remove(struct heap *h, struct heap_node *n)
{
    struct heap_node *last = h->nodes[--h->used];
    if (last == n)
        return;
    put(h, n->pos, last);
    sift_up(h, last);
    sift_down(h, last);
}

struct heap_node *heap_pop(struct heap *h)
{
    struct heap_node *n = h->nodes[0];
    heap_remove(h, n);
    return n;
}
