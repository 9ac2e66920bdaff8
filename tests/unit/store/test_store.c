/* Stores of each kind on a disk, found and read back; what cannot be read; a store that changes meanwhile. */
#include "buf.h"
#include "check.h"
#include "mail_scan.h"
#include "mem.h"
#include "store.h"
#include "store_find.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[] = "/tmp/pf-store-XXXXXX";

/* ---- a tree of files ---- */
static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st, (void)type, (void)where;
    return remove(path);
}

static void fresh(void)
{
    char *all CLEANUP(mem_free_str) = mem_printf("%s/s", root);
    nftw(all, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    if (mkdir(all, 0700) < 0)
        abort();
}

static char *below(const char *path)
{
    return mem_printf("%s/s%s%s", root, *path ? "/" : "", path);
}

static void put_octets(const char *path, const void *data, size_t len)
{
    char *full CLEANUP(mem_free_str) = below(path);
    for (char *slash = strchr(full + strlen(root) + 3, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(full, 0700) < 0 && errno != EEXIST)
            abort();
        *slash = '/';
    }
    int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || write(fd, data, len) != (ssize_t)len || close(fd) < 0)
        abort();
}

static void put(const char *path, const char *text)
{
    put_octets(path, text, strlen(text));
}

/* ---- a store, looked through ---- */
static struct store *found(enum store_kind kind, const char *path)
{
    struct error err = {0};
    char *full CLEANUP(mem_free_str) = below(path);
    struct store *s = store_open(kind, full, &err);
    int rc = s ? 1 : -1;
    while (rc > 0)
        rc = store_step(s, NULL, &err);
    if (rc < 0) {
        fprintf(stderr, "[%s] %s\n", check_label, err.text);
        store_free(s);
        return NULL;
    }
    return s;
}

static char *read_back(struct store *s, size_t item)
{
    struct buf out CLEANUP(buf_done) = {0};
    struct error err = {0};
    char chunk[7]; /* small, so that pieces meet everywhere */
    struct store_reader *r = store_reader_open(s, item, &err);
    ssize_t n = r ? 1 : -1;
    while (n > 0) {
        n = store_reader_read(r, chunk, sizeof chunk, &err);
        if (n > 0)
            buf_append(&out, chunk, (size_t)n);
    }
    store_reader_close(r);
    return n < 0 ? mem_printf("error: %s", err.text) : buf_strdup(&out);
}

/* Of all items: "FOLDER|FLAGS|KEYWORDS|TEXT" in their order. */
static void holds(struct store *s, const char *const *expected)
{
    size_t count, folder_count, n = 0;
    CHECK(s != NULL);
    if (!s)
        return;
    const struct store_item *items = store_items(s, &count);
    const struct store_folder *folders = store_folders(s, &folder_count);
    while (expected[n])
        n++;
    CHECK_INT(count, n);
    for (size_t i = 0; i < count && i < n; i++) {
        static const char letters[] = "KSRFDP"; /* as enum store_flag */
        char flags[8] = "", *text CLEANUP(mem_free_str) = read_back(s, i);
        for (size_t k = 0; k < 6; k++)
            if (items[i].flags & 1u << k)
                strncat(flags, letters + k, 1);
        char *line CLEANUP(mem_free_str) = mem_printf(
            "%s|%s|%s|%s", folders[items[i].folder].path, flags, store_keywords(s, &items[i]), text);
        CHECK_STR(line, expected[i]);
    }
}

static void notes(struct store *s, const char *const *expected)
{
    size_t count, n = 0;
    const struct store_note *all = store_notes(s, &count);
    while (expected[n])
        n++;
    CHECK_INT(count, n);
    for (size_t i = 0; i < count && i < n; i++)
        CHECK(strstr(all[i].words, expected[i]) != NULL);
}

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

#define FROM    "From - Tue Aug 05 08:00:23 2008\n"
#define MESSAGE "From: a@x\nSubject: s\n\ntext\n"
#define WIRE    "From: a@x\r\nSubject: s\r\n\r\ntext\r\n"

static void mbox_files(void)
{
    fresh();
    put("one", FROM MESSAGE "\n" FROM "Status: RO\n" MESSAGE "\n");
    CHECK_LABEL("one file");
    struct store *s = found(STORE_MBOX, "one");
    holds(s, LIST("|||" WIRE, "|KS||Status: RO\r\n" WIRE));
    store_free(s);
    put("tree/a.mbox", FROM MESSAGE ">From b\n>>From c\n\n");
    put("tree/b/仕事", FROM MESSAGE);
    put("tree/notes.txt", "no mail\n");
    put("tree/empty", "");
    CHECK_LABEL("a tree of them");
    s = found(STORE_MBOX, "tree");
    holds(s, LIST("a|||" WIRE "From b\r\n>From c\r\n", "b/仕事|||" WIRE));
    store_free(s);
    CHECK_LABEL("no mbox");
    CHECK(!found(STORE_MBOX, "tree/notes.txt"));
    CHECK_LABEL("an empty file is an empty folder");
    s = found(STORE_MBOX, "tree/empty");
    holds(s, (const char *const[]){NULL});
    store_free(s);
}

