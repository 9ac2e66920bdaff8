/* accounts_form.h - which of the three forms a list has, and what each of its fields is. Private to accounts.
 */
#pragma once

#include "accounts.h"

/* From l->csv, as read: fills form, first, columns, headings; leaves out notes and what is empty, and takes
 * the blanks off all but passwords. first_may_err: one that is imapsync's but for its first row will do.
 * ERROR_USAGE as accounts_parse has it. */
int accounts_form_find(struct account_list *l, bool first_may_err, struct error *err);
