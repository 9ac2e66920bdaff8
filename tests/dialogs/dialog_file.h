/* dialog_file.h - a protocol dialog as a text file, read as a list of steps. One step per line of the file:
 *
 *   # comment             and blank lines
 *   @ words               something the caller of the engine does, in the runner's words
 *   C: text / C- text     bytes the client must send, with / without CR LF
 *   S: text / S- text     bytes the server sends, with / without CR LF
 *   C# n / S# n           n times the letter x
 *   E: words              one event of the engine, as the runner words it
 *
 * In C and S text: \r \n \t \\ \" \xHH; another backslash is an error. Consecutive S lines (comments between
 * them do not count) are one step: one write of the server. The words of @ and E are kept as they stand;
 * where a runner puts bytes between quotes there, they are escaped in the same way. */
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
    int line;        /* in the file, from 1; of a write its first */
    struct buf text; /* owned */
};

struct dialog {
    const char *path;          /* as given */
    struct dialog_step *steps; /* owned */
    size_t count;              /* > 0 once read */
};

/* -1 after a message on stderr: not readable, not in this format, or without any step. dialog_done is due in
 * either case. */
int dialog_read(struct dialog *d, const char *path);
void dialog_done(struct dialog *d);

/* Undo the escapes of s up to len, append to out. false: one is unknown. */
bool dialog_unescape(struct buf *out, const char *s, size_t len);
/* The way back: valid UTF-8 stays, control characters and other bytes become escapes. */
void dialog_escape(struct buf *out, const char *s, size_t len);
/* The same between quotes. */
void dialog_quote(struct buf *out, const char *s, size_t len);
