#include "badcloud.h"

#include "lines_script.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static struct {
    uint64_t commands;       /* that count for throttling */
    uint64_t messages;       /* passed on */
    uint64_t times_full;     /* APPENDs refused for it */
    uint64_t denied;         /* by --deny-first */
    uint64_t swallowed;      /* by --swallow-first */
    uint64_t logins_refused; /* so far */
    uint64_t *ids;           /* hashes of the Message-IDs that are stored; owned */
    size_t id_count;
} cloud;

void badcloud_fault_done(void)
{
    free(cloud.ids);
}

/* ---- messages ---- */

static size_t header_len(const char *message, size_t len)
{
    const char *end = memmem(message, len, "\r\n\r\n", 4);
    return end ? (size_t)(end - message) + 2 : len;
}

static const char *line_end(const char *at, const char *end)
{
    const char *lf = memchr(at, '\n', (size_t)(end - at));
    return lf ? lf + 1 : end;
}

/* Its Message-ID, from "<" to ">", as a string that the caller frees; NULL if it has none, or an empty one.
 */
char *badcloud_message_id(const char *message, size_t len)
{
    const char *end = message + header_len(message, len);
    for (const char *at = message, *next; at < end; at = next) {
        next = line_end(at, end);
        if ((size_t)(end - at) <= strlen("Message-ID:") ||
            strncasecmp(at, "Message-ID:", strlen("Message-ID:")) != 0)
            continue;
        while (next < end && (*next == ' ' || *next == '\t')) /* folded */
            next = line_end(next, end);
        const char *open = memchr(at, '<', (size_t)(next - at));
        const char *close = open ? memchr(open, '>', (size_t)(next - open)) : NULL;
        return close && close > open + 1 ? mem_strndup(open, (size_t)(close - open) + 1) : NULL;
    }
    return NULL;
}

static const char *message_at(const struct badcloud_command *cmd, size_t i)
{
    return buf_bytes(&cmd->text) + cmd->literals[i].at;
}

static void log_message(const char *what, const struct badcloud_command *cmd, size_t i)
{
    char *id CLEANUP(mem_free_str) = badcloud_message_id(message_at(cmd, i), cmd->literals[i].len);
    uint64_t hash = lines_hash(message_at(cmd, i), cmd->literals[i].len, 0);
    lines_log("%s %016llx %s", what, (unsigned long long)hash, id ? id : "-");
}

/* ---- answers ---- */

static void answer(
    struct badcloud_command *cmd, enum badcloud_action action, const char *status, const char *text)
{
    cmd->action = action;
    buf_printf(&cmd->answer, "%s %s %s\r\n", cmd->tag, status, text);
}

/* ---- after the first line ---- */

static bool signs_in(const struct badcloud_command *cmd)
{
    return !strcmp(cmd->word, "LOGIN") || !strcmp(cmd->word, "AUTHENTICATE");
}

static bool counts(const struct badcloud_conn *b, const struct badcloud_command *cmd)
{
    return b->signed_in && strcmp(cmd->word, "CAPABILITY") != 0 && strcmp(cmd->word, "LOGOUT") != 0;
}

static bool nth(uint64_t count, uint64_t every)
{
    return every && count % every == 0;
}

static bool is_full(void)
{
    const struct badcloud_options *o = &badcloud_options;
    if (!o->full || cloud.messages < o->full_after || (o->full_for && cloud.times_full >= o->full_for))
        return false;
    cloud.times_full++;
    return true;
}

static void stall(struct badcloud_conn *b)
{
    const struct badcloud_options *o = &badcloud_options;
    if (!o->stall_ms || b->stalled || b->answers <= o->stall_after)
        return;
    b->stalled = true;
    lines_log("stall");
    b->lines->hold_until_ms = lines_now_ms() + (int64_t)o->stall_ms;
}

static void judge_session(struct badcloud_conn *b, struct badcloud_command *cmd)
{
    const struct badcloud_options *o = &badcloud_options;
    cloud.commands++;
    b->answers++;
    stall(b);
    if ((o->expire_after && b->answers > o->expire_after) || nth(cloud.commands, o->expire_every)) {
        cmd->action = BADCLOUD_BYE;
        buf_append_str(&cmd->answer, "* BYE Session expired, please login again.\r\n");
    } else if (nth(cloud.commands, o->throttle_every)) {
        answer(cmd, BADCLOUD_ANSWER, "NO",
            "[THROTTLED] Request is throttled. Suggested Backoff Time: 300 milliseconds");
    } else if (nth(cloud.commands, o->bandwidth_every)) {
        answer(cmd, BADCLOUD_ANSWER, "NO", "[OVERQUOTA] Account exceeded command or bandwidth limits.");
    }
}

/* By --refuse. */
static void refuse(struct badcloud_command *cmd)
{
    for (const char *const *rule = badcloud_options.refuse; *rule && cmd->action == BADCLOUD_PASS; rule++) {
        size_t len = strcspn(*rule, "=");
        if (text_compare_nocase(*rule, len, cmd->word, strlen(cmd->word)) == 0) {
            cmd->action = BADCLOUD_ANSWER;
            buf_printf(&cmd->answer, "%s %s\r\n", cmd->tag, *rule + len + 1);
        }
    }
}

static void judge_script(struct badcloud_conn *b, struct badcloud_command *cmd)
{
    const char *line = buf_str(&cmd->text) + strlen(cmd->tag);
    enum lines_script_answer what = lines_script_find(line + (*line == ' '), cmd->tag, &cmd->answer);
    if (what == LINES_SCRIPT_ANSWER)
        cmd->action = BADCLOUD_ANSWER;
    b->silent = what == LINES_SCRIPT_SILENCE;
}

