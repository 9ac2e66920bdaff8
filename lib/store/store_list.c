#include "store_private.h"

#include <errno.h>

#define LEVELS_MAX 64

bool store_list(struct store *s, const char *disk, unsigned level, struct store_dir *ret)
{
    if (level <= LEVELS_MAX && store_dir_read(disk, ret) == 0)
        return true;
    errno = level > LEVELS_MAX ? ELOOP : errno;
    store_add_errno(s, disk, 0, "this folder cannot be read");
    return false;
}
