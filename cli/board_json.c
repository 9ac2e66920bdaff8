#include "board_json.h"

#include "batch_report.h"
#include "print.h"
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FULL_OCTETS (4u * 1024 * 1024)
#define STEP_MS     50

/* ---- sending ---- */
static bool writable(int fd, int wait_ms)
{
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    return poll(&p, 1, wait_ms) > 0; /* also on an error, which write then tells */
}

/* A line, or what a pipe surely takes of it at once: PIPE_BUF octets after POLLOUT. */
static size_t next_write(const struct buf *b)
{
    const char *end = memchr(buf_bytes(b), '\n', buf_len(b));
    size_t len = end ? (size_t)(end - buf_bytes(b)) + 1 : buf_len(b);
    return len < PIPE_BUF ? len : PIPE_BUF;
}

/* Returns whether the descriptor took anything. */
static bool send_some(struct board_json *j, int wait_ms)
{
    if (!writable(j->fd, wait_ms))
        return false;
    ssize_t n = write(j->fd, buf_bytes(&j->pending), next_write(&j->pending));
    if (n > 0) {
        buf_consume(&j->pending, (size_t)n);
        return true;
    }
    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return false;
    j->gone = true;
    buf_clear(&j->pending);
    return false;
}

void board_json_flush(struct board_json *j)
{
    while (buf_len(&j->pending) && send_some(j, 0))
        ;
}

void board_json_drain(struct board_json *j, int64_t wait_ms)
{
    int64_t waited_ms = 0;
    while (buf_len(&j->pending) && waited_ms < wait_ms) {
        bool sent = send_some(j, STEP_MS);
        waited_ms = sent ? 0 : waited_ms + STEP_MS;
    }
}

bool board_json_is_full(const struct board_json *j)
{
    return buf_len(&j->pending) >= FULL_OCTETS;
}

/* ---- lines ---- */
static void queue(struct board_json *j, json_t *object)
{
    char *text = j->gone ? NULL : json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);
    if (text) {
        buf_append_str(&j->pending, text);
        buf_append_char(&j->pending, '\n');
    }
    free(text);
    json_decref(object);
}

static json_t *event(const char *name, int64_t now_s)
{
    return json_pack("{s:s, s:o}", "event", name, "time", print_json_time(now_s));
}

void board_json_begin(struct board_json *j, int fd, const char *command, size_t count, int64_t now_s)
{
    *j = (struct board_json){.fd = fd};
    json_t *begin = event("begin", now_s);
    json_object_update_new(begin, json_pack("{s:i, s:s, s:s, s:I}", "schema", PRINT_JSON_SCHEMA, "popferry",
                                      POPFERRY_VERSION, "command", command, "accounts", (json_int_t)count));
    queue(j, begin);
}

void board_json_done(struct board_json *j)
{
    buf_done(&j->pending);
}

void board_json_account(struct board_json *j, const struct batch_account *a, int64_t now_s)
{
    json_t *line = event("account", now_s);
    json_object_update_new(line, batch_report_json_account(a));
    queue(j, line);
}

void board_json_note(struct board_json *j, const char *text, int64_t now_s)
{
    json_t *line = event("note", now_s);
    json_object_set_new(line, "text", batch_report_json_text(text));
    queue(j, line);
}

static json_t *running(const struct board_view *v)
{
    json_t *all = json_array();
    for (size_t i = 0; i < v->row_count; i++) {
        const struct board_row *r = &v->rows[i];
        json_t *one =
            json_pack("{s:I, s:o}", "line", (json_int_t)r->line, "name", batch_report_json_text(r->name));
        json_object_update_new(one, batch_report_json_progress(&r->progress));
        json_array_append_new(all, one);
    }
    return all;
}

static json_t *paused_hosts(const struct board_view *v)
{
    json_t *all = json_array();
    for (size_t i = 0; i < v->host_count; i++)
        json_array_append_new(all, json_pack("{s:o, s:I}", "host", batch_report_json_text(v->hosts[i].name),
                                       "left_s", (json_int_t)((v->hosts[i].left_ms + 999) / 1000)));
    return all;
}

void board_json_progress(struct board_json *j, const struct board_view *v, json_t *sum, int64_t now_s)
{
    json_t *line = event("progress", now_s);
    json_object_update_new(
        line, json_pack("{s:o, s:I, s:I, s:o, s:o, s:o, s:o}", "sum", sum, "octets_through",
                  (json_int_t)v->through, "octets_known", (json_int_t)v->known, "rate",
                  v->rate_known ? json_integer((json_int_t)v->rate) : json_null(), "left_s",
                  v->left_s >= 0 ? json_integer((json_int_t)v->left_s) : json_null(), "running", running(v),
                  "paused_hosts", paused_hosts(v)));
    if (buf_len(&j->pending))
        json_decref(line);
    else
        queue(j, line);
}

void board_json_end(struct board_json *j, json_t *sum, int code, int64_t now_s)
{
    json_t *line = event("end", now_s);
    json_object_update_new(line, json_pack("{s:o, s:i}", "sum", sum, "exit_code", code));
    queue(j, line);
}
