#include "mkmail_kinds.h"

#include "clock.h"
#include "mem.h"
#include "mkmail_text.h"
#include <stdio.h>
#include <string.h>

/* What the parts of one message are made from; twins of a message are made from the same with one thing
 * changed. */
struct draft {
    struct mkmail_rng rng;
    size_t index;   /* that Message-ID, date and text come from */
    size_t variant; /* 0, 1, 2 ... for kinds that come in several forms */
    uint32_t room;
    int64_t date;
    unsigned delivery; /* another value: another way here (Received, Delivered-To) */
    unsigned body, subject;
    struct buf *out;
    struct mkmail_msg *msg;
};

struct kind {
    const char *name;
    unsigned slots;  /* of the cycle */
    unsigned weight; /* of the sizes */
    void (*make)(struct draft *d);
    unsigned twin_of; /* slot of the cycle whose message this one repeats in part or whole */
    const char *words;
};

static void id_value(struct draft *d, char dst[96])
{
    struct mkmail_rng r = d->rng;
    snprintf(
        dst, 96, "%016llx.%zu@mail.kyoto-shoji.example", (unsigned long long)mkmail_rng_next(&r), d->index);
}

static void put_received(struct draft *d)
{
    d->msg->internaldate = d->date + 3 + d->delivery;
    buf_printf(d->out,
        "Received: from mx%zu.isp.example (mx%zu.isp.example [192.0.2.%zu])\r\n"
        "\tby pop.legacy.example (Postfix) with ESMTP id %08zX%u\r\n"
        "\tfor <taro@legacy.example>; ",
        d->index % 7 + d->delivery, d->index % 7, d->index % 250 + 1, d->index * 2654435761u % 0xffffffff,
        d->delivery);
    mkmail_text_date(d->out, d->msg->internaldate, 540);
    buf_append_str(d->out, " (JST)\r\n");
}

static void put_id(struct draft *d)
{
    char id[96];
    id_value(d, id);
    buf_printf(d->out, "Message-ID: <%s>\r\n", id);
}

static void put_date(struct draft *d)
{
    static const int offsets[] = {540, 540, 540, 0, -300, 330};
    buf_append_str(d->out, "Date: ");
    mkmail_text_date(d->out, d->date, offsets[d->index % 6]);
    buf_append_str(d->out, "\r\n");
}

static void put_people(struct draft *d, const char *charset)
{
    static const char *const names[] = {"山田太郎", "鈴木花子", "佐藤一郎", "高橋美咲", "渡辺健"};
    buf_append_str(d->out, "From: ");
    mkmail_text_words(d->out, charset, names[d->index % 5]);
    buf_printf(d->out, " <sender%zu@kyoto-shoji.example>\r\nTo: taro@legacy.example\r\n", d->index % 40);
}

static void put_subject(struct draft *d, const char *charset)
{
    char subject[512];
    snprintf(subject, sizeof subject, "%s (%zu%s)", mkmail_text_sentence(&d->rng), d->index,
        d->subject ? " 再送" : "");
    buf_append_str(d->out, "Subject: ");
    mkmail_text_words(d->out, charset, subject);
    buf_append_str(d->out, "\r\n");
}

static void put_type(struct draft *d, const char *type, const char *encoding)
{
    buf_printf(d->out, "MIME-Version: 1.0\r\nContent-Type: %s\r\nContent-Transfer-Encoding: %s\r\n\r\n", type,
        encoding);
}

static void put_header(struct draft *d, const char *charset)
{
    if (d->delivery)
        buf_append_str(d->out, "Delivered-To: all@legacy.example\r\n");
    put_received(d);
    put_date(d);
    put_people(d, charset);
    put_subject(d, charset);
    put_id(d);
}

static void put_text(struct draft *d, const char *charset, size_t octets)
{
    size_t start = buf_len(d->out);
    if (d->body)
        buf_append_str(d->out, "(second edition)\r\n");
    for (unsigned line = 1; buf_len(d->out) - start < octets || line == 1; line++) {
        mkmail_text_encode(d->out, charset, mkmail_text_sentence(&d->rng));
        buf_printf(d->out, " %zu-%u\r\n", d->index, line);
        if (line % 6 == 0)
            buf_append_str(d->out, "\r\n");
    }
}

