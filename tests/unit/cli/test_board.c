/* board.h on a terminal and elsewhere: what stands on a screen of a given size after each drawing, through a
 * pseudo-terminal and a small emulator (terminal.h). */
#include "batch_rig.h"
#include "board.h"
#include "board_screen.h"
#include "check.h"
#include "i18n.h"
#include "mem.h"
#include "terminal.h"
#include "text.h"
#include <fcntl.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- a board on a terminal ---- */
struct stage {
    struct batch_rig rig;
    struct terminal terminal;
    struct board *board;
    int master, slave;
};

static void resize(struct stage *s, int width, int height)
{
    struct winsize size = {.ws_col = (unsigned short)width, .ws_row = (unsigned short)height};
    CHECK_INT(ioctl(s->slave, TIOCSWINSZ, &size), 0);
}

/* Standard error is the terminal only while the board writes; a failing check must be seen. */
static int redirect(int fd)
{
    int saved = dup(STDERR_FILENO);
    dup2(fd, STDERR_FILENO);
    return saved;
}

static void restore(int saved)
{
    dup2(saved, STDERR_FILENO);
    close(saved);
}

/* All that was written so far, up to a mark of our own behind it. Returns how many octets. */
static size_t show(struct stage *s)
{
    char chunk[4097];
    size_t sum = 0;
    bool marked = false;
    CHECK_INT(write(s->slave, "\005", 1), 1);
    while (!marked) {
        ssize_t n = read(s->master, chunk, sizeof chunk - 1);
        if (n <= 0)
            break;
        marked = chunk[n - 1] == '\005';
        n -= marked;
        chunk[n] = '\0';
        terminal_feed(&s->terminal, chunk, (size_t)n);
        sum += (size_t)n;
    }
    return sum;
}

static size_t tick(struct stage *s, const struct board_host *hosts, size_t count)
{
    int saved = redirect(s->slave);
    board_tick(s->board, hosts, count);
    restore(saved);
    return show(s);
}

static size_t step(struct stage *s, int64_t ms)
{
    batch_rig_pass(&s->rig, ms);
    return tick(s, NULL, 0);
}

static void begin(struct stage *s, size_t count, enum board_mode mode, int width, int height)
{
    *s = (struct stage){0};
    batch_rig_begin(&s->rig, count);
    CHECK_INT(openpty(&s->master, &s->slave, NULL, NULL, NULL), 0);
    resize(s, width, height);
    terminal_begin(&s->terminal, width, height);
    const struct board_spec spec = {.mode = mode,
        .command = "migrate",
        .clock = &s->rig.clock,
        .utc_offset_min = 540,
        .lock = &s->rig.lock,
        .accounts = s->rig.accounts,
        .count = count};
    s->board = board_new(&spec);
}

static void end_board(struct stage *s)
{
    int saved = redirect(s->slave);
    board_free(s->board);
    restore(saved);
    show(s);
}

static void done(struct stage *s)
{
    close(s->master);
    close(s->slave);
    terminal_done(&s->terminal);
    batch_rig_done(&s->rig);
}

/* The screen, row by row, without blank rows. */
static void check_screen(const struct stage *s, const char *expected)
{
    char *text CLEANUP(mem_free_str) = terminal_text(&s->terminal);
    CHECK_STR(text, expected);
    CHECK_INT(s->terminal.overflows, 0);
    CHECK_INT(s->terminal.unknown, 0);
}

/* 200 accounts: some done, some at work, some paused. */
static void set(struct stage *s, int64_t seconds)
{
    static const char *const phases[] = {
        "connecting", "copying", "reading what the destination holds", "copying"};
    for (size_t i = 0; i < s->rig.count; i++) {
        struct batch_account *a = &s->rig.accounts[i];
        uint64_t n = (uint64_t)seconds;
        if (i >= 20 && i < 26)
            batch_rig_work(a, phases[i % 4], n * i, i % 4 ? 1000 * i : 0, n * i * 10000, 1000000 * i);
        else if (i < 20)
            batch_rig_end(a, 0, "1000 copied", 0);
    }
    s->rig.accounts[21].name = "営業部 山田太郎@example.jp";
    s->rig.accounts[26].state = BATCH_PAUSED;
    s->rig.accounts[26].again_s = RIG_NOW_S + 5400;
}

static void run(struct stage *s, int seconds)
{
    for (int i = 0; i <= seconds; i++) {
        set(s, i);
        step(s, 1000);
    }
}

#include "expected_screens.h"

