/* print.h - what is printed: aligned text, or JSON with a schema version (see popferry(1)). */
#pragma once

#include "job.h"
#include "ledger_balance.h"
#include "outcome.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define PRINT_JSON_SCHEMA 2

/* s padded to width columns (East Asian wide characters count 2), cut with "…" when longer. */
void print_cell(FILE *out, const char *s, int width);
/* "2024-05-31", "-" if unknown; returns dst. */
char *print_date(char *dst, size_t cap, int64_t date_s);
/* from ..., subject "..."; of a message whose header was not read, that. Owned by the caller. */
char *print_who(const char *from, const char *subject);
/* "2024-05-31T12:00:00Z" for JSON; null if unknown. */
json_t *print_json_time(int64_t date_s);
/* "https" style account names: who is moved where. */
json_t *print_json_job(const struct job *job);
json_t *print_json_alerts(const struct alerts *a); /* an array of texts */
json_t *print_json_error(const struct error *err); /* null when code is 0 */

/* A whole document, indented: what every document begins with, then the members of content, an object;
 * consumed. command NULL: null. */
void print_json_document(FILE *out, const char *command, json_t *content);

/* One message as a JSON object. */
json_t *print_json_message(const struct outcome_message *m);

/* A JSON document whose messages are too many to be held: opened, messages added one by one, closed with the
 * rest. */
struct print_stream {
    FILE *out;
    bool any;
};
void print_stream_open(struct print_stream *p, FILE *out, const char *command, const struct job *job);
/* With dated_now, which only a migration and its plan tell. */
void print_stream_message(struct print_stream *p, const struct outcome_message *m);
/* A message with more members than those of print_json_message; consumed. */
void print_stream_object(struct print_stream *p, json_t *object);
/* rest: an object whose members come after the messages; consumed. */
void print_stream_close(struct print_stream *p, json_t *rest);

/* planned: what would be copied. */
json_t *print_json_outcome(const struct outcome *o, bool planned);
/* Each with messages and octets, by the names of ledger_source.h and ledger_balance.h; of a source that
 * nobody has looked at, null. */
/* "  left out as asked   3   1 in the trash, 2 older than --since"; nothing where none were. */
void print_left_out(FILE *out, uint64_t count, const struct ledger_amount left[LEDGER_LEFTS]);
json_t *print_json_left(const struct ledger_amount left[LEDGER_LEFTS]);
json_t *print_json_balance(const struct ledger_balance *b);
json_t *print_json_source(const struct ledger_source *s);
/* Messages by state, each under its name. */
json_t *print_json_states(const uint64_t n[LEDGER_STATES]);
json_t *print_json_built(const uint64_t n[LEDGER_CLASSES]); /* by class */

/* "  WHAT           VALUE": what is at most 14 columns of the screen. */
void print_labelled(FILE *out, const char *what, const char *value);
