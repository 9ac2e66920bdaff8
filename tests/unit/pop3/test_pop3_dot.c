#include "buf.h"
#include "check.h"
#include "mem.h"
#include "pop3_dot.h"

#define B(s) (s), sizeof(s) - 1

enum {
    LF = 1, /* in: pop3_dot_init's bare_lf */
    ENDED = 2,
    DOUBT = 4,
    LOOKS_ENDED = 8,
};

static const struct row {
    const char *name;
    const char *wire;
    size_t wire_len;
    const char *out;
    size_t out_len;
    size_t consumed;
    unsigned flags;
} rows[] = {
    {"empty message", B(".\r\n+OK\r\n"), B(""), 3, ENDED},
    {"one line", B("a\r\n.\r\n+OK\r\n"), B("a\r\n"), 6, ENDED},
    {"blank lines", B("\r\n\r\n.\r\n"), B("\r\n\r\n"), 7, ENDED},
    {"terminator only once", B(".\r\n.\r\n"), B(""), 3, ENDED},
    {"not ended", B("a\r\nb"), B("a\r\nb"), 4, 0},
    {"held dot", B("a\r\n."), B("a\r\n"), 4, LOOKS_ENDED},
    {"held dot CR", B("a\r\n.\r"), B("a\r\n"), 5, LOOKS_ENDED},
    {"stuffed dot", B("..\r\n.\r\n"), B(".\r\n"), 7, ENDED},
    {"stuffed twice", B("...\r\n.\r\n"), B("..\r\n"), 8, ENDED},
    {"stuffed text", B("..x\r\n....\r\n.\r\n"), B(".x\r\n...\r\n"), 14, ENDED},
    {"dots inside a line", B("a.b..c\r\nd.\r\n.\r\n"), B("a.b..c\r\nd.\r\n"), 15, ENDED},
    {"one dot and text is not stuffed", B(".x\r\n.\r\n"), B(".x\r\n"), 7, ENDED},
    {"one dot and CR and text", B(".\rx\r\n.\r\n"), B(".\rx\r\n"), 8, ENDED},
    {"dot CR CR LF", B(".\r\r\n.\r\n"), B(".\r\r\n"), 7, ENDED},
    {"stuffed dot before CR CR LF", B("..\r\r\n.\r\n"), B(".\r\r\n"), 8, ENDED},
    {"LF . LF is text", B("a\n.\nb\r\n.\r\n"), B("a\n.\nb\r\n"), 10, ENDED},
    {"LF . CR LF is text", B("a\n.\r\nb\r\n.\r\n"), B("a\n.\r\nb\r\n"), 11, ENDED},
    {"CR LF . LF is text", B("a\r\n.\nb\r\n.\r\n"), B("a\r\n.\nb\r\n"), 11, ENDED},
    {"LF .. LF is text", B("a\n..\nb\r\n.\r\n"), B("a\n..\nb\r\n"), 11, ENDED},
    {"LF . CR LF . CR LF ends", B("a\n.\r\n.\r\n"), B("a\n.\r\n"), 8, ENDED},
    {"CR . CR is text", B("a\r.\rb\r\n.\r\n"), B("a\r.\rb\r\n"), 10, ENDED},
    {"CR CR LF is a line end", B("a\r\r\n.\r\n"), B("a\r\r\n"), 7, ENDED},
    {"LF CR LF is a line end", B("a\n\r\n.\r\n"), B("a\n\r\n"), 7, ENDED},
    {"bare LF first", B("\n.\r\n.\r\n"), B("\n.\r\n"), 7, ENDED},
    {"bare CR first", B("\r.\r\n.\r\n"), B("\r.\r\n"), 7, ENDED},
    {"LF last, then terminator on its own", B("a\n\r\n.\r\n"), B("a\n\r\n"), 7, ENDED},
    {"NUL and 8 bit", B("\0a\xff\r\n.\0\r\n.\r\n"), B("\0a\xff\r\n.\0\r\n"), 12, ENDED},

    {"careless: no line end before the dot", B("a.\r\n"), B("a.\r\n"), 4, LOOKS_ENDED},
    {"careless: LF . LF", B("a\n.\n"), B("a\n.\n"), 4, LOOKS_ENDED},
    {"careless: LF . CR LF", B("a\n.\r\n"), B("a\n.\r\n"), 5, LOOKS_ENDED},
    {"careless: CR LF . LF", B("a\r\n.\n"), B("a\r\n.\n"), 5, LOOKS_ENDED},
    {"stuffed dot is not careless", B("a\r\n..\r\n"), B("a\r\n.\r\n"), 7, 0},
    {"doubt: no line end before the dot", B("a.\r\n+OK x"), B("a.\r\n+OK x"), 9, DOUBT},
    {"doubt: LF . LF", B("a\n.\n+OK\r\n"), B("a\n.\n+OK\r\n"), 9, DOUBT},
    {"doubt: LF . CR LF", B("a\n.\r\n-ERR no"), B("a\n.\r\n-ERR no"), 12, DOUBT},
    {"doubt: CR LF . LF", B("a\r\n.\n-ERR\r\n"), B("a\r\n.\n-ERR\r\n"), 11, DOUBT},
    {"doubt: bare LF server", B(".\n+OK\r\n"), B(".\n+OK\r\n"), 7, DOUBT},
    {"no doubt: +OK but no dot", B("a\r\n+OK x\r\n"), B("a\r\n+OK x\r\n"), 10, 0},
    {"no doubt: dot, blank line, +OK", B("a.\r\n\r\n+OK x\r\n"), B("a.\r\n\r\n+OK x\r\n"), 13, 0},
    {"no doubt: stuffed dot", B("..\r\n+OK x\r\n"), B(".\r\n+OK x\r\n"), 11, 0},
    {"no doubt: +OKAY", B("a.\r\n+OKAY\r\n"), B("a.\r\n+OKAY\r\n"), 11, 0},
    {"no doubt: +O", B("a.\r\n+O\r\n+OK "), B("a.\r\n+O\r\n+OK "), 12, 0},
    {"no doubt: -ER", B("a.\r\n-ER\r\n"), B("a.\r\n-ER\r\n"), 9, 0},
    {"no doubt: signature", B("a.\r\n-- \r\nx"), B("a.\r\n-- \r\nx"), 10, 0},
    {"no doubt: -, then line end", B("a.\r\n-\r\n..\r\n"), B("a.\r\n-\r\n.\r\n"), 11, 0},
    {"broken +OK at a line end keeps in step", B("a.\r\n+\r\n.\r\n"), B("a.\r\n+\r\n"), 10, ENDED},
    {"doubt: stuffed line that goes on", B("..a.\r\n+OK x"), B(".a.\r\n+OK x"), 11, DOUBT},

    {"doubt: after a broken +OK", B("a.\r\n+Ob.\r\n+OK x"), B("a.\r\n+Ob.\r\n+OK x"), 15, DOUBT},

    {"LF server", B("a\n.\n+OK\n"), B("a\n"), 4, LF | ENDED},
    {"LF server, empty", B(".\n+OK\n"), B(""), 2, LF | ENDED},
    {"LF server, stuffed", B("a\n..\n.\n"), B("a\n.\n"), 7, LF | ENDED},
    {"LF server, CR LF in the message", B("a\r\n..b\r\n.\r\n"), B("a\r\n.b\r\n"), 11, LF | ENDED},
    {"LF server, CR LF . LF", B("a\r\n.\n"), B("a\r\n"), 5, LF | ENDED},
    {"LF server, LF . CR LF", B("a\n.\r\n"), B("a\n"), 5, LF | ENDED},
    {"LF server, not stuffed", B("a\n.b\n.\rc\n.\n"), B("a\n.b\n.\rc\n"), 11, LF | ENDED},
};

