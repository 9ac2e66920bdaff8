#include "suite_dest.h"

#include "buf.h"
#include "drive.h"
#include "mem.h"
#include <string.h>

#define DATE_S 1446512400 /* 2015-11-03 01:00:00 UTC */
#define MANY   40

struct bench {
    struct drive drive;
    struct dest *dest;
    const struct job *job;
    const struct world *world;
    const char *prefix;
    char name[200];
};

static void begin(struct bench *b, const char *what)
{
    struct told t = {0};
    CHECK_LABEL("%s", what);
    snprintf(b->name, sizeof b->name, "%s %s", b->prefix, what);
    drive_begin(&b->drive, b->job, b->world);
    b->dest = drive_dest(&b->drive);
    dest_prepare(b->dest, NULL, DEST_LOOK, told_done, &t);
    drive_wait(&b->drive, &t);
    CHECK_STR(t.error.text, "");
}

static void end(struct bench *b)
{
    struct told t = {0};
    dest_close(b->dest, told_done, &t);
    b->drive.links[0].ended = true;
    drive_wait(&b->drive, &t);
    drive_end(&b->drive);
}

static void enter(struct bench *b, const char *name, enum dest_mode mode)
{
    struct told t = {0};
    dest_enter(b->dest, name, mode, told_done, &t);
    CHECK_INT(t.calls, 0);
    drive_wait(&b->drive, &t);
    CHECK_STR(t.error.text, "");
}

/* ---- putting in ---- */
struct put {
    struct told told;
    enum dest_status status;
    size_t count;
    uint32_t ids[MANY]; /* 0: not told */
    uint32_t epoch;
};

static void on_append(void *ctx, const struct dest_answer *a)
{
    struct put *p = ctx;
    told_done(&p->told, a->error);
    p->status = a->status;
    p->epoch = a->epoch;
    for (size_t i = 0; a->ids && i < a->id_count && i < MANY; i++)
        p->ids[i] = a->ids[i];
    p->count = a->ids ? a->id_count : 0;
}

/* In pieces of seven octets at most. */
static ssize_t read_text(void *ctx, uint64_t offset, void *dst, size_t len, struct error *err)
{
    const char *text = ctx;
    size_t n = len < 7 ? len : 7;
    (void)err;
    memcpy(dst, text + offset, n);
    return (ssize_t)n;
}

static struct dest_message message(const char *text)
{
    return (struct dest_message){
        .octets = strlen(text), .seen = true, .date_s = DATE_S, .read = read_text, .ctx = (char *)text};
}

static char *letter(unsigned n)
{
    return mem_printf("Message-ID: <%u@conformance>\r\nDate: Tue, 3 Nov 2015 10:00:00 +0900\r\n"
                      "From: =?utf-8?B?5aSq6YOO?=\r\n <taro@example.jp>\r\nTo: b@x\r\nSubject: nr %u\r\n\r\n"
                      "Text %u, and \xe6\x97\xa5\xe6\x9c\xac.\r\n.\r\n",
        n, n, n);
}

static void append(struct bench *b, struct dest *d, char **texts, size_t count, struct put *ret)
{
    struct dest_message msgs[MANY];
    *ret = (struct put){0};
    for (size_t i = 0; i < count; i++)
        msgs[i] = message(texts[i]);
    dest_append(d, msgs, count, on_append, ret);
    CHECK_INT(ret->told.calls, 0);
    drive_wait(&b->drive, &ret->told);
    CHECK_STR(ret->told.error.text, "");
    CHECK_INT(ret->status, DEST_STORED);
    CHECK_INT(ret->count, dest_traits(d)->tells_ids ? count : 0);
}

/* So many letters, from nr `first` on. */
static void put_letters(struct bench *b, unsigned first, size_t count, struct put *ret)
{
    char *texts[MANY];
    bool together = dest_traits(b->dest)->batches;
    for (size_t i = 0; i < count; i++)
        texts[i] = letter(first + (unsigned)i);
    for (size_t i = 0; i < count; i += together ? count : 1) {
        struct put one;
        append(b, b->dest, texts + i, together ? count : 1, &one);
        for (size_t k = 0; k < one.count; k++)
            ret->ids[i + k] = one.ids[k];
        ret->epoch = one.epoch;
    }
    for (size_t i = 0; i < count; i++)
        free(texts[i]);
}

/* ---- looking ---- */
struct ids {
    struct told told;
    uint32_t all[MANY * 2];
    size_t count;
};

static void on_id(void *ctx, uint32_t id)
{
    struct ids *x = ctx;
    if (x->count < sizeof x->all / sizeof *x->all)
        x->all[x->count] = id;
    x->count++;
}

static void on_ids(void *ctx, bool told, const struct error *error)
{
    told_told(&((struct ids *)ctx)->told, told, error);
}