/* Base64 of at least three quarters of `octets` random bytes. */
static void put_random(struct draft *d, size_t octets)
{
    uint64_t block[57 * 8 / 8];
    size_t start = buf_len(d->out);
    do {
        for (size_t i = 0; i < sizeof block / sizeof *block; i++)
            block[i] = mkmail_rng_next(&d->rng);
        size_t left = octets - (buf_len(d->out) - start), want = left / 4 * 3 + 3;
        mkmail_text_base64(d->out, block, want < sizeof block ? want : sizeof block);
    } while (buf_len(d->out) - start < octets);
}

static void make_japanese(struct draft *d)
{
    put_header(d, "ISO-2022-JP");
    put_type(d, "text/plain; charset=ISO-2022-JP", "7bit");
    put_text(d, "ISO-2022-JP", d->room);
}

static void make_utf8(struct draft *d)
{
    struct buf text = {0}, *out = d->out;
    put_header(d, "UTF-8");
    put_type(d, "text/plain; charset=UTF-8", "base64");
    d->out = &text;
    put_text(d, "UTF-8", d->room / 4 * 3);
    d->out = out;
    mkmail_text_base64(out, buf_bytes(&text), buf_len(&text));
    buf_done(&text);
}

static void make_attachment(struct draft *d)
{
    put_header(d, "ISO-2022-JP");
    put_type(d, "multipart/mixed;\r\n boundary=\"=_part_7\"", "7bit");
    buf_append_str(d->out, "--=_part_7\r\nContent-Type: text/plain; charset=ISO-2022-JP\r\n\r\n");
    put_text(d, "ISO-2022-JP", 200);
    buf_append_str(d->out, "--=_part_7\r\nContent-Type: application/pdf;\r\n name=\"");
    mkmail_text_words(d->out, "ISO-2022-JP", "請求書.pdf");
    buf_append_str(
        d->out, "\"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment\r\n\r\n");
    put_random(d, d->room);
    buf_append_str(d->out, "--=_part_7--\r\n");
}

