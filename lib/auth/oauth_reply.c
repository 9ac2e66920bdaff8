#include "auth_json.h"
#include "mem.h"
#include "oauth.h"
#include "text.h"
#include <string.h>

#define LONGEST_S (366 * 86400L)

bool oauth_is_token(const char *token)
{
    size_t len = strlen(token);
    for (const char *p = token; *p; p++)
        if (*p <= ' ' || *p > '~')
            return false;
    return len > 0 && len <= OAUTH_TOKEN_MAX;
}

/* A member that must be fit to be a token; *ok: there is none, or it is. */
static char *token(const struct auth_json *j, const char *name, bool *ok)
{
    const char *text = auth_json_string(j, name);
    if (!text)
        return NULL;
    *ok = *ok && oauth_is_token(text);
    return mem_strdup(text);
}

/* For a person: the first sentences, without Microsoft's trace numbers. */
static void show(char *dst, size_t cap, const struct auth_json *j, const char *name)
{
    const char *text = auth_json_string(j, name);
    const char *trace = text ? strstr(text, "Trace ID:") : NULL;
    size_t len = trace ? (size_t)(trace - text) : text ? strlen(text) : 0;
    while (len && strchr(" \r\n.", text[len - 1]))
        len--;
    text_clean(dst, cap, text ? text : "", len);
}

/* To be opened in a browser, or shown for that. */
static bool address(char *dst, size_t cap, const struct auth_json *j, const char *name)
{
    const char *text = auth_json_string(j, name);
    if (!text)
        return true;
    if (strncmp(text, "https://", 8) != 0 || strlen(text) >= cap || !oauth_is_token(text))
        return false;
    strcpy(dst, text);
    return true;
}

static int64_t seconds(const struct auth_json *j, const char *name)
{
    int64_t s = auth_json_number(j, name, -1);
    return s < 0 ? -1 : s > LONGEST_S ? LONGEST_S : s;
}

/* false: something in it cannot be used. */
static bool read_reply(const struct auth_json *j, struct oauth_reply *r)
{
    bool ok = true;
    r->access_token = token(j, "access_token", &ok);
    r->refresh_token = token(j, "refresh_token", &ok);
    r->device_code = token(j, "device_code", &ok);
    r->expires_in_s = seconds(j, "expires_in");
    r->interval_s = seconds(j, "interval");
    show(r->error, sizeof r->error, j, "error");
    show(r->description, sizeof r->description, j, "error_description");
    show(r->user_code, sizeof r->user_code, j, "user_code");
    const char *type = auth_json_string(j, "token_type");
    if (r->access_token && type && !text_equal_nocase(type, "Bearer"))
        ok = false;
    bool named = address(r->verification_url, sizeof r->verification_url, j, "verification_uri") &&
                 address(r->verification_url, sizeof r->verification_url, j, "verification_url") &&
                 address(r->verification_url_complete, sizeof r->verification_url_complete, j,
                     "verification_uri_complete");
    bool device = !r->device_code || (r->user_code[0] && r->verification_url[0]);
    return ok && named && device && (r->access_token || r->device_code || r->error[0]);
}

int oauth_reply_parse(const char *text, size_t len, struct oauth_reply *ret, struct error *err)
{
    struct auth_json *j = auth_json_parse(text, len);
    struct oauth_reply reply = {0};
    bool json = j != NULL, ok = json && read_reply(j, &reply);
    auth_json_free(j);
    if (ok) {
        *ret = reply;
        return 0;
    }
    oauth_reply_done(&reply);
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_PROTOCOL, "%s",
        json ? "the answer holds no token that can be used" : "the answer is no JSON object");
}

void oauth_reply_done(struct oauth_reply *reply)
{
    mem_wipe_free(reply->access_token);
    mem_wipe_free(reply->refresh_token);
    mem_wipe_free(reply->device_code);
    *reply = (struct oauth_reply){0};
}
