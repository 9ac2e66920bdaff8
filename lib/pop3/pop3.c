#include "pop3.h"

#include "buf.h"
#include "mem.h"
#include "pop3_caps.h"
#include "pop3_dot.h"
#include "pop3_reply.h"
#include "text.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_SHOWN 200 /* octets of a strange line quoted in an error */

enum kind {
    KIND_CAPA,
    KIND_STAT,
    KIND_LIST,
    KIND_UIDL,
    KIND_TOP,
    KIND_RETR,
    KIND_DELE,
    KIND_NOOP,
    KIND_RSET,
    KIND_UTF8,
    KIND_QUIT,
};

enum mode {
    MODE_STATUS, /* at or in a status line */
    MODE_ROWS,   /* in the lines of CAPA, LIST or UIDL */
    MODE_BODY,   /* in a message */
    MODE_CLOSED, /* QUIT was answered */
    MODE_DEAD,
};

static const struct kind_facts {
    const char *name;
    int args;          /* how many numbers follow the name */
    bool one_message;  /* a -ERR concerns one message */
    enum mode ok_mode; /* what follows +OK */
} kinds[] = {
    [KIND_CAPA] = {"CAPA", 0, false, MODE_ROWS},
    [KIND_STAT] = {"STAT", 0, false, MODE_STATUS},
    [KIND_LIST] = {"LIST", 0, false, MODE_ROWS},
    [KIND_UIDL] = {"UIDL", 0, false, MODE_ROWS},
    [KIND_TOP] = {"TOP", 2, true, MODE_BODY},
    [KIND_RETR] = {"RETR", 1, true, MODE_BODY},
    [KIND_DELE] = {"DELE", 1, true, MODE_STATUS},
    [KIND_NOOP] = {"NOOP", 0, false, MODE_STATUS},
    [KIND_RSET] = {"RSET", 0, false, MODE_STATUS},
    [KIND_UTF8] = {"UTF8", 0, false, MODE_STATUS},
    [KIND_QUIT] = {"QUIT", 0, false, MODE_STATUS},
};

struct command {
    struct command *next;
    enum kind kind;
    uint32_t number, lines;
    bool behind; /* sent while another was in flight */
    pop3_list_fn *list;
    pop3_uidl_fn *uidl;
    pop3_data_fn *data;
    pop3_done_fn *done;
    void *ctx;
};

struct queue {
    struct command *head, *last;
    size_t count;
};

struct pop3 {
    struct queue pending, in_flight;
    size_t window_max;
    bool draining; /* the window was full and is not yet half empty */
    bool quit_sent;
    struct buf out;

    enum mode mode;
    char line[POP3_LINE_MAX + 1]; /* a line that arrives in pieces, and room for its CR */
    size_t line_len;
    bool unasked;            /* the line began while nothing was in flight */
    struct pop3_reply reply; /* to the first command in flight, once MODE_ROWS or MODE_BODY */
    struct error bad_row;    /* the first row that was none; scope NONE: all were good */
    struct pop3_dot dot;
    struct pop3_caps caps, caps_coming;
    struct error why;   /* MODE_DEAD */
    uint32_t retrieved; /* the last message whose RETR ended; 0: none */
    pop3_stray_fn *stray;
    void *stray_ctx;
};

static void queue_push(struct queue *q, struct command *c)
{
    c->next = NULL;
    if (q->head)
        q->last->next = c;
    else
        q->head = c;
    q->last = c;
    q->count++;
}

static struct command *queue_pop(struct queue *q)
{
    struct command *c = q->head;
    if (c) {
        q->head = c->next;
        q->count--;
    }
    return c;
}

struct pop3 *pop3_new(void)
{
    struct pop3 *p = mem_alloc(sizeof *p);
    p->window_max = POP3_WINDOW_PIPELINED;
    pop3_caps_init(&p->caps);
    return p;
}