static void look(struct bench *b, struct ids *ret)
{
    struct told fresh = {0};
    *ret = (struct ids){0};
    dest_refresh(b->dest, told_done, &fresh);
    drive_wait(&b->drive, &fresh);
    CHECK_STR(fresh.error.text, "");
    dest_ids(b->dest, on_id, on_ids, ret);
    drive_wait(&b->drive, &ret->told);
    CHECK(ret->told.answered);
}

struct listed {
    struct told told;
    struct dest_row rows[MANY * 2];
    size_t count;
    struct buf headers;
};

static void on_row(void *ctx, const struct dest_row *row)
{
    struct listed *l = ctx;
    l->rows[l->count++ % (MANY * 2)] = *row;
    if (row->header)
        buf_append(&l->headers, row->header, row->header_len);
}

static void on_listed(void *ctx, const struct error *error)
{
    told_done(&((struct listed *)ctx)->told, error);
}

static void list(struct bench *b, struct dest_listing *l, struct listed *ret)
{
    *ret = (struct listed){0};
    l->row = on_row;
    l->ctx = ret;
    dest_list(b->dest, l, on_listed, ret);
    CHECK_INT(ret->told.calls, 0);
    drive_wait(&b->drive, &ret->told);
    CHECK_STR(ret->told.error.text, "");
}

struct content {
    struct told told;
    struct buf now;
    size_t begun, ended, strangers;
    uint32_t ids[MANY];
    char *texts[MANY];
};

static void on_begin(void *ctx)
{
    struct content *c = ctx;
    c->begun++;
    buf_clear(&c->now);
}

static void on_data(void *ctx, const void *data, size_t len)
{
    buf_append(&((struct content *)ctx)->now, data, len);
}

static void on_end(void *ctx, uint32_t id)
{
    struct content *c = ctx;
    if (!id || c->ended == MANY) {
        c->strangers++;
        return;
    }
    c->ids[c->ended] = id;
    c->texts[c->ended++] = buf_strdup(&c->now);
}

static void on_read(void *ctx, const struct error *error)
{
    told_done(&((struct content *)ctx)->told, error);
}

static void read_ids(struct bench *b, const uint32_t *ids, size_t count, struct content *ret)
{
    static const struct dest_reader reader = {.begin = on_begin, .data = on_data, .end = on_end};
    *ret = (struct content){0};
    dest_read(b->dest, ids, count, &reader, on_read, ret);
    CHECK_INT(ret->told.calls, 0);
    drive_wait(&b->drive, &ret->told);
    CHECK_STR(ret->told.error.text, "");
    CHECK_INT(ret->begun, ret->ended + ret->strangers);
}

static void content_done(struct content *c)
{
    for (size_t i = 0; i < c->ended; i++)
        free(c->texts[i]);
    buf_done(&c->now);
}

/* ---- the cases ---- */
static void case_missing(struct bench *b)
{
    begin(b, "missing");
    CHECK_INT(dest_mailbox(b->dest)->exists, 0);
    for (int i = 0; i < 2; i++) {
        enter(b, b->name, DEST_LOOK);
        CHECK(!dest_mailbox(b->dest)->exists);
        CHECK(!dest_mailbox(b->dest)->created);
    }
    end(b);
}

static void case_made(struct bench *b)
{
    struct ids none;
    struct listed listed;
    struct content content;
    struct dest_listing l = {.headers = true, .all = true};
    uint32_t id = 1;
    begin(b, "made");
    enter(b, b->name, DEST_CREATE);
    CHECK(dest_mailbox(b->dest)->exists);
    CHECK(dest_mailbox(b->dest)->created);
    CHECK_INT(dest_mailbox(b->dest)->messages, 0);
    look(b, &none);
    CHECK_INT(none.count, 0);
    list(b, &l, &listed);
    CHECK_INT(listed.count, 0);
    CHECK_INT(l.unread_count, 0);
    dest_listing_done(&l);
    read_ids(b, &id, 1, &content);
    CHECK_INT(content.ended, 0);
    content_done(&content);
    enter(b, b->name, DEST_CREATE);
    CHECK(dest_mailbox(b->dest)->exists);
    CHECK(!dest_mailbox(b->dest)->created);
    end(b);
}

