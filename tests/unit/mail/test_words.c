#include "check.h"
#include "mail_words.h"
#include "mem.h"
#include "text.h"

#define ROW_COUNT(a) (sizeof(a) / sizeof *(a))

static const struct row {
    const char *value;
    const char *shown;
} rows[] = {
    {"", ""},
    {"plain text", "plain text"},
    {"=?utf-8?Q?caf=C3=A9?=", "café"},
    {"=?UTF-8?q?a_b=20c=3D?=", "a b c="},
    {"=?utf-8?B?44GT44KT44Gr44Gh44Gv?=", "こんにちは"},
    {"=?utf-8*ja?B?44GT?=", "こ"},
    {"Re: =?utf-8?B?44GT?= x", "Re: こ x"},
    {"\"=?utf-8?B?44GT?=\" <a@b>", "\"こ\" <a@b>"},
    {"a=?utf-8?Q?b?=c", "abc"},
    {"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"},
    {"=?utf-8?Q?a?= \t =?utf-8?B?Yg==?=", "ab"},
    {"=?utf-8?Q?a?==?utf-8?Q?b?=", "ab"},
    {"=?utf-8?Q?a?= x =?utf-8?Q?b?=", "a x b"},
    {"=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?=", "aé"},
    /* a character cut between two words */
    {"=?utf-8?B?44E=?= =?utf-8?B?kw==?=", "こ"},
    {"=?unknown-8bit?B?44GT?= =?unknown-8bit?B?YWL/?=", "???ab?"},
    {"=?unknown-8bit?B?44GT?=", "こ"},
    {"=?UTF-8?Q?=E3=81?= =?utf-8?Q?=93?=", "こ"},
    {"=?utf-8?Q?=E3=81?= x", "?? x"},
    /* Japanese */
    {"=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=", "日本語"},
    {"=?iso-2022-jp?B?GyRCRnxL?= =?iso-2022-jp?B?XBsoQg==?=", "日本"},
    {"=?iso-2022-jp?B?GyRCRnxLXDhs?=", "日本語"},
    {"=?iso-2022-jp?B?GyRCLSEbKEI=?=", "①"},
    {"=?iso-2022-jp?B?GyhJMTIbKEI=?=", "ｱｲ"},
    {"=?iso-2022-jp?Q?=1B$BF|K\\=1B(J!?=", "日本!"},
    {"=?Shift_JIS?B?k/qWe4zq?=", "日本語"},
    {"=?cp932?B?h0A=?=", "①"},
    {"=?EUC-JP?B?xvzL3LjsraE=?=", "日本語①"},
    {"\033$BF|K\\8l\033(B", "日本語"},
    {"Re: \033$BF|K\\\033(B x", "Re: 日本 x"},
    {"\x93\xfa\x96\x7b\x8c\xea", "日本語"},
    {"\xc6\xfc\xcb\xdc\xb8\xec", "日本語"},
    {"\xb2\xf1\xb5\xc4\xa4\xce\xb7\xef", "会議の件"},
    {"\x89\xef\x8b\x63\x82\xcc\x8c\x8f", "会議の件"},
    {"\xe0\xa1", "爍"}, /* as likely in both: CP932 */
    {"日本語", "日本語"},
    /* others */
    {"=?gb2312?B?1tDOxA==?=", "中文"},
    {"=?big5?B?pKSk5Q==?=", "中文"},
    {"=?ks_c_5601-1987?B?x9GxuQ==?=", "한국"},
    {"=?koi8-r?B?8NLJ18XU?=", "Привет"},
    {"=?iso-8859-1?Q?=93x=94?=", "“x”"},
    {"=?us-ascii?Q?a?=", "a"},
    {"=?us-ascii?Q?=C3=A9?=", "é"},
    /* broken */
    {"=?x-unknown?Q?a=20b?=", "=?x-unknown?Q?a=20b?="},
    {"=?x-unknown?Q?a?= =?x-unknown?Q?b?= c", "=?x-unknown?Q?a?= =?x-unknown?Q?b?= c"},
    {"=?utf-8//TRANSLIT?Q?a?=", "=?utf-8//TRANSLIT?Q?a?="},
    {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
    {"=?utf-8?Q?a", "=?utf-8?Q?a"},
    {"=?utf-8?Q?", "=?utf-8?Q?"},
    {"=?utf-8?=", "=?utf-8?="},
    {"=?", "=?"},
    {"=??Q?a?=", "=??Q?a?="},
    {"=?utf-8?Q?\?=", ""},
    {"=?utf-8?Q?=4?=", "=4"},
    {"=?utf-8?Q?=GG?=", "=GG"},
    {"=?utf-8?Q?a b?=", "a b"},
    {"=?utf-8?B?4 4GT\t?=", "こ"},
    {"=?utf-8?B?!?=", ""},
    {"=?utf-8?Q?=00=07=1B?=", "???"},
    {"=?utf-8?Q?=FF?=", "?"},
    {"=?shift_jis?B?k/qB?=", "日?"},
    {"=?euc-jp?Q?=A9=A1x?=", "?x"},
    {"=?utf-8?Q?=E2=80=AEx?=", "?x"},
    {"caf\xe9 \xff", "caf? ?"},
    {"a\x01\x7f", "a??"},
    {"\033$", "?$"},
};

static void test_table(void)
{
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        CHECK_LABEL("%s", rows[i].value);
        CLEANUP(mem_free_str) char *shown = mail_words_decode(rows[i].value);
        CHECK_STR(shown, rows[i].shown);
    }
    CHECK_LABEL("NULL");
    CLEANUP(mem_free_str) char *none = mail_words_decode(NULL);
    CHECK_STR(none, "");
}

/* Each row cut anywhere (as a field at its bound is) still gives text fit to show. */
static void test_cut(void)
{
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        size_t len = strlen(rows[i].value);
        for (size_t cut = 0; cut < len; cut++) {
            CHECK_LABEL("%zu octets of %s", cut, rows[i].value);
            CLEANUP(mem_free_str) char *part = mem_strndup(rows[i].value, cut);
            CLEANUP(mem_free_str) char *shown = mail_words_decode(part);
            CLEANUP(mem_free_str) char *clean = mem_alloc(strlen(shown) + 1);
            CHECK_STR(text_clean(clean, strlen(shown) + 1, shown, strlen(shown)), shown);
        }
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"table", test_table},
        {"cut anywhere", test_cut},
    };
    return check_main("mail_words", tests, ROW_COUNT(tests));
}