void pop3_free(struct pop3 *p)
{
    if (!p)
        return;
    struct error why;
    error_set(&why, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_CANCELLED, "the POP3 session was given up");
    pop3_abort(p, &why);
    buf_done(&p->out);
    free(p);
}

void pop3_set_window_max(struct pop3 *p, size_t max)
{
    p->window_max = max;
}

void pop3_on_stray(struct pop3 *p, pop3_stray_fn *fn, void *ctx)
{
    p->stray = fn;
    p->stray_ctx = ctx;
}

const struct pop3_caps *pop3_caps(const struct pop3 *p)
{
    return &p->caps;
}

size_t pop3_outstanding(const struct pop3 *p)
{
    return p->pending.count + p->in_flight.count;
}

size_t pop3_in_flight(const struct pop3 *p)
{
    return p->in_flight.count;
}

/* Submitting */

static struct command *submit(struct pop3 *p, enum kind kind, pop3_done_fn *done, void *ctx)
{
    struct command *c = mem_alloc(sizeof *c);
    c->kind = kind;
    c->done = done;
    c->ctx = ctx;
    queue_push(&p->pending, c);
    return c;
}

void pop3_capa(struct pop3 *p, pop3_done_fn *done, void *ctx)
{
    submit(p, KIND_CAPA, done, ctx);
}

void pop3_stat(struct pop3 *p, pop3_done_fn *done, void *ctx)
{
    submit(p, KIND_STAT, done, ctx);
}

void pop3_list(struct pop3 *p, pop3_list_fn *row, pop3_done_fn *done, void *ctx)
{
    submit(p, KIND_LIST, done, ctx)->list = row;
}

void pop3_uidl(struct pop3 *p, pop3_uidl_fn *row, pop3_done_fn *done, void *ctx)
{
    submit(p, KIND_UIDL, done, ctx)->uidl = row;
}

void pop3_top(
    struct pop3 *p, uint32_t number, uint32_t body_lines, pop3_data_fn *data, pop3_done_fn *done, void *ctx)
{
    struct command *c = submit(p, KIND_TOP, done, ctx);
    c->number = number;
    c->lines = body_lines;
    c->data = data;
}

void pop3_retr(struct pop3 *p, uint32_t number, pop3_data_fn *data, pop3_done_fn *done, void *ctx)
{
    struct command *c = submit(p, KIND_RETR, done, ctx);
    c->number = number;
    c->data = data;
}

void pop3_dele(struct pop3 *p, uint32_t number, pop3_done_fn *done, void *ctx)
{
    submit(p, KIND_DELE, done, ctx)->number = number;
}

void pop3_noop(struct pop3 *p, pop3_done_fn *done, void *ctx)
{
    submit(p, KIND_NOOP, done, ctx);
}

void pop3_next_noop(struct pop3 *p, pop3_done_fn *done, void *ctx)
{
    struct command *c = mem_alloc(sizeof *c);
    *c = (struct command){.next = p->pending.head, .kind = KIND_NOOP, .done = done, .ctx = ctx};
    p->pending.head = c;
    if (!c->next)
        p->pending.last = c;
    p->pending.count++;
}

void pop3_rset(struct pop3 *p, pop3_done_fn *done, void *ctx)
{
    submit(p, KIND_RSET, done, ctx);
}

void pop3_utf8(struct pop3 *p, pop3_done_fn *done, void *ctx)
{
    submit(p, KIND_UTF8, done, ctx);
}

void pop3_quit(struct pop3 *p, pop3_done_fn *done, void *ctx)
{
    submit(p, KIND_QUIT, done, ctx);
}

/* Sending */

struct command_text {
    char s[48];
};

static struct command_text command_text(const struct command *c)
{
    struct command_text t;
    const struct kind_facts *k = &kinds[c->kind];
    if (k->args == 2)
        snprintf(t.s, sizeof t.s, "%s %" PRIu32 " %" PRIu32, k->name, c->number, c->lines);
    else if (k->args == 1)
        snprintf(t.s, sizeof t.s, "%s %" PRIu32, k->name, c->number);
    else
        snprintf(t.s, sizeof t.s, "%s", k->name);
    return t;
}

