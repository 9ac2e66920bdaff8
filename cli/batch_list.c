#include "batch_list.h"

#include "batch_report.h"
#include "batch_swapped.h"
#include "i18n.h"
#include "ledger.h"
#include "list_trust.h"
#include "mem.h"
#include "option_zone.h"
#include "secret_command.h"
#include "sha256.h"
#include "text.h"
#include "work_dir.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

/* ---- warnings ---- */
void batch_list_warn(struct batch_list *l, const char *fmt, ...)
{
    char text[ERROR_TEXT_MAX];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    l->warnings = mem_grow(l->warnings, l->warning_count + 1, sizeof *l->warnings);
    l->warnings[l->warning_count++] = mem_strdup(text);
}

json_t *batch_list_warnings_json(const struct batch_list *l)
{
    json_t *all = json_array();
    for (size_t i = 0; i < l->warning_count; i++)
        json_array_append_new(all, batch_report_json_text(l->warnings[i]));
    return all;
}

/* ---- one account ---- */
static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static int refused(
    const struct batch_list *l, const struct batch_entry *e, struct error *err, const char *what)
{
    return error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s:%ld: %s", l->list.path,
        accounts_line(&l->list, e->row), what);
}

/* One server, one name, for whoever counts what goes on there. */
static char *host_and_port(const struct endpoint *e)
{
    size_t len = e->host ? strlen(e->host) : 0;
    if (!e->host || e->protocol == ENDPOINT_STORE)
        return mem_strdup(e->host);
    char *name = mem_printf(
        "%.*s:%u", (int)(len > 1 && e->host[len - 1] == '.' ? len - 1 : len), e->host, (unsigned)e->port);
    for (char *p = name; *p; p++)
        *p = lower(*p);
    return name;
}

static void name_entry(struct batch_entry *e, const struct job *job, bool alone)
{
    e->source = endpoint_account(&job->from);
    e->destination = alone ? mem_strdup("") : endpoint_account(&job->to);
    e->folder = alone ? mem_strdup("") : job_folder_words(job);
    e->hosts[0] = host_and_port(&job->from);
    e->hosts[1] = alone ? NULL : host_and_port(&job->to);
    e->destination_host = alone ? NULL : mem_strdup(job->to.host);
    const char *mailbox = endpoint_mailbox(&job->from);
    e->name = mem_strdup(strchr(mailbox, '@') ? mailbox : e->source);
}

#define BROKEN_NAME_MAX 320 /* octets */

/* What an account is called that has no names yet, because something is wrong with it. */
static void name_broken(const struct batch_list *l, struct batch_entry *e)
{
    bool readable = accounts_fault(&l->list, e->row, NULL) == 0;
    const char *value = readable ? batch_swapped_name(&l->list, e->row) : NULL;
    e->nameless = !value;
    e->name = value ? mem_alloc(BROKEN_NAME_MAX) : mem_printf("line %ld", accounts_line(&l->list, e->row));
    if (value) /* as any text of a list, it may hold what a terminal would act on, and be of any length */
        text_clean(e->name, BROKEN_NAME_MAX, value, strlen(value));
    e->source = mem_strdup("");
    e->destination = mem_strdup("");
    e->folder = mem_strdup("");
}

static int find_servers(struct batch_list *l, struct batch_entry *e, bool online, struct error *err)
{
    e->unresolved = !online && (options_discover_wants(&e->options, JOB_SOURCE) ||
                                   options_discover_wants(&e->options, JOB_DESTINATION));
    if (e->unresolved)
        return refused(l, e, err,
            _("the server of an address is looked for when the account is run; until then nothing is known of it here"));
    return options_discover(&e->options, false, &l->found, err) < 0
               ? error_prefix(err, "%s:%ld", l->list.path, accounts_line(&l->list, e->row))
               : 0;
}

static int add_fault(struct batch_entry *e, const struct error *err)
{
    options_faults_add(&e->faults, err);
    return -1;
}

/* Where the list itself says nothing, the option for all is what a person looks for first. */
static void check_given(const struct batch_list *l, struct batch_entry *e, bool source)
{
    const struct options *o = &e->options;
    struct error why;
    if (source ? o->from || o->from_host : o->to || o->to_host)
        return;
    error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
        source
            ? _("%1$s: there is no server for the source: fill the column %2$s, or say --from-host for all accounts")
            : _("%1$s: there is no server for the destination: fill the column %2$s, or say --to-host for all accounts"),
        o->place, accounts_heading(&l->list, source ? "from_host" : "to_host"));
    add_fault(e, &why);
}