void badcloud_judge_line(struct badcloud_conn *b, struct badcloud_command *cmd, bool non_sync, size_t len)
{
    const struct badcloud_options *o = &badcloud_options;
    judge_script(b, cmd);
    if (cmd->action != BADCLOUD_PASS || b->silent)
        return;
    if (signs_in(cmd) && cloud.logins_refused < o->login_refuse_first) {
        cloud.logins_refused++;
        answer(cmd, BADCLOUD_ANSWER, "NO", o->login_refuse_text);
    } else if (counts(b, cmd)) {
        judge_session(b, cmd);
    }
    if (cmd->action == BADCLOUD_PASS && !strcmp(cmd->word, "APPEND") && is_full())
        answer(cmd, BADCLOUD_ANSWER, "NO", o->full_text);
    refuse(cmd);
    if (cmd->action != BADCLOUD_PASS) {
        lines_log("refuse %s: %.*s", cmd->word, (int)buf_len(&cmd->answer) - 2, buf_bytes(&cmd->answer));
    } else if (non_sync && (o->no_literal_plus || (o->gmail && len > BADCLOUD_GMAIL_LITERAL))) {
        /* It did not offer that, and would take the message for commands. */
        answer(cmd, BADCLOUD_BYE, "BAD", "Missing or invalid argument");
        lines_log("bad: a {n+} literal that was not offered");
    }
}

/* ---- after the last ---- */

static bool rejected(const char *message, size_t len)
{
    const struct badcloud_options *o = &badcloud_options;
    if (o->reject_header && lines_find(message, header_len(message, len), o->reject_header))
        return true;
    if (!o->reject_every)
        return false;
    char *id CLEANUP(mem_free_str) = badcloud_message_id(message, len);
    uint64_t hash = lines_hash(id ? id : message, id ? strlen(id) : len, lines_options()->seed);
    return hash % o->reject_every == 0;
}

static bool judge_poison(struct badcloud_command *cmd)
{
    const char *poison = badcloud_options.poison;
    for (size_t i = 0; poison && i < cmd->literal_count; i++)
        if (lines_find(message_at(cmd, i), cmd->literals[i].len, poison)) {
            log_message("poison", cmd, i);
            cmd->action = BADCLOUD_RESET;
            return true;
        }
    return false;
}

/* One is enough to refuse the whole batch (RFC 3502: all or nothing). */
static bool judge_reject(struct badcloud_command *cmd)
{
    bool any = false;
    for (size_t i = 0; i < cmd->literal_count; i++)
        if (rejected(message_at(cmd, i), cmd->literals[i].len)) {
            log_message("reject", cmd, i);
            any = true;
        }
    if (any)
        answer(cmd, BADCLOUD_ANSWER, "NO", badcloud_options.reject_text);
    return any;
}

/* By --rewrite: of the same length, so that nothing has to be counted anew. */
static void rewrite(struct badcloud_command *cmd)
{
    for (size_t i = 0; i < cmd->literal_count && cmd->literals[i].len > 2; i++) {
        char *message = (char *)message_at(cmd, i);
        char *id CLEANUP(mem_free_str) = badcloud_message_id(message, cmd->literals[i].len);
        char *at = id ? memmem(message, cmd->literals[i].len, id, strlen(id)) : NULL;
        if (at)
            memset(at + 1, 'x', strlen(id) - 2);
        else
            memcpy(message, "x:", 2);
        lines_log("rewrite %s", id ? id : "-");
    }
}

void badcloud_judge_append(struct badcloud_command *cmd)
{
    const struct badcloud_options *o = &badcloud_options;
    if (o->no_multiappend && cmd->literal_count > 1) {
        answer(cmd, BADCLOUD_ANSWER, "BAD", "APPEND takes one message");
        lines_log("bad: MULTIAPPEND that was not offered");
        return;
    }
    if (judge_poison(cmd) || judge_reject(cmd))
        return;
    if (o->rewrite)
        rewrite(cmd);
    if (badcloud_late_take(cmd)) {
        cmd->action = BADCLOUD_RESET;
        return;
    }
    if (cloud.denied < o->deny_first) {
        cloud.denied++;
        lines_log("deny %zu messages, stored", cmd->literal_count);
        cmd->action = BADCLOUD_DENY;
    }
    bool first = cloud.swallowed < o->swallow_first;
    cloud.swallowed += first;
    if (first || (o->swallow_percent && lines_chance(o->swallow_percent))) {
        lines_log(
            "swallow %zu messages, %s", cmd->literal_count, o->swallow_before ? "not stored" : "stored");
        cmd->action = o->swallow_before ? BADCLOUD_RESET : BADCLOUD_SWALLOW;
        if (o->swallow_before)
            return;
    }
    cloud.messages += cmd->literal_count;
}

/* ---- what is there already ---- */

static bool remember(uint64_t id)
{
    for (size_t i = 0; i < cloud.id_count; i++)
        if (cloud.ids[i] == id)
            return false;
    cloud.ids = mem_grow(cloud.ids, cloud.id_count + 1, sizeof *cloud.ids);
    cloud.ids[cloud.id_count++] = id;
    return true;
}

size_t badcloud_find_duplicates(const struct badcloud_command *cmd, size_t **ret)
{
    size_t count = 0, *found = mem_array(cmd->literal_count, sizeof *found);
    for (size_t i = 0; i < cmd->literal_count; i++) {
        char *id CLEANUP(mem_free_str) = badcloud_message_id(message_at(cmd, i), cmd->literals[i].len);
        if (id && !remember(lines_hash(id, strlen(id), 0))) {
            log_message("drop", cmd, i);
            found[count++] = i;
        }
    }
    *ret = found;
    return count;
}
