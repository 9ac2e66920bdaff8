#include "service_key.h"

#include "auth_json.h"
#include "jwt.h"
#include "mem.h"
#include <stdlib.h>
#include <string.h>

static int no_key(const char *name, const char *why, struct error *err)
{
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "%.200s is no key file of a service account: %s", name, why);
}

static int read_members(
    const struct auth_json *j, const char *name, struct service_key *ret, struct error *err)
{
    const char *type = auth_json_string(j, "type"), *email = auth_json_string(j, "client_email");
    const char *pem = auth_json_string(j, "private_key"), *url = auth_json_string(j, "token_uri");
    if (!type || strcmp(type, "service_account") != 0)
        return no_key(name, "its \"type\" is not \"service_account\"", err);
    if (!email || !pem || !url)
        return no_key(name, "\"client_email\", \"private_key\" or \"token_uri\" is missing", err);
    if (strncmp(url, "https://", 8) != 0)
        return no_key(name, "its \"token_uri\" does not begin with https://", err);
    struct jwt_key *key = jwt_key_new(pem, name, err);
    if (!key)
        return -1;
    *ret = (struct service_key){
        .email = mem_strdup(email),
        .key_id = mem_strdup(auth_json_string(j, "private_key_id")),
        .token_url = mem_strdup(url),
        .key = key,
    };
    return 0;
}

int service_key_parse(
    const char *text, size_t len, const char *name, struct service_key *ret, struct error *err)
{
    struct auth_json *j = auth_json_parse(text, len);
    int rc = j ? read_members(j, name, ret, err) : no_key(name, "it is no JSON object", err);
    auth_json_free(j);
    return rc;
}

void service_key_done(struct service_key *key)
{
    free(key->email);
    free(key->key_id);
    free(key->token_url);
    jwt_key_free(key->key);
    *key = (struct service_key){0};
}
