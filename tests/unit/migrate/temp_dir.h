/* temp_dir.h - a folder of its own for one test, and children that do what a test program cannot do itself.
 */
#pragma once

#include <stddef.h>

#define TEMP_DIR_MAX 64

/* Made below TMPDIR or /tmp, open to others for passing through only. */
void temp_dir_make(char ret_path[TEMP_DIR_MAX]);
/* With all that is in it. */
void temp_dir_remove(const char *path);

/* Run fn in a child process; its exit code, or -1 if it did not exit. */
int temp_dir_child(int (*fn)(const char *path), const char *path);
