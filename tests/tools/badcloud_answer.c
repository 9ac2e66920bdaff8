#include "badcloud.h"

#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define GARBAGE "%$&@ \x8a\xfe<html>Service Temporarily Unavailable</html>\r\n"

/* ---- what the server offers ---- */

static bool withheld(const char *word, size_t len)
{
    const struct badcloud_options *o = &badcloud_options;
    const struct {
        bool withheld;
        const char *word;
    } words[] = {{true, "STARTTLS"}, {o->no_uidplus, "UIDPLUS"}, {o->no_multiappend, "MULTIAPPEND"},
        {o->no_literal_plus || o->gmail, "LITERAL+"}, {o->no_literal_plus, "LITERAL-"},
        {o->gmail, "X-GM-EXT-1"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (words[i].withheld && !text_compare_nocase(word, len, words[i].word, strlen(words[i].word)))
            return true;
    return false;
}

/* Where the list of capabilities begins, or NULL. */
static const char *capabilities(const char *line)
{
    static const char untagged[] = "* CAPABILITY ", code[] = " OK [CAPABILITY ";
    const char *found = strstr(line, code);
    if (!strncmp(line, untagged, strlen(untagged)))
        return line + strlen(untagged);
    return found && !memchr(line, ' ', (size_t)(found - line)) ? found + strlen(code) : NULL;
}

static void filter_capabilities(struct buf *line)
{
    struct buf out CLEANUP(buf_done) = {0};
    const char *begin = buf_str(line), *at = capabilities(begin);
    if (!at)
        return;
    buf_append(&out, begin, (size_t)(at - begin));
    for (const char *blank = ""; !strchr("]\r\n", *at); at += *at == ' ') {
        size_t len = strcspn(at, " ]\r\n");
        if (!withheld(at, len)) {
            buf_printf(&out, "%s%.*s", blank, (int)len, at);
            blank = " ";
        }
        at += len;
    }
    if (badcloud_options.gmail)
        buf_append_str(&out, " LITERAL- X-GM-EXT-1");
    buf_append_str(&out, at);
    buf_clear(line);
    buf_append(line, buf_bytes(&out), buf_len(&out));
}

static void filter_append_uid(struct buf *line)
{
    const char *begin = buf_str(line), *code = strstr(begin, "[APPENDUID "),
               *end = code ? strchr(code, ']') : NULL;
    if (!end || !badcloud_options.no_uidplus)
        return;
    char *rest CLEANUP(mem_free_str) = mem_strdup(end + 1 + (end[1] == ' '));
    size_t keep = (size_t)(code - begin);
    struct buf out CLEANUP(buf_done) = {0};
    buf_append(&out, begin, keep);
    buf_append_str(&out, rest);
    buf_clear(line);
    buf_append(line, buf_bytes(&out), buf_len(&out));
}

/* ---- out to the client ---- */

static bool nth(uint64_t *count, uint64_t every)
{
    return every && ++*count % every == 0;
}

static void pass_line(struct badcloud_conn *b, struct buf *line)
{
    static uint64_t lines_passed;
    if (!b->in_literal_line && nth(&lines_passed, badcloud_options.garbage_every)) {
        lines_log("garbage");
        buf_append_str(&b->lines->to_client, GARBAGE);
    }
    buf_append(&b->lines->to_client, buf_bytes(line), buf_len(line));
}

static void begin_literal(struct badcloud_conn *b, size_t len)
{
    static uint64_t literals;
    b->literal_left = len;
    if (len < 2 || !nth(&literals, badcloud_options.truncate_every))
        return;
    lines_log("truncate a literal of %zu", len);
    b->cut_in = len / 2;
}

static bool pass_literal(struct badcloud_conn *b)
{
    size_t max = b->literal_left < b->cut_in ? b->literal_left : b->cut_in;
    struct buf *to = b->gmail_id ? &b->gmail_line : &b->lines->to_client;
    size_t n = lines_move(&b->lines->from_server, to, max);
    b->literal_left -= n;
    if (b->gmail_id && !b->literal_left)
        badcloud_gmail_end(b);
    if (b->cut_in != SIZE_MAX && !(b->cut_in -= n))
        b->lines->end = LINES_RESET;
    return n > 0;
}

/* ---- duplicates ---- */

/* The UID at position n of a set in the order of APPENDUID (RFC 4315), or 0. */
static unsigned long uid_at(const char *set, size_t n)
{
    for (char *at;; set = at + 1) {
        unsigned long first = strtoul(set, &at, 10), last = first;
        if (*at == ':')
            last = strtoul(at + 1, &at, 10);
        if (n <= last - first)
            return first + n;
        n -= last - first + 1;
        if (*at != ',')
            return 0;
    }
}

/* The UIDs of the duplicates, "5,7", or NULL where there are none; the caller frees. */
static char *duplicate_uids(const struct badcloud_command *cmd, const char *line)
{
    struct buf uids CLEANUP(buf_done) = {0};
    size_t *found, count = badcloud_find_duplicates(cmd, &found);
    const char *code = strstr(line, "[APPENDUID "),
               *set = code ? strchr(code + strlen("[APPENDUID "), ' ') : NULL;
    for (size_t i = 0; set && i < count; i++)
        buf_printf(&uids, "%s%lu", i ? "," : "", uid_at(set + 1, found[i]));
    free(found);
    return buf_len(&uids) ? buf_strdup(&uids) : NULL;
}

/* The server gave them UIDs and stored them; now they go, before the client hears of it. */
static void take_out(struct badcloud_conn *b, const struct badcloud_command *cmd, const char *uids)
{
    char *mailbox CLEANUP(mem_free_str) = badcloud_word(cmd, 2);
    bool elsewhere = !b->selected || b->read_only;
    struct buf text CLEANUP(buf_done) = {0};
    if (elsewhere) {
        buf_printf(&text, "SELECT %s", mailbox);
        badcloud_send_own(b, buf_str(&text));
        buf_clear(&text);
    }
    buf_printf(&text, "UID STORE %s +FLAGS.SILENT (\\Deleted)", uids);
    badcloud_send_own(b, buf_str(&text));
    buf_clear(&text);
    buf_printf(&text, "UID EXPUNGE %s", uids);
    badcloud_send_own(b, buf_str(&text));
    buf_clear(&text);
    if (elsewhere) {
        buf_printf(&text, b->selected ? "EXAMINE %s" : "UNSELECT", b->selected);
        badcloud_send_own(b, buf_str(&text));
    }
}

/* ---- answers ---- */

static void note_selected(struct badcloud_conn *b, const struct badcloud_command *cmd, bool ok)
{
    bool select = !strcmp(cmd->word, "SELECT"), examine = !strcmp(cmd->word, "EXAMINE");
    if (!select && !examine && strcmp(cmd->word, "UNSELECT") != 0 && strcmp(cmd->word, "CLOSE") != 0)
        return;
    free(b->selected);
    b->selected = ok && (select || examine) ? badcloud_word(cmd, 2) : NULL;
    b->read_only = examine;
}

static void note_ok(struct badcloud_conn *b, const struct badcloud_command *cmd)
{
    if (!strcmp(cmd->word, "LOGIN") || !strcmp(cmd->word, "AUTHENTICATE")) {
        b->signed_in = true;
        badcloud_late_note(cmd);
    }
}

static void answered_own(struct badcloud_conn *b, struct badcloud_command *cmd)
{
    badcloud_drop(b, cmd);
    if (b->first && b->first->own)
        return;
    pass_line(b, &b->held);
    buf_clear(&b->held);
}

static void answered(struct badcloud_conn *b, struct badcloud_command *cmd)
{
    bool ok = !strncmp(buf_str(&b->line) + strlen(cmd->tag), " OK", 3);
    char *uids CLEANUP(mem_free_str) = NULL;
    if (cmd->own) {
        answered_own(b, cmd);
        return;
    }
    if (cmd->action == BADCLOUD_SWALLOW) {
        b->lines->end = LINES_RESET;
        return;
    }
    if (cmd->action == BADCLOUD_DENY) {
        buf_clear(&b->line);
        buf_printf(&b->line, "%s NO Internal error\r\n", cmd->tag);
        ok = false;
    }
    note_selected(b, cmd, ok);
    if (ok)
        note_ok(b, cmd);
    if (ok && !strcmp(cmd->word, "APPEND"))
        badcloud_late_appended();
    if (ok && badcloud_options.drop_duplicates && !strcmp(cmd->word, "APPEND"))
        uids = duplicate_uids(cmd, buf_str(&b->line));
    if (ok && badcloud_options.gmail && !strcmp(cmd->word, "APPEND"))
        (uids ? badcloud_gmail_rename(cmd, &b->line) : badcloud_gmail_appended(cmd, buf_str(&b->line)));
    filter_append_uid(&b->line);
    filter_capabilities(&b->line);
    if (uids) {
        lines_move(&b->line, &b->held, SIZE_MAX);
        take_out(b, cmd, uids);
    } else {
        pass_line(b, &b->line);
    }
    badcloud_drop(b, cmd);
}

/* The command that the line answers, or NULL. A server may settle a short one before a long one that came
 * first. */
static struct badcloud_command *find_tagged(struct badcloud_conn *b)
{
    const char *line = buf_str(&b->line);
    for (struct badcloud_command *cmd = b->first; cmd && cmd->whole; cmd = cmd->next) {
        size_t len = strlen(cmd->tag);
        if (!strncmp(line, cmd->tag, len) && line[len] == ' ')
            return cmd;
    }
    return NULL;
}

static void take_untagged(struct badcloud_conn *b)
{
    size_t at, len;
    bool literal = badcloud_ends_in_literal(&b->line, &at, &len, &(bool){0});
    /* What badcloud does in a mailbox that the client has not opened is not the client's business. */
    if (b->first && b->first->own && (!b->selected || b->read_only))
        return;
    if (*buf_bytes(&b->line) == '+')
        b->raw = true;
    filter_capabilities(&b->line);
    if (literal && badcloud_options.gmail && badcloud_gmail_begin(b, len)) {
        b->in_literal_line = true;
        return;
    }
    pass_line(b, &b->line);
    b->in_literal_line = literal;
    if (literal)
        begin_literal(b, len);
}

bool badcloud_answer(struct badcloud_conn *b)
{
    if (b->literal_left)
        return pass_literal(b);
    if (!lines_take(&b->lines->from_server, &b->line))
        return false;
    struct badcloud_command *cmd = b->in_literal_line ? NULL : find_tagged(b);
    if (cmd)
        answered(b, cmd);
    else
        take_untagged(b);
    return true;
}

bool badcloud_settle(struct badcloud_conn *b)
{
    struct badcloud_command *cmd = b->first;
    if (!cmd)
        return false;
    if (!cmd->whole && !cmd->plus_due)
        return false;
    if (!cmd->whole) {
        cmd->plus_due = false;
        buf_append_str(&b->lines->to_client, "+ OK\r\n");
        return true;
    }
    switch (cmd->action) {
    case BADCLOUD_PASS:
    case BADCLOUD_DENY:
    case BADCLOUD_SWALLOW:
        return false;
    case BADCLOUD_ANSWER:
        lines_move(&cmd->answer, &b->lines->to_client, SIZE_MAX);
        badcloud_drop(b, cmd);
        return true;
    case BADCLOUD_BYE:
        lines_move(&cmd->answer, &b->lines->to_client, SIZE_MAX);
        b->lines->end = LINES_CLOSE;
        return true;
    case BADCLOUD_RESET:
        b->lines->end = LINES_RESET;
        return true;
    }
    return false;
}
