/* exit_code.h */
#include "check.h"
#include "exit_code.h"

static const struct {
    enum error_code code;
    enum error_scope scope;
    enum error_retry retry;
    enum exit_code exit_code;
} codes[] = {
    {ERROR_NONE, ERROR_SCOPE_NONE, ERROR_RETRY_NEVER, EXIT_CODE_DONE},
    {ERROR_USAGE, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, EXIT_CODE_USAGE},
    {ERROR_AUTH, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_LOGIN},
    {ERROR_AUTH, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_TLS, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_LOGIN},
    {ERROR_CONNECT, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_LOST, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, EXIT_CODE_TEMPORARY},
    {ERROR_TIMEOUT, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_PROTOCOL, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_LOGIN},
    {ERROR_PROTOCOL, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, EXIT_CODE_TEMPORARY},
    {ERROR_REFUSED, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, EXIT_CODE_ATTENTION},
    {ERROR_REFUSED, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_REFUSED, ERROR_SCOPE_FOLDER, ERROR_RETRY_NEVER, EXIT_CODE_LOGIN},
    {ERROR_REFUSED, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_LOGIN},
    {ERROR_TOO_BIG, ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, EXIT_CODE_ATTENTION},
    {ERROR_NO_HOST, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_FULL, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_FULL},
    {ERROR_FULL, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, EXIT_CODE_FULL},
    {ERROR_THROTTLED, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_IN_USE, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_NO_FOLDER, ERROR_SCOPE_FOLDER, ERROR_RETRY_NOW, EXIT_CODE_TEMPORARY},
    {ERROR_DISK, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, EXIT_CODE_LOCAL},
    {ERROR_LEDGER, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, EXIT_CODE_LOCAL},
    {ERROR_LOCKED, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_CANCELLED, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, EXIT_CODE_TEMPORARY},
    {ERROR_INTERNAL, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, EXIT_CODE_LOCAL},
};

static void test_exit_codes(void)
{
    bool seen[ERROR_INTERNAL + 1] = {0};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        const struct error err = {.code = codes[i].code, .scope = codes[i].scope, .retry = codes[i].retry};
        CHECK_LABEL("%s, scope %d, retry %d", error_code_name(err.code), err.scope, err.retry);
        CHECK_INT(exit_code_of(&err), codes[i].exit_code);
        seen[err.code] = true;
    }
    for (int i = 0; i <= ERROR_INTERNAL; i++) {
        CHECK_LABEL("%s", error_code_name((enum error_code)i));
        CHECK(seen[i]);
    }
}

/* Only no error at all is success. */
static void test_exit_never_done(void)
{
    for (int code = ERROR_NONE + 1; code <= ERROR_INTERNAL; code++)
        for (int scope = ERROR_SCOPE_NONE; scope <= ERROR_SCOPE_RUN; scope++)
            for (int retry = ERROR_RETRY_NEVER; retry <= ERROR_RETRY_AFTER_LOGIN; retry++) {
                const struct error err = {.code = (enum error_code)code,
                    .scope = (enum error_scope)scope,
                    .retry = (enum error_retry)retry};
                int exit_code = exit_code_of(&err);
                CHECK(exit_code > EXIT_CODE_DONE && exit_code <= EXIT_CODE_FULL);
            }
    CHECK_INT(EXIT_CODE_DONE, 0);
    CHECK_INT(EXIT_CODE_ATTENTION, 1);
    CHECK_INT(EXIT_CODE_USAGE, 2);
    CHECK_INT(EXIT_CODE_LOGIN, 3);
    CHECK_INT(EXIT_CODE_TEMPORARY, 4);
    CHECK_INT(EXIT_CODE_LOCAL, 5);
    CHECK_INT(EXIT_CODE_FULL, 6);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"exit codes", test_exit_codes},
        {"exit code never 0 with an error", test_exit_never_done},
    };
    return check_main("exit_code", tests, sizeof tests / sizeof *tests);
}
