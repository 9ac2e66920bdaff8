#include "handover_private.h"

#include "clock.h"
#include "mem.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define SCHEMA 2

static json_t *number(uint64_t n)
{
    return json_integer((json_int_t)n);
}

static json_t *at(int64_t wall_s)
{
    if (!wall_s || wall_s == MAIL_NO_DATE)
        return json_null();
    struct clock_utc u = clock_to_utc(wall_s);
    return json_sprintf("%04d-%02d-%02dT%02d:%02d:%02dZ", u.year, u.month, u.day, u.hour, u.minute, u.second);
}

static void put_count(json_t *o, const char *name, struct ledger_amount n)
{
    json_object_set_new(
        o, name, json_pack("{s:o, s:o}", "messages", number(n.messages), "octets", number(n.octets)));
}

static json_t *left(const struct ledger_source *from)
{
    json_t *all = json_object();
    for (int i = 0; i < LEDGER_LEFTS; i++)
        put_count(all, ledger_left_name((enum ledger_left)i), from->left[i]);
    return all;
}

static void put_counts(json_t *o, const struct handover_account *a, bool seen, bool left_known)
{
    put_count(o, "after", handover_after(a));
#define X(name) put_count(o, #name, a->name);
    LEDGER_BALANCE(X)
#undef X
    if (!seen) {
        json_object_set_new(o, "after", json_null());
#define X(name) json_object_set_new(o, #name, json_null());
        LEDGER_BALANCE(X)
#undef X
    }
    json_object_set_new(o, "dated_now", seen ? number(a->dated_now) : json_null());
    json_object_set_new(o, "swallowed", seen ? number(a->swallowed) : json_null());
    json_object_set_new(o, "built", seen ? number(a->built[1] + a->built[2]) : json_null());
    json_object_set_new(o, "doubled", seen ? number(a->doubled) : json_null());
    json_object_set_new(o, "left", left_known ? left(&a->from) : json_null());
    json_t *proofs = json_object();
    for (int i = LEDGER_PROOFS - 1; i >= 0; i--)
        json_object_set_new(proofs, ledger_proof_name((enum ledger_proof)i), number(a->proof[i]));
    json_object_set_new(proofs, "last", at(a->proved_s));
    json_object_set_new(o, "verified", proofs);
}

static json_t *sum(const struct handover *h)
{
    json_t *o = json_object(), *states = json_object();
    json_object_set_new(o, "accounts", number(h->count));
    for (int i = 0; i < HANDOVER_STATES; i++)
        json_object_set_new(states, handover_state_name((enum handover_state)i), number(h->by_state[i]));
    json_object_set_new(o, "by_state", states);
    put_counts(o, &h->sum, true, true);
    return o;
}

static json_t *run(const struct handover_run *r)
{
    if (!r->started_s)
        return json_null();
    return json_pack("{s:o, s:o, s:o, s:s}", "started", at(r->started_s), "ended", at(r->ended_s),
        "exit_code", r->ended_s ? json_integer(r->exit_code) : json_null(), "words", r->words);
}

static json_t *item(const struct handover_item *i)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s, s:o}", "state", ledger_state_name(i->state),
        "uidl", i->uidl, "message_id", i->message_id, "from", i->from, "subject", i->subject, "date",
        at(i->date_s), "octets", number(i->octets), "reason", i->reason, "quarantine",
        *i->quarantine ? json_string(i->quarantine) : json_null());
}

static json_t *dated_item(const struct handover_item *i)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "uidl", i->uidl, "message_id", i->message_id, "from",
        i->from, "subject", i->subject, "date", at(i->date_s), "octets", number(i->octets));
}

static json_t *account(const struct handover_account *a)
{
    json_t *items = json_array(), *dated = json_array();
    json_t *o = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "name", a->name, "from", a->source, "to",
        a->destination, "folder", a->folder, "work_dir", a->work_dir, "state", handover_state_name(a->state));
    put_counts(o, a, handover_seen(a), a->from.known);
    json_object_set_new(o, "migration", run(&a->migrate));
    json_object_set_new(o, "verification", run(&a->verify));
    for (size_t i = 0; i < a->item_count; i++)
        json_array_append_new(items, item(&a->items[i]));
    json_object_set_new(o, "not_moved_messages", items);
    for (size_t i = 0; i < a->dated_count; i++)
        json_array_append_new(dated, dated_item(&a->dated[i]));
    json_object_set_new(o, "dated_now_messages", dated);
    json_object_set_new(o, "error", a->error.code ? json_string(a->error.text) : json_null());
    return o;
}

char *handover_json(const struct handover *h, size_t *ret_len)
{
    json_t *accounts = json_array();
    for (size_t i = 0; i < h->count; i++)
        json_array_append_new(accounts, account(&h->accounts[i]));
    json_t *doc = json_pack("{s:i, s:s, s:s, s:s, s:o, s:b, s:o, s:o}", "schema", SCHEMA, "program",
        h->program, "customer", h->customer, "prepared_by", h->prepared_by, "date", at(h->date_s), "in_order",
        h->count && h->by_state[HANDOVER_IN_ORDER] == h->count, "sum", sum(h), "accounts", accounts);
    char *text = json_dumps(doc, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
    json_decref(doc);
    char *lines = mem_printf("%s\n", text);
    free(text);
    *ret_len = strlen(lines);
    return lines;
}
