/* folder_paths.h - the folders of a source, as the destination can have them: what {path} stands for. */
#pragma once

#include "session.h"
#include "special_use.h"

struct folder_paths {
    const struct session *session;
    struct special_use special;
    char **paths; /* of the source's folders; made when first asked for */
    size_t count;
};

/* Waits; the inventory must be there. *ret: folder_paths_done, also on failure. */
int folder_paths_begin(struct session *s, struct folder_paths *ret, struct error *err);
/* The folder of an item; "": in none. A name that had to be changed is told in the log. */
const char *folder_paths_of(struct folder_paths *f, size_t item);
void folder_paths_done(struct folder_paths *f);
