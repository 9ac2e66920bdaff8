/* auth_json.h - small JSON objects of which only the members at the top count: replies of token endpoints,
 * key files, the token store, the parts of a JWT. The only place in lib/auth that knows jansson. Internal to
 * lib/auth. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUTH_JSON_MAX   (256 * 1024)
#define AUTH_JSON_DEPTH 16

struct auth_json;

/* NULL: no JSON object, longer than AUTH_JSON_MAX, deeper than AUTH_JSON_DEPTH, or a name is there twice. */
struct auth_json *auth_json_parse(const char *text, size_t len);
struct auth_json *auth_json_new(void);
void auth_json_free(struct auth_json *j); /* wipes the strings; NULL is fine */

/* A string member, borrowed; NULL: there is none, it is no string, or it holds NUL. */
const char *auth_json_string(const struct auth_json *j, const char *name);
/* A whole number, also one written as a string; otherwise is taken where there is none. */
int64_t auth_json_number(const struct auth_json *j, const char *name, int64_t otherwise);

void auth_json_put(struct auth_json *j, const char *name, const char *value); /* value NULL: nothing */
void auth_json_put_number(struct auth_json *j, const char *name, int64_t value);
/* On one line, in the order of putting. Caller wipes and frees; NULL: some string was no UTF-8. */
char *auth_json_write(const struct auth_json *j);
