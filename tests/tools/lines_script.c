#include "lines_script.h"

#include "lines.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

struct rule {
    char *command, *answer;
    bool case_counts;
    uint64_t left; /* UINT64_MAX: for ever */
};

static struct {
    struct rule *rules;
    size_t count;
} script;

static void add(char *line)
{
    struct rule r = {.left = UINT64_MAX};
    line[strcspn(line, "\n")] = '\0';
    char *arrow = strstr(line, " => ");
    if (*line == '#' || !arrow)
        return;
    *arrow = '\0';
    if (*line == 'x' && strspn(line + 1, "0123456789") > 0) {
        r.left = strtoull(line + 1, &line, 10);
        line += *line == ' ';
    }
    r.case_counts = *line == '=';
    r.command = mem_strdup(line + r.case_counts);
    r.answer = mem_strdup(arrow + 4);
    script.rules = mem_grow(script.rules, script.count + 1, sizeof *script.rules);
    script.rules[script.count++] = r;
}

void lines_script_load(const char *file)
{
    FILE *f = fopen(file, "re");
    char *line = NULL;
    size_t cap = 0;
    if (!f) {
        fprintf(stderr, "cannot read %s\n", file);
        exit(EXIT_FAILURE);
    }
    while (getline(&line, &cap, f) > 0)
        add(line);
    free(line);
    fclose(f);
}

static bool fits(const struct rule *r, const char *command)
{
    size_t n = strlen(r->command);
    if (!r->left || !text_has_prefix_nocase(command, r->command) || !strchr(" \r\n", command[n]))
        return false;
    return !r->case_counts || !strncmp(command, r->command, n);
}

static void write_answer(const char *from, const char *tag, struct buf *ret)
{
    static const char names[] = "rnt\\", octets[] = "\r\n\t\\";
    for (; *from; from++) {
        const char *at = *from == '\\' && from[1] ? strchr(names, from[1]) : NULL;
        if (*from == '%' && from[1] == 'T')
            buf_append_str(ret, tag);
        else
            buf_append_char(ret, at ? octets[at - names] : *from);
        from += at || (*from == '%' && from[1] == 'T');
    }
}

enum lines_script_answer lines_script_find(const char *command, const char *tag, struct buf *ret)
{
    for (size_t i = 0; i < script.count; i++) {
        struct rule *r = &script.rules[i];
        if (!fits(r, command))
            continue;
        r->left -= r->left != UINT64_MAX;
        lines_log("script: %s", r->command);
        if (!strcmp(r->answer, "silence"))
            return LINES_SCRIPT_SILENCE;
        write_answer(r->answer, tag, ret);
        return LINES_SCRIPT_ANSWER;
    }
    return LINES_SCRIPT_NONE;
}

void lines_script_done(void)
{
    for (size_t i = 0; i < script.count; i++) {
        free(script.rules[i].command);
        free(script.rules[i].answer);
    }
    free(script.rules);
}
