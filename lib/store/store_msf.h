/* store_msf.h - the folder's name in a Thunderbird summary file (.msf, Mork 1.4): there when the name on the
 * disk is not the true one (too long, or with what a file name cannot hold). Pure. */
#pragma once

#include <stddef.h>

/* NULL: it names none. UTF-8, or whatever is there. Caller frees. */
char *store_msf_folder_name(const char *data, size_t len);
