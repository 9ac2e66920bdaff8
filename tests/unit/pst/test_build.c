/* pst_build.h and pst_item.h: messages from properties as Outlook keeps them, to the octet. */
#include "buf.h"
#include "check.h"
#include "mem.h"
#include "pst_build.h"
#include "pst_item.h"
#include "sha256.h"
#include <stdlib.h>
#include <string.h>

/* ---- making items ---- */
struct maker {
    struct buf props, out;
    uint32_t count;
};

static void prop(struct maker *m, enum pst_tag tag, uint16_t type, const void *data, size_t len)
{
    pst_put_prop(&m->props, (uint16_t)tag, type, data, len);
    m->count++;
}

/* ASCII and what is given as UTF-8 of two or three octets: as UTF-16. */
static void text(struct maker *m, enum pst_tag tag, const char *utf8)
{
    struct buf wide CLEANUP(buf_done) = {0};
    for (const unsigned char *p = (const unsigned char *)utf8; *p;) {
        uint32_t c = *p < 0x80   ? *p
                     : *p < 0xe0 ? (*p & 0x1fu) << 6 | (p[1] & 0x3fu)
                                 : (*p & 0xfu) << 12 | (p[1] & 0x3fu) << 6 | (p[2] & 0x3fu);
        p += *p < 0x80 ? 1 : *p < 0xe0 ? 2 : 3;
        buf_append_char(&wide, (char)(c & 0xff));
        buf_append_char(&wide, (char)(c >> 8));
    }
    prop(m, tag, PST_TYPE_UNICODE, buf_bytes(&wide), buf_len(&wide));
}

static void number(struct maker *m, enum pst_tag tag, uint32_t n)
{
    char octets[4] = {(char)n, (char)(n >> 8), (char)(n >> 16), (char)(n >> 24)};
    prop(m, tag, PST_TYPE_LONG, octets, 4);
}

static void moment(struct maker *m, enum pst_tag tag, uint64_t unix_s)
{
    struct buf b CLEANUP(buf_done) = {0};
    pst_put_u64(&b, (unix_s + 11644473600u) * 10000000);
    prop(m, tag, PST_TYPE_TIME, buf_bytes(&b), 8);
}

/* The properties so far, to the item. */
static void flush(struct maker *m)
{
    pst_put_u32(&m->out, m->count);
    buf_append(&m->out, buf_bytes(&m->props), buf_len(&m->props));
    buf_clear(&m->props);
    m->count = 0;
}

static void recipient(struct maker *m, uint32_t type, const char *name, const char *address)
{
    number(m, PST_RECIPIENT_TYPE, type);
    text(m, PST_DISPLAY_NAME, name);
    text(m, PST_ADDRESS_TYPE, "SMTP");
    text(m, PST_ADDRESS, address);
    flush(m);
}

static void maker_done(struct maker *m)
{
    buf_done(&m->props);
    buf_done(&m->out);
}

/* All octets of the message; data of attachments are so many "x". */
static char *built(const struct buf *octets, struct pst_message *ret)
{
    struct buf all CLEANUP(buf_done) = {0};
    struct pst_item *item = pst_item_parse(buf_bytes(octets), buf_len(octets));
    CHECK(item != NULL);
    if (!item)
        return mem_strdup("");
    pst_build(item, NULL, ret);
    for (size_t i = 0; i < ret->count; i++) {
        const struct pst_piece *p = &ret->pieces[i];
        if (p->data)
            buf_printf(
                &all, "<%llu octets%s>", (unsigned long long)p->data->octets, p->encoded ? ", encoded" : "");
        else
            buf_append(&all, buf_bytes(&ret->text) + p->at, p->len);
    }
    pst_item_free(item);
    return buf_strdup(&all);
}

static void check_has(const char *message, const char *part)
{
    if (!strstr(message, part))
        fprintf(stderr, "%s\n", message);
    CHECK(strstr(message, part) != NULL);
}

