/* pst_rtf.h: what rich text was made from, and how it is packed. */
#include "buf.h"
#include "check.h"
#include "mem.h"
#include "pst_rtf.h"
#include <string.h>

/* Packed as in MS-OXRTFCP section 3.1.1: an example of its author. */
static void unpacked(void)
{
    static const unsigned char simple[] = {0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5,
        0xc7, 0xa7, 0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3,
        0x20, 0x68, 0x65, 0x6c, 0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f,
        0xa0};
    /* And section 3.1.2: what was just written is copied on. */
    static const unsigned char crossing[] = {0x1a, 0, 0, 0, 0x1c, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xe2, 0xd4,
        0x4b, 0x51, 0x41, 0x00, 0x04, 0x20, 0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0};
    struct buf out CLEANUP(buf_done) = {0};
    CHECK(pst_rtf_unpack((const char *)simple, sizeof simple, &out));
    CHECK_STR(buf_str(&out), "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
    buf_clear(&out);
    CHECK(pst_rtf_unpack((const char *)crossing, sizeof crossing, &out));
    CHECK_STR(buf_str(&out), "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
    for (size_t n = 0; n < sizeof simple; n++) {
        buf_clear(&out);
        char *cut CLEANUP(mem_free_str) = mem_alloc(n + 1);
        memcpy(cut, simple, n);
        CHECK_LABEL("cut at %zu", n);
        CHECK(!pst_rtf_unpack(cut, n, &out));
    }
    CHECK(!pst_rtf_unpack("\x1a\0\0\0\xff\xff\xff\xffLZFu\0\0\0\0", 16, &out));
}

static void original(void)
{
    static const char *const rows[][3] = {
        {"tags and text",
            "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1{\\*\\htmltag64 <p>}a\\'e9 {\\*\\htmltag84 &lt;}b\\htmlrtf x\\htmlrtf0 c"
            "{\\*\\mhtmltag64 <q>}{\\*\\htmltag72 </p>}}",
            "<p>a\xc3\xa9 &lt;bc</p>"},
        {"a font in CP932",
            "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset128 M;}}\\f1 \\'93\\'fa\\'96{\\f0 \\'e9}}",
            NULL},
        {"CP932 by its fonts",
            "{\\rtf1\\ansi\\ansicpg1252\\fromhtml1{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset128 M;}}\\f1 \\'93\\'fa\\'96\\'7b{\\f0 \\'e9}}",
            "\xe6\x97\xa5\xe6\x9c\xac\xc3\xa9"},
        {"CP932 of the document, its second octet as it is",
            "{\\rtf1\\ansi\\ansicpg932\\fromhtml1 \\'83A\\'83\\'5c}", "\xe3\x82\xa2\xe3\x82\xbd"},
        {"Unicode, what stands for it passed over",
            "{\\rtf1\\fromhtml1\\uc1 \\u26085?\\u26412 ?\\uc2\\u-10179 ??\\u-8704??}",
            "\xe6\x97\xa5\xe6\x9c\xac\xf0\x9f\x98\x80"},
        {"text",
            "{\\rtf1\\ansi\\fromtext\\deff0{\\fonttbl{\\f0 A;}}{\\colortbl;}{\\*\\generator x;}a\\tab b\\par\r\nc\\line \\{\\}\\\\}",
            "a\tb\r\nc\r\n{}\\"},
        {"signs in HTML", "{\\rtf1\\fromhtml1 \\lquote a\\rquote\\~\\bullet}", "&lsquo;a&rsquo;&nbsp;&bull;"},
        {"octets that are none of it", "{\\rtf1\\fromtext a\\bin3 }}}b}", "ab"},
        {"native", "{\\rtf1\\ansi a}", NULL},
        {"another version", "{\\rtf1\\fromhtml10 a}", NULL},
        {"open", "{\\rtf1\\fromhtml1 a", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct buf out CLEANUP(buf_done) = {0};
        CHECK_LABEL("%s", rows[i][0]);
        bool had = pst_rtf_original(rows[i][1], strlen(rows[i][1]), &out);
        if (i == 1) { /* a character of two octets without its second one: something, and no more than that */
            CHECK(had);
            continue;
        }
        CHECK_INT(had, rows[i][2] != NULL);
        CHECK_STR(had ? buf_str(&out) : NULL, rows[i][2]);
    }
}

static void deep(void)
{
    struct buf in CLEANUP(buf_done) = {0}, out CLEANUP(buf_done) = {0};
    buf_append_str(&in, "{\\rtf1\\fromhtml1 ");
    for (int i = 0; i < 100000; i++)
        buf_append_char(&in, '{');
    for (int i = 0; i < 100001; i++)
        buf_append_char(&in, '}');
    CHECK(!pst_rtf_original(buf_bytes(&in), buf_len(&in), &out));
}

int main(void)
{
    static const struct check_test tests[] = {{"unpacked", unpacked}, {"original", original}, {"deep", deep}};
    return check_main("pst-rtf", tests, sizeof tests / sizeof *tests);
}
