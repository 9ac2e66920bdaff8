#include "dialog_calls.h"

#include "dialog_file.h"
#include "mem.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 40

/* ---- events ---- */

static const char *const code_names[] = {"", " ALERT", " TRYCREATE", " READ-ONLY", " READ-WRITE",
    " APPENDUID", " UIDNOTSTICKY", " TOOBIG", " OVERQUOTA", " UNAVAILABLE", " AUTHENTICATIONFAILED",
    " AUTHORIZATIONFAILED", " EXPIRED", " PRIVACYREQUIRED", " CONTACTADMIN", " NOPERM", " INUSE",
    " EXPUNGEISSUED", " CORRUPTION", " SERVERBUG", " CLIENTBUG", " CANNOT", " LIMIT", " ALREADYEXISTS",
    " NONEXISTENT", " THROTTLED", " OTHER"};
static const char *const status_names[] = {"ok", "no", "bad", "aborted"};
static const char *const scope_names[] = {"none", "message", "folder", "session", "job", "run"};
static const char *const retry_names[] = {"never", "now", "later", "after-login"};

/* What done callbacks get: the runner and the name of the command. */
struct call {
    struct dialog_calls *calls;
    char *verb;
    struct buf *contents; /* of APPEND */
    size_t count;
    char *keywords; /* likewise */
};

static void put_quoted(struct buf *out, const char *s, size_t len)
{
    buf_append_char(out, ' ');
    dialog_quote(out, s, len);
}

static void call_free(struct call *call)
{
    for (size_t i = 0; i < call->count; i++)
        buf_done(&call->contents[i]);
    free(call->contents);
    free(call->keywords);
    free(call->verb);
    free(call);
}

static void on_done(void *ctx, const struct imap_result *res)
{
    struct call *call = ctx;
    struct buf *out = &call->calls->events;
    buf_printf(out, "done %s %s%s", call->verb, status_names[res->status], code_names[res->code]);
    if (res->uids) {
        buf_printf(out, " uidvalidity %" PRIu32 " uids", res->uidvalidity);
        for (size_t i = 0; i < res->uid_count; i++)
            buf_printf(out, "%c%" PRIu32, i ? ',' : ' ', res->uids[i]);
    }
    if (res->error)
        buf_printf(out, " error %s/%s/%s", scope_names[res->error->scope], retry_names[res->error->retry],
            error_code_name(res->error->code));
    if (res->error && res->error->wait_ms)
        buf_printf(out, " wait %" PRId64, res->error->wait_ms);
    const char *text = res->status == IMAP_ABORTED ? res->error->text : res->text;
    put_quoted(out, text, strlen(text));
    buf_append_char(out, '\n');
    call_free(call);
}

static void put_delimiter(struct buf *out, char delimiter)
{
    if (delimiter)
        buf_printf(out, " %c", delimiter);
    else
        buf_append_str(out, " NIL");
}

static void on_namespace(void *ctx, const char *prefix, char delimiter)
{
    struct buf *out = &((struct call *)ctx)->calls->events;
    buf_append_str(out, "namespace");
    put_quoted(out, prefix, strlen(prefix));
    put_delimiter(out, delimiter);
    buf_append_char(out, '\n');
}

static void on_list(void *ctx, const struct imap_list_row *row)
{
    struct buf *out = &((struct call *)ctx)->calls->events;
    buf_append_str(out, "list");
    put_quoted(out, row->name, strlen(row->name));
    put_delimiter(out, row->delimiter);
    buf_printf(out, "%s%s%s%s%s\n", row->noselect ? " noselect" : "", row->nonexistent ? " nonexistent" : "",
        row->noinferiors ? " noinferiors" : "", row->special_use ? " " : "",
        row->special_use ? row->special_use : "");
}

