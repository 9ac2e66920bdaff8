/* ledger_balance.h - where each message of a job's source is, as one sum: what status, report and the
 * customer's page show. Pure. */
#pragma once

#include "ledger.h"
#include "ledger_source.h"

/* X(name): each is also its name in JSON. Every message of `before` is in exactly one of those from `copied`
 * to `vanished`; `deleted` are some of these, `gone_since` of `copied` and `present`. */
#define LEDGER_BALANCE(X)                                                                                    \
    X(before)      /* all that the source ever showed */                                                     \
    X(copied)      /* by whatever run; octets as received */                                                 \
    X(present)     /* in the destination, not through us; octets as received */                              \
    X(duplicates)  /* of the same content as another one that is there */                                    \
    X(not_mail)    /* the source server's own notes */                                                       \
    X(quarantined) /* the destination refused it for good */                                                 \
    X(refused)     /* the source did not give it out, or there was no room: tried again */                   \
    X(waiting)     /* still to be copied, for whatever reason */                                             \
    X(left_out)    /* left on the source because it was asked for: --since and the like */                   \
    X(vanished)    /* never copied, and no longer on the source */                                           \
    X(deleted)     /* from the source, by popferry */                                                        \
    X(gone_since)  /* no longer in the destination when a migration looked: moved or deleted there since */

struct ledger_balance {
#define X(name) struct ledger_amount name;
    LEDGER_BALANCE(X)
#undef X
};

struct ledger_balance ledger_balance_of(const struct ledger_totals *t, const struct ledger_source *s);
void ledger_balance_add(struct ledger_balance *to, const struct ledger_balance *more);
/* before, less everything that it is made of: 0. */
int64_t ledger_balance_unaccounted(const struct ledger_balance *b);
