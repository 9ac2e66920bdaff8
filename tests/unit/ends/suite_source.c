#include "suite_source.h"

#include "buf.h"
#include "drive.h"
#include "mem.h"
#include <string.h>

struct bench {
    struct drive drive;
    struct source *source;
    const struct job *job;
    const struct world *world;
    const struct suite_letters *letters;
};

static const struct source_item *begin(struct bench *b, const char *what, size_t *ret_count)
{
    struct told t = {0};
    CHECK_LABEL("%s", what);
    drive_begin(&b->drive, b->job, b->world);
    b->source = drive_source(&b->drive);
    source_inventory(b->source, told_done, &t);
    CHECK_INT(t.calls, 0);
    drive_wait(&b->drive, &t);
    CHECK_STR(t.error.text, "");
    return source_items(b->source, ret_count);
}

static void end(struct bench *b)
{
    struct told t = {0};
    b->drive.links[0].ended = true;
    source_close(b->source, told_done, &t);
    drive_wait(&b->drive, &t);
    CHECK_STR(t.error.text, "");
    drive_end(&b->drive);
}

struct given {
    struct told told;
    struct buf bytes;
};

static void on_data(void *ctx, const void *data, size_t len)
{
    struct given *g = ctx;
    CHECK_INT(g->told.calls, 0);
    buf_append(&g->bytes, data, len);
}

static void on_done(void *ctx, const struct error *error)
{
    told_done(&((struct given *)ctx)->told, error);
}

static bool is_letter(const struct bench *b, const char *text, bool *seen)
{
    for (size_t i = 0; i < b->letters->count; i++)
        if (!seen[i] && !strcmp(b->letters->texts[i], text))
            return seen[i] = true;
    return false;
}

static void case_inventory(struct bench *b)
{
    size_t count, folders;
    const struct source_item *items = begin(b, "inventory", &count);
    CHECK_INT(count, b->letters->count);
    source_folders(b->source, &folders);
    for (size_t i = 0; i < count; i++) {
        CHECK(items[i].number > 0);
        CHECK(items[i].folder == SOURCE_NO_FOLDER || items[i].folder < folders);
        for (size_t k = 0; k < i; k++)
            CHECK(!items[i].key || !items[k].key || strcmp(items[i].key, items[k].key) != 0);
        char *place CLEANUP(mem_free_str) = source_place(b->source, i);
        CHECK(!place || *place);
        CHECK(source_marks(b->source, i).keywords != NULL);
    }
    end(b);
}

/* A key is the same message's in another session. */
static void case_keys(struct bench *b)
{
    size_t count, again;
    const struct source_item *items = begin(b, "keys", &count);
    char **keys = mem_array(count + 1, sizeof *keys);
    for (size_t i = 0; i < count; i++)
        keys[i] = items[i].key ? mem_strdup(items[i].key) : NULL;
    end(b);
    items = begin(b, "keys again", &again);
    CHECK_INT(again, count);
    for (size_t i = 0; i < count && i < again; i++) {
        CHECK_STR(items[i].key, keys[i]);
        free(keys[i]);
    }
    free(keys);
    end(b);
}

/* All asked for at once: each right, each once, each with its data before its end. */
static void case_fetch(struct bench *b)
{
    size_t count;
    begin(b, "fetch", &count);
    struct given *given = mem_array(count + 1, sizeof *given);
    bool *seen = mem_array(count + 1, sizeof *seen);
    for (size_t i = 0; i < count; i++) {
        source_fetch(b->source, i, on_data, on_done, &given[i]);
        CHECK_INT(given[i].told.calls, 0);
    }
    for (size_t i = 0; i < count; i++) {
        if (!given[i].told.calls)
            drive_wait(&b->drive, &given[i].told);
        CHECK_INT(given[i].told.calls, 1);
        CHECK_STR(given[i].told.error.text, "");
        CHECK(is_letter(b, buf_str(&given[i].bytes), seen));
        buf_done(&given[i].bytes);
    }
    free(given);
    free(seen);
    end(b);
}

/* A header is what stands before the empty line, with it or without. */
static void case_header(struct bench *b)
{
    size_t count;
    begin(b, "header", &count);
    if (source_traits(b->source)->can_header)
        for (size_t i = 0; i < count; i++) {
            struct given head = {0}, whole = {0};
            source_fetch_header(b->source, i, on_data, on_done, &head);
            source_fetch(b->source, i, on_data, on_done, &whole);
            drive_wait(&b->drive, &whole.told);
            CHECK_INT(head.told.calls, 1);
            CHECK_STR(head.told.error.text, "");
            const char *text = buf_str(&whole.bytes), *empty = strstr(text, "\r\n\r\n");
            size_t least = empty ? (size_t)(empty - text) + 2 : buf_len(&whole.bytes);
            CHECK(buf_len(&head.bytes) >= least);
            CHECK(buf_len(&head.bytes) <= buf_len(&whole.bytes));
            CHECK(!strncmp(buf_str(&head.bytes), text, least));
            buf_done(&head.bytes);
            buf_done(&whole.bytes);
        }
    end(b);
}

static void case_aborted(struct bench *b)
{
    static const struct error why = {
        .scope = ERROR_SCOPE_SESSION, .retry = ERROR_RETRY_NOW, .code = ERROR_LOST, .text = "enough"};
    size_t count;
    begin(b, "aborted", &count);
    struct given *given = mem_array(count + 1, sizeof *given);
    for (size_t i = 0; i < count; i++)
        source_fetch(b->source, i, on_data, on_done, &given[i]);
    CHECK_INT(source_outstanding(b->source), count);
    link_abort(&b->drive.links[0], &why);
    CHECK_INT(source_outstanding(b->source), 0);
    for (size_t i = 0; i < count; i++) {
        CHECK_INT(given[i].told.calls, 1);
        CHECK_STR(given[i].told.error.text, "enough");
        buf_done(&given[i].bytes);
    }
    free(given);
    drive_end(&b->drive);
}

/* What is marked is there until the session has ended well. */
static void case_delete(struct bench *b)
{
    size_t count, now;
    struct told t = {0};
    begin(b, "delete", &count);
    if (!source_traits(b->source)->can_delete || !count) {
        end(b);
        return;
    }
    source_delete(b->source, 0, told_done, &t);
    CHECK_INT(t.calls, 0);
    drive_wait(&b->drive, &t);
    CHECK_STR(t.error.text, "");
    drive_end(&b->drive); /* no close */
    begin(b, "nothing is deleted without an end", &now);
    CHECK_INT(now, count);
    struct told *all = mem_array(count, sizeof *all);
    for (size_t i = 0; i < count; i++)
        source_delete(b->source, i, told_done, &all[i]);
    if (!all[count - 1].calls)
        drive_wait(&b->drive, &all[count - 1]);
    for (size_t i = 0; i < count; i++)
        CHECK_INT(all[i].calls, 1);
    free(all);
    end(b);
    begin(b, "all is deleted", &now);
    CHECK_INT(now, 0);
    end(b);
}

void suite_source(const struct job *job, const struct world *world, const struct suite_letters *letters)
{
    static void (*const cases[])(struct bench * b) = {
        case_inventory, case_keys, case_fetch, case_header, case_aborted, case_delete};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct bench b = {.job = job, .world = world, .letters = letters};
        cases[i](&b);
    }
}
