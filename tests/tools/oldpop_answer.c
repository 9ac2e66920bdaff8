#include "oldpop.h"

#include "mem.h"
#include "text.h"
#include <string.h>

static void pass(struct oldpop_conn *p, const struct buf *b)
{
    buf_append(&p->lines->to_client, buf_bytes(b), buf_len(b));
}

static bool is_end(struct buf *line)
{
    return !strcmp(buf_str(line), ".\r\n");
}

/* ---- CAPA ---- */

static bool same_word(const char *line, const char *word)
{
    size_t len = strcspn(line, " \r\n");
    return !text_compare_nocase(line, len, word, strlen(word));
}

static bool dropped(const char *line)
{
    const struct oldpop_options *o = &oldpop_options;
    for (size_t i = 0; i < o->capa_drop_count; i++)
        if (same_word(line, o->capa_drop[i]))
            return true;
    return same_word(line, "STLS") || (o->no_uidl && same_word(line, "UIDL")) ||
           (o->no_top && same_word(line, "TOP")) || (o->user_pass_only && same_word(line, "SASL"));
}

static void add_capa(struct buf *out)
{
    const struct oldpop_options *o = &oldpop_options;
    for (size_t i = 0; i < o->capa_add_count; i++)
        buf_printf(out, "%s\r\n", o->capa_add[i]);
    if (o->login_delay_s)
        buf_printf(out, "LOGIN-DELAY %llu\r\n", (unsigned long long)o->login_delay_s);
    if (o->view)
        buf_append_str(out, "X-GOOGLE-RICO\r\n");
}

/* ---- lines of an answer of many ---- */

static void pass_top(struct oldpop_conn *p)
{
    uint64_t cut = oldpop_options.top_cut, len = buf_len(&p->line);
    if (!cut || p->body_octets + len <= cut) {
        pass(p, &p->line);
    } else if (p->body_octets < cut) {
        buf_append(&p->lines->to_client, buf_bytes(&p->line), (size_t)(cut - p->body_octets));
        buf_append_str(&p->lines->to_client, "\r\n");
    }
    p->body_octets += len;
}

static void pass_retr(struct oldpop_conn *p)
{
    if (oldpop_options.unstuffed && *buf_bytes(&p->line) == '.')
        buf_consume(&p->line, 1);
    const char *poison = oldpop_options.poison_retr;
    if (oldpop_options.err_retr) {
        buf_append(&p->held, buf_bytes(&p->line), buf_len(&p->line));
    } else if (poison && lines_find(buf_bytes(&p->line), buf_len(&p->line), poison)) {
        lines_log("poison: message %u", p->first->message->number);
        buf_append(&p->lines->to_client, buf_bytes(&p->line), buf_len(&p->line) / 2);
        p->lines->end = LINES_RESET;
    } else {
        pass(p, &p->line);
    }
}

static void take_body_line(struct oldpop_conn *p)
{
    switch (p->first->kind) {
    case OLDPOP_CAPA:
        if (!dropped(buf_str(&p->line)))
            pass(p, &p->line);
        break;
    case OLDPOP_TOP:
        pass_top(p);
        break;
    case OLDPOP_RETR:
        pass_retr(p);
        break;
    case OLDPOP_SCAN_LIST:
        oldpop_box_list_row(p, buf_str(&p->line));
        break;
    case OLDPOP_SCAN_UIDL:
        oldpop_box_uidl_row(p, buf_str(&p->line));
        break;
    default:
        pass(p, &p->line);
        break;
    }
}

/* ---- the ends of answers ---- */

/* A message that was looked through: all of it, or -ERR. */
static void release(struct oldpop_conn *p)
{
    const char *pattern = oldpop_options.err_retr;
    if (!pattern)
        return;
    if (lines_find(buf_bytes(&p->held), buf_len(&p->held), pattern)) {
        lines_log("err: message %u", p->first->message->number);
        buf_clear(&p->held);
        buf_append_str(&p->lines->to_client, "-ERR message cannot be read\r\n");
        return;
    }
    pass(p, &p->held);
    buf_clear(&p->held);
    pass(p, &p->line);
}

