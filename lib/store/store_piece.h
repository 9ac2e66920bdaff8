/* store_piece.h - a message as what it is put together from, in order: runs of its own file, other files, and
 * text between them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORE_PIECES_MAX 3000 /* of one message */

struct store_piece {
    char *text; /* not NULL: this, and nothing of a file */
    char *path; /* NULL: the file that the message lies in */
    uint64_t at, end;
    bool unstuff;    /* one "." goes off each line that begins with ".." */
    bool whole_line; /* its last line gets an end, if it has none */
    unsigned width;  /* octets that are written as base64, with so many digits in a line; 0: they are not */
    bool last_end;   /* and with an end of the last line */
};

struct store_pieces {
    struct store_piece *all;
    size_t count;
};

/* Takes over text and path. An empty run is left out. */
void store_pieces_add(struct store_pieces *p, const struct store_piece *piece);
void store_pieces_done(struct store_pieces *p);
