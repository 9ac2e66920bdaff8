#include "auth_json.h"

#include "mem.h"
#include "text.h"
#include <jansson.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

struct auth_json {
    json_t *object;
    bool broken; /* something could not be put */
};

/* jansson's own bound is 2048 levels of its recursion. */
static bool shallow(const char *text, size_t len)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (quoted && c == '\\')
            i++;
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && (c == '{' || c == '['))
            depth++;
        else if (!quoted && (c == '}' || c == ']'))
            depth--;
        if (depth > AUTH_JSON_DEPTH)
            return false;
    }
    return true;
}

static struct auth_json *wrap(json_t *object)
{
    struct auth_json *j = mem_alloc(sizeof *j);
    j->object = object;
    return j;
}

struct auth_json *auth_json_parse(const char *text, size_t len)
{
    if (len > AUTH_JSON_MAX || !shallow(text, len))
        return NULL;
    json_t *object = json_loadb(text, len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    struct auth_json *j = object ? wrap(object) : NULL;
    if (!object || json_is_object(object))
        return j;
    auth_json_free(j);
    return NULL;
}

struct auth_json *auth_json_new(void)
{
    json_t *object = json_object();
    if (!object)
        abort(); /* no memory */
    return wrap(object);
}

/* A string is jansson's, but nobody else's: what is about to be freed may be overwritten. */
static void wipe(json_t *object)
{
    const char *name;
    json_t *value;
    json_object_foreach(object, name, value)
    {
        const char *text = json_string_value(value);
        if (text)
            OPENSSL_cleanse((void *)(uintptr_t)text, json_string_length(value));
    }
}

void auth_json_free(struct auth_json *j)
{
    if (!j)
        return;
    wipe(j->object);
    json_decref(j->object);
    free(j);
}

const char *auth_json_string(const struct auth_json *j, const char *name)
{
    const json_t *value = json_object_get(j->object, name);
    const char *text = json_string_value(value);
    return text && strlen(text) == json_string_length(value) ? text : NULL;
}

int64_t auth_json_number(const struct auth_json *j, const char *name, int64_t otherwise)
{
    const json_t *value = json_object_get(j->object, name);
    const char *text = json_string_value(value);
    unsigned long long number;
    if (json_is_integer(value))
        return json_integer_value(value);
    if (text && text_parse_u64(text, strlen(text), &number) && number <= INT64_MAX)
        return (int64_t)number;
    return otherwise;
}

void auth_json_put(struct auth_json *j, const char *name, const char *value)
{
    if (value && json_object_set_new(j->object, name, json_string(value)) < 0)
        j->broken = true;
}

void auth_json_put_number(struct auth_json *j, const char *name, int64_t value)
{
    if (json_object_set_new(j->object, name, json_integer(value)) < 0)
        j->broken = true;
}

char *auth_json_write(const struct auth_json *j)
{
    return j->broken ? NULL : json_dumps(j->object, JSON_COMPACT);
}