/* What is wrong with one side, whatever is wrong with the other. */
static void check_end(const struct batch_list *l, struct batch_entry *e, enum job_side side)
{
    struct endpoint end = {0};
    struct error why;
    size_t before = e->faults.count;
    check_given(l, e, side == JOB_SOURCE);
    if (e->faults.count == before && options_endpoint(&e->options, side, &end, &why) < 0) {
        options_account_fault(&e->options, &l->list, e->row, &why);
        add_fault(e, &why);
    }
    endpoint_done(&end);
}

/* Before any server is asked: of one that is yet to be found, it is known that only the list names it. What
 * is missing or cannot be read is told by options_endpoints. */
static int check_servers(struct batch_entry *e, const struct options *common)
{
    size_t before = e->faults.count;
    for (enum job_side side = JOB_SOURCE; side <= JOB_DESTINATION; side++) {
        struct endpoint server CLEANUP(endpoint_done) = {0};
        struct error why;
        if (!options_discover_wants(&e->options, side) &&
            options_server(&e->options, side, &server, &why) < 0)
            continue;
        if (list_trust_check_server(common, &e->options, side, &server, &why) < 0) {
            error_prefix(&why, "%s", e->options.place);
            add_fault(e, &why);
        }
    }
    return e->faults.count > before ? -1 : 0;
}

/* Before anything is run, and for accounts check. */
static int check_commands(struct batch_entry *e, const struct job *job)
{
    const struct options *o = &e->options;
    const struct {
        const char *option, *command, *user;
    } rows[] = {{"from-password-command", o->from_password ? NULL : o->from_password_command, job->from.user},
        {"from-token-command", o->from_token_command, job->from.user},
        {"to-password-command", o->to_password ? NULL : o->to_password_command, job->to.user},
        {"to-token-command", o->to_token_command, job->to.user}};
    size_t before = e->faults.count;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error why;
        bool given = rows[i].command && rows[i].user && strstr(rows[i].command, "{user}");
        const char *fault = given ? secret_command_fault(rows[i].user) : NULL;
        if (!fault)
            continue;
        error_set(&why, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE, "%s: --%s: %s", o->place,
            rows[i].option, fault);
        add_fault(e, &why);
    }
    return e->faults.count > before ? -1 : 0;
}

static int make_entry(
    struct batch_list *l, struct batch_entry *e, const struct options *o, bool source_alone, bool online)
{
    struct job job = {0};
    struct error why;
    if (accounts_fault(&l->list, e->row, &why) < 0)
        return add_fault(e, &why);
    if (batch_swapped_check(&l->list, e->row, &e->faults) < 0 ||
        options_for_account(o, &l->list, e->row, &e->options, &e->faults) < 0 || check_servers(e, o) < 0)
        return -1;
    if (find_servers(l, e, online, &why) < 0)
        return add_fault(e, &why);
    bool alone = source_alone && !e->options.to && !e->options.to_host;
    check_end(l, e, JOB_SOURCE);
    if (!alone)
        check_end(l, e, JOB_DESTINATION);
    if (e->faults.count)
        return -1;
    if (options_endpoints(&e->options, alone, &job, &why) < 0) {
        options_account_fault(&e->options, &l->list, e->row, &why);
        return add_fault(e, &why);
    }
    int rc = check_commands(e, &job);
    if (rc == 0)
        name_entry(e, &job, alone);
    options_job_done(&job);
    return rc;
}

/* ---- which accounts ---- */
/* The same for one account whatever else is in the list, however it is spelled. */
static unsigned shard_of(const struct batch_entry *e, unsigned shards)
{
    uint8_t digest[SHA256_OCTETS];
    char *all CLEANUP(mem_free_str) = mem_printf("%s|%s|%s", e->source, e->destination, e->folder);
    for (char *p = all; *p; p++)
        *p = lower(*p);
    sha256_bytes(all, strlen(all), digest);
    uint32_t n = (uint32_t)digest[0] << 24 | (uint32_t)digest[1] << 16 | (uint32_t)digest[2] << 8 | digest[3];
    return n % shards + 1;
}

static void entry_done(struct batch_entry *e)
{
    char *const strings[] = {e->name, e->source, e->destination, e->folder, e->hosts[0], e->hosts[1],
        e->destination_host, e->work_dir};
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++)
        free(strings[i]);
    options_done(&e->options);
    options_faults_done(&e->faults);
}

