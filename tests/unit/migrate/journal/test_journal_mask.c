/* journal_mask.h: secrets in every wrapping, addresses in every spelling. */
#include "check.h"
#include "journal_mask.h"
#include "mem.h"
#include <openssl/evp.h>

#define SECRET "p\xc3\xa4ss w\"rd\x01!"

static struct journal_mask *mask_new(bool privacy)
{
    struct journal_mask *m = journal_mask_new(privacy);
    journal_mask_secret(m, SECRET);
    journal_mask_secret(m, "abc"); /* too short to be hidden */
    journal_mask_secret(m, NULL);
    if (!privacy)
        return m;
    journal_mask_account(m, "taro@pop.example.jp", "account-1");
    journal_mask_account(m, "taro@example.jp@imap.example.com:1993", "account-2");
    journal_mask_user(m, "taro");
    journal_mask_user(m, "ab"); /* stands in too many words */
    journal_mask_user(m, NULL);
    return m;
}

struct row {
    const char *text, *expected;
};

static void check_rows(struct journal_mask *m, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        CHECK_LABEL("%s", rows[i].text);
        char *got CLEANUP(mem_free_str) = journal_mask_apply(m, rows[i].text);
        CHECK_STR(got, rows[i].expected);
    }
    CHECK_LABEL("-");
    journal_mask_free(m);
}
#define CHECK_ROWS(m, rows) check_rows((m), (rows), sizeof(rows) / sizeof *(rows))

static void test_secrets(void)
{
    static const struct row rows[] = {
        {"", ""},
        {"nothing here, abc", "nothing here, abc"},
        {SECRET, "***"},
        {"a" SECRET "b" SECRET SECRET, "a***b******"},
        {"p\xc3\xa4ss w\"rd", "p\xc3\xa4ss w\"rd"},
        {"as a line: p\xc3\xa4ss w\"rd?!", "as a line: ***"}, /* controls were replaced already */
        {"taro@pop.example.jp stays", "taro@pop.example.jp stays"},
        {"a\xff\x02z", "a??z"},
    };
    CHECK_ROWS(mask_new(false), rows);
}

/* In base64, whatever stands before and behind it. */
static void test_base64(void)
{
    struct journal_mask *m = mask_new(false);
    for (size_t before = 0; before < 8; before++)
        for (size_t after = 0; after < 8; after++) {
            char raw[64], wrapped[128], text[160];
            int n = snprintf(
                raw, sizeof raw, "%.*s%s%.*s", (int)before, "\1user\1:x", SECRET, (int)after, "\1\1\1tail:");
            EVP_EncodeBlock((unsigned char *)wrapped, (const unsigned char *)raw, n);
            snprintf(text, sizeof text, "AUTH %s, sent", wrapped);
            CHECK_LABEL("%zu before, %zu after: %s", before, after, wrapped);
            char *got CLEANUP(mem_free_str) = journal_mask_apply(m, text);
            CHECK_STR(got, "AUTH ***, sent");
            EVP_EncodeBlock((unsigned char *)wrapped, (const unsigned char *)raw, (int)before);
            char *other CLEANUP(mem_free_str) = journal_mask_apply(m, wrapped);
            CHECK_STR(other, wrapped); /* without the secret it stays */
        }
    CHECK_LABEL("-");
    journal_mask_free(m);
}

static void test_addresses(void)
{
    static const struct row rows[] = {
        {"", ""},
        {"popferry migrate @job, 5 @ 6, @host, user@, a@ b",
            "popferry migrate @job, 5 @ 6, @host, user@, a@ b"},
        {"hanako@example.jp", "[address]"},
        {"<hanako@example.jp>: 550 no such user", "<[address]>: 550 no such user"},
        {"from hanako.suzuki+x=y@mail.example.jp.", "from [address]."},
        {"a@b, c@d; (e@f)", "[address], [address]; ([address])"},
        {"\"hanako suzuki\"@example.jp refused", "[address] refused"},
        {"hanako@[192.0.2.1] refused", "[address] refused"},
        {"hanako@localhost-", "[address]-"},
        {"\xe5\xb1\xb1\xe7\x94\xb0@\xe4\xbe\x8b.jp", "[address]"},
        {"hanako\xef\xbc\xa0"
         "example.jp",
            "[address]"},
        {"pop3s://hanako%40example.jp@pop.example.jp:995/x", "pop3s://[address]:995/x"},
        {"/srv/mail/hanako@example.jp/cur", "/[address]/cur"},
        {"taro@pop.example.jp: signed in", "account-1: signed in"},
        {"taro@example.jp@imap.example.com:1993: signed in", "account-2: signed in"},
        {"taro@example.jp@imap.example.com: signed in", "[address]: signed in"},
        {"mataro@pop.example.jp", "[address]"},
        {"taro@pop.example.jp.org", "[address]"},
        {"taro, xtaro, taro-san, \"taro\"", "[account], xtaro, taro-san, \"[account]\""},
        {"ab is short", "ab is short"},
        {SECRET "@example.jp", "[address]"},
        {"@", "@"},
        {"%40", "%40"},
        {"cut hanako\"@example.jp", "cut [address]"},
    };
    CHECK_ROWS(mask_new(true), rows);
}

/* No end of a text lets anything be read beyond it, and no address comes through in part. */
static void test_cut(void)
{
    static const char text[] =
        "x \"h s\"@example.jp <a%40b@[::1]> " SECRET " taro@pop.example.jp \xef\xbc\xa0z";
    struct journal_mask *m = mask_new(true);
    for (size_t i = 0; i < sizeof text; i++)
        for (size_t k = i; k < sizeof text; k++) {
            char *part CLEANUP(mem_free_str) = mem_strndup(text + i, k - i);
            char *got CLEANUP(mem_free_str) = journal_mask_apply(m, part);
            CHECK_LABEL("%s", part);
            CHECK(strstr(got, SECRET) == NULL && strstr(got, "o@p") == NULL && strstr(got, "s\"@e") == NULL);
        }
    CHECK_LABEL("-");
    journal_mask_free(m);
    journal_mask_free(NULL);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"secrets", test_secrets},
        {"base64", test_base64},
        {"addresses", test_addresses},
        {"cut", test_cut},
    };
    return check_main("journal mask", tests, sizeof tests / sizeof *tests);
}
