#include "command.h"

#include "buf.h"
#include "errand.h"
#include "exit_code.h"
#include "i18n.h"
#include "mem.h"
#include "migrate.h"
#include "print.h"
#include "talk.h"
#include "text.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define CERTIFICATE_DAYS 30 /* left: it is said */
#define N(x)             ((unsigned long long)(x))

/* ---- text ---- */
static void row(FILE *out, const char *what, const char *value)
{
    print_labelled(out, what, value);
}

/* In full days from now; INT_MAX: not known. */
static int days_left(const struct stream_tls *tls, int64_t now_s)
{
    int64_t days = (tls->not_after_s - now_s) / 86400;
    return !tls->not_after_s || days > INT_MAX ? INT_MAX : days < INT_MIN ? INT_MIN : (int)days;
}

static bool ends_soon(const struct stream_tls *tls, int64_t now_s)
{
    return tls->not_after_s && tls->not_after_s >= now_s && days_left(tls, now_s) < CERTIFICATE_DAYS;
}

static void print_certificate(FILE *out, const struct check_side *side, int64_t now_s)
{
    const struct stream_tls *tls = &side->tls;
    char text[512];
    row(out, _("certificate"), tls->subject);
    row(out, _("  issued by"), tls->issuer);
    row(out, _("  valid until"), tls->not_after);
    row(out, _("  key"), tls->pin);
    if (ends_soon(tls, now_s)) {
        snprintf(text, sizeof text,
            _("the certificate ends in %d days: ask the host to renew it before, and plan the last run with that"),
            days_left(tls, now_s));
        row(out, _("NOTE"), text);
    }
    if (tls->pinned)
        row(out, _("note"),
            _("accepted by its key alone (--from-tls-pin, --to-tls-pin), not by who issued it, for whom and when"));
}

static void print_encryption(FILE *out, const struct check_side *side)
{
    char tls[160];
    snprintf(tls, sizeof tls, "%s, %s", side->tls.version, side->tls.cipher);
    row(out, _("encryption"), side->tls.used ? tls : _("NONE: password and mail can be read on the way"));
    if (side->tls.used && strcmp(side->tls.version, "TLSv1.2") < 0)
        row(out, _("NOTE"), _("this version of TLS can be broken by someone on the way"));
}

/* pin: the option that would accept it. */
static void print_refused(FILE *out, const struct check_side *side, const char *pin, int64_t now_s)
{
    char text[1024];
    if (side->error.code != ERROR_TLS || !side->tls.pin[0])
        return;
    print_certificate(out, side, now_s);
    snprintf(text, sizeof text,
        _("this certificate was refused; before you accept its key by %s %s, compare it by another way first: have it "
          "read out by the host on the telephone, or look it up on the host's web page"),
        pin, side->tls.pin);
    row(out, _("note"), text);
}

static void print_side(
    FILE *out, const char *title, const struct endpoint *e, const struct check_side *side, int64_t now_s)
{
    fprintf(out, e->authzid ? _("%1$s %2$s, user %3$s for the mailbox of %4$s") : _("%1$s %2$s, user %3$s"),
        title, side->name, e->user, e->authzid);
    fputc('\n', out);
    fputs(side->signed_in ? _("  signed in      yes\n") : _("  signed in      NO\n"), out);
    if (side->signed_in)
        print_encryption(out, side);
    if (side->signed_in && side->tls.used)
        print_certificate(out, side, now_s);
    if (side->error.code)
        row(out, _("error"), side->error.text);
    if (!side->signed_in)
        print_refused(out, side, e->protocol == ENDPOINT_POP3 ? "--from-tls-pin" : "--to-tls-pin", now_s);
}

/* "UIDL yes, TOP no" */
static void print_offers(FILE *out, const struct offer *all, size_t count)
{
    struct buf b CLEANUP(buf_done) = {0};
    for (size_t i = 0; i < count; i++) {
        buf_append_str(&b, i ? ", " : "");
        buf_printf(&b, all[i].made ? _("%s yes") : _("%s no"), all[i].name);
    }
    row(out, _("offers"), buf_str(&b));
}

/* By the source. */
static bool is_offered(const struct check *c, const char *name)
{
    for (size_t i = 0; i < c->source_offer_count; i++)
        if (!strcmp(c->source_offers[i].name, name))
            return c->source_offers[i].made;
    return false;
}

static void print_store(FILE *out, const struct check *c)
{
    char text[512], all[32], largest[32];
    fprintf(out, _("%1$s %2$s on this computer\n"), _("Source:     "), c->source.name);
    if (c->source.error.code)
        row(out, _("error"), c->source.error.text);
    if (!c->inventory_known)
        return;
    snprintf(text, sizeof text, _("%llu, %s; the largest %s%s"), N(c->messages),
        text_octets(all, sizeof all, c->octets), text_octets(largest, sizeof largest, c->largest_octets), "");
    row(out, _("messages"), text);
}

