#include "store_mozilla.h"

#include "buf.h"
#include "mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static bool is_field(const char *line, size_t len, const char *name)
{
    size_t n = strlen(name);
    return len >= n && !memcmp(line, name, n);
}

static unsigned hex(const char *value, size_t len)
{
    char copy[9] = "";
    while (len && (*value == ' ' || *value == '\t'))
        value++, len--;
    memcpy(copy, value, len < 8 ? len : 8);
    return (unsigned)strtoul(copy, NULL, 16);
}

static char *words(const char *value, size_t len)
{
    struct buf out CLEANUP(buf_done) = {0};
    const char *end = value + len;
    while (value < end) {
        const char *word = value;
        while (value < end && !strchr(" \t\r", *value))
            value++;
        if (value > word && buf_len(&out))
            buf_append_char(&out, ' ');
        buf_append(&out, word, (size_t)(value - word));
        value += value < end;
    }
    return buf_strdup(&out);
}

struct store_mozilla store_mozilla_read(const char *front, size_t len)
{
    static const char status[] = "X-Mozilla-Status:", more[] = "X-Mozilla-Status2:",
                      keys[] = "X-Mozilla-Keys:";
    struct store_mozilla m = {0};
    bool leading = true, told = false;
    for (const char *line = front, *end = front + len, *lf; line < end; line = lf + 1) {
        lf = memchr(line, '\n', (size_t)(end - line));
        size_t n = (size_t)((lf ? lf : end) - line);
        if (!lf || !n || (n == 1 && *line == '\r'))
            break;
        bool is_status = is_field(line, n, status), is_keys = is_field(line, n, keys);
        if (is_status && !told)
            m.status = hex(line + sizeof status - 1, n - (sizeof status - 1));
        if (is_keys && !m.keywords)
            m.keywords = words(line + sizeof keys - 1, n - (sizeof keys - 1));
        told = told || is_status;
        leading = leading && (is_status || is_keys || is_field(line, n, more));
        if (leading)
            m.octets += n + 1;
    }
    if (!m.keywords)
        m.keywords = mem_strdup("");
    return m;
}

void store_mozilla_done(struct store_mozilla *m)
{
    free(m->keywords);
    m->keywords = NULL;
}
