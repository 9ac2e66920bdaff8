/* accounts.h: lists of accounts in each of their forms, and what is refused. */
#include "check.h"

#include "accounts.h"
#include "mem.h"
#include "temp_dir.h"
#include <sys/stat.h>

#define IMAPSYNC "host1;user1;password1;host2;user2;password2"

static int parse(const char *text, struct account_list *ret, struct error *err)
{
    return accounts_parse("list.csv", text, strlen(text), NULL, ret, err);
}

/* ---- what is understood ---- */
/* Of one account: values[] in the order of `columns`, NULL: empty. */
static const char *const columns[] = {
    "from_host", "from_user", "from_password", "to_host", "to_user", "to_password", "user", "folder", NULL};
static const struct {
    const char *text;
    enum accounts_form form;
    size_t count, account; /* the one that is looked at */
    long line;
    const char *values[8];
} lists[] = {
    {"user\ntaro\n", ACCOUNTS_HEADED, 1, 0, 2, {[6] = "taro"}},
    {"from_host,from_user\r\npop.a,taro\r\npop.b,hanako", ACCOUNTS_HEADED, 2, 1, 3, {"pop.b", "hanako"}},
    {"to_user;from_user\n x ; y \n", ACCOUNTS_HEADED, 1, 0, 2, {NULL, "y", [4] = "x"}},
    {"備考\t移行元ユーザー名\t移行元パスワード\nメモ\t　taro \t a \n", ACCOUNTS_HEADED, 1, 0, 2,
        {NULL, "taro", " a "}},
    {"氏名,旧サーバ,旧ユーザ名,新メールアドレス\n山田,pop.a,taro,taro@b\n", ACCOUNTS_HEADED, 1, 0, 2,
        {"pop.a", "taro", [4] = "taro@b"}},
    {"user,備考,メモ,No.\na,b,c,1\n", ACCOUNTS_HEADED, 1, 0, 2, {[6] = "a"}},
    {"user,folder,,\na,b,,\nc,,,\n", ACCOUNTS_HEADED, 2, 0, 2, {[6] = "a", [7] = "b"}},
    {"user,folder\na\nb,c,,,\n", ACCOUNTS_HEADED, 2, 0, 2, {[6] = "a"}},
    {"user,folder\n\n , \na,b\n　,\n", ACCOUNTS_HEADED, 1, 0, 4, {[6] = "a", [7] = "b"}},
    {"user,note\n\"a\",\"x\ny\r\nz\"\nb,\n", ACCOUNTS_HEADED, 2, 1, 5, {[6] = "b"}},
    {"\"移行元\nユーザー名\",folder\ntaro,INBOX", ACCOUNTS_HEADED, 1, 0, 3, {NULL, "taro", [7] = "INBOX"}},
    {"# a list,\n# of mine;\nuser;folder\na;b", ACCOUNTS_HEADED, 1, 0, 4, {[6] = "a", [7] = "b"}},
    {"#,user\n#1,a\n2,b", ACCOUNTS_HEADED, 2, 0, 2, {[6] = "a"}},
    {"from_user,from_password\na,\"p,\"\"q\"\"\"\n", ACCOUNTS_HEADED, 1, 0, 2, {NULL, "a", "p,\"q\""}},
    {"from_user,from_password\na,p\"q\"\n", ACCOUNTS_HEADED, 1, 0, 2, {NULL, "a", "p\"q\""}},
    {"\xef\xbb\xbf"
     "user\na\n",
        ACCOUNTS_HEADED, 1, 0, 2, {[6] = "a"}},
    {"user,\xe3\x83\x95\xe3\x82\xa9\xe3\x83\xab\xe3\x83\x80\na,能表ソ\n", ACCOUNTS_HEADED, 1, 0, 2,
        {[6] = "a", [7] = "能表ソ"}},
    /* 氏名,移行元ﾊﾟｽﾜｰﾄﾞ,フォルダ / 能表ソ,\,能表ソ */
    {"\x8e\x81\x96\xbc,\x88\xda\x8d\x73\x8c\xb3\xca\xdf\xbd\xdc\xb0\xc4\xde,\x83\x74\x83\x48\x83\x8b\x83\x5f\n"
     "\x94\x5c\x95\x5c\x83\x5c,\\,\x94\x5c\x95\x5c\x83\x5c\n",
        ACCOUNTS_HEADED, 1, 0, 2, {[2] = "\\", [7] = "能表ソ"}},
    {"EmailAddress,UserName,Password\nnew@b,old,secret\n", ACCOUNTS_MICROSOFT, 1, 0, 2,
        {NULL, "old", "secret", [4] = "new@b"}},
    {"Password;User Name;EMAIL ADDRESS;UserRoot\n s ;old;new@b;/x\n", ACCOUNTS_MICROSOFT, 1, 0, 2,
        {NULL, "old", " s ", [4] = "new@b"}},
    {"pop.a;u1;p1;imap.b;u2;p2\n", ACCOUNTS_IMAPSYNC, 1, 0, 1, {"pop.a", "u1", "p1", "imap.b", "u2", "p2"}},
    {"# x;y\n\npop.a;u1;p1;imap.b;u2;p2;--ssl1;--ssl2;\n#pop.c;a\n127.0.0.1;v1;\"q;1\"; [::1] ;v2; q2 \n",
        ACCOUNTS_IMAPSYNC, 2, 1, 5, {"127.0.0.1", "v1", "q;1", "[::1]", "v2", " q2 "}},
    {"localhost;u1;a,b,c,d,e,f,g;imap.b;u2;p2\n", ACCOUNTS_IMAPSYNC, 1, 0, 1,
        {"localhost", "u1", "a,b,c,d,e,f,g", "imap.b", "u2", "p2"}},
    {"localhost;u1;a,b,c,d,e,f,\"g;imap.b;u2;p2\nimap.a;u;\"p\"\"q\";imap.b;u;p\n", ACCOUNTS_IMAPSYNC, 2, 1,
        2, {"imap.a", "u", "p\"q", "imap.b", "u", "p"}},
    {"pop.a,u1,p1,imap.b,u2,p2\n", ACCOUNTS_IMAPSYNC, 1, 0, 1, {"pop.a", "u1", "p1", "imap.b", "u2", "p2"}},
    {IMAPSYNC "\npop;u1;p1;imap;u2;p2\n", ACCOUNTS_HEADED, 1, 0, 2, {"pop", "u1", "p1", "imap", "u2", "p2"}},
};

