#include "store_name.h"

#include "buf.h"
#include "mail_charset.h"
#include "mem.h"
#include "text.h"
#include "utf7.h"
#include <stdlib.h>
#include <string.h>

#define FULL_WIDTH_SLASH "\xef\xbc\x8f"

static char *shown(const char *text, size_t len)
{
    struct buf out CLEANUP(buf_done) = {0};
    for (size_t i = 0; i < len; i++)
        if (text[i] == '/')
            buf_append_str(&out, FULL_WIDTH_SLASH);
        else
            buf_append_char(&out, text[i]);
    size_t cap = buf_len(&out) + 1;
    char *clean = mem_alloc(cap);
    return text_clean(clean, cap, buf_bytes(&out), buf_len(&out));
}

char *store_name_utf8(const char *disk)
{
    struct buf text CLEANUP(buf_done) = {0};
    mail_charset_guess(disk, strlen(disk), &text);
    return shown(buf_bytes(&text), buf_len(&text));
}

char *store_name_utf7(const char *name)
{
    struct buf text CLEANUP(buf_done) = {0};
    if (utf7_decode(name, &text) < 0)
        return store_name_utf8(name);
    return shown(buf_bytes(&text), buf_len(&text));
}

char *store_name_below(const char *parent, const char *name)
{
    return *parent ? mem_printf("%s/%s", parent, name) : mem_strdup(name);
}

struct known {
    const char *name;
    enum mail_role role;
};

enum mail_role store_name_role(const char *path)
{
    static const struct known known[] = {
        {"inbox", MAIL_ROLE_INBOX},
        {"受信トレイ", MAIL_ROLE_INBOX},
        {"受信箱", MAIL_ROLE_INBOX},
        {"sent", MAIL_ROLE_SENT},
        {"sent items", MAIL_ROLE_SENT},
        {"sent messages", MAIL_ROLE_SENT},
        {"sent mail", MAIL_ROLE_SENT},
        {"送信済み", MAIL_ROLE_SENT},
        {"送信済", MAIL_ROLE_SENT},
        {"送信済みトレイ", MAIL_ROLE_SENT},
        {"送信済みアイテム", MAIL_ROLE_SENT},
        {"送信済みメール", MAIL_ROLE_SENT},
        {"送信控え", MAIL_ROLE_SENT},
        {"drafts", MAIL_ROLE_DRAFTS},
        {"draft", MAIL_ROLE_DRAFTS},
        {"下書き", MAIL_ROLE_DRAFTS},
        {"草稿", MAIL_ROLE_DRAFTS},
        {"trash", MAIL_ROLE_TRASH},
        {"deleted", MAIL_ROLE_TRASH},
        {"deleted items", MAIL_ROLE_TRASH},
        {"deleted messages", MAIL_ROLE_TRASH},
        {"ごみ箱", MAIL_ROLE_TRASH},
        {"ゴミ箱", MAIL_ROLE_TRASH},
        {"削除済みアイテム", MAIL_ROLE_TRASH},
        {"junk", MAIL_ROLE_JUNK},
        {"junk e-mail", MAIL_ROLE_JUNK},
        {"junk email", MAIL_ROLE_JUNK},
        {"spam", MAIL_ROLE_JUNK},
        {"迷惑メール", MAIL_ROLE_JUNK},
        {"outbox", MAIL_ROLE_OUTBOX},
        {"unsent messages", MAIL_ROLE_OUTBOX},
        {"送信トレイ", MAIL_ROLE_OUTBOX},
        {"送信箱", MAIL_ROLE_OUTBOX},
        {"送信待ち", MAIL_ROLE_OUTBOX},
        {"templates", MAIL_ROLE_TEMPLATES},
        {"テンプレート", MAIL_ROLE_TEMPLATES},
        {"ひな形", MAIL_ROLE_TEMPLATES},
        {"archive", MAIL_ROLE_ARCHIVE},
        {"archives", MAIL_ROLE_ARCHIVE},
        {"アーカイブ", MAIL_ROLE_ARCHIVE},
    };
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_equal_nocase(name, known[i].name))
            return known[i].role;
    return MAIL_ROLE_NONE;
}
