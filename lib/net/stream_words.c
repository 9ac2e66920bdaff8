#include "stream_words.h"

#include "text.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static void keep(char *dst, size_t cap, const char *line, size_t len)
{
    text_clean(dst, cap, line, len);
}

static bool begins(const char *line, size_t len, const char *with)
{
    size_t n = strlen(with);
    return len >= n && !text_compare_nocase(line, n, with, n);
}

/* The status word begins the line and is a word of its own. */
static bool status(const char *line, size_t len, const char *word)
{
    size_t n = strlen(word);
    return begins(line, len, word) && (len == n || line[n] == ' ' || line[n] == '[');
}

static void add_mechanism(struct stream_words *w, const char *name, size_t len)
{
    size_t used = strlen(w->mechanisms);
    if (!len || used + len + 3 > sizeof w->mechanisms)
        return;
    for (size_t i = 0; i < len; i++)
        if (name[i] <= ' ' || name[i] > '~') /* a NUL would end the list */
            return;
    if (!used)
        w->mechanisms[used++] = ' ';
    for (size_t i = 0; i < len; i++)
        w->mechanisms[used++] = (char)toupper((unsigned char)name[i]);
    w->mechanisms[used++] = ' ';
    w->mechanisms[used] = '\0';
}

/* Each word of the rest of a line, or only those after the prefix (taken off). */
static void add_mechanisms(struct stream_words *w, const char *line, size_t len, const char *prefix)
{
    size_t at = 0, cut = strlen(prefix);
    while (at < len) {
        size_t end = at;
        while (end < len && line[end] != ' ' && line[end] != '\t' && line[end] != ']')
            end++;
        if (end - at > cut && begins(line + at, end - at, prefix))
            add_mechanism(w, line + at + cut, end - at - cut);
        if (end - at == 13 && begins(line + at, 13, "LOGINDISABLED"))
            w->login_disabled = true;
        if (end - at == 8 && begins(line + at, 8, "STARTTLS"))
            w->starttls = true;
        at = end + 1;
    }
}

static void pop3_line(struct stream_words *w, const char *line, size_t len)
{
    if (status(line, len, "-ERR") || status(line, len, "+ERR")) {
        keep(w->refusal, sizeof w->refusal, line, len);
    } else if (status(line, len, "+OK")) {
        w->refusal[0] = '\0';
    } else if (begins(line, len, "LOGIN-DELAY ")) {
        unsigned long long s;
        size_t digits = 12;
        while (digits < len && line[digits] >= '0' && line[digits] <= '9')
            digits++;
        if (text_parse_u64(line + 12, digits - 12, &s) && s <= 7 * 86400)
            w->login_delay_s = (int)s;
    } else if (begins(line, len, "SASL ")) {
        w->mechanisms[0] = '\0';
        add_mechanisms(w, line + 5, len - 5, "");
    } else if (len == 4 && begins(line, len, "STLS")) {
        w->starttls = true;
    }
}

/* RFC 3501 section 7.1: in an OK, NO, BAD, BYE or PREAUTH, tagged or not; people must see it. */
static void note_alert(struct stream_words *w, const char *line, size_t len)
{
    static const char code[] = "[ALERT]";
    const char *at = memchr(line, '[', len);
    size_t left = at ? len - (size_t)(at - line) : 0;
    if (!begins(at ? at : "", left, code))
        return;
    at += sizeof code - 1;
    left -= sizeof code - 1;
    while (left && *at == ' ') {
        at++;
        left--;
    }
    keep(w->alert, sizeof w->alert, at, left);
}

static void imap_line(struct stream_words *w, const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);
    if (!space || line[0] == '+')
        return;
    const char *rest = space + 1;
    size_t rest_len = len - (size_t)(rest - line);
    note_alert(w, line, len);
    if (status(rest, rest_len, "NO") || status(rest, rest_len, "BAD") || status(rest, rest_len, "BYE")) {
        keep(w->refusal, sizeof w->refusal, line, len);
        w->refusal_is_no = status(rest, rest_len, "NO");
    } else if (line[0] != '*' && status(rest, rest_len, "OK")) {
        w->refusal[0] = '\0';
    } else if (status(rest, rest_len, "CAPABILITY")) {
        w->mechanisms[0] = '\0';
        w->login_disabled = false;
        add_mechanisms(w, rest, rest_len, "AUTH=");
    }
}

