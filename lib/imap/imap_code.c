#include "imap_code.h"

#include "imap_full.h"
#include "text.h"
#include <string.h>

#define WAIT_MAX_MS (7 * 24 * 3600 * 1000LL) /* what a server may ask us to wait at most */

static const char *const names[] = {
    [IMAP_CODE_ALERT] = "ALERT",
    [IMAP_CODE_TRYCREATE] = "TRYCREATE",
    [IMAP_CODE_READ_ONLY] = "READ-ONLY",
    [IMAP_CODE_READ_WRITE] = "READ-WRITE",
    [IMAP_CODE_APPENDUID] = "APPENDUID",
    [IMAP_CODE_UIDNOTSTICKY] = "UIDNOTSTICKY",
    [IMAP_CODE_TOOBIG] = "TOOBIG",
    [IMAP_CODE_OVERQUOTA] = "OVERQUOTA",
    [IMAP_CODE_UNAVAILABLE] = "UNAVAILABLE",
    [IMAP_CODE_AUTHENTICATIONFAILED] = "AUTHENTICATIONFAILED",
    [IMAP_CODE_AUTHORIZATIONFAILED] = "AUTHORIZATIONFAILED",
    [IMAP_CODE_EXPIRED] = "EXPIRED",
    [IMAP_CODE_PRIVACYREQUIRED] = "PRIVACYREQUIRED",
    [IMAP_CODE_CONTACTADMIN] = "CONTACTADMIN",
    [IMAP_CODE_NOPERM] = "NOPERM",
    [IMAP_CODE_INUSE] = "INUSE",
    [IMAP_CODE_EXPUNGEISSUED] = "EXPUNGEISSUED",
    [IMAP_CODE_CORRUPTION] = "CORRUPTION",
    [IMAP_CODE_SERVERBUG] = "SERVERBUG",
    [IMAP_CODE_CLIENTBUG] = "CLIENTBUG",
    [IMAP_CODE_CANNOT] = "CANNOT",
    [IMAP_CODE_LIMIT] = "LIMIT",
    [IMAP_CODE_ALREADYEXISTS] = "ALREADYEXISTS",
    [IMAP_CODE_NONEXISTENT] = "NONEXISTENT",
    [IMAP_CODE_THROTTLED] = "THROTTLED",
};

static enum imap_code code_of(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i] && !text_compare_nocase(name, len, names[i], strlen(names[i])))
            return (enum imap_code)i;
    return IMAP_CODE_OTHER;
}

static void skip_blanks(const char **p, const char *end)
{
    while (*p < end && **p == ' ')
        ++*p;
}

/* The bracket that closes the code; one inside a quoted string does not. */
static const char *closing(const char *p, const char *end)
{
    bool quoted = false;
    for (; p < end; p++) {
        if (*p == '"')
            quoted = !quoted;
        else if (*p == '\\' && quoted && p + 1 < end)
            p++;
        else if (*p == ']' && !quoted)
            return p;
    }
    return NULL;
}

void imap_code_split(const char *s, size_t len, struct imap_words *ret)
{
    const char *end = s + len, *close;
    *ret = (struct imap_words){.name = "", .args = ""};
    skip_blanks(&s, end);
    if (s < end && *s == '[' && (close = closing(s, end))) {
        ret->name = s + 1;
        const char *blank = memchr(ret->name, ' ', (size_t)(close - ret->name));
        ret->name_len = (size_t)((blank ? blank : close) - ret->name);
        ret->args = blank ? blank + 1 : close;
        ret->args_len = (size_t)(close - ret->args);
        ret->code = code_of(ret->name, ret->name_len);
        s = close + 1;
        skip_blanks(&s, end);
    }
    ret->text = s;
    ret->text_len = (size_t)(end - s);
}

enum imap_code imap_code_find(const char *text)
{
    if (text_find_nocase(text, "[TRYCREATE]"))
        return IMAP_CODE_TRYCREATE;
    return text_find_nocase(text, "[THROTTLED]") ? IMAP_CODE_THROTTLED : IMAP_CODE_NONE;
}

static const char *const rate_words[] = {"bandwidth", "command or", "rate limit", "throttled",
    "too many requests", "too many commands", "too many simultaneous", "too many concurrent",
    "maximum number of connections", "authenticated but not connected", NULL};
static const char *const full_words[] = {"over quota", "overquota", "over storage quota", "quota exceeded",
    "exceeded quota", "quotaexceeded", "exceeds quota", "exceeded storage", "mailbox full", "mailbox is full",
    "out of storage", NULL};
static const char *const big_words[] = {"maximum size of appendable message", "message too large",
    "message is too large", "message too big", "message is too big", NULL};
static const char *const size_words[] = {"size", "large", "big", NULL};
static const char *const login_words[] = {
    "session expired", "session has expired", "token expired", "token has expired", NULL};
static const char *const locked_words[] = {"mailbox is locked", "mailbox locked", "mailbox is already locked",
    "mailbox is in use", "mailbox in use", "lock the mailbox", "lock mailbox", "lock on mailbox",
    "lock on the mailbox", "lock file", "mailbox lock", "used by another", "locked by another",
    "in use by another", "being accessed", "another session", NULL};
static const char *const later_words[] = {"try again later", "try later", "retry later", "temporarily",
    "temporary", "server busy", "server is busy", NULL};

