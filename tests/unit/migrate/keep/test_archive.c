/* archive.h: what goes in stands there as it came, a second run adds only what is missing, and no folder of
 * others is touched. */
#include "folder.h"

#include "archive.h"
#include "archive_mbox.h"
#include "mail_scan.h"
#include "mem.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define TARO "taro@pop.example.jp"

static struct archive *open_ok(enum archive_format format)
{
    struct error err = {0};
    struct archive *a = archive_open(folder_at("a"), format, &err);
    CHECK_STR(err.text, "");
    if (!a)
        exit(EXIT_FAILURE);
    return a;
}

static int add(struct archive *a, const char *account, const char *key, const char *message, size_t len)
{
    uint8_t sha256[SHA256_OCTETS];
    struct error err = {0};
    struct spool *sp = folder_spool(message, len);
    sha256_bytes(message, len, sha256);
    struct archive_message m = {.account = account,
        .key = key,
        .listed_octets = len,
        .sha256 = sha256,
        .date_s = 1717156800,
        .spool = sp};
    int rc = archive_add(a, &m, &err);
    CHECK_STR(err.text, "");
    spool_free(sp);
    return rc;
}

static void add_text(struct archive *a, const char *key, const char *message)
{
    CHECK_INT(add(a, TARO, key, message, strlen(message)), 0);
}

static char *hex_of(const char *message)
{
    static char hex[4][SHA256_HEX];
    static unsigned turn;
    uint8_t digest[SHA256_OCTETS];
    sha256_bytes(message, strlen(message), digest);
    sha256_hex(digest, hex[++turn % 4]);
    return hex[turn % 4];
}

static const enum archive_format formats[] = {ARCHIVE_MAILDIR, ARCHIVE_MBOX};
#define FORMATS (sizeof formats / sizeof *formats)

static void test_rerun(void)
{
    for (size_t i = 0; i < FORMATS; i++) {
        folder_begin();
        CHECK_LABEL("format %zu", i);
        struct archive *a = open_ok(formats[i]);
        CHECK(!archive_has(a, TARO, "1", 5));
        add_text(a, "1", "one\r\n");
        add_text(a, "1", "one\r\n");
        add_text(a, "2", "two\r\n");
        CHECK(archive_has(a, TARO, "1", 5));
        CHECK(!archive_has(a, TARO, "1", 6));
        CHECK(!archive_has(a, "hanako@pop.example.jp", "1", 5));
        CHECK(!archive_has(a, TARO, "3", 5));
        CHECK_INT(archive_sync(a, NULL), 0);
        CHECK_INT(archive_sync(a, NULL), 0);
        CHECK_INT(archive_count(a), 2);
        archive_close(a);
        struct buf before CLEANUP(buf_done) = {0}, after CLEANUP(buf_done) = {0};
        CHECK(folder_read(folder_at("a/manifest.tsv"), &before));
        a = open_ok(formats[i]);
        CHECK_INT(archive_count(a), 2);
        CHECK(archive_has(a, TARO, "2", 5));
        add_text(a, "2", "two\r\n");
        CHECK_INT(archive_sync(a, NULL), 0);
        CHECK(folder_holds(folder_at("a/manifest.tsv"), buf_bytes(&before), buf_len(&before)));
        CHECK_INT(add(a, "hanako@pop.example.jp", "1", "one\r\n", 5), 0);
        add_text(a, "1", "longer under the same UIDL\r\n");
        CHECK_INT(archive_sync(a, NULL), 0);
        CHECK_INT(archive_count(a), 4);
        archive_close(a);
        CHECK(folder_read(folder_at("a/manifest.tsv"), &after));
        CHECK(buf_len(&after) > buf_len(&before));
        CHECK(!memcmp(buf_bytes(&after), buf_bytes(&before), buf_len(&before)));
        a = open_ok(formats[i]);
        CHECK_INT(archive_count(a), 4);
        archive_close(a);
        folder_end();
    }
}

/* Without UIDLs the content tells, within an account. */
static void test_no_uidl(void)
{
    for (size_t i = 0; i < FORMATS; i++) {
        folder_begin();
        CHECK_LABEL("format %zu", i);
        for (int run = 0; run < 2; run++) {
            struct archive *a = open_ok(formats[i]);
            CHECK(!archive_has(a, TARO, NULL, 5));
            CHECK(!archive_has(a, TARO, "", 5));
            add_text(a, NULL, "one\r\n");
            add_text(a, NULL, "one\r\n");
            add_text(a, "", "one\r\n");
            add_text(a, NULL, "two\r\n");
            CHECK_INT(add(a, "hanako@pop.example.jp", NULL, "one\r\n", 5), 0);
            CHECK_INT(archive_sync(a, NULL), 0);
            CHECK_INT(archive_count(a), 3);
            archive_close(a);
        }
        folder_end();
    }
}

