/* list_text.h: files in the charsets that spreadsheets write, and back. */
#include "check.h"

#include "list_text.h"
#include "mem.h"
#include "temp_dir.h"
#include <sys/stat.h>

#define BYTES(s) s, sizeof(s) - 1

/* ---- what is read ---- */
/* words: refused. */
static const struct {
    const char *bytes;
    size_t len;
    const char *charset, *text, *found, *words;
} table[] = {
    {BYTES(""), NULL, "", "UTF-8", NULL},
    {BYTES("a,b\r\n"), NULL, "a,b\r\n", "UTF-8", NULL},
    {BYTES("山田"), NULL, "山田", "UTF-8", NULL},
    {BYTES("\xef\xbb\xbf"), NULL, "", "UTF-8-BOM", NULL},
    {BYTES("\xef\xbb\xbf山"), NULL, "山", "UTF-8-BOM", NULL},
    {BYTES("\xef\xbb\xbf山"), "UTF-8", "山", "UTF-8-BOM", NULL},
    {BYTES("山"), "utf8", "山", "UTF-8", NULL},
    {BYTES("山"), "UTF-8-BOM", "山", "UTF-8-BOM", NULL},
    {BYTES("\xff\xfe\x71\x5c,\0"), NULL, "山,", "UTF-16LE", NULL},
    {BYTES("\xfe\xff\x5c\x71\0,"), NULL, "山,", "UTF-16BE", NULL},
    {BYTES("\x71\x5c,\0"), "UTF-16LE", "山,", "UTF-16LE", NULL},
    {BYTES("\xff\xfe\x71\x5c"), "UTF-16", "山", "UTF-16LE", NULL},
    {BYTES("\xfe\xff\x5c\x71"), "utf-16le", "山", "UTF-16BE", NULL},
    {BYTES("\xff\xfe\x3d\xd8\x00\xde"), NULL, "😀", "UTF-16LE", NULL},
    {BYTES("\xff\xfe"), NULL, "", "UTF-16LE", NULL},
    /* second octets that look like backslashes */
    {BYTES("\x94\x5c,\x95\x5c,\x83\x5c\n"), NULL, "能,表,ソ\n", "CP932", NULL},
    {BYTES("\x87\x40\xfa\xb1\xc0\xdb\xb3"), NULL, "①﨑ﾀﾛｳ", "CP932", NULL},
    {BYTES("\x5c\x7e"), "Shift_JIS", "\\~", "CP932", NULL},
    {BYTES("\x8e\x52"), "sjis", "山", "CP932", NULL},
    {BYTES("\x8e\x52"), "Windows-31J", "山", "CP932", NULL},
    {BYTES("a"), "cp932", "a", "CP932", NULL},
    {BYTES("\xbb\xb3"), "EUC-JP", "山", "EUC-JP", NULL},
    {BYTES("\xe9"), "ISO-8859-1", "é", "ISO-8859-1", NULL},
    {BYTES("\x1b$B;3\x1b(B"), "ISO-2022-JP", "山", "ISO-2022-JP", NULL},
    {BYTES("a\nb\r\n\x8e"), NULL, NULL, NULL,
        "line 3: this is not text in UTF-8 or CP932 (Shift_JIS): save the file as \"CSV UTF-8\", or name its charset"},
    {BYTES("a\r\xff"), "UTF-8", NULL, NULL,
        "line 2: this is not UTF-8: save the file as \"CSV UTF-8\", or name its charset"},
    {BYTES("\xef\xbb\xbf\xc0\x80"), NULL, NULL, NULL,
        "line 1: this is not UTF-8-BOM: save the file as \"CSV UTF-8\", or name its charset"},
    {BYTES("\xff\xfe\n\0\x3d\xd8"), NULL, NULL, NULL,
        "line 2: this is not UTF-16LE: save the file as \"CSV UTF-8\", or name its charset"},
    {BYTES("\xff\xfe\n\0a"), NULL, NULL, NULL,
        "line 2: this is not UTF-16LE: save the file as \"CSV UTF-8\", or name its charset"},
    {BYTES("山"), "US-ASCII", NULL, NULL,
        "line 1: this is not US-ASCII: save the file as \"CSV UTF-8\", or name its charset"},
    {BYTES("a\nb\0c"), NULL, NULL, NULL,
        "line 2: a NUL character, so this is no text file (or UTF-16 without its mark: save it as \"CSV UTF-8\", or "
        "name its charset)"},
    {BYTES("a"), "no-such-charset", NULL, NULL,
        "charset no-such-charset: this machine's iconv does not have it: see iconv --list, or save the file as \"CSV "
        "UTF-8\""},
    {BYTES("\xff"), "CP932//IGNORE", NULL, NULL,
        "charset CP932//IGNORE: no such name: UTF-8, CP932 and UTF-16LE are the usual ones"},
    {BYTES("a"), "", NULL, NULL, "charset : no such name: UTF-8, CP932 and UTF-16LE are the usual ones"},
    {BYTES("a"), "x2345678901234567890123456789012", NULL, NULL,
        "charset x2345678901234567890123456789012: no such name: UTF-8, CP932 and UTF-16LE are the usual ones"},
};