void stream_words_line(struct stream_words *w, enum stream_protocol protocol, const char *line, size_t len)
{
    while (len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
        len--;
    if (!w->lines++)
        keep(w->greeting, sizeof w->greeting, line, len);
    else if (w->lines == 2 && protocol == STREAM_POP3 && !begins(line, len, "+") && !begins(line, len, "-"))
        keep(w->odd, sizeof w->odd, line, len);
    if (protocol == STREAM_POP3)
        pop3_line(w, line, len);
    else
        imap_line(w, line, len);
}

/* Few octets may be known: as far as they go, they must agree. */
static bool agrees(const char *first, size_t len, const char *with)
{
    size_t n = strlen(with) < len ? strlen(with) : len;
    return !text_compare_nocase(first, n, with, n);
}

bool stream_words_greets(enum stream_protocol protocol, const char *first, size_t len)
{
    if (protocol == STREAM_POP3)
        return agrees(first, len, "+OK") || agrees(first, len, "-ERR");
    return agrees(first, len, "* ");
}

const char *stream_words_guess(const char *first, size_t len)
{
    if (begins(first, len, "+OK") || begins(first, len, "-ERR"))
        return "a POP3 server";
    if (begins(first, len, "* OK") || begins(first, len, "* BYE") || begins(first, len, "* PRE"))
        return "an IMAP server";
    if (begins(first, len, "HTTP") || begins(first, len, "<!DOC") || begins(first, len, "<html"))
        return "a web server";
    if (begins(first, len, "SSH-"))
        return "an SSH server";
    if (len > 2 && (first[0] == 0x15 || first[0] == 0x16) && first[1] == 0x03)
        return "a server that wants TLS from the first octet";
    bool code = len >= 3 && isdigit((unsigned char)first[0]) && isdigit((unsigned char)first[1]) &&
                isdigit((unsigned char)first[2]);
    if (!code)
        return NULL;
    for (size_t i = 3; i + 3 <= len; i++)
        if (begins(first + i, len - i, "FTP"))
            return "an FTP server";
    return "an SMTP server";
}

bool stream_words_invites_apop(const struct stream_words *w)
{
    const char *open = strchr(w->greeting, '<'), *at = open ? strchr(open, '@') : NULL;
    return at && strchr(at, '>');
}

/* greeting is clean text: what was no ASCII or no character at all is '?' or has its high bit set. */
bool stream_words_apop_is_sound(const struct stream_words *w)
{
    const char *open = strchr(w->greeting, '<'), *close = open ? strchr(open, '>') : NULL;
    unsigned ats = 0;
    if (!close || strlen(w->greeting) + 1 >= sizeof w->greeting)
        return false;
    for (const char *p = open + 1; p < close; p++) {
        if (*p <= ' ' || *p > '~' || *p == '<' || *p == '?')
            return false;
        ats += *p == '@';
    }
    return ats == 1 && open[1] != '@' && close[-1] != '@';
}

bool stream_words_offers_weak(const struct stream_words *w)
{
    return stream_words_offers(w, "DIGEST-MD5") || stream_words_offers(w, "NTLM");
}

bool stream_words_offers(const struct stream_words *w, const char *mechanism)
{
    const char *at = w->mechanisms;
    size_t n = strlen(mechanism);
    while ((at = strstr(at, mechanism)) != NULL) {
        if (at > w->mechanisms && at[-1] == ' ' && at[n] == ' ')
            return true;
        at += n;
    }
    return false;
}

bool stream_words_is_syntax(const char *refusal)
{
    static const char *const codes[] = {
        "[AUTH]", "[AUTHENTICATIONFAILED]", "[IN-USE]", "[LOGIN-DELAY]", "[SYS/", NULL};
    static const char *const words[] = {"not implemented", "unimplemented", "syntax", "unknown command",
        "unknown auth", "invalid command", "bad command", "unrecogni", "not supported", "unsupported",
        "too many arguments", "too many parameters", "number of arg", "invalid argument", "bad argument",
        "not understood", "command not", "mechanism", "protocol error", NULL};
    return !text_has_any_nocase(refusal, codes) && text_has_any_nocase(refusal, words);
}

bool stream_words_blames_mechanism(const struct stream_words *w)
{
    static const char *const codes[] = {"[AUTHENTICATIONFAILED]", "[AUTHORIZATIONFAILED]", "[EXPIRED]",
        "[UNAVAILABLE]", "[CONTACTADMIN]", "[INUSE]", "[LIMIT]", NULL};
    static const char *const password[] = {"password", "credential", "invalid user", "authentication failed",
        "authentication failure", "login failed", "too many", "BYE", NULL};
    if (!w->refusal[0] || text_has_any_nocase(w->refusal, codes) || text_has_any_nocase(w->refusal, password))
        return false;
    return !w->refusal_is_no || stream_words_is_syntax(w->refusal);
}

static bool is_in_use(const char *text)
{
    static const char *const words[] = {"[IN-USE]", "[INUSE]", " in use", "already locked", "mailbox locked",
        "mailbox is locked", "maildrop locked", "maildrop is locked", "lock busy", "lock mailbox",
        "lock maildrop", "lock on mailbox", "being accessed", "another pop3 session", "another session",
        NULL};
    return text_has_any_nocase(text, words);
}

static bool is_throttled(const char *text)
{
    static const char *const codes[] = {"[LOGIN-DELAY]", "[SYS/TEMP]", "[UNAVAILABLE]", "[LIMIT]",
        "[THROTTLED]", "[OVERQUOTA]", "[SERVERBUG]", NULL};
    static const char *const words[] = {"throttl", "rate limit", "try again later", "try later",
        "retry later", "temporar", "connection limit", "maximum number of", "maximum connection", "exceeded",
        "too often", "too frequent", "too fast", "backoff", "service unavailable", "server busy", "overload",
        NULL};
    static const char *const password[] = {
        "password", "credential", "invalid", "incorrect", "authentication failed", NULL};
    if (text_has_any_nocase(text, codes) || text_has_any_nocase(text, words))
        return true;
    if (text_find_nocase(text, "too many") && !stream_words_is_syntax(text))
        return true;
    return text_find_nocase(text, "try again") && !text_has_any_nocase(text, password);
}

/* Exchange: "Suggested Backoff Time: 299609 milliseconds". */
static int64_t wait_ms(const char *text)
{
    static const char label[] = "Suggested Backoff Time:";
    const char *at = text_find_nocase(text, label);
    if (!at)
        return 0;
    at += sizeof label - 1;
    at += strspn(at, " ");
    unsigned long long ms;
    if (!text_parse_u64(at, strspn(at, "0123456789"), &ms) || ms > 7 * 86400000ULL)
        return 0;
    return (int64_t)ms;
}

void stream_words_judge(const char *refusal, struct error *ret)
{
    ret->scope = ERROR_SCOPE_JOB;
    ret->retry = ERROR_RETRY_LATER;
    ret->wait_ms = wait_ms(refusal);
    if (is_in_use(refusal)) {
        ret->code = ERROR_IN_USE;
    } else if (ret->wait_ms || is_throttled(refusal)) {
        ret->code = ERROR_THROTTLED;
    } else {
        ret->code = text_find_nocase(refusal, "[SYS/PERM]") ? ERROR_REFUSED : ERROR_AUTH;
        ret->retry = ERROR_RETRY_NEVER;
    }
}

const char *stream_words_plain(enum stream_protocol protocol, const char *refusal)
{
    size_t skip = 0;
    if (protocol == STREAM_POP3 &&
        (text_has_prefix_nocase(refusal, "-ERR") || text_has_prefix_nocase(refusal, "+ERR")))
        skip = 4;
    else if (protocol ==
             STREAM_IMAP) /* the tag only: NO and BAD tell apart a refusal and a misunderstanding */
        skip = strcspn(refusal, " ");
    refusal += skip;
    return refusal + strspn(refusal, " ");
}
