/* log.h - where layers below cli say what happened. They never print: they call the sink they were given. */
#pragma once

enum log_level {
    LOG_ERROR,
    LOG_WARN,
    LOG_INFO,
    LOG_DEBUG,
};

/* A sink: fn gets one finished line of UTF-8 without line end and without secrets. fn may be NULL (silence).
 */
struct log {
    void (*fn)(void *ctx, enum log_level level, const char *line);
    void *ctx;
};

void log_line(const struct log *log, enum log_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
