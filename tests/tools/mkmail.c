/* mkmail.c - fills a Maildir with varied mail that is the same for the same options everywhere. */
#include "buf.h"
#include "mem.h"
#include "mkmail_kinds.h"
#include "mkmail_text.h"
#include "sha256.h"
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct options {
    const char *maildir, *manifest;
    unsigned long long count, seed, octets, big, years;
    bool octets_given, clean;
    int64_t until;
};

static const char usage[] =
    "usage: mkmail --maildir DIR [--count 500] [--seed 1] [--octets TOTAL] [--big OCTETS] [--clean]\n"
    "              [--until EPOCH] [--years 20] [--manifest FILE]\n"
    "Writes varied messages into DIR/new, the same for the same options. TOTAL is about what they hold\n"
    "together (40,000 a message if not given); dates spread over the 20 (--years) before --until. --big adds "
    "one\n"
    "message of that many octets (1,000 or more). --clean leaves out what other programs refuse.\n"
    "FILE is continued, with one row for each message: file, octets, sha256, sha256 as it must arrive,\n"
    "INTERNALDATE as it must become (\"now\": when copied), kind, duplicate of which file (\"-\": none).\n"
    "Of every 50 messages:\n";

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "mkmail: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static void help(void)
{
    struct buf out = {0};
    mkmail_kinds_describe(&out);
    printf("%s%s", usage, buf_str(&out));
    buf_done(&out);
}

static unsigned long long number(const char *option, const char *value)
{
    char *end;
    errno = 0;
    unsigned long long n = strtoull(value, &end, 10);
    if (errno || *end || end == value || *value == '-') {
        fprintf(stderr, "mkmail: --%s %s: not a number\n", option, value);
        exit(2);
    }
    return n;
}

static const struct option long_options[] = {{"maildir", required_argument, NULL, 'm'},
    {"manifest", required_argument, NULL, 'M'}, {"count", required_argument, NULL, 'c'},
    {"seed", required_argument, NULL, 's'}, {"octets", required_argument, NULL, 'o'},
    {"big", required_argument, NULL, 'b'}, {"until", required_argument, NULL, 'u'},
    {"years", required_argument, NULL, 'y'}, {"clean", no_argument, NULL, 'C'},
    {"help", no_argument, NULL, 'h'}, {0}};

static void parse(int argc, char **argv, struct options *o)
{
    *o = (struct options){.count = 500, .seed = 1, .years = 20, .until = 1748736000};
    for (int c, i = 0; (c = getopt_long(argc, argv, "", long_options, &i)) != -1;) {
        switch (c) {
        case 'm':
            o->maildir = optarg;
            break;
        case 'M':
            o->manifest = optarg;
            break;
        case 'c':
            o->count = number("count", optarg);
            break;
        case 's':
            o->seed = number("seed", optarg);
            break;
        case 'o':
            o->octets = number("octets", optarg);
            o->octets_given = true;
            break;
        case 'b':
            o->big = number("big", optarg);
            break;
        case 'u':
            o->until = (int64_t)number("until", optarg);
            break;
        case 'y':
            o->years = number("years", optarg);
            break;
        case 'C':
            o->clean = true;
            break;
        case 'h':
            help();
            exit(EXIT_SUCCESS);
        default:
            exit(2);
        }
    }
    if (!o->maildir || optind < argc || o->count > 10000000 || !o->years || o->years > 50) {
        fputs("mkmail: --maildir is needed; see mkmail --help\n", stderr);
        exit(2);
    }
    if (!o->octets_given)
        o->octets = o->count * 40000;
}

/* Log-normal sizes: most messages are small, a few hold most of the octets. */
static uint32_t *share_out(const struct options *o)
{
    struct mkmail_rng rng = {.state = o->seed};
    size_t n = (size_t)o->count;
    double *w = mem_array(n + 1, sizeof *w), sum = 0, headers = 750.0 * (double)n;
    uint32_t *room = mem_array(n + 1, sizeof *room);
    for (size_t i = 0; i < n; i++)
        sum += w[i] = mkmail_kinds_weight(i) * exp(1.1 * fmin(mkmail_rng_gauss(&rng), 2.5));
    double octets = (double)o->octets > headers ? (double)o->octets - headers : 0;
    for (size_t i = 0; i < n; i++) {
        double share = sum > 0 ? octets * w[i] / sum : 0;
        room[i] = share < 100 ? 100 : share > 4e9 ? UINT32_MAX : (uint32_t)share;
    }
    free(w);
    return room;
}

static void make_folders(const char *maildir)
{
    static const char *const names[] = {"", "/cur", "/new", "/tmp"};
    for (size_t i = 0; i < 4; i++) {
        char *path = mem_printf("%s%s", maildir, names[i]);
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
            fail(path);
        free(path);
    }
}

/* Servers number new mail by the seconds in front: keep the order. */
static void file_name(const struct options *o, size_t index, char dst[64])
{
    snprintf(dst, 64, "%llu.M%06zuP%llu.mkmail", 1100000000ull + index, index % 1000000, o->seed);
}

