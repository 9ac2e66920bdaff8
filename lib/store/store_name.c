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
    enum store_role role;
};

enum store_role store_name_role(const char *path)
{
    static const struct known known[] = {
        {"inbox", STORE_ROLE_INBOX},
        {"受信トレイ", STORE_ROLE_INBOX},
        {"受信箱", STORE_ROLE_INBOX},
        {"sent", STORE_ROLE_SENT},
        {"sent items", STORE_ROLE_SENT},
        {"sent messages", STORE_ROLE_SENT},
        {"sent mail", STORE_ROLE_SENT},
        {"送信済み", STORE_ROLE_SENT},
        {"送信済", STORE_ROLE_SENT},
        {"送信済みトレイ", STORE_ROLE_SENT},
        {"送信済みアイテム", STORE_ROLE_SENT},
        {"送信済みメール", STORE_ROLE_SENT},
        {"送信控え", STORE_ROLE_SENT},
        {"drafts", STORE_ROLE_DRAFTS},
        {"draft", STORE_ROLE_DRAFTS},
        {"下書き", STORE_ROLE_DRAFTS},
        {"草稿", STORE_ROLE_DRAFTS},
        {"trash", STORE_ROLE_TRASH},
        {"deleted", STORE_ROLE_TRASH},
        {"deleted items", STORE_ROLE_TRASH},
        {"deleted messages", STORE_ROLE_TRASH},
        {"ごみ箱", STORE_ROLE_TRASH},
        {"ゴミ箱", STORE_ROLE_TRASH},
        {"削除済みアイテム", STORE_ROLE_TRASH},
        {"junk", STORE_ROLE_JUNK},
        {"junk e-mail", STORE_ROLE_JUNK},
        {"junk email", STORE_ROLE_JUNK},
        {"spam", STORE_ROLE_JUNK},
        {"迷惑メール", STORE_ROLE_JUNK},
        {"outbox", STORE_ROLE_OUTBOX},
        {"unsent messages", STORE_ROLE_OUTBOX},
        {"送信トレイ", STORE_ROLE_OUTBOX},
        {"送信箱", STORE_ROLE_OUTBOX},
        {"送信待ち", STORE_ROLE_OUTBOX},
        {"templates", STORE_ROLE_TEMPLATES},
        {"テンプレート", STORE_ROLE_TEMPLATES},
        {"ひな形", STORE_ROLE_TEMPLATES},
        {"archive", STORE_ROLE_ARCHIVE},
        {"archives", STORE_ROLE_ARCHIVE},
        {"アーカイブ", STORE_ROLE_ARCHIVE},
    };
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (text_equal_nocase(name, known[i].name))
            return known[i].role;
    return STORE_ROLE_NONE;
}