static void add_other(struct batch_list *l, const struct batch_entry *e)
{
    l->others = mem_grow(l->others, l->other_count + 1, sizeof *l->others);
    l->others[l->other_count++] = *e;
}

static void add_row(struct batch_list *l, const struct options *o, bool source_alone, bool online, size_t row)
{
    struct batch_entry e = {.row = row};
    struct error why;
    bool enabled = true;
    if (accounts_fault(&l->list, row, NULL) == 0 && accounts_enabled(&l->list, row, &enabled, &why) < 0)
        add_fault(&e, &why);
    bool disabled = !enabled && !e.faults.count;
    make_entry(l, &e, o, source_alone, online && !disabled);
    if (e.faults.count)
        e.error = e.faults.all[0];
    if (!e.name)
        name_broken(l, &e);
    if (disabled) {
        l->disabled++;
        add_other(l, &e);
        return;
    }
    /* One that cannot be read belongs to every shard: a server that one of them did not find, and another
     * did, must not bring it to a shard that is done without it. */
    e.elsewhere = o->shards && *e.source && shard_of(&e, o->shards) != o->shard;
    l->entries = mem_grow(l->entries, l->count + 1, sizeof *l->entries);
    l->entries[l->count++] = e;
}

/* ---- accounts against each other ---- */
enum key {
    KEY_SOURCE,
    KEY_DESTINATION,
    KEY_NAME,
    KEY_WORK_DIR,
};

static const char *key_of(const struct batch_entry *e, enum key key)
{
    switch (key) {
    case KEY_SOURCE:
        return e->source;
    case KEY_DESTINATION:
        return e->destination;
    case KEY_WORK_DIR:
        return e->work_dir ? e->work_dir : "";
    case KEY_NAME:
        break;
    }
    return e->name;
}

struct ordered {
    struct batch_entry *entry;
    enum key key;
};

static int by_key(const void *a, const void *b)
{
    const struct ordered *x = a, *y = b;
    int c = strcasecmp(key_of(x->entry, x->key), key_of(y->entry, y->key));
    return c ? c : (x->entry > y->entry) - (x->entry < y->entry);
}

static struct ordered *order_by(const struct batch_list *l, enum key key)
{
    struct ordered *all = mem_array(l->count + 1, sizeof *all);
    for (size_t i = 0; i < l->count; i++)
        all[i] = (struct ordered){&l->entries[i], key};
    qsort(all, l->count, sizeof *all, by_key);
    return all;
}

static bool same(const char *a, const char *b)
{
    return !strcasecmp(a, b);
}

static bool same_job(const struct batch_entry *a, const struct batch_entry *b)
{
    return same(a->source, b->source) && same(a->destination, b->destination) &&
           !strcmp(a->folder, b->folder);
}

static void __attribute__((format(printf, 4, 5)))
put_error(const struct batch_list *l, struct batch_entry *e, long other_line, const char *fmt, ...)
{
    char what[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(what, sizeof what, fmt, ap);
    va_end(ap);
    if (e->error.code)
        return;
    refused(l, e, &e->error, what);
    error_append(&e->error, _(" (line %ld)"), other_line);
}

/* A run of entries with the same key, in the order of the list. */
static void judge_run(struct batch_list *l, const struct ordered *run, size_t n, bool shared)
{
    bool source = run->key == KEY_SOURCE;
    const char *account = key_of(run->entry, run->key);
    const struct batch_entry *first = run[0].entry;
    if (!*account)
        return;
    for (size_t i = 1; i < n; i++) {
        struct batch_entry *e = run[i].entry;
        for (size_t k = 0; k < i && source; k++)
            if (same_job(run[k].entry, e)) {
                e->repeats = true;
                put_error(l, e, accounts_line(&l->list, run[k].entry->row), "%s",
                    _("the same account a second time: leave out this line, it is done with the first one"));
                break;
            }
        bool other = source ? !same(e->destination, first->destination) : !same(e->source, first->source);
        if (!other || shared)
            continue;
        const char *fmt =
            source
                ? _("%s goes to another destination in another line; if both shall get this mail, say --shared")
                : _("%s gets the mail of another source in another line; if it shall get both, say --shared");
        put_error(l, e, accounts_line(&l->list, first->row), fmt, account);
        put_error(l, run[0].entry, accounts_line(&l->list, e->row), fmt, account);
    }
}

/* Of a run with one source, beside what is a mistake. */
static void note_source_lines(const struct batch_list *l, const struct ordered *run, size_t n)
{
    struct batch_entry *before = NULL;
    for (size_t i = 0; i < n; i++) {
        struct batch_entry *e = run[i].entry;
        if (e->error.code)
            continue;
        if (before) {
            before->source_line = accounts_line(&l->list, e->row);
            e->source_line = accounts_line(&l->list, before->row);
        }
        before = e;
    }
}

static void judge(struct batch_list *l, enum key key, bool shared)
{
    struct ordered *all = order_by(l, key);
    for (size_t i = 0, n; i < l->count; i += n) {
        for (n = 1; i + n < l->count && same(key_of(all[i].entry, key), key_of(all[i + n].entry, key));)
            n++;
        if (n < 2)
            continue;
        judge_run(l, all + i, n, shared);
        if (key == KEY_SOURCE)
            note_source_lines(l, all + i, n);
    }
    free(all);
}

/* Only now, since accounts of several shards may be in each other's way, too. */
static void drop_elsewhere(struct batch_list *l)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++) {
        if (!l->entries[i].elsewhere)
            l->entries[kept++] = l->entries[i];
        else
            add_other(l, &l->entries[i]);
    }
    l->elsewhere = l->count - kept;
    l->count = kept;
}