static void test_decode(void)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct list_text t CLEANUP(list_text_done) = {0};
        struct error err = {0};
        CHECK_LABEL("row %zu", i);
        int rc = list_text_decode(table[i].bytes, table[i].len, table[i].charset, &t, &err);
        CHECK_INT(rc, table[i].text ? 0 : -1);
        CHECK_STR(t.text, table[i].text);
        CHECK_INT(t.len, table[i].text ? strlen(table[i].text) : 0);
        CHECK_STR(t.charset, table[i].found ? table[i].found : "");
        CHECK_STR(err.text, table[i].words ? table[i].words : "");
        CHECK_INT(err.code, table[i].words ? ERROR_USAGE : ERROR_NONE);
    }
}

/* Cut anywhere, the text is a beginning of the whole one, or the cut character is refused. */
static void test_cuts(void)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t len = 0; table[i].found && len < table[i].len; len++) {
            char *part CLEANUP(mem_free_str) = mem_alloc(len ? len : 1);
            struct list_text t CLEANUP(list_text_done) = {0};
            CHECK_LABEL("row %zu cut at %zu", i, len);
            memcpy(part, table[i].bytes, len);
            bool named =
                strcmp(table[i].found, "UTF-8-BOM") != 0 && strncmp(table[i].found, "UTF-16", 6) != 0;
            if (list_text_decode(part, len, named ? table[i].found : table[i].charset, &t, NULL) == 0 &&
                (named || len >= 3))
                CHECK(!strncmp(t.text, table[i].text, t.len));
        }
}

/* ---- and back ---- */
static void test_encode(void)
{
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct buf out CLEANUP(buf_done) = {0};
        struct list_text t CLEANUP(list_text_done) = {0};
        struct error err = {0};
        if (!table[i].found)
            continue;
        CHECK_LABEL("row %zu", i);
        CHECK_INT(list_text_encode(table[i].text, strlen(table[i].text), table[i].found, &out, &err), 0);
        CHECK_INT(list_text_decode(buf_bytes(&out), buf_len(&out), table[i].found, &t, &err), 0);
        CHECK_STR(t.text, table[i].text);
        CHECK_STR(t.charset, table[i].found);
        bool marked = table[i].charset == NULL;
        CHECK(!marked ||
              (buf_len(&out) == table[i].len && !memcmp(buf_bytes(&out), table[i].bytes, table[i].len)));
    }
}