/* Decode one piece; returns how much of it was consumed. */
static size_t feed(struct pop3_dot *d, const char *in, size_t len, struct buf *out)
{
    char *copy = mem_alloc(len + 1);
    memcpy(copy, in, len);
    size_t used = 0;
    while (used < len && !pop3_dot_ended(d)) {
        struct pop3_dot_span span;
        size_t n = pop3_dot_next(d, copy + used, len - used, &span);
        CHECK(n || span.len);
        buf_append(out, span.data, span.len);
        used += n;
    }
    free(copy);
    return used;
}

static void check_row(const struct row *r, const struct pop3_dot *d, const struct buf *out, size_t used)
{
    CHECK_INT(used, r->consumed);
    CHECK_INT(buf_len(out), r->out_len);
    CHECK(buf_len(out) == r->out_len && !memcmp(buf_bytes(out), r->out, r->out_len));
    CHECK_INT(pop3_dot_ended(d), !!(r->flags & ENDED));
    CHECK_INT(d->doubt, !!(r->flags & DOUBT));
    CHECK_INT(pop3_dot_looks_ended(d), !!(r->flags & LOOKS_ENDED));
}

static void run_split(const struct row *r, size_t at)
{
    CHECK_LABEL("%s, cut after %zu", r->name, at);
    CLEANUP(buf_done) struct buf out = {0};
    struct pop3_dot d;
    pop3_dot_init(&d, r->flags & LF);
    size_t used = feed(&d, r->wire, at, &out);
    if (used == at)
        used += feed(&d, r->wire + at, r->wire_len - at, &out);
    check_row(r, &d, &out, used);
}

static void run_bytewise(const struct row *r)
{
    CHECK_LABEL("%s, byte by byte", r->name);
    CLEANUP(buf_done) struct buf out = {0};
    struct pop3_dot d;
    pop3_dot_init(&d, r->flags & LF);
    size_t used = 0;
    while (used < r->wire_len && !pop3_dot_ended(&d))
        used += feed(&d, r->wire + used, 1, &out);
    check_row(r, &d, &out, used);
}

static void test_table(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        for (size_t at = 0; at <= rows[i].wire_len; at++)
            run_split(&rows[i], at);
        run_bytewise(&rows[i]);
    }
}

/* Text without dots at line starts must come out in one piece, however many lines it has. */
static void test_large_pieces(void)
{
    CHECK_LABEL("large pieces");
    CLEANUP(buf_done) struct buf wire = {0};
    for (int i = 0; i < 10000; i++)
        buf_append_str(&wire, "A line that ends with a dot.\r\n--boundary\r\n-- \r\n+1 more.\nbare\r\n");
    size_t len = buf_len(&wire);
    buf_append_str(&wire, ".\r\n");
    struct pop3_dot d;
    pop3_dot_init(&d, false);
    struct pop3_dot_span span;
    CHECK_INT(pop3_dot_next(&d, buf_bytes(&wire), buf_len(&wire), &span), len);
    CHECK_INT(span.len, len);
    CHECK(span.data == buf_bytes(&wire));
    CLEANUP(buf_done) struct buf rest = {0};
    CHECK_INT(feed(&d, buf_bytes(&wire) + len, 3, &rest), 3);
    CHECK(pop3_dot_ended(&d));
    CHECK_INT(buf_len(&rest), 0);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"table, every split", test_table},
        {"large pieces", test_large_pieces},
    };
    return check_main("pop3_dot", tests, sizeof tests / sizeof *tests);
}
