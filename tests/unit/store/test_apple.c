/* A store of Apple Mail: its folders, its flags, and the parts that lie in files of their own. */
#include "disk.h"
#include "mem.h"
#include "store_find.h"
#include <string.h>
#include <unistd.h>

#define BOX   "/0F2D0D67-7B19-4C30-B2E9-B58FE4789D51/Data/1/Messages/"
#define PARTS "From: a@x\nMessage-ID: <p@x>\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\ntext\n"
#define FIELD "X-Apple-Content-Length: "

static void put_mail(const char *path, const char *text, const char *flags)
{
    char *file CLEANUP(mem_free_str) = mem_printf(
        "%zu \n%s<?xml version=\"1.0\"?>\n<plist><dict><key>date-received</key><integer>1516985072</integer>"
        "<key>flags</key>\n<integer>%s</integer></dict></plist>\n",
        strlen(text), text, flags);
    put(path, file);
}

static void folders_and_flags(void)
{
    size_t count;
    fresh();
    put_mail("m/V10/A/INBOX.mbox" BOX "1.emlx", MESSAGE, "8589934593");
    put_mail("m/V10/A/INBOX.mbox" BOX "2.emlx", MESSAGE, "340"); /* answered, flagged, draft, forwarded */
    put_mail("m/V10/A/INBOX.mbox" BOX "3.emlx", MESSAGE, "3");
    put("m/V10/A/INBOX.mbox" BOX "4.emlx", "27\n" MESSAGE);
    put_mail(
        "m/V10/A/INBOX.mbox/0F2D0D67-7B19-4C30-B2E9-B58FE4789D51/Data/2/1/Messages/21001.emlx", MESSAGE, "0");
    put_mail("m/V10/A/仕事.mbox/2024.mbox" BOX "5.emlx", MESSAGE, "1");
    put_mail("m/V10/A/Sent Messages.mbox/Messages/6.emlx", MESSAGE, "1");
    put("m/V10/MailData/Envelope Index", "x");
    CHECK_LABEL("one account");
    struct store *s = found(STORE_EMLX, "m");
    holds(s, LIST("INBOX|KS||" WIRE, "INBOX|KRFDP||" WIRE, "INBOX|||" WIRE, "INBOX|K||" WIRE,
                 "Sent Messages|KS||" WIRE, "仕事/2024|KS||" WIRE));
    notes(s, (const char *const[]){NULL});
    const struct store_folder *folders = store_folders(s, &count);
    CHECK_INT(count, 3);
    CHECK_INT(folders[0].deleted, 1);
    CHECK_INT(folders[0].role, MAIL_ROLE_INBOX);
    CHECK_INT(folders[0].newest_s, 1516985072); /* there is neither Received nor Date */
    CHECK_INT(folders[1].role, MAIL_ROLE_SENT);
    CHECK(store_items(s, &count)[0].flags & STORE_RECEIVED);
    store_free(s);
    CHECK_LABEL("a time that somebody on the way has left");
    put_mail("way/1.emlx", "Received: by x; Tue, 5 Aug 2008 08:00:23 +0000\n" MESSAGE, "1");
    s = found(STORE_EMLX, "way");
    CHECK_INT(store_items(s, &count)[0].date_s, 1217923223);
    CHECK(!(store_items(s, &count)[0].flags & STORE_RECEIVED));
    store_free(s);
    CHECK_LABEL("two have their names in front");
    put_mail("m/V10/B/INBOX.mbox" BOX "1.emlx", MESSAGE, "1");
    s = found(STORE_EMLX, "m/");
    folders = store_folders(s, &count);
    CHECK_INT(count, 4);
    CHECK_STR(folders[0].path, "A/INBOX");
    CHECK_STR(folders[count - 1].path, "B/INBOX");
    store_free(s);
    CHECK_LABEL("a mailbox, and folders that somebody made");
    s = found(STORE_EMLX, "m/V10/B/INBOX.mbox");
    holds(s, LIST("|KS||" WIRE));
    store_free(s);
    put_mail("plain/2024/1.emlx", MESSAGE, "1");
    s = found(STORE_EMLX, "plain");
    holds(s, LIST("2024|KS||" WIRE));
    store_free(s);
    CHECK_LABEL("none");
    CHECK(!found(STORE_EMLX, "m/V10/MailData"));
}

static void parts_in_files(void)
{
    fresh();
    put_mail("d/Messages/1.partial.emlx",
        PARTS "--b\nContent-Transfer-Encoding: base64\n" FIELD "8\n\n\n--b\n" FIELD
              "5\n\n\n--b\nContent-Transfer-Encoding: base64\n" FIELD "9\n\n\n--b--\n",
        "1");
    put("d/Attachments/1/2/a.bin", "ABCDEF");
    put("d/Attachments/1/2/.DS_Store", "x");
    put("d/Attachments/1/3/b.txt", "a\nb\n.");
    put("d/Messages/1.4.emlxpart", "R0hJSktM\n");
    put_mail("d/Messages/2.emlx",
        PARTS "--b\nContent-Transfer-Encoding: quoted-printable\n" FIELD "6\n\n\n--b--\n", "1");
    put("d/Attachments/2/2/c.txt", "a=b\n");
    CHECK_LABEL("parts are put back");
    struct store *s = found(STORE_EMLX, "d");
    static const char head[] =
        "From: a@x\r\nMessage-ID: <p@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n";
    char *one CLEANUP(mem_free_str) = mem_printf(
        "|KS||%s--b\r\nContent-Transfer-Encoding: base64\r\n\r\nQUJDREVG\r\n--b\r\n\r\na\r\nb\r\n.\r\n--b\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nR0hJSktM\r\n\r\n--b--\r\n",
        head);
    char *two CLEANUP(mem_free_str) = mem_printf(
        "|KS||%s--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3Db\r\n\r\n--b--\r\n", head);
    holds(s, LIST(one, two));
    notes(s, (const char *const[]){NULL});
    CHECK_LABEL("one that goes meanwhile");
    char *gone CLEANUP(mem_free_str) = below("d/Attachments/1/2/a.bin");
    CHECK_INT(unlink(gone), 0);
    char *back CLEANUP(mem_free_str) = read_back(s, 0);
    CHECK(strstr(back, "error: ") && strstr(back, "its part 2 (8 octets) is not on this disk"));
    store_free(s);
}

