#include "buf.h"
#include "check.h"
#include "imap.h"
#include "imap_private.h"

/* What dialogs as text cannot say: bounds, sizes, and who calls whom. The rest is in tests/dialogs/imap. */

struct tally {
    struct imap *im;
    int done, again;
    enum imap_status status;
    enum error_code code;
    bool submitting;
    struct buf rows;
};

static void on_done(void *ctx, const struct imap_result *res)
{
    struct tally *t = ctx;
    CHECK(!t->submitting);
    t->done++;
    t->status = res->status;
    t->code = res->error ? res->error->code : ERROR_NONE;
    if (t->again-- > 0)
        imap_noop(t->im, on_done, t);
}

static void on_fetch(void *ctx, const struct imap_fetch_row *row)
{
    struct tally *t = ctx;
    buf_printf(&t->rows, "%u%s", row->uid, row->seen ? " seen" : "");
    if (row->has_size)
        buf_printf(&t->rows, " %" PRIu64, row->size_octets);
    if (row->has_date)
        buf_printf(&t->rows, " @%" PRId64, row->internaldate_s);
    if (row->header)
        buf_printf(&t->rows, " [%.*s]", (int)row->header_len, row->header);
    buf_append_char(&t->rows, ';');
}

static void pull_all(struct imap *im, struct buf *out)
{
    ssize_t n;
    while ((n = imap_pull(im, buf_reserve(out, 65536), 65536, NULL)) > 0)
        buf_commit(out, (size_t)n);
    CHECK_INT(n, 0);
}

static void begin(struct tally *t)
{
    *t = (struct tally){.im = imap_new()};
}

static void end(struct tally *t)
{
    imap_free(t->im);
    buf_done(&t->rows);
}

/* ---- rows, at every split ---- */

static int feed_cut(struct imap *im, const char *s, size_t len, size_t cut)
{
    if (cut) {
        int rc = imap_feed(im, s, cut < len ? cut : len, NULL);
        return rc < 0 || cut >= len ? rc : imap_feed(im, s + cut, len - cut, NULL);
    }
    for (size_t i = 0; i < len; i++)
        if (imap_feed(im, s + i, 1, NULL) < 0)
            return -1;
    return 0;
}

/* One response to UID FETCH, cut at cut (0: after each byte). expected NULL: a protocol error. */
static void try_row(const char *text, const char *expected, size_t cut)
{
    struct tally t;
    struct buf out = {0};
    begin(&t);
    imap_uid_fetch(t.im, "1:*", "DATE", on_fetch, on_done, &t);
    pull_all(t.im, &out);
    int rc = feed_cut(t.im, text, strlen(text), cut);
    CHECK_INT(rc, expected ? 0 : -1);
    CHECK_STR(buf_str(&t.rows), expected ? expected : "");
    CHECK_INT(t.done, 0);
    end(&t);
    CHECK_INT(t.done, 1);
    buf_done(&out);
}