static void case_put(struct bench *b)
{
    struct put put;
    struct ids ids;
    struct listed listed;
    struct content content;
    struct dest_listing l = {.headers = true, .all = true};
    char *text CLEANUP(mem_free_str) = letter(1);
    begin(b, "put");
    enter(b, b->name, DEST_CREATE);
    uint32_t next = dest_mailbox(b->dest)->next_id;
    append(b, b->dest, &text, 1, &put);
    look(b, &ids);
    CHECK_INT(ids.count, 1);
    CHECK(ids.all[0] >= next);
    if (dest_traits(b->dest)->tells_ids) {
        CHECK_INT(put.ids[0], ids.all[0]);
        CHECK_INT(put.epoch, dest_mailbox(b->dest)->epoch);
    }
    list(b, &l, &listed);
    CHECK_INT(listed.count, 1);
    CHECK_INT(listed.rows[0].id, ids.all[0]);
    CHECK_INT(listed.rows[0].octets, strlen(text));
    CHECK(listed.rows[0].has_date && listed.rows[0].date_s == DATE_S);
    CHECK(strstr(buf_str(&listed.headers), "<1@conformance>") != NULL);
    CHECK(strstr(buf_str(&listed.headers), "taro@example.jp") != NULL);
    CHECK(strstr(buf_str(&listed.headers), "b@x") == NULL);
    buf_done(&listed.headers);
    dest_listing_done(&l);
    read_ids(b, ids.all, 1, &content);
    CHECK_INT(content.ended, 1);
    CHECK_STR(content.texts[0], text);
    content_done(&content);
    enter(b, b->name, DEST_LOOK);
    CHECK_INT(dest_mailbox(b->dest)->messages, 1);
    end(b);
}

/* What is known, and what lies below `first`, is no row; all is there. */
static void case_listing(struct bench *b)
{
    struct put put = {0};
    struct ids ids;
    struct listed listed;
    begin(b, "listing");
    enter(b, b->name, DEST_CREATE);
    put_letters(b, 1, 10, &put);
    look(b, &ids);
    CHECK_INT(ids.count, 10);
    for (size_t i = 1; i < 10; i++)
        CHECK(ids.all[i] > ids.all[i - 1]);
    uint32_t known[] = {ids.all[2], ids.all[3], ids.all[7]};
    struct dest_listing l = {.headers = true, .known = known, .known_count = 3, .all = true};
    list(b, &l, &listed);
    CHECK_INT(listed.count, 7);
    CHECK(l.searched);
    CHECK_INT(l.there_count, 10);
    CHECK_INT(l.unread_count, 0);
    buf_done(&listed.headers);
    dest_listing_done(&l);
    struct dest_listing above = {.first = ids.all[6]};
    list(b, &above, &listed);
    CHECK_INT(listed.count, 4);
    CHECK(listed.rows[0].header == NULL);
    dest_listing_done(&above);
    end(b);
}

static void case_reading(struct bench *b)
{
    struct put put = {0};
    struct ids ids;
    struct content content;
    begin(b, "reading");
    enter(b, b->name, DEST_CREATE);
    put_letters(b, 1, MANY, &put);
    look(b, &ids);
    CHECK_INT(ids.count, MANY);
    uint32_t some[] = {ids.all[5], ids.all[MANY - 1] + 1000, ids.all[1], ids.all[30]};
    read_ids(b, some, 4, &content);
    CHECK_INT(content.ended, 3);
    for (size_t i = 0; i < content.ended; i++) {
        unsigned n = content.ids[i] == ids.all[5] ? 6 : content.ids[i] == ids.all[1] ? 2 : 31;
        char *text CLEANUP(mem_free_str) = letter(n);
        CHECK_STR(content.texts[i], text);
    }
    content_done(&content);
    read_ids(b, ids.all, MANY, &content);
    CHECK_INT(content.ended, MANY);
    content_done(&content);
    end(b);
}

static void case_large(struct bench *b)
{
    struct put put;
    struct ids ids;
    struct content content;
    struct buf large CLEANUP(buf_done) = {0};
    begin(b, "large");
    enter(b, b->name, DEST_CREATE);
    buf_append_str(&large, "Message-ID: <large@conformance>\r\nSubject: large\r\n\r\n");
    for (int i = 0; i < 20000; i++)
        buf_printf(&large, "line %d of a message that is larger than any buffer on the way\r\n", i);
    char *text = buf_strdup(&large);
    append(b, b->dest, &text, 1, &put);
    look(b, &ids);
    read_ids(b, ids.all, 1, &content);
    CHECK_INT(content.ended, 1);
    CHECK(!strcmp(content.texts[0], text));
    content_done(&content);
    free(text);
    end(b);
}

/* A second connection puts in; the first sees it. */
static void case_joined(struct bench *b)
{
    struct told t = {0};
    struct put put;
    struct ids ids;
    char *text CLEANUP(mem_free_str) = letter(1), *other CLEANUP(mem_free_str) = letter(2);
    char place[220];
    begin(b, "joined");
    enter(b, b->name, DEST_CREATE);
    struct dest *beside = drive_dest(&b->drive);
    dest_join(beside, b->dest, told_done, &t);
    CHECK_INT(t.calls, 0);
    drive_wait(&b->drive, &t);
    append(b, beside, &text, 1, &put);
    look(b, &ids);
    CHECK_INT(ids.count, 1);
    snprintf(place, sizeof place, "%s beside", b->name);
    enter(b, place, DEST_CREATE);
    append(b, beside, &other, 1, &put);
    look(b, &ids);
    CHECK_INT(ids.count, 1);
    enter(b, b->name, DEST_LOOK);
    look(b, &ids);
    CHECK_INT(ids.count, 1);
    end(b);
}

