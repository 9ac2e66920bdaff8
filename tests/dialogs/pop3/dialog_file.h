/* dialog_file.h - a protocol dialog as a text file: what the test asks for, what goes over the wire, what
 * comes back.
 *
 *   # comment          and blank lines
 *   @ words            an order to the runner: `@ submit retr 3`
 *   C: text            the client must send exactly this and CR LF
 *   S: text            the server sends this and CR LF
 *   C- text, S- text   the same without line end
 *   E: words           the engine must report this event
 *
 * Text of C and S may hold \r \n \t \\ \" \xHH. Consecutive S lines (comments between them do not count) are
 * one write of the server. Events are compared as the runner words them; in them "..." is escaped in the same
 * way. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum dialog_kind {
    DIALOG_ORDER,
    DIALOG_CLIENT,
    DIALOG_SERVER,
    DIALOG_EVENT,
};

struct dialog_line {
    enum dialog_kind kind;
    unsigned number; /* in the file, from 1 */
    char *text;      /* owned; C and S unescaped, with CR LF unless C- or S-; NUL after the end */
    size_t len;
};

struct dialog {
    const char *path; /* as given */
    struct dialog_line *lines;
    size_t count;
};

/* false: not readable or not in this format; said on stderr. */
bool dialog_load(struct dialog *d, const char *path);
void dialog_done(struct dialog *d);

/* Undo the escapes in place; the new length, or -1 when one is unknown. */
long dialog_unescape(char *s, size_t len);

/* The line at which a server's write that begins at `first` ends: the first one that is not DIALOG_SERVER. */
size_t dialog_write_end(const struct dialog *d, size_t first);
