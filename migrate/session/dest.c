#include "dest.h"

#include "imap_name.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INBOX (sizeof "INBOX" - 1)

static void finish(struct dest *d, const struct error *error)
{
    d->done(d->ctx, error);
}

static void on_append_limit(void *ctx, const struct imap_status_row *row)
{
    struct dest *d = ctx;
    if (row->has_appendlimit)
        d->append_limit = row->appendlimit;
}

static void on_append_limit_done(void *ctx, const struct imap_result *res)
{
    (void)res; /* a limit that cannot be asked for is found out by the server's refusal */
    finish(ctx, NULL);
}

static void note_selected(struct dest *d)
{
    const struct imap_mailbox *box = imap_selected(d->imap);
    const struct imap_caps *caps = imap_caps(d->imap);
    d->exists = true;
    d->uidvalidity = box->uidvalidity;
    d->uidnext = box->uidnext;
    d->messages = box->exists;
    d->append_limit = caps->appendlimit;
    if (caps->appendlimit_per_mailbox)
        imap_status(d->imap, d->wire, on_append_limit, on_append_limit_done, d);
    else
        finish(d, NULL);
}

static void select_mailbox(struct dest *d, imap_done_fn *done)
{
    imap_select(d->imap, d->wire, d->mode == DEST_LOOK || !imap_caps(d->imap)->uidplus, done, d);
}

/* ---- missing, or refused? ---- */
static void on_select_again(void *ctx, const struct imap_result *res)
{
    struct dest *d = ctx;
    if (res->status == IMAP_OK) {
        note_selected(d);
        return;
    }
    struct error why = d->create_error.code ? d->create_error : *res->error;
    if (d->create_error.code && d->select_error.code == ERROR_REFUSED)
        error_append(&why, "%s", d->select_error.text);
    finish(d, &why);
}

static void on_create(void *ctx, const struct imap_result *res)
{
    struct dest *d = ctx;
    /* ALREADYEXISTS, or servers that say so in words: SELECT tells the truth. */
    d->created = res->status == IMAP_OK;
    if (!d->created && res->code != IMAP_CODE_ALREADYEXISTS)
        d->create_error = *res->error;
    if (res->status == IMAP_ABORTED) {
        finish(d, res->error);
        return;
    }
    select_mailbox(d, on_select_again);
}

static void not_there(struct dest *d)
{
    if (d->mode == DEST_CREATE)
        imap_create(d->imap, d->wire, on_create, d);
    else
        finish(d, NULL); /* d->exists stays false */
}

static bool in_inbox(const struct dest *d)
{
    char next = strnlen(d->wire, INBOX) == INBOX ? d->wire[INBOX] : 'x';
    return text_has_prefix_nocase(d->wire, "INBOX") && (!next || (d->delimiter && next == d->delimiter));
}

static void spell_inbox(struct dest *d)
{
    if (in_inbox(d))
        memcpy(d->wire, d->inbox, INBOX);
}

static void on_name(void *ctx, const struct imap_list_row *row)
{
    struct dest *d = ctx;
    struct dest_names *n = &d->names;
    if (row->noselect || row->nonexistent)
        return;
    n->listed |= text_equal_nocase(row->name, d->wire);
    n->inbox_right |= !strcmp(row->name, d->inbox);
    if (text_equal_nocase(row->name, "INBOX"))
        memcpy(n->inbox, row->name, INBOX);
}

static void on_select(void *ctx, const struct imap_result *res);

/* Without LIST nobody knows. */
static void judge_names(struct dest *d)
{
    const struct dest_names *n = &d->names;
    bool missing = d->select_error.code == ERROR_NO_FOLDER;
    if (in_inbox(d) && *n->inbox && !n->inbox_right) {
        memcpy(d->inbox, n->inbox, INBOX);
        spell_inbox(d);
        select_mailbox(d, on_select);
    } else if (missing || (!n->listed && !n->refused)) {
        not_there(d);
    } else {
        finish(d, &d->select_error);
    }
}

static void on_names_told(void *ctx, const struct imap_result *res)
{
    struct dest *d = ctx;
    d->names.refused |= res->status != IMAP_OK;
    if (res->status == IMAP_ABORTED)
        d->select_error = *res->error;
    if (--d->names.waiting)
        return;
    if (res->status == IMAP_ABORTED)
        finish(d, res->error);
    else
        judge_names(d);
}

