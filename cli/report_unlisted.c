#include "report_unlisted.h"

#include "batch_again.h"
#include "buf.h"
#include "i18n.h"
#include "mem.h"
#include "report.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define NAMED_MAX 10

/* Those with mail first: what was copied by mistake is what matters. */
static int by_copied(const void *a, const void *b)
{
    const struct report_unlisted *x = *(const struct report_unlisted *const *)a,
                                 *y = *(const struct report_unlisted *const *)b;
    int diff = (y->copied > x->copied) - (y->copied < x->copied);
    return diff ? diff : strcmp(x->source, y->source);
}

static void name(struct buf *out, const struct report_unlisted *left)
{
    char *words CLEANUP(mem_free_str) = text_clean_dup(left->name ? left->name : left->source);
    buf_append_str(out, words);
    if (left->copied)
        buf_printf(out, ngettext(" (%llu message copied)", " (%llu messages copied)", left->copied),
            (unsigned long long)left->copied);
}

static char *names(const struct report_scope *s)
{
    struct buf out CLEANUP(buf_done) = {0};
    const struct report_unlisted **order = mem_array(s->unlisted_count + 1, sizeof *order);
    size_t shown = s->unlisted_count > NAMED_MAX ? NAMED_MAX : s->unlisted_count;
    uint64_t untold = 0;
    for (size_t i = 0; i < s->unlisted_count; i++)
        order[i] = &s->unlisted[i];
    qsort(order, s->unlisted_count, sizeof *order, by_copied);
    for (size_t i = 0; i < s->unlisted_count; i++)
        if (i >= shown) {
            untold += order[i]->copied;
        } else {
            buf_append_str(&out, i ? ", " : "");
            name(&out, order[i]);
        }
    if (s->unlisted_count > shown)
        buf_printf(&out, _(", and %1$zu more (%2$llu messages copied)"), s->unlisted_count - shown,
            (unsigned long long)untold);
    free(order);
    return buf_strdup(&out);
}

char *report_unlisted_words(const struct report_scope *s, const char *work_dir)
{
    if (!s->unlisted_count)
        return NULL;
    char *all CLEANUP(mem_free_str) = names(s);
    char *folder CLEANUP(mem_free_str) = batch_again_quoted(work_dir);
    return mem_printf(ngettext("%1$zu account of earlier runs is in no list any more, and not counted: %2$s. "
                               "popferry accounts forget NAME --work-dir %3$s puts it away.\n",
                          "%1$zu accounts of earlier runs are in no list any more, and not counted: %2$s. "
                          "popferry accounts forget NAME --work-dir %3$s puts them away.\n",
                          s->unlisted_count),
        s->unlisted_count, all, folder);
}

/* ---- for programs ---- */
static json_t *text(const char *s)
{
    char *clean CLEANUP(mem_free_str) = text_clean_dup(s);
    return s ? json_string(clean) : json_null();
}

json_t *report_unlisted_json(const struct report_scope *s)
{
    json_t *all = json_array();
    for (size_t i = 0; i < s->unlisted_count; i++) {
        const struct report_unlisted *left = &s->unlisted[i];
        json_array_append_new(
            all, json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:I}", "from", text(left->source), "to",
                     text(left->destination), "folder", text(left->folder), "work_dir", text(left->work_dir),
                     "name", text(left->name), "copied", (json_int_t)left->copied, "copied_octets",
                     (json_int_t)left->copied_octets));
    }
    return all;
}

json_t *report_unlisted_warnings(const struct report_scope *s, const char *work_dir)
{
    json_t *all = json_array();
    char *words CLEANUP(mem_free_str) = report_unlisted_words(s, work_dir);
    if (words) {
        words[strlen(words) - 1] = '\0';
        json_array_append_new(all, text(words));
    }
    if (s->lists_error.code)
        json_array_append_new(all, text(s->lists_error.text));
    return all;
}
