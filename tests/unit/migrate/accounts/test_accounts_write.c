/* accounts.h: what is written reads as what was read, in each form and charset. */
#include "check.h"

#include "accounts.h"
#include "mem.h"
#include "temp_dir.h"
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

/* As UTF-8; each is read and written in each charset. */
static const char *const lists[] = {
    "user\r\ntaro\r\nhanako\r\njiro\r\n",
    "from_host,from_user,from_password,note\n"
    "pop.a,taro,\"a,b\",x\n"
    "pop.a,hanako,\" p \",\n"
    "pop.b,jiro,\"\"\"q\"\"\",\"y\nz\"\n",
    "移行元サーバー;移行元ユーザー名;移行元パスワード;フォルダ;備考;\n"
    "pop.a;能;表\\ソ;ソ能表;ﾀﾛｳ;\n"
    "pop.a;hanako;#p;\"a;b\";①髙﨑;\n"
    "pop.b;jiro;'=1;;;\n",
    "移行先パスワード\tメールアドレス\n a\tb\nx\tc\n  y  \td\n",
    "user\n\"a\";\n\"b\";\n\"c\";\n",
    "EmailAddress,UserName,Password\nn1@b,o1,p1\nn2@b,o2,\"p,2\"\nn3@b,o3,p\"3\n",
    "pop.a;u1;p1;imap.b;u2;p2;--x\n#note\nlocalhost;v1;a,b,c,d,e,f,g,h;imap.b;v2; q\npop.c;w1;\"a;b\";imap.b;w2;\"\"\"\"\n",
};
static const char *const charsets[] = {"UTF-8", "UTF-8-BOM", "UTF-16LE", "UTF-16BE", "CP932"};

#define LISTS    (sizeof lists / sizeof *lists)
#define CHARSETS (sizeof charsets / sizeof *charsets)

static void read_as(const char *text, const char *charset, struct account_list *l)
{
    struct buf bytes CLEANUP(buf_done) = {0};
    struct error err = {0};
    CHECK_INT(list_text_encode(text, strlen(text), charset, &bytes, &err), 0);
    CHECK_INT(accounts_parse("in", buf_bytes(&bytes), buf_len(&bytes), NULL, l, &err), 0);
    CHECK_STR(err.text, "");
}

static void check_same(const struct account_list *a, size_t i, const struct account_list *b, size_t k)
{
    size_t count;
    const struct accounts_column *all = accounts_columns(&count);
    for (size_t c = 0; c < count; c++)
        CHECK_STR(accounts_value(b, k, all[c].name), accounts_value(a, i, all[c].name));
}

/* Every choice of the list's accounts. */
static void check_choices(const struct account_list *l)
{
    size_t count = accounts_count(l);
    CHECK_INT(count, 3);
    for (unsigned choice = 1; choice < 1u << count; choice++) {
        struct buf out CLEANUP(list_text_wipe) = {0};
        struct account_list again CLEANUP(accounts_done) = {0};
        struct error err = {0};
        bool chosen[3] = {choice & 1, choice & 2, choice & 4};
        CHECK_INT(accounts_bytes(l, chosen, &out, &err), 0);
        CHECK_INT(accounts_parse("out", buf_bytes(&out), buf_len(&out), l->charset, &again, &err), 0);
        CHECK_STR(err.text, "");
        CHECK_INT(again.form, l->form);
        CHECK(again.csv.delimiter == l->csv.delimiter || l->column_count == 1);
        CHECK_STR(again.charset, l->charset);
        CHECK_INT(again.column_count, l->column_count);
        size_t k = 0;
        for (size_t i = 0; i < count; i++)
            if (chosen[i] && k < accounts_count(&again))
                check_same(l, i, &again, k++);
        CHECK_INT(accounts_count(&again), k);
    }
}

static void test_round_trip(void)
{
    for (size_t i = 0; i < LISTS; i++)
        for (size_t k = 0; k < CHARSETS; k++) {
            struct account_list l CLEANUP(accounts_done) = {0};
            CHECK_LABEL("list %zu in %s", i, charsets[k]);
            read_as(lists[i], charsets[k], &l);
            check_choices(&l);
        }
}

