#include "check.h"

char check_label[512];

int check_main(const char *suite, const struct check_test *tests, size_t count)
{
    if (CU_initialize_registry() != CUE_SUCCESS)
        return EXIT_FAILURE;
    CU_pSuite s = CU_add_suite(suite, NULL, NULL);
    for (size_t i = 0; s && i < count; i++)
        if (!CU_add_test(s, tests[i].name, tests[i].fn))
            return EXIT_FAILURE;
    CU_basic_set_mode(CU_BRM_NORMAL);
    CU_ErrorCode rc = CU_basic_run_tests();
    unsigned failures = CU_get_number_of_failures(), run = CU_get_number_of_tests_run();
    CU_cleanup_registry();
    return rc == CUE_SUCCESS && !failures && run == count ? EXIT_SUCCESS : EXIT_FAILURE;
}
