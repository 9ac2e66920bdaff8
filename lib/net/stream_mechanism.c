#include "stream_mechanism.h"

#include "mem.h"
#include "stream_private.h"
#include <stdlib.h>
#include <string.h>

bool stream_mechanism_is_kerberos(const struct stream *s)
{
    return stream_words_offers(&s->words, "GSSAPI") && strpbrk(s->user, "@/\\");
}

/* Those of count mechanisms that are offered, for CURLOPT_LOGIN_OPTIONS; NULL: none. */
static char *offered(const struct stream *s, const char *const *names, size_t count)
{
    char *list = NULL;
    for (size_t i = 0; i < count; i++) {
        if (!stream_words_offers(&s->words, names[i]))
            continue;
        char *longer = mem_printf("%s%sAUTH=%s", list ? list : "", list ? ";" : "", names[i]);
        free(list);
        list = longer;
    }
    return list;
}

static bool curl_has_scram(void)
{
#ifdef CURL_VERSION_GSASL
    return curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_GSASL;
#else
    return false;
#endif
}

/* The mechanisms that work with a password, of this libcurl and with the user's leave. */
static char *password_mechanisms(const struct stream *s)
{
    static const char *const names[] = {
        "SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN", "LOGIN", "DIGEST-MD5", "NTLM"};
    size_t from = curl_has_scram() ? 0 : 2, to = s->weak_auth ? 7 : 5;
    return offered(s, names + from, to - from);
}

static char *plain_mechanisms(const struct stream *s)
{
    static const char *const names[] = {"PLAIN", "LOGIN"};
    return offered(s, names, 2);
}

bool stream_mechanism_takes_password(const struct stream *s)
{
    CLEANUP(mem_free_str) char *list = password_mechanisms(s);
    return list != NULL;
}

/* In place of one of the hashes. With nothing left, POP3 has USER and PASS; IMAP asked for what is not
 * offered ends without sending anything. */
static bool choose_mechanism(struct stream *s)
{
    s->options = plain_mechanisms(s);
    if (!s->options)
        s->options = password_mechanisms(s);
    if (!s->options && s->protocol == STREAM_POP3)
        s->bare = true;
    else if (!s->options)
        s->options = mem_strdup("AUTH=PLAIN");
    return true;
}

/* IMAP: the server knows no AUTHENTICATE (BAD), or not PLAIN, which libcurl took: then what else it offers,
 * or the command LOGIN, which knows no mechanism. */
static bool try_next_mechanism(struct stream *s)
{
    static const char *const names[] = {"SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "LOGIN"};
    size_t from = curl_has_scram() ? 0 : 2;
    if (s->next_mech || s->authzid || !stream_words_blames_mechanism(&s->words))
        return false;
    bool knows_sasl = s->words.refusal_is_no && stream_words_offers(&s->words, "PLAIN");
    char *list = knows_sasl ? offered(s, names + from, 4 - from) : NULL;
    if (!list && s->words.login_disabled)
        return false;
    s->bare = !list;
    free(s->options);
    s->options = list;
    return s->next_mech = true;
}

bool stream_mechanism_other_way(struct stream *s, CURLcode rc)
{
    bool refused = rc == CURLE_LOGIN_DENIED || rc == CURLE_AUTH_ERROR, pop3 = s->protocol == STREAM_POP3;
    if (s->token)
        return false;
    if (s->want_other && !s->bare && !s->options)
        return choose_mechanism(s);
    if (s->bare || (!refused && !s->want_bare))
        return false;
    if (s->want_bare)
        return s->bare = true;
    if (stream_mechanism_is_kerberos(s) && !s->options) {
        s->options = password_mechanisms(s);
        return s->options || (s->bare = pop3);
    }
    if (!pop3)
        return try_next_mechanism(s);
    if (!s->words.mechanisms[0] || !stream_words_is_syntax(s->words.refusal))
        return false;
    if (s->authzid && s->no_ir) /* USER and PASS would open the administrator's own mailbox */
        return false;
    s->bare = s->no_ir;
    return s->no_ir = true;
}