static void test_lists(void)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct account_list l CLEANUP(accounts_done) = {0};
        struct error err = {0};
        CHECK_LABEL("list %zu: %s", i, lists[i].text);
        CHECK_INT(parse(lists[i].text, &l, &err), 0);
        CHECK_STR(err.text, "");
        CHECK_INT(l.form, lists[i].form);
        CHECK_INT(accounts_count(&l), lists[i].count);
        if (accounts_count(&l) <= lists[i].account)
            continue;
        CHECK_INT(accounts_line(&l, lists[i].account), lists[i].line);
        for (size_t k = 0; columns[k]; k++)
            CHECK_STR(accounts_value(&l, lists[i].account, columns[k]), lists[i].values[k]);
        CHECK_STR(accounts_value(&l, lists[i].account, "no such column"), NULL);
    }
}

/* Cut anywhere, the rows before the cut are as they were, or the list is refused. */
static void test_cuts(void)
{
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
        for (size_t len = 0; len < strlen(lists[i].text); len++) {
            char *part CLEANUP(mem_free_str) = mem_alloc(len ? len : 1);
            struct account_list l CLEANUP(accounts_done) = {0}, whole CLEANUP(accounts_done) = {0};
            struct error err = {0};
            CHECK_LABEL("list %zu cut at %zu", i, len);
            memcpy(part, lists[i].text, len);
            int rc = accounts_parse("cut", part, len, NULL, &l, &err);
            CHECK(rc == 0 ? !err.code : err.code == ERROR_USAGE && !strncmp(err.text, "cut:", 4));
            if (rc < 0 || parse(lists[i].text, &whole, NULL) < 0 || l.form != whole.form)
                continue;
            for (size_t k = 0; k + 1 < accounts_count(&l) && accounts_fault(&l, k, NULL) == 0; k++)
                for (size_t c = 0; columns[c]; c++)
                    CHECK_STR(accounts_value(&l, k, columns[c]), accounts_value(&whole, k, columns[c]));
        }
}

