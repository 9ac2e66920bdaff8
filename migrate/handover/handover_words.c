#include "handover_private.h"

#include "buf.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

__attribute__((format_arg(2))) static const char *say(const struct quote_words *w, const char *msgid)
{
    return quote_words(w, msgid);
}

/* ---- one of a few words ---- */
const char *handover_state_words(enum handover_state s)
{
    static const char *const words[HANDOVER_STATES] = {
        [HANDOVER_IN_ORDER] = N_("in order"),
        [HANDOVER_UNVERIFIED] = N_("moved, not verified"),
        [HANDOVER_UNFINISHED] = N_("not finished"),
        [HANDOVER_NO_ACCESS] = N_("no access"),
        [HANDOVER_NOT_BEGUN] = N_("not begun"),
        [HANDOVER_DIFFERS] = N_("differences found"),
        [HANDOVER_NOT_MOVED] = N_("messages not moved"),
        [HANDOVER_UNREADABLE] = N_("no readable record"),
    };
    return words[s];
}

static const char *state_advice(enum handover_state s)
{
    static const char *const words[HANDOVER_STATES] = {
        [HANDOVER_UNVERIFIED] = N_("Verify this account (popferry verify) before the old mailbox is closed."),
        [HANDOVER_UNFINISHED] =
            N_("Run the migration of this account again (popferry migrate); it goes on where it stopped."),
        [HANDOVER_NO_ACCESS] =
            N_("Correct the user name or password of this account, or what the server's words "
               "name, then run the migration again (popferry migrate)."),
        [HANDOVER_NOT_BEGUN] = N_("Migrate this account (popferry migrate)."),
        [HANDOVER_DIFFERS] = N_(
            "Look at the messages that popferry verify names. What was moved or deleted in the new mailbox since is not copied again."),
        [HANDOVER_NOT_MOVED] =
            N_("The messages are listed below. Keep the old mailbox until it is decided what is "
               "done with them; the copies in quarantine stay in the work folder."),
        [HANDOVER_UNREADABLE] =
            N_("Restore the record (ledger) of this account from a backup, or migrate it again."),
    };
    return words[s];
}

const char *handover_advice(const struct handover_account *a)
{
    const enum error_code error = a->migrate.error;
    if (a->state == HANDOVER_NO_ACCESS && error == ERROR_NO_HOST)
        return N_(
            "Correct the name of the server in the list of accounts, then run the migration again (popferry "
            "migrate).");
    if (a->state == HANDOVER_NO_ACCESS && error == ERROR_TLS)
        return N_(
            "The certificate of the server was not accepted: look into it with popferry check before the "
            "migration is run again.");
    bool waits =
        a->state == HANDOVER_UNFINISHED || (a->state == HANDOVER_NOT_MOVED && !a->quarantined.messages);
    if (waits && error == ERROR_FULL)
        return N_("The new mailbox is full: get more storage for it, then run the migration again (popferry "
                  "migrate).");
    return state_advice(a->state);
}

const char *handover_proof_words(enum ledger_proof p)
{
    static const char *const words[LEDGER_PROOFS] = {
        [LEDGER_UNPROVED] = N_("not verified"),
        [LEDGER_PROOF_COUNT] = N_("present in the new mailbox"),
        [LEDGER_PROOF_HEADERS] = N_("same sender, date and subject"),
        [LEDGER_PROOF_STRUCTURE] = N_("same text and attachments, rewritten by the server"),
        [LEDGER_PROOF_BODY] = N_("same message, other header fields"),
        [LEDGER_PROOF_CONTENT] = N_("same content, but for line ends and what servers add"),
        [LEDGER_PROOF_EXACT] = N_("identical, byte for byte"),
    };
    return words[p];
}

const char *handover_item_words(enum ledger_state s)
{
    return s == LEDGER_QUARANTINED ? N_("refused by the new server, kept in quarantine")
                                   : N_("not given out by the old server, or no room in the new one");
}

/* ---- sentences ---- */
static void join(struct buf *b, const char *separator, const char *text)
{
    if (buf_len(b))
        buf_append_str(b, separator);
    buf_append_str(b, text);
}

/* form: with %s for the count. */
static void count_part(struct buf *b, const struct quote_words *w, uint64_t n, const char *form)
{
    char count[QUOTE_WORDS_MAX];
    if (!n)
        return;
    char *text CLEANUP(mem_free_str) = mem_printf(form, quote_words_count(count, n)); /* NOLINT */
    join(b, say(w, "; "), text);
}

