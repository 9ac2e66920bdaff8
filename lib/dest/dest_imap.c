#include "dest_imap.h"

#include "buf.h"
#include "dest_imap_private.h"
#include "imap_name.h"
#include "mem.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>

#define SILENT_MS        300000
#define SEARCH_SILENT_MS 45000 /* an index tells; a server without one reads no mail for ALL */

struct dest_imap_call *dest_imap_call_new(struct dest_imap *d, void *ctx)
{
    struct dest_imap_call *call = mem_alloc(sizeof *call);
    call->d = d;
    call->ctx = ctx;
    return call;
}

static struct dest_imap_call take(void *ctx)
{
    struct dest_imap_call call = *(struct dest_imap_call *)ctx;
    free(ctx);
    return call;
}

static void on_done(void *ctx, const struct imap_result *res)
{
    struct dest_imap_call call = take(ctx);
    call.done(call.ctx, res->status == IMAP_OK ? NULL : res->error);
}

/* What a server will not tell is left out; a broken connection shows by itself. */
static void on_asked(void *ctx, const struct imap_result *res)
{
    struct dest_imap_call call = take(ctx);
    call.done(call.ctx, res->status == IMAP_ABORTED ? res->error : NULL);
}

static void on_told(void *ctx, const struct imap_result *res)
{
    struct dest_imap_call call = take(ctx);
    call.told(call.ctx, res->status == IMAP_OK, res->status == IMAP_ABORTED ? res->error : NULL);
}

static void ignore(void *ctx, const struct imap_result *res)
{
    (void)ctx;
    (void)res;
}

/* ---- the mailbox ---- */
/* A server that names no UIDs cannot show what it has lost: there it is never open but for reading, and left
 * where it is empty. That UNSELECT is refused is no harm: it is selected again at the end. */
static void release(struct dest *dest)
{
    struct dest_imap *d = dest_imap_of(dest);
    const struct imap_caps *caps = imap_caps(d->imap);
    dest->mailbox.released = !caps->uidplus;
    if (dest->mailbox.released && caps->unselect && !dest->mailbox.messages)
        imap_unselect(d->imap, ignore, NULL);
}

static void refresh(struct dest *dest, dest_done_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    struct dest_imap_call *call = dest_imap_call_new(d, ctx);
    call->done = done;
    if (dest->mailbox.released)
        imap_select(d->imap, d->wire, true, on_done, call);
    else
        imap_noop(d->imap, on_done, call); /* SEARCH sees only what the server has announced */
}

static const char *wire_of(const struct dest_imap *d)
{
    return d->first ? d->first->wire : d->wire;
}

static void create(struct dest *dest, dest_done_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    struct dest_imap_call *call = dest_imap_call_new(d, ctx);
    call->done = done;
    imap_create(d->imap, wire_of(d), on_done, call);
}

/* ---- appending ---- */
static void on_appended(void *ctx, const struct imap_result *res)
{
    static const enum dest_status status[] = {[IMAP_OK] = DEST_STORED,
        [IMAP_NO] = DEST_REFUSED,
        [IMAP_BAD] = DEST_REFUSED,
        [IMAP_ABORTED] = DEST_UNKNOWN};
    struct dest_imap_call call = take(ctx);
    call.appended(call.ctx, &(struct dest_answer){.status = status[res->status],
                                .error = res->error,
                                .epoch = res->uidvalidity,
                                .ids = res->uids,
                                .id_count = res->uid_count});
}

static void append(
    struct dest *dest, const struct dest_message *msgs, size_t n, dest_append_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    struct dest_imap_call *call = dest_imap_call_new(d, ctx);
    struct imap_append_msg *out = mem_array(n, sizeof *out);
    for (size_t i = 0; i < n; i++)
        out[i] = (struct imap_append_msg){
            .octets = msgs[i].octets,
            .seen = msgs[i].seen,
            .answered = msgs[i].answered,
            .flagged = msgs[i].flagged,
            .draft = msgs[i].draft,
            .keywords = msgs[i].keywords,
            .internaldate_s = msgs[i].date_s,
            .read = msgs[i].read,
            .ctx = msgs[i].ctx,
        };
    call->appended = done;
    imap_append(d->imap, wire_of(d), out, n, on_appended, call);
    free(out);
}

