#include "batch_report.h"
#include "cell.h"
#include "exit_code.h"
#include "i18n.h"
#include "mem.h"
#include "quote_words.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define LEAST_COLUMNS 40
#define TEXT_LEAST    30 /* columns for what happened; with less it stands below the account */
#define INDENT        2
#define TOLD_MAX      64
#define NAME_MOST     100 /* without a limit to the line: one long name does not push all others aside */

struct text {
    struct buf out;
    const struct batch_account *accounts;
    size_t count;
    const size_t *order; /* indices: what is wrong, the worst first; then what is in order */
    size_t wrong;
    int columns;                /* 0: no limit */
    int line_width, name_width; /* of the table */
    bool stacked;
    bool all; /* each account, not only what needs attention */
};

/* ---- order ---- */
static bool in_order(const struct batch_account *a)
{
    enum batch_account_kind kind = batch_account_kind(a);
    return kind == BATCH_KIND_IN_ORDER || kind == BATCH_KIND_SKIPPED;
}

/* An account that is not over when all is over was interrupted. */
static int code_of(const struct batch_account *a)
{
    enum batch_account_kind kind = batch_account_kind(a);
    return kind == BATCH_KIND_QUEUED || kind == BATCH_KIND_RUNNING || kind == BATCH_KIND_PAUSED
               ? EXIT_CODE_TEMPORARY
               : batch_account_code(a);
}

/* What is to be done about it, where the code alone does not tell. The order is that of the groups. */
enum advice {
    ADVICE_NO_HOST, /* the list names a host that does not exist */
    ADVICE_BY_CODE,
    ADVICE_STOPPED, /* the user asked for it: of each account there is nothing to be said */
};

static enum advice advice_of(const struct batch_account *a)
{
    switch (a->result.error.code) {
    case ERROR_NO_HOST:
        return ADVICE_NO_HOST;
    case ERROR_CANCELLED:
        return ADVICE_STOPPED;
    default:
        return ADVICE_BY_CODE;
    }
}

static int compare(const void *x, const void *y, void *ctx)
{
    const struct batch_account *accounts = ctx;
    size_t i = *(const size_t *)x, k = *(const size_t *)y;
    const struct batch_account *a = &accounts[i], *b = &accounts[k];
    int by_rank = batch_account_rank(code_of(b)) - batch_account_rank(code_of(a));
    if (by_rank)
        return by_rank;
    if (advice_of(a) != advice_of(b))
        return (int)advice_of(a) - (int)advice_of(b);
    if (a->result.attention != b->result.attention)
        return a->result.attention > b->result.attention ? -1 : 1;
    return i < k ? -1 : i > k;
}

static size_t *sort(const struct batch_account *accounts, size_t count, size_t *ret_wrong)
{
    size_t *order = mem_array(count + 1, sizeof *order), n = 0;
    for (size_t i = 0; i < count; i++)
        if (!in_order(&accounts[i]))
            order[n++] = i;
    qsort_r(order, n, sizeof *order, compare, (void *)accounts);
    *ret_wrong = n;
    for (size_t i = 0; i < count; i++)
        if (in_order(&accounts[i]))
            order[n++] = i;
    return order;
}

/* ---- what is said of a code ---- */
static const char *title_of(int code, enum advice advice)
{
    if (advice == ADVICE_NO_HOST)
        return _("No such host");
    if (advice == ADVICE_STOPPED)
        return _("Stopped as asked");
    switch (code) {
    case EXIT_CODE_DONE:
        return _("In order");
    case EXIT_CODE_ATTENTION:
        return _("Done, but some messages need attention");
    case EXIT_CODE_TEMPORARY:
        return _("Not finished; a later run may do it");
    case EXIT_CODE_FULL:
        return _("No room in the destination");
    case EXIT_CODE_LOGIN:
        return _("No access");
    case EXIT_CODE_USAGE:
        return _("Not begun: the list or an option is wrong");
    default:
        return _("Stopped by the local disk, a work folder or a ledger");
    }
}

