/* archive.h after a crash, a power cut or a full disk: what is torn is put right, a rerun completes it
 * without doubles, and what another program did is left alone. */
#include "folder.h"

#include "archive.h"
#include "crash.h"
#include "mem.h"
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static const enum archive_format formats[] = {ARCHIVE_MAILDIR, ARCHIVE_MBOX};
#define FORMATS (sizeof formats / sizeof *formats)

static const char *const messages[] = {"Subject: one\r\n\r\nFrom here\r\n", "",
    "Subject: three\r\n\r\nno end", "\n>From\n", "five", "From six\n"};
#define MESSAGES (sizeof messages / sizeof *messages)
#define FIRST    3 /* of them in the first batch */

static int add(struct archive *a, size_t n)
{
    uint8_t sha256[SHA256_OCTETS];
    size_t len = strlen(messages[n]);
    char *key CLEANUP(mem_free_str) = mem_printf("uidl-%zu", n);
    struct spool *sp = spool_new(folder_root, 1024);
    sha256_bytes(messages[n], len, sha256);
    struct archive_message m = {
        .account = "taro", .key = key, .listed_octets = len, .sha256 = sha256, .date_s = 86400, .spool = sp};
    int rc = spool_write(sp, messages[n], len, NULL) < 0 ? -1 : archive_add(a, &m, NULL);
    spool_free(sp);
    return rc;
}

/* Two batches, as a run makes them; 0 when all went well. */
static int fill(const char *dir, enum archive_format format)
{
    struct archive *a = archive_open(dir, format, NULL);
    int rc = a ? 0 : -1;
    for (size_t n = 0; rc == 0 && n < MESSAGES; n++) {
        rc = add(a, n);
        if (rc == 0 && n == FIRST - 1)
            rc = archive_sync(a, NULL);
    }
    if (rc == 0)
        rc = archive_sync(a, NULL);
    archive_close(a);
    return rc;
}

/* Filled again, it must be as if nothing had happened. */
static void check_completed(enum archive_format format)
{
    CHECK_INT(fill(folder_at("a"), format), 0);
    struct archive *a = archive_open(folder_at("a"), format, NULL);
    CHECK(a != NULL);
    CHECK_INT(a ? archive_count(a) : 0, MESSAGES);
    archive_close(a);
    struct buf got CLEANUP(buf_done) = {0}, whole CLEANUP(buf_done) = {0};
    CHECK(folder_read(folder_at("a/manifest.tsv"), &got));
    CHECK(folder_holds(folder_at("whole/manifest.tsv"), buf_bytes(&got), buf_len(&got)));
    if (format == ARCHIVE_MBOX) {
        CHECK(folder_read(folder_at("whole/messages.mbox"), &whole));
        CHECK(folder_holds(folder_at("a/messages.mbox"), buf_bytes(&whole), buf_len(&whole)));
    } else {
        CHECK_INT(folder_count(folder_at("a/cur")), MESSAGES);
        CHECK_INT(folder_count(folder_at("a/tmp")), 0);
    }
}

static void begin(enum archive_format format)
{
    folder_begin();
    CHECK_INT(fill(folder_at("whole"), format), 0);
    CHECK_INT(fill(folder_at("a"), format), 0);
}

static void write_tail(const char *path, size_t keep, const struct buf *whole, const char *tail, size_t len)
{
    struct buf text CLEANUP(buf_done) = {0};
    buf_append(&text, buf_bytes(whole), keep);
    buf_append(&text, tail, len);
    folder_write(path, buf_bytes(&text), buf_len(&text));
}

static size_t lines_in(const char *s, size_t len)
{
    size_t n = 0;
    for (size_t i = 0; i < len; i++)
        n += s[i] == '\n';
    return n;
}

/* What was listed as stored is durable before: so the files may have more than the manifest, never less. */
static void test_manifest_cut(void)
{
    static const struct {
        const char *bytes;
        size_t len;
    } tails[] = {{"", 0}, {"\0\0\0", 3}, {"\0\0\n0123\nx", 9}};
    for (size_t i = 0; i < FORMATS; i++) {
        struct buf whole CLEANUP(buf_done) = {0};
        begin(formats[i]);
        CHECK(folder_read(folder_at("whole/manifest.tsv"), &whole));
        size_t header = strcspn(buf_str(&whole), "\n") + 1;
        for (size_t cut = header; cut <= buf_len(&whole); cut++) {
            size_t t = cut % (sizeof tails / sizeof *tails);
            CHECK_LABEL("format %zu, %zu octets, tail %zu", i, cut, t);
            write_tail(folder_at("a/manifest.tsv"), cut, &whole, tails[t].bytes, tails[t].len);
            struct archive *a = archive_open(folder_at("a"), formats[i], NULL);
            CHECK(a != NULL);
            CHECK_INT(a ? archive_count(a) : 0, lines_in(buf_bytes(&whole), cut) - 1);
            archive_close(a);
            check_completed(formats[i]);
        }
        folder_end();
    }
}

