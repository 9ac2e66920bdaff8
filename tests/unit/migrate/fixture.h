/* fixture.h - a ledger on a real file in a folder of its own, and messages to put into it. */
#pragma once

#include "check.h"
#include "ledger.h"
#include "temp_dir.h"

struct fixture {
    char dir[TEMP_DIR_MAX];
    struct ledger *ledger;
    int64_t job;
    int64_t mailbox; /* where rows are put; 0 until fixture_mailbox */
};

void fixture_begin(struct fixture *f);
/* The job's mailbox "INBOX" for all rows to come; its id is not the job's. Returned, too. */
int64_t fixture_mailbox(struct fixture *f);
void fixture_reopen(struct fixture *f);
void fixture_end(struct fixture *f);
/* The path of a file in the folder; valid until the next call. */
const char *fixture_path(const struct fixture *f, const char *name);

/* A message of the source, scanned: Message-ID <n@x>, From, Subject and body as given. mail_facts_done it. */
struct mail_facts fixture_facts(int n, const char *subject, const char *body);

/* Put a row with these facts under this key; its id. */
int64_t fixture_put(
    struct fixture *f, const char *key, enum ledger_state state, const struct mail_facts *facts);

/* The state of a key in a ledger, or -1 when there is no such row, -2 on an error. */
int fixture_state(struct ledger *l, int64_t job, const char *key);