/* ---- what stands there ---- */
#define COLUMNS "sha256\toctets\taccount\tuidl\tlisted\tdate\tfile"

static void test_maildir_files(void)
{
    static const char message[] = "Subject: x\r\n\r\nFrom me\nbare \0 nul, no end";
    folder_begin();
    mode_t old = umask(0);
    struct archive *a = open_ok(ARCHIVE_MAILDIR);
    CHECK_INT(add(a, TARO, "0001", message, sizeof message - 1), 0);
    CHECK_INT(folder_count(folder_at("a/cur")), 0);
    CHECK_INT(folder_count(folder_at("a/tmp")), 1);
    folder_check(folder_at("a/manifest.tsv"), COLUMNS "\n");
    CHECK_INT(archive_sync(a, NULL), 0);
    archive_close(a);
    umask(old);
    struct buf manifest CLEANUP(buf_done) = {0};
    CHECK(folder_read(folder_at("a/manifest.tsv"), &manifest));
    char *line = strchr(buf_str(&manifest), '\n');
    char hex[65], file[100] = "";
    int listed = 0;
    CHECK_INT(sscanf(line ? line : "", "\n%64[0-9a-f]\t40\t" TARO "\t0001\t%d\t2024-05-31T12:00:00Z\t%99s\n",
                  hex, &listed, file),
        3);
    CHECK_INT(listed, 40);
    uint8_t digest[SHA256_OCTETS];
    char expected[SHA256_HEX];
    sha256_bytes(message, sizeof message - 1, digest);
    sha256_hex(digest, expected);
    CHECK_STR(hex, expected);
    CHECK(!strncmp(file, "cur/", 4));
    char path[200];
    snprintf(path, sizeof path, "a/%s", file);
    CHECK(folder_holds(folder_at(path), message, sizeof message - 1));
    CHECK_INT(folder_mode(folder_at(path)), 0600);
    CHECK_INT(folder_mode(folder_at("a/manifest.tsv")), 0600);
    CHECK_INT(folder_mode(folder_at("a")), 0700);
    struct stat st = {0};
    CHECK_INT(stat(folder_at(path), &st), 0);
    CHECK_INT(st.st_mtime, 1717156800);
    folder_end();
}

static void test_mbox_file(void)
{
    static const char one[] = "Subject: x\r\n\r\nFrom me\r\n>From you\r\n From\r\n";
    static const char two[] = "From the start\nno end";
    folder_begin();
    struct archive *a = open_ok(ARCHIVE_MBOX);
    add_text(a, "a\tb\\c", one);
    add_text(a, NULL, two);
    add_text(a, "3", "");
    CHECK_INT(archive_sync(a, NULL), 0);
    archive_close(a);
    CHECK_LABEL("mbox");
#define LINE "From MAILER-DAEMON Fri May 31 12:00:00 2024\n"
#define ONE  LINE "Subject: x\r\n\r\n>From me\r\n>>From you\r\n From\r\n\n"
#define TWO  LINE ">From the start\nno end\n\n"
    folder_check(folder_at("a/messages.mbox"), ONE TWO LINE "\n");
    char *expected CLEANUP(mem_free_str) = mem_printf(COLUMNS
        "\tstored\n"
        "%s\t%zu\t" TARO "\ta\\x09b\\x5cc\t%zu\t2024-05-31T12:00:00Z\tmessages.mbox:0\t%zu\n"
        "%s\t%zu\t" TARO "\t\t%zu\t2024-05-31T12:00:00Z\tmessages.mbox:%zu\t%zu\n"
        "%s\t0\t" TARO "\t3\t0\t2024-05-31T12:00:00Z\tmessages.mbox:%zu\t%zu\n",
        hex_of(one), strlen(one), strlen(one), strlen(ONE), hex_of(two), strlen(two), strlen(two),
        strlen(ONE), strlen(TWO), hex_of(""), strlen(ONE TWO), strlen(LINE) + 1);
    folder_check(folder_at("a/manifest.tsv"), expected);
    CHECK_INT(folder_count(folder_at("a")), 2);
    a = open_ok(ARCHIVE_MBOX);
    CHECK(archive_has(a, TARO, "a\tb\\c", strlen(one)));
    CHECK(archive_has(a, TARO, "3", 0));
    archive_close(a);
    folder_end();
}

