/* dest_imap.h, of a server that never answers SEARCH: FETCH tells what is there, and it counts as all only
 * when it is as many as the mailbox counts. */
#include "buf.h"
#include "check.h"
#include "dest_imap.h"
#include "mem.h"

struct fake {
    struct dest *d;
    unsigned exists, told; /* told: FETCH leaves out the others */
    bool done, all, searched;
    unsigned ids, id_sum;
};

static void on_done(void *ctx, const struct error *error)
{
    struct fake *f = ctx;
    CHECK(!error);
    f->done = true;
}

static void on_told(void *ctx, bool told, const struct error *error)
{
    struct fake *f = ctx;
    f->all = told;
    on_done(ctx, error);
}

static void on_id(void *ctx, uint32_t id)
{
    struct fake *f = ctx;
    f->ids++;
    f->id_sum += id;
}

static void on_row(void *ctx, const struct dest_row *row)
{
    on_id(ctx, row->id);
}

static void answer(struct fake *f, char *line)
{
    struct buf out CLEANUP(buf_done) = {0};
    struct error err;
    char *command = strchr(line, ' ');
    *command++ = '\0';
    if (!strncmp(command, "CAPABILITY", 10))
        buf_append_str(&out, "* CAPABILITY IMAP4rev1 UIDPLUS\r\n");
    if (!strncmp(command, "SELECT", 6) || !strncmp(command, "EXAMINE", 7))
        buf_printf(&out, "* %u EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 100] x\r\n", f->exists);
    if (!strncmp(command, "UID FETCH", 9))
        for (unsigned i = 1; i <= f->told; i++)
            buf_printf(&out, "* %u FETCH (UID %u RFC822.SIZE 10 FLAGS ())\r\n", i, i * 10);
    f->searched |= !strncmp(command, "UID SEARCH", 10);
    buf_printf(&out, "%s OK done\r\n", line);
    CHECK_INT(dest_feed(f->d, buf_bytes(&out), buf_len(&out), &err), 0);
}

static void drive(struct fake *f)
{
    struct error err;
    char piece[4096];
    for (int i = 0; i < 100 && !f->done; i++) {
        ssize_t n = dest_pull(f->d, piece, sizeof piece - 1, &err);
        CHECK(n >= 0);
        piece[n > 0 ? n : 0] = '\0';
        for (char *line = piece, *end; (end = strstr(line, "\r\n")); line = end + 2) {
            *end = '\0';
            answer(f, line);
        }
    }
    CHECK(f->done);
    f->done = false;
}

static void begin(struct fake *f, unsigned exists, unsigned told)
{
    *f = (struct fake){.exists = exists, .told = told};
    f->d = dest_imap_new(&(struct dest_imap_options){.without_search = true});
    dest_prepare(f->d, "INBOX", DEST_LOOK, on_done, f);
    drive(f);
}

static void end(struct fake *f)
{
    static const struct error why = {.scope = ERROR_SCOPE_SESSION, .code = ERROR_CANCELLED, .text = "over"};
    CHECK(!f->searched);
    dest_abort(f->d, &why);
    dest_free(f->d);
}

static const struct {
    unsigned exists, told;
} rows[] = {{0, 0}, {3, 3}, {3, 2}, {3, 4}};

static void test_ids(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fake f;
        unsigned n = rows[i].told;
        CHECK_LABEL("%u of %u", n, rows[i].exists);
        begin(&f, rows[i].exists, n);
        dest_ids(f.d, on_id, on_told, &f);
        drive(&f);
        CHECK_INT(f.all, n >= rows[i].exists);
        CHECK_INT(f.id_sum, f.all ? n * (n + 1) / 2 * 10 : 0);
        end(&f);
    }
}

/* What is known, and not told of any more, is gone only where all is told. */
static void test_list(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fake f;
        static const uint32_t known[] = {10, 99};
        CHECK_LABEL("list, %u of %u", rows[i].told, rows[i].exists);
        begin(&f, rows[i].exists, rows[i].told);
        struct dest_listing l = {
            .first = 1, .known = known, .known_count = 2, .all = true, .row = on_row, .ctx = &f};
        dest_list(f.d, &l, on_done, &f);
        drive(&f);
        CHECK_INT(l.searched, rows[i].told >= rows[i].exists);
        CHECK_INT(l.there_count, rows[i].told);
        dest_listing_done(&l);
        end(&f);
    }
}

int main(void)
{
    static const struct check_test tests[] = {{"ids", test_ids}, {"list", test_list}};
    return check_main("without search", tests, sizeof tests / sizeof *tests);
}