static size_t window(const struct pop3 *p)
{
    size_t window = p->caps.pipelining ? POP3_WINDOW_PIPELINED : 1;
    return window < p->window_max ? window : p->window_max;
}

static bool may_send(const struct pop3 *p)
{
    if (p->mode == MODE_DEAD || p->mode == MODE_CLOSED)
        return false;
    if (p->quit_sent)
        return false;
    if (!p->pending.head)
        return false;
    if (p->draining)
        return false;
    return p->in_flight.count < window(p);
}

struct pop3_awaited pop3_awaited(const struct pop3 *p)
{
    struct pop3_awaited a = {.body = p->mode == MODE_BODY};
    const struct command *c = p->in_flight.head;
    if (!c)
        return a;
    snprintf(a.words, sizeof a.words, "%s", command_text(c).s);
    a.capa = c->kind == KIND_CAPA;
    a.pipelined = c->behind || c->next;
    return a;
}

static void send_next(struct pop3 *p)
{
    struct command *c = queue_pop(&p->pending);
    c->behind = p->in_flight.head;
    queue_push(&p->in_flight, c);
    buf_printf(&p->out, "%s\r\n", command_text(c).s);
    p->quit_sent = c->kind == KIND_QUIT;
    p->draining = p->in_flight.count >= window(p);
}

size_t pop3_pull(struct pop3 *p, void *dst, size_t cap)
{
    size_t n = 0;
    while (n < cap && pop3_wants_write(p)) {
        if (!buf_len(&p->out))
            send_next(p);
        n += buf_take(&p->out, (char *)dst + n, cap - n);
    }
    return n;
}

bool pop3_wants_write(const struct pop3 *p)
{
    return buf_len(&p->out) || may_send(p);
}

/* Completing */

/* Callbacks may abort: nothing of the engine's state is trusted after this. */
static void finish(struct command *c, struct pop3_result *res)
{
    res->ok = !res->error;
    if (c->done)
        c->done(c->ctx, res);
    free(c);
}

static void complete(struct pop3 *p, const struct error *error, uint64_t messages, uint64_t octets)
{
    struct command *c = queue_pop(&p->in_flight);
    p->mode = c->kind == KIND_QUIT ? MODE_CLOSED : MODE_STATUS;
    if (c->kind == KIND_CAPA && !error)
        p->caps = p->caps_coming;
    if (p->in_flight.count <= window(p) / 2)
        p->draining = false;
    struct pop3_result res = {
        .code = p->reply.code, .text = p->reply.text, .error = error, .messages = messages, .octets = octets};
    finish(c, &res);
}

void pop3_abort(struct pop3 *p, const struct error *why)
{
    struct error err = *why, first = *why; /* *why may be the engine's own */
    if (p->mode == MODE_BODY && pop3_dot_looks_ended(&p->dot))
        error_append(&first, "%s",
            " (what came last may be the server's end of this message, but it is not the CR LF . CR LF of "
            "RFC 1939)");
    if (p->mode != MODE_DEAD)
        p->why = err;
    bool in_body = p->mode == MODE_BODY;
    p->mode = MODE_DEAD;
    buf_clear(&p->out);
    struct command *c;
    while ((c = queue_pop(&p->in_flight)) || (c = queue_pop(&p->pending))) {
        struct pop3_result res = {.text = "", .error = in_body ? &first : &err};
        in_body = false;
        finish(c, &res);
    }
}

/* Receiving */

static struct command_text first_command(const struct pop3 *p)
{
    return command_text(p->in_flight.head);
}

static int fail(struct pop3 *p, struct error *err)
{
    p->mode = MODE_DEAD;
    if (err)
        *err = p->why;
    return -1;
}

struct words {
    char s[WORDS_SHOWN + 1];
};

static struct words words(const char *line, size_t len)
{
    struct words w;
    text_clean(w.s, sizeof w.s, line, len);
    return w;
}