static void test_encode_refused(void)
{
    struct buf out CLEANUP(buf_done) = {0};
    struct error err = {0};
    CHECK_LABEL("a character that is not there");
    CHECK_INT(list_text_encode("a😀", 5, "CP932", &out, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK_STR(err.text, "it has a character that CP932 does not have: name another charset, as UTF-8");
    CHECK_INT(buf_len(&out), 0);
    CHECK_LABEL("a charset that is not there");
    CHECK_INT(list_text_encode("a", 1, "no-such-charset", &out, &err), -1);
    CHECK_LABEL("one mark only");
    CHECK_INT(list_text_encode("a", 1, "UTF-16LE", &out, &err), 0);
    CHECK_INT(list_text_encode("b", 1, "UTF-16LE", &out, &err), 0);
    CHECK(buf_len(&out) == 6 && !memcmp(buf_bytes(&out),
                                    "\xff\xfe"
                                    "a\0b",
                                    6));
}

/* More UTF-8 than octets of the charset, and the other way round, beyond any buffer at first. */
static void test_long(void)
{
    enum { OCTETS = 100000 };
    char *kana CLEANUP(mem_free_str) = mem_alloc(OCTETS);
    struct list_text t CLEANUP(list_text_done) = {0};
    struct buf out CLEANUP(buf_done) = {0};
    memset(kana, 0xb1, OCTETS);
    CHECK_LABEL("long");
    CHECK_INT(list_text_decode(kana, OCTETS, "CP932", &t, NULL), 0);
    CHECK_INT(t.len, 3 * OCTETS);
    CHECK_INT(list_text_encode(t.text, t.len, "CP932", &out, NULL), 0);
    CHECK(buf_len(&out) == OCTETS && !memcmp(buf_bytes(&out), kana, OCTETS));
    buf_clear(&out);
    CHECK_INT(list_text_encode(kana, 0, "UTF-7", &out, NULL), 0);
    memset(kana, '+', OCTETS);
    CHECK_INT(list_text_encode(kana, OCTETS, "UTF-32LE", &out, NULL), 0);
    CHECK_INT(buf_len(&out), 4 * OCTETS);
}

/* ---- files ---- */
static void put(const char *path, const char *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");
    CHECK(f && fwrite(bytes, 1, len, f) == len && fclose(f) == 0);
}

static void refused_file(const char *path, const char *words)
{
    struct list_text t = {0};
    struct error err = {0};
    char *expected CLEANUP(mem_free_str) = mem_printf("%s: %s", path, words);
    CHECK_LABEL("%s", words);
    CHECK_INT(list_text_read(path, NULL, &t, &err), -1);
    CHECK_INT(err.code, ERROR_USAGE);
    CHECK_STR(err.text, expected);
}

static void test_files(void)
{
    char dir[TEMP_DIR_MAX];
    struct list_text t CLEANUP(list_text_done) = {0};
    struct error err = {0};
    temp_dir_make(dir);
    char *path CLEANUP(mem_free_str) = mem_printf("%s/list.csv", dir);
    refused_file(path, "No such file or directory");
    refused_file(dir, "Is a directory");
    put(path, BYTES("a\n\xff\xff"));
    refused_file(path,
        "line 2: this is not text in UTF-8 or CP932 (Shift_JIS): save the file as \"CSV UTF-8\", or name its charset");
    put(path, BYTES("\x94\x5c"));
    CHECK_LABEL("a file");
    CHECK_INT(list_text_read(path, NULL, &t, &err), 0);
    CHECK_STR(t.text, "能");
    temp_dir_remove(dir);
}

static void test_size(void)
{
    char dir[TEMP_DIR_MAX];
    struct list_text t CLEANUP(list_text_done) = {0};
    temp_dir_make(dir);
    char *path CLEANUP(mem_free_str) = mem_printf("%s/list.csv", dir);
    char *all CLEANUP(mem_free_str) = mem_alloc(LIST_TEXT_MAX + 1);
    memset(all, 'a', LIST_TEXT_MAX + 1);
    put(path, all, LIST_TEXT_MAX + 1);
    refused_file(path, "larger than 16 MiB, so this is no list");
    put(path, all, LIST_TEXT_MAX);
    CHECK_LABEL("16 MiB");
    CHECK_INT(list_text_read(path, NULL, &t, NULL), 0);
    CHECK_INT(t.len, LIST_TEXT_MAX);
    temp_dir_remove(dir);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"charsets", test_decode},
        {"cut anywhere", test_cuts},
        {"written again", test_encode},
        {"what cannot be written", test_encode_refused},
        {"long texts", test_long},
        {"files", test_files},
        {"the largest file", test_size},
    };
    return check_main("list_text", tests, sizeof tests / sizeof *tests);
}