static void make_html(struct draft *d)
{
    put_header(d, "UTF-8");
    put_type(d, "multipart/alternative; boundary=alt", "8bit");
    buf_append_str(d->out,
        "--alt\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n");
    put_text(d, "UTF-8", d->room / 4);
    buf_append_str(d->out,
        "--alt\r\nContent-Type: text/html; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        "<html><body>\r\n");
    put_text(d, "UTF-8", d->room / 4 * 3);
    buf_append_str(d->out, "</body></html>\r\n--alt--\r\n");
}

static void make_8bit(struct draft *d)
{
    static const char *const charsets[] = {"CP932", "EUC-JP", "UTF-8"};
    const char *charset = charsets[d->variant % 3];
    put_received(d);
    put_date(d);
    buf_append_str(d->out, "From: ");
    mkmail_text_encode(d->out, charset, "営業部 田中");
    buf_append_str(d->out, " <tanaka@kyoto-shoji.example>\r\nSubject: ");
    mkmail_text_encode(d->out, charset, mkmail_text_sentence(&d->rng));
    buf_append_str(d->out, "\r\n");
    put_id(d);
    put_type(d, "text/plain", "8bit");
    mkmail_text_encode(d->out, "CP932", mkmail_text_odd_sentence(&d->rng));
    buf_append_str(d->out, "\r\n\xff\xfe\x80\x81 not in any charset\r\n");
    put_text(d, charset, d->room);
}

static void make_dots(struct draft *d)
{
    put_header(d, "ISO-2022-JP");
    put_type(d, "text/plain; charset=ISO-2022-JP", "7bit");
    buf_append_str(d->out, ".\r\n..\r\n...\r\n.hidden\r\n. \r\n\r\n.\r\n");
    put_text(d, "ISO-2022-JP", 300);
    buf_append_str(d->out, ".\r\n");
}

static void make_long_line(struct draft *d)
{
    size_t octets = d->variant % 3 == 0 ? 70000 : 2000;
    put_header(d, "UTF-8");
    put_type(d, "text/plain; charset=UTF-8", "8bit");
    for (size_t i = 0; i < octets; i += 10)
        buf_printf(d->out, "%09zu ", i);
    buf_append_str(d->out, "\r\nthe end\r\n");
}

static void make_no_id(struct draft *d)
{
    put_received(d);
    put_date(d);
    put_people(d, "ISO-2022-JP");
    put_subject(d, "ISO-2022-JP");
    if (d->variant % 3 == 1)
        buf_append_str(d->out, "Message-ID: <>\r\n");
    put_type(d, "text/plain; charset=ISO-2022-JP", "7bit");
    put_text(d, "ISO-2022-JP", d->room);
}

static void make_no_date(struct draft *d)
{
    put_received(d);
    put_people(d, "ISO-2022-JP");
    put_subject(d, "ISO-2022-JP");
    put_id(d);
    put_type(d, "text/plain; charset=ISO-2022-JP", "7bit");
    put_text(d, "ISO-2022-JP", 400);
}

/* Date values by themselves, without a Received field to lean on. */
static void put_odd_date(struct draft *d)
{
    static const char months[12][4] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct clock_utc jst = clock_to_utc(d->date + 9 * 3600), est = clock_to_utc(d->date - 5 * 3600);
    struct clock_utc utc = clock_to_utc(d->date);
    d->msg->internaldate = d->date;
    switch (d->variant % 8) {
    case 0: /* two-digit year, no seconds, zone by name */
        d->msg->internaldate -= jst.second;
        buf_printf(d->out, "%d %s %02d %02d:%02d JST", jst.day, months[jst.month - 1], jst.year % 100,
            jst.hour, jst.minute);
        break;
    case 1:
        buf_printf(d->out, "%2d %s %d %02d:%02d:%02d EST", est.day, months[est.month - 1], est.year, est.hour,
            est.minute, est.second);
        break;
    case 2:
        buf_printf(d->out, "%d-%02d-%02dT%02d:%02d:%02d+09:00", jst.year, jst.month, jst.day, jst.hour,
            jst.minute, jst.second);
        break;
    case 3:
        mkmail_text_date(d->out, d->date, 540);
        buf_append_str(d->out, " (Tokyo (summer \\) never))");
        break;
    case 4:
        buf_printf(d->out, "(sent) %d (day) %s\r\n %d %02d:%02d:%02d -0000", utc.day, months[utc.month - 1],
            utc.year, utc.hour, utc.minute, utc.second);
        break;
    case 5:
        d->msg->internaldate = MKMAIL_NOW;
        buf_append_str(d->out, "yesterday at noon");
        break;
    case 6: /* a clock that was never set */
        d->msg->internaldate = MKMAIL_NOW;
        buf_append_str(d->out, "Thu, 01 Jan 1970 09:00:00 +0900");
        break;
    case 7: /* spam that wants to stay on top */
        d->msg->internaldate = MKMAIL_NOW;
        buf_append_str(d->out, "Tue, 19 Jan 2088 03:14:07 +0000");
        break;
    }
}

static void make_odd_date(struct draft *d)
{
    buf_append_str(d->out, "Date: ");
    put_odd_date(d);
    buf_append_str(d->out, "\r\n");
    put_people(d, "ISO-2022-JP");
    put_subject(d, "ISO-2022-JP");
    put_id(d);
    buf_append_str(d->out, "\r\nWhen was this sent?\r\n");
}

static void make_undated(struct draft *d)
{
    put_people(d, "UTF-8");
    put_subject(d, "UTF-8");
    put_id(d);
    buf_append_str(d->out, "\r\nNeither Date nor Received.\r\n");
}

static void make_relayed(struct draft *d)
{
    put_received(d);
    for (int hop = 1; hop <= 4; hop++) {
        buf_printf(d->out, "Received: from hop%d.example by hop%d.example; ", hop + 1, hop);
        mkmail_text_date(d->out, d->date - 3600 * hop, hop % 2 ? -480 : 60);
        buf_append_str(d->out, "\r\n");
    }
    put_date(d);
    put_people(d, "ISO-2022-JP");
    put_subject(d, "ISO-2022-JP");
    put_id(d);
    buf_append_str(d->out, "\r\nThe topmost Received field counts; the date is written earlier in it\r\n");
}

static void make_empty_body(struct draft *d)
{
    put_header(d, "ISO-2022-JP");
    buf_append_str(d->out, "\r\n");
}

static void make_status(struct draft *d)
{
    static const char *const fields[] = {"Status: RO\r\n", "Status: O\r\nX-Status: \r\n",
        "Status: RO\r\nX-Status: AF\r\n", "X-Mozilla-Status: 0001\r\nX-Mozilla-Status2: 00000000\r\n"};
    put_header(d, "ISO-2022-JP");
    buf_append_str(d->out, fields[d->variant % 4]);
    buf_append_str(d->out, "\r\nRead long ago.\r\n");
}

static void make_bare(struct draft *d)
{
    char id[96];
    id_value(d, id);
    id[16] = 0;
    switch (d->variant % 3) {
    case 0:
        buf_printf(d->out, "Subject: memo %s\r\n\r\nhi\r\n", id);
        break;
    case 1: /* no empty line */
        buf_printf(d->out, "From: fax@legacy.example\r\nSubject: fax %s\r\n", id);
        break;
    case 2: /* no header */
        buf_printf(d->out, "Just words, number %s\r\nand no header.\r\n", id);
        break;
    }
}

static void make_folded_id(struct draft *d)
{
    char id[96];
    id_value(d, id);
    put_received(d);
    put_date(d);
    put_people(d, "ISO-2022-JP");
    put_subject(d, "ISO-2022-JP");
    char *at = strchr(id, '@');
    if (d->variant % 2)
        buf_printf(d->out, "Message-Id:\r\n\t<%s>\r\n", id);
    else
        buf_printf(d->out, "Message-Id: <%.*s\r\n %s>\r\n", (int)(at - id), id, at);
    buf_append_str(d->out, "\r\nIts Message-ID is folded.\r\n");
}

/* A clean message, and a damaged one that mending must turn into exactly the clean one. */
static void make_broken(struct draft *d)
{
    static const char *const ends[] = {"\r", "\r\r\n", "\r\n", "\r\n", "\n"};
    size_t form = d->variant % 5;
    put_header(d, "ISO-2022-JP");
    buf_append_str(d->out, "\r\n");
    buf_append(&d->msg->mended, buf_bytes(d->out), buf_len(d->out));
    for (unsigned i = 1; i <= 5; i++) {
        buf_printf(&d->msg->mended, "line %u\r\n", i);
        if (form == 2)
            buf_append(d->out, "\0", 1);
        buf_printf(d->out, "line %u", i);
        if (i < 5 || form != 3)
            buf_append_str(d->out, ends[form]);
    }
}

static const struct kind kinds[] = {
    {"japanese", 10, 2, make_japanese, 0, "ISO-2022-JP text, subject in encoded words"},
    {"utf8", 8, 2, make_utf8, 0, "UTF-8 text in base64"},
    {"attachment", 7, 12, make_attachment, 0, "multipart with a base64 attachment"},
    {"html", 5, 4, make_html, 0, "multipart/alternative with 8-bit UTF-8"},
    {"8bit", 2, 1, make_8bit, 0,
        "raw Shift_JIS, EUC-JP or UTF-8 in header and body, and bytes of no charset"},
    {"dots", 1, 0, make_dots, 0, "lines that are or start with dots"},
    {"long-line", 1, 0, make_long_line, 0, "a line of 2,000 or 70,000 octets"},
    {"no-id", 2, 1, make_no_id, 0, "no Message-ID, or an empty one"},
    {"no-date", 1, 0, make_no_date, 0, "no Date field"},
    {"odd-date", 1, 0, make_odd_date, 0,
        "no Received field, a Date in an obsolete, foreign or impossible form"},
    {"undated", 1, 0, make_undated, 0, "neither Date nor Received"},
    {"relayed", 1, 0, make_relayed, 0, "five Received fields"},
    {"empty-body", 1, 0, make_empty_body, 0, "a header and nothing else"},
    {"status", 1, 0, make_status, 0, "Status, X-Status and X-Mozilla-Status fields"},
    {"bare", 1, 0, make_bare, 0, "one field, or no empty line, or no header at all (--clean: one field)"},
    {"folded-id", 1, 0, make_folded_id, 0, "Message-ID folded, also inside its brackets"},
    {"same-id-other-body", 1, 2, make_japanese, 0,
        "shares Message-ID, From, Date and Subject with another message"},
    {"same-id-other-subject", 1, 2, make_japanese, 1,
        "shares Message-ID, From, Date and body with another message"},
    {"broken", 1, 0, make_broken, 0, "bare CR, CR CR LF, NUL, no final CRLF, bare LF (--clean: as status)"},
    {"duplicate", 1, 2, make_utf8, 10, "the same bytes as another message"},
    {"duplicate-delivery", 1, 12, make_attachment, 18,
        "the same message delivered twice: Received and Delivered-To differ"},
    {"duplicate-no-id", 1, 1, make_no_id, 34, "the same bytes as another message, without Message-ID"},
};

static const struct kind *kind_of(size_t index)
{
    size_t slot = index % MKMAIL_CYCLE, first = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (slot < first + kinds[i].slots)
            return &kinds[i];
        first += kinds[i].slots;
    }
    return &kinds[0];
}

