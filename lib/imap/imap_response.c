#include "imap_caps.h"
#include "imap_code.h"
#include "imap_private.h"
#include "imap_set.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

/* ---- status responses and their codes ---- */

static void set_words(char **dst, const char *s, size_t len)
{
    char shown[IMAP_TEXT_MAX];
    free(*dst);
    *dst = mem_strdup(text_clean(shown, sizeof shown, s, len));
}

static void add_alert(struct imap *im, const struct imap_words *w)
{
    char *text = NULL;
    set_words(&text, w->text, w->text_len);
    bool known = !*text || im->alert_count == IMAP_ALERTS_MAX;
    for (size_t i = 0; i < im->alert_count && !known; i++)
        known = !strcmp(im->alerts[i], text);
    if (known)
        free(text);
    else
        im->alerts[im->alert_count++] = text;
}

static bool named(const struct imap_words *w, const char *name)
{
    return !text_compare_nocase(w->name, w->name_len, name, strlen(name));
}

/* The code's arguments as values; NULL when they are not well-formed, which harms nothing. */
static const struct imap_value *parse_args(struct imap *im, const struct imap_words *w)
{
    return imap_parse(&im->values, (char *)w->args, w->args_len) < 0 ? NULL : im->values.v;
}

static void read_uint32(uint32_t *dst, const struct imap_value *args)
{
    uint64_t n;
    if (args && imap_value_number(imap_value_at(args, 0), UINT32_MAX, &n))
        *dst = (uint32_t)n;
}

static void read_permanent_flags(struct imap *im, const struct imap_value *args)
{
    const struct imap_value *list = args ? imap_value_at(args, 0) : NULL;
    if (!list || list->type != IMAP_VALUE_LIST)
        return;
    im->mailbox.permanent_keywords = false;
    IMAP_EACH(m, list)
    if (imap_value_is(m, "\\*"))
        im->mailbox.permanent_keywords = true;
}

/* Codes that say something beside the fate of a command. */
static void note_code(struct imap *im, const struct imap_words *w)
{
    if (w->code == IMAP_CODE_ALERT)
        add_alert(im, w);
    else if (w->code == IMAP_CODE_UIDNOTSTICKY)
        im->mailbox.uid_not_sticky = true;
    else if (w->code == IMAP_CODE_READ_ONLY || w->code == IMAP_CODE_READ_WRITE)
        im->mailbox.read_only = w->code == IMAP_CODE_READ_ONLY;
    else if (named(w, "UIDVALIDITY"))
        read_uint32(&im->mailbox.uidvalidity, parse_args(im, w));
    else if (named(w, "UIDNEXT"))
        read_uint32(&im->mailbox.uidnext, parse_args(im, w));
    else if (named(w, "PERMANENTFLAGS"))
        read_permanent_flags(im, parse_args(im, w));
    else if (named(w, "CAPABILITY") && parse_args(im, w))
        imap_caps_read(&im->caps, im->values.v, 0);
}

/* RFC 4315: "uidvalidity set". What does not fit the messages sent counts as not told. */
static void read_appenduid(const struct imap_command *c, const struct imap_words *w, struct imap_answer *a)
{
    const char *blank = memchr(w->args, ' ', w->args_len);
    if (c->kind != IMAP_KIND_APPEND || !blank)
        return;
    unsigned long long validity;
    if (!text_parse_u64(w->args, (size_t)(blank - w->args), &validity) || !validity || validity > UINT32_MAX)
        return;
    const char *set = blank + 1;
    uint32_t *uids = mem_array(c->msg_count, sizeof *uids);
    long n = imap_set_expand(set, (size_t)(w->args + w->args_len - set), uids, c->msg_count);
    if (n != (long)c->msg_count) {
        free(uids);
        return;
    }
    a->uidvalidity = (uint32_t)validity;
    a->uids = uids;
    a->uid_count = (size_t)n;
}

/* ---- tagged ---- */

static struct imap_command *command_of(const struct imap *im, const char *tag, size_t len)
{
    unsigned long long n;
    if (len < 2 || tag[0] != 'P' || !text_parse_u64(tag + 1, len - 1, &n))
        return NULL;
    struct imap_command *c = im->flight.head;
    while (c && c->tag != n)
        c = c->next;
    return c;
}

static bool read_status(const char *s, size_t len, enum imap_status *ret)
{
    static const char *const words[] = {[IMAP_OK] = "OK", [IMAP_NO] = "NO", [IMAP_BAD] = "BAD"};
    for (int i = IMAP_OK; i <= IMAP_BAD; i++)
        if (!text_compare_nocase(s, len, words[i], strlen(words[i]))) {
            *ret = (enum imap_status)i;
            return true;
        }
    return false;
}

static void digest(
    struct imap *im, const struct imap_command *c, const char *s, size_t len, struct imap_answer *a)
{
    struct imap_words w;
    imap_code_split(s, len, &w);
    text_clean(a->text, sizeof a->text, w.text, w.text_len);
    a->code = w.code;
    if (w.code == IMAP_CODE_NONE)
        a->code = imap_code_find(a->text);
    if (w.code == IMAP_CODE_APPENDUID && a->status == IMAP_OK)
        read_appenduid(c, &w, a);
    if (c->kind == IMAP_KIND_SELECT) {
        im->mailbox.selected = a->status == IMAP_OK;
        im->mailbox.read_only = im->mailbox.read_only || c->read_only;
    }
    note_code(im, &w);
}

