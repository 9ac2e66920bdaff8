/* option_zone.h: offsets and zones as people write them. */
#include "check.h"

#include "mem.h"
#include "option_zone.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define BAD INT32_MIN

static void offsets(void)
{
    static const struct {
        const char *text;
        int offset_min;
    } table[] = {{"+09:00", 540}, {"+0900", 540}, {"+9", 540}, {"+09", 540}, {"+9:30", 570}, {"-0330", -210},
        {"-3", -180}, {"Z", 0}, {"z", 0}, {"UTC", 0}, {"utc", 0}, {"GMT", 0}, {"UTC+9", 540},
        {"UTC+09:00", 540}, {"GMT-5", -300}, {"JST", 540}, {"jst", 540}, {"ＪＳＴ", 540}, {"＋９", 540},
        {"＋０９：００", 540}, {"−3", -180}, {"日本時間", 540}, {"Asia/Tokyo", 540}, {"asia/tokyo", 540},
        {"+14", 840}, {"+15", BAD}, {"+25:00", BAD}, {"+9:", BAD}, {"+9:5", BAD}, {"+09:60", BAD}, {"+", BAD},
        {"9", BAD}, {"", BAD}, {"+09:00x", BAD}, {"UTCx", BAD}, {"EST5EDT,M3.2.0,M11.1.0", BAD},
        {"../etc/passwd", BAD}, {"/etc/passwd", BAD}, {"Asia/../Asia/Seoul", BAD}, {":Asia/Seoul", BAD},
        {"Nowhere/Atall", BAD}, {"Asia", BAD}, {"Asia/", BAD}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        struct error err = {0};
        int min = BAD;
        CHECK_LABEL("%s", table[i].text);
        CHECK_INT(option_zone_parse(table[i].text, OPTION_ZONE_FOLDER, &min, &err),
            table[i].offset_min == BAD ? -1 : 0);
        CHECK_INT(min, table[i].offset_min);
        CHECK(table[i].offset_min != BAD || !strncmp(err.text, "--time-zone ", 12));
    }
}

/* ---- files as they may stand in the folder ---- */
static void append_number(struct buf *out, uint32_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_append_char(out, (char)(n >> shift & 0xff));
}

/* Two kinds, of offset 0 and 1, which change at these times; a block of a file. */
static void append_block(
    struct buf *out, size_t octets, const int64_t *times, uint32_t count, int32_t first, int32_t then)
{
    buf_append_str(out, "TZif2");
    for (int i = 0; i < 15; i++)
        buf_append_char(out, '\0');
    const uint32_t counts[] = {0, 0, 0, count, 2, 4};
    for (size_t i = 0; i < 6; i++)
        append_number(out, counts[i]);
    for (uint32_t i = 0; i < count; i++) {
        if (octets == 8)
            append_number(out, (uint32_t)((uint64_t)times[i] >> 32));
        append_number(out, (uint32_t)times[i]);
    }
    for (uint32_t i = 0; i < count; i++)
        buf_append_char(out, (char)((i + 1) % 2));
    append_number(out, (uint32_t)first);
    buf_append(out, "\0\0", 2);
    append_number(out, (uint32_t)then);
    buf_append(out, "\0\0", 2);
    buf_append(out, "XXX\0", 4);
}

static int parse_made(const char *dir, const int64_t *times, uint32_t count, const char *rule, size_t cut,
    int *ret, struct error *err)
{
    struct buf out CLEANUP(buf_done) = {0};
    append_block(&out, 4, times, 0, 0, 0);
    append_block(&out, 8, times, count, 5 * 3600, 9 * 3600);
    buf_append_str(&out, rule);
    char *path CLEANUP(mem_free_str) = mem_printf("%s/Made", dir);
    FILE *f = fopen(path, "wb");
    size_t len = cut && cut < buf_len(&out) ? cut : buf_len(&out);
    CHECK(f && fwrite(buf_bytes(&out), 1, len, f) == len && fclose(f) == 0);
    return option_zone_parse("Made", dir, ret, err);
}

static void zones(void)
{
    static const int64_t old[] = {-1000000000}, late[] = {1700000000},
                         summer[] = {-1000000000, 500000000, 510000000};
    char dir[] = "/tmp/popferry-zone-XXXXXX";
    struct error err = {0};
    int min = 0;
    CHECK(mkdtemp(dir));
    CHECK_LABEL("the same for long");
    CHECK_INT(parse_made(dir, old, 1, "\nXXX-9\n", 0, &min, &err), 0);
    CHECK_INT(min, 540);
    CHECK_LABEL("summers before 2000");
    CHECK_INT(parse_made(dir, summer, 3, "\nXXX-9\n", 0, &min, &err), 0);
    CHECK_INT(min, 540);
    CHECK_LABEL("a change after");
    CHECK_INT(parse_made(dir, late, 1, "\nXXX-9\n", 0, &min, &err), -1);
    CHECK(strstr(err.text, "write the offset in which days shall be counted"));
    CHECK_LABEL("summer time to come");
    CHECK_INT(parse_made(dir, old, 1, "\nXXX-9YYY,M3.5.0,M10.5.0/3\n", 0, &min, &err), -1);
    CHECK(strstr(err.text, "write the offset in which days shall be counted"));
    for (size_t cut = 1; cut < 129; cut++) {
        CHECK_LABEL("cut at %zu", cut);
        CHECK_INT(parse_made(dir, old, 1, "", cut, &min, &err), -1);
        CHECK(strstr(err.text, "there is no such zone"));
    }
    CHECK_LABEL("a machine without zones");
    CHECK_INT(option_zone_parse("Europe/Berlin", "/nonexistent", &min, &err), -1);
    CHECK(strstr(err.text, "tzdata"));
    char *path CLEANUP(mem_free_str) = mem_printf("%s/Made", dir);
    CHECK(unlink(path) == 0 && rmdir(dir) == 0);
}

static void warnings(void)
{
    char by_year[] = "{year}", plain[] = "INBOX", zone[] = "UTC";
    struct options o = {.folder = by_year};
    CHECK_LABEL("years in UTC");
    CHECK(option_zone_warning(&o, true) && !option_zone_warning(&o, false));
    o.time_zone_text = zone;
    CHECK(!option_zone_warning(&o, true));
    o = (struct options){.folder = by_year, .utc_offset_min = 540};
    CHECK(!option_zone_warning(&o, true));
    o = (struct options){.folder = plain};
    CHECK(!option_zone_warning(&o, true));
    o.folder_old = by_year;
    CHECK(option_zone_warning(&o, true));
}

int main(void)
{
    static const struct check_test tests[] = {
        {"offsets and names", offsets},
        {"zones of the machine", zones},
        {"years in UTC", warnings},
    };
    return check_main("cli option_zone", tests, sizeof tests / sizeof *tests);
}
