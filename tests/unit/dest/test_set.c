/* dest_imap_complement: which UIDs are still to be asked for. */
#include "check.h"
#include "dest_imap_private.h"
#include "mem.h"

#define TOP 80 /* UIDs 1 to TOP are looked at; the set's open end goes beyond */

static const struct {
    const char *label;
    size_t count;
    uint32_t uids[12];
    size_t max_ranges;
    const char *set;
} rows[] = {
    {"nothing known", 0, {0}, 100, "1:*"},
    {"the first", 1, {1}, 100, "2:*"},
    {"the second", 1, {2}, 100, "1,3:*"},
    {"the third", 1, {3}, 100, "1:2,4:*"},
    {"from the first on", 4, {1, 2, 3, 4}, 100, "5:*"},
    {"a hole of one", 3, {1, 2, 4}, 100, "3,5:*"},
    {"a hole of two", 3, {1, 2, 5}, 100, "3:4,6:*"},
    {"two runs", 5, {4, 5, 6, 10, 11}, 100, "1:3,7:9,12:*"},
    {"every other", 4, {2, 4, 6, 8}, 100, "1,3,5,7,9:*"},
    {"as many as allowed", 4, {2, 4, 6, 8}, 5, "1,3,5,7,9:*"},
    {"one too many: small runs are taken in", 4, {2, 4, 6, 8}, 4, "1:*"},
    {"only the long run is left out", 7, {2, 4, 10, 11, 12, 13, 20}, 3, "1:9,14:*"},
    {"the run at the front costs nothing", 6, {1, 2, 3, 5, 7, 9}, 1, "4:*"},
    {"large UIDs", 2, {4000000000, 4294967294}, 100, "1:3999999999,4000000001:4294967293,4294967295:*"},
};

static void test_table(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].label);
        char *set CLEANUP(mem_free_str) =
            dest_imap_complement(1, rows[i].uids, rows[i].count, rows[i].max_ranges);
        CHECK_STR(set, rows[i].set);
    }
}

static uint32_t number(const char **p)
{
    return (uint32_t)strtoul(*p, (char **)p, 10);
}

/* Mark what the set asks for; how many ranges it has, -1 if it is no ascending sequence set with an open end.
 */
static int read_set(const char *set, bool asked[TOP + 1])
{
    int ranges = 0;
    uint32_t before = 0;
    memset(asked, 0, TOP + 1);
    for (const char *p = set;; p++) {
        uint32_t first = number(&p), last = first;
        bool open = p[0] == ':' && p[1] == '*';
        if (open)
            last = UINT32_MAX, p += 2;
        else if (*p == ':')
            p++, last = number(&p);
        if (!first || first <= before || last < first || (*p == '\0') != open)
            return -1;
        for (uint32_t uid = first; uid <= last && uid <= TOP; uid++)
            asked[uid] = true;
        before = last;
        ranges++;
        if (!*p)
            return ranges;
        if (*p != ',')
            return -1;
    }
}

static void check_random(uint64_t bits, size_t max_ranges, bool exact)
{
    uint32_t uids[64];
    size_t count = 0;
    bool asked[TOP + 1], known[TOP + 1] = {0};
    for (unsigned i = 0; i < 64; i++)
        if (bits >> i & 1) {
            uids[count++] = i + 1;
            known[i + 1] = true;
        }
    char *set CLEANUP(mem_free_str) = dest_imap_complement(1, uids, count, max_ranges);
    CHECK_LABEL("%016" PRIx64 " in %zu: %s", bits, max_ranges, set);
    int ranges = read_set(set, asked);
    CHECK(ranges > 0 && (size_t)ranges <= max_ranges);
    bool covered = true, superfluous = false;
    for (uint32_t uid = 1; uid <= TOP; uid++) {
        covered &= known[uid] || asked[uid];
        superfluous |= known[uid] && asked[uid];
    }
    CHECK(covered);
    if (exact)
        CHECK(!superfluous);
}

/* Random sets of all densities, and runs. */
static uint64_t random_bits(uint64_t *state, int kind)
{
    uint64_t r[4];
    for (int i = 0; i < 4; i++) {
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        r[i] = *state;
    }
    switch (kind % 5) {
    case 0:
        return r[0] & r[1] & r[2];
    case 1:
        return r[0];
    case 2:
        return r[0] | r[1] | r[2];
    case 3:
        return (r[0] & 0xff00ff00ff00ff00) | (r[1] & r[2]);
    default:
        return ~UINT64_C(0) << (r[0] & 63) ^ ~UINT64_C(0) << (r[1] & 63) ^ (UINT64_C(1) << (r[2] & 63));
    }
}

static void test_random(void)
{
    uint64_t state = 0x9e3779b97f4a7c15;
    for (int i = 0; i < 20000; i++) {
        uint64_t bits = random_bits(&state, i);
        check_random(bits, 100, true);
        check_random(bits, (size_t)(1 + i % 9), false);
    }
    check_random(~UINT64_C(0), 1, true);
    check_random(0, 1, true);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"table", test_table},
        {"random sets", test_random},
    };
    return check_main("complement", tests, sizeof tests / sizeof *tests);
}
