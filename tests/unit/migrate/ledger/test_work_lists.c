/* work_lists.h: who is in a list and who is no longer, and the file of it, however damaged; work_dir_forget.
 */
#include "fixture.h"
#include "mem.h"
#include "work_dir.h"
#include "work_lists.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAMES_MAX 8

static char root[TEMP_DIR_MAX];

static const char *at(const char *name)
{
    static char path[4][1024];
    static unsigned turn;
    char *p = path[turn++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", root, name);
    return p;
}

/* A run over a list of "source>destination ..."; "?user" is a row that cannot be read, "?" one of nobody. */
struct rows {
    char text[256];
    struct work_lists_name names[NAMES_MAX];
    const char *unnamed[NAMES_MAX];
    struct work_lists_run run;
};

static struct work_lists_run *run_of(struct rows *r, const char *list, const char *text)
{
    static int64_t now_s = 1000;
    *r = (struct rows){.run = {.list = list, .names = r->names, .unnamed = r->unnamed, .now_s = now_s++}};
    snprintf(r->text, sizeof r->text, "%s", text);
    for (char *save, *word = strtok_r(r->text, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        char *arrow = strchr(word, '>');
        if (*word == '?') {
            r->unnamed[r->run.unnamed_count++] = word[1] ? word + 1 : NULL;
            continue;
        }
        CHECK(arrow != NULL);
        *arrow = '\0';
        r->names[r->run.count++] = (struct work_lists_name){word, arrow + 1};
    }
    return &r->run;
}

static void note(struct work_lists *l, const char *list, const char *text)
{
    struct rows r;
    work_lists_note(l, run_of(&r, list, text));
}

static void note_part(struct work_lists *l, const char *part, const char *list, const char *text)
{
    struct rows r;
    work_lists_note_part(l, part, run_of(&r, list, text));
}

/* "a>1" is held, "-a>1" has left, "?a>1" is not known. */
static void check_standing(const struct work_lists *l, const char *text)
{
    char copy[256];
    snprintf(copy, sizeof copy, "%s", text);
    for (char *save, *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        enum work_lists_standing wanted = *word == '-'   ? WORK_LISTS_LEFT
                                          : *word == '?' ? WORK_LISTS_UNKNOWN
                                                         : WORK_LISTS_HELD;
        word += wanted != WORK_LISTS_HELD;
        CHECK_LABEL("%s of %s", word, text);
        char *arrow = strchr(word, '>');
        *arrow = '\0';
        CHECK_INT(work_lists_standing(l, word, arrow + 1), wanted);
    }
    CHECK_LABEL("-");
}

/* ---- the rules ---- */
static void test_corrected(void)
{
    struct work_lists *l = work_lists_new();
    check_standing(NULL, "?a>1");
    check_standing(l, "?a>1");
    note(l, "/l", "a>1 b>2 bx>2 b>2");
    check_standing(l, "a>1 b>2 bx>2 ?a>2");
    note(l, "/l", "a>1 b>2");
    check_standing(l, "a>1 b>2 -bx>2");
    note(l, "/l", "a>1 b>2 bx>2");
    check_standing(l, "bx>2");
    note(l, "/l", "");
    check_standing(l, "-a>1 -b>2 -bx>2");
    work_lists_free(l);
}

static void test_several(void)
{
    struct work_lists *l = work_lists_new();
    note(l, "/sales", "a>1 b>2");
    note(l, "/staff", "b>2 c>3");
    check_standing(l, "a>1 b>2 c>3");
    note(l, "/sales", "a>1");
    check_standing(l, "a>1 b>2 c>3");
    note(l, "/staff", "c>3");
    check_standing(l, "a>1 -b>2 c>3");
    work_lists_free(l);
}

/* What is no file comes from who knows where: it only adds. */
static void test_passing(void)
{
    struct work_lists *l = work_lists_new();
    struct rows r;
    work_lists_note(l, run_of(&r, "/dev/fd/63", "a>1"));
    run_of(&r, "/dev/fd/63", "b>2")->passing = true;
    work_lists_note(l, &r.run);
    check_standing(l, "a>1 b>2");
    work_lists_free(l);
}

static void test_unnamed(void)
{
    struct work_lists *l = work_lists_new();
    note(l, "/l", "taro@pop>taro@imap jiro@pop>ziro@imap hana@pop>hana@imap");
    note(l, "/l", "?Taro ?ziro");
    check_standing(l, "taro@pop>taro@imap jiro@pop>ziro@imap -hana@pop>hana@imap");
    note(l, "/l", "?");
    check_standing(l, "taro@pop>taro@imap jiro@pop>ziro@imap");
    note(l, "/l", "?tar");
    check_standing(l, "-taro@pop>taro@imap -jiro@pop>ziro@imap");
    work_lists_free(l);
}

/* An estimate may know the sources alone. */
static void test_sources_alone(void)
{
    struct work_lists *l = work_lists_new();
    note(l, "/l", "a>1 b>2");
    note(l, "/l", "a>");
    check_standing(l, "a>1 -b>2 a>");
    note(l, "/l", "a>1");
    check_standing(l, "a>1 -a>");
    work_lists_free(l);
}

static void test_part(void)
{
    struct work_lists *l = work_lists_new();
    note(l, "/l", "a>1 bx>2 cx>cx d>4");
    note_part(l, "/w/failures.csv", "/l", "bx>2 cx>cx d>4");
    check_standing(l, "a>1 bx>2 cx>cx d>4");
    note(l, "/w/failures.csv", "b>2 cx>cx"); /* one corrected, one taken out */
    check_standing(l, "a>1 b>2 -bx>2 cx>cx d>4");
    note(l, "/w/failures.csv", "b>2 c>c"); /* of which nothing is as it was */
    check_standing(l, "a>1 b>2 c>c -cx>cx");
    note(l, "/w/failures.csv", "b>2");
    check_standing(l, "a>1 b>2 c>c");
    note(l, "/l", "a>1 b>2 c>c d>4");
    check_standing(l, "a>1 b>2 c>c d>4 -bx>2 -cx>cx");
    note(l, "/l", "a>1");
    check_standing(l, "a>1 -b>2 -c>c -d>4");
    work_lists_free(l);
}

/* Who is known by a part alone stays, whatever is written there next; a part of a part is of the whole. */
static void test_part_alone(void)
{
    struct work_lists *l = work_lists_new();
    note(l, "/l", "a>1 bx>2");
    note_part(l, "/f", "/l", "bx>2");
    note(l, "/f", "b>2");
    note_part(l, "/g", "/f", "b>2");
    note(l, "/l", "a>1 bx>2");
    note_part(l, "/f", "/l", "bx>2");
    check_standing(l, "a>1 bx>2 b>2");
    note_part(l, "/l", "/l", "a>1"); /* a list is no part of itself */
    note(l, "/l", "b>2");
    check_standing(l, "-a>1 -bx>2 b>2");
    work_lists_free(l);
}

static bool strange(const struct work_lists *l, const char *list, const char *text)
{
    struct rows r;
    size_t count;
    const char *of;
    return work_lists_strange(l, run_of(&r, list, text), &count, &of);
}

static void test_strange(void)
{
    struct rows r;
    size_t count = 7;
    const char *of = NULL;
    struct work_lists *l = work_lists_new();
    CHECK(!strange(NULL, "/b", "c>3"));
    CHECK(!strange(l, "/b", "c>3"));
    note(l, "/a", "a>1 b>2 x>9");
    note(l, "/a2", "b>2");
    note(l, "/a", "a>1 b>2");
    note_part(l, "/f", "/a", "a>1");
    CHECK(!strange(l, "/b", ""));
    CHECK(!strange(l, "/b", "A>3"));
    CHECK(!strange(l, "/b", "c>3 d>2"));
    CHECK(!strange(l, "/b", "c>3 ?b"));
    CHECK(!strange(l, "/f", "c>3")); /* corrected as a whole */
    CHECK(strange(l, "/b", "x>9"));  /* which has left */
    CHECK(strange(l, "/a", "c>3"));
    CHECK(work_lists_strange(l, run_of(&r, "/b", "c>3 d>4"), &count, &of));
    CHECK_INT(count, 2);
    CHECK_STR(of, "/a");
    work_lists_free(l);
}

/* ---- the file ---- */
static void put_file(const char *path, const char *bytes, size_t len)
{
    FILE *f = fopen(path, "w");
    CHECK(f && fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
}

static size_t get_file(const char *path, char *bytes, size_t cap)
{
    FILE *f = fopen(path, "r");
    size_t len = f ? fread(bytes, 1, cap, f) : 0;
    CHECK(f && fclose(f) == 0);
    return len;
}

static void on_change(void *ctx, struct work_lists *l)
{
    note(l, "/l", *(const char **)ctx);
}

static int change(const char *text, struct error *ret_damage, struct error *err)
{
    return work_lists_change(root, on_change, &text, ret_damage, err);
}

static void test_file(void)
{
    struct error err = {0}, damage;
    struct work_lists *l = NULL;
    struct stat st;
    temp_dir_make(root);
    CHECK_INT(work_lists_read(root, &l, &err), 0);
    CHECK(!l);
    CHECK_INT(change("a>1 b>\xe5\xa4\xaa", &damage, &err), 0);
    CHECK_INT(change("a>1 c>\"\\", &damage, &err), 0);
    CHECK_INT(damage.code, 0);
    CHECK_INT(work_lists_read(root, &l, &err), 0);
    check_standing(l, "a>1 -b>\xe5\xa4\xaa c>\"\\");
    work_lists_free(l);
    CHECK(stat(at(WORK_LISTS_FILE), &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(access(at(WORK_LISTS_FILE ".part"), F_OK) < 0);
    temp_dir_remove(root);
}

/* All of it or nothing, whatever stands there. */
static void check_bytes(const char *bytes, size_t len)
{
    struct work_lists *l = NULL;
    struct error err = {0};
    put_file(at(WORK_LISTS_FILE), bytes, len);
    int rc = work_lists_read(root, &l, &err);
    CHECK(rc == 0 ? l != NULL : l == NULL && *err.text);
    work_lists_free(l);
}

static void test_garbage(void)
{
    static const char *const documents[] = {"", "{}", "[]", "null", "{\"schema\":1}", "{\"schema\":\"1\"}",
        "{\"schema\":0,\"lists\":[],\"accounts\":[]}", "{\"schema\":1,\"lists\":{},\"accounts\":[]}",
        "{\"schema\":1,\"lists\":[1],\"accounts\":[]}",
        "{\"schema\":1,\"lists\":[{\"path\":\"/a\",\"part_of\":1,\"run\":1}],\"accounts\":[]}",
        "{\"schema\":1,\"lists\":[{\"path\":\"/a\",\"part_of\":-1,\"run\":1}],\"accounts\":[]}",
        "{\"schema\":1,\"lists\":[{\"path\":\"/a\",\"part_of\":1,\"run\":1},{\"path\":\"/b\",\"part_of\":0,\"run\":1}],"
        "\"accounts\":[]}",
        "{\"schema\":1,\"lists\":[{\"path\":\"/a\",\"part_of\":null,\"run\":1},{\"path\":\"/"
        "a\",\"part_of\":null,\"run\":1}],\"accounts\":[]}",
        "{\"schema\":1,\"lists\":[],\"accounts\":[{\"from\":\"a\",\"to\":\"b\",\"lists\":[0]}]}",
        "{\"schema\":1,\"lists\":[],\"accounts\":[{\"from\":\"a\",\"to\":\"b\",\"lists\":[-1]}]}",
        "{\"schema\":1,\"lists\":[],\"accounts\":[{\"from\":\"a\",\"to\":\"b\",\"lists\":{}}]}",
        "{\"schema\":1,\"lists\":[],\"accounts\":[{\"from\":\"a\",\"to\":1,\"lists\":[]}]}",
        "{\"schema\":1,\"lists\":[],\"accounts\":[{\"from\":\"a\",\"to\":\"b\",\"lists\":[]},{\"from\":\"a\",\"to\":"
        "\"b\",\"lists\":[]}]}",
        "{\"schema\":1,\"lists\":[],\"accounts\":[],\"schema\":1}"};
    struct error err = {0}, damage;
    struct work_lists *l = NULL;
    char whole[2048];
    temp_dir_make(root);
    for (size_t i = 0; i < sizeof documents / sizeof *documents; i++) {
        CHECK_LABEL("%s", documents[i]);
        put_file(at(WORK_LISTS_FILE), documents[i], strlen(documents[i]));
        CHECK_INT(work_lists_read(root, &l, &err), -1);
        CHECK_INT(err.code, ERROR_LEDGER);
        CHECK(strstr(err.text, "is damaged"));
        CHECK(!l);
    }
    CHECK_INT(change("a>1 b>2", &damage, &err), 0);
    CHECK_INT(damage.code, ERROR_LEDGER);
    CHECK(strstr(damage.text, "kept as"));
    CHECK_INT(get_file(at(WORK_LISTS_FILE ".damaged"), whole, sizeof whole), strlen(documents[18]));
    size_t len = get_file(at(WORK_LISTS_FILE), whole, sizeof whole);
    for (size_t cut = 0; cut <= len; cut++) {
        CHECK_LABEL("cut at %zu", cut);
        check_bytes(whole, cut);
    }
    for (size_t i = 0; i < len; i++)
        for (int bit = 0; bit < 8; bit++) {
            CHECK_LABEL("bit %d of %zu", bit, i);
            whole[i] ^= (char)(1 << bit);
            check_bytes(whole, len);
            whole[i] ^= (char)(1 << bit);
        }
    CHECK_LABEL("-");
    temp_dir_remove(root);
}

static void test_not_ours(void)
{
    struct error err = {0}, damage;
    struct work_lists *l = NULL;
    static const char newer[] = "{\"schema\":2}";
    char bytes[64];
    temp_dir_make(root);
    put_file(at(WORK_LISTS_FILE), newer, strlen(newer));
    CHECK_INT(change("a>1", &damage, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK(strstr(err.text, "newer popferry"));
    CHECK_INT(get_file(at(WORK_LISTS_FILE), bytes, sizeof bytes), strlen(newer));
    CHECK_INT(unlink(at(WORK_LISTS_FILE)), 0);
    CHECK_INT(mkfifo(at(WORK_LISTS_FILE), 0600), 0);
    CHECK_INT(work_lists_read(root, &l, &err), -1); /* and does not wait */
    CHECK_INT(unlink(at(WORK_LISTS_FILE)), 0);
    CHECK_INT(symlink("elsewhere", at(WORK_LISTS_FILE)), 0);
    CHECK_INT(change("a>1", &damage, &err), -1);
    CHECK(access(at("elsewhere"), F_OK) < 0);
    CHECK_INT(unlink(at(WORK_LISTS_FILE)), 0);
    CHECK_INT(unlink(at("lists.lock")), 0);
    CHECK_INT(symlink("elsewhere", at("lists.lock")), 0);
    CHECK_INT(change("a>1", &damage, &err), -1);
    CHECK(access(at("elsewhere"), F_OK) < 0);
    temp_dir_remove(root);
}

/* ---- forgetting ---- */
static int forget(const char *name, bool dry, struct error *err)
{
    char *from CLEANUP(mem_free_str) = NULL, *to CLEANUP(mem_free_str) = NULL;
    int rc = work_dir_forget(root, name, 0, dry, &from, &to, err);
    CHECK(rc < 0 || (from && to && strstr(to, "/forgotten/") && (access(to, F_OK) == 0) == !dry));
    return rc;
}

static void test_forget(void)
{
    static const char *const none[] = {
        "", ".", "..", "../x", "/", "a/b", "c@pop", "a@po", "a@pop-1a2b3c4", ".x"};
    struct error err = {0};
    temp_dir_make(root);
    CHECK_INT(forget("a@pop", false, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    static const char *const folders[] = {
        "accounts", "accounts/a@pop-1a2b3c4d", "accounts/b@pop-1a2b3c4d", "accounts/b@pop-00000000"};
    for (size_t i = 0; i < 4; i++)
        CHECK_INT(mkdir(at(folders[i]), 0700), 0);
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        CHECK_LABEL("%s", none[i]);
        CHECK_INT(forget(none[i], false, &err), -1);
        CHECK_INT(err.code, ERROR_USAGE);
    }
    CHECK_LABEL("-");
    CHECK_INT(forget("b@pop", false, &err), -1);
    CHECK(strstr(err.text, "several"));
    CHECK_INT(forget("a@pop", true, &err), 0);
    CHECK(access(at("batch.lock"), F_OK) < 0); /* nothing is made by looking */
    CHECK_INT(forget("b@pop-1a2b3c4d", false, &err), 0);
    CHECK_INT(mkdir(at(folders[2]), 0700), 0);
    CHECK_INT(forget("b@pop-1a2b3c4d", false, &err), 0); /* in the same second */
    int fd = work_dir_lock(at(folders[1]), &err);
    CHECK(fd >= 0);
    CHECK_INT(forget("a@pop", false, &err), -1);
    CHECK_INT(err.code, ERROR_LOCKED);
    close(fd);
    fd = work_dir_lock_batch(root, 1, 3, &err);
    CHECK_INT(forget("a@pop", false, &err), -1);
    CHECK_INT(err.code, ERROR_LOCKED);
    CHECK_INT(forget("a@pop", true, &err), -1);
    close(fd);
    CHECK_INT(forget("a@pop", false, &err), 0);
    CHECK(access(at("forgotten/a@pop-1a2b3c4d-19700101-000000"), F_OK) == 0);
    CHECK(access(at("forgotten/b@pop-1a2b3c4d-19700101-000000-2"), F_OK) == 0);
    temp_dir_remove(root);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"a list that is corrected", test_corrected},
        {"several lists", test_several},
        {"a list that is no file", test_passing},
        {"rows that cannot be read", test_unnamed},
        {"sources alone", test_sources_alone},
        {"a part of a list", test_part},
        {"known by a part alone", test_part_alone},
        {"another customer's list", test_strange},
        {"the file", test_file},
        {"a damaged file", test_garbage},
        {"a file that is not ours", test_not_ours},
        {"forgetting an account", test_forget},
    };
    return check_main("work_lists", tests, sizeof tests / sizeof *tests);
}