/* Octet for octet, what Excel must see. */
static void test_bytes(void)
{
    struct account_list l CLEANUP(accounts_done) = {0};
    struct buf out CLEANUP(buf_done) = {0};
    bool chosen[3] = {true, false, true};
    CHECK_LABEL("octets");
    read_as(lists[2], "CP932", &l);
    CHECK_INT(accounts_bytes(&l, chosen, &out, NULL), 0);
    CHECK_STR(buf_str(&out), "\x88\xda\x8d\x73\x8c\xb3\x83\x54\x81\x5b\x83\x6f\x81\x5b;"
                             "\x88\xda\x8d\x73\x8c\xb3\x83\x86\x81\x5b\x83\x55\x81\x5b\x96\xbc;"
                             "\x88\xda\x8d\x73\x8c\xb3\x83\x70\x83\x58\x83\x8f\x81\x5b\x83\x68;"
                             "\x83\x74\x83\x48\x83\x8b\x83\x5f;\x94\xf5\x8d\x6c;\r\n"
                             "pop.a;\x94\x5c;\x95\x5c\\\x83\x5c;\x83\x5c\x94\x5c\x95\x5c;\xc0\xdb\xb3;\r\n"
                             "pop.b;jiro;'=1;;;\r\n");
}

/* ---- files ---- */
static unsigned names_in(const char *dir)
{
    unsigned n = 0;
    DIR *d = opendir(dir);
    for (struct dirent *e; d && (e = readdir(d));)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void test_files(void)
{
    char dir[TEMP_DIR_MAX];
    struct account_list l CLEANUP(accounts_done) = {0}, again CLEANUP(accounts_done) = {0};
    struct error err = {0};
    struct stat st;
    bool chosen[3] = {false, true, false}, none[3] = {false};
    temp_dir_make(dir);
    char *path CLEANUP(mem_free_str) = mem_printf("%s/failures.csv", dir);
    CHECK_LABEL("none chosen, no file");
    read_as(lists[1], "UTF-8-BOM", &l);
    CHECK_INT(accounts_write(&l, none, path, &err), 0);
    CHECK_LABEL("over a longer file that others may read");
    FILE *f = fopen(path, "wb");
    CHECK(f && fprintf(f, "%4000s", "") == 4000 && fclose(f) == 0 && chmod(path, 0644) == 0);
    CHECK_INT(accounts_write(&l, chosen, path, &err), 0);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK_INT(accounts_read(path, NULL, &again, &err), 0);
    CHECK_INT(accounts_count(&again), 1);
    CHECK_STR(accounts_value(&again, 0, "from_password"), " p ");
    CHECK(!again.readable_by_others);
    CHECK_INT(names_in(dir), 1);
    CHECK_LABEL("none chosen");
    CHECK_INT(accounts_write(&l, none, path, &err), 0);
    CHECK_INT(names_in(dir), 0);
    temp_dir_remove(dir);
}

static void test_disk_errors(void)
{
    char dir[TEMP_DIR_MAX];
    struct account_list l CLEANUP(accounts_done) = {0};
    struct error err = {0};
    bool chosen[3] = {true, true, true}, none[3] = {false};
    temp_dir_make(dir);
    read_as(lists[0], "UTF-8", &l);
    char *folder CLEANUP(mem_free_str) = mem_printf("%s/none", dir);
    char *path CLEANUP(mem_free_str) = mem_printf("%s/failures.csv", folder);
    char *words CLEANUP(mem_free_str) =
        mem_printf("cannot write %s: No such file or directory; see that this folder "
                   "can be written to and has room, and run again",
            path);
    CHECK_LABEL("no folder");
    CHECK_INT(accounts_write(&l, chosen, path, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK_STR(err.text, words);
    CHECK_LABEL("a folder is in the way");
    CHECK(mkdir(folder, 0700) == 0 && mkdir(path, 0700) == 0);
    CHECK_INT(accounts_write(&l, chosen, path, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK_INT(names_in(folder), 1);
    CHECK_INT(accounts_write(&l, none, path, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    temp_dir_remove(dir);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"read, written, read", test_round_trip},
        {"octets", test_bytes},
        {"files", test_files},
        {"disk errors", test_disk_errors},
    };
    return check_main("accounts_write", tests, sizeof tests / sizeof *tests);
}
