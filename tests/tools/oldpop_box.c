#include "oldpop.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>

static struct oldpop_message *by_server_number(struct oldpop_conn *p, unsigned long number)
{
    for (size_t i = 0; i < p->count; i++)
        if (p->messages[i].number == number)
            return &p->messages[i];
    return NULL;
}

void oldpop_box_list_row(struct oldpop_conn *p, const char *row)
{
    char *at;
    unsigned long number = strtoul(row, &at, 10);
    p->messages = mem_grow(p->messages, p->count + 1, sizeof *p->messages);
    p->messages[p->count++] =
        (struct oldpop_message){.number = (unsigned)number, .octets = strtoull(at, NULL, 10)};
}

void oldpop_box_uidl_row(struct oldpop_conn *p, const char *row)
{
    char *at;
    struct oldpop_message *m = by_server_number(p, strtoul(row, &at, 10));
    at += strspn(at, " ");
    if (m && !m->uidl)
        m->uidl = mem_strndup(at, strcspn(at, "\r\n"));
}

/* What is left of the list are the messages of the view; its numbers are their places in it. */
void oldpop_box_view(struct oldpop_conn *p)
{
    uint64_t view = oldpop_options.view, shown = 0;
    for (size_t i = 0; i < p->count; i++) {
        struct oldpop_message *m = &p->messages[i];
        m->shown = !view || (shown < view && !oldpop_state_popped(m->uidl ? m->uidl : ""));
        shown += m->shown;
    }
    lines_log("session: %llu of %zu messages", (unsigned long long)shown, p->count);
}

struct oldpop_message *oldpop_box_find(struct oldpop_conn *p, unsigned long number)
{
    unsigned long at = 0;
    for (size_t i = 0; i < p->count; i++) {
        struct oldpop_message *m = &p->messages[i];
        at += m->shown;
        if (m->shown && at == number)
            return m->deleted ? NULL : m;
    }
    return NULL;
}

uint64_t oldpop_box_octets(const struct oldpop_message *m)
{
    if (!oldpop_options.list_lies)
        return m->octets;
    return m->number % 2 ? m->octets + m->octets / 3 : m->octets - m->octets / 3;
}

static void uidl_of(const struct oldpop_message *m, unsigned long number, struct buf *ret)
{
    const struct oldpop_options *o = &oldpop_options;
    const char *uidl = m->uidl ? m->uidl : "";
    if (o->same_uidl)
        buf_append_str(ret, "0000000000");
    else if (o->number_uidl)
        buf_printf(ret, "%lu", number);
    else if (o->place_uidl)
        buf_printf(ret, "m%lu", number);
    else if (o->fresh_uidl)
        buf_printf(
            ret, "s%u-%016llx", oldpop_sessions, (unsigned long long)lines_hash(uidl, strlen(uidl), 1));
    else if (o->uidl_salt)
        buf_printf(ret, "%016llx%016llx",
            (unsigned long long)lines_hash(
                o->uidl_salt, strlen(o->uidl_salt), lines_hash(uidl, strlen(uidl), 0)),
            (unsigned long long)lines_hash(uidl, strlen(uidl), 1));
    else if (!o->blank_uidl)
        buf_append_str(ret, uidl);
}

static void row_of(const struct oldpop_message *m, unsigned long number, bool uidl, struct buf *ret)
{
    buf_printf(ret, "%lu ", number);
    if (uidl)
        uidl_of(m, number, ret);
    else
        buf_printf(ret, "%llu", (unsigned long long)oldpop_box_octets(m));
    buf_append_str(ret, "\r\n");
}

static void rows(struct oldpop_conn *p, const char *argument, bool uidl, struct buf *ret)
{
    unsigned long at = 0, number = strtoul(argument, NULL, 10);
    if (*argument) {
        const struct oldpop_message *m = oldpop_box_find(p, number);
        buf_append_str(ret, m ? "+OK " : "-ERR no such message\r\n");
        if (m)
            row_of(m, number, uidl, ret);
        return;
    }
    buf_append_str(ret, "+OK\r\n");
    for (size_t i = 0; i < p->count; i++) {
        const struct oldpop_message *m = &p->messages[i];
        at += m->shown;
        if (m->shown && !m->deleted)
            row_of(m, at, uidl, ret);
    }
    buf_append_str(ret, ".\r\n");
}

void oldpop_box_stat(struct oldpop_conn *p, struct buf *ret)
{
    unsigned long long octets = 0;
    size_t count = 0;
    for (size_t i = 0; i < p->count; i++) {
        const struct oldpop_message *m = &p->messages[i];
        if (m->shown && !m->deleted) {
            count++;
            octets += oldpop_box_octets(m);
        }
    }
    buf_printf(ret, "+OK %zu %llu\r\n", count, octets);
}

void oldpop_box_list(struct oldpop_conn *p, const char *argument, struct buf *ret)
{
    rows(p, argument, false, ret);
}

void oldpop_box_uidl(struct oldpop_conn *p, const char *argument, struct buf *ret)
{
    if (oldpop_options.no_uidl)
        buf_append_str(ret, "-ERR unknown command\r\n");
    else
        rows(p, argument, true, ret);
}

void oldpop_box_reset(struct oldpop_conn *p)
{
    for (size_t i = 0; i < p->count; i++)
        p->messages[i].deleted = false;
}

void oldpop_box_popped(struct oldpop_conn *p)
{
    for (size_t i = 0; oldpop_options.view && i < p->count; i++)
        if (p->messages[i].retrieved && p->messages[i].uidl)
            oldpop_state_pop(p->messages[i].uidl);
}

void oldpop_box_done(struct oldpop_conn *p)
{
    for (size_t i = 0; i < p->count; i++)
        free(p->messages[i].uidl);
    free(p->messages);
}