/* The mbox goes on behind the manifest's last entry with anything from nothing to all of the second batch. */
static void test_mbox_cut(void)
{
    struct buf whole CLEANUP(buf_done) = {0}, manifest CLEANUP(buf_done) = {0};
    begin(ARCHIVE_MBOX);
    CHECK(folder_read(folder_at("whole/messages.mbox"), &whole));
    CHECK(folder_read(folder_at("whole/manifest.tsv"), &manifest));
    const char *end = buf_str(&manifest);
    for (int n = 0; n < FIRST + 1; n++)
        end = strchr(end, '\n') + 1;
    size_t listed = (size_t)(end - buf_bytes(&manifest));
    size_t offset = 0, stored = 0;
    CHECK_INT(sscanf(strstr(end, "messages.mbox:"), "messages.mbox:%zu\t%zu", &offset, &stored), 2);
    for (size_t cut = offset; cut <= buf_len(&whole); cut++) {
        CHECK_LABEL("%zu octets", cut);
        static const char zeros[100];
        folder_write(folder_at("a/manifest.tsv"), buf_bytes(&manifest), listed);
        write_tail(folder_at("a/messages.mbox"), cut, &whole, zeros, cut % 2 ? sizeof zeros : 0);
        check_completed(ARCHIVE_MBOX);
    }
    folder_end();
}

static void check_untouched(const struct buf *mbox)
{
    struct error err = {0};
    folder_write(folder_at("a/messages.mbox"), buf_bytes(mbox), buf_len(mbox));
    CHECK(!archive_open(folder_at("a"), ARCHIVE_MBOX, &err));
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK(strstr(err.text, "changed by another program") != NULL);
    CHECK(folder_holds(folder_at("a/messages.mbox"), buf_bytes(mbox), buf_len(mbox)));
}

static void test_mbox_of_others(void)
{
    struct buf whole CLEANUP(buf_done) = {0}, other CLEANUP(buf_done) = {0};
    begin(ARCHIVE_MBOX);
    CHECK(folder_read(folder_at("whole/messages.mbox"), &whole));
    CHECK_LABEL("mail was delivered into it");
    buf_append(&other, buf_bytes(&whole), buf_len(&whole));
    buf_append_str(&other, "From hanako@example.jp Fri May 31 12:00:00 2024\nx\n\n");
    check_untouched(&other);
    CHECK_LABEL("a field was added");
    buf_clear(&other);
    buf_append(&other, buf_bytes(&whole), 44);
    buf_append_str(&other, "Status: RO\r\n");
    buf_append(&other, buf_bytes(&whole) + 44, buf_len(&whole) - 44);
    check_untouched(&other);
    for (size_t cut = 0; cut < buf_len(&whole); cut++) {
        CHECK_LABEL("shorter: %zu", cut);
        buf_clear(&other);
        buf_append(&other, buf_bytes(&whole), cut);
        check_untouched(&other);
    }
    CHECK_LABEL("put back");
    folder_write(folder_at("a/messages.mbox"), buf_bytes(&whole), buf_len(&whole));
    check_completed(ARCHIVE_MBOX);
    folder_end();
}

/* Files that were placed, or half written, and never listed. */
static void test_maildir_unlisted(void)
{
    struct buf whole CLEANUP(buf_done) = {0};
    begin(ARCHIVE_MAILDIR);
    CHECK(folder_read(folder_at("whole/manifest.tsv"), &whole));
    size_t header = strcspn(buf_str(&whole), "\n") + 1;
    folder_write(folder_at("a/manifest.tsv"), buf_bytes(&whole), header);
    folder_write(folder_at("a/tmp/00112233445566778899aabbccddeeff.eml"), "half", 4);
    CHECK_LABEL("unlisted");
    check_completed(ARCHIVE_MAILDIR);
    folder_end();
}

/* Added, but not synced: as if it had never been. */
static void test_not_synced(void)
{
    for (size_t i = 0; i < FORMATS; i++) {
        folder_begin();
        CHECK_LABEL("format %zu", i);
        CHECK_INT(fill(folder_at("whole"), formats[i]), 0);
        struct archive *a = archive_open(folder_at("a"), formats[i], NULL);
        CHECK(a && add(a, 0) == 0 && archive_sync(a, NULL) == 0 && add(a, 1) == 0);
        archive_close(a);
        a = archive_open(folder_at("a"), formats[i], NULL);
        CHECK_INT(a ? archive_count(a) : 0, 1);
        CHECK(a && add(a, 1) == 0);
        archive_close(a); /* in a session that has synced nothing */
        a = archive_open(folder_at("a"), formats[i], NULL);
        CHECK_INT(a ? archive_count(a) : 0, 1);
        archive_close(a);
        if (formats[i] == ARCHIVE_MAILDIR) {
            CHECK_INT(folder_count(folder_at("a/cur")), 1);
            CHECK_INT(folder_count(folder_at("a/tmp")), 0);
        }
        check_completed(formats[i]);
        folder_end();
    }
}

