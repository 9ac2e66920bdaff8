/* Plays dialog files (dialog_file.h) against the IMAP engine: each server write whole, byte by byte, and cut
 * in two at every place. The bytes sent and the callbacks must be the same each time. */
#include "dialog_calls.h"
#include "dialog_file.h"
#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct player {
    const struct dialog *d;
    struct dialog_calls calls;
    struct buf sent; /* by the client, not yet expected */
    size_t cut;      /* server byte before which one write is cut; SIZE_MAX: none; 0: before each */
    size_t fed;      /* server bytes so far */
    size_t room;     /* bytes the client may still send; SIZE_MAX: no limit */
    bool dead;
};

static int fail(const struct player *p, int line, const char *expected, const struct buf *actual)
{
    CLEANUP(buf_done) struct buf shown = {0};
    dialog_escape(&shown, buf_bytes(actual), buf_len(actual));
    fprintf(stderr, "%s:%d: expected: %s\n%s:%d: actual:   %s\n", p->d->path, line, expected, p->d->path,
        line, buf_str(&shown));
    if (p->cut == SIZE_MAX)
        fprintf(stderr, "  (each server write whole)\n");
    else
        fprintf(stderr, "  (server bytes cut %s %zu)\n", p->cut ? "at" : "after each byte;", p->cut);
    return -1;
}

static void note_death(struct player *p, const struct error *err)
{
    if (!p->dead)
        buf_printf(&p->calls.events, "dead %s\n", err->text);
    p->dead = true;
}

/* Take all the client has to send, in pieces as small as the server's. */
static void pull(struct player *p)
{
    struct error err;
    ssize_t n;
    do {
        size_t piece = p->cut ? 4096 : 1;
        piece = piece < p->room ? piece : p->room;
        n = imap_pull(p->calls.im, buf_reserve(&p->sent, piece + 1), piece, &err);
        if (n > 0) {
            buf_commit(&p->sent, (size_t)n);
            p->room -= p->room == SIZE_MAX ? 0 : (size_t)n;
        }
    } while (n > 0);
    if (n < 0)
        note_death(p, &err);
}

static void feed(struct player *p, const char *data, size_t len)
{
    struct error err;
    if (len && imap_feed(p->calls.im, data, len, &err) < 0)
        note_death(p, &err);
    p->fed += len;
    pull(p);
}

static void serve(struct player *p, const struct buf *text)
{
    const char *data = buf_bytes(text);
    size_t len = buf_len(text);
    if (!p->cut) {
        for (size_t i = 0; i < len; i++)
            feed(p, data + i, 1);
    } else if (p->cut > p->fed && p->cut < p->fed + len) {
        size_t first = p->cut - p->fed;
        feed(p, data, first);
        feed(p, data + first, len - first);
    } else {
        feed(p, data, len);
    }
}

static int expect_sent(struct player *p, const struct dialog_step *s)
{
    size_t n = buf_len(&s->text);
    pull(p);
    if (buf_len(&p->sent) < n || memcmp(buf_bytes(&p->sent), buf_bytes(&s->text), n) != 0) {
        CLEANUP(buf_done) struct buf shown = {0};
        dialog_escape(&shown, buf_bytes(&s->text), n);
        return fail(p, s->line, buf_str(&shown), &p->sent);
    }
    buf_consume(&p->sent, n);
    return 0;
}

static int expect_event(struct player *p, struct dialog_step *s)
{
    struct buf *events = &p->calls.events;
    pull(p);
    const char *lf = memchr(buf_bytes(events), '\n', buf_len(events));
    size_t n = lf ? (size_t)(lf - buf_bytes(events)) : 0;
    if (!lf || n != buf_len(&s->text) || memcmp(buf_bytes(events), buf_bytes(&s->text), n) != 0)
        return fail(p, s->line, buf_str(&s->text), events);
    buf_consume(events, n + 1);
    return 0;
}

/* Before anything new happens, everything that happened must have been expected. */
static int expect_nothing_left(struct player *p, int line)
{
    pull(p);
    if (buf_len(&p->sent))
        return fail(p, line, "nothing more sent", &p->sent);
    if (buf_len(&p->calls.events))
        return fail(p, line, "no other callback", &p->calls.events);
    return 0;
}

static int play_step(struct player *p, struct dialog_step *s)
{
    switch (s->kind) {
    case DIALOG_CLIENT:
        return expect_sent(p, s);
    case DIALOG_EVENT:
        return expect_event(p, s);
    case DIALOG_SERVER:
        if (expect_nothing_left(p, s->line) < 0)
            return -1;
        serve(p, &s->text);
        return 0;
    default:
        break;
    }
    const char *words = buf_str(&s->text);
    if (!strncmp(words, "room ", 5)) {
        p->room = words[5] == 'a' ? SIZE_MAX : strtoul(words + 5, NULL, 10);
        return 0;
    }
    if (dialog_calls_do(&p->calls, words) == 0)
        return 0;
    return fail(p, s->line, "a call that is known", &s->text);
}

static int play(const struct dialog *d, size_t cut)
{
    struct player p = {.d = d, .cut = cut, .room = SIZE_MAX};
    dialog_calls_init(&p.calls);
    int rc = 0, last = d->count ? d->steps[d->count - 1].line : 0;
    for (size_t i = 0; !rc && i < d->count; i++)
        rc = play_step(&p, &d->steps[i]);
    if (!rc)
        rc = expect_nothing_left(&p, last);
    if (!rc && imap_outstanding(p.calls.im)) {
        fprintf(stderr, "%s:%d: a command is still outstanding\n", d->path, last);
        rc = -1;
    }
    dialog_calls_done(&p.calls);
    buf_done(&p.sent);
    return rc;
}

static size_t server_octets(const struct dialog *d)
{
    size_t n = 0;
    for (size_t i = 0; i < d->count; i++)
        if (d->steps[i].kind == DIALOG_SERVER)
            n += buf_len(&d->steps[i].text);
    return n;
}

static int play_all(const char *path)
{
    struct dialog d;
    int rc = dialog_read(&d, path);
    if (!rc)
        rc = play(&d, SIZE_MAX);
    for (size_t cut = 0; !rc && cut < server_octets(&d); cut++)
        rc = play(&d, cut);
    dialog_done(&d);
    return rc;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++)
        failed += play_all(argv[i]) < 0;
    printf("%d dialogs, %d failed\n", argc - 1, failed);
    return failed || argc < 2 ? EXIT_FAILURE : EXIT_SUCCESS;
}
