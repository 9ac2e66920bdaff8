/* Plays dialog files (dialog_file.h) against the POP3 engine: each whole, byte by byte, and with every write
 * of the server cut in two at every place. Orders:
 *   @ submit capa|stat|list|uidl|noop|rset|utf8|quit
 *   @ submit retr N | dele N | top N LINES
 *   @ window N         pop3_set_window_max
 *   @ abort CODE       pop3_abort with lost, timeout or cancelled
 *   @ caps             report what pop3_caps holds as an event
 * Events:
 *   row list N OCTETS | row uidl N "UIDL"
 *   data "..."         pieces in a row are one; several E lines may share it out
 *   done COMMAND ok [MESSAGES OCTETS] [code=NAME] "the server's words"
 *   done COMMAND error SCOPE RETRY CODE [wait=MS] [code=NAME] "the server's words"
 *   broken SCOPE RETRY CODE "text of the error"       pop3_feed failed
 *   caps ...
 * What the client may send is checked before each write of the server: all that it wants to send must stand
 * in C lines by then. In the same way no event may be left over. */
#include "buf.h"
#include "dialog_file.h"
#include "mem.h"
#include "pop3.h"
#include "text.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS_MAX  256
#define EVENTS_MAX 512

struct run;

struct call {
    struct run *run;
    char name[48];
    unsigned done;
};

struct event {
    struct buf text; /* for data: the bytes not yet expected */
    bool data;
};

struct run {
    const struct dialog *d;
    char how[80];
    size_t split_step, split_at; /* the write of this step is cut here */
    bool bytewise;

    struct pop3 *p;
    struct buf sent;
    struct call calls[CALLS_MAX];
    size_t calls_count;
    struct event events[EVENTS_MAX];
    size_t events_count, next_event;
    bool submitting, broken, failed;
};