static void on_status(void *ctx, const struct imap_status_row *row)
{
    struct buf *out = &((struct call *)ctx)->calls->events;
    buf_append_str(out, "status");
    if (row->has_messages)
        buf_printf(out, " messages %" PRIu32, row->messages);
    if (row->has_uidnext)
        buf_printf(out, " uidnext %" PRIu32, row->uidnext);
    if (row->has_uidvalidity)
        buf_printf(out, " uidvalidity %" PRIu32, row->uidvalidity);
    if (row->has_size)
        buf_printf(out, " size %" PRIu64, row->size_octets);
    if (row->has_appendlimit)
        buf_printf(out, " appendlimit %" PRIu64, row->appendlimit);
    buf_append_char(out, '\n');
}

static void on_quota(void *ctx, const struct imap_quota_row *row)
{
    struct buf *out = &((struct call *)ctx)->calls->events;
    buf_append_str(out, "quota");
    put_quoted(out, row->root, strlen(row->root));
    buf_printf(out, " %s %" PRIu64 "/%" PRIu64 "\n", row->resource, row->used, row->limit);
}

static void on_fetch(void *ctx, const struct imap_fetch_row *row)
{
    struct buf *out = &((struct call *)ctx)->calls->events;
    buf_printf(out, "fetch %" PRIu32, row->uid);
    if (row->has_size)
        buf_printf(out, " size %" PRIu64, row->size_octets);
    if (row->has_date)
        buf_printf(out, " date %" PRId64, row->internaldate_s);
    if (row->has_flags)
        buf_printf(out, " flags%s%s", row->seen ? " seen" : "", row->deleted ? " deleted" : "");
    if (row->header)
        put_quoted(out, row->header, row->header_len);
    if (row->gmail_id)
        buf_printf(out, " gmail %" PRIu64, row->gmail_id);
    buf_append_char(out, '\n');
}

static void on_uid(void *ctx, uint32_t uid)
{
    buf_printf(&((struct call *)ctx)->calls->events, "uid %" PRIu32 "\n", uid);
}

static void on_body_begin(void *ctx, uint64_t octets)
{
    struct dialog_calls *calls = ((struct call *)ctx)->calls;
    buf_clear(&calls->body);
    calls->body_octets = octets;
}

static void on_body_data(void *ctx, const void *data, size_t len)
{
    buf_append(&((struct call *)ctx)->calls->body, data, len);
}

static void on_body_end(void *ctx, uint32_t uid)
{
    struct dialog_calls *calls = ((struct call *)ctx)->calls;
    buf_printf(&calls->events, "body %" PRIu32 " octets %" PRIu64, uid, calls->body_octets);
    put_quoted(&calls->events, buf_bytes(&calls->body), buf_len(&calls->body));
    buf_append_char(&calls->events, '\n');
}

/* ---- append ---- */

/* A message longer than its content cannot be read: that is what broken=N asks for. */
static ssize_t read_content(void *ctx, uint64_t offset, void *dst, size_t len, struct error *err)
{
    const struct buf *content = ctx;
    if (offset >= buf_len(content))
        return error_set(err, ERROR_SCOPE_RUN, ERROR_RETRY_NEVER, ERROR_DISK, "the spool cannot be read");
    size_t n = buf_len(content) - (size_t)offset;
    n = n < len ? n : len;
    memcpy(dst, buf_bytes(content) + offset, n);
    return (ssize_t)n;
}

static void set_flags(struct imap_append_msg *m, const char *names)
{
    m->seen = strstr(names, "seen");
    m->answered = strstr(names, "answered");
    m->flagged = strstr(names, "flagged");
    m->deleted = strstr(names, "deleted");
    m->draft = strstr(names, "draft");
}

/* "a,b" stands for "a b". */
static char *keywords_of(const char *word)
{
    char *keywords = mem_strdup(word);
    for (char *p = keywords; *p; p++)
        if (*p == ',')
            *p = ' ';
    return keywords;
}

static void set_content(struct imap_append_msg *m, struct buf *content, const char *word)
{
    size_t n = 0;
    if (!strncmp(word, "size=", 5))
        n = strtoul(word + 5, NULL, 10);
    else if (strncmp(word, "broken=", 7) != 0)
        buf_append_str(content, word);
    memset(buf_reserve(content, n + 1), 'x', n);
    buf_commit(content, n);
    m->octets = strncmp(word, "broken=", 7) ? buf_len(content) : strtoul(word + 7, NULL, 10);
    m->read = read_content;
    m->ctx = content;
}

