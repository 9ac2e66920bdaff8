/* report_unlisted.h - the accounts of earlier runs that are in no list any more, as status and report tell of
 * them: they are not counted, and never passed over in silence. */
#pragma once

#include "report_scope.h"
#include <jansson.h>

/* A line with its end, to be printed; NULL: there are none. The caller frees. After
 * report_scope_count_unlisted.
 */
char *report_unlisted_words(const struct report_scope *s, const char *work_dir);

/* [{"from", "to", "folder", "work_dir", "name", "copied", "copied_octets"}] */
json_t *report_unlisted_json(const struct report_scope *s);
/* Sentences: that line, and why it is not known who is in a list. */
json_t *report_unlisted_warnings(const struct report_scope *s, const char *work_dir);
