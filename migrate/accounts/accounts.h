/* accounts.h - a customer's list of accounts: each row one job, each column an option of the command line.
 *
 * Three forms are told apart by the first row:
 * - with a heading: columns by name, in any order; the name is that of the option with "_" for "-", or one of
 * its Japanese and English aliases (accounts_columns), typed in whatever way (accounts_fold.h);
 * - imapsync's: no heading, host1;user1;password1;host2;user2;password2[;...] (what follows is passed over;
 * lines that begin with # are left out; fields may stand in quotes, as in any CSV file; hosts have a dot or a
 * colon in them, or are localhost: else a heading with a slip in it might pass for an account);
 * - Microsoft's: EmailAddress,UserName,Password[,UserRoot], in any order: the destination's user, the
 * source's user, the source's password.
 *
 * A heading with a name that is none of these is refused, with the usual ones of those that there are. Lines
 * that begin with # are passed over. One row that makes no sense is that row's trouble alone
 * (accounts_fault). Values are handed out as they stand, without blanks around them (passwords exactly as
 * they stand); what they mean is for the caller. No message has a value of the list in it: it might be a
 * password in the wrong column. */
#pragma once

#include "error.h"
#include "list_csv.h"
#include "list_text.h"
#include <stdbool.h>
#include <stddef.h>

#define ACCOUNTS_MAX 100000

/* The columns there are. */
struct accounts_column {
    const char *name;   /* "from_user" */
    const char *option; /* "from-user"; NULL: none, the columns user, enabled, name, note, from_password and
                           to_password */
    const char *const *aliases; /* Japanese and common English headings; ended by NULL; never empty, the first
                                   one is the template's in Japanese */
    const char *help;           /* one line, English */
    const char *examples[2];    /* for the template's two rows; NULL: not in it */
    const char *examples_ja[2]; /* NULL: the same */
};
const struct accounts_column *accounts_columns(size_t *ret_count);
/* By name or alias, as a heading may have it; NULL if there is none. */
const struct accounts_column *accounts_column_find(const char *heading);

enum accounts_form {
    ACCOUNTS_HEADED,
    ACCOUNTS_IMAPSYNC,
    ACCOUNTS_MICROSOFT,
};

/* May be moved, not copied. */
struct account_list {
    char *path;
    enum accounts_form form;
    char charset[LIST_TEXT_CHARSET_MAX];
    bool readable_by_others; /* the file has passwords in it, and other users of this machine can read it */
    struct list_text text;   /* that it was read from */
    struct list_csv csv;     /* with the heading, if there is one */
    size_t first;            /* the first row that is an account */
    size_t notes;            /* lines below that begin with #, and were passed over */
    const struct accounts_column **columns; /* of each field; NULL: to be passed over */
    size_t column_count;
    char **headings; /* of each field, fit to show; owned */
};

/* charset as in list_text.h. -1 with ERROR_USAGE "FILE:LINE: ..." (unknown or repeated column; no account at
 * all; more than ACCOUNTS_MAX) or "FILE: ..." (what list_text and list_csv_read refuse). */
int accounts_read(const char *path, const char *charset, struct account_list *ret, struct error *err);
/* The same from memory; path is for messages. */
int accounts_parse(const char *path, const char *bytes, size_t len, const char *charset,
    struct account_list *ret, struct error *err);
void accounts_done(struct account_list *l); /* wipes; zeroed is fine */

static inline size_t accounts_count(const struct account_list *l)
{
    return l->csv.count - l->first;
}
long accounts_line(const struct account_list *l, size_t i); /* in the file, from 1 */
/* Can the row be read? -1 with ERROR_USAGE "FILE:LINE: ...": more in it than columns, quotes that make no
 * sense, not as imapsync has it. Its values mean nothing then. */
int accounts_fault(const struct account_list *l, size_t i, struct error *err);
/* The column as it is called in this list, for messages: "移行元サーバー"; a column's own name where it has
 * none. Valid as long as the list. */
const char *accounts_heading(const struct account_list *l, const char *column);
/* What account i has in this column ("from_user"); NULL where it is empty or missing. Valid as long as the
 * list. */
const char *accounts_value(const struct account_list *l, size_t i, const char *column);
/* The `enabled` column: empty is yes; yes/no, true/false, 1/0, on/off, はい/いいえ, 有効/無効, ○/×. -1 with
 * ERROR_USAGE for anything else ("x" among it: it means yes to some, no to others). */
int accounts_enabled(const struct account_list *l, size_t i, bool *ret, struct error *err);

/* The chosen accounts (chosen[i]) as a file of the same form, columns, delimiter and charset, each row as it
 * stood in the list, CRLF. Whoever
 * is done with *ret wipes it: list_text_wipe. ERROR_USAGE when the charset cannot say it (which a charset
 * that the user named may do). */
int accounts_bytes(const struct account_list *l, const bool *chosen, struct buf *ret, struct error *err);
/* Write these to a file, mode 0600, by way of a temporary file beside it, so that it is complete or as
 * before. With none chosen the file is removed. ERROR_DISK, and as accounts_bytes. */
int accounts_write(const struct account_list *l, const bool *chosen, const char *path, struct error *err);

/* A list to begin with, as Excel opens it (UTF-8 with mark, CRLF): the usual columns and two example rows. */
void accounts_template(bool japanese, struct buf *ret);
