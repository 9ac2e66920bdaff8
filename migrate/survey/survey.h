/* survey.h - the headers of the source's messages that no earlier run has settled, by TOP, pipelined; where
 * the source has no TOP, by reading the whole message, if the caller needs to know.
 *
 * What was learned is kept in the ledger, so that a plan, an estimate and a migration ask only once. One row
 * for each item of the inventory, in its order. */
#pragma once

#include "ledger.h"
#include "mail_date.h"
#include "outcome.h"
#include "past.h"
#include "session.h"

enum survey_need {
    SURVEY_TOP,   /* what TOP gives; where there is none, the row stays unknown */
    SURVEY_DATES, /* the date of each message is needed: read it whole if there is no other way */
};

struct survey_row {
    enum plan_past past;
    int64_t id; /* the ledger's, 0: none */
    bool known; /* the header was seen, now or before; else the rest is not filled */
    bool internal, has_message_id;
    int64_t date_s; /* what INTERNALDATE will be; MAIL_NO_DATE: the message does not tell */
    enum mail_date_source date_source;
    uint8_t ident[SHA256_OCTETS], core[SHA256_OCTETS];
    char *message_id, *from, *subject; /* owned, NULL where the ledger has them (by id) */
};

struct survey {
    struct survey_row *rows;
    size_t count;
};

/* Waits. The inventory must be there. *ret: survey_done, also on failure. */
int survey_take(struct session *s, struct ledger *ledger, int64_t job, enum survey_need need,
    struct survey *ret, struct error *err);
void survey_done(struct survey *v);

/* What is known of a row, ready for the sink: who wrote it, subject, date; strings valid until the next
 * ledger call. */
struct outcome_message survey_message(struct ledger *ledger, const struct survey_row *row, struct error *err);