static void fail(struct run *r, int line, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
static void fail(struct run *r, int line, const char *fmt, ...)
{
    if (r->failed)
        return;
    r->failed = true;
    fprintf(stderr, "%s:%d: [%s] ", r->d->path, line, r->how);
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

/* Events */

static struct event *add_event(struct run *r)
{
    if (r->events_count == EVENTS_MAX) {
        fprintf(stderr, "%s: more than %d events\n", r->d->path, EVENTS_MAX);
        exit(EXIT_FAILURE);
    }
    return &r->events[r->events_count++];
}

static struct buf *begin_event(struct call *call)
{
    struct run *r = call->run;
    if (r->submitting)
        fail(r, 0, "callback of %s from inside a submitting call", call->name);
    return &add_event(r)->text;
}

static void on_list(void *ctx, uint32_t number, uint64_t octets)
{
    buf_printf(begin_event(ctx), "row list %" PRIu32 " %" PRIu64, number, octets);
}

static void on_uidl(void *ctx, uint32_t number, const char *uidl)
{
    struct buf *b = begin_event(ctx);
    buf_printf(b, "row uidl %" PRIu32 " ", number);
    dialog_quote(b, uidl, strlen(uidl));
}

static void on_data(void *ctx, const void *data, size_t len)
{
    struct call *call = ctx;
    struct run *r = call->run;
    if (!len)
        fail(r, 0, "empty data for %s", call->name);
    struct event *last = r->events_count > r->next_event ? &r->events[r->events_count - 1] : NULL;
    if (!last || !last->data) {
        last = add_event(r);
        last->data = true;
    }
    buf_append(&last->text, data, len);
}

static const char *code_name(enum pop3_code code)
{
    static const char *const names[] = {
        "none", "in-use", "login-delay", "sys/temp", "sys/perm", "auth", "other"};
    return names[code];
}

static void put_error(struct buf *b, const struct error *e)
{
    static const char *const scopes[] = {"none", "message", "folder", "session", "job", "run"};
    static const char *const retries[] = {"never", "now", "later", "after-login"};
    buf_printf(b, "%s %s %s", scopes[e->scope], retries[e->retry], error_code_name(e->code));
    if (e->wait_ms)
        buf_printf(b, " wait=%" PRId64, e->wait_ms);
}

static void on_done(void *ctx, const struct pop3_result *res)
{
    struct call *call = ctx;
    struct buf *b = begin_event(call);
    call->done++;
    buf_printf(b, "done %s %s", call->name, res->ok ? "ok" : "error");
    if (!strcmp(call->name, "stat") && res->ok)
        buf_printf(b, " %" PRIu64 " %" PRIu64, res->messages, res->octets);
    if (!res->ok) {
        buf_append_char(b, ' ');
        put_error(b, res->error);
    }
    if (res->code != POP3_CODE_NONE)
        buf_printf(b, " code=%s", code_name(res->code));
    buf_append_char(b, ' ');
    dialog_quote(b, res->text, strlen(res->text));
}

static void report_caps(struct run *r)
{
    const struct pop3_caps *c = pop3_caps(r->p);
    struct buf *b = &add_event(r)->text;
    const struct {
        const char *name;
        bool set;
    } flags[] = {{"known", c->known}, {"top", c->top}, {"uidl", c->uidl}, {"user", c->user},
        {"pipelining", c->pipelining}, {"resp-codes", c->resp_codes}, {"auth-resp-code", c->auth_resp_code},
        {"stls", c->stls}, {"utf8", c->utf8}, {"expire-never", c->expire_never}};
    buf_append_str(b, "caps");
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++)
        if (flags[i].set)
            buf_printf(b, " %s", flags[i].name);
    if (c->expire_days >= 0)
        buf_printf(b, " expire=%d", c->expire_days);
    if (c->login_delay_s >= 0)
        buf_printf(b, " login-delay=%d", c->login_delay_s);
    if (*c->sasl)
        buf_printf(b, " sasl=\"%s\"", c->sasl);
    if (*c->implementation)
        buf_printf(b, " implementation=\"%s\"", c->implementation);
}

/* Orders */

static void submit_plain(struct run *r, const char *name, struct call *call)
{
    static const struct {
        const char *name;
        void (*fn)(struct pop3 *p, pop3_done_fn *done, void *ctx);
    } plain[] = {{"capa", pop3_capa}, {"stat", pop3_stat}, {"noop", pop3_noop}, {"rset", pop3_rset},
        {"utf8", pop3_utf8}, {"quit", pop3_quit}};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        if (!strcmp(plain[i].name, name)) {
            plain[i].fn(r->p, on_done, call);
            return;
        }
    fail(r, 0, "cannot submit %s", name);
}

static void submit(struct run *r, const char *words, int line)
{
    char name[8];
    unsigned number = 0, lines = 0;
    if (r->calls_count == CALLS_MAX || sscanf(words, "%7s %u %u", name, &number, &lines) < 1) {
        fail(r, line, "cannot submit \"%s\"", words);
        return;
    }
    struct call *call = &r->calls[r->calls_count++];
    call->run = r;
    snprintf(call->name, sizeof call->name, "%s", words);
    r->submitting = true;
    if (!strcmp(name, "list"))
        pop3_list(r->p, on_list, on_done, call);
    else if (!strcmp(name, "uidl"))
        pop3_uidl(r->p, on_uidl, on_done, call);
    else if (!strcmp(name, "retr"))
        pop3_retr(r->p, number, on_data, on_done, call);
    else if (!strcmp(name, "top"))
        pop3_top(r->p, number, lines, on_data, on_done, call);
    else if (!strcmp(name, "dele"))
        pop3_dele(r->p, number, on_done, call);
    else
        submit_plain(r, name, call);
    r->submitting = false;
}

static void abort_session(struct run *r, const char *name, int line)
{
    static const struct {
        const char *name;
        enum error_code code;
    } codes[] = {{"lost", ERROR_LOST}, {"timeout", ERROR_TIMEOUT}, {"cancelled", ERROR_CANCELLED}};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (!strcmp(codes[i].name, name)) {
            struct error why;
            error_set(&why, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, codes[i].code, "the test gave up");
            pop3_abort(r->p, &why);
            return;
        }
    fail(r, line, "cannot abort with \"%s\"", name);
}

static void obey(struct run *r, struct dialog_step *s)
{
    const char *words = buf_str(&s->text);
    unsigned n;
    if (!strncmp(words, "submit ", 7))
        submit(r, words + 7, s->line);
    else if (!strncmp(words, "abort ", 6))
        abort_session(r, words + 6, s->line);
    else if (sscanf(words, "window %u", &n) == 1)
        pop3_set_window_max(r->p, n);
    else if (!strcmp(words, "caps"))
        report_caps(r);
    else
        fail(r, s->line, "unknown order: %s", words);
}

/* The wire */

static void pull(struct run *r)
{
    char chunk[4096];
    size_t n;
    do {
        bool wanted = pop3_wants_write(r->p);
        n = pop3_pull(r->p, chunk, r->bytewise ? 1 : sizeof chunk);
        if (wanted != (n > 0))
            fail(r, 0, "pop3_wants_write said %d, pop3_pull gave %zu", wanted, n);
        buf_append(&r->sent, chunk, n);
    } while (n);
}

static void expect_sent(struct run *r, const struct dialog_step *s)
{
    const char *want = buf_bytes(&s->text);
    size_t len = buf_len(&s->text);
    pull(r);
    if (buf_len(&r->sent) >= len && !memcmp(buf_bytes(&r->sent), want, len)) {
        buf_consume(&r->sent, len);
        return;
    }
    CLEANUP(buf_done) struct buf expected = {0}, actual = {0};
    dialog_quote(&expected, want, len);
    dialog_quote(&actual, buf_bytes(&r->sent), buf_len(&r->sent));
    fail(r, s->line, "expected to be sent: %s, actual: %s", buf_str(&expected), buf_str(&actual));
}

static void expect_nothing_sent(struct run *r, int line)
{
    pull(r);
    if (!buf_len(&r->sent))
        return;
    CLEANUP(buf_done) struct buf actual = {0};
    dialog_quote(&actual, buf_bytes(&r->sent), buf_len(&r->sent));
    fail(r, line, "sent without being expected: %s", buf_str(&actual));
}

static void feed(struct run *r, const char *bytes, size_t len)
{
    /* A copy of exactly this size: reading beyond it shows in a sanitizer build. */
    char *copy = mem_alloc(len ? len : 1);
    memcpy(copy, bytes, len);
    struct error err;
    int rc = pop3_feed(r->p, copy, len, &err);
    free(copy);
    if (rc < 0 && !r->broken) {
        struct buf *b = &add_event(r)->text;
        buf_append_str(b, "broken ");
        put_error(b, &err);
        buf_append_char(b, ' ');
        dialog_quote(b, err.text, strlen(err.text));
    }
    if (rc == 0 && r->broken)
        fail(r, 0, "pop3_feed succeeded after it had failed");
    r->broken = rc < 0;
}

static void feed_write(struct run *r, size_t step)
{
    const struct buf *bytes = &r->d->steps[step].text;
    const char *s = buf_bytes(bytes);
    size_t len = buf_len(bytes);
    if (r->bytewise) {
        for (size_t i = 0; i < len; i++) {
            feed(r, s + i, 1);
            pull(r);
        }
    } else if (step == r->split_step) {
        feed(r, s, r->split_at);
        feed(r, s + r->split_at, len - r->split_at);
    } else {
        feed(r, s, len);
    }
}

/* Checking events */

/* quoted: what stands between the quotes of the line. */
static void expect_data(
    struct run *r, struct dialog_step *s, struct event *e, const char *quoted, size_t quoted_len)
{
    CLEANUP(buf_done) struct buf want = {0}, actual = {0};
    bool known = dialog_unescape(&want, quoted, quoted_len);
    size_t len = buf_len(&want);
    if (known && buf_len(&e->text) >= len && !memcmp(buf_bytes(&e->text), buf_bytes(&want), len)) {
        buf_consume(&e->text, len);
        if (!buf_len(&e->text))
            r->next_event++;
        return;
    }
    dialog_quote(&actual, buf_bytes(&e->text), buf_len(&e->text));
    fail(r, s->line, "expected event: %s, actual: data %s", buf_str(&s->text), buf_str(&actual));
}

static void describe_event(struct event *e, struct buf *ret)
{
    if (e->data) {
        buf_append_str(ret, "data ");
        dialog_quote(ret, buf_bytes(&e->text), buf_len(&e->text));
    } else {
        buf_append_str(ret, buf_str(&e->text));
    }
}

static void expect_event(struct run *r, struct dialog_step *s)
{
    const char *want = buf_str(&s->text);
    size_t len = buf_len(&s->text);
    if (r->next_event == r->events_count) {
        fail(r, s->line, "expected event: %s, actual: none", want);
        return;
    }
    struct event *e = &r->events[r->next_event];
    if (e->data && len > 6 && !strncmp(want, "data \"", 6) && want[len - 1] == '"') {
        expect_data(r, s, e, want + 6, len - 7);
        return;
    }
    CLEANUP(buf_done) struct buf actual = {0};
    describe_event(e, &actual);
    if (strcmp(buf_str(&actual), want) != 0)
        fail(r, s->line, "expected event: %s, actual: %s", want, buf_str(&actual));
    r->next_event++;
}

static void expect_no_event(struct run *r, int line)
{
    if (r->next_event == r->events_count)
        return;
    CLEANUP(buf_done) struct buf actual = {0};
    describe_event(&r->events[r->next_event], &actual);
    fail(r, line, "event without being expected: %s", buf_str(&actual));
}

/* Playing */

static void play_step(struct run *r, size_t step)
{
    struct dialog_step *s = &r->d->steps[step];
    switch (s->kind) {
    case DIALOG_DO:
        obey(r, s);
        break;
    case DIALOG_CLIENT:
        expect_sent(r, s);
        break;
    case DIALOG_EVENT:
        expect_event(r, s);
        break;
    case DIALOG_SERVER:
        expect_nothing_sent(r, s->line);
        expect_no_event(r, s->line);
        feed_write(r, step);
        break;
    }
}

static void check_end(struct run *r, int line)
{
    expect_nothing_sent(r, line);
    expect_no_event(r, line);
    if (pop3_outstanding(r->p))
        fail(r, line, "%zu commands are outstanding at the end", pop3_outstanding(r->p));
    for (size_t i = 0; i < r->calls_count; i++)
        if (r->calls[i].done != 1)
            fail(r, line, "%s was completed %u times", r->calls[i].name, r->calls[i].done);
}

static bool play(struct run *r)
{
    const struct dialog *d = r->d;
    r->p = pop3_new();
    for (size_t i = 0; i < d->count && !r->failed; i++)
        play_step(r, i);
    if (!r->failed)
        check_end(r, d->steps[d->count - 1].line);
    pop3_free(r->p);
    buf_done(&r->sent);
    for (size_t i = 0; i < r->events_count; i++)
        buf_done(&r->events[i].text);
    bool ok = !r->failed;
    free(r);
    return ok;
}

static struct run *new_run(const struct dialog *d, const char *how)
{
    struct run *r = mem_alloc(sizeof *r);
    r->d = d;
    r->split_step = d->count;
    snprintf(r->how, sizeof r->how, "%s", how);
    return r;
}

static bool play_bytewise(const struct dialog *d)
{
    struct run *r = new_run(d, "byte by byte");
    r->bytewise = true;
    return play(r);
}

static bool play_splits(const struct dialog *d, size_t step, unsigned *runs)
{
    const struct dialog_step *s = &d->steps[step];
    for (size_t at = 1; at < buf_len(&s->text); at++) {
        struct run *r = new_run(d, "");
        r->split_step = step;
        r->split_at = at;
        snprintf(r->how, sizeof r->how, "write of line %d cut after %zu bytes", s->line, at);
        ++*runs;
        if (!play(r))
            return false;
    }
    return true;
}

static bool play_file(const char *path)
{
    CLEANUP(dialog_done) struct dialog d;
    if (dialog_read(&d, path) < 0 || !play(new_run(&d, "whole")) || !play_bytewise(&d))
        return false;
    unsigned runs = 2;
    for (size_t i = 0; i < d.count; i++)
        if (d.steps[i].kind == DIALOG_SERVER && !play_splits(&d, i, &runs))
            return false;
    printf("%s: %u runs\n", path, runs);
    return true;
}

int main(int argc, char **argv)
{
    bool ok = argc > 1;
    for (int i = 1; i < argc; i++)
        ok = play_file(argv[i]) && ok;
    return ok ? EXIT_SUCCESS : EXIT_FAILURE;
}
