/* clock.h - the time, as something handed in, so that tests can hold it still. */
#pragma once

#include <stdint.h>

struct clock {
    int64_t (*mono_ms)(void *ctx);       /* never goes back; only differences mean something */
    int64_t (*wall_s)(void *ctx);        /* seconds since 1970-01-01T00:00:00Z */
    void (*sleep_ms)(void *ctx, int ms); /* NULL: the machine's */
    void *ctx;
};

/* The machine's clock. */
const struct clock *clock_system(void);

static inline int64_t clock_mono_ms(const struct clock *c)
{
    return c->mono_ms(c->ctx);
}

static inline int64_t clock_wall_s(const struct clock *c)
{
    return c->wall_s(c->ctx);
}

/* May end earlier. */
void clock_sleep_ms(const struct clock *c, int ms);

/* Seconds since 1970 for a proleptic Gregorian UTC date and time, and the way back; no time zone data. */
int64_t clock_from_utc(int year, int month, int day, int hour, int minute, int second);
struct clock_utc {
    int year, month, day, hour, minute, second; /* month 1..12 */
    int weekday;                                /* 0 = Sunday */
};
struct clock_utc clock_to_utc(int64_t wall_s);
int clock_days_in(int year, int month); /* month 1..12 */
