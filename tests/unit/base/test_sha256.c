/* sha256.h against the vectors of FIPS 180-4 and NIST CAVP, in pieces of every size. */
#include "check.h"
#include "mem.h"
#include "sha256.h"

static const struct {
    const char *text, *hex;
} vectors[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrs"
     "t"
     "nopqrstu",
        "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
};

static void test_vectors(void)
{
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        uint8_t digest[SHA256_OCTETS];
        char hex[SHA256_HEX];
        CHECK_LABEL("vector %zu", i);
        sha256_bytes(vectors[i].text, strlen(vectors[i].text), digest);
        sha256_hex(digest, hex);
        CHECK_STR(hex, vectors[i].hex);
    }
}

/* One object for all: finishing starts over. */
static void test_split(void)
{
    struct sha256 *h = sha256_new();
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        size_t len = strlen(vectors[i].text);
        for (size_t cut = 0; cut <= len; cut++) {
            uint8_t digest[SHA256_OCTETS];
            char hex[SHA256_HEX];
            CHECK_LABEL("vector %zu cut at %zu", i, cut);
            sha256_update(h, vectors[i].text, cut);
            sha256_update(h, NULL, 0);
            sha256_update(h, vectors[i].text + cut, len - cut);
            sha256_final(h, digest);
            sha256_hex(digest, hex);
            CHECK_STR(hex, vectors[i].hex);
        }
    }
    sha256_free(h);
    sha256_free(NULL);
}

static void test_million(void)
{
    struct sha256 *h = sha256_new();
    char piece[977];
    uint8_t digest[SHA256_OCTETS];
    char hex[SHA256_HEX];
    memset(piece, 'a', sizeof piece);
    for (size_t left = 1000000; left;) {
        size_t n = left < sizeof piece ? left : sizeof piece;
        sha256_update(h, piece, n);
        left -= n;
    }
    sha256_final(h, digest);
    sha256_hex(digest, hex);
    CHECK_STR(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    sha256_free(h);
}

static void test_hex(void)
{
    uint8_t digest[SHA256_OCTETS];
    char hex[SHA256_HEX + 1];
    for (size_t i = 0; i < SHA256_OCTETS; i++)
        digest[i] = (uint8_t)(i * 0x11 + (i == 16 ? 0x9f : 0));
    hex[SHA256_HEX] = '#';
    sha256_hex(digest, hex);
    CHECK_INT(strlen(hex), 64);
    CHECK_INT(hex[SHA256_HEX], '#');
    CHECK(!strncmp(hex, "00112233445566778899aabbccddeeff", 32));
    for (size_t i = 0; i < SHA256_OCTETS; i++) {
        char two[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        CHECK_INT(strtol(two, NULL, 16), digest[i]);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"vectors", test_vectors},
        {"every split", test_split},
        {"a million", test_million},
        {"hex", test_hex},
    };
    return check_main("sha256", tests, sizeof tests / sizeof *tests);
}
