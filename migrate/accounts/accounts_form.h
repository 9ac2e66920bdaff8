/* accounts_form.h - which of the three forms a list has, and what each of its fields is. Private to accounts.
 */
#pragma once

#include "accounts.h"

/* From l->csv, as read: fills form, first, columns; leaves out notes and what is empty, and takes the blanks
 * off all but passwords. ERROR_USAGE as accounts_parse has it. */
int accounts_form_find(struct account_list *l, struct error *err);
