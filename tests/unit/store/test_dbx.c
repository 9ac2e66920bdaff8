/* Outlook Express: files made here, octet for octet as real ones are; cut at every octet; in circles. */
#include "buf.h"
#include "check.h"
#include "dbx.h"
#include "mem.h"

#define SIZE 4096
#define ROOT 0x200

static unsigned char file[SIZE];
static size_t file_len;

static void put32(size_t at, uint32_t n)
{
    for (int i = 0; i < 4; i++)
        file[at + (size_t)i] = (unsigned char)(n >> (8 * i));
}

static void block(uint32_t at, const char *text, uint32_t next)
{
    put32(at, at);
    put32(at + 4, 0x200);
    file[at + 8] = (unsigned char)strlen(text);
    file[at + 9] = (unsigned char)(strlen(text) >> 8);
    put32(at + 12, next);
    memcpy(file + at + 16, text, strlen(text));
}

/* A record with flags (itself), the text's place (by reference) and the time. */
static void record(uint32_t at, uint32_t text, bool read)
{
    put32(at, at);
    put32(at + 4, 24);
    file[at + 10] = 3;
    put32(at + 12, 0x81u | (read ? 0x81u << 8 : 1u << 8));
    put32(at + 16, 0x04u | 0u << 8);
    put32(at + 20, 0x12u | 4u << 8);
    put32(at + 24, text);
    put32(at + 28, 0xd53e8000u); /* 1970-01-01T00:00:00Z: 116444736000000000 */
    put32(at + 32, 0x019db1deu);
}

static void entry(uint32_t node, unsigned i, uint32_t record_at, uint32_t child)
{
    put32(node + 24 + 12 * i, record_at);
    put32(node + 24 + 12 * i + 4, child);
}

static void node(uint32_t at, uint32_t first_child, unsigned entries)
{
    put32(at, at);
    put32(at + 8, first_child);
    file[at + 17] = (unsigned char)entries;
}

/* Three messages, one of them in a node below. */
static void make(void)
{
    memset(file, 0, sizeof file);
    memcpy(file, "\xcf\xad\x12\xfe\xc5\xfd\x74\x6f", 8);
    put32(0xc4, 3);
    put32(0xe4, ROOT);
    node(ROOT, 0, 2);
    entry(ROOT, 0, 0x300, 0x280);
    entry(ROOT, 1, 0x340, 0);
    node(0x280, 0, 1);
    entry(0x280, 0, 0x380, 0);
    record(0x300, 0x400, true);
    record(0x340, 0x500, false);
    record(0x380, 0x600, false);
    block(0x400, "From: a\r\n", 0x700);
    block(0x700, "\r\nx\r\n", 0);
    block(0x500, "From: b\r\n\r\n", 0);
    block(0x600, "From: c\r\n\r\n", 0);
    file_len = 0x800;
}

static bool read_file(void *ctx, uint64_t at, void *dst, size_t len)
{
    (void)ctx;
    if (at > file_len || len > file_len - at)
        return false;
    memcpy(dst, file + at, len);
    return true;
}

static char *text_of(uint32_t at)
{
    struct buf out CLEANUP(buf_done) = {0};
    struct dbx_block b;
    for (int i = 0; at && i < 100; at = b.next, i++) {
        if (!dbx_block_at(read_file, NULL, at, &b) || b.text + b.octets > file_len)
            return mem_strdup("broken");
        buf_append(&out, file + b.text, b.octets);
    }
    return buf_strdup(&out);
}

static void on_message(void *ctx, const struct dbx_message *m)
{
    char *text CLEANUP(mem_free_str) =
        m->readable ? text_of(m->at) : mem_strdup(m->branch ? "branch" : "unreadable");
    buf_printf(ctx, "%s%s%s|", text, m->flags & DBX_READ ? "R" : "", m->received_s == 0 ? "T" : "");
}

static int64_t look(struct buf *out)
{
    return dbx_each(read_file, NULL, on_message, out);
}

static void three_messages(void)
{
    struct buf out CLEANUP(buf_done) = {0};
    make();
    CHECK_INT(look(&out), 3);
    CHECK_STR(buf_str(&out), "From: a\r\n\r\nx\r\nRT|From: c\r\n\r\nT|From: b\r\n\r\nT|");
}

static void cut_anywhere(void)
{
    make();
    for (size_t len = 0x800; len-- > 0;) {
        struct buf out CLEANUP(buf_done) = {0};
        file_len = len;
        CHECK_LABEL("cut at %zu", len);
        int64_t claimed = look(&out);
        CHECK_INT(claimed, len < 0xe8 ? -1 : 3);
    }
}

static void in_circles(void)
{
    struct buf out CLEANUP(buf_done) = {0};
    make();
    entry(0x280, 0, 0x300, ROOT); /* a record twice, and a child that is the root */
    put32(0x280 + 8, 0x280);
    CHECK_INT(look(&out), 3);
    CHECK_STR(buf_str(&out), "From: a\r\n\r\nx\r\nRT|branch|branch|From: b\r\n\r\nT|");
}

static void what_is_none(void)
{
    struct buf out CLEANUP(buf_done) = {0};
    make();
    put32(0x340, 0x341);
    CHECK_INT(look(&out), 3);
    CHECK(strstr(buf_str(&out), "unreadable|") != NULL);
    CHECK_INT(dbx_kind_of("\xcf\xad\x12\xfe\xc6\xfd\x74\x6f", 8), DBX_OTHER);
    CHECK_INT(dbx_kind_of("\xcf\xad\x12\xfe", 4), DBX_NONE);
    CHECK_INT(dbx_kind_of("JMF6xxxx", 8), DBX_NONE);
    file[4] = 0xc6;
    CHECK_INT(look(&out), -1);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"three messages", three_messages},
        {"cut at every octet", cut_anywhere},
        {"in circles", in_circles},
        {"what is none", what_is_none},
    };
    return check_main("store dbx", tests, sizeof tests / sizeof *tests);
}