/* How the last migration stopped, if it did. */
static void migration_part(struct buf *b, const struct handover_account *a, const struct quote_words *w)
{
    const struct handover_run *m = &a->migrate;
    if (!m->started_s || (m->ended_s && (m->exit_code == 0 || m->exit_code == 1)))
        return;
    if (!m->ended_s) {
        join(b, say(w, "; "), say(w, "the migration is at work, or was interrupted"));
        return;
    }
    char *text CLEANUP(mem_free_str) = mem_printf(say(w, "the last migration stopped: %s"), m->words);
    join(b, say(w, "; "), text);
}

/* Why messages were left on the old server; form: with %s for the count. */
static const char *left_form(const struct quote_words *w, enum ledger_left reason, uint64_t n)
{
    switch (reason) {
    case LEDGER_LEFT_SINCE:
    case LEDGER_LEFT_BEFORE:
    case LEDGER_LEFT_MIN_SIZE:
    case LEDGER_LEFT_MAX_SIZE:
    case LEDGER_LEFT_FOLDER:
    case LEDGER_LEFT_TRASH:
    case LEDGER_LEFT_JUNK:
    case LEDGER_LEFT_OUTBOX:
        return quote_words_plural(
            w, "%s message was left out as asked", "%s messages were left out as asked", n);
    case LEDGER_LEFT_LIMIT:
        return quote_words_plural(w, "%s message was left for a later run (the run was limited)",
            "%s messages were left for a later run (the run was limited)", n);
    case LEDGER_LEFT_UPLOAD_CAP:
        return quote_words_plural(w, "%s message waits for the daily upload limit of the new server",
            "%s messages wait for the daily upload limit of the new server", n);
    case LEDGER_LEFT_FULL:
        return quote_words_plural(w, "%s message waits for room in the new mailbox",
            "%s messages wait for room in the new mailbox", n);
    case LEDGER_LEFT_DROPPED:
        return quote_words_plural(w, "%s message was accepted by the new server, and is not there",
            "%s messages were accepted by the new server, and are not there", n);
    case LEDGER_LEFT_IN_DOUBT:
        return quote_words_plural(w, "%s message is perhaps on the new server, in another form",
            "%s messages are perhaps on the new server, in another form", n);
    case LEDGER_LEFT_INTERRUPTED:
    case LEDGER_LEFT_NEW:
    case LEDGER_LEFTS:
        break;
    }
    return quote_words_plural(w, "%s message is not copied yet", "%s messages are not copied yet", n);
}

/* One reason after the other; what none of them tells of is not copied yet. */
static void left_parts(struct buf *b, const struct handover_account *a, const struct quote_words *w)
{
    const struct ledger_amount told = ledger_source_waiting(&a->from);
    uint64_t rest = a->from.left[LEDGER_LEFT_INTERRUPTED].messages + a->from.left[LEDGER_LEFT_NEW].messages;
    rest += a->waiting.messages > told.messages ? a->waiting.messages - told.messages : 0;
    count_part(b, w, a->left_out.messages, left_form(w, LEDGER_LEFT_SINCE, a->left_out.messages));
    for (int i = LEDGER_LEFT_LIMIT; i < LEDGER_LEFT_INTERRUPTED; i++) {
        uint64_t n = a->from.left[i].messages;
        count_part(b, w, n, left_form(w, (enum ledger_left)i, n));
    }
    count_part(b, w, rest, left_form(w, LEDGER_LEFT_INTERRUPTED, rest));
    if (a->migrate.started_s && !a->from.known && a->before.messages)
        join(b, say(w, "; "),
            say(w,
                "what else is in the old mailbox is not recorded (this account was migrated with an older version)"));
}

static void doubled_part(struct buf *b, const struct handover_account *a, const struct quote_words *w)
{
    const uint64_t n = a->doubled;
    count_part(b, w, n,
        quote_words_plural(w,
            "%s message stands in the new mailbox twice (popferry report names it; one of the two can be deleted there)",
            "%s messages stand in the new mailbox twice (popferry report names them; one of the two can be deleted there)",
            n));
}

static char *finding_of_differences(const struct handover_account *a, const struct quote_words *w)
{
    struct buf b CLEANUP(buf_done) = {0};
    buf_printf(&b, say(w, "the last verification found differences: %s"), a->verify.words); /* NOLINT */
    doubled_part(&b, a, w);
    return buf_strdup(&b);
}