static void case_names(struct bench *b)
{
    static const char *const names[] = {"日本/受信 トレイ", "a & b", "~x\"y\\z"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char name[300];
        struct put put;
        char *text CLEANUP(mem_free_str) = letter(1);
        begin(b, "names");
        snprintf(name, sizeof name, "%s %s", b->name, names[i]);
        CHECK_INT(dest_check_name(name, NULL), 0);
        enter(b, name, DEST_CREATE);
        CHECK(dest_mailbox(b->dest)->created);
        append(b, b->dest, &text, 1, &put);
        enter(b, name, DEST_LOOK);
        CHECK(dest_mailbox(b->dest)->exists);
        CHECK_INT(dest_mailbox(b->dest)->messages, 1);
        end(b);
    }
}

static void on_quota(void *ctx, const struct dest_quota *row)
{
    *(unsigned *)ctx += row->limit > 0;
}

static void on_role(void *ctx, enum mail_role role, const char *path)
{
    CHECK(role != MAIL_ROLE_NONE);
    CHECK(*path != '\0');
    (void)ctx;
}

struct asked {
    unsigned rows; /* first: on_quota's ctx */
    struct told told;
};

static void on_asked(void *ctx, const struct error *error)
{
    told_done(&((struct asked *)ctx)->told, error);
}

static void case_account(struct bench *b)
{
    struct asked asked = {0};
    struct offer offers[OFFERS_MAX];
    begin(b, "account");
    enter(b, b->name, DEST_CREATE);
    dest_quota(b->dest, on_quota, on_asked, &asked);
    drive_wait(&b->drive, &asked.told);
    asked = (struct asked){0};
    dest_roles(b->dest, on_role, on_asked, &asked);
    drive_wait(&b->drive, &asked.told);
    CHECK(dest_offers(b->dest, offers) <= OFFERS_MAX);
    CHECK(dest_server_id(b->dest) != NULL);
    CHECK(dest_capabilities(b->dest) != NULL);
    end(b);
}

/* Everything that is outstanding ends once, with the error that was given; so does what is asked for later.
 */
static void case_aborted(struct bench *b)
{
    static const struct error why = {
        .scope = ERROR_SCOPE_SESSION, .retry = ERROR_RETRY_NOW, .code = ERROR_LOST, .text = "enough"};
    static const struct dest_reader reader = {.begin = on_begin, .data = on_data, .end = on_end};
    struct told fresh = {0}, late = {0};
    struct ids ids = {0};
    struct listed listed = {0};
    struct content content = {0};
    struct put put = {0};
    struct dest_listing l = {.all = true, .row = on_row, .ctx = &listed};
    uint32_t id = 1;
    char *text CLEANUP(mem_free_str) = letter(1);
    begin(b, "aborted");
    enter(b, b->name, DEST_CREATE);
    struct dest_message m = message(text);
    dest_refresh(b->dest, told_done, &fresh);
    dest_ids(b->dest, on_id, on_ids, &ids);
    dest_append(b->dest, &m, 1, on_append, &put);
    dest_read(b->dest, &id, 1, &reader, on_read, &content);
    dest_list(b->dest, &l, on_listed, &listed);
    CHECK(dest_outstanding(b->dest) > 0);
    link_abort(&b->drive.links[0], &why);
    CHECK_INT(dest_outstanding(b->dest), 0);
    const struct told *all[] = {&fresh, &ids.told, &put.told, &content.told, &listed.told};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        CHECK_INT(all[i]->calls, 1);
        CHECK_STR(all[i]->error.text, "enough");
    }
    CHECK_INT(put.status, DEST_UNKNOWN);
    dest_refresh(b->dest, told_done, &late);
    CHECK_INT(late.calls, 0);
    dest_listing_done(&l);
    content_done(&content);
    drive_end(&b->drive);
    CHECK_INT(late.calls, 1);
    CHECK(late.error.code != ERROR_NONE);
}

void suite_dest(const struct job *job, const struct world *world, const char *prefix)
{
    static void (*const cases[])(struct bench * b) = {case_missing, case_made, case_put, case_listing,
        case_reading, case_large, case_joined, case_names, case_account, case_aborted};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b = {.job = job, .world = world, .prefix = prefix};
        cases[i](&b);
    }
}
