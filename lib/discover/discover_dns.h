/* discover_dns.h - questions to the name service: where a domain has its services (SRV, RFC 2782 and 6186),
 * who takes its mail (MX), and addresses. The only place that knows c-ares.
 *
 * Order of calls: discover_dns_new, discover_dns_ask as often as needed, discover_dns_free. One thread. */
#pragma once

#include "discover_name.h"
#include "error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISCOVER_DNS_RECORDS 16

enum discover_dns_type {
    DISCOVER_DNS_SRV,
    DISCOVER_DNS_MX,
    DISCOVER_DNS_A,
    DISCOVER_DNS_AAAA,
};

enum discover_dns_answer {
    DISCOVER_DNS_FOUND,
    DISCOVER_DNS_NONE,   /* the name has no such record */
    DISCOVER_DNS_NOBODY, /* there is no such name at all */
    DISCOVER_DNS_FAILED, /* no answer, or none that can be understood */
};

struct discover_dns_record {
    uint16_t priority, weight, port;
    char name[DISCOVER_HOST_MAX]; /* target, host or address; SRV: "" stands for ".", not offered */
};

struct discover_dns_question {
    char name[300];
    enum discover_dns_type type;

    /* Filled in. */
    enum discover_dns_answer answer;
    char why[100]; /* with FAILED */
    struct discover_dns_record records[DISCOVER_DNS_RECORDS];
    size_t count; /* sorted by discover_dns_sort; those with unsafe names are left out */
};

struct discover_dns;

/* server: "ADDRESS" or "ADDRESS:PORT", IPv6 as "[::1]:53"; NULL: those of the system. NULL with ERROR_USAGE
 * for one that cannot be read. */
struct discover_dns *discover_dns_new(const char *server, struct error *err);
void discover_dns_free(struct discover_dns *dns);

/* All at once, for at most timeout_ms. 0: each question is filled in. -1: ERROR_CANCELLED. */
int discover_dns_ask(struct discover_dns *dns, struct discover_dns_question *questions, size_t count,
    int64_t timeout_ms, bool (*stop)(void *ctx), void *ctx, struct error *err);

/* By priority, then the greater weight, then by name: always the same order, since one host is to be chosen
 * for good and not for one connection (RFC 2782 would draw lots among equal priorities). Pure. */
void discover_dns_sort(struct discover_dns_record *records, size_t count);
