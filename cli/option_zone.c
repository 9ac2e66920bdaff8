#include "option_zone.h"

#include "mem.h"
#include "template.h"
#include "text.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#define NAME_MAX_OCTETS 64
#define FILE_MAX        (64 * 1024)        /* the largest there are have 4 kB */
#define SINCE_S         INT64_C(946684800) /* 2000-01-01 */
#define LATEST_HOURS    14

static int usage(struct error *err, const char *text, const char *what)
{
    return error_set(
        err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE, "--time-zone %.80s: %s", text, what);
}

/* ---- offsets ---- */
static int two_digits(const char **p)
{
    int v = 0, n = 0;
    for (; n < 2 && isdigit((unsigned char)**p); n++)
        v = v * 10 + *(*p)++ - '0';
    return n ? v : -1;
}

/* "+9", "+09", "+0900", "+9:30"; false: it is none. */
static bool parse_offset(const char *p, int *ret)
{
    int sign = *p == '+' ? 1 : *p == '-' ? -1 : 0, minutes = 0;
    if (!sign)
        return false;
    p++;
    int hours = two_digits(&p);
    bool colon = *p == ':';
    p += colon;
    if (colon || *p) {
        bool two = isdigit((unsigned char)p[0]) && isdigit((unsigned char)p[1]);
        minutes = two ? two_digits(&p) : -1;
    }
    if (hours < 0 || hours > LATEST_HOURS || minutes < 0 || minutes > 59 || *p)
        return false;
    *ret = sign * (hours * 60 + minutes);
    return true;
}

static bool parse_short(const char *text, int *ret)
{
    static const struct {
        const char *name;
        int offset_min;
    } names[] = {{"Z", 0}, {"UTC", 0}, {"GMT", 0}, {"JST", 540}, {"Asia/Tokyo", 540}, {"Japan", 540},
        {"KST", 540}, {"日本", 540}, {"日本時間", 540}, {"日本標準時", 540}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_equal_nocase(text, names[i].name)) {
            *ret = names[i].offset_min;
            return true;
        }
    bool prefixed = text_has_prefix_nocase(text, "UTC") || text_has_prefix_nocase(text, "GMT");
    return parse_offset(text + (prefixed ? 3 : 0), ret);
}

/* ---- the machine's zones (RFC 8536) ---- */
struct zone_file {
    unsigned char *bytes;
    size_t len;
};

static void zone_file_done(struct zone_file *f)
{
    mem_free_str((char **)&f->bytes);
}

struct counts {
    uint32_t utc, standard, leaps, times, types, letters;
};

static uint32_t number(const unsigned char *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return ntohl(v);
}

static int64_t time_at(const unsigned char *p, size_t octets)
{
    int64_t high = (int32_t)number(p);
    return octets == 4 ? high : (int64_t)((uint64_t)high << 32 | number(p + 4));
}

#define HEADER 44

static bool read_counts(const struct zone_file *f, size_t at, struct counts *c)
{
    if (f->len < at + HEADER || memcmp(f->bytes + at, "TZif", 4) != 0)
        return false;
    const unsigned char *p = f->bytes + at + 20;
    *c = (struct counts){
        number(p), number(p + 4), number(p + 8), number(p + 12), number(p + 16), number(p + 20)};
    return c->times < FILE_MAX && c->types && c->types < 256 && c->letters < FILE_MAX &&
           c->leaps < FILE_MAX && c->utc < 256 && c->standard < 256;
}

static size_t block_len(const struct counts *c, size_t time_octets)
{
    return c->times * (time_octets + 1) + c->types * 6u + c->letters + c->leaps * (time_octets + 4) +
           c->standard + c->utc;
}

/* The offset in use at its end, if it was the same all the time since SINCE_S. 1 yes, 0 it changes, -1: this
 * is no such file. */
static int read_block(
    const struct zone_file *f, size_t at, const struct counts *c, size_t time_octets, int *ret)
{
    if (f->len < at + block_len(c, time_octets))
        return -1;
    const unsigned char *times = f->bytes + at, *kinds = times + c->times * time_octets;
    const unsigned char *types = kinds + c->times;
    int32_t offset = (int32_t)number(types);
    bool same = true, begun = false;
    for (uint32_t i = 0; i < c->times; i++) {
        if (kinds[i] >= c->types)
            return -1;
        int32_t now = (int32_t)number(types + kinds[i] * 6u);
        begun |= time_at(times + i * time_octets, time_octets) >= SINCE_S;
        same &= !begun || now == offset;
        offset = now;
    }
    *ret = offset / 60;
    return same && offset % 60 == 0;
}

/* Version 2 and later have the same again with 64-bit times, and behind it a rule for all times to come: one
 * with a comma in it has daylight saving time. */
static int read_zone(const struct zone_file *f, int *ret)
{
    struct counts c;
    if (!read_counts(f, 0, &c))
        return -1;
    if (f->bytes[4] < '2')
        return read_block(f, HEADER, &c, 4, ret);
    size_t second = HEADER + block_len(&c, 4);
    if (!read_counts(f, second, &c))
        return -1;
    int rc = read_block(f, second + HEADER, &c, 8, ret);
    size_t rule = second + HEADER + block_len(&c, 8);
    return rc == 1 && rule < f->len && memchr(f->bytes + rule, ',', f->len - rule) ? 0 : rc;
}

/* No path but one below the folder. */
static bool is_name(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-/";
    return isalpha((unsigned char)*text) && strlen(text) < NAME_MAX_OCTETS && !text[strspn(text, letters)] &&
           !strstr(text, "//") && text[strlen(text) - 1] != '/';
}

static bool read_file(const char *path, struct zone_file *f)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0)
        return false;
    f->bytes = mem_alloc(FILE_MAX);
    ssize_t n = read(fd, f->bytes, FILE_MAX);
    close(fd);
    f->len = n > 0 ? (size_t)n : 0;
    return n > 0;
}

int option_zone_parse(const char *text, const char *folder, int *ret_offset_min, struct error *err)
{
    struct zone_file f CLEANUP(zone_file_done) = {0};
    char name[NAME_MAX_OCTETS * 2];
    text_narrow(name, sizeof name, text);
    if (parse_short(name, ret_offset_min))
        return 0;
    if (!is_name(name))
        return usage(err, text, "must be an offset as +09:00, UTC, JST, or a zone as Asia/Tokyo");
    if (access(folder, R_OK | X_OK) < 0)
        return usage(err, text,
            "this machine has no time zones to look it up in (Debian: the package tzdata); write the offset, as "
            "+09:00");
    char *path CLEANUP(mem_free_str) = mem_printf("%s/%s", folder, name);
    int rc = read_file(path, &f) ? read_zone(&f, ret_offset_min) : -1;
    if (rc == 1)
        return 0;
    return rc < 0
               ? usage(err, text,
                     "there is no such zone; write an offset as +09:00, UTC, JST, or a zone as Asia/Tokyo")
               : usage(err, text,
                     "the clocks of this zone have changed since 2000, and a message must be of the same day in "
                     "every run: write the offset in which days shall be counted, as +01:00");
}

/* ---- years in the wrong zone ---- */
const char *option_zone_warning(const struct options *o, bool japanese)
{
    bool by_date =
        (o->folder && !template_is_plain(o->folder)) || (o->folder_old && !template_is_plain(o->folder_old));
    if (!japanese || o->time_zone_text || o->utc_offset_min || !by_date)
        return NULL;
    return "this machine's clock is set to UTC, so the mail of New Year's morning in Japan goes into the year before; "
           "say --time-zone Asia/Tokyo if that is not meant";
}