/* ---- what is refused ---- */
#define COLUMNS                                                                                              \
    "from_host, from_port, from_user, from_password, to_host, to_port, to_user, to_password, folder, enabled, name, note and more (popferry accounts columns lists them)"
#define NO_FORM                                                                                              \
    "the first line must name the columns, or be an account as imapsync has it, " IMAPSYNC                   \
    "; there are: " COLUMNS
#define NOT_IMAPSYNC                                                                                         \
    "the list has no heading, so each line must be as imapsync has it, " IMAPSYNC                            \
    ", and this one is not: both hosts "                                                                     \
    "must be full names (pop.example.jp), and fields with a semicolon in them stand in quotes"
static const struct {
    const char *text, *words;
} refused[] = {
    {"", "list.csv: there are no accounts in it"},
    {"\n , \n", "list.csv: there are no accounts in it"},
    {"# only;notes\n", "list.csv: there are no accounts in it"},
    {"user,folder\n", "list.csv:2: there are no accounts below the heading"},
    {"user\n\n　\n", "list.csv:4: there are no accounts below the heading"},
    {"from_usr,from_host\na,b", "list.csv:1: there is no column \"from_usr\"; there are: " COLUMNS},
    {"user,\xef\xbc\xb8\na,b", "list.csv:1: there is no column \"Ｘ\"; there are: " COLUMNS},
    {"\n\nuser,パスワード\na,b", "list.csv:3: there is no column \"パスワード\"; there are: " COLUMNS},
    {"user,a\x1b[0m\na,b", "list.csv:1: there is no column \"a?[0m\"; there are: " COLUMNS},
    {"taro@a,secret\n", "list.csv:1: " NO_FORM},
    {"pop.a;taro;secret;imap.b;taro\n", "list.csv:1: " NO_FORM},
    {"Quelle;Benutzer;Kennwort;Ziel;Nutzer;Passwort\n", "list.csv:1: " NO_FORM},
    {"EmailAddress,UserName\na,b\n",
        "list.csv:1: the column user stands there twice, as \"EmailAddress\" and \"UserName\""},
    {"user,Password\na,b\n", "list.csv:1: there is no column \"Password\"; there are: " COLUMNS},
    {"EmailAddress,UserName,Password,x\na,b,c,d\n",
        "list.csv:1: the column user stands there twice, as \"EmailAddress\" and \"UserName\""},
    {"from_user,旧ユーザ名\na,b\n",
        "list.csv:1: the column from_user stands there twice, as \"from_user\" and \"旧ユーザ名\""},
    {"user\n\x8e",
        "list.csv: line 2: this is not text in UTF-8 or CP932 (Shift_JIS): save the file as \"CSV UTF-8\", or name its "
        "charset"},
};

static void test_refused(void)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        struct account_list l = {0};
        struct error err = {0};
        CHECK_LABEL("row %zu: %s", i, refused[i].text);
        CHECK_INT(parse(refused[i].text, &l, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
        CHECK_STR(err.text, refused[i].words);
        CHECK(!l.path && !l.csv.rows && !l.columns);
        CHECK_INT(parse(refused[i].text, &l, NULL), -1);
    }
}

