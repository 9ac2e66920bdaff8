/* test_servers - the conformance suites against real servers: a helper of tests/integration/test_ends.sh.
 *
 *   test_servers dest|source URL PASSWORD-FILE CA-FILE PREFIX|-
 *
 * URL as for --to or --from. A source holds letters.h. */
#include "check.h"
#include "letters.h"
#include "suite_dest.h"
#include "suite_source.h"
#include <string.h>

static struct job job;
static struct world world;
static const char *prefix;

static void say(void *ctx, enum log_level level, const char *line)
{
    (void)ctx;
    if (level <= LOG_WARN)
        fprintf(stderr, "%s\n", line);
}

static void test_dest(void)
{
    suite_dest(&job, &world, prefix);
}

static void test_source(void)
{
    suite_source(&job, &world, &(struct suite_letters){letters, LETTERS});
}

static char *first_line(const char *path)
{
    static char line[200];
    FILE *f = fopen(path, "r");
    bool read = f && fgets(line, sizeof line, f);
    if (f)
        fclose(f);
    line[strcspn(line, "\r\n")] = '\0';
    return read ? line : NULL;
}

int main(int argc, char **argv)
{
    static const struct check_test dest[] = {{"destination", test_dest}};
    static const struct check_test source[] = {{"source", test_source}};
    struct error err;
    if (argc == 2 &&
        !strcmp(argv[1], "letters")) { /* each to letter-N.eml in the folder that one stands in */
        for (size_t i = 0; i < LETTERS; i++) {
            char name[40];
            snprintf(name, sizeof name, "letter-%zu.eml", i);
            FILE *f = fopen(name, "w");
            if (!f || fputs(letters[i], f) < 0 || fclose(f))
                return 1;
        }
        return 0;
    }
    if (argc != 6)
        return 2;
    bool to = !strcmp(argv[1], "dest");
    char *password = first_line(argv[3]);
    struct endpoint *e = to ? &job.to : &job.from;
    if (!password ||
        endpoint_parse(to ? "--to" : "--from", argv[2], to ? ENDPOINT_IMAP : ENDPOINT_POP3, e, &err) < 0) {
        fprintf(stderr, "%s\n", password ? err.text : "no password");
        return 2;
    }
    *(to ? &job.to_password : &job.from_password) = password;
    job.ca_file = argv[4];
    prefix = argv[5];
    world = (struct world){.clock = clock_system(), .log = {.fn = say}};
    int rc = check_main(to ? "ends-dest" : "ends-source", to ? dest : source, 1);
    endpoint_done(e);
    return rc;
}