static void print_source(FILE *out, const struct check *c, const struct job *job, int64_t now_s)
{
    char text[512], all[32], largest[32];
    if (job->from.protocol == ENDPOINT_STORE) {
        print_store(out, c);
        return;
    }
    print_side(out, _("Source:     "), &job->from, &c->source, now_s);
    if (!c->source.signed_in || !c->inventory_known)
        return;
    snprintf(text, sizeof text, _("%llu, %s; the largest %s%s"), N(c->messages),
        text_octets(all, sizeof all, c->octets), text_octets(largest, sizeof largest, c->largest_octets),
        c->stat_agrees ? "" : _(" (STAT tells another number)"));
    row(out, _("messages"), text);
    print_offers(out, c->source_offers, c->source_offer_count);
    if (c->reading_hides)
        row(out, _("NOTE"),
            c->expire_days
                ? _("Gmail shows part of the mail at a time, and hides what was read once a session ends")
                : _("EXPIRE 0: the server may delete what was read once a session ends"));
    if (c->source_id[0])
        row(out, _("server"), c->source_id);
    if (c->blank_uidls || c->repeated_uidls) {
        snprintf(text, sizeof text,
            _("%u blank, %u repeated UIDLs: those messages are told apart by content"), c->blank_uidls,
            c->repeated_uidls);
        row(out, _("note"), text);
    }
    if (!is_offered(c, "UIDL"))
        row(out, _("note"), _("no UIDL: every run reads all messages again and tells them apart by content"));
    if (!c->expire_days)
        row(out, _("note"),
            _("EXPIRE 0: this server may delete a message once it was read; keep its own copy until "
              "all is verified"));
}

static void print_quota(FILE *out, const struct check *c)
{
    char text[512], used[32], limit[32];
    for (size_t i = 0; i < c->quota_count; i++) {
        const struct check_quota *q = &c->quota[i];
        bool storage = text_equal_nocase(q->resource, "STORAGE");
        if (storage)
            snprintf(text, sizeof text, _("%s of %s used"), text_octets(used, sizeof used, q->used),
                text_octets(limit, sizeof limit, q->limit));
        else
            snprintf(text, sizeof text, _("%s: %llu of %llu used"), q->resource, N(q->used), N(q->limit));
        row(out, _("quota"), text);
        if (storage && c->inventory_known && q->used + c->octets > q->limit)
            row(out, _("note"), _("the source as a whole does not fit into this quota"));
    }
    if (!c->quota_count)
        row(out, _("quota"), _("not told by this server"));
}

static void print_destination(FILE *out, const struct check *c, const struct job *job, int64_t now_s)
{
    char text[512], limit[32];
    print_side(out, _("Destination:"), &job->to, &c->destination, now_s);
    if (!c->destination.signed_in || c->destination.error.code)
        return;
    if (c->server_id[0])
        row(out, _("server"), c->server_id);
    if (c->folder_exists)
        snprintf(text, sizeof text, _("%s, %u messages"), job->folder, c->folder_messages);
    else
        snprintf(text, sizeof text, _("%s does not exist yet; migrate creates it"), job->folder);
    row(out, _("mailbox"), text);
    print_offers(out, c->offers, c->offer_count);
    row(out, _("message limit"),
        c->append_limit ? text_octets(limit, sizeof limit, c->append_limit) : _("not told"));
    if (c->append_limit && c->largest_octets > c->append_limit)
        row(out, _("note"), _("the largest message of the source is over this limit"));
    print_quota(out, c);
}

/* ---- JSON ---- */
static json_t *json_certificate(const struct stream_tls *tls, int64_t now_s)
{
    if (!tls->pin[0])
        return json_null();
    int days = days_left(tls, now_s);
    return json_pack("{s:s, s:s, s:s, s:o, s:b, s:s, s:b}", "subject", tls->subject, "issuer", tls->issuer,
        "not_after", tls->not_after, "days_left", days == INT_MAX ? json_null() : json_integer(days),
        "ends_soon", (int)ends_soon(tls, now_s), "pin", tls->pin, "accepted_by_pin", (int)tls->pinned);
}

