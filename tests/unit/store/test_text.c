/* Octets of a store to those of the wire, at every split point; what Thunderbird writes; names of folders. */
#include "check.h"
#include "mem.h"
#include "store_mozilla.h"
#include "store_msf.h"
#include "store_name.h"
#include "store_text.h"

struct row {
    const char *stored, *wire, *unquoted;
};

static const struct row rows[] = {
    {"", "", ""},
    {"a", "a", "a"},
    {"a\nb\n", "a\r\nb\r\n", "a\r\nb\r\n"},
    {"a\r\nb\r\n", "a\r\nb\r\n", "a\r\nb\r\n"},
    {"a\rb\n", "a\rb\r\n", "a\rb\r\n"},
    {"\n\n", "\r\n\r\n", "\r\n\r\n"},
    {"\r", "\r", "\r"},
    {"a\r\r\n", "a\r\r\n", "a\r\r\n"},
    {">From a\n", ">From a\r\n", "From a\r\n"},
    {">>From a\n>From\n", ">>From a\r\n>From\r\n", ">From a\r\n>From\r\n"},
    {"From a\nx >From b", "From a\r\nx >From b", "From a\r\nx >From b"},
    {">", ">", ">"},
    {">Fro", ">Fro", ">Fro"},
    {">>", ">>", ">>"},
    {">\n>From \n", ">\r\n>From \r\n", ">\r\nFrom \r\n"},
    {">From>From a\n", ">From>From a\r\n", ">From>From a\r\n"},
    {">F>From a\n", ">F>From a\r\n", ">F>From a\r\n"},
    {"> >From a\n", "> >From a\r\n", "> >From a\r\n"},
};

static void lines_at_every_split(void)
{
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        for (int unquote = 0; unquote < 2; unquote++)
            for (size_t len = strlen(rows[k].stored), at = 0; at <= len; at++) {
                struct store_text t = {.unquote = unquote};
                struct buf out CLEANUP(buf_done) = {0};
                CHECK_LABEL("%s, split at %zu, %d", rows[k].stored, at, unquote);
                store_text_feed(&t, rows[k].stored, at, &out);
                store_text_feed(&t, rows[k].stored + at, len - at, &out);
                store_text_finish(&t, &out);
                CHECK_STR(buf_str(&out), unquote ? rows[k].unquoted : rows[k].wire);
            }
}

static void dots_at_every_split(void)
{
    static const char *const dotted[][2] = {
        {"", ""},
        {"..\n", ".\r\n"},
        {"..a\r\n...\r\n", ".a\r\n..\r\n"},
        {".a\n.", ".a\r\n."},
        {"a..\n", "a..\r\n"},
        {"\n..\n\n", "\r\n.\r\n\r\n"},
        {".\r\n", ".\r\n"},
        {"\r..\n", "\r..\r\n"},
        {"..From a\n>..\n", ".From a\r\n>..\r\n"},
    };
    for (size_t k = 0; k < sizeof dotted / sizeof *dotted; k++)
        for (size_t len = strlen(dotted[k][0]), at = 0; at <= len; at++) {
            struct store_text t = {.unstuff = true};
            struct buf out CLEANUP(buf_done) = {0};
            CHECK_LABEL("%s, split at %zu", dotted[k][0], at);
            store_text_feed(&t, dotted[k][0], at, &out);
            store_text_feed(&t, dotted[k][0] + at, len - at, &out);
            store_text_finish(&t, &out);
            CHECK_STR(buf_str(&out), dotted[k][1]);
        }
}

static void more_quotes_than_are_held(void)
{
    struct store_text t = {.unquote = true};
    struct buf in CLEANUP(buf_done) = {0}, out CLEANUP(buf_done) = {0};
    for (int i = 0; i < 2000; i++)
        buf_append_char(&in, '>');
    buf_append_str(&in, "From a\r\n");
    store_text_feed(&t, buf_bytes(&in), buf_len(&in), &out);
    store_text_finish(&t, &out);
    CHECK_LABEL("2,000 of them");
    CHECK_STR(buf_str(&out), buf_str(&in));
}