/* A whole message of many lines of base64: each octet is there. */
static void many_lines(void)
{
    char data[3000];
    fresh();
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)(i * 7);
    put_octets("d/Attachments/1/1/a", data, sizeof data);
    put_mail("d/Messages/1.partial.emlx", "Content-Transfer-Encoding: base64\n" FIELD "4052\n\n", "1");
    struct store *s = found(STORE_EMLX, "d");
    CHECK_LABEL("53 lines");
    char *back CLEANUP(mem_free_str) = read_back(s, 0), *body = strstr(back, "\r\n\r\n");
    CHECK(body && strlen(body + 4) == 4000 + 52 * 2 &&
          !strncmp(body + 4, "AAcOFRwjKjE4P0ZNVFtiaXB3foWMk5qhqK", 34));
    for (size_t i = 0; body && i < 52; i++)
        CHECK(!memcmp(body + 4 + i * 78 + 76, "\r\n", 2));
    store_free(s);
}

static void damaged(void)
{
    static const char base64[] = PARTS "--b\nContent-Transfer-Encoding: base64\n" FIELD "8\n\n\n--b--\n";
    fresh();
    put_mail("d/Messages/1.partial.emlx", base64, "1"); /* no file */
    put_mail("d/Messages/2.partial.emlx", base64, "1"); /* of another length */
    put("d/Attachments/2/2/a", "ABCDEFGHI");
    put_mail("d/Messages/3.partial.emlx", base64, "1"); /* two files */
    put("d/Attachments/3/2/a", "ABCDEF");
    put("d/Attachments/3/2/b", "ABCDEF");
    put_mail("d/Messages/4.partial.emlx", base64, "1"); /* a link */
    put("d/Attachments/4/2/x/y", "x");
    char *link CLEANUP(mem_free_str) = below("d/Attachments/4/2/a");
    CHECK_INT(symlink("../../2/2/a", link), 0);
    put_mail("d/Messages/5.partial.emlx", PARTS "--b\n" FIELD "8\n\ntext\n--b--\n", "1");
    put("d/Attachments/5/2/a", "ABCDEFGH");
    put("d/Messages/6.emlx", "1000\n" MESSAGE);
    put("d/Messages/7.emlx", MESSAGE);
    put("d/Messages/8.emlx", "");
    put_octets("d/Messages/9.emlx", "\x1f\x8b\x08rest", 7);
    put("d/Messages/a.txt", "x");
    put_mail("d/Messages/b.emlx", MESSAGE, "1");
    CHECK_LABEL("each is named");
    struct store *s = found(STORE_EMLX, "d");
    holds(s, LIST("|KS||" WIRE));
    notes(s, LIST("<p@x>) that cannot be put together: its part 2 (8 octets) is not on this disk",
                 "the file of its part 2 is not what was received", "is not on this disk",
                 "is not on this disk", "in a way that popferry does not know", "is cut off",
                 "no count of octets", "no count of octets", "compressed (gzip)", "1 other file"));
    size_t count;
    CHECK_INT(store_folders(s, &count)->partial, 5);
    put_mail("d/Messages/b.emlx", MESSAGE "more\n", "1");
    char *back CLEANUP(mem_free_str) = read_back(s, 0);
    CHECK(strstr(back, "was changed since") != NULL);
    store_free(s);
}

static void on_a_disk(void)
{
    struct error err = {0};
    struct store_finding f CLEANUP(store_finding_done) = {0};
    fresh();
    put_mail("pc/Library/Mail/V10/A/INBOX.mbox" BOX "1.emlx", MESSAGE, "1");
    put("pc/Library/Mail/V10/A/INBOX.mbox/0F2D0D67-7B19-4C30-B2E9-B58FE4789D51/Data/1/Attachments/1/2/forwarded.eml",
        MESSAGE);
    put_mail("pc/Library/Mail/V10/B/Work.mbox/Deep.mbox" BOX "2.emlx", MESSAGE, "1");
    put_mail("pc/Library/Mail/V10/B/INBOX.mbox" BOX "2.emlx", MESSAGE, "1");
    char *all CLEANUP(mem_free_str) = below("pc");
    CHECK_LABEL("discover");
    CHECK_INT(store_find(all, &f, &err), 0);
    CHECK_INT(f.count, 1);
    CHECK(f.count == 1 && f.all[0].kind == STORE_EMLX && strstr(f.all[0].path, "/pc/Library/Mail/V10"));
}

int main(void)
{
    static const struct check_test tests[] = {
        {"folders and flags", folders_and_flags},
        {"parts in files of their own", parts_in_files},
        {"many lines", many_lines},
        {"damaged files", damaged},
        {"what is on a disk", on_a_disk},
    };
    return disk_main("store apple", tests, sizeof tests / sizeof *tests);
}