/* One user at several hosts, or one source that goes to several places. */
static void tell_apart(struct batch_list *l)
{
    struct ordered *all = order_by(l, KEY_NAME);
    bool *ambiguous = mem_array(l->count + 1, sizeof *ambiguous);
    struct batch_entry *before = NULL;
    for (size_t i = 0; i < l->count; i++) {
        struct batch_entry *e = all[i].entry;
        if (e->error.code) /* told by its line */
            continue;
        if (before && same(before->name, e->name))
            ambiguous[before - l->entries] = ambiguous[e - l->entries] = true;
        before = e;
    }
    for (size_t i = 0; i < l->count; i++) {
        struct batch_entry *e = &l->entries[i];
        if (!ambiguous[i])
            continue;
        char *longer = *e->source ? mem_printf("%s -> %s%s%s", e->source, e->destination,
                                        *e->folder ? " " : "", e->folder)
                                  : mem_printf("%s (line %ld)", e->name, accounts_line(&l->list, e->row));
        free(e->name);
        e->name = longer;
    }
    free(ambiguous);
    free(all);
}

static bool is_japanese(const struct account_list *l)
{
    bool found = !strcmp(l->charset, "CP932");
    for (size_t i = 0; i < l->column_count && !found; i++)
        for (const char *p = l->headings[i]; p && *p && !found; p++)
            found = (unsigned char)*p >= 0xe3; /* kana and kanji */
    return found;
}

static void warn_of_years(struct batch_list *l)
{
    bool japanese = !strcmp(i18n_lang(), "ja") || is_japanese(&l->list);
    for (size_t i = 0; i < l->count; i++) {
        const char *words = option_zone_warning(&l->entries[i].options, japanese);
        if (words) {
            batch_list_warn(l, "%s", words);
            return;
        }
    }
}

int batch_list_read(
    const struct options *o, bool source_alone, bool online, struct batch_list *ret, struct error *err)
{
    struct batch_list l CLEANUP(batch_list_done) = {0};
    if (accounts_read(o->accounts, o->charset, &l.list, err) < 0)
        return -1;
    if (l.list.readable_by_others)
        batch_list_warn(&l,
            _("%1$s holds passwords and can be read by other users of this machine; chmod 600 %1$s"),
            o->accounts);
    for (size_t i = 0; i < accounts_count(&l.list); i++)
        add_row(&l, o, source_alone, online, i);
    warn_of_years(&l);
    judge(&l, KEY_SOURCE, o->shared);
    judge(&l, KEY_DESTINATION, o->shared);
    tell_apart(&l);
    drop_elsewhere(&l);
    *ret = l;
    l = (struct batch_list){0};
    return 0;
}

/* ---- what earlier runs left ---- */
struct look {
    struct batch_list *list;
    const char *folder;
    bool shared;
    struct ordered *by_source;
};