static void test_no_date(void)
{
    uint8_t sha256[SHA256_OCTETS];
    folder_begin();
    struct archive *a = open_ok(ARCHIVE_MBOX);
    struct spool *sp = folder_spool("x\n", 2);
    sha256_bytes("x\n", 2, sha256);
    struct archive_message m = {
        .account = TARO, .key = "1", .sha256 = sha256, .date_s = MAIL_NO_DATE, .spool = sp};
    CHECK_INT(archive_add(a, &m, NULL), 0);
    CHECK_INT(archive_sync(a, NULL), 0);
    archive_close(a);
    spool_free(sp);
    folder_check(folder_at("a/messages.mbox"), "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\nx\n\n");
    archive_close(open_ok(ARCHIVE_MBOX));
    folder_end();
}

/* ---- mboxrd, there and back, whatever the message and wherever a piece ends ---- */
static const char *const bodies[] = {
    "",
    "\n",
    "x",
    "From ",
    ">From ",
    ">>>>From x\n",
    "From",
    "Fro",
    "F",
    ">",
    ">>>",
    ">Fro",
    "\n\nFrom \nFrom \n",
    "FFrom \n",
    "From From \n",
    "\nF\nFr\nFro\nFrom\nFrom \n",
    ">F>From \n",
    "> From \n",
    "\rFrom \r\nFrom \r\n",
    "from \nFROM \n",
    ">\n>From",
    "Fr>From \n",
    "FrFrom \n\n\n",
};

static void check_way(const char *body, size_t len, const char *stored_as, size_t stored_len)
{
    uint8_t sha256[SHA256_OCTETS];
    uint64_t stored = 0;
    int fd = open(folder_at("m"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    struct spool *sp = folder_spool(body, len);
    sha256_bytes(body, len, sha256);
    CHECK_INT(write(fd, "12345", 5), 5);
    CHECK_INT(archive_mbox_write(fd, "m", 5, sp, 0, &stored, NULL), 0);
    struct stat st = {0};
    CHECK_INT(fstat(fd, &st), 0);
    CHECK_INT(st.st_size, 5 + (off_t)stored);
    if (stored_as) {
        CHECK_INT(stored, 44 + stored_len);
        CHECK_INT(lseek(fd, 49, SEEK_SET), 49);
        struct buf got CLEANUP(buf_done) = {0};
        CHECK_INT(read(fd, buf_reserve(&got, stored_len + 1), stored_len + 1), (ssize_t)stored_len);
        buf_commit(&got, stored_len);
        CHECK(!memcmp(buf_bytes(&got), stored_as, stored_len));
    }
    CHECK_INT(archive_mbox_check(fd, "m", 5, stored, len, sha256, NULL), 1);
    if (len)
        CHECK_INT(archive_mbox_check(fd, "m", 5, stored, len - 1, sha256, NULL), 0);
    CHECK_INT(archive_mbox_check(fd, "m", 5, stored, len + 3, sha256, NULL), 0);
    sha256[31] ^= 1;
    CHECK_INT(archive_mbox_check(fd, "m", 5, stored, len, sha256, NULL), 0);
    spool_free(sp);
    close(fd);
}

/* As slow and plain as can be: what the quoting is by definition. */
static void quote_plainly(const char *body, size_t len, struct buf *ret)
{
    for (size_t i = 0; i < len; i++) {
        if (i == 0 || body[i - 1] == '\n') {
            size_t marks = i;
            while (marks < len && body[marks] == '>')
                marks++;
            if (len - marks >= 5 && !memcmp(body + marks, "From ", 5))
                buf_append_char(ret, '>');
        }
        buf_append_char(ret, body[i]);
    }
    buf_append_str(ret, len && body[len - 1] != '\n' ? "\n\n" : "\n");
}

static void test_quoting(void)
{
    folder_begin();
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct buf expected CLEANUP(buf_done) = {0};
        CHECK_LABEL("%s", bodies[i]);
        quote_plainly(bodies[i], strlen(bodies[i]), &expected);
        check_way(bodies[i], strlen(bodies[i]), buf_bytes(&expected), buf_len(&expected));
    }
    folder_end();
}

/* The pieces in which a spool is read end at 64 KiB: each row is put across that end at every place. */
static void test_quoting_splits(void)
{
    folder_begin();
    char *data CLEANUP(mem_free_str) = mem_alloc(70000);
    memset(data, 'x', 70000);
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++)
        for (size_t split = 0, len = strlen(bodies[i]); split <= len; split++) {
            struct buf expected CLEANUP(buf_done) = {0};
            size_t at = 65536 - split;
            memset(data, 'x', at);
            data[at - 1] = '\n';
            memcpy(data + at, bodies[i], len);
            CHECK_LABEL("%s, %zu before", bodies[i], split);
            quote_plainly(data, at + len, &expected);
            check_way(data, at + len, buf_bytes(&expected), buf_len(&expected));
        }
    folder_end();
}

