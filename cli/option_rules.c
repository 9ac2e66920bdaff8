#include "option_rules.h"

#include "mem.h"
#include <string.h>

static enum option_origin origin(const struct options *o, const char *name)
{
    return o->given[option_table_index(option_table_find(name))];
}

bool option_rules_given(const struct options *o, const char *name)
{
    return origin(o, name) != OPTION_NOT_GIVEN;
}

bool option_rules_of_line(const struct options *o, const char *name)
{
    return origin(o, name) == OPTION_OF_LINE;
}

static bool is_among(const char *word, const char *words)
{
    size_t len = strlen(word);
    for (const char *p = words; p && *p; p += strcspn(p, " "), p += *p == ' ')
        if (strcspn(p, " ") == len && !strncmp(p, word, len))
            return true;
    return false;
}

/* ---- in an @FILE ---- */
int option_rules_pass(const struct option_row *row, const char *command, struct error *err)
{
    if (strcmp(command, "delete") != 0 || !is_among(row->name, "since before min-size max-size"))
        return 0;
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "deletion does not go by %s: leave it out; --older-than DAYS keeps what is younger", row->name);
}

/* ---- against each other ---- */
static const char *const rivals[][2] = {
    {"encode-headers", "keep-headers"},
    {"quiet", "verbose"},
    {"from", "from-host"},
    {"to", "to-host"},
    {"ipv4", "ipv6"},
};

/* One side's secret comes from one place. (--netrc is for both sides, and for those of which nothing is
 * said.) */
static const char *const secrets[][7] = {
    {"from-password-file", "from-password-command", "from-password-env", "from-password-fd",
        "from-token-file", "from-token-command", "from-oauth"},
    {"to-password-file", "to-password-command", "to-password-env", "to-password-fd", "to-token-file",
        "to-token-command", "to-oauth"},
};

static void forget(struct options *o, const char *name)
{
    const struct option_row *row = option_table_find(name);
    o->given[option_table_index(row)] = OPTION_NOT_GIVEN;
    option_table_clear(o, row);
}

static int settle(struct options *o, const char *const pair[2], struct error *err)
{
    enum option_origin a = origin(o, pair[0]), b = origin(o, pair[1]);
    if (a == OPTION_NOT_GIVEN || b == OPTION_NOT_GIVEN)
        return 0;
    if (a == b)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--%s and --%s contradict each other: give one of them", pair[0], pair[1]);
    forget(o, a == OPTION_OF_FILE ? pair[0] : pair[1]);
    return 0;
}

static int settle_secrets(struct options *o, const char *const *names, size_t count, struct error *err)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++) {
            const char *const pair[2] = {names[i], names[k]};
            if (settle(o, pair, err) < 0)
                return -1;
        }
    return 0;
}

/* ---- beside another ---- */
static const struct need {
    const char *name, *commands; /* NULL: all */
    const char *with;            /* one of these */
    bool column;                 /* each row of a list may say it, too */
} needs[] = {
    {"old-than", NULL, "folder-old", true},
    {"archive-format", NULL, "archive", true},
    {"older-than", "migrate", "delete-source", false},
    {"yes", "migrate", "delete-source", false},
    {"accept", "migrate", "delete-source", false},
    {"folder", "status report", "accounts", false},
    {"folder-old", "status report", "accounts", false},
    {"from-tls", "status report", "accounts", false},
    {"to-tls", "status report", "accounts", false},
    {"max-wait", "check estimate plan", "accounts", false},
    {"wait", "check estimate plan verify delete", "accounts", false},
    {"customer", "report", "report", false},
    {"prepared-by", "report", "report", false},
    {"time-zone", "report", "report", false},
    {"oauth-client", NULL, "from-oauth to-oauth", false},
    {"oauth-client-secret-file", NULL, "from-oauth to-oauth", false},
    {"oauth-tenant", NULL, "from-oauth to-oauth", false},
    {"oauth-key", NULL, "from-oauth to-oauth", false},
    {"oauth-certificate", NULL, "from-oauth to-oauth", false},
    {"oauth-tokens", NULL, "from-oauth to-oauth", false},
    {"oauth-token-url", NULL, "from-oauth to-oauth", false},
    {"oauth-scope", NULL, "from-oauth to-oauth", false},
};

