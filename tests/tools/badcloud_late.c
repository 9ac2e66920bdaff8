#include "badcloud.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A server that was slow: what it had taken when the line was cut is stored after all, by a process of its
 * own. */

static struct {
    struct buf sign_in, append; /* as the client said them */
    bool taken, sent;
    uint64_t others; /* APPENDs answered since */
} late;

void badcloud_late_done(void)
{
    buf_done(&late.sign_in);
    buf_done(&late.append);
}

void badcloud_late_note(const struct badcloud_command *cmd)
{
    buf_clear(&late.sign_in);
    buf_append(&late.sign_in, buf_bytes(&cmd->text), buf_len(&cmd->text));
}

static void say(int fd, const struct buf *what)
{
    for (size_t at = 0; at < buf_len(what);) {
        ssize_t n = write(fd, buf_bytes(what) + at, buf_len(what) - at);
        if (n <= 0)
            _exit(1);
        at += (size_t)n;
    }
}

/* Until a line that begins so. */
static void await_line(int fd, const char *begin, size_t len)
{
    char line[1000], c;
    for (size_t n = 0; read(fd, &c, 1) == 1;) {
        if (n < sizeof line)
            line[n++] = c;
        if (c != '\n')
            continue;
        if (n > len && !memcmp(line, begin, len))
            return;
        n = 0;
    }
    _exit(1);
}

static size_t tag_len(const struct buf *command)
{
    const char *blank = memchr(buf_bytes(command), ' ', buf_len(command));
    return blank ? (size_t)(blank - buf_bytes(command)) + 1 : 0;
}

static void store(useconds_t after_us)
{
    const struct sockaddr_in *to = &lines_options()->connect;
    usleep(after_us);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)to, sizeof *to) < 0)
        _exit(1);
    await_line(fd, "* ", 2);
    say(fd, &late.sign_in);
    await_line(fd, buf_bytes(&late.sign_in), tag_len(&late.sign_in));
    say(fd, &late.append);
    await_line(fd, buf_bytes(&late.append), tag_len(&late.append));
    lines_log("late: stored");
    _exit(0);
}

/* The child keeps no connection open but the log. */
static void store_aside(uint64_t after_ms)
{
    FILE *log = lines_options()->log;
    if (fork())
        return;
    for (int fd = 3; fd < 1024; fd++)
        if (!log || fd != fileno(log))
            close(fd);
    store((useconds_t)(after_ms * 1000));
}

bool badcloud_late_take(const struct badcloud_command *cmd)
{
    const struct badcloud_options *o = &badcloud_options;
    if (late.taken || (!o->late_ms && !o->late_appends))
        return false;
    late.taken = true;
    buf_append(&late.append, buf_bytes(&cmd->text), buf_len(&cmd->text));
    lines_log("late: %zu messages are taken, and the line is cut", cmd->literal_count);
    if (o->late_ms)
        store_aside(o->late_ms);
    return true;
}

void badcloud_late_appended(void)
{
    if (!badcloud_options.late_appends || !late.taken || late.sent ||
        ++late.others < badcloud_options.late_appends)
        return;
    late.sent = true;
    store_aside(0);
}
