#include "oldpop.h"

#include "lines_script.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define UNKNOWN "-ERR unknown command\r\n"

/* ---- the queue ---- */

struct oldpop_command *oldpop_command_add(struct oldpop_conn *p, enum oldpop_kind kind)
{
    struct oldpop_command *cmd = mem_alloc(sizeof *cmd);
    cmd->kind = kind;
    *p->last = cmd;
    p->last = &cmd->next;
    return cmd;
}

void oldpop_command_drop_first(struct oldpop_conn *p)
{
    struct oldpop_command *cmd = p->first;
    p->first = cmd->next;
    if (!p->first)
        p->last = &p->first;
    buf_done(&cmd->answer);
    free(cmd);
}

/* ---- one command ---- */

static void pass_on(struct oldpop_conn *p, struct oldpop_command *cmd)
{
    cmd->passed_on = true;
    buf_append(&p->lines->to_server, buf_bytes(&p->line), buf_len(&p->line));
}

static void sign_in(struct oldpop_conn *p, struct oldpop_command *cmd, const char *word)
{
    const char *why =
        oldpop_options.user_pass_only && strcmp(word, "PASS") != 0 ? UNKNOWN : oldpop_state_gate();
    if (!why) {
        pass_on(p, cmd);
        return;
    }
    lines_log("sign-in refused: %.*s", (int)strcspn(why, "\r"), why);
    buf_append_str(&cmd->answer, why);
}

/* The message's number is another one there. */
static void of_message(
    struct oldpop_conn *p, struct oldpop_command *cmd, const char *word, const char *argument)
{
    char *rest;
    cmd->message = oldpop_box_find(p, strtoul(argument, &rest, 10));
    if (!cmd->message) {
        buf_append_str(&cmd->answer, "-ERR no such message\r\n");
        return;
    }
    cmd->passed_on = true;
    buf_printf(&p->lines->to_server, "%s %u%s\r\n", word, cmd->message->number, rest);
}

static void quit(struct oldpop_conn *p, struct oldpop_command *cmd)
{
    const struct oldpop_options *o = &oldpop_options;
    if (!o->quit_fails && !o->quit_err) {
        pass_on(p, cmd);
        return;
    }
    cmd->last_word = true;
    if (o->quit_err)
        buf_append_str(&cmd->answer, "-ERR [SYS/TEMP] some deleted messages not removed\r\n");
}

static void refuse(struct oldpop_command *cmd)
{
    buf_append_str(&cmd->answer, UNKNOWN);
}

static enum oldpop_kind kind_of(const char *word)
{
    static const struct {
        const char *word;
        enum oldpop_kind kind;
    } kinds[] = {{"PASS", OLDPOP_SIGNIN}, {"AUTH", OLDPOP_SIGNIN}, {"APOP", OLDPOP_SIGNIN},
        {"CAPA", OLDPOP_CAPA}, {"RETR", OLDPOP_RETR}, {"TOP", OLDPOP_TOP}, {"DELE", OLDPOP_DELE},
        {"RSET", OLDPOP_RSET}, {"QUIT", OLDPOP_QUIT}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (text_equal_nocase(word, kinds[i].word))
            return kinds[i].kind;
    return OLDPOP_OTHER;
}

/* STAT, LIST and UIDL are answered from the view; anything else is not known here. */
static void other(struct oldpop_conn *p, struct oldpop_command *cmd, const char *word, const char *argument)
{
    if (text_equal_nocase(word, "STLS"))
        refuse(cmd);
    else if (p->signed_in && text_equal_nocase(word, "STAT"))
        oldpop_box_stat(p, &cmd->answer);
    else if (p->signed_in && text_equal_nocase(word, "LIST"))
        oldpop_box_list(p, argument, &cmd->answer);
    else if (p->signed_in && text_equal_nocase(word, "UIDL"))
        oldpop_box_uidl(p, argument, &cmd->answer);
    else
        pass_on(p, cmd);
}

static void take(struct oldpop_conn *p, struct oldpop_command *cmd, const char *word, const char *argument)
{
    switch (cmd->kind) {
    case OLDPOP_SIGNIN:
        sign_in(p, cmd, word);
        break;
    case OLDPOP_CAPA:
        oldpop_options.no_capa ? refuse(cmd) : pass_on(p, cmd);
        break;
    case OLDPOP_TOP:
        oldpop_options.no_top ? refuse(cmd) : of_message(p, cmd, word, argument);
        break;
    case OLDPOP_RETR:
    case OLDPOP_DELE:
        of_message(p, cmd, word, argument);
        break;
    case OLDPOP_QUIT:
        p->signed_in ? quit(p, cmd) : pass_on(p, cmd);
        break;
    default:
        other(p, cmd, word, argument);
        break;
    }
}

/* true: the script has the answer, if there is to be any. */
static bool take_scripted(struct oldpop_conn *p)
{
    struct buf answer CLEANUP(buf_done) = {0};
    enum lines_script_answer what = lines_script_find(buf_str(&p->line), "", &answer);
    if (what == LINES_SCRIPT_ANSWER)
        lines_move(&answer, &oldpop_command_add(p, OLDPOP_OTHER)->answer, SIZE_MAX);
    p->deaf = what == LINES_SCRIPT_SILENCE;
    return what != LINES_SCRIPT_NONE;
}

static void take_line(struct oldpop_conn *p)
{
    const char *line = buf_str(&p->line);
    if (take_scripted(p))
        return;
    size_t word_len = strcspn(line, " \r\n"), at = word_len + strspn(line + word_len, " ");
    char *word CLEANUP(mem_free_str) = mem_strndup(line, word_len);
    char *argument CLEANUP(mem_free_str) = mem_strndup(line + at, strcspn(line + at, "\r\n"));
    take(p, oldpop_command_add(p, kind_of(word)), word, argument);
}

/* What comes behind a sign-in depends on what is in the mailbox. */
static bool must_wait(const struct oldpop_conn *p)
{
    for (const struct oldpop_command *cmd = p->first; cmd; cmd = cmd->next)
        if (cmd->kind == OLDPOP_SIGNIN || cmd->kind == OLDPOP_SCAN_LIST || cmd->kind == OLDPOP_SCAN_UIDL ||
            cmd->last_word)
            return true;
    return false;
}

bool oldpop_command(struct oldpop_conn *p)
{
    if (p->deaf || (!p->raw && must_wait(p)) || !lines_take(&p->lines->from_client, &p->line))
        return false;
    if (p->raw)
        buf_append(&p->lines->to_server, buf_bytes(&p->line), buf_len(&p->line));
    else
        take_line(p);
    p->raw = false;
    return true;
}