/* ---- a row that makes no sense ---- */
/* That row alone; `others` are the users of the accounts that can be read. */
static const struct {
    const char *text, *words, *others;
} faults[] = {
    {"user,folder\na,b\nc,d,e\nf,g\n",
        "list.csv:3: there is something in field 3, which has no heading: a field with a comma in it must stand in "
        "quotes",
        "a f "},
    {"user;;folder\n\"a\nb\";;\nc;d;\n",
        "list.csv:4: there is something in field 2, which has no heading: a field with a semicolon in it must stand in "
        "quotes",
        "a\nb "},
    {"EmailAddress,UserName,Password\na,b,p,q\nc,d,e\n",
        "list.csv:2: there is something in field 4, which has no heading: a field with a comma in it must stand in "
        "quotes",
        "d "},
    {"pop.a;u;p;imap.b;u;p\n#x\npop.a;u;p;q;imap.b;u;p\npop.a;v;p;imap.b;u;p\n", "list.csv:3: " NOT_IMAPSYNC,
        "u v "},
    {"pop.a;u;p;imap.b;u;p\npop.a;u;p;imap.b;u\n", "list.csv:2: " NOT_IMAPSYNC, "u "},
    {"pop;u;p;imap;u;p\npop.a;v;p;imap.b;u;p\n", "list.csv:1: " NOT_IMAPSYNC, "v "},
    {"user,note\na,\"b\nc,d\n", "list.csv:2: a field in quotes does not end", "c "},
    {"user,note\na,\"b\"c\nd,\"e\"\n", "list.csv:2: text behind a field in quotes", "d "},
};

static void test_faults(void)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct account_list l CLEANUP(accounts_done) = {0};
        struct error err = {0}, why = {0}, other;
        struct buf users CLEANUP(buf_done) = {0};
        CHECK_LABEL("list %zu: %s", i, faults[i].text);
        CHECK_INT(parse(faults[i].text, &l, &err), 0);
        for (size_t k = 0; k < accounts_count(&l); k++) {
            const char *user = accounts_value(&l, k, "user");
            user = user ? user : accounts_value(&l, k, "from_user");
            if (accounts_fault(&l, k, why.code ? &other : &why) == 0)
                buf_printf(&users, "%s ", user);
        }
        CHECK_STR(why.text, faults[i].words);
        CHECK_INT(why.code, ERROR_USAGE);
        CHECK(!strncmp(buf_str(&users), faults[i].others, strlen(faults[i].others)));
    }
}

static void test_headings(void)
{
    struct account_list l CLEANUP(accounts_done) = {0};
    CHECK_LABEL("headings");
    CHECK_INT(parse("sep=;\n\"　移行元\nサーバ \";旧ユーザ名;備考\npop.a;taro;x\n# passed over;;\n#N/A;b;\n",
                  &l, NULL),
        0);
    CHECK_STR(accounts_heading(&l, "from_user"), "旧ユーザ名");
    CHECK_STR(accounts_heading(&l, "from_host"), "移行元サーバ");
    CHECK_STR(accounts_heading(&l, "to_user"), "to_user");
    CHECK_INT(l.notes, 1);
    CHECK_INT(accounts_count(&l), 2);
}

static int parse_many(
    const char *heading, const char *row, size_t times, struct account_list *l, struct error *err)
{
    struct buf text CLEANUP(buf_done) = {0};
    buf_append_str(&text, heading);
    while (times--)
        buf_append_str(&text, row);
    return accounts_parse("list.csv", buf_bytes(&text), buf_len(&text), NULL, l, err);
}

static void test_limit(void)
{
    struct account_list l CLEANUP(accounts_done) = {0}, none = {0};
    struct error err = {0};
    CHECK_LABEL("as many as may be");
    CHECK_INT(parse_many("user\n", "a\n", ACCOUNTS_MAX, &l, &err), 0);
    CHECK_INT(accounts_count(&l), ACCOUNTS_MAX);
    CHECK_LABEL("one more");
    CHECK_INT(parse_many("user\n", "a\n", ACCOUNTS_MAX + 1, &none, &err), -1);
    CHECK_STR(err.text, "list.csv:100002: there are more than 100,000 accounts");
    CHECK_INT(parse_many("", "pop.a;u;p;imap.b;u;p\n", ACCOUNTS_MAX + 1, &none, &err), -1);
    CHECK_STR(err.text, "list.csv:100001: there are more than 100,000 accounts");
}