static void ask_names(struct dest *d)
{
    bool inbox = in_inbox(d);
    d->names = (struct dest_names){.waiting = 1 + inbox};
    imap_list(d->imap, "", d->wire, on_name, on_names_told, d);
    if (inbox)
        imap_list(d->imap, "", "%", on_name, on_names_told, d);
}

/* A code says why; without one, and with one that nobody knows, LIST tells whether it is there. */
static bool says_why(const struct imap_result *res)
{
    bool silent = res->code == IMAP_CODE_NONE || res->code == IMAP_CODE_ALERT || res->code == IMAP_CODE_OTHER;
    return !silent || res->error->code != ERROR_REFUSED || res->error->retry != ERROR_RETRY_NEVER;
}

static void on_select(void *ctx, const struct imap_result *res)
{
    struct dest *d = ctx;
    if (res->status == IMAP_OK) {
        note_selected(d);
        return;
    }
    bool missing = res->error->code == ERROR_NO_FOLDER;
    d->select_error = *res->error;
    if (res->status == IMAP_ABORTED || (!missing && says_why(res)))
        finish(d, res->error);
    else if (missing && !in_inbox(d))
        not_there(d);
    else
        ask_names(d);
}

static void name_and_select(struct dest *d)
{
    struct error err;
    d->wire = imap_name_to_wire(d->folder, d->prefix, d->delimiter, &err);
    if (d->wire) {
        spell_inbox(d);
        select_mailbox(d, on_select);
    } else {
        finish(d, &err);
    }
}

static void on_namespace_row(void *ctx, const char *prefix, char delimiter)
{
    struct dest *d = ctx;
    snprintf(d->prefix, sizeof d->prefix, "%s", prefix);
    d->delimiter = delimiter;
}

static void on_list_row(void *ctx, const struct imap_list_row *row)
{
    struct dest *d = ctx;
    d->delimiter = row->delimiter;
}

static void on_names(void *ctx, const struct imap_result *res)
{
    struct dest *d = ctx;
    if (res->status == IMAP_ABORTED)
        finish(d, res->error);
    else if (d->folder)
        name_and_select(d);
    else
        finish(d, NULL);
}

static void on_capability(void *ctx, const struct imap_result *res)
{
    struct dest *d = ctx;
    if (res->status != IMAP_OK) {
        finish(d, res->error);
        return;
    }
    if (imap_caps(d->imap)->id) /* NetEase selects nothing for those who do not say who they are */
        imap_id(d->imap, "popferry", MIGRATE_VERSION, NULL, NULL);
    if (d->folder && text_equal_nocase(d->folder, "INBOX"))
        name_and_select(d); /* the same on every server: a round trip saved */
    else if (imap_caps(d->imap)->namespace)
        imap_namespace(d->imap, on_namespace_row, on_names, d);
    else
        imap_list(d->imap, "", "", on_list_row, on_names, d); /* RFC 3501 6.3.8: the delimiter */
}

void dest_prepare(
    struct dest *d, struct imap *imap, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx)
{
    *d = (struct dest){.imap = imap,
        .folder = folder,
        .mode = mode,
        .delimiter = '/',
        .inbox = "INBOX",
        .done = done,
        .ctx = ctx};
    imap_capability(imap, on_capability, d);
}

void dest_enter(struct dest *d, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx)
{
    struct dest before = *d;
    free(before.wire);
    *d = (struct dest){.imap = before.imap,
        .folder = folder,
        .mode = mode,
        .delimiter = before.delimiter,
        .done = done,
        .ctx = ctx};
    memcpy(d->prefix, before.prefix, sizeof d->prefix);
    memcpy(d->inbox, before.inbox, sizeof d->inbox);
    name_and_select(d);
}

static void on_unselect(void *ctx, const struct imap_result *res)
{
    (void)ctx;
    (void)res; /* refused or not: the mailbox is selected again at the end */
}

void dest_release(struct dest *d)
{
    const struct imap_caps *caps = imap_caps(d->imap);
    d->released = !caps->uidplus;
    if (d->released && caps->unselect && !d->messages)
        imap_unselect(d->imap, on_unselect, d);
}

void dest_done(struct dest *d)
{
    free(d->wire);
    *d = (struct dest){0};
}

bool dest_streams(const struct dest *d)
{
    return imap_caps(d->imap)->literal_plus;
}
