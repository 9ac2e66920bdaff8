/* heap.h - a binary heap of nodes that lie in their owners, the least key first. Zeroed is empty.
 *
 * A node knows its place, so that it can be taken out or get another key in O(log n). It is in one heap at
 * most; which one, its owner remembers. Nodes are borrowed and may not move while they are in a heap. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct heap_node {
    int64_t key;
    size_t pos;  /* the heap's */
    uint32_t id; /* the owner's */
};

struct heap {
    struct heap_node **nodes;
    size_t used, cap;
};

void heap_done(struct heap *h);
void heap_push(struct heap *h, struct heap_node *n);
void heap_remove(struct heap *h, struct heap_node *n);
void heap_update(struct heap *h, struct heap_node *n, int64_t key);

/* The least, or NULL. */
static inline struct heap_node *heap_top(const struct heap *h)
{
    return h->used ? h->nodes[0] : NULL;
}

/* Take the least out; only of a heap that is not empty. */
struct heap_node *heap_pop(struct heap *h);
