/* accounts.h, accounts_fold.h: the headings that people write, and the template. */
#include "check.h"

#include "accounts.h"
#include "accounts_fold.h"
#include "mem.h"

/* ---- folding ---- */
static const struct {
    const char *text, *folded;
} folds[] = {
    {"", ""},
    {"from_user", "fromuser"},
    {" From-User\t", "fromuser"},
    {"FROM USER", "fromuser"},
    {"ＦＲＯＭ＿ＵＳＥＲ", "fromuser"},
    {"from\r\nuser", "fromuser"},
    {"E-mail", "email"},
    {"No.", "no"},
    {"移行元　サーバ", "移行元サバ"},
    {"移行元のサーバー：", "移行元サバ"},
    {"ﾊﾟｽﾜｰﾄﾞ", "パスワド"},
    {"パスワード", "パスワド"},
    {"ﾕｰｻﾞｰ", "ユザ"},
    {"ﾀﾞﾁﾞﾂﾞﾃﾞﾄﾞ", "ダヂヅデド"},
    {"ﾎﾞﾎﾟ", "ボポ"},
    {"ﾞ", "ﾞ"},
    {"aﾞ", "aﾞ"},
    {"ンﾞ", "ンﾞ"},
    {"(必須)*", "必須"},
    {"--", ""},
    {"\xff", ""},
    {"a\xe3\x83", ""},
};

static void test_folds(void)
{
    char word[ACCOUNTS_FOLD_MAX], again[ACCOUNTS_FOLD_MAX];
    for (size_t i = 0; i < sizeof folds / sizeof *folds; i++) {
        CHECK_LABEL("%s", folds[i].text);
        CHECK_STR(accounts_fold(word, folds[i].text), folds[i].folded);
        CHECK_STR(accounts_fold(again, word), word);
    }
    char longest[300];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    CHECK_LABEL("longer than any heading");
    CHECK_STR(accounts_fold(word, longest), "");
    longest[ACCOUNTS_FOLD_MAX - 4] = '\0';
    CHECK_STR(accounts_fold(word, longest), longest);
}

static void test_trim(void)
{
    static const struct {
        const char *text, *trimmed;
    } table[] = {
        {"", ""},
        {" ", ""},
        {"　", ""},
        {"a", "a"},
        {" a b ", "a b"},
        {"\t\r\n a\t\r\n", "a"},
        {"　\xc2\xa0 山田　太郎 \xc2\xa0　", "山田　太郎"},
        {"\x80 a \x80", "\x80 a \x80"},
        {" \xc2", "\xc2"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char *text CLEANUP(mem_free_str) = mem_strdup(table[i].text);
        CHECK_LABEL("%s", table[i].text);
        CHECK_STR(accounts_fold_trim(text), table[i].trimmed);
    }
}

/* ---- columns ---- */
/* NULL: there must be none, since it could mean more than one. */
static const struct {
    const char *heading, *column;
} headings[] = {
    {"from", "from"},
    {"To", "to"},
    {"from-host", "from_host"},
    {"From Host", "from_host"},
    {"ＦＲＯＭ＿ＨＯＳＴ", "from_host"},
    {"host1", "from_host"},
    {"source server", "from_host"},
    {"Old Host", "from_host"},
    {"移行元サーバ", "from_host"},
    {"移行元サーバー", "from_host"},
    {"移行元ｻｰﾊﾞｰ", "from_host"},
    {"移行元のサーバー名", "from_host"},
    {"旧サーバ", "from_host"},
    {"POPサーバ", "from_host"},
    {"ＩＭＡＰパスワード", "to_password"},
    {"移行元ポート", "from_port"},
    {"移行先ポート番号", "to_port"},
    {"移行先サーバ", "to_host"},
    {"移行先ホスト名", "to_host"},
    {"Destination Server", "to_host"},
    {"移行元ユーザ名", "from_user"},
    {"移行元ユーザーＩＤ", "from_user"},
    {"移行元アカウント", "from_user"},
    {"移行元メールアドレス", "from_user"},
    {"旧メールアドレス", "from_user"},
    {"移行先アカウント", "to_user"},
    {"新メールアドレス", "to_user"},
    {"new email", "to_user"},
    {"移行元パスワード", "from_password"},
    {"移行元ﾊﾟｽﾜｰﾄﾞ", "from_password"},
    {"移行先パスワード", "to_password"},
    {"移行元パスワードファイル", "from_password_file"},
    {"移行先パスワードファイル", "to_password_file"},
    {"from password command", "from_password_command"},
    {"メールアドレス", "user"},
    {"E-Mail", "user"},
    {"ｱｶｳﾝﾄ", "user"},
    {"フォルダ", "folder"},
    {"フォルダー", "folder"},
    {"移行先フォルダ", "folder"},
    {"folder_old", "folder_old"},
    {"備考", "note"},
    {"No.", "note"},
    {"#", "note"},
    {"氏名", "name"},
    {"お名前", "name"},
    {"有効", "enabled"},
    {"移行対象", "enabled"},
    {"max-wait", "max_wait"},
    {"upload cap", "upload_cap"},
    {"time_zone", "time_zone"},
    {"password", NULL},
    {"パスワード", NULL},
    {"パスワードファイル", NULL},
    {"host", NULL},
    {"server", NULL},
    {"サーバー", NULL},
    {"移行元", NULL},
    {"移行先", NULL},
    {"source", NULL},
    {"旧フォルダー", NULL},
    {"size", NULL},
    {"", NULL},
    {" - ", NULL},
};

static void test_headings(void)
{
    for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
        const struct accounts_column *c = accounts_column_find(headings[i].heading);
        CHECK_LABEL("%s", headings[i].heading);
        CHECK_STR(c ? c->name : NULL, headings[i].column);
    }
}