static void tell_stray(struct pop3 *p, enum pop3_stray what)
{
    if (p->stray)
        p->stray(p->stray_ctx, p->retrieved, what);
}

static int on_garbage(struct pop3 *p, const char *line, size_t len, struct error *err)
{
    error_set(&p->why, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_PROTOCOL,
        "the server's answer to %s is not POP3: \"%s\"", first_command(p).s, words(line, len).s);
    if (p->mode == MODE_STATUS)
        tell_stray(p, POP3_STRAY_JUNK);
    return fail(p, err);
}

/* A server may say goodbye on its own; anything else unasked means that replies and commands no longer match.
 */
static int on_unasked(struct pop3 *p, const char *line, size_t len, struct error *err)
{
    struct pop3_reply reply;
    error_set(&p->why, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_PROTOCOL,
        "the POP3 server sent something unasked: \"%s\"", words(line, len).s);
    bool status = pop3_reply_status(line, len, &reply);
    tell_stray(p, !status ? POP3_STRAY_JUNK : reply.ok ? POP3_STRAY_REPLY : POP3_STRAY_GOODBYE);
    if (status && !reply.ok) {
        pop3_reply_error(&reply, "to go on", false, p->caps.login_delay_s, &p->why);
        if (p->why.code == ERROR_REFUSED && p->why.retry == ERROR_RETRY_NEVER) {
            p->why.retry = ERROR_RETRY_NOW;
            p->why.code = ERROR_LOST;
        }
    }
    return fail(p, err);
}

static int on_closed(struct pop3 *p, struct error *err)
{
    error_set(&p->why, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_PROTOCOL,
        "the POP3 server went on after it had answered QUIT");
    tell_stray(p, POP3_STRAY_REPLY);
    return fail(p, err);
}

static int on_long_line(struct pop3 *p, struct error *err)
{
    error_set(&p->why, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_PROTOCOL,
        "the POP3 server sent a reply line of more than %d octets", POP3_LINE_MAX);
    return fail(p, err);
}

static void on_stat(struct pop3 *p, const char *line, size_t len)
{
    uint64_t messages, octets;
    if (pop3_reply_stat(line, len, &messages, &octets)) {
        complete(p, NULL, messages, octets);
        return;
    }
    struct error err;
    error_set(&err, ERROR_SCOPE_SESSION, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
        "the server's answer to STAT has no two numbers: \"%s\"", words(line, len).s);
    complete(p, &err, 0, 0);
}

static int on_status(struct pop3 *p, const char *line, size_t len, bool bare_lf, struct error *err)
{
    if (!pop3_reply_status(line, len, &p->reply))
        return on_garbage(p, line, len, err);
    const struct kind_facts *k = &kinds[p->in_flight.head->kind];
    if (!p->reply.ok) {
        struct error refused;
        pop3_reply_error(&p->reply, first_command(p).s, k->one_message, p->caps.login_delay_s, &refused);
        complete(p, &refused, 0, 0);
    } else if (k->ok_mode == MODE_STATUS) {
        if (p->in_flight.head->kind == KIND_STAT)
            on_stat(p, line, len);
        else
            complete(p, NULL, 0, 0);
    } else {
        p->mode = k->ok_mode;
        p->bad_row = (struct error){.scope = ERROR_SCOPE_NONE};
        pop3_dot_init(&p->dot, bare_lf);
        pop3_caps_init(&p->caps_coming);
        p->caps_coming.known = true;
    }
    return 0;
}

static bool on_list_row(const struct command *c, const char *line, size_t len)
{
    uint32_t number;
    uint64_t octets;
    if (!pop3_reply_list(line, len, &number, &octets))
        return false;
    if (c->list)
        c->list(c->ctx, number, octets);
    return true;
}

static bool on_uidl_row(const struct command *c, const char *line, size_t len)
{
    uint32_t number;
    char uidl[POP3_UIDL_MAX + 1];
    if (!pop3_reply_uidl(line, len, &number, uidl))
        return false;
    if (c->uidl)
        c->uidl(c->ctx, number, uidl);
    return true;
}