static void what_thunderbird_writes(void)
{
    static const struct {
        const char *front;
        uint64_t octets;
        unsigned status;
        const char *keywords;
    } fronts[] = {
        {"X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys:                    \nFrom: a\n\n",
            87, 1, ""},
        {"X-Mozilla-Status: 0409\r\nX-Mozilla-Keys: $label4 work  \r\nFrom: a\r\n\r\n", 56, 0x409,
            "$label4 work"},
        {"From: a\nX-Mozilla-Status: 0008\nX-Mozilla-Keys: b\n\n", 0, 0, ""}, /* a sender's */
        {"X-Account-Key: a\nX-UIDL: b\nX-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\nX-UIDL: c\nFrom: a\n\n",
            78, 1, ""}, /* the last is the server's */
        {"X-UIDL: b\nX-Mozilla-Keys: c\nFrom: a\n\n", 28, 0, "c"},
        {"X-UIDL: b\nFrom: a\n\n", 0, 0, ""},
        {"From: a\n\nX-Mozilla-Status: 0008\n\n", 0, 0, ""},
        {"X-Mozilla-Status: 1000\nX-Mozilla-Status: 0008\n\n", 46, 0x1000, ""},
        {"X-Mozilla-Status: 0001", 0, 0, ""},
        {"", 0, 0, ""},
    };
    for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++) {
        struct store_mozilla m CLEANUP(store_mozilla_done) =
            store_mozilla_read(fronts[i].front, strlen(fronts[i].front));
        CHECK_LABEL("front %zu", i);
        CHECK_INT(m.octets, fronts[i].octets);
        CHECK_INT(m.status, fronts[i].status);
        CHECK_STR(m.keywords, fronts[i].keywords);
    }
}

static void names_in_summaries(void)
{
    static const struct {
        const char *msf, *name;
    } rows_[] = {
        {"< <(a=c)> (80=ns:x)\n(B1=folderName)(B2=x)>\n<(80=1)(B1=test $CF$84)>\n{1:^80 [1(^B1^B1)]}",
            "test τ"},
        {"< <(a=c)> (B1=folderName)>\n{1 [1(^B1=short)]}", "short"},
        {"< <(a=c)> (B1=folderName)>\n<(C1=a\\)b\\\nc)>{[1(^B1^C1)]}", "a)bc"},
        {"< <(a=c)> (B1=folderName)>\n<(C1=old)><(C1=new)>{[1(^B1^C1)]}", "new"},
        {"< <(a=c)> (B1=folderName)>\n<(C1=$00x)>{[1(^B1^C1)]}", NULL},
        {"< <(a=c)> (B1=folderName)>\n<(C1=x)>", NULL},
        {"< <(a=c)> (B1=folderName)>{[1(^B1^C1)]}", NULL},
        {"(B1=folderName)", NULL},
        {"=folderName)", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows_ / sizeof *rows_; i++) {
        char *name CLEANUP(mem_free_str) = store_msf_folder_name(rows_[i].msf, strlen(rows_[i].msf));
        CHECK_LABEL("summary %zu", i);
        CHECK_STR(name, rows_[i].name);
        /* Cut anywhere, it is read to no octet beyond. */
        for (size_t len = strlen(rows_[i].msf); len-- > 0;) {
            char *cut CLEANUP(mem_free_str) = mem_alloc(len + 1);
            memcpy(cut, rows_[i].msf, len);
            free(store_msf_folder_name(cut, len));
        }
    }
}

static void names_of_folders(void)
{
    static const struct {
        const char *disk, *utf8;
    } disks[] = {
        {"Inbox", "Inbox"},
        {"受信トレイ", "受信トレイ"},
        {"\x8e\xf3\x90\x4d\x83\x67\x83\x8c\x83\x43", "受信トレイ"}, /* CP932 */
        {"a\x01"
         "b",
            "a?b"},
    };
    for (size_t i = 0; i < sizeof disks / sizeof *disks; i++) {
        char *name CLEANUP(mem_free_str) = store_name_utf8(disks[i].disk);
        CHECK_STR(name, disks[i].utf8);
    }
    char *utf7 CLEANUP(mem_free_str) = store_name_utf7("&U9dP4TDIMOwwpA-");
    CHECK_STR(utf7, "受信トレイ");
    char *slash CLEANUP(mem_free_str) = store_name_utf7("a/b");
    CHECK_STR(slash, "a／b");
    char *broken CLEANUP(mem_free_str) = store_name_utf7("R&D");
    CHECK_STR(broken, "R&D");
    CHECK_INT(store_name_role("Local Folders/SENT ITEMS"), MAIL_ROLE_SENT);
    CHECK_INT(store_name_role("仕事/ごみ箱"), MAIL_ROLE_TRASH);
    CHECK_INT(store_name_role("Trash/2009"), MAIL_ROLE_NONE);
    CHECK_INT(store_name_role(""), MAIL_ROLE_NONE);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"line ends and quoting, at every split point", lines_at_every_split},
        {"dots, at every split point", dots_at_every_split},
        {"more quotes than are held back", more_quotes_than_are_held},
        {"what Thunderbird writes in front", what_thunderbird_writes},
        {"names in summaries", names_in_summaries},
        {"names of folders", names_of_folders},
    };
    return check_main("store text", tests, sizeof tests / sizeof *tests);
}