/* ---- enabled ---- */
static void test_enabled(void)
{
    static const struct {
        const char *value;
        int enabled; /* -1: refused */
    } table[] = {{"", 1}, {" ", 1}, {"yes", 1}, {"YES", 1}, {"y", 1}, {"true", 1}, {"TRUE", 1}, {"1", 1},
        {"１", 1}, {"on", 1}, {"はい", 1}, {"有効", 1}, {"○", 1}, {"〇", 1}, {"◯", 1}, {"no", 0}, {"n", 0},
        {"false", 0}, {"0", 0}, {"０", 0}, {"off", 0}, {"いいえ", 0}, {"無効", 0}, {"×", 0}, {"対象外", 0},
        {"x", -1}, {"2", -1}, {"-", -1}, {"済", -1}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct account_list l CLEANUP(accounts_done) = {0};
        struct error err = {0};
        bool enabled = table[i].enabled != 1;
        char *text CLEANUP(mem_free_str) = mem_printf("user,有効\na,%s\n", table[i].value);
        CHECK_LABEL("%s", table[i].value);
        CHECK_INT(parse(text, &l, &err), 0);
        int rc = accounts_enabled(&l, 0, &enabled, &err);
        CHECK_INT(rc, table[i].enabled < 0 ? -1 : 0);
        CHECK_INT(enabled, table[i].enabled < 0 ? true : table[i].enabled);
        CHECK(rc == 0 || (err.code == ERROR_USAGE && !strncmp(err.text, "list.csv:2: column 有効 ", 25)));
    }
}

/* ---- files ---- */
static void check_read(const char *path, const char *text, mode_t mode, bool readable)
{
    struct account_list l CLEANUP(accounts_done) = {0};
    FILE *f = fopen(path, "wb");
    CHECK_LABEL("%s mode %o", text, (unsigned)mode);
    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0 && chmod(path, mode) == 0);
    CHECK_INT(accounts_read(path, NULL, &l, NULL), 0);
    CHECK_STR(l.path, path);
    CHECK_INT(l.readable_by_others, readable);
}

static void test_files(void)
{
    char dir[TEMP_DIR_MAX];
    struct account_list l = {0};
    struct error err = {0};
    temp_dir_make(dir);
    char *path CLEANUP(mem_free_str) = mem_printf("%s/list.csv", dir);
    char *missing CLEANUP(mem_free_str) = mem_printf("%s: No such file or directory", path);
    CHECK_LABEL("no file");
    CHECK_INT(accounts_read(path, NULL, &l, &err), -1);
    CHECK_STR(err.text, missing);
    check_read(path, "user,to_password\na,b\n", 0600, false);
    check_read(path, "user,to_password\na,b\n", 0640, true);
    check_read(path, "user,from_password\na,\nb,c\n", 0604, true);
    check_read(path, "user,from_password\na,\n", 0644, false);
    check_read(path, "user,from_password_file\na,b\n", 0644, false);
    check_read(path, "pop.a;u;p;imap.b;u;p\n", 0644, true);
    check_read(path, "EmailAddress,UserName,Password\na,b,c\n", 0644, true);
    CHECK_LABEL("a charset of the user's");
    CHECK_INT(accounts_read(path, "UTF-16LE", &l, &err), -1);
    CHECK(!strncmp(err.text, path, strlen(path)));
    temp_dir_remove(dir);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"lists", test_lists},
        {"cut anywhere", test_cuts},
        {"what is refused", test_refused},
        {"a row that makes no sense", test_faults},
        {"headings", test_headings},
        {"how many", test_limit},
        {"enabled", test_enabled},
        {"files", test_files},
    };
    return check_main("accounts", tests, sizeof tests / sizeof *tests);
}