/* Everything that six pieces of what matters can make. */
static void test_quoting_all(void)
{
    static const char octets[] = {'>', '\n', 'F', 'x'};
    folder_begin();
    for (unsigned n = 0; n < 1u << 12; n++) {
        struct buf body CLEANUP(buf_done) = {0}, expected CLEANUP(buf_done) = {0};
        for (unsigned k = 0; k < 6; k++) {
            char c = octets[n >> (2 * k) & 3];
            if (c == 'F') /* most of the time the whole word */
                buf_append_str(&body, k % 3 ? "From " : "Fro");
            else
                buf_append_char(&body, c);
        }
        CHECK_LABEL("%u", n);
        quote_plainly(buf_bytes(&body), buf_len(&body), &expected);
        check_way(buf_bytes(&body), buf_len(&body), buf_bytes(&expected), buf_len(&expected));
    }
    folder_end();
}

/* ---- folders that are not ours ---- */
static void check_refused(enum archive_format format, const char *words)
{
    struct error err = {0};
    CHECK(!archive_open(folder_at("a"), format, &err));
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK_INT(err.scope, ERROR_SCOPE_RUN);
    CHECK(strstr(err.text, folder_at("a")) != NULL);
    if (!strstr(err.text, words))
        CHECK_STR(err.text, words);
}

static void test_other_files(void)
{
    folder_begin();
    CHECK_INT(mkdir(folder_at("a"), 0755), 0);
    folder_write(folder_at("a/letter.txt"), "x", 1);
    for (size_t i = 0; i < FORMATS; i++) {
        CHECK_LABEL("files, %zu", i);
        check_refused(formats[i], "letter.txt");
        CHECK_INT(folder_count(folder_at("a")), 1);
    }
    CHECK_LABEL("an empty folder, and what a new disk has");
    CHECK_INT(unlink(folder_at("a/letter.txt")), 0);
    CHECK_INT(mkdir(folder_at("a/lost+found"), 0700), 0);
    archive_close(open_ok(ARCHIVE_MAILDIR));
    CHECK_INT(folder_mode(folder_at("a")), 0755);
    CHECK_LABEL("a file put beside ours later");
    folder_write(folder_at("a/letter.txt"), "x", 1);
    archive_close(open_ok(ARCHIVE_MAILDIR));
    CHECK_INT(access(folder_at("a/letter.txt"), F_OK), 0);
    folder_end();
}

static void test_other_format(void)
{
    for (size_t i = 0; i < FORMATS; i++) {
        folder_begin();
        CHECK_LABEL("format %zu", i);
        struct archive *a = open_ok(formats[i]);
        add_text(a, "1", "one\r\n");
        CHECK_INT(archive_sync(a, NULL), 0);
        archive_close(a);
        check_refused(formats[!i], "has the format");
        a = open_ok(formats[i]);
        CHECK_INT(archive_count(a), 1);
        archive_close(a);
        folder_end();
    }
}

static void test_other_manifest(void)
{
    static const char *const heads[] = {"", "x", "sha256\toctets\n", "\xef\xbb\xbf" COLUMNS "\n",
        COLUMNS "\r\n", COLUMNS, COLUMNS "\tstored\textra\n"};
    folder_begin();
    CHECK_INT(mkdir(folder_at("a"), 0700), 0);
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        CHECK_LABEL("%zu", i);
        folder_write(folder_at("a/manifest.tsv"), heads[i], strlen(heads[i]));
        check_refused(ARCHIVE_MAILDIR, "manifest.tsv");
        check_refused(ARCHIVE_MBOX, "manifest.tsv");
        folder_check(folder_at("a/manifest.tsv"), heads[i]);
    }
    folder_end();
}