static void rows(void)
{
    static const struct {
        const char *text, *expected;
    } table[] = {
        {"* 1 FETCH (UID 7 RFC822.SIZE 5 FLAGS (\\Seen) INTERNALDATE \" 1-Jan-2024 00:00:00 +0000\" "
         "BODY[HEADER.FIELDS (DATE)] {4}\r\na\r\nb)\r\n",
            "7 seen 5 @1704067200 [a\r\nb];"},
        {"* 1 FETCH (BODY[HEADER.FIELDS (DATE)] {0}\r\n UID 7)\r\n", "7 [];"},
        {"* 1 FETCH (BODY[HEADER] \"x\" UID 7)\r\n", "7 [x];"},
        {"* 1 fetch (uid 4294967295 rfc822.size 9223372036854775807)\n", "4294967295 9223372036854775807;"},
        {"* 1 FETCH (RFC822.SIZE 5)\r\n", ""},
        {"* 1 FETCH (UID 7 FLAGS (\\Seen))\r\n", ""},
        {"* 1 FETCH (UID 7 INTERNALDATE NIL RFC822.SIZE 1)\r\n", "7 1;"},
        {"* 1 FETCH (UID 7 INTERNALDATE \"yesterday\" RFC822.SIZE 1)\r\n", "7 1;"},
        {"* 1 FETCH (ENVELOPE (NIL {3}\r\n)(\" ((NIL NIL \"a\" \"b\"))) MODSEQ (12) UID 7 RFC822.SIZE 1)\r\n",
            "7 1;"},
        {"* OK a literal? {5}\r\n* 1 FETCH (UID 7 RFC822.SIZE 1)\r\n", "7 1;"},
        {"* OK\r\n* BYE\r\n* X\r\n+\r\n+ \r\n* 1 FETCH (UID 7 RFC822.SIZE 1)\r\n", "7 1;"},
        {"* 1 FETCH ()\r\n", ""},
        {"* 1 FETCH (UID 7 RFC822.SIZE)\r\n", NULL},
        {"* 1 FETCH (UID 7 RFC822.SIZE 9223372036854775808)\r\n", NULL},
        {"* 1 FETCH (UID 0 RFC822.SIZE 1)\r\n", NULL},
        {"* 1 FETCH (UID 4294967296)\r\n", NULL},
        {"* 1 FETCH (UID)\r\n", NULL},
        {"* 1 FETCH UID 7\r\n", NULL},
        {"* 1 FETCH ((UID) 7)\r\n", NULL},
        {"* 1 FETCH (UID 7\r\n", NULL},
        {"* 1 FETCH (X {5}\r\nab)\r\n)\r\n)\r\n", NULL},
        {"* 1 FETCH (X \"{5}\r\nabcde\")\r\n", NULL},
        {"* 1 FETCH (X {5x}\r\n", NULL},
        {"* -1 EXISTS\r\n* -1 FETCH (UID 7 RFC822.SIZE 1)\r\n", ""},
        {"* 99999999999999999999999 EXISTS\r\n", NULL},
        {"*\r\n", NULL},
        {"* \r\n", NULL},
        {"*1 EXISTS\r\n", NULL},
        {"\r\n", NULL},
        {"\n", NULL},
        {"P1\r\n", NULL},
        {"P1 \r\n", NULL},
        {"P01x OK\r\n", NULL},
        {" OK\r\n", NULL},
        {"* CAPABILITY (\r\n", NULL},
        {"* LIST NIL NIL a\r\n", NULL},
        {"* STATUS a\r\n", NULL},
        {"* STATUS a (MESSAGES -1)\r\n", NULL},
        {"* STATUS a (MESSAGES)\r\n", NULL},
        {"* STATUS a (APPENDLIMIT none)\r\n", NULL},
        {"* SEARCH 1 x\r\n", NULL},
        {"* SEARCH 4294967296\r\n", NULL},
        {"* ESEARCH UID ALL 1:\r\n", NULL},
        {"* QUOTA (\r\n* ID \"\r\n* NAMESPACE )\r\n* QUOTA x\r\n* ID (a b c)\r\n* NAMESPACE ((x))\r\n", ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        for (size_t cut = 0; cut <= strlen(table[i].text); cut++) {
            CHECK_LABEL("%s, cut at %zu", table[i].text, cut);
            try_row(table[i].text, table[i].expected, cut);
        }
}

/* ---- bounds ---- */

static void one_response_in_memory(void)
{
    struct tally t;
    struct buf text = {0};
    CHECK_LABEL("20000 rows");
    begin(&t);
    imap_uid_fetch(t.im, "1:*", "DATE", on_fetch, on_done, &t);
    pull_all(t.im, &text);
    buf_clear(&text);
    for (int i = 1; i <= 20000; i++)
        buf_printf(&text,
            "* %d FETCH (UID %d RFC822.SIZE %d BODY[HEADER.FIELDS (DATE)] {10}\r\n0123456789)\r\n", i, i, i);
    CHECK_INT(imap_feed(t.im, buf_bytes(&text), buf_len(&text), NULL), 0);
    CHECK(t.im->response.cap <= 1024);
    CHECK(t.im->values.cap <= 64);
    CHECK(strstr(buf_str(&t.rows), ";20000 20000 [0123456789];"));
    end(&t);
    buf_done(&text);
}

/* A response without end: refused at the bound, and no more than that is held. */
static void endless(const char *head, const char *piece, bool refused_at_once)
{
    struct tally t;
    char block[65536];
    CHECK_LABEL("endless %s", head);
    begin(&t);
    int rc = imap_feed(t.im, head, strlen(head), NULL);
    CHECK_INT(rc, refused_at_once ? -1 : 0);
    for (size_t i = 0; i < sizeof block; i++)
        block[i] = piece[i % strlen(piece)];
    size_t fed = 0;
    for (; !rc && fed <= 2 * IMAP_RESPONSE_MAX; fed += sizeof block) {
        rc = imap_feed(t.im, block, sizeof block, NULL);
        CHECK(t.im->response.cap <= 2 * IMAP_RESPONSE_MAX);
    }
    CHECK_INT(rc, -1);
    CHECK(fed <= IMAP_RESPONSE_MAX + sizeof block);
    end(&t);
}

static void endless_responses(void)
{
    endless("* OK ", "x", false);
    endless("* 1 FETCH (", "a ", false);
    endless("* 1 FETCH (", "\"x\" {1}\r\n", false);
    endless("* 1 FETCH (X {16777000}\r\n", "x", false);
    endless("* 1 FETCH (X {16777216}\r\n", "x", true);
    endless("* 1 FETCH (BODY[] {104857600}\r\n", "x", true);
}

/* ---- bodies ---- */

struct body {
    uint64_t octets, got;
    uint32_t uid;
    int begun, ended;
    size_t held; /* most that the engine held meanwhile */
    struct imap *im;
};

static void on_begin(void *ctx, uint64_t octets)
{
    struct body *b = ctx;
    b->octets = octets;
    b->begun++;
}

static void on_data(void *ctx, const void *data, size_t len)
{
    struct body *b = ctx;
    CHECK(data != NULL);
    b->got += len;
    if (b->im->response.cap > b->held)
        b->held = b->im->response.cap;
}

static void on_end(void *ctx, uint32_t uid)
{
    struct body *b = ctx;
    b->uid = uid;
    b->ended++;
}

static void on_body_done(void *ctx, const struct imap_result *res)
{
    (void)ctx;
    CHECK_INT(res->status, IMAP_OK);
}

static void body_streamed(void)
{
    static const struct imap_body_handler handler = {on_begin, on_data, on_end};
    static const char head[] = "* 1 FETCH (BODY[] {104857600}\r\n", tail[] = " UID 9)\r\nP1 OK done\r\n";
    struct body b = {.im = imap_new()};
    struct buf out = {0};
    char block[65536] = {0};
    CHECK_LABEL("100 MiB");
    imap_uid_fetch_body(b.im, "9", &handler, on_body_done, &b);
    pull_all(b.im, &out);
    CHECK_INT(imap_feed(b.im, head, strlen(head), NULL), 0);
    for (int i = 0; i < 1600; i++)
        CHECK_INT(imap_feed(b.im, block, sizeof block, NULL), 0);
    CHECK_INT(b.ended, 0);
    CHECK_INT(imap_feed(b.im, tail, strlen(tail), NULL), 0);
    CHECK(b.begun == 1 && b.ended == 1);
    CHECK_INT(b.octets, 104857600);
    CHECK_INT(b.got, 104857600);
    CHECK_INT(b.uid, 9);
    CHECK(b.held <= 1024);
    CHECK_INT(imap_outstanding(b.im), 0);
    imap_free(b.im);
    buf_done(&out);
}

/* ---- append ---- */

struct source {
    uint64_t at;
    unsigned reads;
    const char *low, *high; /* the caller's buffer */
};

static ssize_t read_source(void *ctx, uint64_t offset, void *dst, size_t len, struct error *err)
{
    struct source *s = ctx;
    (void)err;
    CHECK_INT(offset, s->at);
    CHECK((const char *)dst >= s->low && (const char *)dst + len <= s->high);
    memset(dst, 'x', len);
    s->at += len;
    s->reads++;
    return (ssize_t)len;
}

static void append_streamed(void)
{
    static char out[65536];
    struct tally t;
    struct source s = {.low = out, .high = out + sizeof out};
    struct imap_append_msg msg = {.octets = 100000000, .read = read_source, .ctx = &s};
    uint64_t total = 0;
    ssize_t n;
    CHECK_LABEL("100 MB");
    begin(&t);
    imap_append(t.im, "INBOX", &msg, 1, on_done, &t);
    while ((n = imap_pull(t.im, out, sizeof out, NULL)) > 0)
        total += (uint64_t)n;
    CHECK_INT(s.at, 0);
    CHECK(!imap_wants_write(t.im));
    CHECK_INT(imap_feed(t.im, "+ go\r\n", 6, NULL), 0);
    CHECK(imap_wants_write(t.im));
    while ((n = imap_pull(t.im, out, sizeof out, NULL)) > 0) {
        total += (uint64_t)n;
        CHECK(t.im->out.cap <= 1024);
    }
    CHECK_INT(
        total, strlen("P1 APPEND \"INBOX\" \" 1-Jan-1970 00:00:00 +0000\" {100000000}\r\n\r\n") + 100000000);
    CHECK_INT(s.at, 100000000);
    CHECK_INT(s.reads, (100000000 + sizeof out - 1) / sizeof out);
    CHECK_INT(imap_appends_waiting(t.im), 1);
    end(&t);
}

/* ---- who calls whom ---- */

static void submit_from_callbacks(void)
{
    struct tally t;
    struct buf out = {0};
    CHECK_LABEL("a callback submits");
    begin(&t);
    t.again = 3;
    t.submitting = true;
    imap_noop(t.im, on_done, &t);
    imap_create(t.im, "", on_done, &t); /* refused, but not here */
    t.submitting = false;
    CHECK_INT(t.done, 0);
    CHECK(imap_wants_write(t.im));
    pull_all(t.im, &out);
    CHECK_INT(t.done, 1);
    CHECK_INT(t.status, IMAP_ABORTED);
    CHECK_INT(t.code, ERROR_INTERNAL);
    CHECK_STR(buf_str(&out), "P1 NOOP\r\nP2 NOOP\r\n");
    CHECK_INT(imap_feed(t.im, "P1 OK\r\nP2 OK\r\n", 14, NULL), 0);
    CHECK_INT(t.done, 3);
    pull_all(t.im, &out);
    CHECK_STR(buf_str(&out), "P1 NOOP\r\nP2 NOOP\r\nP3 NOOP\r\nP4 NOOP\r\n");
    end(&t);
    CHECK_INT(t.done, 5);
    buf_done(&out);
}

/* Whoever submits again each time it is aborted gets one more answer for each call, and no endless loop. */
static void submit_from_abort(void)
{
    struct tally t;
    struct error why;
    char out[16];
    CHECK_LABEL("submitting while aborted");
    error_set(&why, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_LOST, "lost");
    begin(&t);
    t.again = 1000;
    imap_noop(t.im, on_done, &t);
    imap_abort(t.im, &why);
    CHECK_INT(t.done, 1);
    CHECK_INT(t.code, ERROR_LOST);
    CHECK(imap_wants_write(t.im));
    CHECK_INT(imap_pull(t.im, out, sizeof out, NULL), 0);
    CHECK_INT(t.done, 2);
    imap_abort(t.im, &why);
    CHECK_INT(t.done, 3);
    CHECK_INT(imap_outstanding(t.im), 1);
    t.again = 0;
    end(&t);
    CHECK_INT(t.done, 4);
}

static void dead_engine(void)
{
    struct tally t;
    struct error err, again;
    char out[16];
    CHECK_LABEL("after a protocol error");
    begin(&t);
    imap_noop(t.im, on_done, &t);
    CHECK_INT(imap_feed(t.im, "HTTP/1.1 400 Bad Request\r\n", 26, &err), -1);
    CHECK_INT(err.code, ERROR_PROTOCOL);
    CHECK_INT(err.scope, ERROR_SCOPE_SESSION);
    CHECK(strstr(err.text, "HTTP/1.1 400 Bad Request"));
    CHECK_INT(t.done, 0);
    CHECK_INT(imap_feed(t.im, "P1 OK\r\n", 7, &again), -1);
    CHECK_STR(again.text, err.text);
    CHECK_INT(imap_pull(t.im, out, sizeof out, &again), -1);
    CHECK(!imap_wants_write(t.im));
    CHECK_INT(t.done, 0);
    imap_abort(t.im, &err);
    CHECK_INT(t.done, 1);
    CHECK_INT(t.code, ERROR_PROTOCOL);
    end(&t);
    imap_free(NULL);
}

int main(void)
{
    static const struct check_test tests[] = {{"rows", rows},
        {"one_response_in_memory", one_response_in_memory}, {"endless_responses", endless_responses},
        {"body_streamed", body_streamed}, {"append_streamed", append_streamed},
        {"submit_from_callbacks", submit_from_callbacks}, {"submit_from_abort", submit_from_abort},
        {"dead_engine", dead_engine}};
    return check_main("imap_engine", tests, sizeof tests / sizeof *tests);
}
