/* dialog_file.h - a dialog as a list of steps. One step per line of the file:
 *
 *   # comment             and blank lines
 *   @ words               something the caller of the engine does
 *   C: text / C- text     bytes the client must send, with / without CRLF
 *   C# n                  n times the letter x, sent by the client
 *   S: text / S- text     bytes the server sends, with / without CRLF; consecutive S lines are one write
 *   E: text               one callback of the engine
 *
 * In C and S text: \r \n \t \\ \" \xHH; another backslash is an error. */
#pragma once

#include "buf.h"
#include <stdbool.h>

enum dialog_kind {
    DIALOG_DO,
    DIALOG_CLIENT,
    DIALOG_SERVER,
    DIALOG_EVENT,
};

struct dialog_step {
    enum dialog_kind kind;
    int line;
    struct buf text; /* owned */
};

struct dialog {
    const char *path;
    struct dialog_step *steps; /* owned */
    size_t count;
};

/* -1 after a message on stderr. */
int dialog_read(struct dialog *d, const char *path);
void dialog_done(struct dialog *d);

/* Undo escapes of s up to len, append to out. false: one is unknown. */
bool dialog_unescape(struct buf *out, const char *s, size_t len);
/* The way back; also for quotes. */
void dialog_escape(struct buf *out, const char *s, size_t len);