static json_t *json_side(const struct check_side *s, int64_t now_s)
{
    json_t *tls = s->tls.used ? json_pack("{s:s, s:s, s:s, s:s, s:s}", "version", s->tls.version, "cipher",
                                    s->tls.cipher, "subject", s->tls.subject, "issuer", s->tls.issuer,
                                    "not_after", s->tls.not_after)
                              : json_null();
    return json_pack("{s:s, s:b, s:o, s:o, s:o}", "server", s->name, "signed_in", (int)s->signed_in, "tls",
        tls, "certificate", json_certificate(&s->tls, now_s), "error", print_json_error(&s->error));
}

/* null: nobody has seen it. */
static json_t *seen(bool known, uint64_t n)
{
    return known ? json_integer((json_int_t)n) : json_null();
}

static json_t *json_source(const struct check *c, int64_t now_s)
{
    json_t *j = json_side(&c->source, now_s);
    bool known = c->inventory_known;
    json_object_update_new(
        j, json_pack("{s:o, s:o, s:o, s:b, s:b, s:b, s:b, s:i, s:i}", "messages", seen(known, c->messages),
               "octets", seen(known, c->octets), "largest_octets", seen(known, c->largest_octets), "capa",
               (int)is_offered(c, "CAPA"), "uidl", (int)is_offered(c, "UIDL"), "top",
               (int)is_offered(c, "TOP"), "pipelining", (int)is_offered(c, "PIPELINING"), "blank_uidls",
               (int)c->blank_uidls, "repeated_uidls", (int)c->repeated_uidls));
    return j;
}

static json_t *json_destination(const struct check *c, const struct job *job, int64_t now_s)
{
    json_t *quota = json_array();
    for (size_t i = 0; i < c->quota_count; i++)
        json_array_append_new(
            quota, json_pack("{s:s, s:I, s:I}", "resource", c->quota[i].resource, "used",
                       (json_int_t)c->quota[i].used, "limit", (json_int_t)c->quota[i].limit));
    bool looked = c->destination.signed_in && !c->destination.error.code;
    json_t *j = json_side(&c->destination, now_s);
    json_object_update_new(j,
        json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "id", c->server_id, "capabilities", c->capabilities,
            "folder", job->folder, "folder_exists", looked ? json_boolean(c->folder_exists) : json_null(),
            "folder_messages", seen(looked && c->folder_exists, c->folder_messages), "append_limit",
            c->append_limit ? json_integer((json_int_t)c->append_limit) : json_null(), "quota", quota));
    return j;
}

static void print_json(const struct errand *e, const struct check *c, int64_t now_s)
{
    print_json_document(e->out, "check",
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:i}", "job", print_json_job(e->job), "source",
            json_source(c, now_s), "destination", json_destination(c, e->job, now_s), "alerts",
            print_json_alerts(&e->alerts), "error", print_json_error(&e->result.error), "exit_code",
            e->result.code));
}

/* ---- the command ---- */
static void tell(struct errand_result *r, const struct check *c)
{
    char count[32], size[32];
    r->told = c->inventory_known;
    r->messages = c->messages;
    r->octets = c->octets;
    if (!c->source.signed_in && !c->destination.signed_in)
        errand_part(r, "signed in to neither side");
    else if (!c->source.signed_in || !c->destination.signed_in)
        errand_part(r, "signed in to the %s only", c->source.signed_in ? "source" : "destination");
    else
        errand_part(r, "signed in to both sides");
    if (c->inventory_known)
        errand_clause(r, "%s %s, %s", errand_number(count, sizeof count, c->messages),
            c->messages == 1 ? "message" : "messages", text_octets(size, sizeof size, c->octets));
}

static void tell_end(struct errand_result *r, const char *side, const struct stream_tls *tls, int64_t now_s)
{
    if (ends_soon(tls, now_s))
        errand_clause(r, "the certificate of the %s ends in %d days", side, days_left(tls, now_s));
}

static int check_errand(struct errand *e)
{
    struct error err = {0};
    struct check *c = mem_alloc(sizeof *c);
    int rc = migrate_check(e->job, e->world, c, &err);
    errand_end(e, rc, &err, EXIT_CODE_DONE);
    int64_t now_s = clock_wall_s(e->world->clock);
    tell(&e->result, c);
    tell_end(&e->result, "source", &c->source.tls, now_s);
    tell_end(&e->result, "destination", &c->destination.tls, now_s);
    talk_clear(e->talk);
    if (e->options->format == FORMAT_JSON) {
        print_json(e, c, now_s);
    } else {
        print_source(e->out, c, e->job, now_s);
        print_destination(e->out, c, e->job, now_s);
        if (rc == 0)
            fprintf(e->out, "%s\n", _("Both sides are ready. Nothing was changed."));
    }
    free(c);
    return e->result.code;
}

const struct errand_kind cmd_check_kind = {.run = check_errand};
