/* check.h - assertion macros over CUnit that print both values, and the main of a unit test program. */
#pragma once

#include <CUnit/Basic.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A table row or case being run; shown by every failing check. */
extern char check_label[512];
#define CHECK_LABEL(...) ((void)snprintf(check_label, sizeof check_label, __VA_ARGS__))

#define CHECK(cond)                                                                                          \
    do {                                                                                                     \
        bool check_ok_ = (cond);                                                                             \
        if (!check_ok_)                                                                                      \
            fprintf(stderr, "%s:%d: [%s] not true: %s\n", __FILE__, __LINE__, check_label, #cond);           \
        CU_assertImplementation(check_ok_, __LINE__, #cond, __FILE__, "", CU_FALSE);                         \
    } while (0)

#define CHECK_INT(actual, expected)                                                                          \
    do {                                                                                                     \
        long long check_a_ = (long long)(actual), check_e_ = (long long)(expected);                          \
        if (check_a_ != check_e_)                                                                            \
            fprintf(stderr, "%s:%d: [%s] %s is %lld, expected %lld\n", __FILE__, __LINE__, check_label,      \
                #actual, check_a_, check_e_);                                                                \
        CU_assertImplementation(check_a_ == check_e_, __LINE__, #actual, __FILE__, "", CU_FALSE);            \
    } while (0)

#define CHECK_STR(actual, expected)                                                                          \
    do {                                                                                                     \
        const char *check_a_ = (actual), *check_e_ = (expected);                                             \
        bool check_ok_ = check_a_ && check_e_ ? !strcmp(check_a_, check_e_) : check_a_ == check_e_;          \
        if (!check_ok_)                                                                                      \
            fprintf(stderr, "%s:%d: [%s] %s is \"%s\", expected \"%s\"\n", __FILE__, __LINE__, check_label,  \
                #actual, check_a_ ? check_a_ : "(null)", check_e_ ? check_e_ : "(null)");                    \
        CU_assertImplementation(check_ok_, __LINE__, #actual, __FILE__, "", CU_FALSE);                       \
    } while (0)

/* Run the tests of one suite under CUnit; the process's exit code. */
struct check_test {
    const char *name;
    void (*fn)(void);
};
int check_main(const char *suite, const struct check_test *tests, size_t count);
