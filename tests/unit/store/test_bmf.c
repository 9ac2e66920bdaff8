/* Messages of a .bmf of Becky!, at every split point; what its status says. */
#include "becky_status.h"
#include "bmf_scan.h"
#include "buf.h"
#include "check.h"
#include "mem.h"
#include "store.h"
#include <string.h>

/* "END start-end odd in_head", "FILE line-behind name base64", "within", each with a ";". */
static void scan(struct bmf_scan *b, const char *data, size_t len, struct buf *out)
{
    for (size_t done = 0; done < len;) {
        enum bmf_event event;
        done += bmf_scan_feed(b, data + done, len - done, &event);
        if (event == BMF_END)
            buf_printf(out, "END %d-%d%s%s;", (int)b->start, (int)b->line_at, b->odd ? " odd" : "",
                b->in_head ? " head" : "");
        else if (event == BMF_INCLUDE)
            buf_printf(
                out, "FILE %d-%d %s%s;", (int)b->line_at, (int)b->at, b->file, b->base64 ? " base64" : "");
    }
}

#define PART "--b\nContent-Type: a/b;\n\tname=c\nContent-Transfer-Encoding: Base64\n"

static const struct {
    const char *text, *events;
} files[] = {
    {"", ""},
    {"A: b\n\nc\n.\n", "END 0-8;"},
    {"A: b\r\n\r\nc\r\n.\r\nA: b\r\n.\r\n", "END 0-11;END 14-20;"},
    {"A: b\n\n..\n.x\n .\n. \n.\n", "END 0-18;"},
    {".\n.\n", "END 0-0;END 2-2;"},
    {"A: b\n\nc\n.", "within"},
    {"A: b\n\nc\n.\r\nA", "END 0-8;within"},
    {"A: b\n\n--b\nX-Becky-Include: 1\\2.txt \n\n--b--\n.\n", "FILE 10-36 1\\2.txt;END 0-43;"},
    {"A: b\n\n" PART "x-becky-include:c\r\n--b--\n.\n", "FILE 71-90 c base64;END 0-96;"},
    {"A: b\n\n" PART "\nX-Becky-Include: c\n.\n", "END 0-91;"},         /* content */
    {"A: b\n\n" PART "no field\nX-Becky-Include: c\n.\n", "END 0-99;"}, /* the same */
    {"A: b\n\nX-Becky-Include: c\n.\n", "END 0-25;"},
    {"X-Becky-Include: c\n\n.\n", "END 0-20 head;"},
    {"A: b\n\n--b\nX-Becky-Include: c\nB: d\n\n.\nA: b\n\n.\n", "FILE 10-29 c;END 0-35 odd;END 37-43;"},
    {"A: b\n\n--b\nX-Becky-Include:\n\n.\n", "FILE 10-27 ;END 0-28;"},
    {"A: b\n\n--b\nB: c\n--b\nX-Becky-Include: d\n--b\nX-Becky-Include: e\n\n.\n",
        "FILE 19-38 d;FILE 42-61 e;END 0-62;"},
};

static void files_at_every_split(void)
{
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
        for (size_t len = strlen(files[k].text), at = 0; at <= len; at++) {
            struct bmf_scan b = {0};
            struct buf out CLEANUP(buf_done) = {0};
            CHECK_LABEL("%s, split at %zu", files[k].text, at);
            scan(&b, files[k].text, at, &out);
            scan(&b, files[k].text + at, len - at, &out);
            if (bmf_scan_is_within(&b))
                buf_append_str(&out, "within");
            CHECK_STR(buf_str(&out), files[k].events);
        }
}

/* A line of more octets than are kept is never the end, and names no file. */
static void long_lines(void)
{
    for (size_t len = BMF_LINE_MAX - 20; len < BMF_LINE_MAX + 20; len++) {
        struct bmf_scan b = {0};
        struct buf in CLEANUP(buf_done) = {0}, out CLEANUP(buf_done) = {0};
        buf_append_str(&in, "A: b\n\n--b\nX-Becky-Include: ");
        for (size_t i = 17; i < len; i++)
            buf_append_char(&in, 'x');
        buf_append_str(&in, "\r\n\n.\n");
        scan(&b, buf_bytes(&in), buf_len(&in), &out);
        CHECK_LABEL("%zu octets", len);
        CHECK_INT(strlen(b.file), len < BMF_LINE_MAX ? len - 17 : 0);
        CHECK(strstr(buf_str(&out), "END 0-") != NULL);
    }
}

static void what_becky_writes(void)
{
    static const struct {
        const char *front;
        unsigned flags;
        size_t at, end;
    } fronts[] = {
        {"A: b\r\nX-Becky-Status: 010001,000000,3,386d85bd\r\n\r\n", STORE_KNOWN | STORE_SEEN, 6, 48},
        {"X-Becky-Status: 0007,0\nA: b\n\n", STORE_KNOWN | STORE_SEEN | STORE_ANSWERED | STORE_FORWARDED, 0,
            23},
        {"X-Becky-Status: 0001,\nx-becky-status:\t0004,\n\n", STORE_KNOWN | STORE_ANSWERED, 22, 44},
        {"X-Becky-Status: 0000,\n\n", STORE_KNOWN, 0, 22},
        {"X-Becky-Status: 0001\n\n", 0, 0, 0},
        {"X-Becky-Status: ,\n\n", 0, 0, 0},
        {"X-Becky-Status: 00000001,\n\n", 0, 0, 0},
        {"X-Becky-Status: 0001,", 0, 0, 0},
        {"A: b\n\nX-Becky-Status: 0001,\n", 0, 0, 0},
        {"", 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof fronts / sizeof *fronts; i++) {
        struct becky_status s = becky_status_read(fronts[i].front, strlen(fronts[i].front));
        CHECK_LABEL("%s", fronts[i].front);
        CHECK_INT(s.flags, fronts[i].flags);
        CHECK_INT(s.at, fronts[i].at);
        CHECK_INT(s.end, fronts[i].end);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"files, at every split point", files_at_every_split},
        {"long lines", long_lines},
        {"what Becky! writes", what_becky_writes},
    };
    return check_main("store bmf", tests, sizeof tests / sizeof *tests);
}