static FILE *open_message(const struct options *o, const char *name)
{
    char *path = mem_printf("%s/new/%s", o->maildir, name);
    FILE *f = fopen(path, "wb");
    if (!f)
        fail(path);
    free(path);
    return f;
}

static void close_message(FILE *f, const char *name)
{
    int bad = ferror(f);
    if (fclose(f) || bad)
        fail(name);
}

static void manifest_row(
    FILE *manifest, const struct options *o, const char *name, const struct mkmail_msg *m)
{
    char sum[SHA256_HEX], mended[SHA256_HEX], when[32] = "now", twin[64] = "-";
    uint8_t digest[SHA256_OCTETS];
    sha256_bytes(buf_bytes(&m->bytes), buf_len(&m->bytes), digest);
    sha256_hex(digest, sum);
    const struct buf *as_sent = buf_len(&m->mended) ? &m->mended : &m->bytes;
    sha256_bytes(buf_bytes(as_sent), buf_len(as_sent), digest);
    sha256_hex(digest, mended);
    if (m->internaldate != MKMAIL_NOW)
        snprintf(when, sizeof when, "%" PRId64, m->internaldate);
    if (m->duplicate_of != MKMAIL_NONE)
        file_name(o, m->duplicate_of, twin);
    fprintf(manifest, "%s\t%zu\t%s\t%s\t%s\t%s\t%s\n", name, buf_len(&m->bytes), sum, mended, when, m->kind,
        twin);
}

static void write_mail(const struct options *o, FILE *manifest)
{
    uint32_t *room = share_out(o);
    struct mkmail_plan plan = {.seed = o->seed,
        .count = (size_t)o->count,
        .clean = o->clean,
        .from = o->until - (int64_t)o->years * 31556952ll,
        .until = o->until,
        .room = room};
    struct mkmail_msg m = {0};
    for (size_t i = 0; i < plan.count; i++) {
        char name[64];
        mkmail_kinds_make(&plan, i, &m);
        file_name(o, i, name);
        FILE *f = open_message(o, name);
        fwrite(buf_bytes(&m.bytes), 1, buf_len(&m.bytes), f);
        close_message(f, name);
        if (manifest)
            manifest_row(manifest, o, name, &m);
    }
    buf_done(&m.bytes);
    buf_done(&m.mended);
    free(room);
}

static void write_piece(FILE *f, struct sha256 *h, const void *data, size_t len)
{
    fwrite(data, 1, len, f);
    sha256_update(h, data, len);
}

static void write_big(const struct options *o, FILE *manifest)
{
    char name[64], head[512], line[76 + 1], sum[SHA256_HEX];
    uint8_t digest[SHA256_OCTETS];
    struct sha256 *h = sha256_new();
    struct mkmail_rng rng = {.state = ~o->seed};
    file_name(o, (size_t)o->count, name);
    FILE *f = open_message(o, name);
    int n = snprintf(head, sizeof head,
        "Received: from scanner.example by pop.legacy.example; Mon, 07 Apr 2025 10:00:00 +0900\r\n"
        "Date: Mon, 07 Apr 2025 09:59:00 +0900\r\nFrom: scanner@legacy.example\r\n"
        "Subject: =?UTF-8?B?5Zuz6Z2i?=\r\nMessage-ID: <big.%llu.%llu@legacy.example>\r\n"
        "MIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\r\n",
        o->seed, o->big);
    unsigned long long left = o->big > (unsigned)n ? o->big - (unsigned)n : 0;
    write_piece(f, h, head, (size_t)n);
    while (left > 2) {
        size_t len = left - 2 < sizeof line - 1 ? (size_t)left - 2 : sizeof line - 1;
        /* No rest of one or two octets that cannot be a line. */
        if (left - 2 - len > 0 && left - 2 - len < 3)
            len -= 3;
        for (size_t i = 0; i < len; i += 8)
            snprintf(line + i, sizeof line - i, "%08x", (unsigned)mkmail_rng_next(&rng));
        write_piece(f, h, line, len);
        write_piece(f, h, "\r\n", 2);
        left -= len + 2;
    }
    close_message(f, name);
    sha256_final(h, digest);
    sha256_hex(digest, sum);
    sha256_free(h);
    if (manifest)
        fprintf(manifest, "%s\t%llu\t%s\t%s\t1743987600\tbig\t-\n", name, o->big, sum, sum);
}

int main(int argc, char **argv)
{
    struct options o;
    parse(argc, argv, &o);
    FILE *manifest = NULL;
    if (o.manifest && !(manifest = fopen(o.manifest, "a")))
        fail(o.manifest);
    make_folders(o.maildir);
    write_mail(&o, manifest);
    if (o.big)
        write_big(&o, manifest);
    if (manifest)
        close_message(manifest, o.manifest);
    return EXIT_SUCCESS;
}
