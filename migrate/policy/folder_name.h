/* folder_name.h - the path of a folder on a PC, made one that an IMAP server can have. Pure.
 *
 * Programs on a PC allow in a name what divides levels on a server ("." on many), what stands for anything in
 * LIST (RFC 3501 section 6.3.8: "*", "%"), and names as long as they like. */
#pragma once

#include <stdbool.h>

#define FOLDER_NAME_LEVEL_MAX                                                                                \
    60 /* characters of a level: as modified UTF-7 in a file name, below 255 octets */

/* path: UTF-8, levels divided by "/". delimiter: the server's; 0: none is known. In each level the delimiter,
 * "*", "%" and control characters become "_", as does a level that is "." or ".."; blanks at its ends go; one
 * that is longer than FOLDER_NAME_LEVEL_MAX is cut, and ends in 8 hex digits of a hash of the whole, so that
 * two of them stay two. Empty levels are dropped. Caller frees. *ret_changed: is it another name now? */
char *folder_name_fit(const char *path, char delimiter, bool *ret_changed);