/* Every name and alias finds its own column, so that no two columns share a word; none stands there twice. */
static void test_unambiguous(void)
{
    size_t count;
    const struct accounts_column *all = accounts_columns(&count);
    for (size_t i = 0; i < count; i++) {
        CHECK_LABEL("%s", all[i].name);
        CHECK(accounts_column_find(all[i].name) == &all[i]);
        CHECK(all[i].aliases[0] && *all[i].help);
        for (size_t k = 0; all[i].aliases[k]; k++) {
            char word[ACCOUNTS_FOLD_MAX];
            CHECK_LABEL("%s: %s", all[i].name, all[i].aliases[k]);
            CHECK(accounts_column_find(all[i].aliases[k]) == &all[i]);
            CHECK(!accounts_fold_is_one(accounts_fold(word, all[i].aliases[k]), all[i].aliases + k + 1));
        }
    }
}

/* The option is the name with "-", but for columns that are none. */
static void test_options(void)
{
    static const char *const none[] = {
        "user", "enabled", "note", "name", "from_password", "to_password", NULL};
    size_t count, without = 0;
    const struct accounts_column *all = accounts_columns(&count);
    for (size_t i = 0; i < count; i++) {
        char option[64];
        CHECK_LABEL("%s", all[i].name);
        snprintf(option, sizeof option, "%s", all[i].name);
        for (char *p = option; *p; p++)
            *p = *p == '_' ? '-' : *p;
        if (all[i].option) {
            CHECK_STR(all[i].option, option);
            continue;
        }
        char word[ACCOUNTS_FOLD_MAX];
        CHECK(accounts_fold_is_one(accounts_fold(word, all[i].name), none));
        without++;
    }
    CHECK_INT(without, 6);
}

/* ---- the template ---- */
static void test_template(void)
{
    static const char *const values[][3] = {
        {"from_host", "pop.example.jp", "pop.example.jp"},
        {"from_port", "995", "995"},
        {"to_port", "993", "993"},
        {"from_user", "taro@example.jp", "hanako@example.jp"},
        {"from_password", "legacy-password-1", "legacy-password-2"},
        {"to_host", "imap.example.com", "imap.example.com"},
        {"to_user", "taro@example.com", "hanako@example.com"},
        {"to_password", "cloud-password-1", "cloud-password-2"},
        {"folder", "INBOX", "INBOX"},
    };
    for (int japanese = 0; japanese < 2; japanese++) {
        struct buf out CLEANUP(buf_done) = {0};
        struct account_list l CLEANUP(accounts_done) = {0};
        struct error err = {0};
        CHECK_LABEL("template, japanese %d", japanese);
        accounts_template(japanese, &out);
        CHECK_INT(accounts_parse("template", buf_bytes(&out), buf_len(&out), NULL, &l, &err), 0);
        CHECK_STR(err.text, "");
        CHECK_STR(l.charset, "UTF-8-BOM");
        CHECK_INT(l.form, ACCOUNTS_HEADED);
        CHECK_INT(accounts_count(&l), 2);
        CHECK_INT(l.column_count, 12);
        for (size_t i = 0; i < l.column_count; i++)
            CHECK(l.columns[i] == accounts_column_find(l.csv.rows[0].fields[i]) && l.columns[i]);
        for (size_t i = 0; i < sizeof values / sizeof *values; i++)
            for (size_t k = 0; k < 2; k++)
                CHECK_STR(accounts_value(&l, k, values[i][0]), values[i][k + 1]);
        bool enabled = false;
        CHECK(accounts_enabled(&l, 1, &enabled, NULL) == 0 && enabled);
        CHECK_STR(accounts_value(&l, 0, "name"), japanese ? "山田太郎" : "Taro Yamada");
        CHECK_STR(l.csv.rows[0].fields[0], japanese ? "移行元サーバー" : "from_host");
        CHECK(!strcmp(buf_str(&out) + buf_len(&out) - 2, "\r\n"));
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"folding", test_folds},
        {"blanks at the ends", test_trim},
        {"headings", test_headings},
        {"no word means two columns", test_unambiguous},
        {"options", test_options},
        {"the template", test_template},
    };
    return check_main("accounts_columns", tests, sizeof tests / sizeof *tests);
}