/* ---- the cases ---- */
static void make_sent(struct maker *m)
{
    text(m, PST_MESSAGE_CLASS, "IPM.Note");
    text(m, PST_SUBJECT, "見積書の件");
    text(m, PST_SENDER_NAME, "山田 太郎");
    text(m, PST_SENDER_ADDRESS_TYPE, "SMTP");
    text(m, PST_SENDER_ADDRESS, "taro@example.jp");
    moment(m, PST_SUBMIT_TIME, 1446512400);
    text(m, PST_BODY, "よろしくお願いします。\r\nTaro\r\n");
    flush(m);
    pst_put_u32(&m->out, 4); /* three recipients */
    recipient(m, 1, "鈴木 花子", "hanako@example.jp");
    recipient(m, 2, "Bob, \"the\" second", "bob@example.com");
    recipient(m, 3, "secret@example.com", "secret@example.com");
    pst_put_u32(&m->out, 1); /* no attachments */
}

/* Sent mail has no header: all of it is made, the blind copies, too. */
static void test_sent(void)
{
    struct maker m = {0};
    struct pst_message message = {0};
    make_sent(&m);
    char *all CLEANUP(mem_free_str) = built(&m.out, &message);
    CHECK_INT(message.class, PST_CLASS_C);
    CHECK_STR(message.lacks, NULL);
    check_has(all, "From: =?");
    check_has(all, "<taro@example.jp>\r\n");
    check_has(all, "<hanako@example.jp>");
    check_has(all, "<bob@example.com>");
    check_has(all, "Bcc: ");
    check_has(all, "secret@example.com");
    check_has(all, "Date: Tue, 3 Nov 2015 01:00:00 +0000\r\n");
    check_has(all, "MIME-Version: 1.0\r\n");
    check_has(all, "charset=utf-8");
    for (const char *p = all; *p; p++)
        CHECK((unsigned char)*p < 0x80 && (*p != '\n' || (p > all && p[-1] == '\r')));
    pst_message_done(&message);
    maker_done(&m);
}

/* The same octets, whenever and wherever: a hash that may never change without PST_BUILD_VERSION. */
static void test_for_ever(void)
{
    static const char hash[] = "a58f1d5d4a0696d47eac87f38ede29727ba7aab080b4db4f0aeb4538f18c2d15";
    for (int i = 0; i < 2; i++) {
        struct maker m = {0};
        struct pst_message message = {0};
        uint8_t digest[SHA256_OCTETS];
        char hex[2 * SHA256_OCTETS + 1];
        make_sent(&m);
        char *all CLEANUP(mem_free_str) = built(&m.out, &message);
        sha256_bytes(all, strlen(all), digest);
        for (size_t k = 0; k < SHA256_OCTETS; k++)
            snprintf(hex + 2 * k, 3, "%02x", digest[k]);
        CHECK_INT(PST_BUILD_VERSION, 1);
        CHECK_STR(hex, hash);
        pst_message_done(&message);
        maker_done(&m);
    }
}

/* What was received keeps its header, but for what its body is. */
static void test_received(void)
{
    struct maker m = {0};
    struct pst_message message = {0};
    text(&m, PST_MESSAGE_CLASS, "IPM.Note");
    text(&m, PST_HEADERS,
        "Received: from a by b; Tue, 3 Nov 2015 10:00:00 +0900\r\nMessage-ID: <1@x>\r\nX-Odd:  two  blanks\r\n"
        "Content-Type: multipart/mixed;\r\n boundary=\"old\"\r\nContent-Transfer-Encoding: 8bit\r\n"
        "Subject: =?iso-2022-jp?B?GyRCOCtAUT1xGyhC?=\r\nMIME-Version: 1.0\r\nDate: Tue, 3 Nov 2015 10:00:00 +0900\r\n");
    text(&m, PST_BODY, "text");
    text(&m, PST_HTML, "unused");
    flush(&m);
    pst_put_u32(&m.out, 1);
    pst_put_u32(&m.out, 1);
    char *all CLEANUP(mem_free_str) = built(&m.out, &message);
    CHECK_INT(message.class, PST_CLASS_B);
    check_has(all, "X-Odd:  two  blanks\r\n");
    check_has(all, "Subject: =?iso-2022-jp?B?GyRCOCtAUT1xGyhC?=\r\n");
    check_has(all, "Message-ID: <1@x>\r\n");
    CHECK(strstr(all, "boundary=\"old\"") == NULL);
    CHECK(strstr(all, "8bit\r\nSubject") == NULL);
    const char *version = strstr(all, "MIME-Version:");
    CHECK(version && !strstr(version + 1, "MIME-Version:"));
    pst_message_done(&message);
    maker_done(&m);
}

