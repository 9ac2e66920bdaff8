/* lines_script.h - answers that a server gives in place of its own, as data: a file of
 *
 *   # a comment
 *   [xN ][=]COMMAND => ANSWER
 *
 * COMMAND is how the client's line begins (without a tag; whole words, any case but behind "="); the first
 * rule that fits counts, with xN only N times in all. In ANSWER \r, \n, \t and \\ are what they are in C, and
 * %T is the tag; "silence": none, now and later in this connection. */
#pragma once

#include "buf.h"
#include <stdbool.h>

enum lines_script_answer {
    LINES_SCRIPT_NONE, /* no rule fits */
    LINES_SCRIPT_ANSWER,
    LINES_SCRIPT_SILENCE,
};

void lines_script_load(const char *file); /* else says so and exits */
enum lines_script_answer lines_script_find(const char *command, const char *tag, struct buf *ret);
void lines_script_done(void);
