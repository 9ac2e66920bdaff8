/* Stores of each kind on a disk, found and read back; what cannot be read; a store that changes meanwhile. */
#include "buf.h"
#include "check.h"
#include "disk.h"
#include "mail_scan.h"
#include "mem.h"
#include "store.h"
#include "store_find.h"
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

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
    put_octets("tree/old.gz", "\x1f\x8b\x08rest", 7);
    CHECK_LABEL("a tree of them");
    s = found(STORE_MBOX, "tree");
    notes(s, LIST("compressed (gzip)", "1 other file in this folder"));
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
    put("p/Mail/Local Folders/server.log", FROM MESSAGE);
    put("p/Mail/Local Folders/strange", "\1\2\3");
    put("p/Mail/Local Folders/backup/Inbox", FROM MESSAGE);
    put("p/Mail/Local Folders/Dir/cur/1.x:2,S", MESSAGE);
    CHECK_LABEL("a profile");
    struct store *s = found(STORE_THUNDERBIRD, "p");
    holds(s, LIST("Bare/x|||" WIRE, "Dir|KS||" WIRE, "Inbox|KS|$label1|" WIRE,
                 "Inbox|KRFP||From: a\r\nTo: b\r\n\r\nx\r\n", "Inbox/仕事|||" WIRE, "server.log|||" WIRE));
    size_t count;
    const struct store_folder *folders = store_folders(s, &count);
    for (size_t i = 0; i < count; i++)
        if (!strcmp(folders[i].path, "Inbox")) {
            CHECK_INT(folders[i].deleted, 1);
            CHECK_INT(folders[i].partial, 1);
            CHECK_INT(folders[i].role, MAIL_ROLE_INBOX);
        }
    notes(s, LIST("does not belong here", "1 other file in this folder", "IMAP servers", "part@x"));
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
    put("m/cur/folder/x", MESSAGE);
    CHECK_LABEL("Maildir++");
    struct store *s = found(STORE_MAILDIR, "m");
    holds(s,
        LIST("|KSRF||" WIRE, "|KP|$Work|" WIRE, "|KD||" WIRE, "|K||From: a\r\n\r\nx", "世界/2024|K||" WIRE));
    notes(s, LIST("beside cur and new", "compressed (gzip)", "does not belong here"));
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
    put("h/inbox/.mh_sequences", "unseen: 5 9-7 2-3 2-4\nreplied: 1\ncur: 1\n");
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
    put("e/1.eml", MESSAGE);
    put("e/2.eml", MESSAGE);
    CHECK_LABEL("a file with one message that grows");
    s = found(STORE_EML, "e");
    put("e/1.eml", MESSAGE "more\n");
    char *torn CLEANUP(mem_free_str) = read_back(s, 0);
    CHECK(strstr(torn, "was changed since it was looked through") != NULL);
    CHECK_LABEL("one that is written while it is read");
    struct error err = {0};
    char octets[8];
    struct store_reader *r = store_reader_open(s, 1, &err);
    CHECK(r != NULL && store_reader_read(r, octets, sizeof octets, &err) > 0);
    put("e/2.eml", "From: b@x\nSubject: t\n\ntext\n");
    ssize_t n;
    while ((n = store_reader_read(r, octets, sizeof octets, &err)) > 0)
        continue;
    CHECK_INT(n, -1);
    store_reader_close(r);
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

static void fifo(const char *path)
{
    char *full CLEANUP(mem_free_str) = below(path);
    CHECK_INT(mkfifo(full, 0600), 0);
}

/* What waits for somebody, or never ends, is not opened. A test that hangs is ended by the alarm. */
static void what_is_no_file(void)
{
    struct error err = {0};
    struct store_finding f CLEANUP(store_finding_done) = {0};
    fresh();
    alarm(60);
    put("m/cur/1.a:2,S", MESSAGE);
    fifo("m/dovecot-keywords");
    CHECK_LABEL("a Maildir with a FIFO");
    struct store *s = found(STORE_MAILDIR, "m");
    holds(s, LIST("|KS||" WIRE));
    store_free(s);
    put("h/inbox/1", MESSAGE);
    fifo("h/inbox/.mh_sequences");
    put("h/zero/1", MESSAGE);
    char *zero CLEANUP(mem_free_str) = below("h/zero/.mh_sequences");
    CHECK_INT(symlink("/dev/zero", zero), 0);
    CHECK_LABEL("MH with a FIFO, and with a device");
    s = found(STORE_MH, "h");
    holds(s, LIST("inbox|||" WIRE, "zero|||" WIRE));
    store_free(s);
    put("p/Mail/x/Inbox", FROM MESSAGE);
    fifo("p/.parentlock");
    fifo("p/Mail/x/Inbox.msf");
    CHECK_LABEL("a profile with FIFOs");
    s = found(STORE_THUNDERBIRD, "p");
    holds(s, LIST("Inbox|||" WIRE));
    store_free(s);
    CHECK_LABEL("a device, a FIFO");
    s = store_open(STORE_MBOX, "/dev/zero", &err);
    CHECK_INT(store_step(s, NULL, &err), -1);
    store_free(s);
    CHECK(!found(STORE_MBOX, "p/.parentlock"));
    CHECK_INT(store_find("/dev/zero", &f, &err), 0);
    CHECK_INT(f.count, 0);
    alarm(0);
}