static bool has_prefix(const char *s, const char *prefix)
{
    return !strncmp(s, prefix, strlen(prefix));
}

/* The index whose Message-ID, date and text a message has: its own, or that of the message it is a twin of.
 */
static size_t root_of(const struct kind *k, size_t index)
{
    if (!has_prefix(k->name, "same-id") && !has_prefix(k->name, "duplicate"))
        return index;
    return index - index % MKMAIL_CYCLE + k->twin_of;
}

void mkmail_kinds_make(const struct mkmail_plan *plan, size_t index, struct mkmail_msg *msg)
{
    const struct kind *k = kind_of(index);
    size_t root = root_of(k, index);
    struct draft d = {.index = root,
        .variant = root / MKMAIL_CYCLE,
        .room = plan->room[root],
        .out = &msg->bytes,
        .msg = msg};
    buf_clear(&msg->bytes);
    buf_clear(&msg->mended);
    msg->internaldate = MKMAIL_NOW;
    msg->kind = k->name;
    msg->duplicate_of = has_prefix(k->name, "duplicate") ? root : MKMAIL_NONE;
    d.rng.state = plan->seed * 0x9e3779b97f4a7c15u ^ (root + 1) * 0xd1342543de82ef95u;
    int64_t step = (plan->until - plan->from) / (int64_t)(plan->count + 1);
    d.date = plan->from + step * (int64_t)root + mkmail_rng_below(&d.rng, 86400) % (step + 1);
    d.delivery = !strcmp(k->name, "duplicate-delivery") ? 2 : 0;
    d.body = !strcmp(k->name, "same-id-other-body");
    d.subject = !strcmp(k->name, "same-id-other-subject");
    if (plan->clean && k->make == make_bare)
        d.variant = 0;
    if (plan->clean && k->make == make_broken)
        make_status(&d);
    else
        k->make(&d);
}

unsigned mkmail_kinds_weight(size_t index)
{
    return kind_of(index)->weight;
}

void mkmail_kinds_describe(struct buf *out)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        buf_printf(out, "  %2u  %-22s %s\n", kinds[i].slots, kinds[i].name, kinds[i].words);
}