/* The first of those with this source, in by_source; count if there is none. */
static size_t find_source(const struct look *k, const char *source)
{
    size_t low = 0, high = k->list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcasecmp(k->by_source[middle].entry->source, source) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void look_at_job(struct look *k, const struct ledger_last_run *row)
{
    struct batch_list *l = k->list;
    size_t first = find_source(k, row->source), i;
    struct batch_entry *near = NULL;
    for (i = first; i < l->count && same(k->by_source[i].entry->source, row->source); i++) {
        struct batch_entry *e = near = k->by_source[i].entry;
        if (strcmp(e->source, row->source) != 0 || strcmp(e->destination, row->destination) != 0 ||
            strcmp(e->folder, row->folder) != 0)
            continue;
        e->finished = row->migrated && row->exit_code == 0 && !row->partial;
        return;
    }
    if (!near || !*near->destination || !row->copied || near->error.code)
        return;
    long line = accounts_line(&l->list, near->row);
    if (!k->shared && !same(near->destination, row->destination))
        error_set(&near->error, ERROR_SCOPE_JOB, ERROR_RETRY_NEVER, ERROR_USAGE,
            _("%1$s:%2$ld: %3$s was migrated to %4$s before, and this line sends it to %5$s; have lines changed places? If "
              "it shall be there, too, say --shared; if it went there by mistake, popferry accounts forget (status has "
              "the names)"),
            l->list.path, line, row->source, row->destination, near->destination);
    else
        batch_list_warn(l,
            _("line %1$ld: %2$s was migrated to %3$s, mailbox %4$s before; it goes to %5$s, mailbox %6$s now, as a new account"),
            line, row->source, row->destination, row->folder, near->destination, near->folder);
}

static bool on_job(void *ctx, const struct ledger_last_run *row)
{
    look_at_job(ctx, row);
    return true;
}

/* A ledger that cannot be read is its account's trouble, told when its turn comes. */
static bool on_folder(void *ctx, const char *folder)
{
    struct look *k = ctx;
    struct error ignored;
    struct ledger *ledger = ledger_open(folder, LEDGER_READ, &ignored);
    k->folder = folder;
    if (ledger)
        ledger_each_last_run(ledger, on_job, k, &ignored);
    ledger_close(ledger);
    return true;
}

/* The ledger's size tells which accounts are large, without reading it. */
static uint64_t size_of_ledger(const char *work_dir)
{
    struct stat st;
    char *path CLEANUP(mem_free_str) = mem_printf("%s/ledger.sqlite", work_dir);
    return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

int batch_list_look(struct batch_list *l, const struct options *o, struct error *err)
{
    struct look k = {.list = l, .shared = o->shared, .by_source = order_by(l, KEY_SOURCE)};
    int rc = work_dir_each(o->work_dir, on_folder, &k, err);
    free(k.by_source);
    for (size_t i = 0; i < l->count && rc == 0; i++) {
        struct batch_entry *e = &l->entries[i];
        if (e->error.code)
            continue;
        e->work_dir = work_dir_of_job(o->work_dir, true, e->source, e->destination, e->folder, &e->error);
        e->known_octets = e->work_dir ? size_of_ledger(e->work_dir) : 0;
    }
    return rc;
}

/* ---- who must not run at the same time ---- */
static size_t root_of(size_t *parent, size_t i)
{
    for (; parent[i] != i; i = parent[i])
        parent[i] = parent[parent[i]];
    return i;
}

static void join(const struct batch_list *l, enum key key, size_t *parent)
{
    struct ordered *all = order_by(l, key);
    for (size_t i = 1; i < l->count; i++) {
        const struct batch_entry *a = all[i - 1].entry, *b = all[i].entry;
        if (*key_of(a, key) && same(key_of(a, key), key_of(b, key)))
            parent[root_of(parent, (size_t)(b - l->entries))] = root_of(parent, (size_t)(a - l->entries));
    }
    free(all);
}

void batch_list_bind(struct batch_list *l)
{
    size_t *parent = mem_array(l->count + 1, sizeof *parent);
    for (size_t i = 0; i < l->count; i++)
        parent[i] = i;
    join(l, KEY_SOURCE, parent);
    join(l, KEY_DESTINATION, parent);
    join(l, KEY_WORK_DIR, parent);
    for (size_t i = 0; i < l->count; i++) {
        struct batch_entry *root = &l->entries[root_of(parent, i)];
        if (root != &l->entries[i])
            l->entries[i].exclusive = root->exclusive = root->source;
    }
    free(parent);
}

void batch_list_done(struct batch_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        entry_done(&l->entries[i]);
    for (size_t i = 0; i < l->other_count; i++)
        entry_done(&l->others[i]);
    for (size_t i = 0; i < l->warning_count; i++)
        free(l->warnings[i]);
    free(l->entries);
    free(l->others);
    free(l->warnings);
    accounts_done(&l->list);
    discover_cache_done(&l->found);
    *l = (struct batch_list){0};
}