/* What cannot be had is named. */
static void what_is_damaged(void)
{
    fresh();
    put("p/Mail/x/Inbox", "\1\2\3 damaged\n\n" FROM MESSAGE);
    put("p/Mail/x/Inbox.msf", "");
    CHECK_LABEL("a folder of Thunderbird whose begin is damaged");
    struct store *s = found(STORE_THUNDERBIRD, "p");
    holds(s, LIST("Inbox|||" WIRE));
    notes(s, LIST("belong to no message"));
    store_free(s);
    put("mac", "From - Tue Aug 05 08:00:23 2008\rFrom: a@x\rSubject: s\r\rtext\r");
    CHECK_LABEL("an mbox of an old Macintosh");
    s = found(STORE_MBOX, "mac");
    holds(s, (const char *const[]){NULL});
    notes(s, LIST("end in CR alone"));
    store_free(s);
    put_octets("zeros", FROM MESSAGE "te\0\0\0" FROM MESSAGE, sizeof FROM MESSAGE FROM MESSAGE + 4);
    CHECK_LABEL("an mbox with zeros where a crash was");
    s = found(STORE_MBOX, "zeros");
    size_t two;
    CHECK_INT((store_items(s, &two), two), 2);
    char *second CLEANUP(mem_free_str) = read_back(s, 1);
    CHECK_STR(second, WIRE);
    store_free(s);
    put("cut", FROM MESSAGE "\nFrom ");
    CHECK_LABEL("an mbox that ends in a From line");
    s = found(STORE_MBOX, "cut");
    holds(s, LIST("|||" WIRE "\r\nFrom "));
    store_free(s);
    put("line", "From a@x");
    CHECK_LABEL("an mbox that is a From line without its end");
    s = found(STORE_MBOX, "line");
    holds(s, LIST("|||"));
    store_free(s);
    put("state", FROM "From: a\nX-Mozilla-Status: 0009\n\nx\n\n" /* a sender's */
        FROM "X-Account-Key: a\nX-UIDL: b\nX-Mozilla-Status: 0001\nFrom: a\nStatus: D\n"
                      "X-Mozilla-Status: 0009\n\nx\n\n" /* both */
        FROM "X-Account-Key: a\nX-Mozilla-Status: 0009\nFrom: a\n\nx\n");
    CHECK_LABEL("what is deleted with its sender");
    s = found(STORE_MBOX, "state");
    size_t count;
    store_items(s, &count);
    CHECK_INT(count, 2);
    CHECK_INT(store_folders(s, &count)->deleted, 1);
    store_free(s);
    put("m/cur/1", MESSAGE);
    put("m/.x/cur/1", MESSAGE);
    char *link CLEANUP(mem_free_str) = below("m/.Sent");
    CHECK_INT(symlink("/nowhere", link), 0);
    CHECK_LABEL("a folder that is a link");
    s = found(STORE_MAILDIR, "m");
    notes(s, LIST("a symbolic link is not followed"));
    store_free(s);
}

static void little(unsigned char *p, unsigned value)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(value >> 8 * i);
}

/* One message whose blocks go in a circle; its index names it, and a file's head without the rest. */
static void circles(void)
{
    unsigned char d[0x400] = {0xcf, 0xad, 0x12, 0xfe, 0xc5, 0xfd, 0x74, 0x6f};
    fresh();
    little(d + 0xc4, 1);
    little(d + 0xe4, 0x100);
    little(d + 0x100, 0x100);
    d[0x111] = 1;
    little(d + 0x118, 0x200);
    little(d + 0x200, 0x200);
    d[0x20a] = 1;
    little(d + 0x20c, 0x84 | 0x300u << 8);
    little(d + 0x300, 0x300);
    d[0x308] = 1;
    little(d + 0x30c, 0x320);
    little(d + 0x320, 0x320);
    d[0x328] = 1;
    little(d + 0x32c, 0x300);
    put_octets("x.dbx", d, sizeof d);
    put_octets("y.dbx", d, 100);
    put_octets("z.dbx", d, 0x301); /* within a block's head */
    little(d + 0x30c, 0);
    d[0x309] = 1; /* 257 octets of text, of which the file has 240 */
    put_octets("text.dbx", d, sizeof d);
    little(d + 0x100, 0);
    put_octets("index.dbx", d, sizeof d);
    memset(d, 0, 16);
    put_octets("damaged.dbx", d, sizeof d);
    alarm(60);
    CHECK_LABEL("a circle");
    struct store *s = found(STORE_DBX, "");
    holds(s, (const char *const[]){NULL});
    notes(s, LIST("its head is damaged", "1 messages, and its index has 0", "part of the index is broken",
                 "blocks are broken", "blocks are broken", "head is cut off", "blocks are broken"));
    alarm(0);
    store_free(s);
}

