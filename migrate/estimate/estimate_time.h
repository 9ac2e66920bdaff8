/* estimate_time.h - how long a migration takes, and what holds it up. Pure.
 *
 * One mailbox: the longest of
 * - its octets at the measured rate over its connections;
 * - its messages at the provider's messages per second;
 * - under a daily upload cap: a day for each full portion but the last, then the last one at the rate.
 * Many: in the order given, `parallel` at one time, the next as soon as one is through; and never less than
 * all octets over the line they share. Seconds are rounded up. Caps count for each account, so mailboxes do
 * not share them. */
#pragma once

#include "catalog.h"
#include <stddef.h>
#include <stdint.h>

struct estimate_load {
    uint64_t octets, messages; /* to be copied */
};

struct estimate_pace {
    /* Of the provider, for each account; 0: none known. */
    uint64_t upload_octets_per_day, messages_per_second, connections_max;
    /* Ours. */
    uint64_t connections;            /* wished for each mailbox; 0 counts as 1 */
    uint64_t octets_per_second;      /* measured over one connection; 0: not known */
    uint64_t line_octets_per_second; /* of all connections together; 0: not known */
    uint64_t parallel;               /* mailboxes at one time; 0: all of them */
};

/* The provider's limits into *pace; the rest of it stays. */
void estimate_time_limits(const struct catalog_provider *provider, struct estimate_pace *pace);

enum estimate_bottleneck {
    ESTIMATE_BY_NOTHING,     /* nothing is known that takes time, or there is nothing to move */
    ESTIMATE_BY_UPLOAD_CAP,  /* the provider's octets per day */
    ESTIMATE_BY_MESSAGES,    /* its messages per second */
    ESTIMATE_BY_CONNECTIONS, /* it allows fewer connections than wished, and they are full */
    ESTIMATE_BY_RATE,        /* the measured rate */
    ESTIMATE_BY_LINE,        /* the line that all mailboxes share */
    ESTIMATE_BY_PARALLEL,    /* mailboxes wait for their turn */
};
const char *estimate_bottleneck_words(enum estimate_bottleneck b); /* "the provider's upload limit per day" */

#define ESTIMATE_SECONDS_MAX (UINT64_C(1) << 40) /* of one mailbox; longer counts as this */

struct estimate_time {
    uint64_t seconds;
    uint64_t days; /* begun ones; 0 only when nothing is known */
    enum estimate_bottleneck bottleneck;
    size_t slowest; /* mailbox */
    uint64_t slowest_seconds;
};

struct estimate_time estimate_time(
    const struct estimate_load *loads, size_t count, const struct estimate_pace *pace);
