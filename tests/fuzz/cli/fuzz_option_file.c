/* An @FILE: each option of it is a name without dashes and blanks, of a line that there is; what is none is
 * told. */
#include "mem.h"
#include "option_file.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static int take(void *ctx, const struct option_line *line, struct error *err)
{
    long lines = *(const long *)ctx;
    (void)err;
    need(line->name && line->number >= 1 && line->number <= lines && !strpbrk(line->name, "\n= \t"));
    need(!line->value || !strchr(line->value, '\n'));
    return 0;
}

/* Other files of this machine are not for this. */
static bool names_another(const char *text)
{
    for (const char *line = text; line; line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL)
        if (line[strspn(line, " \t\r\xef\xbb\xbf")] == '@')
            return true;
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/popferry-fuzz-options-XXXXXX";
    char *text CLEANUP(mem_free_str) = mem_strndup((const char *)data, size);
    struct error err = {0};
    long lines = 1;
    if (names_another(text))
        return 0;
    for (size_t i = 0; i < strlen(text); i++)
        lines += text[i] == '\n';
    int fd = mkstemp(path);
    need(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
    if (option_file_read(path, take, &lines, &err) < 0)
        need(err.code && *err.text);
    unlink(path);
    return 0;
}