static void thunderbird(void)
{
    fresh();
    put("p/prefs.js", "");
    put("p/ImapMail/imap.x/INBOX.msf", "");
    put("p/Mail/Local Folders/Inbox", FROM
        "X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys: $label1 \n" MESSAGE "\n"  /* */
        FROM "X-Mozilla-Status: 0009\nX-Mozilla-Status2: 00000000\n" MESSAGE "\n"                       /* */
        FROM "X-Mozilla-Status: 0400\nX-Mozilla-Status2: 00000000\nMessage-ID: <part@x>\n" MESSAGE "\n" /* */
        FROM "X-Mozilla-Status: 1006\r\nX-Mozilla-Status2: 00000000\r\nFrom: a\r\nTo: b\r\n\r\nx\r\n\r\n");
    put("p/Mail/Local Folders/Inbox.msf", "");
    put("p/Mail/Local Folders/Inbox.sbd/7ab12345", FROM MESSAGE);
    put("p/Mail/Local Folders/Inbox.sbd/7ab12345.msf",
        "< <(a=c)> (B1=folderName)>\n<(C1=$E4$BB$95$E4$BA$8B)>{[1(^B1^C1)]}");
    put("p/Mail/Local Folders/Sent", "");
    put("p/Mail/Local Folders/Sent.msf", "");
    put("p/Mail/Local Folders/Bare.sbd/x", FROM MESSAGE);
    put("p/Mail/Local Folders/msgFilterRules.dat", "x");
    put("p/Mail/Local Folders/Dir/cur/1.x:2,S", MESSAGE);
    CHECK_LABEL("a profile");
    struct store *s = found(STORE_THUNDERBIRD, "p");
    holds(s, LIST("Bare/x|||" WIRE, "Dir|KS||" WIRE, "Inbox|KS|$label1|" WIRE,
                 "Inbox|KRFP||From: a\r\nTo: b\r\n\r\nx\r\n", "Inbox/仕事|||" WIRE));
    size_t count;
    const struct store_folder *folders = store_folders(s, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(folders[i].path, "Inbox")) {
            CHECK_INT(folders[i].deleted, 1);
            CHECK_INT(folders[i].partial, 1);
            CHECK_INT(folders[i].role, STORE_ROLE_INBOX);
        }
    notes(s, LIST("IMAP servers", "part@x"));
    store_free(s);
    CHECK_LABEL("two accounts have their names in front");
    put("p/Mail/pop.example.jp/Inbox", FROM MESSAGE);
    s = found(STORE_THUNDERBIRD, "p");
    const struct store_folder *two = store_folders(s, &count);
    CHECK_STR(two[count - 1].path, "pop.example.jp/Inbox");
    store_free(s);
    CHECK_LABEL("one account's folder");
    s = found(STORE_THUNDERBIRD, "p/Mail/pop.example.jp");
    holds(s, LIST("Inbox|||" WIRE));
    store_free(s);
}

static void maildirs(void)
{
    fresh();
    put("m/cur/1.a:2,FRS", MESSAGE);
    put("m/cur/2.a;2,Pa", MESSAGE);
    put("m/cur/3.a%3A2%2CD", MESSAGE);
    put("m/cur/4.a:2,ST", MESSAGE);
    put("m/cur/.hidden", "x");
    put("m/new/5.a", "From: a\r\n\r\nx");
    put("m/tmp/6.a", "x");
    put("m/dovecot-keywords", "0 $Work\n1 $Home\n");
    put("m/.&ThZ1TA-.2024/cur/7.a:2,", MESSAGE);
    put_octets("m/cur/8.a:2,S", "\x1f\x8b\x08rest", 7);
    put("m/loose", MESSAGE);
    CHECK_LABEL("Maildir++");
    struct store *s = found(STORE_MAILDIR, "m");
    holds(s,
        LIST("|KSRF||" WIRE, "|KP|$Work|" WIRE, "|KD||" WIRE, "|K||From: a\r\n\r\nx", "世界/2024|K||" WIRE));
    notes(s, LIST("beside cur and new", "compressed (gzip)"));
    store_free(s);
}

static void files_with_a_message_each(void)
{
    fresh();
    put("e/Inbox/1.eml", "From: a\r\n\r\nx\r\n");
    put("e/Inbox/2.EML", MESSAGE);
    put("e/Inbox/3.nws", "news");
    put("e/other.txt", "x");
    CHECK_LABEL("eml");
    struct store *s = found(STORE_EML, "e");
    holds(s, LIST("Inbox|||From: a\r\n\r\nx\r\n", "Inbox|||" WIRE));
    notes(s, LIST("1 other file"));
    store_free(s);
    put("h/inbox/1", MESSAGE);
    put("h/inbox/2", MESSAGE);
    put("h/inbox/,3", MESSAGE);
    put("h/inbox/.mh_sequences", "unseen: 2-5\nreplied: 1\ncur: 1\n");
    put("h/inbox/deep/10", MESSAGE);
    CHECK_LABEL("MH");
    s = found(STORE_MH, "h");
    holds(s, LIST("inbox|KSR||" WIRE, "inbox|K||" WIRE, "inbox/deep|||" WIRE));
    store_free(s);
}