/* ---- ends ---- */
/* Nothing of what a process does at its end: half of the second batch added, then gone. */
static int vanish(const char *dir, enum archive_format format)
{
    struct archive *a = archive_open(dir, format, NULL);
    for (size_t n = 0; a && n < MESSAGES - 1; n++)
        if (add(a, n) < 0 || (n == FIRST - 1 && archive_sync(a, NULL) < 0))
            return 1;
    return a ? 0 : 1;
}

static int vanish_maildir(const char *dir)
{
    _exit(vanish(dir, ARCHIVE_MAILDIR));
}

static int vanish_mbox(const char *dir)
{
    _exit(vanish(dir, ARCHIVE_MBOX));
}

static void test_vanished(void)
{
    for (size_t i = 0; i < FORMATS; i++) {
        folder_begin();
        CHECK_LABEL("format %zu", i);
        CHECK_INT(fill(folder_at("whole"), formats[i]), 0);
        bool mbox = formats[i] == ARCHIVE_MBOX;
        CHECK_INT(temp_dir_child(mbox ? vanish_mbox : vanish_maildir, folder_at("a")), 0);
        check_completed(formats[i]);
        folder_end();
    }
}

/* The limit meets the manifest, or for the larger one the mbox, at some write or other. What fails keeps
 * failing. */
static unsigned long limit;

static int no_room(const char *dir, enum archive_format format)
{
    struct error first = {0}, second = {0};
    struct archive *a = archive_open(dir, format, NULL);
    if (!a)
        return 2;
    folder_limit(limit);
    int rc = 0;
    for (size_t n = 0; rc == 0 && n < MESSAGES; n++)
        rc = add(a, n) < 0 ? -1 : archive_sync(a, &first);
    if (rc == 0)
        return 3;
    bool ok = archive_sync(a, &second) == -1 && second.code == ERROR_DISK && second.scope == ERROR_SCOPE_RUN;
    ok = ok && (!first.code || !strcmp(first.text, second.text)) && add(a, MESSAGES - 1) == -1;
    archive_close(a);
    return ok ? 0 : 1;
}

static int no_room_maildir(const char *dir)
{
    return no_room(dir, ARCHIVE_MAILDIR);
}

static int no_room_mbox(const char *dir)
{
    return no_room(dir, ARCHIVE_MBOX);
}

static void test_no_room(void)
{
    for (size_t i = 0; i < FORMATS; i++)
        for (limit = 1; limit < 700; limit += 13) {
            folder_begin();
            CHECK_LABEL("format %zu, %lu octets", i, limit);
            CHECK_INT(fill(folder_at("whole"), formats[i]), 0);
            bool mbox = formats[i] == ARCHIVE_MBOX;
            CHECK_INT(temp_dir_child(mbox ? no_room_mbox : no_room_maildir, folder_at("a")), 0);
            check_completed(formats[i]);
            folder_end();
        }
}

#ifdef POPFERRY_CRASH_POINTS
/* Killed at the nth step; false when there is no such step. */
static bool killed_at(unsigned long n, enum archive_format format)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(STDERR_FILENO);
        open("/dev/null", O_WRONLY);
        crash_arm(n);
        _exit(fill(folder_at("a"), format) < 0);
    }
    int status = 0;
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid);
    CHECK(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

static void test_killed(void)
{
    for (size_t i = 0; i < FORMATS; i++) {
        unsigned long n = 1;
        for (bool killed = true; killed; n++) {
            folder_begin();
            CHECK_LABEL("format %zu, step %lu", i, n);
            CHECK_INT(fill(folder_at("whole"), formats[i]), 0);
            killed = killed_at(n, formats[i]);
            check_completed(formats[i]);
            folder_end();
        }
        CHECK_LABEL("format %zu", i);
        CHECK(n > 12); /* there were steps */
    }
}
#endif

int main(void)
{
    static const struct check_test tests[] = {
        {"the manifest is cut off", test_manifest_cut},
        {"the mbox is cut off", test_mbox_cut},
        {"an mbox that others changed", test_mbox_of_others},
        {"files that are not listed", test_maildir_unlisted},
        {"closed before the sync", test_not_synced},
        {"the process is gone", test_vanished},
        {"no room", test_no_room},
#ifdef POPFERRY_CRASH_POINTS
        {"killed at every step", test_killed},
#endif
    };
    return check_main("archive torn", tests, sizeof tests / sizeof *tests);
}
