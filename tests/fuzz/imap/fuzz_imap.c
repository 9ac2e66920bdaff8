/* The engine between a caller and a server that are both arbitrary. "@" and a letter is something the caller
 * does,
 * "@@" is one "@" of the server; all other bytes come from the server. */
#include "imap.h"
#include "imap_private.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REQUIRE(cond)                                                                                        \
    do {                                                                                                     \
        if (!(cond))                                                                                         \
            abort();                                                                                         \
    } while (0)
#define CALLS_MAX 64

struct call {
    struct caller *caller;
    bool done;
    bool again;              /* submits another command when it is done */
    bool in_body;            /* between begin and end */
    uint64_t body_left;      /* octets announced and not yet come */
    uint64_t read_offset[2]; /* how far each message was read */
};

struct caller {
    struct imap *im;
    struct call calls[CALLS_MAX];
    size_t count;
    bool submitting, dead;
};

static void on_done(void *ctx, const struct imap_result *res)
{
    struct call *call = ctx;
    REQUIRE(!call->done && !call->caller->submitting);
    REQUIRE((res->status == IMAP_OK) == !res->error && res->text);
    REQUIRE(!res->error || (*res->error->text && res->error->scope != ERROR_SCOPE_NONE));
    REQUIRE(!res->uids == !res->uid_count && res->uid_count <= 2);
    call->done = true;
    struct caller *caller = call->caller;
    if (call->again && caller->count < CALLS_MAX) {
        struct call *next = &caller->calls[caller->count++];
        *next = (struct call){.caller = caller};
        caller->submitting = true;
        imap_noop(caller->im, on_done, next);
        caller->submitting = false;
    }
}

static void on_namespace(void *ctx, const char *prefix, char delimiter)
{
    (void)delimiter;
    REQUIRE(!((struct call *)ctx)->done && strlen(prefix) < IMAP_RESPONSE_MAX);
}

static void on_list(void *ctx, const struct imap_list_row *row)
{
    REQUIRE(!((struct call *)ctx)->done && strlen(row->name) < IMAP_RESPONSE_MAX);
}

static void on_status(void *ctx, const struct imap_status_row *row)
{
    REQUIRE(!((struct call *)ctx)->done && row->size_octets <= INT64_MAX);
}

static void on_quota(void *ctx, const struct imap_quota_row *row)
{
    REQUIRE(!((struct call *)ctx)->done && row->root && row->resource);
}

static void on_fetch(void *ctx, const struct imap_fetch_row *row)
{
    REQUIRE(!((struct call *)ctx)->done && row->uid);
    unsigned sum = 0;
    for (size_t i = 0; i < row->header_len; i++)
        sum += (unsigned char)row->header[i];
    REQUIRE(sum <= row->header_len * 255);
}

static void on_uid(void *ctx, uint32_t uid)
{
    REQUIRE(!((struct call *)ctx)->done && uid);
}

static void on_body_begin(void *ctx, uint64_t octets)
{
    struct call *call = ctx;
    REQUIRE(!call->done && !call->in_body);
    call->in_body = true;
    call->body_left = octets;
}

static void on_body_data(void *ctx, const void *data, size_t len)
{
    struct call *call = ctx;
    REQUIRE(call->in_body && data && len && len <= call->body_left);
    call->body_left -= len;
}

static void on_body_end(void *ctx, uint32_t uid)
{
    struct call *call = ctx;
    (void)uid;
    REQUIRE(call->in_body && !call->body_left);
    call->in_body = false;
}

static ssize_t read_message(void *ctx, uint64_t offset, void *dst, size_t len, struct error *err)
{
    uint64_t *at = ctx;
    REQUIRE(offset == *at && len);
    if (offset > 100000)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK, "not readable");
    size_t n = len < 1000 ? len : 1000;
    memset(dst, 'x', n);
    *at += n;
    return (ssize_t)n;
}

static void submit_append(struct caller *caller, struct call *call, char letter)
{
    static const uint64_t sizes[] = {5, 5000, IMAP_SYNC_ABOVE + 1};
    struct imap_append_msg msgs[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        size_t single = letter == 'z' ? 2 : letter == 'b';
        msgs[i].octets = sizes[letter == 'm' ? i : single];
        msgs[i].seen = i;
        msgs[i].read = read_message;
        msgs[i].ctx = &call->read_offset[i];
    }
    imap_append(caller->im, "INBOX", msgs, letter == 'm' ? 2 : 1, on_done, call);
}

