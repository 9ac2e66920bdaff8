/* mem.h: zeroed memory, copies, and the end of the program when there is none. */
#include "check.h"
#include "mem.h"
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_zeroed(void)
{
    for (size_t size = 0; size < 200; size++) {
        char *a = mem_alloc(size), *b = mem_array(size, 3);
        CHECK_LABEL("size %zu", size);
        CHECK(a != NULL && b != NULL);
        for (size_t i = 0; i < size; i++)
            CHECK(a[i] == 0 && b[i] == 0 && b[size + i] == 0 && b[2 * size + i] == 0);
        free(a);
        free(b);
    }
}

static void test_grow(void)
{
    int *p = NULL;
    for (size_t n = 0; n < 1000; n++) {
        p = mem_grow(p, n + 1, sizeof *p);
        p[n] = (int)n;
    }
    for (size_t n = 0; n < 1000; n++)
        CHECK_INT(p[n], n);
    p = mem_grow(p, 0, sizeof *p);
    CHECK(p != NULL);
    free(p);
}

static void test_strings(void)
{
    CHECK(mem_strdup(NULL) == NULL);
    char *a CLEANUP(mem_free_str) = mem_strdup("");
    CHECK_STR(a, "");
    char *b CLEANUP(mem_free_str) = mem_strndup("abcdef", 3);
    CHECK_STR(b, "abc");
    char *c CLEANUP(mem_free_str) = mem_strndup("ab\0cd", 5);
    CHECK(!memcmp(c, "ab\0cd", 6));
    char *d CLEANUP(mem_free_str) = mem_printf("%s-%05d", "x", 42);
    CHECK_STR(d, "x-00042");
    char *e CLEANUP(mem_free_str) = mem_printf("%*d", 100000, 7);
    CHECK_INT(strlen(e), 100000);
    mem_wipe_free(NULL);
    mem_wipe_free(mem_strdup("secret"));
}

static int freed;

static void count_free(char **p)
{
    freed += *p != NULL;
    free(*p);
}

static char *make(bool hand_over)
{
    char *p CLEANUP(count_free) = mem_strdup("x");
    if (!hand_over)
        return NULL;
    return TAKE(p);
}

static void test_take(void)
{
    char *p = make(true);
    CHECK_STR(p, "x");
    CHECK_INT(freed, 0);
    free(p);
    CHECK(make(false) == NULL);
    CHECK_INT(freed, 1);
}

/* In a child: does fn end the program? */
static bool dies(void (*fn)(void))
{
    pid_t pid = fork();
    if (pid == 0) {
        dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
        fn();
        _exit(0);
    }
    int status;
    return pid > 0 && waitpid(pid, &status, 0) == pid && !(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static volatile size_t huge = SIZE_MAX / 2;

static void array_overflow(void)
{
    free(mem_array(huge, 4));
}

static void grow_overflow(void)
{
    free(mem_grow(NULL, huge, 4));
}

static void no_overflow(void)
{
    free(mem_array(huge / huge, 4));
}

static void test_overflow(void)
{
    CHECK(dies(array_overflow));
    CHECK(dies(grow_overflow));
    CHECK(!dies(no_overflow));
}

int main(void)
{
    static const struct check_test tests[] = {
        {"zeroed", test_zeroed},
        {"grow", test_grow},
        {"strings", test_strings},
        {"take and cleanup", test_take},
        {"overflow ends the program", test_overflow},
    };
    return check_main("mem", tests, sizeof tests / sizeof *tests);
}
