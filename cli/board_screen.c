#include "board_screen.h"

#include "cell.h"
#include "mem.h"
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define USUAL_WIDTH  80
#define USUAL_HEIGHT 24
#define LEAST_WIDTH  8
#define NOTE_INDENT  4

/* ---- the window ---- */
static void measure(int fd, int *ret_width, int *ret_height)
{
    struct winsize size = {0};
    bool known = ioctl(fd, TIOCGWINSZ, &size) == 0;
    int width = known && size.ws_col ? size.ws_col : USUAL_WIDTH;
    *ret_width = width > LEAST_WIDTH ? width : LEAST_WIDTH;
    *ret_height = known && size.ws_row ? size.ws_row : USUAL_HEIGHT;
}

static bool takes(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    return poll(&p, 1, 0) > 0 && p.revents & POLLOUT;
}

void board_screen_write(int fd, const char *bytes, size_t len)
{
    while (len) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            struct pollfd p = {.fd = fd, .events = POLLOUT};
            if (poll(&p, 1, 1000) > 0)
                continue;
        }
        if (n <= 0)
            return;
        bytes += n;
        len -= (size_t)n;
    }
}

/* ---- drawing ---- */
void board_screen_begin(struct board_screen *s, int fd)
{
    *s = (struct board_screen){.fd = fd};
}

void board_screen_done(struct board_screen *s)
{
    buf_done(&s->notes);
    buf_done(&s->out);
}

void board_screen_note(struct board_screen *s, const char *line)
{
    buf_append_str(&s->notes, line);
    buf_append_char(&s->notes, '\n');
}

/* To the first column of the first line that stands there. */
static void go_up(struct board_screen *s, int height)
{
    size_t up = s->drawn ? s->drawn - 1 : 0;
    if (up > (size_t)height - 1)
        up = (size_t)height - 1;
    buf_append_char(&s->out, '\r');
    if (up)
        buf_printf(&s->out, "\033[%zuA", up);
}

/* Lines divided by LF, each cleared to its end. */
static void append_lines(struct buf *out, const char *text, size_t len)
{
    while (len) {
        const char *end = memchr(text, '\n', len);
        size_t n = end ? (size_t)(end - text) : len;
        buf_append(out, text, n);
        buf_append_str(out, "\033[K");
        if (end)
            buf_append_str(out, "\r\n");
        text += n + (end != NULL);
        len -= n + (end != NULL);
    }
}

static void append_notes(struct board_screen *s, int width)
{
    struct buf wrapped CLEANUP(buf_done) = {0};
    for (const char *line = buf_str(&s->notes); *line;) {
        const char *end = strchr(line, '\n');
        char *one CLEANUP(mem_free_str) = mem_strndup(line, (size_t)(end - line));
        cell_wrap(&wrapped, one, 0, NOTE_INDENT, width - 1);
        buf_append_char(&wrapped, '\n');
        line = end + 1;
    }
    append_lines(&s->out, buf_bytes(&wrapped), buf_len(&wrapped));
    buf_clear(&s->notes);
}

/* A window that is being drawn larger or smaller is left alone until it keeps its size: a terminal that
 * breaks lines anew leaves some of ours behind each time. */
static bool keeps_size(struct board_screen *s, int width, int height)
{
    bool same = (width == s->width && height == s->height) || !s->width;
    bool settled = width == s->new_width && height == s->new_height;
    s->new_width = width;
    s->new_height = height;
    return same || settled;
}

void board_screen_draw(struct board_screen *s, const struct board_view *v, int64_t now_s, int utc_offset_min)
{
    int width, height;
    measure(s->fd, &width, &height);
    if (!keeps_size(s, width, height) || !takes(s->fd))
        return;
    struct buf lines CLEANUP(buf_done) = {0};
    size_t count = board_screen_compose(&lines, v, width, height, now_s, utc_offset_min);
    buf_clear(&s->out);
    go_up(s, height);
    append_notes(s, width);
    append_lines(&s->out, buf_bytes(&lines), buf_len(&lines));
    buf_append_str(&s->out, "\033[J");
    board_screen_write(s->fd, buf_bytes(&s->out), buf_len(&s->out));
    s->drawn = count;
    s->width = width;
    s->height = height;
}

void board_screen_clear(struct board_screen *s)
{
    int width, height;
    if (!s->drawn && !buf_len(&s->notes))
        return;
    measure(s->fd, &width, &height);
    buf_clear(&s->out);
    go_up(s, height);
    append_notes(s, width);
    buf_append_str(&s->out, "\033[J");
    board_screen_write(s->fd, buf_bytes(&s->out), buf_len(&s->out));
    s->drawn = 0;
    s->width = s->height = 0;
}
