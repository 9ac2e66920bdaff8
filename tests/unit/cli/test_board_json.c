/* board.h as NDJSON: what a reader gets who reads, who is slow, who goes away. */
#include "batch_rig.h"
#include "board.h"
#include "buf.h"
#include "check.h"
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <unistd.h>

struct reader {
    struct batch_rig rig;
    struct board *board;
    int fds[2];
    struct buf got;
};

static void begin(struct reader *r, size_t count, int flags)
{
    *r = (struct reader){0};
    batch_rig_begin(&r->rig, count);
    CHECK_INT(pipe2(r->fds, flags), 0);
    fcntl(r->fds[0], F_SETFL, O_NONBLOCK | flags);
    fcntl(r->fds[1], F_SETFL, flags & O_DIRECT); /* the board must not need it to be non-blocking */
    const struct board_spec spec = {.mode = BOARD_JSON,
        .fd = r->fds[1],
        .command = "migrate",
        .clock = &r->rig.clock,
        .lock = &r->rig.lock,
        .accounts = r->rig.accounts,
        .count = count};
    r->board = board_new(&spec);
}

static void step(struct reader *r, int64_t ms)
{
    static const struct board_host host = {"pop.example.jp:995", 27001};
    batch_rig_pass(&r->rig, ms);
    board_tick(r->board, &host, 1);
}

static void take(struct reader *r)
{
    char chunk[8192];
    for (ssize_t n; (n = read(r->fds[0], chunk, sizeof chunk)) > 0;)
        buf_append(&r->got, chunk, (size_t)n);
}

static void done(struct reader *r)
{
    close(r->fds[0]);
    close(r->fds[1]);
    buf_done(&r->got);
    batch_rig_done(&r->rig);
}

/* The next line, parsed; NULL: there is none. */
static json_t *next(struct reader *r)
{
    const char *end = memchr(buf_bytes(&r->got), '\n', buf_len(&r->got));
    if (!end)
        return NULL;
    size_t len = (size_t)(end - buf_bytes(&r->got)) + 1;
    json_t *line = json_loadb(buf_bytes(&r->got), len, 0, NULL);
    CHECK(line);
    buf_consume(&r->got, len);
    return line;
}

static const char *text(const json_t *line, const char *key)
{
    const char *value = json_string_value(json_object_get(line, key));
    return value ? value : "";
}

static void expect(struct reader *r, const char *event, const char *name, const char *state)
{
    json_t *line = next(r);
    CHECK_LABEL("%s %s", event, name);
    CHECK_STR(text(line, "event"), event);
    CHECK_STR(text(line, "name"), name);
    CHECK_STR(text(line, "state"), state);
    CHECK(text(line, "time")[0] == '2');
    json_decref(line);
}

static void test_story(void)
{
    struct reader r;
    begin(&r, 3, 0);
    batch_rig_work(&r.rig.accounts[1], "copying", 5, 10, 500, 2000);
    step(&r, 1000);
    take(&r);
    expect(&r, "begin", "", "");
    expect(&r, "account", "user001@example.jp", "running");
    json_t *progress = next(&r);
    const json_t *running = json_array_get(json_object_get(progress, "running"), 0);
    const json_t *host = json_array_get(json_object_get(progress, "paused_hosts"), 0);
    CHECK_STR(text(progress, "event"), "progress");
    CHECK_INT(json_integer_value(json_object_get(running, "line")), 3);
    CHECK_INT(json_integer_value(json_object_get(running, "octets")), 500);
    CHECK_INT(json_integer_value(json_object_get(host, "left_s")), 28);
    CHECK_INT(json_integer_value(json_object_get(json_object_get(progress, "sum"), "running")), 1);
    CHECK(json_is_null(json_object_get(progress, "rate")));
    json_decref(progress);
    step(&r, 500); /* nothing changed, and the second is not over */
    take(&r);
    CHECK_INT(buf_len(&r.got), 0);
    batch_rig_end(&r.rig.accounts[1], 3, "login refused", 0);
    board_say(r.board, "a warning");
    step(&r, 250);
    take(&r);
    expect(&r, "note", "", "");
    expect(&r, "account", "user001@example.jp", "ended");
    batch_rig_end(&r.rig.accounts[0], 0, "all", 0); /* between the last tick and the end */
    board_free(r.board);
    take(&r);
    expect(&r, "account", "user000@example.jp", "ended");
    json_t *last = next(&r);
    CHECK_STR(text(last, "event"), "end");
    CHECK_INT(json_integer_value(json_object_get(last, "exit_code")), 3);
    json_decref(last);
    CHECK(!next(&r));
    done(&r);
}

/* A line is one write: the pipe keeps writes apart. */
static void test_one_write(void)
{
    struct reader r;
    char packet[8192];
    size_t lines = 0;
    begin(&r, 5, O_DIRECT);
    for (size_t i = 0; i < 5; i++)
        batch_rig_end(&r.rig.accounts[i], 0, "all", 0);
    step(&r, 1000);
    for (ssize_t n; (n = read(r.fds[0], packet, sizeof packet)) > 0; lines++) {
        CHECK(memchr(packet, '\n', (size_t)n) == packet + n - 1);
        CHECK(packet[0] == '{');
    }
    CHECK_INT(lines, 1 + 5 + 1);
    board_free(r.board);
    done(&r);
}

/* Nobody reads for a long time: nothing waits, and in the end each account's last state is there. */
static void test_slow(void)
{
    struct reader r;
    enum { COUNT = 20000 };
    size_t ended = 0, progress = 0, all = 0;
    begin(&r, COUNT, 0);
    for (size_t i = 0; i < COUNT; i += 500) {
        for (size_t k = i; k < i + 500; k++)
            batch_rig_work(&r.rig.accounts[k], "copying", 1, 10, 100, 1000);
        step(&r, 1000);
        for (size_t k = i; k < i + 500; k++)
            batch_rig_end(&r.rig.accounts[k], 0, "all", 0);
        step(&r, 1000);
    }
    for (int i = 0; i < 300; i++) {
        take(&r);
        step(&r, 1000);
    }
    take(&r);
    for (json_t *line; (line = next(&r)); all++) {
        ended += !strcmp(text(line, "state"), "ended");
        progress += !strcmp(text(line, "event"), "progress");
        json_decref(line);
    }
    CHECK_INT(ended, COUNT);
    CHECK(progress > 1 && progress < 340); /* left out while other lines waited */
    board_free(r.board);
    done(&r);
}

static void test_gone(void)
{
    struct reader r;
    begin(&r, 10, 0);
    step(&r, 1000);
    close(r.fds[0]);
    for (size_t i = 0; i < 10; i++) {
        batch_rig_end(&r.rig.accounts[i], 0, "all", 0);
        step(&r, 1000);
    }
    board_say(r.board, "to nobody");
    board_free(r.board);
    r.fds[0] = dup(r.fds[1]);
    done(&r);
}

/* A reader that takes nothing at the end is given up. */
static void test_stuck(void)
{
    struct reader r;
    begin(&r, 2000, 0);
    for (size_t i = 0; i < 2000; i++)
        batch_rig_end(&r.rig.accounts[i], 0, "all", 0);
    step(&r, 1000);
    board_free(r.board);
    take(&r);
    CHECK(buf_len(&r.got) > 20000); /* as much as the pipe holds */
    done(&r);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"story", test_story},
        {"one write", test_one_write},
        {"a slow reader", test_slow},
        {"a reader that goes away", test_gone},
        {"a reader that is stuck", test_stuck},
    };
    signal(SIGPIPE, SIG_IGN);
    return check_main("board_json", tests, sizeof tests / sizeof *tests);
}
