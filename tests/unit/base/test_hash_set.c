/* hash_set.h */
#include "check.h"
#include "hash_set.h"

static void digest_of(uint64_t n, uint8_t ret[SHA256_OCTETS])
{
    sha256_bytes(&n, sizeof n, ret);
}

static void test_hash_set_random(void)
{
    struct hash_set s = {0};
    uint8_t d[SHA256_OCTETS];
    unsigned wrong = 0;
    for (uint64_t n = 0; n < 100000; n++) {
        digest_of(n, d);
        wrong += hash_set_add(&s, d);
        digest_of(n / 2, d);
        wrong += !hash_set_has(&s, d) || !hash_set_add(&s, d);
        digest_of(n + 1, d);
        wrong += hash_set_has(&s, d);
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(s.used, 100000); /* asking adds nothing */
    for (uint64_t n = 0; n < 200000; n++) {
        digest_of(n, d);
        wrong += hash_set_add(&s, d) != (n < 100000);
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(s.used, 200000);
    hash_set_done(&s);
    CHECK(!s.slots && !s.used);
    digest_of(1, d);
    CHECK(!hash_set_add(&s, d));
    hash_set_done(&s);
    hash_set_done(&s);
}

/* Digests that begin alike, and end in the last slots: found by looking further, around the end too. */
static void test_hash_set_alike(void)
{
    struct hash_set s = {0};
    uint8_t d[SHA256_OCTETS];
    memset(d, 0xff, sizeof d);
    unsigned wrong = hash_set_has(&s, d); /* in an empty one, too */
    for (unsigned n = 0; n < 3000; n++) {
        d[30] = (uint8_t)(n >> 8);
        d[31] = (uint8_t)n;
        wrong += hash_set_has(&s, d);
        wrong += hash_set_add(&s, d);
        wrong += !hash_set_add(&s, d);
        wrong += !hash_set_has(&s, d);
    }
    CHECK_INT(wrong, 0);
    CHECK_INT(s.used, 3000);
    hash_set_done(&s);
}

/* No SHA-256 is known that is all zero; the set must bear it all the same. */
static void test_hash_set_zero(void)
{
    struct hash_set s = {0};
    const uint8_t zero[SHA256_OCTETS] = {0};
    uint8_t d[SHA256_OCTETS];
    digest_of(1, d);
    CHECK(!hash_set_add(&s, d));
    CHECK(hash_set_has(&s, d));
    hash_set_add(&s, zero);
    CHECK(hash_set_add(&s, zero));
    CHECK(hash_set_add(&s, d));
    digest_of(2, d);
    CHECK(!hash_set_add(&s, d));
    hash_set_done(&s);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"hash set, 100,000 random", test_hash_set_random},
        {"hash set, alike", test_hash_set_alike},
        {"hash set, zero", test_hash_set_zero},
    };
    return check_main("hash_set", tests, sizeof tests / sizeof *tests);
}