static void check_size(const char *lang, int width, int height, const char *expected)
{
    static const struct board_host hosts[] = {{"pop.example.jp:995", 28000}, {"imap.example.com:993", 61500}};
    struct stage s;
    i18n_begin(lang, NULL);
    CHECK_LABEL("%s, %dx%d", lang, width, height);
    begin(&s, 200, BOARD_SCREEN, width, height);
    run(&s, 12);
    batch_rig_pass(&s.rig, 1000);
    tick(&s, hosts, 2);
    check_screen(&s, expected);
    CHECK_INT(s.terminal.scrolled, 0); /* there was room from the beginning */
    end_board(&s);
    check_screen(&s, "");
    done(&s);
    i18n_begin("en", NULL);
}

static void test_screens(void)
{
    check_size("en", 80, 24, english_80x24);
    check_size("ja", 80, 24, japanese_80x24);
    check_size("en", 200, 50, english_200x50);
    check_size("ja", 200, 50, japanese_200x50);
    check_size("en", 80, 5, english_80x5);
    check_size("ja", 40, 10, japanese_40x10);
}

/* ---- what is above stays ---- */
static size_t times(const char *text, const char *part)
{
    size_t n = 0;
    for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
        n++;
    return n;
}

/* All that can be read: what scrolled by, then the screen. */
static char *all_text(const struct stage *s)
{
    char *screen CLEANUP(mem_free_str) = terminal_text(&s->terminal);
    char *history CLEANUP(mem_free_str) = buf_strdup(&s->terminal.history);
    return mem_printf("%s%s", history, screen);
}

static void check_said(const struct stage *s, size_t accounts)
{
    char *text CLEANUP(mem_free_str) = all_text(s), name[64];
    for (size_t i = 0; i < accounts; i++) {
        snprintf(name, sizeof name, "popferry: user%03zu@example.jp: login", i);
        CHECK_LABEL("%s", name);
        CHECK_INT(times(text, name), 1);
    }
}

/* Thirty accounts fail one after the other, four at work below; more than fit into the window. */
static void test_failures_above(void)
{
    struct stage s;
    begin(&s, 40, BOARD_SCREEN, 60, 12);
    for (size_t i = 30; i < 34; i++)
        batch_rig_work(&s.rig.accounts[i], "copying", 1, 10, 100, 1000);
    for (size_t i = 0; i < 30; i++) {
        batch_rig_end(&s.rig.accounts[i], 3,
            "login refused by pop.example.jp, which says so at some length: -ERR no", 0);
        step(&s, 300);
    }
    check_said(&s, 30);
    CHECK_INT(s.terminal.scrolled, 30 * 2 + 6 - 12); /* two lines each, and the display's six */
    CHECK_INT(s.terminal.overflows, 0);
    char line[4 * TERMINAL_WIDTH];
    CHECK_STR(terminal_line(&s.terminal, 10, line), "30 of 40 accounts ended, 30 failed, 4 at work");
    CHECK_INT(s.terminal.row, 11);
    end_board(&s);
    check_said(&s, 30);
    CHECK_INT(times(terminal_line(&s.terminal, 6, line), "accounts ended"), 0);
    done(&s);
}

/* From 80x24 to 40x10 and back, in the middle of it; with and without a height that is too low for all. */
static void test_resize(void)
{
    static const struct {
        int width, height;
    } sizes[] = {{80, 24}, {40, 10}, {80, 24}, {200, 50}, {30, 4}, {20, 2}, {80, 24}};
    struct stage s;
    begin(&s, 40, BOARD_SCREEN, 80, 24);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        resize(&s, sizes[k].width, sizes[k].height);
        terminal_resize(&s.terminal, sizes[k].width, sizes[k].height);
        batch_rig_end(&s.rig.accounts[k], 3, "login", 0);
        for (size_t i = 10; i < 30; i++)
            batch_rig_work(&s.rig.accounts[i], "copying", k + 1, 10, 100, 1000);
        unsigned before = s.terminal.scrolled;
        step(&s, 300);
        step(&s, 300);
        step(&s, 300);
        CHECK_LABEL("%dx%d", sizes[k].width, sizes[k].height);
        CHECK_INT(s.terminal.overflows, 0);
        CHECK_INT(s.terminal.unknown, 0);
        CHECK(s.terminal.scrolled - before <= 23);
        char line[4 * TERMINAL_WIDTH], sum[32];
        snprintf(sum, sizeof sum, "%zu of ", k + 1);
        int row = s.terminal.row;
        while (row > 0 && strncmp(terminal_line(&s.terminal, row, line), sum, strlen(sum)) != 0)
            row--;
        CHECK(!strncmp(terminal_line(&s.terminal, row, line), sum, strlen(sum)));
    }
    char *text CLEANUP(mem_free_str) = all_text(&s);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        char name[32];
        snprintf(name, sizeof name, "user%03zu", k);
        CHECK_LABEL("%s", name);
        CHECK_INT(times(text, name), 1);
    }
    end_board(&s);
    done(&s);
}

