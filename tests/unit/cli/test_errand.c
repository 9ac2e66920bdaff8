/* The words and numbers of an errand's result. */
#include "check.h"
#include "errand.h"
#include "exit_code.h"

static void numbers_have_groups(void)
{
    static const struct {
        uint64_t n;
        const char *text;
    } rows[] = {{0, "0"}, {7, "7"}, {999, "999"}, {1000, "1,000"}, {12345, "12,345"}, {100000, "100,000"},
        {1234567, "1,234,567"}, {UINT64_MAX, "18,446,744,073,709,551,615"}};
    char text[32];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        CHECK_STR(errand_number(text, sizeof text, rows[i].n), rows[i].text);
}

static void parts_are_joined(void)
{
    struct errand_result r = {0};
    errand_count(&r, 0, "none", "none");
    CHECK_STR(r.words, "");
    errand_count(&r, 1512, "copied", "copied");
    errand_count(&r, 1, "duplicate", "duplicates");
    errand_part(&r, "%d left", 3);
    errand_clause(&r, "all is there");
    CHECK_STR(r.words, "1,512 copied, 1 duplicate, 3 left; all is there");
}

static void what_does_not_fit_is_cut(void)
{
    struct errand_result r = {0};
    for (int i = 0; i < 100; i++)
        errand_part(&r, "part %d", i);
    CHECK_INT(strlen(r.words), sizeof r.words - 1);
    errand_clause(&r, "more");
    CHECK_INT(strlen(r.words), sizeof r.words - 1);
}

static void ends_have_codes(void)
{
    struct errand e = {0};
    struct error err;
    error_set(&err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH, "refused");
    CHECK_INT(errand_end(&e, -1, &err, EXIT_CODE_DONE), EXIT_CODE_LOGIN);
    CHECK_STR(e.result.error.text, "refused");
    CHECK_INT(errand_end(&e, 0, &err, EXIT_CODE_ATTENTION), EXIT_CODE_ATTENTION);
    CHECK_INT(e.result.error.code, ERROR_NONE);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"numbers have groups", numbers_have_groups},
        {"parts are joined", parts_are_joined},
        {"what does not fit is cut", what_does_not_fit_is_cut},
        {"ends have codes", ends_have_codes},
    };
    return check_main("cli errand", tests, sizeof tests / sizeof *tests);
}
