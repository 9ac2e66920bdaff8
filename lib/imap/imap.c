#include "imap.h"

#include "imap_code.h"
#include "imap_private.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

struct imap *imap_new(void)
{
    return mem_alloc(sizeof(struct imap));
}

/* ---- the queues ---- */

static void queue_add(struct imap_queue *q, struct imap_command *c)
{
    c->next = NULL;
    if (q->tail)
        q->tail->next = c;
    else
        q->head = c;
    q->tail = c;
    q->count++;
}

static bool queue_remove(struct imap_queue *q, struct imap_command *c)
{
    struct imap_command *before = NULL;
    for (struct imap_command *i = q->head; i; before = i, i = i->next) {
        if (i != c)
            continue;
        *(before ? &before->next : &q->head) = c->next;
        if (q->tail == c)
            q->tail = before;
        q->count--;
        return true;
    }
    return false;
}

struct imap_command *imap_first_in_flight(const struct imap *im, enum imap_kind kind)
{
    struct imap_command *c = im->flight.head;
    while (c && c->kind != kind)
        c = c->next;
    return c;
}

void imap_answer_free(struct imap_answer *a)
{
    if (a)
        free(a->uids);
    free(a);
}

static void command_free(struct imap_command *c)
{
    free(c->arg1);
    free(c->arg2);
    free(c->msgs);
    free(c->refused);
    imap_answer_free(c->early);
    free(c);
}

void imap_take_off(struct imap *im, struct imap_command *c)
{
    queue_remove(&im->pending, c);
    queue_add(&im->flight, c);
    c->tag = ++im->last_tag;
    if (c->kind == IMAP_KIND_SELECT || c->kind == IMAP_KIND_UNSELECT)
        im->mailbox = (struct imap_mailbox){0};
    if (c->kind == IMAP_KIND_LOGOUT)
        im->logout_sent = true;
}

/* ---- completion ---- */

static void unlink_command(struct imap *im, struct imap_command *c)
{
    if (!queue_remove(&im->flight, c))
        queue_remove(&im->pending, c);
    if (im->writing == c)
        im->writing = NULL;
}

static const struct {
    const char *verb;
    enum imap_code_about about;
} kinds[] = {
    [IMAP_KIND_CAPABILITY] = {"CAPABILITY", IMAP_CODE_ABOUT_SESSION},
    [IMAP_KIND_NOOP] = {"NOOP", IMAP_CODE_ABOUT_SESSION},
    [IMAP_KIND_LOGOUT] = {"LOGOUT", IMAP_CODE_ABOUT_SESSION},
    [IMAP_KIND_ID] = {"ID", IMAP_CODE_ABOUT_SESSION},
    [IMAP_KIND_NAMESPACE] = {"NAMESPACE", IMAP_CODE_ABOUT_SESSION},
    [IMAP_KIND_LIST] = {"LIST", IMAP_CODE_ABOUT_FOLDER},
    [IMAP_KIND_CREATE] = {"CREATE", IMAP_CODE_ABOUT_FOLDER},
    [IMAP_KIND_SELECT] = {"SELECT", IMAP_CODE_ABOUT_OPENING},
    [IMAP_KIND_UNSELECT] = {"UNSELECT", IMAP_CODE_ABOUT_FOLDER},
    [IMAP_KIND_STATUS] = {"STATUS", IMAP_CODE_ABOUT_FOLDER},
    [IMAP_KIND_QUOTA] = {"GETQUOTAROOT", IMAP_CODE_ABOUT_FOLDER},
    [IMAP_KIND_FETCH] = {"UID FETCH", IMAP_CODE_ABOUT_FOLDER},
    [IMAP_KIND_BODY] = {"UID FETCH", IMAP_CODE_ABOUT_FOLDER},
    [IMAP_KIND_SEARCH] = {"UID SEARCH", IMAP_CODE_ABOUT_FOLDER},
    [IMAP_KIND_APPEND] = {"APPEND", IMAP_CODE_ABOUT_MESSAGE},
};

static void deliver(struct imap *im, struct imap_command *c, const struct imap_result *res)
{
    unlink_command(im, c);
    if (c->done)
        c->done(c->ctx, res);
    command_free(c);
}

void imap_finish(struct imap *im, struct imap_command *c, const struct imap_answer *a)
{
    struct error err;
    struct imap_result res = {.status = a->status,
        .code = a->code,
        .text = a->text,
        .uidvalidity = a->uidvalidity,
        .uids = a->uids,
        .uid_count = a->uid_count};
    if (a->status != IMAP_OK) {
        imap_code_fold(kinds[c->kind].about, kinds[c->kind].verb, a->status, a->code, a->text, &err);
        res.error = &err;
    }
    deliver(im, c, &res);
}

