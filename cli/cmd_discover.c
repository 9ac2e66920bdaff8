/* popferry discover ADDRESS: which servers a mail address has, and how that is known. */
#include "command.h"

#include "discover_options.h"
#include "discover_print.h"
#include "exit_code.h"
#include "mem.h"
#include "option_frame.h"
#include "print.h"
#include "talk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct request {
    struct discover_options how;
    const char **catalogs;
    char *ca_file, *format, *protocol, *address;
    bool json, want[2];
};

static void request_done(struct request *r)
{
    discover_options_done(&r->how);
    for (size_t i = 0; r->catalogs && r->catalogs[i]; i++)
        free((char *)r->catalogs[i]);
    free(r->catalogs);
    free(r->ca_file);
    free(r->format);
    free(r->protocol);
    free(r->address);
}

static int check_request(struct request *r, struct error *err)
{
    if (option_frame_format("discover", r->format, &r->json, err) < 0)
        return -1;
    if (r->protocol && strcmp(r->protocol, "pop3") != 0 && strcmp(r->protocol, "imap") != 0)
        return option_frame_usage("discover", "--protocol must be pop3 or imap, not ", r->protocol, err);
    if (!r->address)
        return option_frame_usage(
            "discover", "which address? As in popferry discover taro@example.jp", "", err);
    r->want[STREAM_POP3] = !r->protocol || !strcmp(r->protocol, "pop3");
    r->want[STREAM_IMAP] = !r->protocol || !strcmp(r->protocol, "imap");
    r->how.catalogs = (const char *const *)r->catalogs;
    r->how.ca_file = r->ca_file;
    return discover_options_check(&r->how, err);
}

/* popt itself would lose the first value of an option that is given twice: it only tells which comes. */
enum option {
    OPTION_ISPDB = 1,
    OPTION_FOLDER,
    OPTION_DNS,
    OPTION_CA_FILE,
    OPTION_FORMAT,
    OPTION_PROTOCOL,
    OPTION_CATALOG,
};

static void add_catalog(struct request *r, const char *file)
{
    size_t count = 0;
    while (r->catalogs && r->catalogs[count])
        count++;
    r->catalogs = mem_grow(r->catalogs, count + 2, sizeof *r->catalogs);
    r->catalogs[count] = file;
    r->catalogs[count + 1] = NULL;
}

static void take_option(void *ctx, int option, char *value)
{
    struct request *r = ctx;
    char **const texts[] = {
        [OPTION_ISPDB] = &r->how.ispdb,
        [OPTION_FOLDER] = &r->how.folder,
        [OPTION_DNS] = &r->how.dns,
        [OPTION_CA_FILE] = &r->ca_file,
        [OPTION_FORMAT] = &r->format,
        [OPTION_PROTOCOL] = &r->protocol,
    };
    if (option == OPTION_CATALOG) {
        add_catalog(r, value);
        return;
    }
    free(*texts[option]);
    *texts[option] = value;
}

static const char notes[] =
    "Asked in this order, until a trusted server with TLS is known for each protocol: the folder of\n"
    "--autoconfig-dir; what the domain publishes (autoconfig.DOMAIN, then its web site); the database of\n"
    "mail providers; SRV records; the provider that takes the domain's mail (MX); what the catalog knows;\n"
    "usual host names, tried out. Nobody signs in and no password is sent.\n"
    "\n" OPTION_FRAME_FILE
    "exit codes: 0 found; 1 nothing found, or nothing that is trusted; 2 usage; 4 nothing found, and not\n"
    "all did answer: run again\n";

static int parse(
    const struct command *self, int argc, const char **argv, struct request *r, struct error *err)
{
    const struct poptOption table[] = {
        {"protocol", 0, POPT_ARG_STRING, NULL, OPTION_PROTOCOL, "look for this alone (default: both)",
            "pop3|imap"},
        {"autoconfig-dir", 0, POPT_ARG_STRING, NULL, OPTION_FOLDER,
            "look first in this folder for DOMAIN.xml or DOMAIN, as in a copy of the database", "DIR"},
        {"ispdb", 0, POPT_ARG_STRING, NULL, OPTION_ISPDB,
            "database of mail providers, which is told the domain alone; none: not asked (default: " DISCOVER_ISPDB
            ")",
            "URL"},
        {"allow-http", 0, POPT_ARG_NONE, &r->how.allow_http, 0,
            "take settings that come unencrypted, too; they are not trusted", NULL},
        {"dns", 0, POPT_ARG_STRING, NULL, OPTION_DNS, "ask this name server (default: those of this machine)",
            "ADDRESS[:PORT]"},
        {"timeout", 0, POPT_ARG_INT, &r->how.timeout_s, 0, "give up after this time (default: 15)",
            "SECONDS"},
        {"ca-file", 0, POPT_ARG_STRING, NULL, OPTION_CA_FILE,
            "trust this certificate authority, too (PEM, for a private one)", "FILE"},
        {"catalog", 0, POPT_ARG_STRING, NULL, OPTION_CATALOG,
            "read this catalog after the built-in one (may be repeated)", "FILE"},
        {"format", 0, POPT_ARG_STRING, NULL, OPTION_FORMAT, "of what is printed (default: text)",
            "text|json"},
        OPTION_FRAME_END,
    };
    const struct option_frame frame = {
        .command = self,
        .arguments = "ADDRESS [OPTIONS]",
        .notes = notes,
        .options = table,
        .take = take_option,
        .ctx = r,
    };
    return option_frame_read(&frame, argc, argv, &r->address, 1, err) < 0 ? -1 : check_request(r, err);
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

int cmd_discover(const struct command *self, int argc, const char **argv)
{
    struct request r CLEANUP(request_done) = {0};
    CLEANUP(discover_result_done) struct discover_result result = {0};
    struct error err;
    if (parse(self, argc, argv, &r, &err) < 0 ||
        discover_options_run(&r.how, r.address, r.want, NULL, NULL, &result, &err) < 0)
        return talk_error(NULL, &err);
    int code = exit_code(&result);
    if (r.json)
        dump(&result, code);
    else
        discover_print_text(&result, r.want);
    return code;
}
