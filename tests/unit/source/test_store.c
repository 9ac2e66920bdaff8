/* source_store.h: mail on a disk through the calls that every source has. */
#include "buf.h"
#include "check.h"
#include "mem.h"
#include "source_store.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];

static char *below(const char *name)
{
    return mem_printf("%s/%s", root, name);
}

static void put(const char *name, const char *text)
{
    char *path CLEANUP(mem_free_str) = below(name);
    for (char *p = path + strlen(root) + 1; (p = strchr(p, '/')); *p++ = '/') {
        *p = '\0';
        mkdir(path, 0700);
    }
    FILE *f = fopen(path, "w");
    CHECK(f && fputs(text, f) >= 0 && fclose(f) == 0);
}

static void fresh(void)
{
    char *command CLEANUP(mem_free_str) = mem_printf("rm -rf %s/*", root);
    CHECK_INT(system(command), 0);
}

#define FROM "From a@x Tue Aug  5 08:00:23 2008\n"

struct got {
    unsigned calls;
    struct error error;
    struct buf data;
};

static void on_data(void *ctx, const void *data, size_t len)
{
    struct got *g = ctx;
    CHECK_INT(g->calls, 0);
    buf_append(&g->data, data, len);
}

static void on_done(void *ctx, const struct error *error)
{
    struct got *g = ctx;
    g->calls++;
    g->error = error ? *error : (struct error){0};
}

static void work(struct source *s)
{
    struct error err;
    while (source_outstanding(s))
        CHECK_INT(source_step(s, &err), 1);
    CHECK_INT(source_step(s, &err), 0);
}

static struct source *open_store(enum store_kind kind, const char *name)
{
    char *path CLEANUP(mem_free_str) = below(name);
    struct source *s = source_store_new(kind, path, 0);
    struct got done = {0};
    source_inventory(s, on_done, &done);
    CHECK_INT(done.calls, 0);
    work(s);
    CHECK_INT(done.calls, 1);
    CHECK_STR(done.error.text, "");
    return s;
}

static void expect(struct source *s, size_t item, bool header, const char *text)
{
    struct got g = {0};
    (header ? source_fetch_header : source_fetch)(s, item, on_data, on_done, &g);
    CHECK_INT(g.calls, 0);
    work(s);
    CHECK_INT(g.calls, 1);
    CHECK_INT(g.error.code, ERROR_NONE);
    CHECK_STR(buf_str(&g.data), text);
    buf_done(&g.data);
}

static void traits(void)
{
    fresh();
    put("m/in", FROM "Subject: s\n\nx\n");
    struct source *s = open_store(STORE_MBOX, "m");
    const struct source_traits *t = source_traits(s);
    CHECK(!t->has_stream && t->can_header && !t->can_delete && !t->reading_hides && !t->shows_part);
    CHECK_INT(t->sign_in_pause_s, -1);
    CHECK_INT(t->expire_days, -1);
    CHECK_INT(source_unlisted(s), 0);
    source_free(s);
}

static void folders_and_messages(void)
{
    size_t count;
    fresh();
    put("m/a", FROM "Subject: one\n\nx\n\n" FROM "Subject: two\n\n.\n>From y\n");
    put("m/b/Trash", FROM "\nno header\n");
    struct source *s = open_store(STORE_MBOX, "m");
    const struct source_folder *f = source_folders(s, &count);
    CHECK_INT(count, 2);
    CHECK_STR(f[0].path, "a");
    CHECK_STR(f[1].path, "b/Trash");
    CHECK_INT(f[1].role, MAIL_ROLE_TRASH);
    const struct source_item *items = source_items(s, &count);
    CHECK_INT(count, 3);
    for (uint32_t i = 0; i < count; i++) {
        CHECK_INT(items[i].number, i + 1);
        CHECK_INT(items[i].folder, i == 2);
        CHECK_STR(items[i].key, NULL);
    }
    expect(s, 1, false, "Subject: two\r\n\r\n.\r\n>From y\r\n");
    expect(s, 0, false, "Subject: one\r\n\r\nx\r\n");
    expect(s, 0, true, "Subject: one\r\n\r\n");
    expect(s, 2, true, "\r\n");
    CHECK(!source_marks(s, 0).known);
    source_free(s);
}

/* Asked for at once, given in that order, each whole before the next begins. */
static void many_at_once(void)
{
    fresh();
    put("e/1.eml", "Subject: 1\n\n1\n");
    put("e/2.eml", "Subject: 2\n\n2\n");
    put("e/3.eml", "Subject: 3\n\n3\n");
    struct source *s = open_store(STORE_EML, "e");
    struct got g[3] = {0};
    struct error err;
    char *gone CLEANUP(mem_free_str) = below("e/2.eml");
    unlink(gone);
    for (size_t i = 0; i < 3; i++)
        source_fetch(s, i, on_data, on_done, &g[i]);
    CHECK_INT(source_outstanding(s), 3);
    for (unsigned before = 0; source_outstanding(s); before = g[0].calls) {
        CHECK(before >= g[1].calls && g[1].calls >= g[2].calls);
        source_step(s, &err);
    }
    CHECK_STR(buf_str(&g[0].data), "Subject: 1\r\n\r\n1\r\n");
    CHECK_STR(buf_str(&g[2].data), "Subject: 3\r\n\r\n3\r\n");
    CHECK_INT(g[1].error.scope, ERROR_SCOPE_MESSAGE);
    CHECK(strstr(g[1].error.text, "2.eml: No such file") != NULL);
    for (size_t i = 0; i < 3; i++) {
        CHECK_INT(g[i].calls, 1);
        buf_done(&g[i].data);
    }
    source_free(s);
}

