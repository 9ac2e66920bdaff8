/* What the server says while it is signed in to. */
#include "stream_bearer.h"
#include "stream_mechanism.h"
#include "stream_private.h"

#include "text.h"
#include <string.h>
#include <strings.h>

void stream_heard_first(struct stream *s, const char *data, size_t len)
{
    s->first_len = len < sizeof s->first ? len : sizeof s->first;
    memcpy(s->first, data, s->first_len);
}

/* Without SASL, libcurl answers any greeting that looks like an invitation to APOP by APOP, and knows no way
 * to be asked for USER and PASS. Many old servers (every qmail) greet so and cannot do it, since they keep no
 * clear passwords. To try APOP first would double each wrong password; inside TLS it gains nothing, and on
 * plaintext the user has said that the password may be seen (and perhaps that APOP may hide it: MD5, by a
 * challenge that whoever is on the way can choose; CVE-2007-1558). So the attempt ends when CAPA is answered,
 * before libcurl goes on. */
static bool would_take_apop(const struct stream *s, const char *line, size_t len)
{
    if (s->protocol != STREAM_POP3 || s->bare || s->token || s->authzid ||
        !stream_words_invites_apop(&s->words))
        return false;
    bool capa_done = (len == 1 && line[0] == '.') || (s->words.lines == 2 && s->words.refusal[0]);
    bool secured = s->security == STREAM_PLAINTEXT || s->tls.shaken;
    if (s->weak_auth && !s->tls.shaken && s->security == STREAM_PLAINTEXT &&
        stream_words_apop_is_sound(&s->words))
        return false;
    return capa_done && secured && !stream_mechanism_is_kerberos(s) && !stream_mechanism_takes_password(s);
}

/* libcurl takes the old hash mechanisms before PLAIN. Many servers offer them and keep no secrets for them:
 * the answer is that of a wrong password. Inside TLS they gain nothing, and on plaintext the user has said
 * that the password may be seen; so the attempt ends before any credential is sent. Two of them are so weak
 * that the user must allow them. */
static bool would_take_hash(const struct stream *s, const char *line, size_t len)
{
    bool told = s->protocol == STREAM_POP3 ? len == 1 && line[0] == '.'
                                           : len > 12 && !strncasecmp(line, "* CAPABILITY", 12);
    bool weak = stream_words_offers_weak(&s->words);
    bool hash = weak || stream_words_offers(&s->words, "CRAM-MD5");
    bool plain = stream_words_offers(&s->words, "PLAIN") || stream_words_offers(&s->words, "LOGIN");
    bool secured = s->security == STREAM_PLAINTEXT || s->tls.shaken;
    return told && ((hash && plain) || (weak && !s->weak_auth)) && secured && !s->options && !s->bare;
}

/* What a token was refused for comes as Base64 in a continuation (RFC 7628 section 3.2.3). */
static void note_challenge(struct stream *s, const char *line, size_t len)
{
    char text[1024], clean[1024];
    size_t n = stream_bearer_challenge(text, sizeof text, line, len);
    n = stream_secret_redact(&s->secret, clean, sizeof clean, text, n);
    if (n)
        text_clean(s->words.challenge, sizeof s->words.challenge, clean, n);
}

void stream_heard_line(struct stream *s, const char *data, size_t len)
{
    char line[1024];
    len = stream_secret_redact(&s->secret, line, sizeof line, data, len);
    while (len && (line[len - 1] == '\r' || line[len - 1] == '\n'))
        len--;
    if (!len) /* some servers begin their replies so */
        return;
    if (!s->words.lines) {
        stream_heard_first(s, line, len);
        s->alien = !stream_words_greets(s->protocol, line, len);
    }
    stream_words_line(&s->words, s->protocol, line, len);
    if (s->token)
        note_challenge(s, line, len);
    s->want_bare = s->want_bare || would_take_apop(s, line, len);
    s->want_other = s->want_other || would_take_hash(s, line, len);
    s->says_no = s->says_no || (s->protocol == STREAM_POP3 && len >= 4 && !strncasecmp(line, "+ERR", 4));
    log_line(&s->net->log, LOG_DEBUG, "%s: server: %.*s", s->name, (int)len, line);
}
