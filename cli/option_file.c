#include "option_file.h"

#include "mem.h"
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct args {
    const char **items;
    int count;
};

static void push(struct args *a, char *owned)
{
    a->items = mem_grow(a->items, (size_t)a->count + 2, sizeof *a->items);
    a->items[a->count++] = owned;
    a->items[a->count] = NULL;
}

/* "--name value", "--name=value", "name = value", "name" -> "--name=value" or "--name" */
static void push_line(struct args *a, char *line)
{
    line += strspn(line, " \t");
    size_t len = strlen(line);
    while (len && strchr(" \t\r\n", line[len - 1]))
        line[--len] = '\0';
    if (!*line || *line == '#')
        return;
    line += strspn(line, "-");
    size_t name = strcspn(line, " \t=");
    char *value = line + name;
    value += strspn(value, " \t");
    if (*value == '=')
        value++;
    value += strspn(value, " \t");
    line[name] = '\0';
    push(a, *value ? mem_printf("--%s=%s", line, value) : mem_printf("--%s", line));
}

static int push_file(struct args *a, const char *path, struct error *err)
{
    FILE *f = fopen(path, "re");
    if (!f)
        return error_set(
            err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "@%s: %s", path, strerror(errno));
    char *line = NULL;
    size_t cap = 0;
    for (bool first = true; getline(&line, &cap, f) >= 0; first = false)
        push_line(a, first && !strncmp(line, "\xef\xbb\xbf", 3) ? line + 3 : line);
    int failed = ferror(f) ? errno : 0;
    free(line);
    fclose(f);
    if (failed)
        return error_set(
            err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "@%s: %s", path, strerror(failed));
    return 0;
}

int option_file_expand(int argc, const char **argv, const char ***ret, struct error *err)
{
    struct args a = {0};
    push(&a, mem_strdup("popferry")); /* argv[0]; the caller puts its own name there */
    for (int i = 1; i < argc; i++) {
        if (argv[i][0] != '@')
            push(&a, mem_strdup(argv[i]));
        else if (push_file(&a, argv[i] + 1, err) < 0) {
            option_file_free(a.items, a.count);
            return -1;
        }
    }
    free((char *)a.items[0]);
    a.items[0] = NULL;
    *ret = a.items;
    return a.count;
}

void option_file_free(const char **args, int count)
{
    for (int i = 1; i < count; i++)
        free((char *)args[i]);
    free(args);
}
