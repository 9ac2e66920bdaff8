#include "batch_swapped.h"

#include "i18n.h"
#include "text.h"
#include <stdbool.h>
#include <string.h>

#define LOWER   "abcdefghijklmnopqrstuvwxyz"
#define UPPER   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"
#define ODD     "!\"$&'(),;<>?[]^`{|}~" /* % # * / + = divide user and domain somewhere */
#define LENGTHY 8                       /* an odd name of so many characters is hardly one */

static const char *const columns[][2] = {
    [JOB_SOURCE] = {"from_user", "from_password"},
    [JOB_DESTINATION] = {"to_user", "to_password"},
};

/* ---- what a value looks like ---- */
static bool is_address(const char *value)
{
    const char *at = strchr(value, '@');
    return at && at != value && strchr(at, '.') && !strpbrk(value, " \t\r\n:") && !strchr(at + 1, '@');
}

static bool is_host(const char *value)
{
    const char *dot = strrchr(value, '.');
    return dot && dot != value && dot[1] && !strpbrk(value, "@ /\\$&;!#%") &&
           !dot[1 + strspn(dot + 1, LOWER UPPER)];
}

/* As people and accounts are called. */
static bool is_name(const char *value)
{
    return *value && strspn(value, LOWER UPPER) && !value[strspn(value, LOWER UPPER DIGITS "._-")];
}

static bool is_password_like(const char *value)
{
    bool digit = strpbrk(value, DIGITS);
    if (strpbrk(value, ODD))
        return digit || strlen(value) >= LENGTHY;
    return digit && strpbrk(value, LOWER) && strpbrk(value, UPPER);
}

/* "taro" and "Taro@example.jp" */
static bool is_person(const char *value, const char *account)
{
    return account && (text_equal_nocase(value, account) ||
                          !text_compare_nocase(value, strlen(value), account, strcspn(account, "@")));
}

/* ---- a side of a row ---- */
struct side {
    const char *user, *password, *other_user; /* NULL: empty */
};

static const char *user_of(const struct account_list *l, size_t row, enum job_side side)
{
    const char *own = accounts_value(l, row, columns[side][0]);
    return own ? own : accounts_value(l, row, "user");
}

static struct side side_of(const struct account_list *l, size_t row, enum job_side side)
{
    enum job_side other = side == JOB_SOURCE ? JOB_DESTINATION : JOB_SOURCE;
    return (struct side){
        user_of(l, row, side), accounts_value(l, row, columns[side][1]), user_of(l, row, other)};
}

static enum batch_swapped look(const struct side *s)
{
    if (is_address(s->user))
        return BATCH_SWAPPED_NO;
    if (strchr(s->user, ':'))
        return BATCH_SWAPPED_JOINED;
    if (!s->password)
        return strpbrk(s->user, ODD) ? BATCH_SWAPPED_ODD : BATCH_SWAPPED_NO;
    if (is_address(s->password))
        return BATCH_SWAPPED_YES;
    bool person = is_person(s->password, s->other_user) && !is_person(s->user, s->other_user);
    bool odd = strpbrk(s->user, ODD), named = is_name(s->password) && !strpbrk(s->password, DIGITS);
    if (is_password_like(s->user) && (person || (odd && named)))
        return BATCH_SWAPPED_YES;
    return !strcmp(s->user, s->password)                 ? BATCH_SWAPPED_SAME
           : person                                      ? BATCH_SWAPPED_PERSON
           : odd || (named && is_password_like(s->user)) ? BATCH_SWAPPED_ODD
                                                         : BATCH_SWAPPED_NO;
}

enum batch_swapped batch_swapped_look(const struct account_list *l, size_t row, enum job_side side)
{
    struct side s = side_of(l, row, side);
    return s.user ? look(&s) : BATCH_SWAPPED_NO;
}

const char *batch_swapped_user_column(const struct account_list *l, size_t row, enum job_side side)
{
    return accounts_value(l, row, columns[side][0]) ? columns[side][0] : "user";
}

const char *batch_swapped_password_column(enum job_side side)
{
    return columns[side][1];
}

/* ---- errors ---- */
static void add_fault(
    const struct account_list *l, size_t row, enum job_side side, bool joined, struct options_faults *faults)
{
    struct error why;
    const char *user = accounts_heading(l, batch_swapped_user_column(l, row, side));
    const char *password = accounts_heading(l, columns[side][1]);
    long line = accounts_line(l, row);
    if (joined)
        error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            _("%1$s:%2$ld: column %3$s: a ':' in it, as between a user and a password, which has a column of its own; a name "
              "that has one is written in column %4$s (a URL, with %%3A); nothing was sent"),
            l->path, line, user, side == JOB_SOURCE ? "from" : "to");
    else
        error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            _("%1$s:%2$ld: columns %3$s and %4$s: the password reads like a mail address or a name and the user does not, as if "
              "they had changed places; nothing was sent"),
            l->path, line, user, password);
    options_faults_add(faults, &why);
}

int batch_swapped_check(const struct account_list *l, size_t row, struct options_faults *faults)
{
    size_t before = faults->count;
    for (enum job_side side = JOB_SOURCE; side <= JOB_DESTINATION; side++) {
        enum batch_swapped found = batch_swapped_look(l, row, side);
        if (found >= BATCH_SWAPPED_JOINED)
            add_fault(l, row, side, found == BATCH_SWAPPED_JOINED, faults);
    }
    return faults->count > before ? -1 : 0;
}

/* ---- names of rows that are in error ---- */
/* Does each cell hold what its column is for? */
static bool is_shifted(const struct account_list *l, size_t row)
{
    static const char *const hosts[] = {[JOB_SOURCE] = "from_host", [JOB_DESTINATION] = "to_host"};
    for (enum job_side side = JOB_SOURCE; side <= JOB_DESTINATION; side++) {
        struct side s = side_of(l, row, side);
        const char *host = accounts_value(l, row, hosts[side]);
        if ((host && strchr(host, '@')) || (s.password && (is_address(s.password) || is_host(s.password))) ||
            (s.password && !s.user) || (s.user && look(&s) >= BATCH_SWAPPED_PERSON))
            return true;
    }
    return false;
}

static bool is_password_of(const struct account_list *l, size_t row, const char *value)
{
    for (enum job_side side = JOB_SOURCE; side <= JOB_DESTINATION; side++) {
        const char *password = accounts_value(l, row, columns[side][1]);
        if (password && !strcmp(password, value))
            return true;
    }
    return false;
}

const char *batch_swapped_name(const struct account_list *l, size_t row)
{
    static const char *const names[] = {"from_user", "user", "from", "to_user", "to"};
    bool shifted = is_shifted(l, row);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = accounts_value(l, row, names[i]);
        bool fits = value && !strpbrk(value, ":" ODD) && !is_password_of(l, row, value);
        if (fits && (!shifted || is_address(value)))
            return value;
    }
    return NULL;
}
