#include "login_page.h"

#include "mem.h"
#include "text.h"
#include <openssl/crypto.h>
#include <string.h>

#define ANSWER(status, title, text)                                                                             \
    "HTTP/1.1 " status "\r\nContent-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n"              \
    "Referrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'\r\n"                           \
    "Connection: close\r\n\r\n<!DOCTYPE html><html lang=\"en\"><meta charset=\"utf-8\"><title>popferry: " title \
    "</title><h1>" title "</h1><p>" text "</p></html>\n"

static const char page_done[] =
    ANSWER("200 OK", "Thank you", "popferry goes on by itself. This window can be closed.");
static const char page_declined[] =
    ANSWER("200 OK", "Not signed in", "The provider has declined; popferry's own window says why.");
static const char page_other[] = ANSWER("400 Bad Request", "Another sign-in",
    "This answer belongs to another sign-in than the one that popferry waits for.");
static const char page_missing[] = ANSWER("404 Not Found", "Nothing here", "There is no such page.");

static bool same(const char *a, const char *b)
{
    size_t len = strlen(b);
    return a && strlen(a) == len && CRYPTO_memcmp(a, b, len) == 0;
}

static void show(char *dst, size_t cap, const char *query, const char *name)
{
    char *value = auth_form_get(query, name);
    text_clean(dst, cap, value ? value : "", value ? strlen(value) : 0);
    mem_wipe_free(value);
}

static const char *take(const char *query, const char *state, char **code, struct oauth_reply *refusal)
{
    char *given = auth_form_get(query, "state");
    bool ours = same(given, state);
    mem_wipe_free(given);
    if (!ours || *code)
        return page_other;
    *code = auth_form_get(query, "code");
    if (*code)
        return page_done;
    show(refusal->error, sizeof refusal->error, query, "error");
    show(refusal->description, sizeof refusal->description, query, "error_description");
    return refusal->error[0] ? page_declined : page_other;
}

/* "GET /?code=...&state=... HTTP/1.1" */
const char *login_page_answer(
    const char *request, const char *state, char **code, struct oauth_reply *refusal)
{
    if (strncmp(request, "GET /?", 6) != 0)
        return page_missing;
    const char *from = request + 6;
    size_t len = strcspn(from, " \r\n");
    if (from[len] != ' ')
        return page_missing;
    char *query = mem_strndup(from, len);
    const char *page = take(query, state, code, refusal);
    mem_wipe_free(query);
    return page;
}
