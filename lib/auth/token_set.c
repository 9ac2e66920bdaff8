#include "token_set.h"

#include "mem.h"
#include "oauth.h"
#include <stdlib.h>

#define MARGIN_S 300

void token_set_done(struct token_set *set)
{
    mem_wipe_free(set->access);
    mem_wipe_free(set->refresh);
    mem_wipe_free(set->client_secret);
    free(set->client_id);
    free(set->token_url);
    free(set->scope);
    *set = (struct token_set){0};
}

bool token_set_is_fresh(const struct token_set *set, int64_t now_s)
{
    int64_t life = set->expires_s - set->got_s;
    if (!set->access || !set->expires_s || life <= 0 || now_s < set->got_s)
        return false;
    int64_t margin = life / 2 < MARGIN_S ? life / 2 : MARGIN_S;
    return now_s < set->expires_s - margin;
}

void token_set_take(struct token_set *set, struct oauth_reply *reply, int64_t now_s)
{
    mem_wipe_free(set->access);
    set->access = TAKE(reply->access_token);
    set->got_s = now_s;
    set->expires_s = reply->expires_in_s > 0 ? now_s + reply->expires_in_s : 0;
    if (!reply->refresh_token)
        return;
    mem_wipe_free(set->refresh);
    set->refresh = TAKE(reply->refresh_token);
}

static void replace(char **text, const char *with)
{
    char *copy = mem_strdup(with);
    mem_wipe_free(*text);
    *text = copy;
}

void token_set_note(struct token_set *set, const struct oauth_client *c)
{
    replace(&set->client_id, c->client_id);
    replace(&set->client_secret, c->client_secret);
    replace(&set->token_url, c->token_url);
    replace(&set->scope, c->scope);
}
