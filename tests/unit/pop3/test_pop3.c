/* What dialog files cannot say: callbacks that submit and abort, bounds, what is outstanding when. */
#include "buf.h"
#include "check.h"
#include "mem.h"
#include "pop3.h"
#include <malloc.h>

struct log {
    struct pop3 *p;
    unsigned done, ok, rows, pieces;
    size_t octets;
    struct error last; /* of the last done with one */
    bool abort_on_data, abort_on_row, abort_on_done;
    unsigned submit_on_done; /* so many NOOPs, one from each done */
};

static void give_up(struct log *l)
{
    struct error why;
    error_set(&why, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK, "disk full");
    pop3_abort(l->p, &why);
}

static void on_done(void *ctx, const struct pop3_result *res)
{
    struct log *l = ctx;
    l->done++;
    l->ok += res->ok;
    CHECK(res->text != NULL);
    CHECK(res->ok == !res->error);
    if (res->error)
        l->last = *res->error;
    if (l->submit_on_done) {
        l->submit_on_done--;
        pop3_noop(l->p, on_done, l);
    }
    if (l->abort_on_done) {
        l->abort_on_done = false;
        give_up(l);
    }
}

static void on_data(void *ctx, const void *data, size_t len)
{
    struct log *l = ctx;
    CHECK(data && len);
    l->pieces++;
    l->octets += len;
    if (l->abort_on_data)
        give_up(l);
}

static void on_list(void *ctx, uint32_t number, uint64_t octets)
{
    struct log *l = ctx;
    CHECK(number > 0);
    (void)octets;
    l->rows++;
    if (l->abort_on_row)
        give_up(l);
}

static void on_uidl(void *ctx, uint32_t number, const char *uidl)
{
    struct log *l = ctx;
    CHECK(number > 0 && uidl);
    l->rows++;
}

static size_t pull_all(struct pop3 *p)
{
    char sink[4096];
    size_t n, total = 0;
    while ((n = pop3_pull(p, sink, sizeof sink)))
        total += n;
    return total;
}

static int feed_str(struct pop3 *p, const char *s, struct error *err)
{
    return pop3_feed(p, s, strlen(s), err);
}

static void start_pipelining(struct log *l)
{
    l->p = pop3_new();
    pop3_capa(l->p, NULL, NULL);
    pull_all(l->p);
    CHECK_INT(feed_str(l->p, "+OK\r\nPIPELINING\r\n.\r\n", NULL), 0);
}

static void test_counts(void)
{
    CHECK_LABEL("counts");
    const int window = POP3_WINDOW_PIPELINED, half = window / 2, all = 2 * window + half;
    struct log l = {0};
    start_pipelining(&l);
    CHECK(!pop3_wants_write(l.p));
    for (int i = 0; i < all; i++)
        pop3_noop(l.p, on_done, &l);
    CHECK_INT(pop3_outstanding(l.p), all);
    CHECK_INT(pop3_in_flight(l.p), 0);
    CHECK(pop3_wants_write(l.p));

    char byte;
    CHECK_INT(pop3_pull(l.p, &byte, 0), 0);
    CHECK_INT(pop3_pull(l.p, &byte, 1), 1);
    CHECK_INT(byte, 'N');
    CHECK_INT(pop3_in_flight(l.p), 1);
    CHECK_INT(pull_all(l.p), window * strlen("NOOP\r\n") - 1);
    CHECK_INT(pop3_in_flight(l.p), window);
    CHECK(!pop3_wants_write(l.p));

    for (int i = 0; i < half - 1; i++)
        feed_str(l.p, "+OK\r\n", NULL);
    CHECK(!pop3_wants_write(l.p));
    feed_str(l.p, "+OK\r\n", NULL);
    CHECK(pop3_wants_write(l.p));
    CHECK_INT(pull_all(l.p), half * strlen("NOOP\r\n"));
    CHECK_INT(l.done, half);
    CHECK_INT(pop3_outstanding(l.p), all - half);
    give_up(&l);
    CHECK_INT(l.done, all);
    CHECK_INT(l.ok, half);
    CHECK_INT(pop3_outstanding(l.p), 0);
    CHECK_INT(pop3_in_flight(l.p), 0);
    CHECK(!pop3_wants_write(l.p));
    pop3_free(l.p);
}

static void test_abort_inside_command(void)
{
    CHECK_LABEL("abort with half a command sent");
    struct log l = {.p = pop3_new()};
    char half[2];
    pop3_noop(l.p, on_done, &l);
    CHECK_INT(pop3_pull(l.p, half, sizeof half), sizeof half);
    CHECK(pop3_wants_write(l.p));
    give_up(&l);
    CHECK(!pop3_wants_write(l.p));
    CHECK_INT(pop3_pull(l.p, half, sizeof half), 0);
    CHECK_INT(l.done, 1);
    pop3_free(l.p);
}

