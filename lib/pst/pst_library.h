/* pst_library.h - an Outlook store read by libpff, which answers one request at a time. Only pst_process.c
 * calls this, in a process of its own: what a damaged or hostile file makes of the library stays there. */
#pragma once

#include "buf.h"
#include "pst_item.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PST_PROP_MAX  ((uint32_t)64 << 20) /* octets of a property; a larger one counts as lost */
#define PST_ITEM_MAX  ((size_t)256 << 20)  /* of an answer */
#define PST_FRONT_MAX 16384 /* of an attachment's data that come along with an S/MIME message */
#define PST_CHUNK_MAX ((uint32_t)1 << 20)

enum pst_request_kind {
    PST_REQUEST_STORE,   /* the store's own properties, and the id of the root folder */
    PST_REQUEST_FOLDER,  /* properties, ids of the folders in it, number of its messages */
    PST_REQUEST_LIST,    /* of the messages from `index`, at most `count`: of each 0 and its place where it
                            cannot    be had, or its id; whether it has which texts; properties */
    PST_REQUEST_MESSAGE, /* an item as pst_item_parse takes it */
    PST_REQUEST_DATA,    /* octets of an attachment's data, at most `count`, from `offset` */
};

struct pst_request {
    enum pst_request_kind kind;
    uint32_t id, index, count;
    uint64_t offset;
    uint32_t levels, path[PST_LEVELS_MAX + 1];
};

struct pst_library;

/* path: what is opened. Needs pst_library_open before any request. */
struct pst_library *pst_library_new(void);
void pst_library_free(struct pst_library *l);
/* False: *ret_why says what the library says. */
bool pst_library_open(struct pst_library *l, const char *path, struct buf *ret_why);
/* False: it cannot be had; the answer says why. */
bool pst_library_answer(struct pst_library *l, const struct pst_request *request, struct buf *ret);
