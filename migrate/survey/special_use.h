/* special_use.h - the destination's mailboxes for sent mail, drafts and the like (RFC 6154), whatever they
 * are called there: where such folders of a disk go.
 *
 * Only for a job whose folder template is {path} and nothing else, and only for folders on the upmost level
 * that there is: what lies deeper is the user's own order. */
#pragma once

#include "mail_role.h"
#include "session.h"

#define SPECIAL_USE_ROLES (MAIL_ROLE_ARCHIVE + 1)

struct special_use {
    char *paths[SPECIAL_USE_ROLES]; /* UTF-8, levels divided by "/"; NULL: no such mailbox. Owned */
    bool asked;                     /* the destination's mailboxes matter for this job */
    size_t depth;                   /* of the folders that may go there: so many "/" */
};

/* Waits; asks only where it may matter. *ret: special_use_done, also on failure. */
int special_use_find(struct session *s, struct special_use *ret, struct error *err);
/* May this folder go to one that the destination has for such mail? */
bool special_use_may(const struct special_use *u, const struct source_folder *folder);
/* NULL: the folder goes where its path says. */
const char *special_use_of(const struct special_use *u, const struct source_folder *folder);
void special_use_done(struct special_use *u);
