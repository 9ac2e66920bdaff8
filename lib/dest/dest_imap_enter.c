#include "dest_imap_private.h"
#include "imap_name.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* SELECT may be refused for many reasons. Missing is only what the server says to be so (NONEXISTENT,
 * TRYCREATE), or what it refuses without a reason of its own and LIST does not name; anything else ends with
 * the server's words. Where it spells INBOX in another way, and takes no other, its way counts. */

#define INBOX (sizeof "INBOX" - 1)

static void finish(struct dest_imap *d, const struct error *error)
{
    d->done(d->ctx, error);
}

static void on_append_limit(void *ctx, const struct imap_status_row *row)
{
    struct dest_imap *d = ctx;
    if (row->has_appendlimit)
        d->base.mailbox.append_limit = row->appendlimit;
}

static void on_append_limit_done(void *ctx, const struct imap_result *res)
{
    (void)res; /* a limit that cannot be asked for is found out by the server's refusal */
    finish(ctx, NULL);
}

static void note_selected(struct dest_imap *d)
{
    const struct imap_mailbox *box = imap_selected(d->imap);
    const struct imap_caps *caps = imap_caps(d->imap);
    d->base.mailbox.exists = true;
    d->base.mailbox.epoch = box->uidvalidity;
    d->base.mailbox.next_id = box->uidnext;
    d->base.mailbox.messages = box->exists;
    d->base.mailbox.keywords = box->permanent_keywords;
    d->base.mailbox.append_limit = caps->appendlimit;
    if (caps->appendlimit_per_mailbox)
        imap_status(d->imap, d->wire, on_append_limit, on_append_limit_done, d);
    else
        finish(d, NULL);
}

static void select_mailbox(struct dest_imap *d, imap_done_fn *done)
{
    imap_select(d->imap, d->wire, d->mode == DEST_LOOK || !imap_caps(d->imap)->uidplus, done, d);
}

/* ---- missing, or refused? ---- */
static void on_select_again(void *ctx, const struct imap_result *res)
{
    struct dest_imap *d = ctx;
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
    struct dest_imap *d = ctx;
    /* ALREADYEXISTS, or servers that say so in words: SELECT tells the truth. */
    d->base.mailbox.created = res->status == IMAP_OK;
    if (!d->base.mailbox.created && res->code != IMAP_CODE_ALREADYEXISTS)
        d->create_error = *res->error;
    if (res->status == IMAP_ABORTED) {
        finish(d, res->error);
        return;
    }
    select_mailbox(d, on_select_again);
}

static void not_there(struct dest_imap *d)
{
    if (d->mode == DEST_CREATE)
        imap_create(d->imap, d->wire, on_create, d);
    else
        finish(d, NULL); /* d->base.mailbox.exists stays false */
}

static bool in_inbox(const struct dest_imap *d)
{
    char next = strnlen(d->wire, INBOX) == INBOX ? d->wire[INBOX] : 'x';
    return text_has_prefix_nocase(d->wire, "INBOX") &&
           (!next || (d->base.traits.delimiter && next == d->base.traits.delimiter));
}

static void spell_inbox(struct dest_imap *d)
{
    if (in_inbox(d))
        memcpy(d->wire, d->inbox, INBOX);
}

static void on_name(void *ctx, const struct imap_list_row *row)
{
    struct dest_imap *d = ctx;
    struct dest_imap_names *n = &d->names;
    if (row->noselect || row->nonexistent)
        return;
    n->listed |= text_equal_nocase(row->name, d->wire);
    n->inbox_right |= !strcmp(row->name, d->inbox);
    if (text_equal_nocase(row->name, "INBOX"))
        memcpy(n->inbox, row->name, INBOX);
}

static void on_select(void *ctx, const struct imap_result *res);

/* Without LIST nobody knows. */
static void judge_names(struct dest_imap *d)
{
    const struct dest_imap_names *n = &d->names;
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
    struct dest_imap *d = ctx;
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

static void ask_names(struct dest_imap *d)
{
    bool inbox = in_inbox(d);
    d->names = (struct dest_imap_names){.waiting = 1 + inbox};
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
    struct dest_imap *d = ctx;
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

static void name_and_select(struct dest_imap *d)
{
    struct error err;
    d->wire = imap_name_to_wire(d->folder, d->prefix, d->base.traits.delimiter, &err);
    if (d->wire) {
        spell_inbox(d);
        select_mailbox(d, on_select);
    } else {
        finish(d, &err);
    }
}

static void on_namespace_row(void *ctx, const char *prefix, char delimiter)
{
    struct dest_imap *d = ctx;
    snprintf(d->prefix, sizeof d->prefix, "%s", prefix);
    d->base.traits.delimiter = delimiter;
}

static void on_list_row(void *ctx, const struct imap_list_row *row)
{
    struct dest_imap *d = ctx;
    d->base.traits.delimiter = row->delimiter;
}

static void on_names(void *ctx, const struct imap_result *res)
{
    struct dest_imap *d = ctx;
    if (res->status == IMAP_ABORTED)
        finish(d, res->error);
    else if (d->folder)
        name_and_select(d);
    else
        finish(d, NULL);
}

static void note_capabilities(struct dest_imap *d)
{
    const struct imap_caps *caps = imap_caps(d->imap);
    d->base.traits.streams = caps->literal_plus;
    d->base.traits.batches = caps->multiappend && caps->literal_plus;
    d->base.traits.tells_ids = caps->uidplus;
    d->base.traits.keeps_twins = !(caps->gmail && caps->uidplus);
    if (caps->id) /* NetEase selects nothing for those who do not say who they are */
        imap_id(d->imap, "popferry", DEST_VERSION, NULL, NULL);
}

static void on_capability(void *ctx, const struct imap_result *res)
{
    struct dest_imap *d = ctx;
    if (res->status != IMAP_OK) {
        finish(d, res->error);
        return;
    }
    note_capabilities(d);
    if (d->folder && text_equal_nocase(d->folder, "INBOX"))
        name_and_select(d); /* the same on every server: a round trip saved */
    else if (imap_caps(d->imap)->namespace)
        imap_namespace(d->imap, on_namespace_row, on_names, d);
    else
        imap_list(d->imap, "", "", on_list_row, on_names, d); /* RFC 3501 6.3.8: the delimiter */
}

void dest_imap_prepare(
    struct dest *dest, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    d->folder = folder;
    d->mode = mode;
    d->done = done;
    d->ctx = ctx;
    imap_capability(d->imap, on_capability, d);
}

void dest_imap_enter(
    struct dest *dest, const char *folder, enum dest_mode mode, dest_done_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    free(d->wire);
    d->wire = NULL;
    d->folder = folder;
    d->mode = mode;
    d->select_error = d->create_error = (struct error){0};
    d->names = (struct dest_imap_names){0};
    d->one_by_one = false;
    d->done = done;
    d->ctx = ctx;
    name_and_select(d);
}

static void on_joined(void *ctx, const struct imap_result *res)
{
    struct dest_imap *d = ctx;
    if (res->status == IMAP_OK)
        note_capabilities(d);
    finish(d, res->status == IMAP_OK ? NULL : res->error);
}

void dest_imap_join(struct dest *dest, const struct dest *first, dest_done_fn *done, void *ctx)
{
    struct dest_imap *d = dest_imap_of(dest);
    d->first = dest_imap_of_const(first);
    d->done = done;
    d->ctx = ctx;
    imap_capability(d->imap, on_joined, d);
}