static void submit_append(struct imap *im, struct call *call, char **words, size_t count)
{
    struct imap_append_msg msgs[WORDS_MAX] = {0};
    call->contents = mem_array(WORDS_MAX, sizeof *call->contents);
    for (size_t i = 1; i < count; i++) {
        struct imap_append_msg *m = &msgs[call->count];
        if (!strncmp(words[i], "flags=", 6))
            set_flags(m, words[i] + 6);
        else if (!strncmp(words[i], "keywords=", 9))
            m->keywords = call->keywords = keywords_of(words[i] + 9);
        else if (!strncmp(words[i], "date=", 5))
            m->internaldate_s = strtoll(words[i] + 5, NULL, 10);
        else
            set_content(m, &call->contents[call->count++], words[i]);
    }
    imap_append(im, words[0], msgs, call->count, on_done, call);
}

/* ---- the words ---- */

static int submit_plain(struct imap *im, struct call *call)
{
    if (!strcmp(call->verb, "capability"))
        imap_capability(im, on_done, call);
    else if (!strcmp(call->verb, "noop"))
        imap_noop(im, on_done, call);
    else if (!strcmp(call->verb, "unselect"))
        imap_unselect(im, on_done, call);
    else if (!strcmp(call->verb, "logout"))
        imap_logout(im, on_done, call);
    else if (!strcmp(call->verb, "namespace"))
        imap_namespace(im, on_namespace, on_done, call);
    else
        return -1;
    return 0;
}

static int submit_one(struct imap *im, struct call *call, char *arg)
{
    static const struct imap_body_handler body = {on_body_begin, on_body_data, on_body_end};
    if (!strcmp(call->verb, "create"))
        imap_create(im, arg, on_done, call);
    else if (!strcmp(call->verb, "select") || !strcmp(call->verb, "examine"))
        imap_select(im, arg, *call->verb == 'e', on_done, call);
    else if (!strcmp(call->verb, "status"))
        imap_status(im, arg, on_status, on_done, call);
    else if (!strcmp(call->verb, "quota"))
        imap_getquotaroot(im, arg, on_quota, on_done, call);
    else if (!strcmp(call->verb, "search"))
        imap_uid_search(im, arg, on_uid, on_done, call);
    else if (!strcmp(call->verb, "body"))
        imap_uid_fetch_body(im, arg, &body, on_done, call);
    else if (!strcmp(call->verb, "fetch-gmail"))
        imap_uid_fetch_gmail(im, arg, on_fetch, on_done, call);
    else if (!strcmp(call->verb, "fetch"))
        imap_uid_fetch(im, arg, NULL, on_fetch, on_done, call);
    else
        return -1;
    return 0;
}

static int submit_two(struct imap *im, struct call *call, char **args)
{
    if (!strcmp(call->verb, "id"))
        imap_id(im, args[0], args[1], on_done, call);
    else if (!strcmp(call->verb, "list"))
        imap_list(im, args[0], args[1], on_list, on_done, call);
    else if (!strcmp(call->verb, "fetch"))
        imap_uid_fetch(im, args[0], args[1], on_fetch, on_done, call);
    else
        return -1;
    return 0;
}

static int submit(struct dialog_calls *calls, char **words, size_t count)
{
    struct call *call = mem_alloc(sizeof *call);
    call->calls = calls;
    call->verb = mem_strdup(words[0]);
    int rc = 0;
    if (!strcmp(call->verb, "append") && count > 1)
        submit_append(calls->im, call, words + 1, count - 1);
    else if (count == 1)
        rc = submit_plain(calls->im, call);
    else if (count == 2)
        rc = submit_one(calls->im, call, words[1]);
    else
        rc = count == 3 ? submit_two(calls->im, call, words + 1) : -1;
    if (rc < 0)
        call_free(call);
    return rc;
}