static const char *next_step_of(int code, enum advice advice)
{
    if (advice == ADVICE_NO_HOST)
        return _(
            "Correct the host in the list (or look at this machine's name service, if it is right), then run "
            "the same command again.");
    switch (code) {
    case EXIT_CODE_DONE:
        return "";
    case EXIT_CODE_ATTENTION:
        return _(
            "popferry report lists these messages. They stay on the source; what the destination refused "
            "lies as received in the account's folder, under quarantine.");
    case EXIT_CODE_TEMPORARY:
        return _("Run the same command again; what is done is not done twice.");
    case EXIT_CODE_FULL:
        return _("Make room in these mailboxes or get more storage, then run the same command again.");
    case EXIT_CODE_LOGIN:
        return _("Correct user, password or server in the list, then run the same command again.");
    case EXIT_CODE_USAGE:
        return _("Correct the list, then run the same command again.");
    default:
        return _("Mend what is named, then run the same command again; what is done is recorded.");
    }
}

static const char *what_happened(const struct batch_account *a)
{
    if (a->result.error.code)
        return a->result.error.text;
    if (*a->result.words)
        return a->result.words;
    if (a->state == BATCH_SKIPPED)
        return _("finished before, left out");
    return in_order(a) ? "" : _("not finished");
}

/* ---- the table ---- */
static void blanks(struct text *t, int n)
{
    cell_left(&t->out, "", n);
}

/* Columns as wide as the accounts that are shown need them. */
static void measure(struct text *t, size_t shown)
{
    t->line_width = text_width(_("line"));
    t->name_width = text_width(_("account"));
    for (size_t i = 0; i < shown; i++) {
        const struct batch_account *a = &t->accounts[t->order[i]];
        int line = snprintf(NULL, 0, "%ld", a->line), name = text_width(a->name);
        t->line_width = line > t->line_width ? line : t->line_width;
        if (name > t->name_width && (t->columns || name <= NAME_MOST))
            t->name_width = name;
    }
    int room = t->columns - 3 * INDENT - t->line_width;
    t->stacked = t->columns && room - t->name_width < TEXT_LEAST;
    if (t->stacked && room + INDENT < t->name_width)
        t->name_width = room + INDENT;
}

static int text_indent(const struct text *t)
{
    return 2 * INDENT + t->line_width + (t->stacked ? 0 : t->name_width + INDENT);
}

static void put_text(struct text *t, const char *words)
{
    int indent = text_indent(t);
    if (!*words)
        return;
    if (t->stacked) {
        buf_append_char(&t->out, '\n');
        blanks(t, indent);
    } else {
        blanks(t, INDENT);
    }
    cell_wrap(&t->out, words, indent, indent, t->columns);
}

static void put_row(struct text *t, const char *line, const char *name, const char *words)
{
    blanks(t, INDENT);
    cell_right(&t->out, line, t->line_width);
    blanks(t, INDENT);
    if (t->stacked || !*words)
        cell_fit(&t->out, name, t->name_width);
    else
        cell_left(&t->out, name, t->name_width);
    put_text(t, words);
    buf_append_char(&t->out, '\n');
}

/* Where to look: only an account that got so far has left something there. */
static void put_folder(struct text *t, const struct batch_account *a)
{
    int code = code_of(a), indent = text_indent(t);
    if ((code != EXIT_CODE_ATTENTION && code != EXIT_CODE_LOCAL) || !*a->work_dir)
        return;
    struct buf words CLEANUP(buf_done) = {0};
    buf_printf(&words, _("folder: %s"), a->work_dir);
    blanks(t, indent);
    cell_wrap(&t->out, buf_str(&words), indent, indent, t->columns);
    buf_append_char(&t->out, '\n');
}

/* The first accounts of each different error in a group, so that none is written out twice. */
struct told {
    const struct batch_account *first[TOLD_MAX];
    size_t count;
};

