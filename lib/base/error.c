#include "error.h"

#include "text.h"
#include <stdio.h>
#include <string.h>

static void set_text(struct error *err, const char *raw, size_t len)
{
    text_clean(err->text, sizeof err->text, raw, len);
}

int error_set(struct error *err, enum error_scope scope, enum error_retry retry, enum error_code code,
    const char *fmt, ...)
{
    if (!err)
        return -1;
    char raw[2 * ERROR_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(raw, sizeof raw, fmt, ap);
    va_end(ap);
    *err = (struct error){.scope = scope, .retry = retry, .code = code};
    set_text(err, raw, n < 0 ? 0 : strnlen(raw, sizeof raw));
    return -1;
}

static int join(struct error *err, const char *first, const char *second)
{
    char raw[3 * ERROR_TEXT_MAX];
    snprintf(raw, sizeof raw, "%s%s", first, second);
    set_text(err, raw, strlen(raw));
    return -1;
}

int error_prefix(struct error *err, const char *fmt, ...)
{
    if (!err)
        return -1;
    char prefix[ERROR_TEXT_MAX], old[ERROR_TEXT_MAX + 2];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(prefix, sizeof prefix, fmt, ap);
    va_end(ap);
    snprintf(old, sizeof old, ": %s", err->text);
    return join(err, prefix, old);
}

int error_append(struct error *err, const char *fmt, ...)
{
    if (!err)
        return -1;
    char suffix[ERROR_TEXT_MAX], old[ERROR_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(suffix, sizeof suffix, fmt, ap);
    va_end(ap);
    memcpy(old, err->text, sizeof old);
    return join(err, old, suffix);
}

const char *error_code_name(enum error_code code)
{
    switch (code) {
    case ERROR_NONE:
        return "none";
    case ERROR_USAGE:
        return "usage";
    case ERROR_AUTH:
        return "login-refused";
    case ERROR_TLS:
        return "tls";
    case ERROR_NO_HOST:
        return "no-host";
    case ERROR_CONNECT:
        return "connect";
    case ERROR_LOST:
        return "connection-lost";
    case ERROR_TIMEOUT:
        return "timeout";
    case ERROR_PROTOCOL:
        return "protocol";
    case ERROR_REFUSED:
        return "refused";
    case ERROR_TOO_BIG:
        return "too-big";
    case ERROR_FULL:
        return "destination-full";
    case ERROR_THROTTLED:
        return "throttled";
    case ERROR_IN_USE:
        return "in-use";
    case ERROR_NO_FOLDER:
        return "no-folder";
    case ERROR_DISK:
        return "disk";
    case ERROR_LEDGER:
        return "ledger";
    case ERROR_LOCKED:
        return "locked";
    case ERROR_CANCELLED:
        return "cancelled";
    case ERROR_INTERNAL:
        break;
    }
    return "internal";
}
