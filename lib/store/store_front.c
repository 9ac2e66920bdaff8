#include "store_private.h"

#include "mem.h"
#include "store_file.h"
#include <string.h>

size_t store_front(struct store *s, const char *path, void *dst, size_t max)
{
    ssize_t n = store_file_begin(path, dst, max);
    if (n < 0 && s)
        store_add_errno(s, path, 0, "cannot be opened");
    return n < 0 ? 0 : (size_t)n;
}

static const char *packed_words(const char *front, size_t len)
{
    static const struct {
        const char *magic, *words;
    } packed[] = {
        {"\x1f\x8b", "gzip"},
        {"BZh", "bzip2"},
        {"\xfd"
         "7zXZ",
            "xz"},
        {"\x28\xb5\x2f\xfd", "zstd"},
        {"\x04\x22\x4d\x18", "lz4"},
    };
    for (size_t i = 0; i < sizeof packed / sizeof *packed; i++)
        if (len >= strlen(packed[i].magic) && !memcmp(front, packed[i].magic, strlen(packed[i].magic)))
            return packed[i].words;
    return NULL;
}

bool store_front_is_packed(struct store *s, const char *path, const char *front, size_t len)
{
    const char *packed = packed_words(front, len);
    if (packed)
        store_add_note(s, STORE_NOTE_LOST, path, 0,
            mem_printf(
                "is compressed (%s), which popferry does not undo: unpack it, then run again", packed));
    return packed != NULL;
}