static void test_submit_in_callback(void)
{
    CHECK_LABEL("submit in callback");
    struct log l = {.submit_on_done = 3, .p = pop3_new()};
    pop3_noop(l.p, on_done, &l);
    for (unsigned i = 1; i <= 4; i++) {
        CHECK_INT(pull_all(l.p), strlen("NOOP\r\n"));
        CHECK_INT(feed_str(l.p, "+OK\r\n", NULL), 0);
        CHECK_INT(l.done, i);
    }
    CHECK_INT(pop3_outstanding(l.p), 0);
    pop3_free(l.p);

    CHECK_LABEL("submit in callback of abort");
    l = (struct log){.submit_on_done = 3, .p = pop3_new()};
    pop3_noop(l.p, on_done, &l);
    give_up(&l);
    CHECK_INT(l.done, 4);
    CHECK_INT(l.last.code, ERROR_DISK);
    pop3_free(l.p);
}

/* An abort from inside a callback ends everything once; pop3_feed reports the callback's error. */
static void check_aborted(struct log *l, const char *replies)
{
    struct error err;
    CHECK_INT(feed_str(l->p, replies, &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK_STR(err.text, "disk full");
    CHECK_INT(feed_str(l->p, "+OK\r\n", &err), -1);
    CHECK_INT(err.code, ERROR_DISK);
    CHECK_INT(pop3_outstanding(l->p), 0);
    pop3_free(l->p);
}

static void test_abort_in_callback(void)
{
    struct log l = {.abort_on_data = true};
    CHECK_LABEL("abort in data");
    start_pipelining(&l);
    pop3_retr(l.p, 1, on_data, on_done, &l);
    pop3_retr(l.p, 2, on_data, on_done, &l);
    pull_all(l.p);
    check_aborted(&l, "+OK\r\na\r\n..b\r\n.\r\n+OK\r\n");
    CHECK_INT(l.done, 2);
    CHECK_INT(l.ok, 0);
    CHECK_INT(l.pieces, 1);

    l = (struct log){.abort_on_row = true};
    CHECK_LABEL("abort in row");
    start_pipelining(&l);
    pop3_list(l.p, on_list, on_done, &l);
    pop3_noop(l.p, on_done, &l);
    pull_all(l.p);
    check_aborted(&l, "+OK\r\n1 2\r\n2 2\r\n.\r\n+OK\r\n");
    CHECK_INT(l.done, 2);
    CHECK_INT(l.ok, 0);
    CHECK_INT(l.rows, 1);

    l = (struct log){.abort_on_done = true};
    CHECK_LABEL("abort in done");
    start_pipelining(&l);
    pop3_noop(l.p, on_done, &l);
    pop3_noop(l.p, on_done, &l);
    pop3_noop(l.p, on_done, &l);
    pull_all(l.p);
    check_aborted(&l, "+OK\r\n+OK\r\n+OK\r\n");
    CHECK_INT(l.done, 3);
    CHECK_INT(l.ok, 1);
}

static void test_null_callbacks(void)
{
    CHECK_LABEL("NULL callbacks");
    struct log l = {0};
    start_pipelining(&l);
    pop3_list(l.p, NULL, NULL, NULL);
    pop3_uidl(l.p, NULL, NULL, NULL);
    pop3_top(l.p, 1, 0, NULL, NULL, NULL);
    pop3_retr(l.p, 1, NULL, NULL, NULL);
    pop3_dele(l.p, 1, NULL, NULL);
    pull_all(l.p);
    CHECK_INT(feed_str(l.p,
                  "+OK\r\n1 2\r\n.\r\n+OK\r\n1 a\r\n.\r\n+OK\r\nx\r\n.\r\n+OK\r\nx\r\n.\r\n-ERR\r\n", NULL),
        0);
    CHECK_INT(pop3_outstanding(l.p), 0);
    pop3_free(l.p);
    pop3_free(NULL);
}

static void test_free_completes(void)
{
    CHECK_LABEL("free");
    struct log l = {.p = pop3_new()};
    pop3_noop(l.p, on_done, &l);
    pop3_noop(l.p, on_done, &l);
    pull_all(l.p);
    pop3_free(l.p);
    CHECK_INT(l.done, 2);
    CHECK_INT(l.last.code, ERROR_CANCELLED);
}

/* A line of n octets and its end as the answer to NOOP, in pieces of `step`. */
static int answer_of(size_t n, size_t step, const char *end, struct error *err)
{
    struct log l = {.p = pop3_new()};
    CLEANUP(buf_done) struct buf line = {0};
    memset(buf_reserve(&line, n), 'x', n);
    buf_commit(&line, n);
    memcpy(line.data, "+OK ", 4);
    buf_append_str(&line, end);
    pop3_noop(l.p, on_done, &l);
    pull_all(l.p);
    int rc = 0;
    for (size_t at = 0; !rc && at < buf_len(&line); at += step)
        rc = pop3_feed(
            l.p, buf_bytes(&line) + at, step < buf_len(&line) - at ? step : buf_len(&line) - at, err);
    CHECK_INT(l.ok, rc == 0 && *end);
    pop3_free(l.p);
    CHECK_INT(l.done, 1);
    return rc;
}

static void test_line_length(void)
{
    static const size_t steps[] = {1, 2, 1000, 8191, 8192, 8193, 8194, 100000};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        CHECK_LABEL("steps of %zu", steps[i]);
        struct error err;
        CHECK_INT(answer_of(POP3_LINE_MAX, steps[i], "\r\n", NULL), 0);
        CHECK_INT(answer_of(POP3_LINE_MAX, steps[i], "\n", NULL), 0);
        CHECK_INT(answer_of(POP3_LINE_MAX + 1, steps[i], "\n", &err), -1);
        CHECK_INT(answer_of(POP3_LINE_MAX + 1, steps[i], "\r\n", &err), -1);
        CHECK_INT(err.code, ERROR_PROTOCOL);
        CHECK_INT(err.scope, ERROR_SCOPE_SESSION);
        CHECK_STR(err.text, "the POP3 server sent a reply line of more than 8192 octets");
        CHECK_INT(answer_of(50000, steps[i], "", &err), -1);
        CHECK_INT(err.code, ERROR_PROTOCOL);
    }
}

static void test_nothing_grows(void)
{
    CHECK_LABEL("a thousand million messages");
    struct log l = {0};
    start_pipelining(&l);
    pop3_stat(l.p, on_done, &l);
    pop3_list(l.p, on_list, on_done, &l);
    pop3_uidl(l.p, on_uidl, on_done, &l);
    pull_all(l.p);
    size_t before = mallinfo2().uordblks; /* 0 under the address sanitizer, which has a heap of its own */
    CHECK_INT(feed_str(l.p, "+OK 1000000000 99999999999999\r\n+OK\r\n", NULL), 0);
    for (unsigned i = 1; i <= 100000; i++) {
        char row[64];
        snprintf(row, sizeof row, "%u 1000\r\n", i);
        CHECK_INT(feed_str(l.p, row, NULL), 0);
    }
    CHECK(mallinfo2().uordblks <= before);
    CHECK_INT(l.rows, 100000);
    CHECK_INT(l.done, 1);
    give_up(&l);
    CHECK_INT(l.done, 3);
    pop3_free(l.p);
}

/* One callback for each piece fed, however many lines are in it. */
static void test_large_pieces(void)
{
    CHECK_LABEL("large pieces");
    struct log l = {.p = pop3_new()};
    char chunk[16384];
    for (size_t i = 0; i < sizeof chunk; i++)
        chunk[i] = i % 64 == 62 ? '\r' : i % 64 == 63 ? '\n' : 'x';
    pop3_retr(l.p, 1, on_data, on_done, &l);
    pull_all(l.p);
    feed_str(l.p, "+OK\r\n", NULL);
    for (int i = 0; i < 512; i++)
        CHECK_INT(pop3_feed(l.p, chunk, sizeof chunk, NULL), 0);
    feed_str(l.p, ".\r\n", NULL);
    CHECK_INT(l.pieces, 512);
    CHECK_INT(l.octets, 512 * sizeof chunk);
    CHECK_INT(l.ok, 1);
    pop3_free(l.p);
}

static void check_doubt(const char *wire, size_t commands, bool fails)
{
    struct log l = {0};
    struct error err;
    start_pipelining(&l);
    for (size_t i = 0; i < commands; i++)
        pop3_retr(l.p, (uint32_t)i + 1, on_data, on_done, &l);
    pull_all(l.p);
    CHECK_INT(feed_str(l.p, wire, &err), fails ? -1 : 0);
    if (fails) {
        CHECK_INT(err.code, ERROR_PROTOCOL);
        CHECK_INT(err.retry, ERROR_RETRY_NOW);
        CHECK_INT(err.scope, ERROR_SCOPE_SESSION);
    }
    CHECK_INT(l.ok, fails ? 0 : 1);
    pop3_free(l.p);
    CHECK_INT(l.done, commands);
}

static void test_doubt(void)
{
    static const char *const wires[] = {
        "+OK\r\na\n.\n+OK 5 octets\r\nb\r\n.\r\n",
        "+OK\r\na\n.\r\n+OK 5 octets\r\nb\r\n.\r\n",
        "+OK\r\na\r\n.\n-ERR none\r\nb\r\n.\r\n",
        "+OK\r\na.\r\n-ERR\r\nb\r\n.\r\n",
    };
    for (size_t i = 0; i < sizeof wires / sizeof *wires; i++) {
        CHECK_LABEL("doubt %zu", i);
        check_doubt(wires[i], 2, true);
        check_doubt(wires[i], 1, false);
    }
}

/* What looked like a reply while none was due stays data, whatever is sent later. */
static void test_doubt_alone(void)
{
    CHECK_LABEL("doubt, then more commands");
    struct log l = {0};
    start_pipelining(&l);
    pop3_retr(l.p, 1, on_data, on_done, &l);
    pull_all(l.p);
    CHECK_INT(feed_str(l.p, "+OK\r\na.\r\n+OK ", NULL), 0);
    pop3_noop(l.p, on_done, &l);
    pull_all(l.p);
    CHECK_INT(feed_str(l.p, "words\r\n.\r\n+OK\r\n", NULL), 0);
    CHECK_INT(l.ok, 2);
    CHECK_INT(l.octets, strlen("a.\r\n+OK words\r\n"));
    pop3_free(l.p);
}

static void check_hint(const char *wire, bool hint)
{
    struct log l = {.p = pop3_new()}, other = {0};
    pop3_retr(l.p, 7, on_data, on_done, &l);
    pop3_retr(l.p, 8, on_data, on_done, &other);
    pull_all(l.p);
    CHECK_INT(feed_str(l.p, wire, NULL), 0);
    give_up(&l);
    CHECK_INT(l.done, 1);
    CHECK_INT(other.done, 1);
    CHECK_STR(other.last.text, "disk full");
    CHECK_INT(strstr(l.last.text, "RFC 1939") != NULL, hint);
    CHECK_INT(l.last.code, ERROR_DISK);
    pop3_free(l.p);
}

static void test_hint(void)
{
    CHECK_LABEL("silence after a careless end");
    check_hint("+OK\r\nlast line.\r\n", true);
    check_hint("+OK\r\nlast line\n.\n", true);
    CHECK_LABEL("silence elsewhere");
    check_hint("+OK\r\nlast line\r\n", false);
    check_hint("+OK", false);
}

static void test_unasked(void)
{
    static const struct {
        const char *wire;
        enum error_code code;
        enum error_retry retry;
        const char *text;
    } rows[] = {
        {"-ERR idle\r\n", ERROR_LOST, ERROR_RETRY_NOW, "the POP3 server refused to go on: idle"},
        {"-ERR [SYS/TEMP] going down\r\n", ERROR_REFUSED, ERROR_RETRY_LATER,
            "the POP3 server refused to go on: [SYS/TEMP] going down"},
        {"+OK what\r\n", ERROR_PROTOCOL, ERROR_RETRY_LATER,
            "the POP3 server sent something unasked: \"+OK what\""},
        {"\n", ERROR_PROTOCOL, ERROR_RETRY_LATER, "the POP3 server sent something unasked: \"\""},
        {"\r\n", ERROR_PROTOCOL, ERROR_RETRY_LATER, "the POP3 server sent something unasked: \"\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].wire);
        struct pop3 *p = pop3_new();
        struct error err;
        CHECK_INT(feed_str(p, rows[i].wire, &err), -1);
        CHECK_INT(err.code, rows[i].code);
        CHECK_INT(err.retry, rows[i].retry);
        CHECK_STR(err.text, rows[i].text);
        pop3_free(p);
    }
}

/* A line that began before the command went out is no answer to it. */
static void test_unasked_then_command(void)
{
    CHECK_LABEL("unasked, then a command");
    struct log l = {.p = pop3_new()};
    struct error err;
    CHECK_INT(feed_str(l.p, "-ER", &err), 0);
    pop3_noop(l.p, on_done, &l);
    pull_all(l.p);
    CHECK_INT(feed_str(l.p, "R idle\r\n", &err), -1);
    CHECK_INT(err.code, ERROR_LOST);
    CHECK_INT(l.done, 0);
    pop3_abort(l.p, &err);
    CHECK_INT(l.done, 1);
    CHECK_INT(l.last.code, ERROR_LOST);
    pop3_free(l.p);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"counts", test_counts},
        {"abort inside a command", test_abort_inside_command},
        {"submit in callback", test_submit_in_callback},
        {"abort in callback", test_abort_in_callback},
        {"NULL callbacks", test_null_callbacks},
        {"free", test_free_completes},
        {"line length", test_line_length},
        {"nothing grows", test_nothing_grows},
        {"large pieces", test_large_pieces},
        {"doubt", test_doubt},
        {"doubt alone", test_doubt_alone},
        {"hint", test_hint},
        {"unasked", test_unasked},
        {"unasked, then a command", test_unasked_then_command},
    };
    return check_main("pop3", tests, sizeof tests / sizeof *tests);
}
