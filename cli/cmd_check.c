#include "command.h"

#include "exit_code.h"
#include "migrate.h"
#include "options.h"
#include "print.h"
#include "talk.h"
#include "text.h"
#include <stdio.h>
#include <stdlib.h>

#define N(x) ((unsigned long long)(x))

/* ---- text ---- */
static void row(const char *what, const char *value)
{
    printf("  %-14s %s\n", what, value);
}

static void print_side(const char *title, const char *user, const struct check_side *side)
{
    char tls[160];
    printf("%s %s, user %s\n", title, side->name, user);
    if (!side->signed_in) {
        row("signed in", "NO");
    } else {
        row("signed in", "yes");
        if (side->tls.used) {
            snprintf(tls, sizeof tls, "%s, %s", side->tls.version, side->tls.cipher);
            row("encryption", tls);
            row("certificate", side->tls.subject);
            row("  issued by", side->tls.issuer);
            row("  valid until", side->tls.not_after);
        } else {
            row("encryption", "NONE: password and mail can be read on the way");
        }
    }
    if (side->error.code)
        row("error", side->error.text);
}

static const char *yes_no(bool yes)
{
    return yes ? "yes" : "no";
}

static void print_source(const struct check *c, const struct job *job)
{
    char text[256], all[32], largest[32];
    print_side("Source:     ", job->from.user, &c->source);
    if (!c->source.signed_in || !c->inventory_known)
        return;
    snprintf(text, sizeof text, "%llu, %s; the largest %s%s", N(c->messages),
        text_octets(all, sizeof all, c->octets), text_octets(largest, sizeof largest, c->largest_octets),
        c->stat_agrees ? "" : " (STAT tells another number)");
    row("messages", text);
    snprintf(text, sizeof text, "CAPA %s, UIDL %s, TOP %s, PIPELINING %s", yes_no(c->pop3.known),
        yes_no(c->has_uidl), yes_no(c->has_top), yes_no(c->pop3.pipelining));
    row("offers", text);
    if (c->pop3.google || c->pop3.expire_days == 0)
        row("NOTE",
            c->pop3.google
                ? "Gmail shows part of the mail at a time, and hides what was read once a session ends"
                : "EXPIRE 0: the server may delete what was read once a session ends");
    if (c->pop3.implementation[0])
        row("server", c->pop3.implementation);
    if (c->blank_uidls || c->repeated_uidls) {
        snprintf(text, sizeof text, "%u blank, %u repeated UIDLs: those messages are told apart by content",
            c->blank_uidls, c->repeated_uidls);
        row("note", text);
    }
    if (!c->has_uidl)
        row("note", "no UIDL: every run reads all messages again and tells them apart by content");
    if (!c->pop3.expire_never && c->pop3.expire_days == 0)
        row("note", "EXPIRE 0: this server may delete a message once it was read; keep its own copy until "
                    "all is verified");
}

static void print_quota(const struct check *c)
{
    char text[160], used[32], limit[32];
    for (size_t i = 0; i < c->quota_count; i++) {
        const struct check_quota *q = &c->quota[i];
        bool storage = text_equal_nocase(q->resource, "STORAGE");
        if (storage)
            snprintf(text, sizeof text, "%s of %s used", text_octets(used, sizeof used, q->used),
                text_octets(limit, sizeof limit, q->limit));
        else
            snprintf(text, sizeof text, "%s: %llu of %llu used", q->resource, N(q->used), N(q->limit));
        row("quota", text);
        if (storage && c->inventory_known && q->used + c->octets > q->limit)
            row("note", "the source as a whole does not fit into this quota");
    }
    if (!c->quota_count)
        row("quota", "not told by this server");
}

static void print_destination(const struct check *c, const struct job *job)
{
    char text[512], limit[32];
    print_side("Destination:", job->to.user, &c->destination);
    if (!c->destination.signed_in || c->destination.error.code)
        return;
    if (c->server_id[0])
        row("server", c->server_id);
    if (c->folder_exists)
        snprintf(text, sizeof text, "%s, %u messages", job->folder, c->folder_messages);
    else
        snprintf(text, sizeof text, "%s does not exist yet; migrate creates it", job->folder);
    row("mailbox", text);
    snprintf(text, sizeof text, "LITERAL+ %s, LITERAL- %s, MULTIAPPEND %s, UIDPLUS %s",
        yes_no(c->imap.literal_plus), yes_no(c->imap.literal_minus), yes_no(c->imap.multiappend),
        yes_no(c->imap.uidplus));
    row("offers", text);
    row("message limit", c->append_limit ? text_octets(limit, sizeof limit, c->append_limit) : "not told");
    if (c->append_limit && c->largest_octets > c->append_limit)
        row("note", "the largest message of the source is over this limit");
    print_quota(c);
}

