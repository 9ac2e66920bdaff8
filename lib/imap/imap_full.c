#include "imap_full.h"

#include "text.h"
#include <stddef.h>

/* What holds mail. */
static const char *const places[] = {"quota", "storage", "mailbox", "inbox", "space", "disk", "capacity",
    "allocation", "allowance", "filesystem", "file system", "device", "partition", "volume", "user",
    "account", "容量", "ディスク", "メールボックス", NULL};
/* That nothing more goes in, whatever is said of how. */
static const char *const states[] = {"full", "exceed", "exhausted", "insufficient", "not enough",
    "not sufficient", "over quota", "over its", "over the", "over their", "over your", "over limit",
    "is over", "overquota", "out of", "limit reached", "has reached", "have reached", "size reached",
    "quota reached", "no space", "no room", "no more room", "no more space", "no storage", "no disk",
    "no free", "cannot hold", "used up", "超過", "不足", "いっぱい", "一杯", "上限", NULL};
/* Enough by themselves. */
static const char *const sentences[] = {"overquota", "over quota", "quotaexceeded", "enospc", "edquot",
    "too many messages in", "maximum number of messages", "message count limit", "message limit exceeded",
    NULL};
/* Then it is about something else. */
static const char *const others[] = {"number of mailboxes", "number of folders", "mailboxes exceeded",
    "too many mailboxes", "message size", "size of appendable", "size of message", "message is too",
    "message too", "message exceeds", "message length", "line length", "header size",
    "exceeds maximum message", "name", NULL};

bool imap_full_words(const char *text)
{
    if (text_has_any_nocase(text, sentences))
        return true;
    return !text_has_any_nocase(text, others) && text_has_any_nocase(text, places) &&
           text_has_any_nocase(text, states);
}
