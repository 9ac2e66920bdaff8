#include "store_mozilla.h"

#include "buf.h"
#include "mem.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_FIELD "X-Mozilla-Status:"
#define KEYS_FIELD   "X-Mozilla-Keys:"

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

/* Which field, of those that Thunderbird writes in front. */
enum field { STATUS, KEYS, OTHER, BEFORE, FIELDS }; /* BEFORE: the status */

static enum field field_of(const char *line, size_t len)
{
    static const struct {
        const char *name;
        enum field field;
    } fields[] = {{STATUS_FIELD, STATUS}, {KEYS_FIELD, KEYS}, {"X-Mozilla-Status2:", OTHER},
        {"X-Account-Key:", BEFORE}, {"X-UIDL:", BEFORE}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (is_field(line, len, fields[i].name))
            return fields[i].field;
    return FIELDS;
}

struct store_mozilla store_mozilla_read(const char *front, size_t len)
{
    struct store_mozilla m = {0};
    uint64_t octets = 0;
    for (const char *line = front, *end = front + len, *lf; line < end; line = lf + 1) {
        lf = memchr(line, '\n', (size_t)(end - line));
        size_t n = (size_t)((lf ? lf : end) - line);
        enum field field = lf ? field_of(line, n) : FIELDS;
        if (field == FIELDS || (field == BEFORE && (m.told || m.keywords)))
            break;
        if (field == STATUS && !m.told)
            m.status = hex(line + strlen(STATUS_FIELD), n - strlen(STATUS_FIELD));
        if (field == KEYS && !m.keywords)
            m.keywords = words(line + strlen(KEYS_FIELD), n - strlen(KEYS_FIELD));
        m.told = m.told || field == STATUS;
        octets += n + 1;
    }
    m.octets = m.told || m.keywords ? octets : 0;
    if (!m.keywords)
        m.keywords = mem_strdup("");
    return m;
}

void store_mozilla_done(struct store_mozilla *m)
{
    free(m->keywords);
    m->keywords = NULL;
}
