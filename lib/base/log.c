#include "log.h"

#include "text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void log_line(const struct log *log, enum log_level level, const char *fmt, ...)
{
    if (!log || !log->fn)
        return;
    char raw[2048], line[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(raw, sizeof raw, fmt, ap);
    va_end(ap);
    log->fn(log->ctx, level, text_clean(line, sizeof line, raw, strlen(raw)));
}
