/* verify_print.h - what verify and delete print alike: the list of what needs attention, the proofs, JSON. */
#pragma once

#include "migrate.h"
#include "print.h"

/* Messages to be listed at the end, kept as copies. Zeroed is empty. */
struct verify_list {
    struct verify_list_entry *entries;
    size_t count, cap;
};

void verify_list_add(struct verify_list *l, const struct verify_message *m);
void verify_list_done(struct verify_list *l);
/* "title (N):" and one message after the other; nothing when there is none. */
void verify_list_print(FILE *out, const struct verify_list *l, const char *title);

/* The two lines that say what was compared. */
void verify_print_sides(FILE *out, const struct job *job, const struct verification *v);
/* "  what      N more", unless N is 0. */
void verify_print_line(FILE *out, const char *what, uint64_t n, const char *more);
/* How many agree, by proof, and what does not. */
void verify_print_counts(FILE *out, const struct verification *v);
/* One message on a line, for --verbose and lists of what would go. */
void verify_print_message(FILE *out, const struct verify_message *m);

/* A message of a stream (print.h), with its proof. */
void verify_print_json_message(struct print_stream *p, const struct verify_message *m);
json_t *verify_print_json(const struct verification *v);