/* "Suggested Backoff Time: 299609 milliseconds" (Exchange). -1 when the words do not say so. */
static int64_t backoff_ms(const char *text)
{
    static const char phrase[] = "Suggested Backoff Time:";
    const char *p = text_find_nocase(text, phrase);
    if (!p)
        return -1;
    p += sizeof phrase - 1;
    p += strspn(p, " ");
    unsigned long long n;
    size_t len = strspn(p, "0123456789");
    if (!len)
        return -1;
    bool fits = text_parse_u64(p, len, &n);
    return fits && n < WAIT_MAX_MS ? (int64_t)n : WAIT_MAX_MS;
}

struct meaning {
    enum error_scope scope;
    enum error_retry retry;
    enum error_code code;
};

/* Of an APPEND whatever words a server finds for it; of others, which may speak of the number of mailboxes or
 * of sign-ins, the usual ones alone. */
static bool says_full(enum imap_code_about about, const char *text)
{
    return text_has_any_nocase(text, full_words) ||
           (about == IMAP_CODE_ABOUT_MESSAGE && imap_full_words(text));
}

static struct meaning meaning_of_words(enum imap_code_about about, const char *text)
{
    if (text_has_any_nocase(text, rate_words))
        return (struct meaning){ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_THROTTLED};
    if (says_full(about, text))
        return (struct meaning){ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_FULL};
    if (text_has_any_nocase(text, login_words))
        return (struct meaning){ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN, ERROR_AUTH};
    if (text_has_any_nocase(text, locked_words))
        return (struct meaning){ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_IN_USE};
    if (about == IMAP_CODE_ABOUT_OPENING && text_has_any_nocase(text, later_words))
        return (struct meaning){ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_REFUSED};
    if (about == IMAP_CODE_ABOUT_MESSAGE && text_has_any_nocase(text, big_words))
        return (struct meaning){ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_TOO_BIG};
    static const enum error_scope scopes[] = {[IMAP_CODE_ABOUT_SESSION] = ERROR_SCOPE_SESSION,
        [IMAP_CODE_ABOUT_FOLDER] = ERROR_SCOPE_FOLDER,
        [IMAP_CODE_ABOUT_OPENING] = ERROR_SCOPE_FOLDER,
        [IMAP_CODE_ABOUT_MESSAGE] = ERROR_SCOPE_MESSAGE};
    return (struct meaning){scopes[about], ERROR_RETRY_NEVER, ERROR_REFUSED};
}

static struct meaning meaning_of(enum imap_code_about about, enum imap_code code, const char *text)
{
    switch (code) {
    case IMAP_CODE_TOOBIG:
        return (struct meaning){ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER, ERROR_TOO_BIG};
    case IMAP_CODE_OVERQUOTA:
        if (text_has_any_nocase(text, rate_words))
            return (struct meaning){ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_THROTTLED};
        return (struct meaning){ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_FULL};
    case IMAP_CODE_LIMIT:
        if (says_full(about, text))
            return meaning_of_words(about, text);
        if (about == IMAP_CODE_ABOUT_MESSAGE) /* of an APPEND: of this message, by RFC 5530 */
            return (struct meaning){ERROR_SCOPE_MESSAGE, ERROR_RETRY_NEVER,
                text_has_any_nocase(text, size_words) ? ERROR_TOO_BIG : ERROR_REFUSED};
        return (struct meaning){ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_THROTTLED};
    case IMAP_CODE_UNAVAILABLE:
        if (says_full(about, text)) /* "at the moment" */
            return (struct meaning){ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_FULL};
        /* fall through */
    case IMAP_CODE_THROTTLED:
        return (struct meaning){ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_THROTTLED};
    case IMAP_CODE_INUSE:
        return (struct meaning){ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_IN_USE};
    case IMAP_CODE_EXPIRED:
    case IMAP_CODE_AUTHENTICATIONFAILED:
        return (struct meaning){ERROR_SCOPE_SESSION, ERROR_RETRY_AFTER_LOGIN, ERROR_AUTH};
    case IMAP_CODE_AUTHORIZATIONFAILED:
    case IMAP_CODE_PRIVACYREQUIRED:
        return (struct meaning){ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_AUTH};
    case IMAP_CODE_TRYCREATE:
    case IMAP_CODE_NONEXISTENT:
        return (struct meaning){ERROR_SCOPE_FOLDER, ERROR_RETRY_NOW, ERROR_NO_FOLDER};
    case IMAP_CODE_NOPERM:
        return (struct meaning){ERROR_SCOPE_FOLDER, ERROR_RETRY_NEVER, ERROR_REFUSED};
    case IMAP_CODE_SERVERBUG:
        if (about == IMAP_CODE_ABOUT_OPENING) /* Dovecot says it of whatever went wrong this time */
            return (struct meaning){ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_REFUSED};
        return meaning_of_words(about, text);
    default:
        return meaning_of_words(about, text);
    }
}

void imap_code_fold(enum imap_code_about about, const char *verb, enum imap_status status,
    enum imap_code code, const char *text, struct error *ret)
{
    struct meaning m = meaning_of(about, code, text);
    int64_t wait = backoff_ms(text);
    if (wait >= 0)
        m = (struct meaning){ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_THROTTLED};
    const char *name = (size_t)code < sizeof names / sizeof *names ? names[code] : NULL;
    int len = (int)strlen(text);
    while (len && (text[len - 1] == '.' || text[len - 1] == ' '))
        len--;
    error_set(ret, m.scope, m.retry, m.code, "%s was refused by the server: %s%s%s%s%s%.*s", verb,
        status == IMAP_NO ? "NO" : "BAD", name ? " [" : "", name ? name : "", name ? "]" : "", len ? " " : "",
        len, text);
    ret->wait_ms = wait > 0 ? wait : 0;
}
