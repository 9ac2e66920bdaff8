/* nearest.h - of the words there are, those that somebody may have meant by one that there is not. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define NEAREST_MAX 3

struct nearest {
    const char *word; /* that was typed */
    const char *found[NEAREST_MAX];
    size_t count;
    unsigned distance; /* of those found */
};

/* How many letters to add, leave out, replace or exchange with their neighbours; beginning with what was
 * typed counts as one. */
unsigned nearest_distance(const char *typed, const char *word);

/* Offer a word: kept if it is as near as those before (at most NEAREST_MAX, in the order offered), or nearer;
 * never if more than a third of the letters differ. A zeroed one with .word set is empty. */
void nearest_offer(struct nearest *n, const char *word);

/* "; did you mean --from or --format?" with the prefix before each; "" if none is near. Owned by the caller.
 */
char *nearest_words(const struct nearest *n, const char *prefix);
