/* popferry discover ADDRESS: which servers a mail address has, and how that is known. PATH: what mail lies
 * there. */
#include "command.h"

#include "discover_disk.h"
#include "discover_options.h"
#include "discover_print.h"
#include "exit_code.h"
#include "mem.h"
#include "option_rules.h"
#include "options.h"
#include "print.h"
#include <stdio.h>
#include <string.h>

static int usage(const char *words, const char *value, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%s%s (popferry help discover tells how to call it)", words, value);
}

/* Which protocols, and how they are looked for; borrows from *o. */
static int read_request(
    const struct options *o, struct discover_options *ret_how, bool ret_want[2], struct error *err)
{
    const char *protocol = o->protocol;
    if (protocol && strcmp(protocol, "pop3") != 0 && strcmp(protocol, "imap") != 0)
        return usage("--protocol must be pop3 or imap, not ", protocol, err);
    if (!o->words[0])
        return usage(
            "which address, or which folder of this machine? As in popferry discover taro@example.jp", "",
            err);
    ret_want[STREAM_POP3] = !protocol || !strcmp(protocol, "pop3");
    ret_want[STREAM_IMAP] = !protocol || !strcmp(protocol, "imap");
    *ret_how = (struct discover_options){.ispdb = o->ispdb,
        .folder = o->autoconfig_dir,
        .dns = o->dns,
        .allow_http = o->allow_http,
        .timeout_s = o->discover_timeout,
        .catalogs = o->catalogs,
        .ca_file = o->ca_file};
    return discover_options_check(ret_how, err);
}

static int exit_code(const struct discover_result *result)
{
    for (size_t i = 0; i < result->finding_count; i++)
        if (result->findings[i].trusted)
            return EXIT_CODE_DONE;
    return !result->finding_count && result->temporary && !result->no_domain ? EXIT_CODE_TEMPORARY
                                                                             : EXIT_CODE_ATTENTION;
}

static void dump(const struct discover_result *result, int code)
{
    json_t *content = discover_print_json(result);
    json_object_set_new(content, "exit_code", json_integer(code));
    print_json_document(stdout, "discover", content);
}

/* Of the command line's options of the one search, one that the other does not heed. What an @FILE has beside
 * the point is passed over, as everywhere. */
static const char *unheeded(const struct options *o, bool path)
{
    static const char *const of_servers[] = {"protocol", "ispdb", "autoconfig-dir", "dns", "allow-http",
        "discover-timeout", "catalog", "ca-file", NULL};
    static const char *const of_folders[] = {"verbose", NULL};
    for (const char *const *name = path ? of_servers : of_folders; *name; name++)
        if (option_rules_of_line(o, *name))
            return *name;
    return NULL;
}

int cmd_discover(const struct command *self, int argc, const char **argv)
{
    struct options o CLEANUP(options_done) = {0};
    CLEANUP(discover_result_done) struct discover_result result = {0};
    struct discover_options how;
    struct error err;
    bool want[2];
    int code;
    if (!command_begin(self, argc, argv, &o, &code))
        return code;
    bool path = o.words[0] && discover_disk_is_path(o.words[0]);
    const char *option = o.words[0] ? unheeded(&o, path) : NULL;
    if (option) {
        error_set(&err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--%s: it is of %s (popferry help discover tells how to call it)", option,
            path ? "the search for an address's servers, and not of a folder"
                 : "a folder of this machine, and not of an address");
        return command_refuse(self, &o, &err);
    }
    if (!path && o.format == FORMAT_CSV) {
        error_set(&err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--format csv: it is a list of the mail in a folder of this machine; of an address there is text or json");
        return command_refuse(self, &o, &err);
    }
    if (path) {
        code = discover_disk(&o, o.words[0], &err);
        return code < 0 ? command_refuse(self, &o, &err) : code;
    }
    if (read_request(&o, &how, want, &err) < 0 ||
        discover_options_run(&how, o.words[0], want, NULL, NULL, &result, &err) < 0)
        return command_refuse(self, &o, &err);
    code = exit_code(&result);
    if (o.format == FORMAT_JSON)
        dump(&result, code);
    else
        discover_print_text(&result, want);
    return code;
}
