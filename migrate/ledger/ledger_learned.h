/* ledger_learned.h - what runs have learned of an account and its server, for the runs after them: when it
 * was last signed in to, and what the server announces and leaves unanswered. Nothing here tells a password.
 */
#pragma once

#include "ledger.h"

/* X(enumerator, name in the ledger) */
#define LEDGER_LEARNED_THINGS(X)                                                                             \
    X(LEDGER_SIGNED_IN, "signed-in")                                                                         \
    X(LEDGER_CAPA, "capa")                   /* CAPA was answered after the sign-in */                       \
    X(LEDGER_NO_CAPA, "no-capa")             /* CAPA is not answered after the sign-in */                    \
    X(LEDGER_ONE_AT_A_TIME, "one-at-a-time") /* PIPELINING is said, and not kept */                          \
    X(LEDGER_NO_SEARCH, "no-search")         /* SEARCH is not answered */

enum ledger_learned {
#define X(id, name) id,
    LEDGER_LEARNED_THINGS(X)
#undef X
        LEDGER_LEARNED,
};

/* account: as endpoint_account makes it. Lazy. */
int ledger_learn(
    struct ledger *l, const char *account, enum ledger_learned what, int64_t now_s, struct error *err);
/* When it was learned, the last time; 0: never. */
int ledger_learned(
    struct ledger *l, const char *account, enum ledger_learned what, int64_t *ret_s, struct error *err);

/* What lies in this folder of the source goes there: messages may have no other name than their content,
 * which is looked for in one mailbox. Lazy. */
int ledger_set_folder(
    struct ledger *l, int64_t job, const char *path, const char *goes_to, struct error *err);
/* As long as nothing of the job was ever on its way there it is not known. *ret: the caller's to free; NULL:
 * not known. */
int ledger_folder(struct ledger *l, int64_t job, const char *path, char **ret, struct error *err);