static void attachment(struct maker *m, enum pst_attached kind, const char *name, uint64_t octets)
{
    pst_put_u32(&m->out, kind);
    pst_put_u64(&m->out, octets);
    pst_put_u64(&m->out, 0);
    text(m, PST_ATTACH_NAME, name);
    number(m, PST_ATTACH_SIZE, (uint32_t)octets);
    number(m, PST_ATTACH_METHOD, kind == PST_ATTACHED_ITEM ? 5 : 1);
    flush(m);
}

/* A file by its Japanese name, and a message within the message, whole. */
static void test_attachments(void)
{
    struct maker m = {0};
    struct pst_message message = {0};
    text(&m, PST_MESSAGE_CLASS, "IPM.Note");
    text(&m, PST_BODY, "see below");
    flush(&m);
    pst_put_u32(&m.out, 1);
    pst_put_u32(&m.out, 3); /* two attachments */
    attachment(&m, PST_ATTACHED_DATA, "請求書 2015.pdf", 1000);
    pst_put_u32(&m.out, 0);
    attachment(&m, PST_ATTACHED_ITEM, "the other one", 0);
    pst_put_u32(&m.out, 1);
    make_sent(&m);
    char *all CLEANUP(mem_free_str) = built(&m.out, &message);
    CHECK_STR(message.lacks, NULL);
    check_has(all, "multipart/mixed");
    check_has(all, "filename*");
    check_has(all, "<1000 octets, encoded>");
    check_has(all, "Content-Type: message/rfc822");
    check_has(all, "<hanako@example.jp>");
    pst_message_done(&message);
    maker_done(&m);
}