static char *finding_of_counts(const struct handover_account *a, const struct quote_words *w)
{
    struct buf b CLEANUP(buf_done) = {0};
    uint64_t n = a->quarantined.messages;
    count_part(&b, w, n,
        quote_words_plural(w, "%s message was refused by the new server and is kept in quarantine",
            "%s messages were refused by the new server and are kept in quarantine", n));
    n = a->swallowed;
    count_part(&b, w, n,
        quote_words_plural(w, "%s of these was taken for a duplicate of another message, and not stored",
            "%s of these were taken for duplicates of other messages, and not stored", n));
    n = a->refused.messages;
    count_part(&b, w, n,
        quote_words_plural(w,
            "%s message was not given out by the old server, or found no room in the new one",
            "%s messages were not given out by the old server, or found no room in the new one", n));
    left_parts(&b, a, w);
    doubled_part(&b, a, w);
    n = a->gone_since.messages;
    count_part(&b, w, n,
        quote_words_plural(w,
            "%s copied message is no longer in the new mailbox (moved or deleted there since)",
            "%s copied messages are no longer in the new mailbox (moved or deleted there since)", n));
    n = a->state == HANDOVER_UNVERIFIED ? a->proof[LEDGER_UNPROVED] : 0;
    count_part(
        &b, w, n, quote_words_plural(w, "%s message is not verified", "%s messages are not verified", n));
    migration_part(&b, a, w);
    return buf_strdup(&b);
}

char *handover_finding(const struct handover_account *a, const struct quote_words *w)
{
    switch (a->state) {
    case HANDOVER_IN_ORDER:
        return mem_strdup("");
    case HANDOVER_UNREADABLE:
        return mem_strdup(a->error.text);
    case HANDOVER_NOT_BEGUN:
        return mem_strdup(say(w, "no migration was run"));
    case HANDOVER_DIFFERS:
        return finding_of_differences(a, w);
    case HANDOVER_NO_ACCESS:
    case HANDOVER_UNVERIFIED:
    case HANDOVER_UNFINISHED:
    case HANDOVER_NOT_MOVED:
        break;
    }
    char *text = finding_of_counts(a, w);
    if (*text)
        return text;
    free(text);
    return mem_strdup(say(w, "not verified since the last migration"));
}

char *handover_verdict(const struct handover *h, const struct quote_words *w)
{
    char all[QUOTE_WORDS_MAX], good[QUOTE_WORDS_MAX], bad[QUOTE_WORDS_MAX], out[QUOTE_WORDS_MAX];
    size_t in_order = h->by_state[HANDOVER_IN_ORDER];
    quote_words_count(all, h->count);
    quote_words_count(good, in_order);
    quote_words_count(bad, h->count - in_order);
    if (!h->count)
        return mem_strdup(say(w, "Nothing has been migrated yet."));
    const uint64_t left = h->sum.waiting.messages + h->sum.left_out.messages + h->sum.vanished.messages;
    if (in_order == h->count && h->left_unknown && !left)
        return mem_printf(
            quote_words_plural(w,
                "%s account is in order: every message that was to be moved is in the new mailbox, and was verified "
                "there. Whether messages were left out as asked is not recorded.",
                "All %s accounts are in order: every message that was to be moved is in its new mailbox, and was "
                "verified there. Whether messages were left out as asked is not recorded of each.",
                h->count),
            all);
    if (in_order == h->count && left)
        return mem_printf(
            quote_words_plural(w,
                "%1$s account is in order: every message that was to be moved is in the new mailbox, and was "
                "verified there. Messages that were left out as asked, or are no longer in the old mailbox: %2$s.",
                "All %1$s accounts are in order: every message that was to be moved is in its new mailbox, and was "
                "verified there. Messages that were left out as asked, or are no longer in the old mailbox: %2$s.",
                h->count),
            all, quote_words_count(out, left));
    if (in_order == h->count)
        return mem_printf(
            quote_words_plural(w,
                "%s account is in order: every message is in the new mailbox, and was verified there.",
                "All %s accounts are in order: every message is in its new mailbox, and was verified there.",
                h->count),
            all);
    return mem_printf(
        say(w, "%1$s of %2$s accounts are in order; %3$s are not, and are listed below with what to do."),
        good, all, bad);
}

/* With the form of address that Japanese letters have, unless the name brings its own. */
char *handover_addressee(const struct handover *h, const struct quote_words *w)
{
    const char *name = h->customer;
    bool addressed =
        !*name || text_has_suffix(name, "様") || text_has_suffix(name, "御中") || text_has_suffix(name, "殿");
    return addressed ? mem_strdup(name) : mem_printf(say(w, "For %s"), name);
}

char *handover_day(const struct handover *h, const struct quote_words *w, int64_t at_s)
{
    char day[QUOTE_WORDS_MAX];
    return mem_strdup(at_s ? quote_words_date(w, day, at_s, h->utc_offset_min) : "–");
}

char *handover_period(const struct handover *h, const struct quote_words *w)
{
    if (!h->sum.begun_s)
        return mem_strdup("");
    char *from CLEANUP(mem_free_str) = handover_day(h, w, h->sum.begun_s);
    char *to CLEANUP(mem_free_str) = handover_day(h, w, h->sum.migrate.ended_s);
    bool one = !h->sum.migrate.ended_s || !strcmp(from, to);
    return one ? TAKE(from) : mem_printf(say(w, "%1$s to %2$s"), from, to);
}
