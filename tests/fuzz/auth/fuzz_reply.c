/* Whatever a token endpoint answers, a browser asks of the loopback address, or a key file holds. The first
 * octet chooses. */
#include "auth_json.h"
#include "auth_text.h"
#include "login_page.h"
#include "mem.h"
#include "oauth.h"
#include "service_key.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool ok)
{
    if (!ok)
        abort();
}

/* Fit to be shown: no control characters, valid UTF-8. */
static void need_clean(const char *text)
{
    for (size_t n, len = strlen(text); len; text += n, len -= n) {
        n = text_utf8_len(text, len);
        need(n > 0 && (unsigned char)*text >= ' ' && *text != 0x7f);
    }
}

static void reply(const char *text, size_t len)
{
    struct oauth_reply r = {0};
    struct error err = {0};
    const struct oauth_client c = {.token_url = "https://login.example/token", .client_id = "id"};
    if (oauth_reply_parse(text, len, &r, &err) < 0) {
        need(err.code == ERROR_PROTOCOL && !r.access_token);
        return;
    }
    need(!r.access_token || oauth_is_token(r.access_token));
    need(!r.refresh_token || oauth_is_token(r.refresh_token));
    need(!r.verification_url[0] || !strncmp(r.verification_url, "https://", 8));
    need_clean(r.error);
    need_clean(r.description);
    need_clean(r.user_code);
    oauth_refused(&err, &c, "the refresh token", &r);
    need_clean(err.text);
    oauth_reply_done(&r);
}

static void request(const char *text)
{
    char *code = NULL;
    struct oauth_reply refusal = {0};
    const char *page = login_page_answer(text, "st4te", &code, &refusal);
    need(!strncmp(page, "HTTP/1.1 ", 9));
    need(!(code && refusal.error[0]));
    need_clean(refusal.error);
    need_clean(refusal.description);
    mem_wipe_free(code);
}

static void form(const char *text)
{
    struct auth_form f = {0};
    auth_form_add(&f, "a", "1");
    auth_form_add(&f, text, text);
    char *back = *text ? auth_form_get(f.text, "a") : NULL;
    need(!*text || (back && !strcmp(back, "1")));
    free(back);
    auth_form_done(&f);
    auth_form_add(&f, "a", text);
    back = auth_form_get(f.text, "a");
    need(back && !strcmp(back, text));
    free(back);
    auth_form_done(&f);
    free(auth_form_get(text, "state"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!size)
        return 0;
    char *text = mem_strndup((const char *)data + 1, size - 1);
    struct service_key key = {0};
    switch (data[0] % 4) {
    case 0:
        reply(text, size - 1);
        break;
    case 1:
        request(text);
        break;
    case 2:
        form(text);
        break;
    default:
        if (service_key_parse(text, size - 1, "key", &key, NULL) == 0)
            service_key_done(&key);
    }
    free(text);
    return 0;
}
