/* A store of Becky! Internet Mail: its folders, its flags, and the parts that lie in files of their own. */
#include "disk.h"
#include "mem.h"
#include "store_find.h"
#include <string.h>
#include <unistd.h>

#define HEAD   "From: a@x\r\nSubject: s\r\n"
#define BODY   "\r\ntext\r\n"
#define MAIL   HEAD BODY
#define ONE    HEAD "X-Becky-Status: 0001,000000,3\r\n" BODY ".\r\n"
#define PARTS  HEAD "Content-Type: multipart/mixed; boundary=b\r\n"
#define ATTACH "\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Transfer-Encoding: base64\r\n"

static void folders_and_flags(void)
{
    fresh();
    put("b/Folder.lst", "1.mb\r\n");
    put("b/1.mb/Mailbox.ini",
        "[Other]\r\nName=no\r\n[Account]\r\nHost=x\r\nName=\x8e\x64\x8e\x96\r\n"); /* 仕事 */
    put("b/1.mb/!!!!Inbox/1a.bmf", ONE HEAD BODY "..\r\n.\r\n");
    put("b/1.mb/!!!!Inbox/1a.idx", "x");
    put("b/1.mb/!!!!Outbox/2b.bmf", HEAD "X-Becky-Status: 010004,0\r\nX-Other: c\r\n" BODY ".\r\n");
    put("b/1.mb/!!!!Unsent/3c.bmf", "");
    put("b/1.mb/!Trash/4d.bmf", HEAD "X-Becky-Status: 0002,0\n\nlf\n.\n");
    put("b/1.mb/!!!!Inbox/\xe9\x96\x8b\xe7\x99\xba/5e.bmf", MAIL ".\r\n");
    put("b/1.mb/#Other/6f.bmf", ONE);
    CHECK_LABEL("one account");
    struct store *s = found(STORE_BECKY, "b");
    holds(s, LIST("Inbox|KS||" MAIL, "Inbox|||" MAIL ".\r\n", "Inbox/開発|||" MAIL,
                 "Sent|KR||" HEAD "X-Other: c\r\n" BODY, "Trash|KP||" HEAD "\r\nlf\r\n"));
    notes(s, (const char *const[]){NULL});
    size_t count;
    const struct store_folder *folders = s ? store_folders(s, &count) : NULL;
    for (size_t i = 0; folders && i < count; i++)
        for (size_t k = 0; k < 4; k++) {
            static const char *const names[] = {"Inbox", "Sent", "Outbox", "Trash"};
            static const enum mail_role of[] = {
                MAIL_ROLE_INBOX, MAIL_ROLE_SENT, MAIL_ROLE_OUTBOX, MAIL_ROLE_TRASH};
            if (!strcmp(folders[i].path, names[k]))
                CHECK_INT(folders[i].role, of[k]);
        }
    store_free(s);
    CHECK_LABEL("two have their names in front");
    put("b/2.mb/!!!!Inbox/1.bmf", ONE);
    s = found(STORE_BECKY, "b/");
    const struct store_folder *two = store_folders(s, &count);
    CHECK_INT(count, 6);
    CHECK_STR(two[0].path, "仕事/Inbox");
    CHECK_STR(two[count - 1].path, "2.mb/Inbox");
    store_free(s);
    CHECK_LABEL("a folder, and a file");
    s = found(STORE_BECKY, "b/1.mb/!Trash");
    holds(s, LIST("|KP||" HEAD "\r\nlf\r\n"));
    store_free(s);
    s = found(STORE_BECKY, "b/1.mb/!Trash/4d.bmf");
    holds(s, LIST("|KP||" HEAD "\r\nlf\r\n"));
    store_free(s);
    CHECK_LABEL("none");
    put("none/x", "x");
    CHECK(!found(STORE_BECKY, "none"));
    CHECK(!found(STORE_BECKY, "none/x"));
}

static void parts_in_files(void)
{
    fresh();
    put("f/1.bmf",
        PARTS "X-Becky-Status: 0001,0\r\n" ATTACH "X-Becky-Include: d\\1.txt\r\n--b--\r\n..\r\n.\r\n" /* */
        PARTS ATTACH "X-Becky-Include: 2.txt\r\n\r\n--b\r\nX-Becky-Include: 3.txt\r\n--b--\r\n.\r\n" ONE);
    put("f/#Attach/d/1.txt", "QUJD\r\nREVG");
    put("f/#Attach/2.txt", "QUJD\r\n");
    put("f/#Attach/3.txt", "..\r\n.\r\nX-Becky-Include: 2.txt\r\n");
    CHECK_LABEL("parts are put back");
    struct store *s = found(STORE_BECKY, "f");
    static const char first[] = PARTS ATTACH "\r\nQUJD\r\nREVG\r\n--b--\r\n.\r\n";
    char *one CLEANUP(mem_free_str) = mem_printf("|KS||%s", first);
    holds(
        s, LIST(one,
               "|||" PARTS ATTACH "\r\nQUJD\r\n\r\n--b\r\n\r\n..\r\n.\r\nX-Becky-Include: 2.txt\r\n--b--\r\n",
               "|KS||" MAIL));
    notes(s, (const char *const[]){NULL});
    CHECK_LABEL("one that goes meanwhile");
    char *gone CLEANUP(mem_free_str) = below("f/#Attach/2.txt");
    CHECK_INT(unlink(gone), 0);
    char *back CLEANUP(mem_free_str) = read_back(s, 1);
    CHECK(strstr(back, "error: ") && strstr(back, "\"2.txt\" of #Attach, is missing"));
    store_free(s);
}