/* The account that was told before with the same error; NULL: a is the first. */
static const struct batch_account *told_before(struct told *t, const struct batch_account *a)
{
    if (!a->result.error.code)
        return NULL;
    for (size_t i = 0; i < t->count; i++)
        if (!strcmp(t->first[i]->result.error.text, a->result.error.text))
            return t->first[i];
    if (t->count < TOLD_MAX)
        t->first[t->count++] = a;
    return NULL;
}

static void put_account(struct text *t, struct told *told, const struct batch_account *a)
{
    char line[32];
    const struct batch_account *before = told_before(told, a);
    struct buf words CLEANUP(buf_done) = {0};
    if (before)
        buf_printf(&words, _("as in line %ld"), before->line);
    else
        buf_append_str(&words, what_happened(a));
    snprintf(line, sizeof line, "%ld", a->line);
    put_row(t, line, a->name, buf_str(&words));
    put_folder(t, a);
}

static void put_paragraph(struct text *t, const char *words, int indent)
{
    blanks(t, indent);
    cell_wrap(&t->out, words, indent, indent, t->columns);
    buf_append_char(&t->out, '\n');
}

/* Accounts of one code, from order[from] on; returns the first one behind them. */
static size_t put_group(struct text *t, size_t from, size_t end)
{
    size_t to = from;
    const struct batch_account *first = &t->accounts[t->order[from]];
    int code = code_of(first);
    enum advice advice = advice_of(first);
    while (to < end && code_of(&t->accounts[t->order[to]]) == code &&
           advice_of(&t->accounts[t->order[to]]) == advice)
        to++;
    struct buf head CLEANUP(buf_done) = {0};
    buf_printf(&head, ngettext("%1$s: %2$zu account", "%1$s: %2$zu accounts", to - from),
        title_of(code, advice), to - from);
    put_paragraph(t, buf_str(&head), 0);
    if (*next_step_of(code, advice))
        put_paragraph(t, next_step_of(code, advice), INDENT);
    if (advice == ADVICE_STOPPED && !t->all) {
        buf_append_char(&t->out, '\n');
        return to;
    }
    put_row(t, _("line"), _("account"), t->stacked ? "" : _("what happened"));
    struct told told = {0};
    for (size_t i = from; i < to; i++)
        put_account(t, &told, &t->accounts[t->order[i]]);
    buf_append_char(&t->out, '\n');
    return to;
}

/* ---- the sums ---- */
/* Between sentences: Japanese has none. */
static void append_blank(struct buf *out)
{
    if (buf_len(out) && strcmp(i18n_lang(), "ja") != 0)
        buf_append_char(out, ' ');
}

static void add_sentence(struct buf *out, const char *format, uint64_t messages, uint64_t octets)
{
    char count[QUOTE_WORDS_MAX], size[32];
    append_blank(out);
    buf_printf(out, format, quote_words_count(count, messages), text_octets(size, sizeof size, octets));
}

static const char *done_format(const char *command, bool dry_run)
{
    if (dry_run && !strcmp(command, "delete"))
        return _("Would be deleted from the sources: %1$s messages, %2$s.");
    static const struct {
        const char *command, *format;
    } known[] = {
        {"plan", N_("To be copied: %1$s messages, %2$s.")},
        {"migrate", N_("In the destinations: %1$s messages, %2$s.")},
        {"verify", N_("In agreement: %1$s messages, %2$s.")},
        {"delete", N_("Deleted from the sources: %1$s messages, %2$s.")},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strcmp(known[i].command, command))
            return i18n(known[i].format);
    return NULL;
}

