#include "batch_warn.h"

#include "batch_swapped.h"
#include "i18n.h"
#include "mem.h"
#include "text.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WARNINGS_MAX 200 /* of a list: beyond, it is one mistake in many rows */

struct look {
    struct batch_list *list;
    size_t told, untold;
    const struct batch_entry *entry;
};

static void __attribute__((format(printf, 2, 3))) tell(struct look *k, const char *fmt, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list ap;
    if (k->told == WARNINGS_MAX) {
        k->untold++;
        return;
    }
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    batch_list_warn(k->list, _("line %1$ld: %2$s"), accounts_line(&k->list->list, k->entry->row), text);
    k->told++;
}

static const char *cell(const struct look *k, const char *column)
{
    return accounts_value(&k->list->list, k->entry->row, column);
}

static const char *heading(const struct look *k, const char *column)
{
    return accounts_heading(&k->list->list, column);
}

/* ---- cells that a spreadsheet has spoiled ---- */
static bool is_formula_error(const char *value)
{
    static const char *const words[] = {
        "#N/A", "#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(value, words[i]))
            return true;
    return false;
}

/* "1.23E+10" */
static bool is_scientific(const char *value)
{
    const char *p = value + strspn(value, "0123456789.");
    return p != value && (p[0] == 'E' || p[0] == 'e') && (p[1] == '+' || p[1] == '-') &&
           isdigit((unsigned char)p[2]) && !p[2 + strspn(p + 2, "0123456789")];
}

/* A blank that nobody sees, or at an end. */
static bool has_hidden_blank(const char *value)
{
    size_t len = strlen(value);
    for (size_t at = 0, n; at < len; at += n ? n : 1) {
        n = text_utf8_len(value + at, len - at);
        unsigned c = n ? text_utf8_code(value + at, n) : 0;
        if (c == 0xa0 || c == 0x3000 || (c >= 0x200b && c <= 0x200f) || c == 0x2060 || c == 0xfeff)
            return true;
    }
    return len && (strchr(" \t", value[0]) || strchr(" \t", value[len - 1]));
}

static bool has_full_width(const char *value)
{
    char *narrow CLEANUP(mem_free_str) = mem_alloc(strlen(value) + 1);
    return strcmp(text_narrow(narrow, strlen(value) + 1, value), value) != 0;
}

static void look_at_cell(struct look *k, const char *column, bool password)
{
    const char *value = cell(k, column);
    if (!value)
        return;
    if (is_formula_error(value))
        tell(k, _("column %s: what a spreadsheet shows for a formula that failed; write the value itself"),
            heading(k, column));
    else if (is_scientific(value))
        tell(k,
            _("column %s: a number as a spreadsheet shortens it (1.23E+10), so digits are lost; give the cell the "
              "form of text and write it again"),
            heading(k, column));
    else if (password && has_hidden_blank(value))
        tell(k,
            _("column %s: there is a blank at an end of this password, or one that cannot be seen in it; it is "
              "sent as it stands"),
            heading(k, column));
    else if (!password && has_hidden_blank(value))
        tell(k, _("column %s: there is a blank in it that cannot be seen"), heading(k, column));
}

/* ---- user and password ---- */
static bool is_told_of_source(const struct look *k, enum job_side side, enum batch_swapped found)
{
    const struct account_list *l = &k->list->list;
    const char *own = batch_swapped_user_column(l, k->entry->row, side);
    const char *source = batch_swapped_user_column(l, k->entry->row, JOB_SOURCE);
    return side != JOB_SOURCE && !strcmp(own, source) &&
           batch_swapped_look(l, k->entry->row, JOB_SOURCE) == found;
}

static void look_at_user(struct look *k, enum job_side side)
{
    const struct account_list *l = &k->list->list;
    enum batch_swapped found = batch_swapped_look(l, k->entry->row, side);
    const char *user = heading(k, batch_swapped_user_column(l, k->entry->row, side));
    const char *password = heading(k, batch_swapped_password_column(side));
    if (is_told_of_source(k, side, found))
        return;
    switch (found) {
    case BATCH_SWAPPED_SAME:
        tell(k, _("columns %s and %s are the same: is the user's name meant, and is that the password?"),
            user, password);
        return;
    case BATCH_SWAPPED_PERSON:
        tell(k,
            _("columns %s and %s: the password is called as the other side's user: have they changed places?"),
            user, password);
        return;
    case BATCH_SWAPPED_ODD:
        tell(k,
            _("column %s: characters that passwords have rather than users: have columns changed places?"),
            user);
        return;
    case BATCH_SWAPPED_NO:
    case BATCH_SWAPPED_JOINED: /* errors, told as such */
    case BATCH_SWAPPED_YES:
        return;
    }
}

/* ---- full-width characters ---- */
static void look_at_width(struct look *k, const char *column, const char *words)
{
    const char *value = cell(k, column);
    if (value && has_full_width(value) && !has_hidden_blank(value))
        tell(k, _("column %s: %s"), heading(k, column), words);
}

static void look_at_widths(struct look *k)
{
    static const char *const users[] = {"user", "from_user", "to_user"},
                             *const hosts[] = {"from_host", "to_host"},
                             *const folders[] = {"folder", "folder_old"};
    for (size_t i = 0; i < sizeof users / sizeof *users; i++)
        look_at_width(k, users[i],
            _("full-width characters in a user name, which hardly any server has; write it in ASCII"));
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
        look_at_width(k, hosts[i], _("full-width characters, taken as the ASCII characters they stand for"));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        look_at_width(k, folders[i], _("full-width characters; a full-width / divides no levels"));
}

/* ---- ports ---- */
static void look_at_ports(struct look *k)
{
    const char *const *hosts = (const char *const *)k->entry->hosts;
    const char *from = hosts[0] ? strrchr(hosts[0], ':') : NULL,
               *to = hosts[1] ? strrchr(hosts[1], ':') : NULL;
    if (from && (!strcmp(from, ":993") || !strcmp(from, ":143")))
        tell(k, _("the source is asked for POP3 at port %s, which is IMAP's; POP3 has 995 or 110"), from + 1);
    if (to && (!strcmp(to, ":995") || !strcmp(to, ":110")))
        tell(k, _("the destination is asked for IMAP at port %s, which is POP3's; IMAP has 993 or 143"),
            to + 1);
}

/* ---- rows against each other ---- */
/* "taro" of "taro@pop.example.jp" and of "taro@example.jp@pop.example.jp". */
static size_t local_part(const char *account)
{
    return strcspn(account, "@");
}

static bool same_person(const char *a, const char *b)
{
    size_t len = local_part(a);
    return len && !text_compare_nocase(a, len, b, local_part(b));
}

/* Names that do not look alike, while those of a neighbour would. */
static void look_at_neighbours(struct look *k, size_t i)
{
    const struct batch_list *l = k->list;
    const struct batch_entry *e = &l->entries[i];
    if (!*e->destination || same_person(e->source, e->destination))
        return;
    for (size_t n = i ? i - 1 : 0; n <= i + 1 && n < l->count; n++) {
        const struct batch_entry *other = &l->entries[n];
        if (n == i || other->error.code || !*other->destination ||
            !same_person(e->source, other->destination) || same_person(other->source, other->destination))
            continue;
        tell(k,
            _("%.160s goes to %.160s, and the destination of line %ld looks more like it: have rows been shifted?"),
            e->source, e->destination, accounts_line(&l->list, other->row));
        return;
    }
}

/* ---- passwords that lost their zeros ---- */
static size_t digits_of(const struct look *k, const char *column)
{
    const char *value = cell(k, column);
    size_t len = value ? strspn(value, "0123456789") : 0;
    return value && !value[len] ? len : 0;
}

static void look_for_zeros(struct look *k, const char *column)
{
    size_t most = 0, count = 0, numbers = 0;
    for (size_t i = 0; i < k->list->count; i++) {
        k->entry = &k->list->entries[i];
        size_t len = digits_of(k, column);
        most = len > most ? len : most;
        numbers += len > 0;
        count += cell(k, column) != NULL;
    }
    if (numbers < 2 || numbers != count) /* a column of numbers alone */
        return;
    for (size_t i = 0; i < k->list->count; i++) {
        k->entry = &k->list->entries[i];
        size_t len = digits_of(k, column);
        if (len && len < most)
            tell(k,
                _("column %s: this number has fewer digits than others of its column; a spreadsheet cuts zeros at the "
                  "beginning unless the cell has the form of text"),
                heading(k, column));
    }
}

/* ---- servers that are missing ---- */
/* Where the server of an address can be found, an empty cell is no error; among filled ones it is a slip. */
static void look_for_hosts(struct look *k, const char *column, bool source)
{
    bool filled = false;
    for (size_t i = 0; i < k->list->count && !filled; i++) {
        k->entry = &k->list->entries[i];
        filled = cell(k, column);
    }
    for (size_t i = 0; i < k->list->count && filled; i++) {
        const struct options *o = &k->list->entries[i].options;
        k->entry = &k->list->entries[i];
        if (!cell(k, column) && k->entry->unresolved &&
            !(source ? o->from || o->from_host : o->to || o->to_host))
            tell(k,
                _("column %s is empty, while other rows have a server there: it is looked for by the address"),
                heading(k, column));
    }
}

void batch_warn_rows(struct batch_list *l)
{
    static const char *const cells[] = {"user", "from_user", "to_user", "from_host", "to_host"};
    static const char *const passwords[] = {"from_password", "to_password"};
    struct look k = {.list = l};
    for (size_t i = 0; i < l->count; i++) {
        k.entry = &l->entries[i];
        if (accounts_fault(&l->list, k.entry->row, NULL) < 0)
            continue;
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++)
            look_at_cell(&k, cells[c], false);
        for (size_t c = 0; c < sizeof passwords / sizeof *passwords; c++)
            look_at_cell(&k, passwords[c], true);
        look_at_user(&k, JOB_SOURCE);
        look_at_user(&k, JOB_DESTINATION);
        look_at_widths(&k);
        look_at_ports(&k);
        look_at_neighbours(&k, i);
    }
    for (size_t c = 0; c < sizeof passwords / sizeof *passwords; c++)
        look_for_zeros(&k, passwords[c]);
    look_for_hosts(&k, "from_host", true);
    look_for_hosts(&k, "to_host", false);
    if (k.untold)
        batch_list_warn(l, _("and %zu more of this kind"), k.untold);
}