static void what_cannot_be_looked_at(void)
{
    struct error err = {0};
    struct store_finding f CLEANUP(store_finding_done) = {0}, deep CLEANUP(store_finding_done) = {0};
    fresh();
    put("t/a", FROM MESSAGE);
    put("t/b", FROM MESSAGE);
    char *all CLEANUP(mem_free_str) = below("t"), *b CLEANUP(mem_free_str) = below("t/b"),
              *s_dir CLEANUP(mem_free_str) = below("");
    bool super = geteuid() == 0;
    CHECK(
        chmod(b, 0) == 0 && chmod(disk_root, 0711) == 0 && chmod(s_dir, 0711) == 0 && chmod(all, 0755) == 0);
    char *a CLEANUP(mem_free_str) = below("t/a");
    CHECK_INT(chmod(a, 0644), 0);
    if (super)
        CHECK_INT(seteuid(65534), 0);
    CHECK_LABEL("a file that may not be read");
    CHECK_INT(store_find(all, &f, &err), 0);
    CHECK_INT(f.unread_count, 1);
    struct store *s = found(STORE_MBOX, "t");
    holds(s, LIST("a|||" WIRE));
    notes(s, LIST("cannot be opened: Permission denied"));
    store_free(s);
    if (super)
        CHECK_INT(seteuid(0), 0);
    char path[400] = "d";
    for (int i = 0; i < 70; i++)
        strcat(path, "/x");
    strcat(path, "/mail");
    put(path, FROM MESSAGE);
    CHECK_LABEL("a folder that lies too deep");
    char *d CLEANUP(mem_free_str) = below("d");
    CHECK_INT(store_find(d, &deep, &err), 0);
    CHECK_INT(deep.unread_count, 1);
}

/* A link to a folder of another disk, where it is what was named. */
static void another_disk(void)
{
    struct error err = {0};
    struct store_finding f CLEANUP(store_finding_done) = {0};
    char other[] = "/dev/shm/pf-store-XXXXXX";
    fresh();
    if (!mkdtemp(other))
        return;
    char *mail CLEANUP(mem_free_str) = mem_printf("%s/mail", other), *link CLEANUP(mem_free_str) = below("l");
    FILE *out = fopen(mail, "we");
    CHECK(out && fputs(FROM MESSAGE, out) >= 0 && fclose(out) == 0);
    CHECK_INT(symlink(other, link), 0);
    CHECK_INT(store_find(link, &f, &err), 0);
    CHECK_INT(f.count, 1);
    CHECK(unlink(mail) == 0 && rmdir(other) == 0);
}

static void what_is_on_a_disk(void)
{
    static const char *const expected[] = {"1 mail.mbox", "1 media/copy", "3 media/eml", "2 media/maildir",
        "0 media/mboxes", "4 media/mh", "1 outlook.pst", "1 users/hanako/p", "2 users/home/a",
        "2 users/home/b"};
    struct store_finding f CLEANUP(store_finding_done) = {0};
    struct error err = {0};
    fresh();
    put("media/copy/Inbox", FROM MESSAGE);
    put("media/copy/Inbox.sbd/x", FROM MESSAGE);
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
    CHECK_INT(f.count > 6 && f.all[6].kind == STORE_PST, 1);
    CHECK_INT(f.count > 5 && f.all[1].kind == STORE_THUNDERBIRD && f.all[2].kind == STORE_EML &&
                  f.all[3].kind == STORE_MAILDIR && f.all[5].kind == STORE_MH,
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
        {"what is no file", what_is_no_file},
        {"what is damaged", what_is_damaged},
        {"chains that go in a circle", circles},
        {"what cannot be looked at", what_cannot_be_looked_at},
        {"another disk", another_disk},
        {"what is on a disk", what_is_on_a_disk},
        {"names of kinds", names_of_kinds},
    };
    return disk_main("store", tests, sizeof tests / sizeof *tests);
}
