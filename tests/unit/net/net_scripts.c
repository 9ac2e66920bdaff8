#include "net_server.h"

#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool begin(struct net_peer *p, const struct net_script *script)
{
    if (script->delay_ms)
        poll(NULL, 0, script->delay_ms);
    return !script->greeting || net_peer_say(p, script->greeting);
}

static const char *caps(const struct net_peer *p, const struct net_script *script)
{
    return p->ssl && script->caps_tls ? script->caps_tls : script->caps;
}

/* Is this Base64 "authzid\0user\0password"? */
static bool plain_matches(const struct net_script *script, const char *base64)
{
    unsigned char text[2048] = "";
    size_t len = strlen(base64);
    if (len > 2000 || len % 4)
        return false;
    int n = EVP_DecodeBlock(text, (const unsigned char *)base64, (int)len);
    if (n < 3)
        return false;
    n -= base64[len - 1] == '=';
    n -= base64[len - 2] == '=';
    text[n] = '\0';
    const char *authzid = (const char *)text, *user = authzid + strlen(authzid) + 1,
               *password = user + strlen(user) + 1;
    return !strcmp(authzid, script->authzid ? script->authzid : "") && password <= (const char *)text + n &&
           !strcmp(user, script->user) && !strcmp(password, script->password);
}

/* Is this Base64 the message of XOAUTH2 or OAUTHBEARER (RFC 7628) for this user and token? */
static bool token_matches(const struct net_script *script, const char *base64)
{
    unsigned char text[8192] = "";
    char user[512], google[512], token[8192];
    size_t len = strlen(base64);
    if (len > 8000 || len % 4 || EVP_DecodeBlock(text, (const unsigned char *)base64, (int)len) < 0)
        return false;
    snprintf(google, sizeof google, "user=%s\1", script->user);
    snprintf(user, sizeof user, "n,a=%s,\1", script->user);
    snprintf(token, sizeof token, "\1auth=Bearer %s\1\1", script->token);
    const char *message = (const char *)text;
    return (!strncmp(message, user, strlen(user)) || !strncmp(message, google, strlen(google))) &&
           strstr(message, token);
}

/* The token's message, which comes at once or when it is asked for; false: the client is gone. */
static bool token_verdict(
    struct net_peer *p, const struct net_script *script, const char *ir, bool *ret_right)
{
    char line[8192];
    if (!*ir && (!net_peer_say(p, "+ \r\n") || !net_peer_line(p, line, sizeof line)))
        return false;
    *ret_right = token_matches(script, *ir ? ir : line);
    if (*ret_right || !script->challenge)
        return true;
    return net_peer_say(p, "+ ") && net_peer_say(p, script->challenge) && net_peer_say(p, "\r\n") &&
           net_peer_line(p, line, sizeof line);
}

/* "XOAUTH2 IR": what comes after the mechanism, NULL when it is none of these. */
static const char *bearer_ir(const struct net_script *script, const char *words)
{
    size_t len = strcspn(words, " ");
    bool bearer = (len == 7 && !strncasecmp(words, "XOAUTH2", 7)) ||
                  (len == 11 && !strncasecmp(words, "OAUTHBEARER", 11));
    return script->token && bearer ? words + len + (words[len] == ' ') : NULL;
}

/* The verdict on a password: true when in. ok and no are whole lines. */
static bool verdict(
    struct net_peer *p, const struct net_script *script, bool right, const char *ok, const char *no)
{
    net_peer_count_login(p);
    bool in = right && !script->login_reply;
    net_peer_say(p, in ? ok : script->login_reply ? script->login_reply : no);
    return in;
}

static void signed_in(struct net_peer *p, const struct net_script *script, const char *answer)
{
    char line[1024];
    if (script->after) {
        script->after(p);
        return;
    }
    while (net_peer_line(p, line, sizeof line) && net_peer_say(p, answer))
        continue;
}

enum step {
    STEP_ON,
    STEP_IN, /* signed in */
    STEP_END,
};

static enum step pop3_auth(struct net_peer *p, const struct net_script *script, const char *ir)
{
    static const char no[] = "-ERR [AUTH] Authentication failed.\r\n";
    char line[2048];
    if (script->ir_reply && (*ir || script->no_plain))
        return net_peer_say(p, script->ir_reply) ? STEP_ON : STEP_END;
    if (!*ir) {
        if (!net_peer_say(p, "+ \r\n") || !net_peer_line(p, line, sizeof line))
            return STEP_END;
        ir = line;
    }
    if (verdict(p, script, plain_matches(script, ir), "+OK Logged in.\r\n", no))
        return STEP_IN;
    return script->close_on_login ? STEP_END : STEP_ON;
}

/* As Exchange wants it: never in the command's own line. */
static enum step pop3_bearer(struct net_peer *p, const struct net_script *script, const char *ir)
{
    bool right;
    if (*ir)
        return net_peer_say(p, "-ERR Protocol error. Connection is closed. 10\r\n") ? STEP_ON : STEP_END;
    if (!token_verdict(p, script, "", &right))
        return STEP_END;
    if (verdict(p, script, right, "+OK Logged in.\r\n", "-ERR [AUTH] Authentication failed.\r\n"))
        return STEP_IN;
    return script->close_on_login ? STEP_END : STEP_ON;
}

