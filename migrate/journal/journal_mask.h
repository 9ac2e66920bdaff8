/* journal_mask.h - what must not stand in a log, taken out of a text before it is written. Pure.
 *
 * Always: the secrets it was told of, as they are and in base64 at any alignment (so also inside SASL's
 * PLAIN, XOAUTH2 and the like), become "***". Nothing that popferry logs holds a secret; this is a second
 * fence. With privacy also: the account names it was told of become their alias, user names "[account]", and
 * whatever looks like an e-mail address "[address]". Rather too much is taken out than too little.
 *
 * One thread. */
#pragma once

#include <stdbool.h>

struct journal_mask;

struct journal_mask *journal_mask_new(bool privacy);
void journal_mask_free(struct journal_mask *m); /* wipes the secrets; NULL is fine */

/* Copied. NULL or shorter than 4 octets: nothing happens, since three stars in the middle of common words
 * would tell such a secret rather than hide it. */
void journal_mask_secret(struct journal_mask *m, const char *secret);

/* Copied. Only with privacy; a user name counts from 3 octets. */
void journal_mask_account(struct journal_mask *m, const char *name, const char *alias);
void journal_mask_user(struct journal_mask *m, const char *user);

/* A copy of the text without all that, valid UTF-8 without control characters. Caller frees. */
char *journal_mask_apply(const struct journal_mask *m, const char *text);