static void end_body(struct oldpop_conn *p)
{
    p->body = false;
    switch (p->first->kind) {
    case OLDPOP_SCAN_LIST:
        break;
    case OLDPOP_SCAN_UIDL:
        oldpop_box_view(p);
        p->signed_in = true;
        pass(p, &p->held);
        buf_clear(&p->held);
        break;
    case OLDPOP_RETR:
        p->first->message->retrieved = true;
        if (oldpop_options.err_retr)
            release(p);
        else
            pass(p, &p->line);
        break;
    case OLDPOP_CAPA:
        add_capa(&p->lines->to_client);
        pass(p, &p->line);
        break;
    default:
        pass(p, &p->line);
        break;
    }
    oldpop_command_drop_first(p);
}

/* ---- the first line of an answer ---- */

/* The client waits for it until the mailbox is known. */
static void signed_in(struct oldpop_conn *p)
{
    oldpop_state_signed_in();
    lines_move(&p->line, &p->held, SIZE_MAX);
    oldpop_command_drop_first(p);
    oldpop_command_add(p, OLDPOP_SCAN_LIST)->passed_on = true;
    oldpop_command_add(p, OLDPOP_SCAN_UIDL)->passed_on = true;
    buf_append_str(&p->lines->to_server, "LIST\r\nUIDL\r\n");
}

static void begin_retr(struct oldpop_conn *p)
{
    if (oldpop_options.list_lies) {
        buf_clear(&p->line);
        buf_printf(&p->line, "+OK %llu octets\r\n", (unsigned long long)oldpop_box_octets(p->first->message));
    }
    if (oldpop_options.err_retr)
        lines_move(&p->line, &p->held, SIZE_MAX);
    else
        pass(p, &p->line);
}

static void take_ok(struct oldpop_conn *p)
{
    struct oldpop_command *cmd = p->first;
    p->body = cmd->kind == OLDPOP_CAPA || cmd->kind == OLDPOP_RETR || cmd->kind == OLDPOP_TOP ||
              cmd->kind == OLDPOP_SCAN_LIST || cmd->kind == OLDPOP_SCAN_UIDL;
    p->body_octets = 0;
    switch (cmd->kind) {
    case OLDPOP_SIGNIN:
        signed_in(p);
        return;
    case OLDPOP_RETR:
        begin_retr(p);
        return;
    case OLDPOP_SCAN_LIST:
    case OLDPOP_SCAN_UIDL:
        return;
    case OLDPOP_DELE:
        cmd->message->deleted = true;
        break;
    case OLDPOP_RSET:
        oldpop_box_reset(p);
        break;
    case OLDPOP_QUIT:
        oldpop_box_popped(p);
        break;
    default:
        break;
    }
    pass(p, &p->line);
    if (!p->body)
        oldpop_command_drop_first(p);
}

static void take_first_line(struct oldpop_conn *p)
{
    const char *line = buf_str(&p->line);
    if (p->first && *line == '+' && line[1] != 'O') {
        p->raw = true; /* AUTH goes on */
        pass(p, &p->line);
    } else if (p->first && !strncmp(line, "+OK", 3)) {
        take_ok(p);
    } else {
        pass(p, &p->line); /* the greeting, or -ERR */
        if (p->first)
            oldpop_command_drop_first(p);
    }
}

bool oldpop_answer(struct oldpop_conn *p)
{
    if ((p->first && !p->first->passed_on) || !lines_take(&p->lines->from_server, &p->line))
        return false;
    if (!p->body)
        take_first_line(p);
    else if (is_end(&p->line))
        end_body(p);
    else
        take_body_line(p);
    return true;
}

bool oldpop_settle(struct oldpop_conn *p)
{
    struct oldpop_command *cmd = p->first;
    if (!cmd || cmd->passed_on)
        return false;
    lines_move(&cmd->answer, &p->lines->to_client, SIZE_MAX);
    if (cmd->last_word) {
        lines_log("quit: not done");
        p->lines->end = LINES_CLOSE;
    }
    oldpop_command_drop_first(p);
    return true;
}