#define HASH "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void test_other_lines(void)
{
    static const struct {
        enum archive_format format;
        const char *line;
    } rows[] = {
        {ARCHIVE_MAILDIR, "\n"},
        {ARCHIVE_MAILDIR, "hello\n"},
        {ARCHIVE_MAILDIR, HASH "\t5\ta\tu\t5\t\n"},
        {ARCHIVE_MAILDIR, HASH "\t5\ta\tu\t5\t\t\n"},
        {ARCHIVE_MAILDIR, HASH "\t5\ta\tu\t5\t\tcur/x\tmore\n"},
        {ARCHIVE_MAILDIR, HASH "\t5\ta\tu\t5\t\tcur/x\tmore\tand\tmore\n"},
        {ARCHIVE_MAILDIR, HASH "0\t5\ta\tu\t5\t\tcur/x\n"},
        {ARCHIVE_MAILDIR, "X" HASH "\t5\ta\tu\t5\t\tcur/x\n"},
        {ARCHIVE_MAILDIR, HASH "\t-5\ta\tu\t5\t\tcur/x\n"},
        {ARCHIVE_MAILDIR, HASH "\t5\ta\tu\t5k\t\tcur/x\n"},
        {ARCHIVE_MBOX, HASH "\t5\ta\tu\t5\t\tcur/x\t7\n"},
        {ARCHIVE_MBOX, HASH "\t5\ta\tu\t5\t\tmessages.mbox:0\n"},
        {ARCHIVE_MBOX, HASH "\t5\ta\tu\t5\t\tmessages.mbox:\t7\n"},
        {ARCHIVE_MBOX, HASH "\t5\ta\tu\t5\t\tmessages.mbox:x\t7\n"},
        {ARCHIVE_MBOX, HASH "\t5\ta\tu\t5\t\tmessages.mbox:0\t\n"},
        {ARCHIVE_MBOX, HASH "\t5\ta\tu\t5\t\tmessages.mbox:10\t7\n"},
        {ARCHIVE_MBOX, HASH "\t5\ta\tu\t5\t\tmessages.mbox:0\t18446744073709551615\n"},
        {ARCHIVE_MBOX, HASH "\t5\ta\tu\t5\t\tmessages.mbox:18446744073709551615\t5\n"},
    };
    folder_begin();
    CHECK_INT(mkdir(folder_at("a"), 0700), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool mbox = rows[i].format == ARCHIVE_MBOX;
        char *text CLEANUP(mem_free_str) = mem_printf("%s%s" HASH "\t5\ta\tu\t5\t\t%s\n",
            mbox ? COLUMNS "\tstored\n" : COLUMNS "\n", rows[i].line, mbox ? "messages.mbox:7\t7" : "cur/x");
        CHECK_LABEL("%zu", i);
        folder_write(folder_at("a/manifest.tsv"), text, strlen(text));
        check_refused(rows[i].format, "line 2 of its manifest.tsv");
        folder_check(folder_at("a/manifest.tsv"), text);
    }
    folder_end();
}

static int open_elsewhere(const char *path)
{
    struct error err = {0};
    return !archive_open(path, ARCHIVE_MAILDIR, &err) && err.code == ERROR_LOCKED && strstr(err.text, path)
               ? 0
               : 1;
}

static void test_lock(void)
{
    folder_begin();
    struct archive *a = open_ok(ARCHIVE_MAILDIR);
    CHECK_INT(temp_dir_child(open_elsewhere, folder_at("a")), 0);
    CHECK_INT(open_elsewhere(folder_at("a")), 0);
    archive_close(a);
    archive_close(open_ok(ARCHIVE_MAILDIR));
    folder_end();
}

static void test_cannot(void)
{
    struct error err = {0};
    folder_begin();
    folder_write(folder_at("file"), "", 0);
    CHECK(!archive_open(folder_at("file"), ARCHIVE_MBOX, &err));
    CHECK_INT(err.code, ERROR_DISK);
    CHECK(!archive_open(folder_at("file/below"), ARCHIVE_MBOX, &err));
    CHECK_INT(err.code, ERROR_DISK);
    CHECK(strstr(err.text, "choose another folder") != NULL);
    archive_close(NULL);
    enum archive_format format = ARCHIVE_MAILDIR;
    CHECK_INT(archive_parse_format("mbox", &format, NULL), 0);
    CHECK_INT(format, ARCHIVE_MBOX);
    CHECK_INT(archive_parse_format("maildir", &format, NULL), 0);
    CHECK_INT(format, ARCHIVE_MAILDIR);
    CHECK_INT(archive_parse_format("zip", &format, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    folder_end();
}

int main(void)
{
    static const struct check_test tests[] = {
        {"a second run", test_rerun},
        {"without UIDL", test_no_uidl},
        {"a Maildir", test_maildir_files},
        {"an mbox", test_mbox_file},
        {"no date", test_no_date},
        {"quoting", test_quoting},
        {"quoting across pieces", test_quoting_splits},
        {"quoting everything", test_quoting_all},
        {"files of others", test_other_files},
        {"the other format", test_other_format},
        {"another manifest", test_other_manifest},
        {"lines of others", test_other_lines},
        {"one at a time", test_lock},
        {"cannot", test_cannot},
    };
    return check_main("archive", tests, sizeof tests / sizeof *tests);
}
