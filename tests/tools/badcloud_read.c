#include "badcloud.h"

#include "mem.h"
#include "text.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- the queue ---- */

static struct badcloud_command *add_command(struct badcloud_conn *b)
{
    struct badcloud_command *cmd = mem_alloc(sizeof *cmd);
    *b->last = cmd;
    b->last = &cmd->next;
    return cmd;
}

void badcloud_drop(struct badcloud_conn *b, struct badcloud_command *cmd)
{
    struct badcloud_command **at = &b->first;
    while (*at != cmd)
        at = &(*at)->next;
    *at = cmd->next;
    if (!*at)
        b->last = at;
    buf_done(&cmd->text);
    buf_done(&cmd->answer);
    free(cmd->literals);
    free(cmd);
}

static struct badcloud_command *last_command(const struct badcloud_conn *b)
{
    struct badcloud_command *cmd = b->first;
    while (cmd && cmd->next)
        cmd = cmd->next;
    return cmd;
}

void badcloud_send_own(struct badcloud_conn *b, const char *text)
{
    static unsigned count;
    struct badcloud_command *cmd = add_command(b);
    cmd->begun = cmd->whole = cmd->own = true;
    snprintf(cmd->tag, sizeof cmd->tag, "badcloud%u", ++count);
    buf_printf(&b->lines->to_server, "%s %s\r\n", cmd->tag, text);
}

/* ---- words ---- */

static size_t word_end(const char *s, size_t len, size_t at)
{
    bool quoted = at < len && s[at] == '"';
    for (at += quoted; at < len; at++) {
        if (quoted && s[at] == '\\')
            at++;
        else if (quoted && s[at] == '"')
            return at + 1;
        else if (!quoted && isspace((unsigned char)s[at]))
            return at;
    }
    return len;
}

char *badcloud_word(const struct badcloud_command *cmd, size_t n)
{
    const char *s = buf_bytes(&cmd->text);
    size_t len = buf_len(&cmd->text), at = 0;
    for (;; n--) {
        while (at < len && s[at] == ' ')
            at++;
        size_t end = word_end(s, len, at);
        if (!n)
            return mem_strndup(s + at, end - at);
        at = end;
    }
}

static void read_words(struct badcloud_command *cmd)
{
    char *tag CLEANUP(mem_free_str) = badcloud_word(cmd, 0),
              *word CLEANUP(mem_free_str) = badcloud_word(cmd, 1);
    snprintf(cmd->tag, sizeof cmd->tag, "%s", tag);
    snprintf(cmd->word, sizeof cmd->word, "%s", word);
    for (char *p = cmd->word; *p; p++)
        *p = (char)toupper((unsigned char)*p);
}

/* ---- the client's lines ---- */

bool badcloud_ends_in_literal(struct buf *line, size_t *ret_at, size_t *ret_len, bool *ret_non_sync)
{
    const char *s = buf_bytes(line);
    size_t len = buf_len(line), at;
    unsigned long long n;
    while (len && (s[len - 1] == '\n' || s[len - 1] == '\r'))
        len--;
    if (!len || s[len - 1] != '}')
        return false;
    for (at = len - 1; at && s[at] != '{';)
        at--;
    bool plus = len - at >= 4 && s[len - 2] == '+';
    if (s[at] != '{' || !text_parse_u64(s + at + 1, len - at - 2 - plus, &n))
        return false;
    *ret_at = at;
    *ret_len = (size_t)n;
    *ret_non_sync = plus;
    return true;
}

static void add_literal(struct badcloud_command *cmd, size_t len)
{
    cmd->literals = mem_grow(cmd->literals, cmd->literal_count + 1, sizeof *cmd->literals);
    cmd->literals[cmd->literal_count++] = (struct badcloud_literal){.at = buf_len(&cmd->text), .len = len};
    cmd->left = len;
}

static void forward(struct badcloud_conn *b, struct badcloud_command *cmd)
{
    size_t len = buf_len(&cmd->text);
    if (b->silent)
        return;
    /* Cut before its last message, the server can store nothing of it; the line is cut when its turn comes.
     */
    if (cmd->action == BADCLOUD_RESET && badcloud_options.swallow_before && cmd->literal_count)
        len = cmd->literals[cmd->literal_count - 1].at;
    else if (cmd->action != BADCLOUD_PASS && cmd->action != BADCLOUD_SWALLOW && cmd->action != BADCLOUD_DENY)
        return;
    buf_append(&b->lines->to_server, buf_bytes(&cmd->text), len);
}

/* All of it is there, or as much as will ever count. */
static void end_command(struct badcloud_conn *b, struct badcloud_command *cmd)
{
    if (cmd->action == BADCLOUD_PASS && !strcmp(cmd->word, "APPEND"))
        badcloud_judge_append(cmd);
    if (badcloud_options.gmail)
        badcloud_gmail_ask(cmd);
    cmd->whole = true;
    b->deaf = cmd->action == BADCLOUD_BYE || cmd->action == BADCLOUD_RESET || cmd->action == BADCLOUD_SWALLOW;
    forward(b, cmd);
}

static void take_line(struct badcloud_conn *b, struct badcloud_command *cmd)
{
    size_t at, len = 0;
    bool non_sync = false, literal = badcloud_ends_in_literal(&b->line, &at, &len, &non_sync),
         first = !cmd->begun;
    if (literal) {
        buf_append(&cmd->text, buf_bytes(&b->line), at);
        buf_printf(&cmd->text, "{%zu+}\r\n", len);
    } else {
        buf_append(&cmd->text, buf_bytes(&b->line), buf_len(&b->line));
    }
    if (first) {
        cmd->begun = true;
        read_words(cmd);
        badcloud_judge_line(b, cmd, non_sync, len);
    }
    bool refused = cmd->action != BADCLOUD_PASS;
    if (!literal || (refused && (!non_sync || cmd->action != BADCLOUD_ANSWER))) {
        end_command(b, cmd);
        return;
    }
    add_literal(cmd, len);
    cmd->plus_due = !non_sync;
}

static void take_literal(struct badcloud_conn *b, struct badcloud_command *cmd)
{
    cmd->left -= lines_move(&b->lines->from_client, &cmd->text, cmd->left);
}

static bool take_raw(struct badcloud_conn *b)
{
    if (!lines_take(&b->lines->from_client, &b->line))
        return false;
    b->raw = false;
    buf_append(&b->lines->to_server, buf_bytes(&b->line), buf_len(&b->line));
    return true;
}

/* Duplicates are taken out before the client may go on; else one command does not wait for the other. */
static bool must_wait(const struct badcloud_conn *b)
{
    return b->first && (badcloud_options.drop_duplicates || !strcmp(last_command(b)->word, "AUTHENTICATE"));
}

bool badcloud_read(struct badcloud_conn *b)
{
    struct lines_conn *c = b->lines;
    struct badcloud_command *cmd = last_command(b);
    if (b->deaf || b->silent) {
        buf_clear(&c->from_client);
        return false;
    }
    if (!buf_len(&c->from_client))
        return false;
    if (b->raw)
        return take_raw(b);
    if (cmd && !cmd->whole && cmd->left) {
        take_literal(b, cmd);
        return true;
    }
    bool next = !cmd || cmd->whole;
    if ((next && must_wait(b)) || !lines_take(&c->from_client, &b->line))
        return false;
    take_line(b, next ? add_command(b) : cmd);
    return true;
}
