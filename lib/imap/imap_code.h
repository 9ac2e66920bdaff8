/* imap_code.h - response codes, and what a refusal means on the two axes of struct error. Private to
 * lib/imap. */
#pragma once

#include "imap.h"

/* The server's words of one status response, taken apart: "[CODE arguments] text". */
struct imap_words {
    enum imap_code code;
    const char *name, *args, *text; /* not terminated; name and args "" when there is no code */
    size_t name_len, args_len, text_len;
};
void imap_code_split(const char *s, size_t len, struct imap_words *ret);

/* The code, also where a server puts it in the middle of its words ("NO APPEND [TRYCREATE] failed",
 * "OK Success [THROTTLED]"). */
enum imap_code imap_code_find(const char *text);

/* Kinds of commands, as far as a refusal means something else. */
enum imap_code_about {
    IMAP_CODE_ABOUT_SESSION,
    IMAP_CODE_ABOUT_FOLDER,
    IMAP_CODE_ABOUT_OPENING, /* of a folder: SELECT */
    IMAP_CODE_ABOUT_MESSAGE,
};
/* verb: "APPEND". status: IMAP_NO or IMAP_BAD. text: the words after the code, made fit to show. */
void imap_code_fold(enum imap_code_about about, const char *verb, enum imap_status status,
    enum imap_code code, const char *text, struct error *ret);
