#include "option_frame.h"

#include "mem.h"
#include "option_file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int option_frame_usage(const char *command, const char *words, const char *value, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s%s (popferry %s --help tells how to call it)", words, value, command);
}

int option_frame_format(const char *command, const char *format, bool *ret_json, struct error *err)
{
    if (format && strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return option_frame_usage(command, "--format must be text or json, not ", format, err);
    *ret_json = format && !strcmp(format, "json");
    return 0;
}

static int take_words(const struct option_frame *f, poptContext ctx, char **words, size_t max, bool *ret_help,
    struct error *err)
{
    int rc;
    while ((rc = poptGetNextOpt(ctx)) > 0) {
        if (rc == OPTION_FRAME_HELP)
            *ret_help = true;
        else
            f->take(f->ctx, rc, poptGetOptArg(ctx));
    }
    if (rc < -1)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "%s: %s (popferry %s --help lists the options)", poptBadOption(ctx, POPT_BADOPTION_NOALIAS),
            poptStrerror(rc), f->command->name);
    for (size_t i = 0; i < max; i++)
        words[i] = mem_strdup(poptGetArg(ctx));
    const char *stray = poptPeekArg(ctx);
    return stray ? option_frame_usage(f->command->name, "not understood here: ", stray, err) : 0;
}

int option_frame_read(
    const struct option_frame *f, int argc, const char **argv, char **words, size_t max, struct error *err)
{
    bool help = false;
    for (size_t i = 0; i < max; i++)
        words[i] = NULL;
    const char **expanded = NULL;
    int count = option_file_expand(argc, argv, &expanded, err);
    if (count < 0)
        return -1;
    char *name CLEANUP(mem_free_str) = mem_printf("popferry %s", f->command->name);
    poptContext ctx = poptGetContext(name, count, expanded, f->options, 0);
    poptSetOtherOptionHelp(ctx, f->arguments);
    int rc = take_words(f, ctx, words, max, &help, err);
    if (help) {
        printf("%s: %s\n\n", name, f->command->summary);
        poptPrintHelp(ctx, stdout, 0);
        printf("\n%s", f->notes);
        exit(EXIT_SUCCESS);
    }
    poptFreeContext(ctx);
    option_file_free(expanded, count);
    return rc;
}