static void show_mailbox(struct buf *out, const struct imap_mailbox *m)
{
    buf_printf(out, "mailbox%s%s%s%s exists %" PRIu32 " uidvalidity %" PRIu32 " uidnext %" PRIu32 "\n",
        m->selected ? " selected" : "", m->read_only ? " read-only" : "",
        m->uid_not_sticky ? " uid-not-sticky" : "", m->permanent_keywords ? " keywords" : "", m->exists,
        m->uidvalidity, m->uidnext);
}

static void show_caps(struct buf *out, const struct imap_caps *c)
{
    buf_printf(out, "caps%s%s%s%s%s%s%s%s", c->literal_plus ? " literal+" : "",
        c->literal_minus ? " literal-" : "", c->multiappend ? " multiappend" : "",
        c->uidplus ? " uidplus" : "", c->esearch ? " esearch" : "", c->quota ? " quota" : "",
        c->namespace ? " namespace" : "", c->gmail ? " gmail" : "");
    if (c->appendlimit)
        buf_printf(out, " appendlimit %" PRIu64, c->appendlimit);
    buf_printf(out, "%s\n", c->appendlimit_per_mailbox ? " appendlimit-per-mailbox" : "");
}

static int show(struct dialog_calls *calls, const char *what)
{
    struct buf *out = &calls->events;
    const struct imap *im = calls->im;
    const char *bye = imap_bye(im), *alert = imap_alert(im, 0);
    for (size_t i = 1; imap_alert(im, i); i++)
        alert = imap_alert(im, i);
    if (!strcmp(what, "mailbox"))
        show_mailbox(out, imap_selected(im));
    else if (!strcmp(what, "caps"))
        show_caps(out, imap_caps(im));
    else if (!strcmp(what, "id"))
        buf_printf(out, "id %s\n", imap_server_id(im));
    else if (!strcmp(what, "bye"))
        buf_printf(out, "bye %s\n", bye ? bye : "-");
    else if (!strcmp(what, "alert"))
        buf_printf(out, "alert %s\n", alert ? alert : "-");
    else if (!strcmp(what, "queue"))
        buf_printf(out, "queue outstanding %zu in-flight %zu appends-waiting %zu\n", imap_outstanding(im),
            imap_in_flight(im), imap_appends_waiting(im));
    else
        return -1;
    return 0;
}

static const char *end_of_word(const char *s, bool is_quoted)
{
    if (!is_quoted)
        return s + strcspn(s, " ");
    for (; *s && *s != '"'; s++)
        if (*s == '\\' && s[1])
            s++;
    return s;
}

static size_t split_words(const char *s, char **words)
{
    size_t count = 0;
    for (s += strspn(s, " "); *s && count < WORDS_MAX; s += strspn(s, " ")) {
        bool is_quoted = *s == '"';
        const char *start = s + is_quoted, *end = end_of_word(start, is_quoted);
        CLEANUP(buf_done) struct buf word = {0};
        bool known = dialog_unescape(&word, start, (size_t)(end - start));
        words[count++] = known ? buf_strdup(&word) : mem_strdup("(unknown escape)");
        s = end + (is_quoted && *end);
    }
    return count;
}

static void abort_all(struct imap *im, const char *text)
{
    struct error why;
    error_set(&why, ERROR_SCOPE_SESSION, ERROR_RETRY_LATER, ERROR_LOST, "%s", text);
    imap_abort(im, &why);
}

int dialog_calls_do(struct dialog_calls *calls, const char *text)
{
    char *words[WORDS_MAX];
    size_t count = split_words(text, words);
    int rc = -1;
    if (count > 1 && !strcmp(words[0], "submit"))
        rc = submit(calls, words + 1, count - 1);
    else if (count == 2 && !strcmp(words[0], "show"))
        rc = show(calls, words[1]);
    else if (count > 1 && !strcmp(words[0], "abort")) {
        abort_all(calls->im, text + strlen("abort "));
        rc = 0;
    }
    for (size_t i = 0; i < count; i++)
        free(words[i]);
    return rc;
}

void dialog_calls_init(struct dialog_calls *calls)
{
    *calls = (struct dialog_calls){.im = imap_new()};
}

void dialog_calls_done(struct dialog_calls *calls)
{
    imap_free(calls->im);
    buf_done(&calls->events);
    buf_done(&calls->body);
}
