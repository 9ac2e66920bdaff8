/* Real messages through the decoder: stuffed as a byte-exact server would, cut at changing places, they must
 * come out as they went in, and the next reply must stay where it is. POPFERRY_REAL_MAIL is a folder; every
 * *.eml below it. */
#include "buf.h"
#include "mem.h"
#include "pop3_dot.h"
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SKIPPED    77 /* what meson takes for "skipped" */
#define NEXT_REPLY "+OK next\r\n"

static unsigned files, failures;

static bool read_file(const char *path, struct buf *ret)
{
    FILE *f = fopen(path, "rb");
    if (!f)
        return false;
    size_t n;
    do {
        n = fread(buf_reserve(ret, 65536), 1, 65536, f);
        buf_commit(ret, n);
    } while (n);
    fclose(f);
    return true;
}

/* In files line ends are LF, in a message CR LF; what has any CR stays as it is. A server adds the last line
 * end. */
static struct buf as_message(const struct buf *file)
{
    struct buf m = {0};
    const char *s = buf_bytes(file);
    bool convert = !memchr(s, '\r', buf_len(file));
    for (size_t i = 0; i < buf_len(file); i++) {
        if (convert && s[i] == '\n')
            buf_append_char(&m, '\r');
        buf_append_char(&m, s[i]);
    }
    if (buf_len(&m) < 2 || memcmp(buf_bytes(&m) + buf_len(&m) - 2, "\r\n", 2) != 0)
        buf_append_str(&m, "\r\n");
    return m;
}

static struct buf as_reply(const struct buf *message)
{
    struct buf w = {0};
    const char *s = buf_bytes(message);
    for (size_t i = 0; i < buf_len(message); i++) {
        if (s[i] == '.' && (!i || (i > 1 && s[i - 1] == '\n' && s[i - 2] == '\r')))
            buf_append_char(&w, '.');
        buf_append_char(&w, s[i]);
    }
    buf_append_str(&w, ".\r\n" NEXT_REPLY);
    return w;
}

static bool comes_through(const struct buf *message, const struct buf *wire, size_t step)
{
    CLEANUP(buf_done) struct buf out = {0};
    struct pop3_dot d;
    pop3_dot_init(&d, false);
    size_t at = 0, total = buf_len(wire);
    while (at < total && !pop3_dot_ended(&d)) {
        size_t room = step - at % step;
        struct pop3_dot_span span;
        at += pop3_dot_next(&d, buf_bytes(wire) + at, room < total - at ? room : total - at, &span);
        buf_append(&out, span.data, span.len);
    }
    return pop3_dot_ended(&d) && at == total - strlen(NEXT_REPLY) && buf_len(&out) == buf_len(message) &&
           !memcmp(buf_bytes(&out), buf_bytes(message), buf_len(message));
}

static void check_file(const char *path)
{
    CLEANUP(buf_done) struct buf file = {0};
    files++;
    if (!read_file(path, &file)) {
        perror(path);
        failures++;
        return;
    }
    CLEANUP(buf_done) struct buf message = as_message(&file);
    CLEANUP(buf_done) struct buf wire = as_reply(&message);
    static const size_t steps[] = {1, 2, 3, 7, 4096};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (!comes_through(&message, &wire, steps[i])) {
            fprintf(stderr, "%s: changed on its way, in pieces of %zu\n", path, steps[i]);
            failures++;
        }
}

static int on_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)ftw;
    const char *dot = strrchr(path, '.');
    if (type == FTW_F && dot && !strcmp(dot, ".eml"))
        check_file(path);
    return 0;
}

int main(void)
{
    const char *dir = getenv("POPFERRY_REAL_MAIL");
    if (!dir) {
        fprintf(stderr, "SKIPPED: POPFERRY_REAL_MAIL names no folder of real messages\n");
        return SKIPPED;
    }
    if (nftw(dir, on_entry, 16, FTW_PHYS) < 0)
        perror(dir);
    printf("%u messages, %u failures\n", files, failures);
    return files && !failures ? EXIT_SUCCESS : EXIT_FAILURE;
}