/* While it is being made larger or smaller nothing is drawn. */
static void test_dragging(void)
{
    struct stage s;
    begin(&s, 40, BOARD_SCREEN, 80, 24);
    CHECK(step(&s, 300) > 0);
    for (int width = 79; width > 70; width--) {
        resize(&s, width, 24);
        CHECK_INT(step(&s, 300), 0);
    }
    CHECK(step(&s, 300) > 0);
    end_board(&s);
    done(&s);
}

static void test_pace(void)
{
    struct stage s;
    size_t drawn = 0;
    begin(&s, 40, BOARD_SCREEN, 80, 24);
    for (int ms = 0; ms < 2000; ms += 20) {
        batch_rig_work(&s.rig.accounts[3], "copying", 1, 10, (uint64_t)ms, 10000);
        drawn += step(&s, 20) > 0;
    }
    CHECK_INT(drawn, 10); /* five a second */
    end_board(&s);
    done(&s);
}

/* Lines that vanish are cleared, and the cursor is on the last line. */
static void test_fewer_lines(void)
{
    struct stage s;
    begin(&s, 40, BOARD_SCREEN, 80, 24);
    for (size_t i = 0; i < 10; i++)
        batch_rig_work(&s.rig.accounts[i], "connecting", 0, 0, 0, 0);
    step(&s, 300);
    CHECK_INT(s.terminal.row, 10);
    for (size_t i = 0; i < 9; i++)
        batch_rig_end(&s.rig.accounts[i], 0, "", 0);
    step(&s, 300);
    check_screen(&s, "user009@example.jp  connecting\n"
                     "9 of 40 accounts ended, 1 at work\n"
                     "504 MB of at least 504 MB\n");
    CHECK_INT(s.terminal.row, 2);
    end_board(&s);
    done(&s);
}

/* Notes, and room for what is printed to standard output. */
static void test_say_and_clear(void)
{
    struct stage s;
    begin(&s, 2, BOARD_SCREEN, 80, 24);
    step(&s, 300);
    int saved = redirect(s.slave);
    board_say(s.board, "something\033[2J to know");
    board_clear(s.board);
    restore(saved);
    show(&s);
    check_screen(&s, "popferry: something?[2J to know\n");
    CHECK_INT(write(s.slave, "a document\r\n", 12), 12);
    step(&s, 0);
    check_screen(&s, "popferry: something?[2J to know\na document\n0 of 2 accounts ended\n");
    end_board(&s);
    check_screen(&s, "popferry: something?[2J to know\na document\n");
    done(&s);
}

/* A drawing is one write: read from a pipe that keeps writes apart. */
static void test_one_write(void)
{
    struct batch_rig r;
    int fds[2];
    char bytes[8192];
    batch_rig_begin(&r, 20);
    CHECK_INT(pipe2(fds, O_DIRECT | O_NONBLOCK), 0);
    const struct board_spec spec = {.mode = BOARD_SCREEN,
        .command = "migrate",
        .clock = &r.clock,
        .lock = &r.lock,
        .accounts = r.accounts,
        .count = r.count};
    for (size_t i = 0; i < 16; i++)
        batch_rig_work(&r.accounts[i], "copying", 1, 10, 100, 1000);
    struct board *b = board_new(&spec);
    for (int i = 0; i < 3; i++) {
        batch_rig_pass(&r, 300);
        int saved = redirect(fds[1]);
        board_tick(b, NULL, 0);
        restore(saved);
        CHECK(read(fds[0], bytes, sizeof bytes) > 500);
        CHECK_INT(read(fds[0], bytes, sizeof bytes), -1);
    }
    int saved = redirect(fds[1]);
    board_free(b);
    restore(saved);
    close(fds[0]);
    close(fds[1]);
    batch_rig_done(&r);
}

