/* Names there and back. The first byte chooses delimiter and prefix; the rest is a path, and a wire name too.
 */
#include "imap_name.h"
#include "mem.h"
#include "text.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool cond)
{
    if (!cond)
        abort();
}

static bool showable(const char *s)
{
    size_t len = strlen(s);
    CLEANUP(mem_free_str) char *clean = mem_alloc(len + 1);
    return !strcmp(text_clean(clean, len + 1, s, len), s);
}

/* UTF-8 to wire: printable ASCII only, and back to the same, but for the case of INBOX. */
static void there_and_back(const char *path, const char *prefix, char delimiter)
{
    struct error err = {0};
    CLEANUP(mem_free_str) char *wire = imap_name_to_wire(path, prefix, delimiter, &err);
    require(!wire == (err.code == ERROR_USAGE));
    if (!wire)
        return;
    for (const char *p = wire; *p; p++)
        require(*p >= 0x20 && *p <= 0x7e);
    if (*prefix || (delimiter && delimiter != '/'))
        return;
    CLEANUP(mem_free_str) char *back = imap_name_to_utf8(wire);
    size_t inbox = text_has_prefix_nocase(path, "INBOX") ? 5 : 0;
    require(!showable(path) || (strlen(back) >= inbox && !strcmp(back + inbox, path + inbox)));
}

/* Anything at all to UTF-8: fit to show, and when it can be made a name again, that shows the same. */
static void back_and_there(const char *wire)
{
    CLEANUP(mem_free_str) char *shown = imap_name_to_utf8(wire);
    require(showable(shown));
    CLEANUP(mem_free_str) char *again = imap_name_to_wire(shown, "", '/', NULL);
    if (!again)
        return;
    CLEANUP(mem_free_str) char *shown_again = imap_name_to_utf8(again);
    require(text_equal_nocase(shown, shown_again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char delimiters[] = {'/', '.', '\0', '\\'};
    static const char *const prefixes[] = {"", "", "INBOX.", "Mail/"};
    if (!size)
        return 0;
    CLEANUP(mem_free_str) char *text = mem_strndup((const char *)data + 1, size - 1);
    there_and_back(text, prefixes[data[0] >> 2 & 3], delimiters[data[0] & 3]);
    back_and_there(text);
    return 0;
}