/* ---- JSON ---- */
static json_t *json_side(const struct check_side *s)
{
    json_t *tls = s->tls.used ? json_pack("{s:s, s:s, s:s, s:s, s:s}", "version", s->tls.version, "cipher",
                                    s->tls.cipher, "subject", s->tls.subject, "issuer", s->tls.issuer,
                                    "not_after", s->tls.not_after)
                              : json_null();
    return json_pack("{s:s, s:b, s:o, s:o}", "server", s->name, "signed_in", (int)s->signed_in, "tls", tls,
        "error", print_json_error(&s->error));
}

static json_t *json_source(const struct check *c)
{
    json_t *j = json_side(&c->source);
    json_object_update_new(
        j, json_pack("{s:I, s:I, s:I, s:b, s:b, s:b, s:b, s:i, s:i}", "messages", (json_int_t)c->messages,
               "octets", (json_int_t)c->octets, "largest_octets", (json_int_t)c->largest_octets, "capa",
               (int)c->pop3.known, "uidl", (int)c->has_uidl, "top", (int)c->has_top, "pipelining",
               (int)c->pop3.pipelining, "blank_uidls", (int)c->blank_uidls, "repeated_uidls",
               (int)c->repeated_uidls));
    return j;
}

static json_t *json_destination(const struct check *c, const struct job *job)
{
    json_t *quota = json_array();
    for (size_t i = 0; i < c->quota_count; i++)
        json_array_append_new(
            quota, json_pack("{s:s, s:I, s:I}", "resource", c->quota[i].resource, "used",
                       (json_int_t)c->quota[i].used, "limit", (json_int_t)c->quota[i].limit));
    json_t *j = json_side(&c->destination);
    json_object_update_new(
        j, json_pack("{s:s, s:s, s:s, s:b, s:I, s:o, s:o}", "id", c->server_id, "capabilities", c->imap.raw,
               "folder", job->folder, "folder_exists", (int)c->folder_exists, "folder_messages",
               (json_int_t)c->folder_messages, "append_limit",
               c->append_limit ? json_integer((json_int_t)c->append_limit) : json_null(), "quota", quota));
    return j;
}

static void print_json(const struct check *c, const struct job *job, int code)
{
    json_t *doc = json_pack("{s:i, s:s, s:s, s:o, s:o, s:o, s:i}", "schema", PRINT_JSON_SCHEMA, "popferry",
        POPFERRY_VERSION, "command", "check", "job", print_json_job(job), "source", json_source(c),
        "destination", json_destination(c, job), "exit_code", code);
    json_dumpf(doc, stdout, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    putchar('\n');
    json_decref(doc);
}

static int check(const struct options *o, const struct job *job)
{
    struct error err = {0};
    struct talk talk;
    struct check *c = calloc(1, sizeof *c);
    if (!c)
        abort();
    talk_begin(&talk, o);
    int rc = migrate_check(job, &talk.world, c, &err);
    talk_end(&talk);
    int code = rc < 0 ? exit_code_of(&err) : EXIT_CODE_DONE;
    if (o->format == FORMAT_JSON) {
        print_json(c, job, code);
    } else {
        print_source(c, job);
        print_destination(c, job);
        if (rc == 0)
            printf("Both sides are ready. Nothing was changed.\n");
    }
    fflush(stdout);
    if (rc < 0)
        talk_error(&talk, &err);
    free(c);
    return code;
}

int cmd_check(const struct command *self, int argc, const char **argv)
{
    struct options o;
    struct job job;
    struct error err;
    if (options_parse(self->name, self->summary, argc, argv, &o, &err) < 0)
        return talk_error(NULL, &err);
    int code;
    if (options_job(&o, &job, &err) < 0) {
        code = talk_error(NULL, &err);
    } else {
        code = check(&o, &job);
        options_job_done(&job);
    }
    options_done(&o);
    return code;
}
