#include "badcloud.h"

#include "mem.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is said of Gmail, which this has never met: X-GM-EXT-1 and LITERAL- are offered, MULTIAPPEND is not;
 * each message has an X-GM-MSGID, whatever its UID; one of a Message-ID that is there already is answered OK,
 * and not stored. Then, by
 * --gmail:
 *   gone    the answer names a new UID, and nothing stands there
 *   old     it names the old one's UID
 *   label   it names a new UID, under which the old one stands (its X-GM-MSGID) */

#define ITEM   "X-GM-MSGID"
#define ASKED  "BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"
#define ANSWER " BODY[HEADER.FIELDS (MESSAGE-ID)]"

static struct {
    struct stored {
        char *id;
        unsigned long uid;
    } * all;
    size_t count;
} stored;

void badcloud_gmail_done(void)
{
    for (size_t i = 0; i < stored.count; i++)
        free(stored.all[i].id);
    free(stored.all);
}

void badcloud_gmail_ask(struct badcloud_command *cmd)
{
    const char *text = buf_str(&cmd->text), *item = cmd->literal_count ? NULL : strstr(text, ITEM);
    if (!item)
        return;
    struct buf out CLEANUP(buf_done) = {0};
    buf_append(&out, text, (size_t)(item - text));
    buf_append_str(&out, ASKED);
    buf_append_str(&out, item + strlen(ITEM));
    buf_clear(&cmd->text);
    buf_append(&cmd->text, buf_bytes(&out), buf_len(&out));
}

bool badcloud_gmail_begin(struct badcloud_conn *b, size_t len)
{
    const char *line = buf_str(&b->line), *item = strstr(line, ANSWER);
    if (!item)
        return false;
    buf_clear(&b->gmail_line);
    buf_append(&b->gmail_line, line, (size_t)(item - line));
    buf_append_char(&b->gmail_line, '\0');
    b->gmail_id = true;
    b->literal_left = len;
    return true;
}

void badcloud_gmail_end(struct badcloud_conn *b)
{
    const char *before = buf_bytes(&b->gmail_line), *header = before + strlen(before) + 1;
    size_t len = buf_len(&b->gmail_line) - (size_t)(header - before);
    char *id CLEANUP(mem_free_str) = badcloud_message_id(header, len);
    const char *what = id ? id : before; /* the line tells the UID */
    buf_printf(&b->lines->to_client, "%s " ITEM " %llu", before,
        (unsigned long long)(lines_hash(what, strlen(what), 0) >> 1) | 1);
    b->gmail_id = false;
}

static unsigned long told_uid(const char *line)
{
    const char *code = strstr(line, "[APPENDUID "),
               *uid = code ? strchr(code + strlen("[APPENDUID "), ' ') : NULL;
    return uid ? strtoul(uid, NULL, 10) : 0;
}

static char *id_of(const struct badcloud_command *cmd)
{
    return badcloud_message_id(buf_bytes(&cmd->text) + cmd->literals[0].at, cmd->literals[0].len);
}

void badcloud_gmail_appended(const struct badcloud_command *cmd, const char *line)
{
    char *id = id_of(cmd);
    if (!id)
        return;
    stored.all = mem_grow(stored.all, stored.count + 1, sizeof *stored.all);
    stored.all[stored.count++] = (struct stored){id, told_uid(line)};
}

void badcloud_gmail_rename(const struct badcloud_command *cmd, struct buf *line)
{
    char *id CLEANUP(mem_free_str) = id_of(cmd), *text CLEANUP(mem_free_str) = buf_strdup(line);
    const char *code = strstr(text, "[APPENDUID "), *end = code ? strchr(code, ']') : NULL;
    if (!end || strcmp(badcloud_options.gmail, "old") != 0)
        return;
    for (size_t i = 0; i < stored.count; i++)
        if (!strcmp(stored.all[i].id, id)) {
            const char *uid = strchr(code + strlen("[APPENDUID "), ' ') + 1;
            buf_clear(line);
            buf_printf(line, "%.*s%lu%s", (int)(uid - text), text, stored.all[i].uid, end);
            return;
        }
}
