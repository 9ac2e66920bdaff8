/* doubt.h: what is recognised by date, size and number, and what stays in doubt. */
#include "check.h"
#include "doubt.h"

#define DAY1 1000
#define DAY2 2000

/* Ended by octets 0. */
static const struct row {
    const char *name;
    struct doubt_intent intents[4];
    struct doubt_row rows[4];
    uint32_t uids[4];     /* recognised so */
    size_t candidates[4]; /* or in doubt so */
} rows[] = {
    {"nothing there", {{DAY1, 100, 5, 0, 0}}, {{0}}, {0}, {0}},
    {"one and one, rewritten", {{DAY1, 100, 5, 0, 0}}, {{DAY1, 400, 7, false}}, {7}, {0}},
    {"of another date", {{DAY1, 100, 5, 0, 0}}, {{DAY2, 100, 7, false}}, {0}, {0}},
    {"below the floor", {{DAY1, 100, 8, 0, 0}}, {{DAY1, 100, 7, false}}, {0}, {0}},
    {"far larger", {{DAY1, 100, 5, 0, 0}}, {{DAY1, 90000, 7, false}}, {0}, {0}},
    {"far smaller", {{DAY1, 90000, 5, 0, 0}}, {{DAY1, 100, 7, false}}, {0}, {0}},
    {"one of two", {{DAY1, 100, 5, 0, 0}, {DAY1, 100, 5, 0, 0}}, {{DAY1, 110, 7, false}}, {0}, {1, 1}},
    {"one of two, told by its size", {{DAY1, 100, 5, 0, 0}, {DAY1, 120, 5, 0, 0}}, {{DAY1, 120, 7, false}},
        {0, 7}, {0}},
    {"two for one", {{DAY1, 100, 5, 0, 0}}, {{DAY1, 110, 7, false}, {DAY1, 120, 8, false}}, {0}, {2}},
    {"two for one, told by its size", {{DAY1, 100, 5, 0, 0}}, {{DAY1, 110, 7, false}, {DAY1, 100, 8, false}},
        {8}, {0}},
    {"as many", {{DAY1, 100, 5, 0, 0}, {DAY1, 100, 5, 0, 0}, {DAY2, 100, 5, 0, 0}},
        {{DAY1, 110, 7, false}, {DAY1, 110, 8, false}, {DAY2, 100, 9, false}}, {7, 8, 9}, {0}},
    {"as many, the same sizes", {{DAY1, 100, 5, 0, 0}, {DAY1, 100, 5, 0, 0}},
        {{DAY1, 100, 7, false}, {DAY1, 100, 8, false}}, {7, 8}, {0}},
    {"as many, which do not fit", {{DAY1, 100, 5, 0, 0}, {DAY1, 20000, 5, 0, 0}},
        {{DAY1, 19000, 7, false}, {DAY1, 110, 8, false}}, {0}, {1, 1}},
    {"one date is in doubt, the other is not",
        {{DAY1, 100, 5, 0, 0}, {DAY1, 100, 5, 0, 0}, {DAY2, 100, 5, 0, 0}},
        {{DAY1, 110, 7, false}, {DAY2, 110, 9, false}}, {0, 0, 9}, {1, 1}},
};

static void test_judge(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct row r = rows[i];
        size_t intents = 0, count = 0;
        CHECK_LABEL("%s", r.name);
        while (intents < 4 && r.intents[intents].octets)
            intents++;
        while (count < 4 && r.rows[count].octets)
            count++;
        doubt_judge(r.intents, intents, r.rows, count);
        for (size_t k = 0; k < intents; k++) {
            CHECK_INT(r.intents[k].uid, r.uids[k]);
            CHECK_INT(r.intents[k].candidates, r.candidates[k]);
        }
    }
}

int main(void)
{
    static const struct check_test tests[] = {{"judge", test_judge}};
    return check_main("doubt", tests, sizeof tests / sizeof *tests);
}