static void answer_done(struct imap_answer *a)
{
    free(a->uids);
}

static int conclude(struct imap *im, struct imap_command *c, const char *s, size_t len, struct error *err)
{
    const char *blank = memchr(s, ' ', len);
    size_t word = blank ? (size_t)(blank - s) : len;
    CLEANUP(answer_done) struct imap_answer a = {0};
    if (!read_status(s, word, &a.status))
        return imap_protocol_error(err, "a tagged response", s, len);
    if (c == im->writing && a.status == IMAP_OK && im->after != IMAP_AFTER_END)
        return imap_protocol_error(err, "OK to a command that was not complete", s, len);
    digest(im, c, blank ? blank + 1 : s + len, len - word - (blank ? 1 : 0), &a);
    if (c != im->writing || imap_output_early(im, c, &a))
        imap_finish(im, c, &a);
    return 0;
}

static int handle_tagged(struct imap *im, const char *s, size_t len, struct error *err)
{
    const char *blank = memchr(s, ' ', len);
    struct imap_command *c = blank ? command_of(im, s, (size_t)(blank - s)) : NULL;
    if (!c || c->early)
        return imap_protocol_error(err, "an answer to no command", s, len);
    return conclude(im, c, blank + 1, len - (size_t)(blank + 1 - s), err);
}

/* ---- untagged ---- */

static void untagged_status(struct imap *im, bool bye, const char *s, size_t len)
{
    struct imap_words w;
    imap_code_split(s, len, &w);
    if (bye)
        set_words(&im->bye, w.text, w.text_len);
    note_code(im, &w);
}

static int read_capability(struct imap *im, const struct imap_value *list)
{
    imap_caps_read(&im->caps, list, 0);
    return 0;
}

/* advisory: nothing depends on it, so a malformed one is passed over. */
static const struct {
    const char *word;
    imap_data_fn *fn;
    bool advisory;
} data_responses[] = {
    {"CAPABILITY", read_capability, false},
    {"LIST", imap_rows_list, false},
    {"STATUS", imap_rows_status, false},
    {"ESEARCH", imap_rows_esearch, false},
    {"NAMESPACE", imap_rows_namespace, true},
    {"QUOTA", imap_rows_quota, true},
    {"ID", imap_rows_id, true},
};

static int untagged_word(struct imap *im, const char *word, size_t word_len, char *rest, size_t len)
{
    if (!text_compare_nocase(word, word_len, "SEARCH", 6))
        return imap_rows_search(im, rest, len);
    for (size_t i = 0; i < sizeof data_responses / sizeof *data_responses; i++) {
        if (text_compare_nocase(word, word_len, data_responses[i].word, strlen(data_responses[i].word)))
            continue;
        int rc = imap_parse(&im->values, rest, len);
        if (!rc)
            rc = data_responses[i].fn(im, im->values.v);
        return data_responses[i].advisory ? 0 : rc;
    }
    enum imap_status status;
    bool bye = !text_compare_nocase(word, word_len, "BYE", 3);
    if (bye || read_status(word, word_len, &status))
        untagged_status(im, bye, rest, len);
    return 0;
}

/* "* 12 EXISTS": n is the number. */
static int untagged_number(struct imap *im, uint32_t n, char *s, size_t len)
{
    char *blank = memchr(s, ' ', len);
    size_t word = blank ? (size_t)(blank - s) : len;
    if (!text_compare_nocase(s, word, "EXISTS", 6))
        im->mailbox.exists = n;
    else if (!text_compare_nocase(s, word, "EXPUNGE", 7))
        im->mailbox.exists -= im->mailbox.exists > 0;
    else if (!text_compare_nocase(s, word, "FETCH", 5) && blank) {
        if (!im->streamed && !imap_first_in_flight(im, IMAP_KIND_FETCH) &&
            !imap_first_in_flight(im, IMAP_KIND_BODY))
            return 0;
        if (imap_parse(&im->values, blank + 1, len - word - 1) < 0)
            return -1;
        return imap_fetch_row(im, im->values.v);
    }
    return 0;
}

static int handle_untagged(struct imap *im, char *s, size_t len)
{
    char *blank = memchr(s, ' ', len);
    size_t word = blank ? (size_t)(blank - s) : len;
    char *rest = blank ? blank + 1 : s + len;
    size_t rest_len = len - (size_t)(rest - s);
    unsigned long long n;
    if (!word)
        return -1;
    if (s[0] < '0' || s[0] > '9')
        return untagged_word(im, s, word, rest, rest_len);
    if (!text_parse_u64(s, word, &n) || n > UINT32_MAX)
        return -1;
    return untagged_number(im, (uint32_t)n, rest, rest_len);
}

int imap_response_handle(struct imap *im, char *data, size_t len, struct error *err)
{
    if (data[0] == '+') {
        imap_output_continue(im);
        return 0;
    }
    if (data[0] != '*')
        return handle_tagged(im, data, len, err);
    char shown[100];
    size_t keep = len < sizeof shown ? len : sizeof shown;
    memcpy(shown, data, keep); /* parsing changes data */
    if (len < 2 || data[1] != ' ' || handle_untagged(im, data + 2, len - 2) < 0)
        return imap_protocol_error(err, "a malformed response", shown, keep);
    return 0;
}
