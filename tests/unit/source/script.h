/* script.h - a POP3 server of a few fixed answers, in memory: commands are pulled from the source, answers
 * fed back in pieces of any size. */
#pragma once

#include "buf.h"
#include "source.h"

#define CAPA_ALL "+OK\nTOP\nUIDL\nPIPELINING\n.\n"

/* A source_done_fn that counts; its ctx. */
struct done {
    unsigned calls;
    struct error error; /* of the last; code 0: none */
};
void script_done_fn(void *done, const struct error *error);

/* A POP3 source as it is by default. */
struct source *script_source(void);

/* What a command is answered; the first row whose command is a prefix of the line counts. A command without a
 * row is answered -ERR. LF stands for CR LF. */
struct script_row {
    const char *command, *answer;
};

struct script {
    const struct script_row *rows; /* ended by a NULL command */
    /* Where the stream of answers is cut in two; SIZE_MAX: octet by octet. */
    size_t cut;
    size_t fed;
    struct buf said;  /* what the client said, "|" for each line end */
    struct buf ahead; /* its unfinished line */
};

/* Until the source has nothing to say any more and all answers are fed. -1: source_feed's error. */
int script_run(struct script *sc, struct source *s, struct error *err);

/* Octets of answers that are not fed any more once `last` of them were: the connection stands still there. */
int script_run_until(struct script *sc, struct source *s, size_t last, struct error *err);

void script_done(struct script *sc);