void imap_finish_error(struct imap *im, struct imap_command *c, const struct error *why)
{
    struct error copy = *why;
    struct imap_result res = {.status = IMAP_ABORTED, .text = "", .error = &copy};
    deliver(im, c, &res);
}

/* A command that the server has refused already keeps that answer, though not all its bytes went out. */
static void abort_one(struct imap *im, struct imap_command *c)
{
    struct imap_answer *early = TAKE(c->early);
    if (early)
        imap_finish(im, c, early);
    else
        imap_finish_error(im, c, c->refused ? c->refused : &im->why);
    imap_answer_free(early);
}

void imap_abort(struct imap *im, const struct error *why)
{
    imap_die(im, why);
    im->why = *why;
    im->aborted = true;
    /* The count is taken first: whoever submits again from its callback must not keep us here for ever. */
    for (size_t n = imap_outstanding(im); n; n--)
        abort_one(im, im->flight.head ? im->flight.head : im->pending.head);
}

void imap_free(struct imap *im)
{
    if (!im)
        return;
    struct error why;
    error_set(&why, ERROR_SCOPE_SESSION, ERROR_RETRY_NEVER, ERROR_CANCELLED, "the session was closed");
    imap_abort(im, &why);
    while (im->pending.head) {
        struct imap_command *c = im->pending.head;
        queue_remove(&im->pending, c);
        command_free(c);
    }
    buf_done(&im->out);
    buf_done(&im->response);
    imap_parse_done(&im->values);
    free(im->bye);
    for (size_t i = 0; i < im->alert_count; i++)
        free(im->alerts[i]);
    free(im);
}

int imap_die(struct imap *im, const struct error *why)
{
    if (!im->dead)
        im->why = *why;
    im->dead = true;
    im->body = NULL;
    buf_done(&im->out);
    buf_done(&im->response);
    return -1;
}

int imap_protocol_error(struct error *err, const char *what, const char *response, size_t len)
{
    char shown[100];
    text_clean(shown, sizeof shown, response, len);
    return error_set(err, ERROR_SCOPE_SESSION, ERROR_RETRY_NOW, ERROR_PROTOCOL,
        "the server does not speak IMAP as it should (%s): \"%s\"%s", what, shown,
        strlen(shown) < len ? "..." : "");
}

/* ---- submission ---- */

static struct imap_command *submit(struct imap *im, enum imap_kind kind, imap_done_fn *done, void *ctx)
{
    struct imap_command *c = mem_alloc(sizeof *c);
    c->kind = kind;
    c->done = done;
    c->ctx = ctx;
    queue_add(&im->pending, c);
    return c;
}

static bool printable(const char *s)
{
    for (; *s; s++)
        if (*s < 0x20 || *s > 0x7e)
            return false;
    return true;
}

static void refuse(struct imap_command *c, const char *why)
{
    if (c->refused)
        return;
    c->refused = mem_alloc(sizeof *c->refused);
    error_set(c->refused, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_INTERNAL, "%s was not sent: %s",
        kinds[c->kind].verb, why);
}

/* What cannot stand in a quoted string on the wire would need a literal, and no server expects one there. */
static char *checked(struct imap_command *c, const char *s)
{
    if (!printable(s))
        refuse(c, "an argument holds characters that are not in wire form");
    return mem_strdup(s);
}

static char *checked_name(struct imap_command *c, const char *mailbox)
{
    if (!*mailbox)
        refuse(c, "the mailbox name is empty");
    return checked(c, mailbox);
}

void imap_capability(struct imap *im, imap_done_fn *done, void *ctx)
{
    submit(im, IMAP_KIND_CAPABILITY, done, ctx);
}

void imap_noop(struct imap *im, imap_done_fn *done, void *ctx)
{
    submit(im, IMAP_KIND_NOOP, done, ctx);
}

void imap_logout(struct imap *im, imap_done_fn *done, void *ctx)
{
    submit(im, IMAP_KIND_LOGOUT, done, ctx);
}

void imap_id(struct imap *im, const char *name, const char *version, imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_ID, done, ctx);
    c->arg1 = checked(c, name);
    c->arg2 = checked(c, version);
}

void imap_namespace(struct imap *im, imap_namespace_fn *row, imap_done_fn *done, void *ctx)
{
    submit(im, IMAP_KIND_NAMESPACE, done, ctx)->row.namespace = row;
}