/* A header longer than a piece, cut where it ends. */
static void long_header(void)
{
    struct buf text CLEANUP(buf_done) = {0}, wire CLEANUP(buf_done) = {0};
    fresh();
    for (int i = 0; i < 5000; i++) {
        buf_printf(&text, "X-%d: some words that fill it\n", i);
        buf_printf(&wire, "X-%d: some words that fill it\r\n", i);
    }
    buf_append_str(&text, "\nbody\n\nmore\n");
    buf_append_str(&wire, "\r\n");
    put("e/1.eml", buf_str(&text));
    struct source *s = open_store(STORE_EML, "e");
    expect(s, 0, true, buf_str(&wire));
    source_free(s);
}

/* What cannot be had is an item, and says why; a note on how a file was read is none. */
static void lost_mail(void)
{
    size_t count;
    fresh();
    put("p/Mail/x/Inbox", FROM "X-Mozilla-Status: 0009\nSubject: deleted\n\nx\n\n" FROM
                               "X-Mozilla-Status: 0401\nSubject: partial\n\nx\n\n" FROM
                               "X-Mozilla-Status: 0017\nX-Mozilla-Keys: $label1\nSubject: whole\n\nx\n");
    put("p/Mail/x/Inbox.msf", "");
    put("p/prefs.js", "");
    struct source *s = open_store(STORE_THUNDERBIRD, "p");
    source_items(s, &count);
    CHECK_INT(count, 2);
    expect(s, 0, false, "Subject: whole\r\n\r\nx\r\n");
    struct source_marks m = source_marks(s, 0);
    CHECK(m.known && m.seen && m.answered && m.flagged && !m.draft);
    CHECK_STR(m.keywords, "$label1");
    CHECK(!source_marks(s, 1).known);
    struct got g = {0};
    source_fetch(s, 1, on_data, on_done, &g);
    work(s);
    CHECK_INT(g.error.scope, ERROR_SCOPE_MESSAGE);
    CHECK_INT(g.error.code, ERROR_REFUSED);
    CHECK(strstr(g.error.text, "Inbox, octet ") != NULL);
    buf_done(&g.data);
    source_free(s);
}

static void nothing_there(void)
{
    struct got done = {0};
    fresh();
    char *path CLEANUP(mem_free_str) = below("none");
    struct source *s = source_store_new(STORE_MBOX, path, 0);
    source_inventory(s, on_done, &done);
    work(s);
    CHECK_INT(done.error.code, ERROR_USAGE);
    CHECK(strstr(done.error.text, "No such file") != NULL);
    source_free(s);
}

static void abort_and_free(void)
{
    static const struct error why = {.code = ERROR_CANCELLED, .text = "enough"};
    struct got inventory = {0}, g[2] = {0};
    struct error err;
    fresh();
    put("e/1.eml", "Subject: 1\n\n1\n");
    char *path CLEANUP(mem_free_str) = below("e");
    struct source *s = source_store_new(STORE_EML, path, 0);
    source_inventory(s, on_done, &inventory);
    source_abort(s, &why);
    CHECK_INT(inventory.calls, 1);
    CHECK_STR(inventory.error.text, "enough");
    CHECK_INT(source_step(s, &err), 0);
    source_free(s);
    s = open_store(STORE_EML, "e");
    source_fetch(s, 0, on_data, on_done, &g[0]);
    source_abort(s, &why);
    CHECK_INT(g[0].calls, 1);
    source_close(s, on_done, &g[1]);
    source_free(s);
    CHECK_INT(g[1].calls, 1);
    CHECK_INT(g[1].error.code, ERROR_CANCELLED);
}

int main(void)
{
    static const struct check_test tests[] = {
        {"traits", traits},
        {"folders and messages", folders_and_messages},
        {"many at once", many_at_once},
        {"a long header", long_header},
        {"what cannot be had", lost_mail},
        {"nothing there", nothing_there},
        {"abort and free", abort_and_free},
    };
    strcpy(root, "/tmp/pf-source-XXXXXX");
    if (!mkdtemp(root))
        return 1;
    int code = check_main("source store", tests, sizeof tests / sizeof *tests);
    char *command CLEANUP(mem_free_str) = mem_printf("rm -rf %s", root);
    return system(command) == 0 ? code : 1;
}
