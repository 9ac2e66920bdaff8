#include "command.h"

#include "command_line.h"
#include "exit_code.h"
#include "i18n.h"
#include "print.h"
#include "talk.h"
#include <stdio.h>

int command_refuse_line(const struct command *self, bool json, const struct error *err)
{
    int code = exit_code_of(err);
    if (json)
        print_json_document(stdout, self ? self->name : NULL,
            json_pack("{s:o, s:i}", "error", print_json_error(err), "exit_code", code));
    fflush(stdout);
    return talk_error(NULL, err);
}

int command_refuse(const struct command *self, const struct options *o, const struct error *err)
{
    return command_refuse_line(self, o->format == FORMAT_JSON, err);
}

bool command_begin(
    const struct command *self, int argc, const char **argv, struct options *ret, int *ret_code)
{
    struct error err;
    int rc = command_line_read(self, argc, argv, ret, &err);
    *ret_code = EXIT_CODE_DONE;
    if (rc == COMMAND_LINE_HELP)
        return false;
    if (rc < 0) {
        *ret_code = command_refuse_line(self, command_line_wants_json(argc, argv), &err);
        return false;
    }
    if (ret->twice && !ret->quiet)
        fprintf(stderr,
            "popferry: warning: --%s is given twice, with different values: the last one counts\n",
            ret->twice);
    if (i18n_begin(ret->lang, &err) == 0)
        return true;
    *ret_code = command_refuse(self, ret, &err);
    return false;
}
