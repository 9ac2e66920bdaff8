/* folder_name.h: names as programs on a PC allow them. */
#include "check.h"
#include "folder_name.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define KANJI "\346\227\245" /* three octets */

static void test_names(void)
{
    static const struct {
        const char *path;
        char delimiter;
        const char *name;
    } rows[] = {
        {"", '/', ""},
        {"Inbox", '/', "Inbox"},
        {"Work/2019.05", '/', "Work/2019.05"},
        {"Work/2019.05", '.', "Work/2019_05"},
        {"Work/2019.05", 0, "Work/2019.05"},
        {"a^b", '^', "a_b"},
        {"100% *", '/', "100_ _"},
        {"a//b/", '/', "a/b"},
        {"/", '/', ""},
        {" a / b c /  ", '/', "a/b c"},
        {".", '/', "_"},
        {"../x", '/', "__/x"},
        {"...", '/', "..."},
        {"tab\there\033\177\302\205", '/', "tab_here___"},
        {KANJI "/" KANJI, '.', KANJI "/" KANJI},
        {"bad\377", '/', "bad_"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool changed;
        CHECK_LABEL("\"%s\"", rows[i].path);
        char *name = folder_name_fit(rows[i].path, rows[i].delimiter, &changed);
        CHECK_STR(name, rows[i].name);
        CHECK_INT(changed, strcmp(rows[i].path, rows[i].name) != 0);
        free(name);
    }
}

/* Two long names that begin alike stay two; one of the longest that may be stays as it is. */
static void test_long(void)
{
    char path[3 * 100 + 1] = "", other[3 * 100 + 1];
    bool changed;
    for (int i = 0; i < 60; i++)
        strcat(path, KANJI);
    char *name = folder_name_fit(path, '.', &changed);
    CHECK_LABEL("60 characters");
    CHECK_STR(name, path);
    CHECK(!changed);
    free(name);
    for (int i = 60; i < 99; i++)
        strcat(path, KANJI);
    strcpy(other, path);
    strcat(path, "a");
    strcat(other, "b");
    char *one = folder_name_fit(path, '.', &changed), *two = folder_name_fit(other, '.', &changed),
         *again = folder_name_fit(path, '.', &changed);
    CHECK_LABEL("100 characters");
    CHECK_INT(strlen(one), 51 * 3 + 9);
    CHECK(!strncmp(one, path, 51 * 3) && one[51 * 3] == '~');
    CHECK(changed && strcmp(one, two) != 0);
    CHECK_STR(again, one);
    free(one);
    free(two);
    free(again);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"names", test_names},
        {"long names", test_long},
    };
    return check_main("folder name", tests, sizeof tests / sizeof *tests);
}
