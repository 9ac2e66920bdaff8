/* The engine under a server that sends anything: each callback once and in order, the window kept, no data
 * after done.
 *
 * Input, so that seeds can be written by hand: lines of orders up to an empty line, then what the server
 * sends. In an order line each letter submits a command (c s l u t r d n R 8 q), "p" pulls, digits 1-9 feed
 * that many octets, "f" feeds 64, "w" sets the window's limit to 3, "A" makes the next callback abort, "S"
 * makes it submit, "x" aborts. What is left when the orders end is pulled and fed at once. */
#include "mem.h"
#include "pop3.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CALLS_MAX 400

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct call {
    struct session *s;
    unsigned index, done;
};

struct session {
    struct pop3 *p;
    const char *in;
    size_t left;
    struct call calls[CALLS_MAX];
    unsigned count, next; /* the next call to be completed */
    bool submitting, dead, abort_next, submit_next;
};

static void check(bool ok)
{
    if (!ok)
        abort();
}

static void submit(struct session *s, char letter);

static void act(struct session *s)
{
    if (s->submit_next) {
        s->submit_next = false;
        submit(s, 'r');
    }
    if (s->abort_next) {
        s->abort_next = false;
        s->dead = true;
        struct error why;
        error_set(&why, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK, "disk full");
        pop3_abort(s->p, &why);
    }
}

static struct session *enter(struct call *c)
{
    check(!c->s->submitting && !c->done && c->index == c->s->next);
    return c->s;
}

static void on_done(void *ctx, const struct pop3_result *res)
{
    struct call *c = ctx;
    struct session *s = enter(c);
    c->done = 1;
    s->next++;
    check(res->ok == !res->error && res->text && strlen(res->text) < ERROR_TEXT_MAX);
    check(!res->error || (res->error->scope != ERROR_SCOPE_NONE && *res->error->text));
    act(s);
}

static void on_data(void *ctx, const void *data, size_t len)
{
    struct session *s = enter(ctx);
    check(data && len);
    act(s);
}

static void on_list(void *ctx, uint32_t number, uint64_t octets)
{
    struct session *s = enter(ctx);
    check(number > 0);
    (void)octets;
    act(s);
}

static void on_uidl(void *ctx, uint32_t number, const char *uidl)
{
    struct session *s = enter(ctx);
    check(number > 0 && strlen(uidl) <= POP3_UIDL_MAX);
    act(s);
}

static void submit_as(struct session *s, char letter, struct call *c)
{
    switch (letter) {
    case 'c':
        pop3_capa(s->p, on_done, c);
        break;
    case 's':
        pop3_stat(s->p, on_done, c);
        break;
    case 'l':
        pop3_list(s->p, on_list, on_done, c);
        break;
    case 'u':
        pop3_uidl(s->p, on_uidl, on_done, c);
        break;
    case 't':
        pop3_top(s->p, c->index + 1, 4294967295u, on_data, on_done, c);
        break;
    case 'd':
        pop3_dele(s->p, 4294967295u, on_done, c);
        break;
    case 'n':
        pop3_noop(s->p, on_done, c);
        break;
    case 'R':
        pop3_rset(s->p, on_done, c);
        break;
    case '8':
        pop3_utf8(s->p, on_done, c);
        break;
    case 'q':
        pop3_quit(s->p, on_done, c);
        break;
    default:
        pop3_retr(s->p, c->index + 1, on_data, on_done, c);
        break;
    }
}

static void submit(struct session *s, char letter)
{
    if (s->count == CALLS_MAX)
        return;
    struct call *c = &s->calls[s->count];
    *c = (struct call){s, s->count, 0};
    s->count++;
    bool outer = s->submitting;
    s->submitting = true;
    submit_as(s, letter, c);
    s->submitting = outer;
}

static void pull(struct session *s)
{
    char out[37];
    for (;;) {
        bool wanted = pop3_wants_write(s->p);
        size_t n = pop3_pull(s->p, out, sizeof out);
        check(wanted == (n > 0) && n <= sizeof out);
        check(pop3_in_flight(s->p) <= (pop3_caps(s->p)->pipelining ? POP3_WINDOW_PIPELINED : 1) ||
              !pop3_wants_write(s->p));
        if (!n)
            return;
    }
}

static void feed(struct session *s, size_t len)
{
    if (len > s->left)
        len = s->left;
    char *piece = mem_alloc(len + !len);
    memcpy(piece, s->in, len);
    s->in += len;
    s->left -= len;
    struct error err = {.code = ERROR_NONE};
    int rc = pop3_feed(s->p, piece, len, &err);
    free(piece);
    check(rc == 0 || (rc == -1 && err.code != ERROR_NONE && *err.text));
    check(rc == -1 || !s->dead);
    if (rc < 0)
        s->dead = true;
}

static void give_up(struct session *s)
{
    struct error why;
    error_set(&why, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_LOST, "connection lost");
    s->dead = true;
    pop3_abort(s->p, &why);
    check(pop3_outstanding(s->p) == 0);
}

static void obey(struct session *s, char order)
{
    if (order == 'p')
        pull(s);
    else if (order >= '1' && order <= '9')
        feed(s, (size_t)(order - '0'));
    else if (order == 'f')
        feed(s, 64);
    else if (order == 'w')
        pop3_set_window_max(s->p, 3);
    else if (order == 'A')
        s->abort_next = true;
    else if (order == 'S')
        s->submit_next = true;
    else if (order == 'x')
        give_up(s);
    else if (order && strchr("cslutrdnR8q", order) && !s->dead)
        submit(s, order);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct session *s = mem_alloc(sizeof *s);
    const char *in = (const char *)data, *gap = memmem(in, size, "\n\n", 2);
    size_t orders = gap ? (size_t)(gap - in) : size;
    s->in = gap ? gap + 2 : in + size;
    s->left = gap ? size - orders - 2 : 0;
    s->p = pop3_new();
    for (size_t i = 0; i < orders; i++)
        obey(s, in[i]);
    pull(s);
    feed(s, s->left);
    give_up(s);
    check(s->next == s->count);
    for (unsigned i = 0; i < s->count; i++)
        check(s->calls[i].done == 1);
    pop3_free(s->p);
    free(s);
    return 0;
}
