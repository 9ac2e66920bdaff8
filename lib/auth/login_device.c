#include "login_device.h"

#include "mem.h"
#include <poll.h>
#include <string.h>

#define GRANT       "urn:ietf:params:oauth:grant-type:device_code"
#define WHAT        "the device code"
#define INTERVAL_MS 5000 /* RFC 8628 section 3.2, when none is said */
#define SLOW_MS     5000 /* section 3.5 */
#define EXPIRES_S   900
#define TICK_MS     100

int login_device_start(
    struct login_device *ret, const struct oauth_client *c, const struct clock *clock, struct error *err)
{
    CLEANUP(auth_form_done) struct auth_form form = {0};
    struct login_device d = {.client = c};
    if (!c->device_url || !c->token_url || !c->client_id)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "this provider gives no rights to mail by a device code, or its addresses or the client id are "
            "not known: sign in with a browser on this machine");
    auth_form_add(&form, "client_id", c->client_id);
    auth_form_add(&form, "scope", c->scope);
    if (oauth_ask(c, c->device_url, &form, &d.reply, err) < 0)
        return error_prefix(err, WHAT);
    if (d.reply.error[0] || !d.reply.device_code) {
        if (!d.reply.error[0])
            strcpy(d.reply.error, "no device code");
        oauth_refused(err, c, "a device code", &d.reply);
        login_device_done(&d);
        return -1;
    }
    d.begun_ms = clock_mono_ms(clock);
    d.expires_ms = 1000 * (d.reply.expires_in_s > 0 ? d.reply.expires_in_s : EXPIRES_S);
    d.interval_ms = d.reply.interval_s > 0 ? 1000 * d.reply.interval_s : INTERVAL_MS;
    *ret = d;
    return 0;
}

static bool stopped(const struct oauth_client *c)
{
    return c->stop && c->stop(c->ctx);
}

/* Not beyond the code's end, however long the provider wants it. */
static int pause_ms(const struct login_device *d, const struct clock *clock, struct error *err)
{
    int64_t until_ms = clock_mono_ms(clock) + d->interval_ms, end_ms = d->begun_ms + d->expires_ms;
    if (until_ms > end_ms)
        until_ms = end_ms;
    while (clock_mono_ms(clock) < until_ms) {
        if (stopped(d->client))
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_LATER, ERROR_CANCELLED, "stopped as asked");
        poll(NULL, 0, TICK_MS);
    }
    return 0;
}

enum answer {
    ANSWER_PENDING,
    ANSWER_TOKENS,
    ANSWER_ERROR,
};

static enum answer judge(struct login_device *d, const struct oauth_reply *reply, struct error *err)
{
    if (reply->access_token && !reply->error[0])
        return ANSWER_TOKENS;
    if (!strcmp(reply->error, "authorization_pending"))
        return ANSWER_PENDING;
    if (!strcmp(reply->error, "slow_down")) {
        d->interval_ms += SLOW_MS;
        return ANSWER_PENDING;
    }
    oauth_refused(err, d->client, WHAT, reply);
    return ANSWER_ERROR;
}

static enum answer ask(
    struct login_device *d, const struct clock *clock, struct token_set *set, struct error *err)
{
    CLEANUP(auth_form_done) struct auth_form form = {0};
    CLEANUP(oauth_reply_done) struct oauth_reply reply = {0};
    struct error why = {0};
    auth_form_add(&form, "grant_type", GRANT);
    auth_form_add(&form, "device_code", d->reply.device_code);
    auth_form_add(&form, "client_id", d->client->client_id);
    auth_form_add(&form, "client_secret", d->client->client_secret);
    enum answer answer = ANSWER_ERROR;
    if (oauth_ask(d->client, d->client->token_url, &form, &reply, &why) == 0)
        answer = judge(d, &reply, &why);
    if (answer == ANSWER_TOKENS)
        token_set_take(set, &reply, clock_wall_s(clock));
    if (answer != ANSWER_ERROR)
        return answer;
    if (why.retry == ERROR_RETRY_LATER && why.code != ERROR_CANCELLED)
        return ANSWER_PENDING;
    if (err)
        *err = why;
    return ANSWER_ERROR;
}

int login_device_wait(
    struct login_device *d, const struct clock *clock, struct token_set *ret, struct error *err)
{
    CLEANUP(token_set_done) struct token_set set = {0};
    enum answer answer = ANSWER_PENDING;
    while (answer == ANSWER_PENDING) {
        if (clock_mono_ms(clock) - d->begun_ms >= d->expires_ms)
            return oauth_refused(err, d->client, WHAT, &(struct oauth_reply){.error = "expired_token"});
        if (pause_ms(d, clock, err) < 0)
            return -1;
        answer = ask(d, clock, &set, err);
    }
    if (answer == ANSWER_ERROR)
        return -1;
    token_set_note(&set, d->client);
    *ret = set;
    set = (struct token_set){0};
    return 0;
}

void login_device_done(struct login_device *d)
{
    oauth_reply_done(&d->reply);
    *d = (struct login_device){0};
}