static bool any_given(const struct options *o, const char *names)
{
    size_t count;
    const struct option_row *rows = option_table(&count);
    for (size_t i = 0; i < count; i++)
        if (o->given[i] && is_among(rows[i].name, names))
            return true;
    return false;
}

static int lacks(const char *name, const char *command, const char *with, struct error *err)
{
    const char *other = strchr(with, ' ');
    int len = other ? (int)(other - with) : (int)strlen(with);
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "--%s is heeded by popferry %s only beside --%.*s%s%s: give that, too, or leave it out", name,
        command, len, with, other ? " or --" : "", other ? other + 1 : "");
}

static int check_need(const struct options *o, const struct need *n, const char *command, struct error *err)
{
    bool concerned = !n->commands || is_among(command, n->commands);
    if (!concerned || origin(o, n->name) != OPTION_OF_LINE || any_given(o, n->with) ||
        (n->column && option_rules_given(o, "accounts")))
        return 0;
    const struct option_row *row = option_table_find(n->name);
    if (strcmp(n->name, "older-than") != 0)
        return lacks(row->name, command, n->with, err);
    return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
        "--older-than is of delete, and of migrate only beside --delete-source: it keeps younger messages from being "
        "deleted; which are copied is for --before to say");
}

static int check_many(const struct options *o, const char *command, struct error *err)
{
    size_t count;
    const struct option_row *rows = option_table(&count);
    if (o->accounts || !strcmp(command, "accounts")) /* whose list is a word */
        return 0;
    for (size_t i = 0; i < count; i++)
        if (rows[i].many && o->given[i] == OPTION_OF_LINE && strcmp(rows[i].name, "accounts") != 0)
            return lacks(rows[i].name, command, "accounts", err);
    return 0;
}

/* ---- a list of sizes in place of servers ---- */
static const char *const of_mailboxes[] = {"mailboxes", "personal", "years", "growth", "growth-rise",
    "margin", "other-use", "sent", "local", "current-cost", "currency", "rate", "tax", "catalog", "customer",
    "prepared-by", "report", "lang", "format", "quiet", "verbose", NULL};

int option_rules_only(const struct options *o, const char *what, const char *const *names, struct error *err)
{
    size_t count;
    const struct option_row *rows = option_table(&count);
    for (size_t i = 0; i < count; i++) {
        bool among = false;
        for (size_t k = 0; names[k]; k++)
            among |= !strcmp(rows[i].name, names[k]);
        if (o->given[i] == OPTION_OF_LINE && !among)
            return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
                "--%s: %s does not heed it; leave it out", rows[i].name, what);
    }
    return 0;
}

int option_rules_check(struct options *o, const char *command, struct error *err)
{
    for (size_t i = 0; i < sizeof rivals / sizeof *rivals; i++)
        if (settle(o, rivals[i], err) < 0)
            return -1;
    for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++)
        if (settle_secrets(o, secrets[i], sizeof secrets[i] / sizeof *secrets[i], err) < 0)
            return -1;
    for (size_t i = 0; i < sizeof needs / sizeof *needs; i++)
        if (check_need(o, &needs[i], command, err) < 0)
            return -1;
    if (o->seen_text && strcmp(o->seen_text, "age") != 0 && origin(o, "seen-older-than") == OPTION_OF_LINE)
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_USAGE,
            "--seen %s goes by no age: leave out --seen-older-than, or say --seen age", o->seen_text);
    /* With --from, the list in place of servers is refused as such. */
    if (o->mailboxes && !o->from && !o->to && !o->from_host && !o->to_host && !o->accounts &&
        option_rules_only(o, "an estimate of the list of --mailboxes", of_mailboxes, err) < 0)
        return -1;
    return check_many(o, command, err);
}