static enum step pop3_command(struct net_peer *p, const struct net_script *script, const char *line)
{
    if (!strcasecmp(line, "CAPA")) {
        const char *list = caps(p, script);
        net_peer_say(p, list ? "+OK\r\n" : "-ERR Unknown command.\r\n");
        return (list ? net_peer_say(p, list) && net_peer_say(p, ".\r\n") : true) ? STEP_ON : STEP_END;
    }
    if (!strcasecmp(line, "STLS") && script->tls_reply)
        return net_peer_say(p, script->tls_reply) ? STEP_ON : STEP_END;
    if (!strcasecmp(line, "STLS"))
        return net_peer_say(p, "+OK Begin TLS\r\n") && net_peer_tls(p) ? STEP_ON : STEP_END;
    const char *ir = !strncasecmp(line, "AUTH ", 5) ? bearer_ir(script, line + 5) : NULL;
    if (ir)
        return pop3_bearer(p, script, ir);
    if (!strncasecmp(line, "AUTH PLAIN", 10))
        return pop3_auth(p, script, line[10] ? line + 11 : "");
    if (!strncasecmp(line, "USER ", 5)) {
        p->user_right = !strcmp(line + 5, script->user);
        return net_peer_say(p, "+OK\r\n") ? STEP_ON : STEP_END;
    }
    if (!strncasecmp(line, "PASS ", 5)) {
        bool right = p->user_right && !strcmp(line + 5, script->password);
        if (verdict(p, script, right, "+OK Logged in.\r\n", "-ERR [AUTH] Authentication failed.\r\n"))
            return STEP_IN;
        return script->close_on_login ? STEP_END : STEP_ON;
    }
    return net_peer_say(p, "-ERR Unknown command.\r\n") ? STEP_ON : STEP_END;
}

void net_pop3(struct net_peer *p, const struct net_script *script)
{
    char line[8192];
    if (!begin(p, script))
        return;
    enum step step = STEP_ON;
    while (step == STEP_ON && net_peer_line(p, line, sizeof line))
        step = pop3_command(p, script, line);
    if (step == STEP_IN)
        signed_in(p, script, "+OK\r\n");
}

/* "LOGIN user password", either as atom or quoted. */
static const char *imap_word(const char *at, char *dst, size_t cap)
{
    bool quoted = *at == '"';
    size_t len = 0;
    for (at += quoted; *at && *at != (quoted ? '"' : ' '); at++) {
        if (quoted && *at == '\\')
            at++;
        if (len + 1 < cap)
            dst[len++] = *at;
    }
    dst[len] = '\0';
    at += quoted && *at;
    return at + strspn(at, " ");
}

static bool imap_login_right(const struct net_script *script, const char *arguments)
{
    char user[512], password[512];
    imap_word(imap_word(arguments, user, sizeof user), password, sizeof password);
    return !strcmp(user, script->user) && !strcmp(password, script->password);
}

static bool imap_plain_right(struct net_peer *p, const struct net_script *script, const char *ir)
{
    char line[8192];
    if (*ir)
        return plain_matches(script, ir);
    return net_peer_say(p, "+ \r\n") && net_peer_line(p, line, sizeof line) && plain_matches(script, line);
}

static enum step imap_command(struct net_peer *p, const struct net_script *script, const char *line)
{
    char tag[32], ok[64], no[128], text[1024];
    snprintf(tag, sizeof tag, "%.*s", (int)strcspn(line, " "), line);
    const char *command = line + strcspn(line, " ");
    command += *command == ' ';
    snprintf(ok, sizeof ok, "%s OK done\r\n", tag);
    snprintf(no, sizeof no, "%s NO [AUTHENTICATIONFAILED] Authentication failed.\r\n", tag);
    struct net_script tagged = *script; /* replies are given without tag */
    if (script->login_reply && script->login_reply[0] != '*') {
        snprintf(text, sizeof text, "%s %s", tag, script->login_reply);
        tagged.login_reply = text;
    }
    if (!strcasecmp(command, "CAPABILITY")) {
        char list[512];
        snprintf(list, sizeof list, "* CAPABILITY IMAP4rev1 %s\r\n%s", caps(p, script), ok);
        return net_peer_say(p, list) ? STEP_ON : STEP_END;
    }
    if (!strcasecmp(command, "STARTTLS") && script->tls_reply) {
        snprintf(text, sizeof text, "%s %s", tag, script->tls_reply);
        return net_peer_say(p, text) ? STEP_ON : STEP_END;
    }
    if (!strcasecmp(command, "STARTTLS"))
        return net_peer_say(p, ok) && net_peer_tls(p) ? STEP_ON : STEP_END;
    const char *ir = !strncasecmp(command, "AUTHENTICATE ", 13) ? bearer_ir(script, command + 13) : NULL;
    bool right, plain = !strncasecmp(command, "AUTHENTICATE PLAIN", 18),
                login = !strncasecmp(command, "LOGIN ", 6);
    if (!plain && !login && !ir)
        return net_peer_say(p, no) ? STEP_ON : STEP_END;
    if (ir && !token_verdict(p, script, ir, &right))
        return STEP_END;
    if (!ir)
        right = plain ? imap_plain_right(p, script, command[18] ? command + 19 : "")
                      : imap_login_right(script, command + 6);
    if (verdict(p, &tagged, right, ok, no))
        return STEP_IN;
    return script->close_on_login ? STEP_END : STEP_ON;
}

void net_imap(struct net_peer *p, const struct net_script *script)
{
    char line[8192];
    if (!begin(p, script))
        return;
    enum step step = STEP_ON;
    while (step == STEP_ON && net_peer_line(p, line, sizeof line))
        step = imap_command(p, script, line);
    if (step == STEP_IN)
        signed_in(p, script, "* OK\r\n");
}