static void submit(struct caller *caller, char letter)
{
    static const struct imap_body_handler body = {on_body_begin, on_body_data, on_body_end};
    struct imap *im = caller->im;
    if (caller->count == CALLS_MAX)
        return;
    struct call *call = &caller->calls[caller->count++];
    *call = (struct call){.caller = caller, .again = letter == 'r'};
    caller->submitting = true;
    if (strchr("abmz", letter))
        submit_append(caller, call, letter);
    else if (letter == 'c')
        imap_capability(im, on_done, call);
    else if (letter == 'o')
        imap_logout(im, on_done, call);
    else if (letter == 'i')
        imap_id(im, "popferry", "1", on_done, call);
    else if (letter == 'p')
        imap_namespace(im, on_namespace, on_done, call);
    else if (letter == 'l')
        imap_list(im, "", "*", on_list, on_done, call);
    else if (letter == 's')
        imap_select(im, "INBOX", false, on_done, call);
    else if (letter == 't')
        imap_status(im, "INBOX", on_status, on_done, call);
    else if (letter == 'q')
        imap_getquotaroot(im, "INBOX", on_quota, on_done, call);
    else if (letter == 'f')
        imap_uid_fetch(im, "1:*", "DATE", on_fetch, on_done, call);
    else if (letter == 'y')
        imap_uid_fetch_body(im, "1:*", &body, on_done, call);
    else if (letter == 'u')
        imap_uid_search(im, "ALL", on_uid, on_done, call);
    else if (letter == 'k')
        imap_create(im, "caf\xc3\xa9", on_done, call);
    else
        imap_noop(im, on_done, call);
    caller->submitting = false;
}

static void pull(struct caller *caller, size_t at_most)
{
    char out[4096];
    struct error err = {0};
    ssize_t n;
    while (at_most && (n = imap_pull(caller->im, out, at_most < sizeof out ? at_most : sizeof out, &err)) > 0)
        at_most -= (size_t)n;
    if (at_most && n < 0)
        REQUIRE(*err.text);
    if (at_most)
        REQUIRE(!imap_wants_write(caller->im) || caller->im->aborted);
}

static void feed(struct caller *caller, const uint8_t *data, size_t len)
{
    struct error err = {0};
    if (imap_feed(caller->im, data, len, &err) < 0)
        REQUIRE(*err.text && err.code != ERROR_NONE);
    REQUIRE(caller->im->response.cap <= 2 * IMAP_RESPONSE_MAX && caller->im->values.cap <= IMAP_VALUES_MAX);
    REQUIRE(imap_in_flight(caller->im) <= IMAP_WINDOW);
}

static void abort_all(struct caller *caller)
{
    struct error why;
    error_set(&why, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_LOST, "lost");
    imap_abort(caller->im, &why);
}

static void act(struct caller *caller, char letter)
{
    if (letter == '!')
        abort_all(caller);
    else if (letter >= '0' && letter <= '9')
        pull(caller, (size_t)(letter - '0'));
    else
        submit(caller, letter ? letter : 'n');
}

static void run(struct caller *caller, const uint8_t *data, size_t size)
{
    bool eager = size && data[0] != '-'; /* all that may be sent goes before the server's next bytes */
    while (size) {
        const uint8_t *at = memchr(data, '@', size);
        size_t n = at ? (size_t)(at - data) : size;
        if (eager)
            pull(caller, SIZE_MAX);
        if (n)
            feed(caller, data, n);
        data += n;
        size -= n;
        if (size < 2)
            break;
        if (data[1] == '@')
            feed(caller, data, 1);
        else
            act(caller, (char)data[1]);
        data += 2;
        size -= 2;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct caller caller = {.im = imap_new()};
    run(&caller, data, size);
    pull(&caller, SIZE_MAX);
    abort_all(&caller);
    pull(&caller, SIZE_MAX); /* completes what was submitted by callbacks meanwhile */
    pull(&caller, SIZE_MAX);
    REQUIRE(!imap_outstanding(caller.im));
    for (size_t i = 0; i < caller.count; i++)
        REQUIRE(caller.calls[i].done);
    imap_free(caller.im);
    return 0;
}