/* ---- looking ---- */
static void on_id(void *ctx, uint32_t uid)
{
    const struct dest_imap_call *call = ctx;
    call->id(call->ctx, uid);
}

static void on_seen(void *ctx, const struct imap_fetch_row *row)
{
    dest_id_list_add(&((struct dest_imap_call *)ctx)->seen, row->uid);
}

static void on_all_seen(void *ctx, const struct imap_result *res)
{
    struct dest_imap_call call = take(ctx);
    dest_id_list_sort(&call.seen);
    bool told = res->status == IMAP_OK && dest_imap_all_told(call.d, call.seen.count);
    for (size_t i = 0; told && i < call.seen.count; i++)
        call.id(call.ctx, call.seen.ids[i]);
    free(call.seen.ids);
    call.told(call.ctx, told, res->status == IMAP_ABORTED ? res->error : NULL);
}

static void ids(struct dest *dest, dest_id_fn *row, dest_told_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    struct dest_imap_call *call = dest_imap_call_new(d, ctx);
    call->told = done;
    call->id = row;
    if (d->without_search)
        dest_imap_fetch_all(d, on_seen, on_all_seen, call);
    else
        imap_uid_search(d->imap, "ALL", on_id, on_told, call);
}

static void on_twin(void *ctx, const struct imap_fetch_row *row)
{
    const struct dest_imap_call *call = ctx;
    if (row->gmail_id)
        call->twin(call->ctx, row->uid, row->gmail_id);
}

static void twins(
    struct dest *dest, const uint32_t *uids, size_t count, dest_twin_fn *row, dest_told_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    struct dest_imap_call *call = dest_imap_call_new(d, ctx);
    struct buf set CLEANUP(buf_done) = {0};
    dest_imap_set(&set, uids, count);
    call->told = done;
    call->twin = row;
    imap_uid_fetch_gmail(d->imap, buf_str(&set), on_twin, on_told, call);
}

/* ---- the account ---- */
static void on_quota_row(void *ctx, const struct imap_quota_row *row)
{
    const struct dest_imap_call *call = ctx;
    call->quota(
        call->ctx, &(struct dest_quota){.resource = row->resource, .used = row->used, .limit = row->limit});
}

static void quota(struct dest *dest, dest_quota_fn *row, dest_done_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    struct dest_imap_call *call = dest_imap_call_new(d, ctx);
    call->done = done;
    call->quota = row;
    if (imap_caps(d->imap)->quota)
        imap_getquotaroot(
            d->imap, dest->mailbox.exists && d->wire ? d->wire : "INBOX", on_quota_row, on_asked, call);
    else
        imap_noop(d->imap, on_asked, call);
}

/* As a user would write it. */
static char *path_of_wire(const char *wire, char delimiter)
{
    char *path = imap_name_to_utf8(wire);
    for (char *p = path; delimiter && delimiter != '/' && *p; p++)
        if (*p == delimiter)
            *p = '/';
    return path;
}

