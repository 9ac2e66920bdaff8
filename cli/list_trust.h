/* list_trust.h - a list is data, not a program: it may name servers, users, passwords and mailboxes. What a
 * cell could do beyond that (option_power, option_table.h) needs --trust-list of the person at the keyboard,
 * and so does sending a secret that was given for all accounts to a server that only the list names. */
#pragma once

#include "accounts.h"
#include "endpoint.h"
#include "error.h"
#include "option_table.h"
#include "options.h"
#include <stdbool.h>

/* The option that a column fills; NULL: none (user, name, note, enabled). */
const struct option_row *list_trust_option(const struct accounts_column *column);

/* Could this cell do more than say something? Not where the options say the same for all accounts, and not
 * where its value makes nothing weaker (from_tls = implicit, allow_plaintext = no). common: the options of
 * all accounts. */
bool list_trust_is_needed(const struct options *common, const struct option_row *option, const char *value);

/* What it would do, "run a command on this machine: touch x", in the user's language; for people, so cut and
 * clean, and without a proxy's password. Caller frees. */
char *list_trust_words(const struct option_row *option, const char *value);
/* The same for programs, as "run_command". */
const char *list_trust_name(const struct option_row *option, const char *value);

/* Why a cell that needs --trust-list is refused, in English. Caller frees. */
char *list_trust_refusal(const struct option_row *option, const char *value);

/* o: of an account (options_for_account). server: of one side, as found; host NULL: not known yet, so it is
 * not the options'. Notes in *o that the server is the list's, and returns -1 with ERROR_USAGE (without
 * options.place) when a secret that was given for all would go there. What is kept by the name of its server
 * may go there: a machine of --netrc, a command with {host}, what popferry login has kept. */
int list_trust_check_server(const struct options *common, struct options *o, enum job_side side,
    const struct endpoint *server, struct error *err);
