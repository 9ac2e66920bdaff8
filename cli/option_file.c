#include "option_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 8
#define BOM       "\xef\xbb\xbf"

struct reading {
    const char *path;
    long number;
    int depth;
    option_file_take_fn *take;
    void *ctx;
};

static int usage(struct error *err, const char *what, const char *more)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "%s%s", what, more);
}

static int read_file(struct reading *r, struct error *err);

static int read_other(const struct reading *r, const char *path, struct error *err)
{
    struct reading other = {.path = path, .depth = r->depth + 1, .take = r->take, .ctx = r->ctx};
    if (other.depth == DEPTH_MAX)
        return usage(err, "files that name further files, too deep; does one name itself? @", path);
    return read_file(&other, err);
}

static int place(const struct reading *r, int rc, struct error *err)
{
    return rc < 0 ? error_prefix(err, "%s:%ld", r->path, r->number) : 0;
}

/* "value" or 'value', as a shell would have it: without the quotes. Those of "a" or "b" are the value's own.
 */
static char *unquote(char *value)
{
    size_t len = strlen(value);
    bool quoted =
        len > 1 && (*value == '"' || *value == '\'') && strchr(value + 1, *value) == value + len - 1;
    if (!quoted)
        return value;
    value[len - 1] = '\0';
    return value + 1;
}

static int take_line(struct reading *r, char *line, struct error *err)
{
    line += strspn(line, " \t");
    size_t len = strlen(line);
    while (len && strchr(" \t\r\n", line[len - 1]))
        line[--len] = '\0';
    if (!*line || *line == '#')
        return 0;
    if (*line == '@')
        return read_other(r, line + 1, err); /* its errors have a place of their own */
    line += strspn(line, "-");
    size_t name = strcspn(line, " \t=");
    char *value = line + name + strspn(line + name, " \t");
    bool equals = *value == '=';
    value += equals;
    value += strspn(value, " \t");
    line[name] = '\0';
    const struct option_line l = {r->path, r->number, line, *value || equals ? unquote(value) : NULL};
    return place(r, r->take(r->ctx, &l, err), err);
}

static int read_lines(struct reading *r, FILE *f, struct error *err)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    int rc = 0;
    while (rc == 0 && (len = getline(&line, &cap, f)) >= 0) {
        r->number++;
        bool marked = r->number == 1 && !strncmp(line, BOM, strlen(BOM));
        if (memchr(line, '\0', (size_t)len))
            rc = place(r, usage(err, "this is no text in UTF-8 (saved as Unicode, UTF-16?)", ""), err);
        else
            rc = take_line(r, marked ? line + strlen(BOM) : line, err);
    }
    if (rc == 0 && ferror(f)) {
        usage(err, "", strerror(errno));
        rc = error_prefix(err, "@%s", r->path);
    }
    free(line);
    return rc;
}

static int read_file(struct reading *r, struct error *err)
{
    FILE *f = fopen(r->path, "re");
    if (!f) {
        usage(err, "", strerror(errno));
        return error_prefix(err, "@%s", r->path);
    }
    int rc = read_lines(r, f, err);
    fclose(f);
    return rc;
}

int option_file_read(const char *path, option_file_take_fn *take, void *ctx, struct error *err)
{
    struct reading r = {.path = path, .take = take, .ctx = ctx};
    return read_file(&r, err);
}