static enum mail_role role_of(const char *attribute)
{
    static const struct {
        const char *name;
        enum mail_role role;
    } rows[] = {{"\\Sent", MAIL_ROLE_SENT}, {"\\Drafts", MAIL_ROLE_DRAFTS}, {"\\Trash", MAIL_ROLE_TRASH},
        {"\\Junk", MAIL_ROLE_JUNK}, {"\\Archive", MAIL_ROLE_ARCHIVE}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (text_equal_nocase(attribute, rows[i].name))
            return rows[i].role;
    return MAIL_ROLE_NONE;
}

static void on_list_row(void *ctx, const struct imap_list_row *row)
{
    const struct dest_imap_call *call = ctx;
    enum mail_role role = row->special_use ? role_of(row->special_use) : MAIL_ROLE_NONE;
    if (role == MAIL_ROLE_NONE || row->noselect || row->nonexistent)
        return;
    char *path CLEANUP(mem_free_str) = path_of_wire(row->name, row->delimiter);
    call->role(call->ctx, role, path);
}

/* A server that does not answer LIST has told of none. */
static void roles(struct dest *dest, dest_role_fn *row, dest_done_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    struct dest_imap_call *call = dest_imap_call_new(d, ctx);
    call->done = done;
    call->role = row;
    if (imap_caps(d->imap)->special_use)
        imap_list(d->imap, "", "*", on_list_row, on_asked, call);
    else
        imap_noop(d->imap, on_asked, call);
}

static size_t offers(const struct dest *dest, struct offer *dst)
{
    const struct imap_caps *caps = imap_caps(dest_imap_of_const(dest)->imap);
    const struct offer all[] = {{"LITERAL+", caps->literal_plus}, {"LITERAL-", caps->literal_minus},
        {"MULTIAPPEND", caps->multiappend}, {"UIDPLUS", caps->uidplus}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        dst[i] = all[i];
    return sizeof all / sizeof *all;
}

static const char *capabilities(const struct dest *dest)
{
    return imap_caps(dest_imap_of_const(dest)->imap)->raw;
}

static const char *server_id(const struct dest *dest)
{
    return imap_server_id(dest_imap_of_const(dest)->imap);
}

static const char *alert(const struct dest *dest, size_t n)
{
    return imap_alert(dest_imap_of_const(dest)->imap, n);
}

static void close_session(struct dest *dest, dest_done_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    struct dest_imap_call *call = dest_imap_call_new(d, ctx);
    call->done = done;
    imap_logout(d->imap, on_done, call);
}

/* ---- bytes ---- */
static ssize_t pull(struct dest *dest, void *dst, size_t cap, struct error *err)
{
    dest_imap_list_go_on(dest_imap_of(dest), NULL);
    return imap_pull(dest_imap_of(dest)->imap, dst, cap, err);
}

static bool wants_write(const struct dest *dest)
{
    const struct dest_imap *d = dest_imap_of_const(dest);
    return d->nothing_asked || imap_wants_write(d->imap);
}

static int feed(struct dest *dest, const void *data, size_t len, struct error *err)
{
    return imap_feed(dest_imap_of(dest)->imap, data, len, err);
}

static void abort_all(struct dest *dest, const struct error *why)
{
    dest_imap_list_go_on(dest_imap_of(dest), why);
    imap_abort(dest_imap_of(dest)->imap, why);
}

static size_t outstanding(const struct dest *dest)
{
    const struct dest_imap *d = dest_imap_of_const(dest);
    return imap_outstanding(d->imap) + (d->nothing_asked != NULL);
}

static size_t in_flight(const struct dest *dest)
{
    return imap_in_flight(dest_imap_of_const(dest)->imap);
}

static struct dest_waiting waiting(const struct dest *dest)
{
    struct imap_awaited a = imap_awaited(dest_imap_of_const(dest)->imap);
    struct dest_waiting w = {.kind = a.search ? DEST_SILENCE_SEARCH : DEST_SILENCE_OTHER,
        .most_ms = a.search ? SEARCH_SILENT_MS : SILENT_MS};
    snprintf(w.words, sizeof w.words, "%s", a.verb);
    return w;
}

static const char *farewell(const struct dest *dest)
{
    return imap_bye(dest_imap_of_const(dest)->imap);
}

static void free_all(struct dest *dest)
{
    struct dest_imap *d = dest_imap_of(dest);
    imap_free(d->imap);
    free(d->wire);
    free(d);
}

struct dest *dest_imap_new(const struct dest_imap_options *options)
{
    static const struct dest_kind kind = {
        .free = free_all,
        .prepare = dest_imap_prepare,
        .enter = dest_imap_enter,
        .join = dest_imap_join,
        .release = release,
        .refresh = refresh,
        .create = create,
        .append = append,
        .list = dest_imap_list,
        .ids = ids,
        .read = dest_imap_read,
        .twins = twins,
        .quota = quota,
        .roles = roles,
        .offers = offers,
        .capabilities = capabilities,
        .server_id = server_id,
        .alert = alert,
        .close = close_session,
        .abort = abort_all,
        .outstanding = outstanding,
        .pull = pull,
        .wants_write = wants_write,
        .feed = feed,
        .in_flight = in_flight,
        .waiting = waiting,
        .farewell = farewell,
    };
    struct dest_imap *d = mem_alloc(sizeof *d);
    *d = (struct dest_imap){.base = {.kind = &kind, .traits = {.has_stream = true, .delimiter = '/'}},
        .imap = imap_new(),
        .without_search = options->without_search,
        .inbox = "INBOX"};
    return &d->base;
}