static int on_row(struct pop3 *p, const char *line, size_t len, struct error *err)
{
    struct pop3_reply reply;
    if (len == 1 && *line == '.') {
        complete(p, p->bad_row.scope ? &p->bad_row : NULL, 0, 0);
        return 0;
    }
    /* No row looks like that: the list broke off, and what follows answers the next command. */
    if (pop3_reply_status(line, len, &reply))
        return on_garbage(p, line, len, err);
    if (p->bad_row.scope)
        return 0;
    const struct command *c = p->in_flight.head;
    if (c->kind == KIND_CAPA)
        pop3_caps_line(&p->caps_coming, line, len);
    else if (!(c->kind == KIND_LIST ? on_list_row(c, line, len) : on_uidl_row(c, line, len)))
        error_set(&p->bad_row, ERROR_SCOPE_SESSION, ERROR_RETRY_NEVER, ERROR_PROTOCOL,
            "the server's answer to %s has a line that is none: \"%s\"", kinds[c->kind].name,
            words(line, len).s);
    return 0;
}

static int on_line(struct pop3 *p, const char *line, size_t len, struct error *err)
{
    bool bare_lf = !len || line[len - 1] != '\r';
    if (!bare_lf)
        len--;
    if (len > POP3_LINE_MAX)
        return on_long_line(p, err);
    if (p->unasked)
        return on_unasked(p, line, len, err);
    if (!len && p->mode == MODE_STATUS) /* some servers begin their replies so */
        return 0;
    return p->mode == MODE_ROWS ? on_row(p, line, len, err) : on_status(p, line, len, bare_lf, err);
}

static int feed_line(struct pop3 *p, const char *data, size_t len, size_t *ret_used, struct error *err)
{
    const char *lf = memchr(data, '\n', len);
    size_t n = lf ? (size_t)(lf - data) : len;
    *ret_used = lf ? n + 1 : n;
    if (!p->line_len)
        p->unasked = !p->in_flight.head;
    if (n > sizeof p->line - p->line_len)
        return on_long_line(p, err);
    if (lf && !p->line_len)
        return on_line(p, data, n, err);
    memcpy(p->line + p->line_len, data, n);
    p->line_len += n;
    if (!lf)
        return 0;
    n = p->line_len;
    p->line_len = 0;
    return on_line(p, p->line, n, err);
}

static int on_doubt(struct pop3 *p, struct error *err)
{
    error_set(&p->why, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_PROTOCOL,
        "the message of %s and the server's next answer cannot be told apart while commands are pipelined",
        first_command(p).s);
    return fail(p, err);
}

static int feed_body(struct pop3 *p, const char *data, size_t len, size_t *ret_used, struct error *err)
{
    const struct command *c = p->in_flight.head;
    struct pop3_dot_span span;
    *ret_used = pop3_dot_next(&p->dot, data, len, &span);
    if (p->dot.doubt && p->in_flight.count > 1)
        return on_doubt(p, err);
    p->dot.doubt = false;
    if (span.len && c->data)
        c->data(c->ctx, span.data, span.len); /* may abort: c is gone then */
    if (p->mode == MODE_BODY && pop3_dot_ended(&p->dot)) {
        if (c->kind == KIND_RETR)
            p->retrieved = c->number;
        complete(p, NULL, 0, 0);
    }
    return 0;
}

int pop3_feed(struct pop3 *p, const void *data, size_t len, struct error *err)
{
    const char *in = data;
    while (p->mode != MODE_DEAD && len) {
        size_t used = 0;
        if (p->mode == MODE_CLOSED)
            return on_closed(p, err);
        int rc = p->mode == MODE_BODY ? feed_body(p, in, len, &used, err) : feed_line(p, in, len, &used, err);
        if (rc < 0)
            return rc;
        in += used;
        len -= used;
    }
    return p->mode == MODE_DEAD ? fail(p, err) : 0;
}
