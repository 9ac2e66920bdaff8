/* mkmail_kinds.h - the kinds of message mkmail makes; which kind a message is follows from its number. */
#pragma once

#include "buf.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MKMAIL_CYCLE 50 /* the mixture repeats after so many messages */
#define MKMAIL_NOW   INT64_MIN
#define MKMAIL_NONE  SIZE_MAX

struct mkmail_plan {
    uint64_t seed;
    size_t count;
    bool clean;           /* no message with line ends or bytes that IMAP forbids */
    int64_t from, until;  /* message dates, epoch */
    const uint32_t *room; /* octets of text or attachment for each message */
};

struct mkmail_msg {
    struct buf bytes;     /* as the source stores it */
    struct buf mended;    /* as it must arrive when that differs, else empty */
    int64_t internaldate; /* MKMAIL_NOW: nothing in it tells */
    const char *kind;
    size_t duplicate_of; /* the number of the earlier message that this one is a copy of, or MKMAIL_NONE */
};

/* Make message `index` of the plan; clears *msg first. The caller owns its buffers. */
void mkmail_kinds_make(const struct mkmail_plan *plan, size_t index, struct mkmail_msg *msg);

/* How many times the usual size a message of this number has: 0 for kinds of fixed size. */
unsigned mkmail_kinds_weight(size_t index);

/* The mixture, for --help. */
void mkmail_kinds_describe(struct buf *out);