#define WITH(file)                                                                                           \
    PARTS "Message-ID: <" file "@x>\r\n" ATTACH "X-Becky-Include: " file "\r\n\r\n--b--\r\n.\r\n"

/* Not one octet of what lies elsewhere, and no message that is not whole. */
static void parts_that_are_none(void)
{
    fresh();
    put("secret", "QUJD\r\n");
    put("f/own", "QUJD\r\n");
    put("f/#Attach/text", "no base 64: \x01\r\n");
    put("f/#Attach/dir/x", "QUJD\r\n");
    char *link CLEANUP(mem_free_str) = below("f/#Attach/link");
    CHECK_INT(symlink("../own", link), 0);
    put("f/1.bmf",
        WITH("none") WITH("..\\own") WITH("../../secret") WITH("dir") WITH("/etc/hostname") WITH("link") /* */
        WITH("text") WITH("")                                                                            /* */
        PARTS "\r\n--b\r\nX-Becky-Include: dir\\x\r\nA: b\r\n\r\n--b--\r\n.\r\n"                         /* */
        HEAD "X-Becky-Include: dir\\x\r\n\r\ntext\r\n.\r\n" ONE);
    CHECK_LABEL("each is named");
    struct store *s = found(STORE_BECKY, "f");
    holds(s, LIST("|||" HEAD "X-Becky-Include: dir\\x\r\n\r\ntext\r\n", "|KS||" MAIL));
    notes(s,
        LIST("<none@x>) that cannot be put together: a part of it, the file \"none\" of #Attach, is missing",
            "\"..\\own\" of #Attach, is missing", "\"../../secret\"", "\"dir\"", "hostname", "\"link\"",
            "not in base64", "\"\" of #Attach", "in a way that popferry does not know",
            "taken to stand for nothing"));
    size_t count;
    CHECK_INT(store_folders(s, &count)->partial, 9);
    store_free(s);
}

static void too_many_parts(void)
{
    fresh();
    put("f/#Attach/1", "QUJD\r\n");
    struct buf text CLEANUP(buf_done) = {0};
    buf_append_str(&text, PARTS "\r\n");
    for (int i = 0; i < 2000; i++)
        buf_append_str(&text, "--b\r\nX-Becky-Include: 1\r\n");
    buf_append_str(&text, ".\r\n" ONE);
    put("f/1.bmf", buf_str(&text));
    CHECK_LABEL("2,000 of them");
    struct store *s = found(STORE_BECKY, "f");
    holds(s, LIST("|KS||" MAIL));
    notes(s, LIST("too many parts"));
    store_free(s);
}

static void damaged(void)
{
    fresh();
    put("f/1.bmf", ONE "From: cut off\r\n\r\ntext\r\n");
    put("f/2.bmf", "no mail at all\n.\n");
    put_octets("f/3.bmf", "\x1f\x8b\x08\n", 4);
    put("f/4.bmf", ".\r\n");
    put("f/5.bmf", "\n");
    put("f/6.bmf", ".\n");
    CHECK_LABEL("damaged files");
    struct store *s = found(STORE_BECKY, "f");
    holds(s, LIST("|KS||" MAIL));
    notes(s, LIST("ends in the midst of the message", "is no file of Becky!", "compressed (gzip)",
                 "is no file of Becky!", "is no file of Becky!", "is no file of Becky!"));
    put("f/1.bmf", ONE ONE);
    CHECK_LABEL("one that changes");
    char *back CLEANUP(mem_free_str) = read_back(s, 0);
    CHECK(strstr(back, "was changed since") != NULL);
    store_free(s);
}

static void on_a_disk(void)
{
    struct error err = {0};
    struct store_finding f CLEANUP(store_finding_done) = {0}, one CLEANUP(store_finding_done) = {0};
    fresh();
    put("pc/Becky/1.mb/!!!!Inbox/1.bmf", MAIL ".\r\n");
    put("pc/Becky/1.mb/!!!!Inbox/#Attach/mail.eml", MAIL);
    put("pc/Becky/2.mb/!!!!Inbox/1.bmf", MAIL ".\r\n");
    put("pc/Becky/2.mb/!!!!Inbox/x/1.bmf", MAIL ".\r\n");
    put("pc/games/font.bmf", "BMF\3xyz");
    char *all CLEANUP(mem_free_str) = below("pc"),
              *file CLEANUP(mem_free_str) = below("pc/Becky/1.mb/!!!!Inbox/1.bmf");
    CHECK_LABEL("discover");
    CHECK_INT(store_find(all, &f, &err), 0);
    CHECK_INT(f.count, 1);
    CHECK(f.count == 1 && f.all[0].kind == STORE_BECKY && strstr(f.all[0].path, "/pc/Becky") &&
          !strstr(f.all[0].path, ".mb"));
    CHECK_INT(store_find(file, &one, &err), 0);
    CHECK(one.count == 1 && one.all[0].kind == STORE_BECKY);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"folders and flags", folders_and_flags},
        {"parts in files of their own", parts_in_files},
        {"parts that are none", parts_that_are_none},
        {"too many parts", too_many_parts},
        {"damaged files", damaged},
        {"what is on a disk", on_a_disk},
    };
    return disk_main("store becky", tests, sizeof tests / sizeof *tests);
}