static void put_sums(struct text *t, const char *command, bool dry_run, const struct batch_sum *sum)
{
    const bool would = dry_run && !strcmp(command, "delete");
    struct buf words CLEANUP(buf_done) = {0};
    char count[QUOTE_WORDS_MAX], took[CELL_DURATION_MAX];
    const char *done = done_format(command, dry_run);
    if (sum->messages)
        add_sentence(&words, _("In the sources: %1$s messages, %2$s."), sum->messages, sum->octets);
    if (sum->messages && done)
        add_sentence(
            &words, done, would ? sum->rest : sum->done, would ? sum->rest_octets : sum->done_octets);
    if (sum->messages && !strcmp(command, "migrate"))
        add_sentence(&words, _("Copied by this run: %1$s messages, %2$s."), sum->copied, sum->copied_octets);
    if (sum->rest && !would) {
        append_blank(&words);
        buf_printf(&words, _("Still to be done: %s messages."), quote_words_count(count, sum->rest));
    }
    if (sum->bad) {
        append_blank(&words);
        buf_printf(&words,
            ngettext("Something is wrong with %s message.", "Something is wrong with %s messages.", sum->bad),
            quote_words_count(count, sum->bad));
    }
    if (sum->elapsed_ms >= 1000) {
        append_blank(&words);
        buf_printf(&words, _("Took %s."), cell_duration(took, (sum->elapsed_ms + 500) / 1000));
    }
    if (buf_len(&words))
        put_paragraph(t, buf_str(&words), 0);
}

/* Of the accounts in order: --limit and --dry-run leave something. */
static bool leaves_rest(const struct text *t)
{
    for (size_t i = t->wrong; i < t->count; i++)
        if (t->accounts[t->order[i]].result.rest)
            return true;
    return false;
}

static void put_in_order(struct text *t, const struct batch_sum *sum)
{
    struct buf words CLEANUP(buf_done) = {0};
    size_t good = sum->in_order + sum->skipped;
    if (!good && t->wrong)
        return;
    if (leaves_rest(t))
        buf_printf(&words,
            ngettext("%1$zu of %2$zu accounts is done as far as it was to be.",
                "%1$zu of %2$zu accounts are done as far as they were to be.", good),
            good, t->count);
    else if (!t->wrong)
        buf_printf(&words,
            ngettext("%zu account, and it is in order.", "All %zu accounts are in order.", good), good);
    else
        buf_printf(&words,
            ngettext("%1$zu of %2$zu accounts is in order.", "%1$zu of %2$zu accounts are in order.", good),
            good, t->count);
    if (sum->skipped) {
        append_blank(&words);
        buf_printf(&words, _("Of these finished before, and left out now: %zu."), sum->skipped);
    }
    put_paragraph(t, buf_str(&words), 0);
}

/* In one line, however long: it is to be copied. */
static void put_again(struct text *t, const char *command)
{
    put_paragraph(
        t, _("To run only the accounts that are not in order again, with the other options as before:"), 0);
    buf_printf(&t->out, "  %s\n", command);
}

/* ---- all of it ---- */
static void put_head(struct text *t)
{
    struct buf words CLEANUP(buf_done) = {0};
    buf_printf(&words,
        ngettext("%1$zu of %2$zu accounts is not in order.", "%1$zu of %2$zu accounts are not in order.",
            t->wrong),
        t->wrong, t->count);
    put_paragraph(t, buf_str(&words), 0);
    buf_append_char(&t->out, '\n');
}

void batch_report_text(FILE *out, const char *command, const struct batch_account *accounts, size_t count,
    bool all, bool dry_run, int columns, const char *again)
{
    size_t wrong;
    size_t *order = sort(accounts, count, &wrong);
    struct text t = {.accounts = accounts, .count = count, .order = order, .wrong = wrong, .all = all};
    struct batch_sum sum = batch_report_sum(accounts, count);
    t.columns = columns && columns < LEAST_COLUMNS ? LEAST_COLUMNS : columns;
    measure(&t, all ? count : wrong);
    if (wrong)
        put_head(&t);
    for (size_t i = 0; i < wrong;)
        i = put_group(&t, i, wrong);
    if (all && wrong < count)
        put_group(&t, wrong, count);
    put_in_order(&t, &sum);
    put_sums(&t, command, dry_run, &sum);
    if (wrong && again)
        put_again(&t, again);
    fwrite(buf_bytes(&t.out), 1, buf_len(&t.out), out);
    buf_done(&t.out);
    free(order);
}
