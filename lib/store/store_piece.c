#include "store_piece.h"

#include "mem.h"
#include <stdlib.h>

void store_pieces_add(struct store_pieces *p, const struct store_piece *piece)
{
    if (!piece->text && piece->at == piece->end) {
        free(piece->path);
        return;
    }
    if (p->count % 16 == 0)
        p->all = mem_grow(p->all, p->count + 16, sizeof *p->all);
    p->all[p->count++] = *piece;
}

void store_pieces_done(struct store_pieces *p)
{
    for (size_t i = 0; i < p->count; i++) {
        free(p->all[i].text);
        free(p->all[i].path);
    }
    free(p->all);
    *p = (struct store_pieces){0};
}