void imap_list(struct imap *im, const char *reference, const char *pattern, imap_list_fn *row,
    imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_LIST, done, ctx);
    c->row.list = row;
    c->arg1 = checked(c, reference);
    c->arg2 = checked(c, pattern);
}

void imap_create(struct imap *im, const char *mailbox, imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_CREATE, done, ctx);
    c->arg1 = checked_name(c, mailbox);
}

void imap_select(struct imap *im, const char *mailbox, bool read_only, imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_SELECT, done, ctx);
    c->arg1 = checked_name(c, mailbox);
    c->read_only = read_only;
}

void imap_unselect(struct imap *im, imap_done_fn *done, void *ctx)
{
    submit(im, IMAP_KIND_UNSELECT, done, ctx);
}

void imap_status(struct imap *im, const char *mailbox, imap_status_fn *row, imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_STATUS, done, ctx);
    c->row.status = row;
    c->arg1 = checked_name(c, mailbox);
}

void imap_getquotaroot(
    struct imap *im, const char *mailbox, imap_quota_fn *row, imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_QUOTA, done, ctx);
    c->row.quota = row;
    c->arg1 = checked_name(c, mailbox);
}

static char *checked_set(struct imap_command *c, const char *set)
{
    if (!*set || set[strspn(set, "0123456789:,*")])
        refuse(c, "its argument is no sequence set");
    return mem_strdup(set);
}

void imap_uid_fetch(struct imap *im, const char *set, const char *header_fields, imap_fetch_fn *row,
    imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_FETCH, done, ctx);
    c->row.fetch = row;
    c->arg1 = checked_set(c, set);
    if (header_fields && header_fields[strcspn(header_fields, "()[]{}\"\\")])
        refuse(c, "a header field name holds a special character");
    c->arg2 = header_fields ? checked(c, header_fields) : NULL;
}

void imap_uid_fetch_gmail(struct imap *im, const char *set, imap_fetch_fn *row, imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_FETCH, done, ctx);
    c->row.fetch = row;
    c->gmail = true;
    c->arg1 = checked_set(c, set);
}

void imap_uid_fetch_body(
    struct imap *im, const char *set, const struct imap_body_handler *handler, imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_BODY, done, ctx);
    c->row.body = *handler;
    c->arg1 = checked_set(c, set);
}

void imap_uid_search(struct imap *im, const char *criteria, imap_uid_fn *row, imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_SEARCH, done, ctx);
    c->row.uid = row;
    if (!*criteria)
        refuse(c, "its criteria are empty");
    c->arg1 = checked(c, criteria);
}

void imap_append(struct imap *im, const char *mailbox, const struct imap_append_msg *msgs, size_t n,
    imap_done_fn *done, void *ctx)
{
    struct imap_command *c = submit(im, IMAP_KIND_APPEND, done, ctx);
    c->arg1 = checked_name(c, mailbox);
    c->msgs = mem_array(n ? n : 1, sizeof *msgs);
    c->msg_count = n;
    if (!n)
        refuse(c, "there is no message");
    for (size_t i = 0; i < n; i++) {
        c->msgs[i] = msgs[i];
        if (!msgs[i].octets || msgs[i].octets > INT64_MAX)
            refuse(c, "a message has no octets"); /* an empty literal cancels a MULTIAPPEND (RFC 3502) */
    }
}

/* ---- knowledge ---- */

const char *imap_server_id(const struct imap *im)
{
    return im->server_id;
}

const struct imap_mailbox *imap_selected(const struct imap *im)
{
    return &im->mailbox;
}

const struct imap_caps *imap_caps(const struct imap *im)
{
    return &im->caps;
}

const char *imap_bye(const struct imap *im)
{
    return im->bye;
}

const char *imap_alert(const struct imap *im, size_t n)
{
    return n < im->alert_count ? im->alerts[n] : NULL;
}

size_t imap_outstanding(const struct imap *im)
{
    return im->pending.count + im->flight.count;
}

size_t imap_in_flight(const struct imap *im)
{
    return im->flight.count;
}

struct imap_awaited imap_awaited(const struct imap *im)
{
    const struct imap_command *c = im->flight.head;
    return c ? (struct imap_awaited){.verb = kinds[c->kind].verb, .search = c->kind == IMAP_KIND_SEARCH}
             : (struct imap_awaited){.verb = ""};
}

size_t imap_appends_waiting(const struct imap *im)
{
    size_t n = 0;
    for (const struct imap_command *c = im->flight.head; c; c = c->next)
        n += c->kind == IMAP_KIND_APPEND && c != im->writing;
    return n;
}