static void what_changes_meanwhile(void)
{
    fresh();
    put("one", FROM MESSAGE "\n");
    put("m/cur/1.a:2,S", MESSAGE);
    put("m/new/2.a", MESSAGE);
    CHECK_LABEL("a file that grows");
    struct store *s = found(STORE_MBOX, "one");
    put("one", FROM MESSAGE "\n" FROM MESSAGE);
    char *text CLEANUP(mem_free_str) = read_back(s, 0);
    CHECK(strstr(text, "was changed since it was looked through") != NULL);
    store_free(s);
    CHECK_LABEL("a file that goes, and one that is a link now");
    s = found(STORE_MAILDIR, "m");
    char *gone CLEANUP(mem_free_str) = below("m/cur/1.a:2,S"),
               *link CLEANUP(mem_free_str) = below("m/new/2.a");
    CHECK(unlink(gone) == 0 && unlink(link) == 0 && symlink("/etc/hostname", link) == 0);
    for (size_t i = 0; i < 2; i++) {
        char *back CLEANUP(mem_free_str) = read_back(s, i);
        CHECK(!strncmp(back, "error: ", 7));
    }
    store_free(s);
}

static void what_is_on_a_disk(void)
{
    static const char *const expected[] = {"1 mail.mbox", "3 media/eml", "2 media/maildir", "0 media/mboxes",
        "4 media/mh", "1 outlook.pst", "1 users/hanako/p", "2 users/home/a", "2 users/home/b"};
    struct store_finding f CLEANUP(store_finding_done) = {0};
    struct error err = {0};
    fresh();
    put("media/eml/acc/Inbox/1.eml", MESSAGE);
    put("media/eml/acc/Sent/2.eml", MESSAGE);
    put("media/eml/acc2/Inbox/1.eml", MESSAGE);
    put("media/eml/acc2/Sent/1.eml", MESSAGE);
    put("media/maildir/cur/1", MESSAGE);
    put("media/maildir/.Sent/cur/1", MESSAGE);
    put("media/mboxes/a", FROM MESSAGE);
    put("media/mboxes/b", FROM MESSAGE);
    put("media/mboxes/readme", "From here on it is text\n");
    put("media/mh/inbox/1", MESSAGE);
    put("media/mh/sent/1", MESSAGE);
    put("users/hanako/p/prefs.js", "");
    put("users/hanako/p/Mail/x/Inbox", FROM MESSAGE);
    put("users/home/a/cur/1", MESSAGE);
    put("users/home/b/cur/1", MESSAGE);
    put("mail.mbox", FROM MESSAGE);
    put("outlook.pst", "!BDNxxxx");
    put("proc/1/1", "x");
    char *all CLEANUP(mem_free_str) = below("");
    CHECK_INT(store_find(all, &f, &err), 0);
    CHECK_INT(f.count, sizeof expected / sizeof *expected);
    for (size_t i = 0; i < f.count && i < sizeof expected / sizeof *expected; i++) {
        const char *rest = f.all[i].path + strlen(all) + 1;
        CHECK_STR(rest, expected[i] + 2);
    }
    CHECK_INT(f.count > 5 && f.all[5].foreign == STORE_FOREIGN_PST, 1);
    CHECK_INT(f.count > 1 && f.all[1].kind == STORE_EML && f.all[2].kind == STORE_MAILDIR &&
                  f.all[4].kind == STORE_MH,
        1);
    struct store_finding none CLEANUP(store_finding_done) = {0};
    CHECK_INT(store_find("/nowhere/at/all", &none, &err), -1);
}

static void names_of_kinds(void)
{
    enum store_kind kind;
    const char *path;
    CHECK(store_parse("mbox:/a b", &kind, &path) && kind == STORE_MBOX);
    CHECK_STR(path, "/a b");
    CHECK(store_parse("thunderbird:D:\\x", &kind, &path) && kind == STORE_THUNDERBIRD);
    CHECK(!store_parse("pop3s://x", &kind, &path));
    CHECK(!store_parse("mboxes:/a", &kind, &path));
    for (enum store_kind k = 0; k < STORE_KINDS; k++)
        CHECK(store_kind_name(k) && store_kind_words(k));
}

int main(void)
{
    static const struct check_test tests[] = {
        {"mbox files", mbox_files},
        {"Thunderbird", thunderbird},
        {"Maildirs", maildirs},
        {"files with a message each", files_with_a_message_each},
        {"what changes meanwhile", what_changes_meanwhile},
        {"what is on a disk", what_is_on_a_disk},
        {"names of kinds", names_of_kinds},
    };
    if (!mkdtemp(root))
        return 1;
    int code = check_main("store", tests, sizeof tests / sizeof *tests);
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return code;
}