/* ---- who is said to have failed ---- */
static void test_who_failed(void)
{
    struct stage s;
    begin(&s, 12, BOARD_LINES, 80, 24);
    struct batch_account *a = s.rig.accounts;
    batch_rig_end(&a[0], 3, "login refused", 0);
    batch_rig_end(&a[1], 1, "3 refused", 3);
    batch_rig_end(&a[2], 4, "asked to stop", 0);
    a[2].result.error.code = ERROR_CANCELLED;
    batch_rig_end(&a[3], 4, "too much for today", 0);
    a[3].state = BATCH_LEFT;
    batch_rig_end(&a[4], 4, "no answer", 0);
    for (size_t i = 5; i < 9; i++) {
        batch_rig_end(&a[i], 3, i < 8 ? "given up: pop.example.jp" : "given up: another", 0);
        a[i].state = BATCH_UNTRIED;
    }
    step(&s, 1000);
    check_screen(&s, "popferry: user000@example.jp: login refused\n"
                     "popferry: user004@example.jp: no answer\n"
                     "popferry: 3 accounts not tried: given up: pop.example.jp\n"
                     "popferry: user008@example.jp: given up: another\n");
    CHECK_INT(step(&s, 2000), 0);
    end_board(&s);
    done(&s);
}

static void test_lines(void)
{
    static const struct board_host host = {"pop.example.jp:995", 28000};
    struct stage s;
    begin(&s, 4, BOARD_LINES, 200, 24);
    batch_rig_end(&s.rig.accounts[0], 0, "", 0);
    for (int i = 0; i <= 60; i++) {
        batch_rig_work(&s.rig.accounts[1], "copying", 1, 10, 1000000 * (uint64_t)i, 100000000);
        batch_rig_pass(&s.rig, 1000);
        tick(&s, &host, i == 59);
    }
    check_screen(&s,
        "popferry: 1 of 4 accounts ended, 1 at work; 115 MB of at least 156 MB, 1.0 MB/s, about 3:17 "
        "left; pop.example.jp:995: no connection, tried again in 0:28\n");
    end_board(&s);
    done(&s);
}

static void test_nothing(void)
{
    struct stage s;
    begin(&s, 4, BOARD_NONE, 80, 24);
    batch_rig_end(&s.rig.accounts[0], 3, "login refused", 0);
    CHECK_INT(step(&s, 70000), 0);
    end_board(&s);
    check_screen(&s, "");
    done(&s);
    board_free(NULL);
}

/* Whatever the window, every line has room in it, and all lines together. */
static void test_compose_all_sizes(void)
{
    static const struct board_host hosts[] = {
        {"pop.example.jp:995", 28000}, {"imap.example.com:993", 61500}, {"a.example", 1}, {"b.example", 1}};
    struct stage s;
    struct board_past past;
    struct board_view v = {.hosts = hosts, .host_count = 4};
    begin(&s, 60, BOARD_NONE, 80, 24);
    set(&s, 100);
    s.rig.accounts[25].name = "とても長い名前のメールボックスとても長い名前のメールボックス@example.co.jp";
    board_past_begin(&past, 60, 1000);
    board_view_take(&v, &past, s.rig.accounts, 60, 1000, RIG_NOW_S);
    board_view_take(&v, &past, s.rig.accounts, 60, 4000, RIG_NOW_S);
    for (int lang = 0; lang < 2; lang++)
        for (int width = 8; width < 220; width++)
            for (int height = 1; height < 30; height++) {
                struct buf out CLEANUP(buf_done) = {0};
                size_t lines = 0;
                i18n_begin(lang ? "ja" : "en", NULL);
                CHECK_LABEL("%dx%d", width, height);
                size_t said = board_screen_compose(&out, &v, width, height, RIG_NOW_S, 540);
                for (char *rest = (char *)buf_str(&out), *line; (line = strsep(&rest, "\n")); lines++)
                    CHECK(text_width(line) < width);
                CHECK_INT(said, lines);
                CHECK(lines >= 1 && (lines < (size_t)height || lines == 1));
            }
    i18n_begin("en", NULL);
    board_view_done(&v);
    board_past_done(&past);
    board_free(s.board);
    done(&s);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"screens of several sizes", test_screens},
        {"failures are said above", test_failures_above},
        {"resize", test_resize},
        {"dragging", test_dragging},
        {"pace", test_pace},
        {"fewer lines", test_fewer_lines},
        {"say, clear", test_say_and_clear},
        {"one write", test_one_write},
        {"who failed", test_who_failed},
        {"lines", test_lines},
        {"nothing", test_nothing},
        {"every size", test_compose_all_sizes},
    };
    return check_main("board", tests, sizeof tests / sizeof *tests);
}