/* What Outlook lists and cannot be had is no whole message. */
static void test_lacking(void)
{
    static const struct {
        const char *name;
        enum pst_attached kind;
        uint32_t table; /* in place of the number of attachments + 1 */
    } rows[] = {{"lost", PST_ATTACHED_LOST, 2}, {"no table", PST_ATTACHED_DATA, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct maker m = {0};
        struct pst_message message = {0};
        CHECK_LABEL("%s", rows[i].name);
        text(&m, PST_MESSAGE_CLASS, "IPM.Note");
        text(&m, PST_BODY, "see below");
        flush(&m);
        pst_put_u32(&m.out, 1);
        pst_put_u32(&m.out, rows[i].table);
        if (rows[i].table) {
            attachment(&m, rows[i].kind, "a.pdf", 1000);
            pst_put_u32(&m.out, 0);
        }
        free(built(&m.out, &message));
        CHECK(message.lacks != NULL);
        pst_message_done(&message);
        maker_done(&m);
    }
}

static void attachment_with(
    struct maker *m, uint64_t octets, const char *name, const char *type, const char *id, const char *front)
{
    pst_put_u32(&m->out, PST_ATTACHED_DATA);
    pst_put_u64(&m->out, octets);
    pst_put_u64(&m->out, 0);
    text(m, PST_ATTACH_NAME, name);
    text(m, PST_ATTACH_TYPE, type);
    if (id)
        text(m, PST_ATTACH_CONTENT_ID, id);
    if (front)
        prop(m, PST_ATTACH_DATA, PST_TYPE_BINARY, front, strlen(front));
    flush(m);
    pst_put_u32(&m->out, 0);
}

static void html(struct maker *m, uint32_t codepage, const char *octets)
{
    number(m, PST_INTERNET_CODEPAGE, codepage);
    prop(m, PST_HTML, PST_TYPE_BINARY, octets, strlen(octets));
}

/* No recipients, so many attachments. */
static void tables(struct maker *m, uint32_t attachments)
{
    flush(m);
    pst_put_u32(&m->out, 1);
    pst_put_u32(&m->out, attachments + 1);
}

/* What the HTML shows lies beside it, the rest behind. */
static void test_inline(void)
{
    struct maker m = {0};
    struct pst_message message = {0};
    text(&m, PST_BODY, "text");
    html(&m, 932, "<p>\x93\xfa\x96\x7b<img src=\"cid:image001.png@01D1\">");
    tables(&m, 2);
    attachment_with(&m, 10, "image001.png", "image/png", "<image001.png@01D1>", NULL);
    attachment_with(&m, 20, "other.png", "image/png", "<unused@01D1>", NULL);
    char *all CLEANUP(mem_free_str) = built(&m.out, &message);
    CHECK_STR(message.lacks, NULL);
    const char *mixed = strstr(all, "multipart/mixed"), *related = strstr(all, "multipart/related"),
               *alternative = strstr(all, "Content-Type: multipart/alternative"),
               *first = strstr(all, "<10 octets, encoded>"), *second = strstr(all, "<20 octets, encoded>");
    CHECK(mixed && related && alternative && first && second && mixed < related && related < alternative &&
          alternative < first && first < second);
    check_has(all,
        "Content-Disposition: inline;\r\n filename=\"image001.png\"\r\nContent-ID: <image001.png@01D1>\r\n");
    check_has(all, "Content-Disposition: attachment;\r\n filename=\"other.png\"");
    check_has(all, "Content-Type: text/html; charset=Shift_JIS\r\n");
    pst_message_done(&message);
    maker_done(&m);
}

/* Names that want to be more than names. */
static void test_names(void)
{
    static const char *const rows[][2] = {{"..\\..\\a.exe", "filename=\"a.exe\"\r\n"},
        {"/etc/passwd", "filename=\"passwd\"\r\n"},
        {"a\r\nX-Evil: 1.txt", "filename=\"a  X-Evil: 1.txt\"\r\n"},
        {"\"a\".txt", "filename=\"\\\"a\\\".txt\"\r\n"}, {"=?UTF-8?B?YQ==?=", "filename*=UTF-8''%3D%3FUTF-8"},
        {"見.pdf", "filename*=UTF-8''%E8%A6%8B.pdf\r\n"},
        {"とても長い名前のファイルです.pdf",
            "filename*0*=UTF-8''%E3%81%A8%E3%81%A6%E3%82%82%E9%95%B7%E3%81%84;\r\n filename*1*="}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct maker m = {0};
        struct pst_message message = {0};
        CHECK_LABEL("%s", rows[i][0]);
        tables(&m, 1);
        attachment_with(&m, 10, rows[i][0], "text/x; evil", NULL, NULL);
        char *all CLEANUP(mem_free_str) = built(&m.out, &message);
        check_has(all, rows[i][1]);
        check_has(all, "Content-Type: application/octet-stream\r\n");
        for (const char *line = all; line; line = strstr(line, "\r\n"), line = line ? line + 2 : NULL)
            CHECK(strcspn(line, "\r\n") <= 78);
        pst_message_done(&message);
        maker_done(&m);
    }
}

/* What was signed goes octet for octet; what was encrypted, as the blob that it is. */
static void test_smime(void)
{
    static const struct {
        const char *label, *class, *type, *front, *headers;
        enum pst_class result;
        const char *has, *has_not;
    } rows[] = {
        {"signed", "IPM.Note.SMIME.MultipartSigned", "multipart/signed",
            "Content-Type: multipart/signed; boundary=x\r\n\r\n--x\r\n",
            "Subject: s\r\nContent-Type: gone\r\n", PST_CLASS_A,
            "Subject: s\r\nMIME-Version: 1.0\r\n<99 octets>", "gone"},
        {"signed, the body alone", "IPM.Note.SMIME.MultipartSigned", "multipart/signed", "--x\r\n",
            "Subject: s\r\nContent-Type: multipart/signed;\r\n boundary=x\r\n", PST_CLASS_A,
            "MIME-Version: 1.0\r\nContent-Type: multipart/signed;\r\n boundary=x\r\n\r\n<99 octets>",
            "encoded"},
        {"signed, and nothing is as it should be", "IPM.Note.SMIME.MultipartSigned", "multipart/signed",
            "text", "Subject: s\r\n", PST_CLASS_B, "<99 octets, encoded>", "multipart/signed"},
        {"encrypted", "IPM.Note.SMIME", "application/x-pkcs7-mime", "0",
            "Subject: s\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n", PST_CLASS_A,
            "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n", "x-pkcs7"},
        {"encrypted, sent", "IPM.Note.SMIME", "application/pkcs7-mime", "0", "", PST_CLASS_A,
            "Content-Type: application/pkcs7-mime; name=\"smime.p7m\"\r\n", "multipart"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct maker m = {0};
        struct pst_message message = {0};
        CHECK_LABEL("%s", rows[i].label);
        text(&m, PST_MESSAGE_CLASS, rows[i].class);
        text(&m, PST_HEADERS, rows[i].headers);
        tables(&m, 1);
        attachment_with(&m, 99, "smime.p7m", rows[i].type, NULL, rows[i].front);
        char *all CLEANUP(mem_free_str) = built(&m.out, &message);
        CHECK_INT(message.class, rows[i].result);
        check_has(all, rows[i].has);
        CHECK(strstr(all, rows[i].has_not) == NULL);
        pst_message_done(&message);
        maker_done(&m);
    }
}

static void rtf(struct maker *m, const char *octets)
{
    struct buf b CLEANUP(buf_done) = {0};
    pst_put_u32(&b, (uint32_t)strlen(octets) + 12);
    pst_put_u32(&b, (uint32_t)strlen(octets));
    buf_append(&b, "MELA\0\0\0\0", 8);
    buf_append_str(&b, octets);
    prop(m, PST_RTF, PST_TYPE_BINARY, buf_bytes(&b), buf_len(&b));
}

static void test_rich_text(void)
{
    static const struct {
        const char *octets, *has;
        bool attached, lacks;
    } rows[] = {
        {"{\\rtf1\\ansi\\fromhtml1{\\*\\htmltag64 <b>}bold{\\*\\htmltag72 </b>}}", "\r\n\r\n<b>bold</b>\r\n",
            false, false},
        {"{\\rtf1\\ansi\\fromtext plain\\par text}", "\r\n\r\nplain\r\ntext\r\n", false, false},
        {"{\\rtf1\\ansi native}", "Content-Type: application/rtf\r\n", true, false},
        {"{\\rtf1\\ansi\\fromhtml1 open", "Content-Type: application/rtf\r\n", true, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct maker m = {0};
        struct pst_message message = {0};
        CHECK_LABEL("%s", rows[i].octets);
        rtf(&m, rows[i].octets);
        tables(&m, 0);
        char *all CLEANUP(mem_free_str) = built(&m.out, &message);
        check_has(all, rows[i].has);
        CHECK_INT(message.rtf, rows[i].attached);
        CHECK_INT(message.lacks != NULL, rows[i].lacks);
        pst_message_done(&message);
        maker_done(&m);
    }
    struct maker m = {0};
    struct pst_message message = {0};
    CHECK_LABEL("damaged, and the only text");
    prop(&m, PST_RTF, PST_TYPE_BINARY, "0123456789abcdefgh", 18);
    tables(&m, 0);
    free(built(&m.out, &message));
    CHECK(message.lacks != NULL);
    pst_message_done(&message);
    maker_done(&m);
}

/* Whether it was read or answered meanwhile does not make another message of it. */
static void test_marks(void)
{
    char *all[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct maker m = {0};
        struct pst_message message = {0};
        text(&m, PST_SUBJECT, "s");
        html(&m, 65001, "<p>");
        text(&m, PST_BODY, "t");
        number(&m, PST_MESSAGE_FLAGS, i);
        number(&m, PST_LAST_VERB, i * 102);
        number(&m, PST_FLAG_STATUS, i * 2);
        number(&m, PST_MESSAGE_SIZE, 1000 + i);
        tables(&m, 0);
        all[i] = built(&m.out, &message);
        pst_message_done(&message);
        maker_done(&m);
    }
    CHECK_STR(all[1], all[0]);
    free(all[0]);
    free(all[1]);
}

/* A store of Outlook 97 to 2002: CP932 by the message's word, by a guess, or as asked. */
static void test_codepage(void)
{
    static const char subject[] = "\x8c\xa9\x90\xcf\x8f\x91"; /* 見積書 */
    static const struct {
        uint32_t codepage;
        const char *charset, *has;
    } rows[] = {{932, NULL, "Subject: =?UTF-8?B?6KaL56mN5pu4?=\r\n"},
        {0, NULL, "Subject: =?UTF-8?B?6KaL56mN5pu4?=\r\n"},
        {1252, "Shift_JIS", "Subject: =?UTF-8?B?6KaL56mN5pu4?=\r\n"},
        {1252, NULL, "Subject: =?UTF-8?B?6KaL56mN5pu4?=\r\n"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct maker m = {0};
        CHECK_LABEL("%u", (unsigned)i);
        prop(&m, PST_SUBJECT, PST_TYPE_STRING8, subject, sizeof subject - 1);
        if (rows[i].codepage)
            number(&m, PST_CODEPAGE, rows[i].codepage);
        tables(&m, 0);
        struct pst_item *item = pst_item_parse(buf_bytes(&m.out), buf_len(&m.out));
        struct pst_message message = {0};
        pst_build(item, rows[i].charset, &message);
        check_has(buf_str(&message.text), rows[i].has);
        pst_message_done(&message);
        pst_item_free(item);
        maker_done(&m);
    }
}

/* Octets of 8 bits in the header of a message within are said above it; Exchange's own addresses are none. */
static void test_within(void)
{
    struct maker m = {0};
    struct pst_message message = {0};
    text(&m, PST_SENDER_NAME, "Taro");
    text(&m, PST_SENDER_ADDRESS_TYPE, "EX");
    text(&m, PST_SENDER_ADDRESS, "/O=X/OU=Y/CN=taro");
    tables(&m, 1);
    attachment(&m, PST_ATTACHED_ITEM, "within", 0);
    pst_put_u32(&m.out, 1);
    text(&m, PST_HEADERS, "Subject: 見積\r\nFrom: a@x\r\n");
    tables(&m, 0);
    char *all CLEANUP(mem_free_str) = built(&m.out, &message);
    check_has(all, "From: Taro:;\r\n");
    check_has(all, "\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n--=_pst");
    check_has(all, "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 8bit\r\n");
    check_has(all, "\r\n\r\nSubject: 見積\r\nFrom: a@x\r\n");
    pst_message_done(&message);
    maker_done(&m);
}

/* Octets that end anywhere, or say anything, are no item, or one that is safe to build of. */
static void test_cut(void)
{
    struct maker m = {0};
    make_sent(&m);
    size_t whole = buf_len(&m.out);
    for (size_t n = 0; n < whole; n++) {
        char *part = mem_strndup(buf_bytes(&m.out), n);
        struct pst_item *item = pst_item_parse(part, n);
        CHECK(item == NULL);
        pst_item_free(item);
        free(part);
    }
    for (size_t n = 0; n < whole; n++)
        for (int bit = 0; bit < 8; bit += 3) {
            char *other = mem_strndup(buf_bytes(&m.out), whole);
            other[n] = (char)(other[n] ^ 1 << bit);
            struct pst_item *item = pst_item_parse(other, whole);
            struct pst_message message = {0};
            if (item)
                pst_build(item, NULL, &message);
            pst_message_done(&message);
            pst_item_free(item);
            free(other);
        }
    maker_done(&m);
}

static void test_sorts(void)
{
    static const struct {
        const char *class;
        enum pst_sort sort;
    } rows[] = {{"IPM.Note", PST_SORT_MAIL}, {"IPM", PST_SORT_MAIL}, {"ipm.note.smime", PST_SORT_MAIL},
        {"REPORT.IPM.Note.NDR", PST_SORT_MAIL}, {"IPM.Schedule.Meeting.Request", PST_SORT_MAIL},
        {"IPM.Appointment", PST_SORT_APPOINTMENT}, {"IPM.Contact", PST_SORT_CONTACT},
        {"IPM.DistList", PST_SORT_CONTACT}, {"IPM.Task", PST_SORT_TASK}, {"IPM.StickyNote", PST_SORT_NOTE},
        {"IPM.Activity", PST_SORT_JOURNAL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].class);
        CHECK_INT(pst_sort_of(rows[i].class), rows[i].sort);
    }
}

int main(void)
{
    static const struct check_test tests[] = {{"sent", test_sent}, {"for ever", test_for_ever},
        {"received", test_received}, {"attachments", test_attachments}, {"lacking", test_lacking},
        {"inline", test_inline}, {"names", test_names}, {"S/MIME", test_smime}, {"rich text", test_rich_text},
        {"marks", test_marks}, {"code page", test_codepage}, {"within", test_within}, {"cut", test_cut},
        {"sorts", test_sorts}};
    return check_main("pst-build", tests, sizeof tests / sizeof *tests);
}
