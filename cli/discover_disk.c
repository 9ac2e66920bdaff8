#include "discover_disk.h"

#include "accounts.h"
#include "exit_code.h"
#include "i18n.h"
#include "mail_scan.h"
#include "mem.h"
#include "print.h"
#include "store_find.h"
#include "table_cell.h"
#include "text.h"
#include "text_table.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NOTES_SHOWN 20 /* of a store; --verbose and JSON have them all */

struct sums {
    uint64_t folders, messages, octets, deleted, partial;
    int64_t oldest_s, newest_s;
};

/* One store, looked through. */
struct looked {
    const struct store_found *found;
    struct store *store; /* NULL: a foreign one, or error */
    struct error error;
    struct sums sums;
};

bool discover_disk_is_path(const char *word)
{
    return strchr(word, '/') || (!strchr(word, '@') && access(word, F_OK) == 0);
}

/* ---- looking ---- */
static int64_t earlier(int64_t a, int64_t b)
{
    return a == MAIL_NO_DATE ? b : b == MAIL_NO_DATE ? a : a < b ? a : b;
}

static struct sums sum(const struct store *s)
{
    struct sums n = {.oldest_s = MAIL_NO_DATE, .newest_s = MAIL_NO_DATE};
    size_t count;
    const struct store_folder *folders = store_folders(s, &count);
    n.folders = count;
    for (size_t i = 0; i < count; i++) {
        n.messages += folders[i].messages;
        n.octets += folders[i].octets;
        n.deleted += folders[i].deleted;
        n.partial += folders[i].partial;
        n.oldest_s = earlier(n.oldest_s, folders[i].oldest_s);
        n.newest_s = n.newest_s < folders[i].newest_s ? folders[i].newest_s : n.newest_s;
    }
    return n;
}

/* On a terminal one line says how far it is, and goes away. */
static void show_progress(const struct store_found *found, uint64_t done)
{
    char size[32];
    if (!isatty(STDERR_FILENO))
        return;
    char *path CLEANUP(mem_free_str) = text_clean_dup(found->path);
    fprintf(stderr, "\r\033[K%s: %s", path, text_octets(size, sizeof size, done));
}

static void look_through(const struct options *o, const struct store_found *found, struct looked *ret)
{
    *ret = (struct looked){.found = found, .sums.octets = found->octets};
    ret->sums.oldest_s = ret->sums.newest_s = MAIL_NO_DATE;
    if (found->foreign)
        return;
    ret->store = store_open(found->kind, found->path, &ret->error);
    uint64_t done = 0, shown = 0;
    int rc = ret->store ? 1 : -1;
    while (rc > 0) {
        rc = store_step(ret->store, &done, &ret->error);
        if (!o->quiet && done - shown >= 1u << 24) {
            show_progress(found, done);
            shown = done;
        }
    }
    if (shown && isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
    if (rc == 0) {
        ret->sums = sum(ret->store);
        return;
    }
    store_free(ret->store);
    ret->store = NULL;
}

static const char *kind_words(const struct store_found *f)
{
    return f->foreign ? _(store_foreign_words(f->foreign)) : _(store_kind_words(f->kind));
}

/* ---- text ---- */
static void add_number(struct text_table *t, bool known, uint64_t n)
{
    text_table_take(t, known ? mem_printf("%llu", (unsigned long long)n) : mem_strdup("-"));
}

static void add_size(struct text_table *t, uint64_t octets)
{
    char size[32];
    text_table_add(t, text_octets(size, sizeof size, octets));
}

static void add_date(struct text_table *t, int64_t date_s)
{
    char date[16];
    text_table_add(t, print_date(date, sizeof date, date_s));
}

static void print_stores(const struct looked *all, size_t count)
{
    struct text_table t = {.columns = 7, .right = {[1] = true, [2] = true, [3] = true}};
    const char *const heads[] = {
        _("kind"), _("folders"), _("messages"), _("size"), _("oldest"), _("newest"), _("where")};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        text_table_add(&t, heads[i]);
    for (size_t i = 0; i < count; i++) {
        const struct looked *l = &all[i];
        text_table_add(&t, kind_words(l->found));
        add_number(&t, l->store, l->sums.folders);
        add_number(&t, l->store, l->sums.messages);
        add_size(&t, l->sums.octets);
        add_date(&t, l->sums.oldest_s);
        add_date(&t, l->sums.newest_s);
        text_table_take(&t, text_clean_dup(l->found->path));
    }
    text_table_print(&t);
}

static void print_folders(const struct looked *l)
{
    struct text_table t = {.columns = 6, .right = {[0] = true, [1] = true}};
    size_t count;
    const struct store_folder *folders = store_folders(l->store, &count);
    const char *const heads[] = {
        _("messages"), _("size"), _("oldest"), _("newest"), _("deleted"), _("folder")};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
        text_table_add(&t, heads[i]);
    for (size_t i = 0; i < count; i++) {
        const struct store_folder *f = &folders[i];
        add_number(&t, true, f->messages);
        add_size(&t, f->octets);
        add_date(&t, f->oldest_s);
        add_date(&t, f->newest_s);
        add_number(&t, true, f->deleted);
        text_table_add(&t, *f->path ? f->path : ".");
    }
    char *path CLEANUP(mem_free_str) = text_clean_dup(l->found->path);
    printf("\n%s:%s\n", store_kind_name(l->found->kind), path);
    text_table_print(&t);
}

static void print_cleaned(const char *text)
{
    char *shown CLEANUP(mem_free_str) = text_clean_dup(text);
    printf("  %s\n", shown);
}

static void print_rest(size_t count, bool all)
{
    if (count <= NOTES_SHOWN || all)
        return;
    printf(_("  and %zu more (--verbose)"), count - NOTES_SHOWN);
    putchar('\n');
}

static void print_notes(const struct looked *l, bool all)
{
    size_t count, shown = 0;
    const struct store_note *notes = l->store ? store_notes(l->store, &count) : NULL;
    for (size_t i = 0; notes && i < count; i++) {
        const struct store_note *n = &notes[i];
        char *path CLEANUP(mem_free_str) = text_clean_dup(n->path);
        char *words CLEANUP(mem_free_str) = text_clean_dup(_(n->words));
        if (++shown > NOTES_SHOWN && !all)
            continue;
        if (n->offset)
            printf(_("  %1$s, octet %2$llu: %3$s"), path, (unsigned long long)n->offset, words);
        else
            printf("  %s: %s", path, words);
        putchar('\n');
    }
    print_rest(shown, all);
    if (l->error.code)
        print_cleaned(l->error.text);
}

static void print_unread(const struct store_finding *finding, bool all)
{
    for (size_t i = 0; i < finding->unread_count && (all || i < NOTES_SHOWN); i++)
        print_cleaned(finding->unread[i]);
    print_rest(finding->unread_count, all);
}

static bool has_notes(const struct looked *l)
{
    size_t count = 0;
    if (l->store)
        store_notes(l->store, &count);
    return count || l->error.code;
}

static void print_text(const struct options *o, const char *path, const struct looked *all, size_t count,
    const struct store_finding *finding)
{
    bool notes = finding->unread_count > 0;
    char *shown CLEANUP(mem_free_str) = text_clean_dup(path);
    if (!count)
        printf(_("No mail was found in %s."), shown), putchar('\n');
    else
        print_stores(all, count);
    for (size_t i = 0; i < count; i++) {
        notes = notes || has_notes(&all[i]);
        if (o->verbose && all[i].store)
            print_folders(&all[i]);
    }
    if (notes)
        printf("\n%s\n", _("To be looked at:"));
    for (size_t i = 0; i < count; i++)
        print_notes(&all[i], o->verbose);
    print_unread(finding, o->verbose);
}

/* ---- a list for --accounts ---- */
static const char *heading(const char *name)
{
    size_t count;
    const struct accounts_column *all = accounts_columns(&count);
    bool japanese = !strcmp(i18n_lang(), "ja");
    for (size_t i = 0; i < count; i++)
        if (!strcmp(all[i].name, name))
            return japanese && all[i].aliases ? all[i].aliases[0] : name;
    return name;
}

static void put_cell(struct buf *out, const char *between, const char *text)
{
    buf_append_str(out, between);
    table_cell_csv_exact(out, text);
}

static void put_store(struct buf *out, const struct looked *l)
{
    char size[32], oldest[16], newest[16];
    char *path CLEANUP(mem_free_str) = realpath(l->found->path, NULL);
    if (!l->store || !path)
        return;
    char *from CLEANUP(mem_free_str) = mem_printf("%s:%s", store_kind_name(l->found->kind), path);
    char *note CLEANUP(mem_free_str) = mem_printf(
        _("%1$s: %2$llu folders, %3$llu messages, %4$s, %5$s to %6$s"), kind_words(l->found),
        (unsigned long long)l->sums.folders, (unsigned long long)l->sums.messages,
        text_octets(size, sizeof size, l->sums.octets), print_date(oldest, sizeof oldest, l->sums.oldest_s),
        print_date(newest, sizeof newest, l->sums.newest_s));
    put_cell(out, "", from);
    put_cell(out, ",", "");
    put_cell(out, ",", "");
    put_cell(out, ",", "{path}");
    put_cell(out, ",", note);
    buf_append_str(out, "\r\n");
}

/* As Excel opens it; whose mail it is, and where it goes, a person fills in. */
static void print_list(const struct looked *all, size_t count)
{
    static const char *const columns[] = {"from", "to_user", "to_password", "folder", "note"};
    struct buf out CLEANUP(buf_done) = {0};
    buf_append_str(&out, "\xef\xbb\xbf");
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        put_cell(&out, i ? "," : "", heading(columns[i]));
    buf_append_str(&out, "\r\n");
    for (size_t i = 0; i < count; i++)
        put_store(&out, &all[i]);
    fwrite(buf_bytes(&out), 1, buf_len(&out), stdout);
}

/* ---- JSON ---- */
static json_t *text_or_replaced(const char *text)
{
    char *shown CLEANUP(mem_free_str) = text_clean_dup(text);
    return json_string(shown);
}

static json_t *json_of_folders(const struct store *s)
{
    json_t *all = json_array();
    size_t count;
    const struct store_folder *folders = store_folders(s, &count);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            all, json_pack("{s:o, s:o, s:I, s:I, s:I, s:I, s:o, s:o}", "folder",
                     text_or_replaced(folders[i].path), "path", text_or_replaced(folders[i].disk), "messages",
                     (json_int_t)folders[i].messages, "octets", (json_int_t)folders[i].octets, "deleted",
                     (json_int_t)folders[i].deleted, "partial", (json_int_t)folders[i].partial, "oldest",
                     print_json_time(folders[i].oldest_s), "newest", print_json_time(folders[i].newest_s)));
    return all;
}

static json_t *json_of_notes(const struct store *s)
{
    static const char *const kinds[] = {[STORE_NOTE_LOST] = "lost",
        [STORE_NOTE_PARTIAL] = "partial",
        [STORE_NOTE_DOUBT] = "doubt",
        [STORE_NOTE_ASIDE] = "aside",
        [STORE_NOTE_MADE] = "made"};
    json_t *all = json_array();
    size_t count;
    const struct store_note *notes = store_notes(s, &count);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(all, json_pack("{s:s, s:o, s:I, s:o}", "kind", kinds[notes[i].kind], "path",
                                       text_or_replaced(notes[i].path), "offset", (json_int_t)notes[i].offset,
                                       "words", text_or_replaced(notes[i].words)));
    return all;
}

static json_t *json_of(const struct looked *l)
{
    json_t *o = json_pack("{s:s, s:s, s:o, s:I, s:o}", "kind",
        l->found->foreign ? "foreign" : store_kind_name(l->found->kind), "what",
        l->found->foreign ? store_foreign_words(l->found->foreign) : store_kind_words(l->found->kind), "path",
        text_or_replaced(l->found->path), "octets", (json_int_t)l->sums.octets, "error",
        print_json_error(&l->error));
    if (!l->store)
        return o;
    json_object_set_new(o, "messages", json_integer((json_int_t)l->sums.messages));
    json_object_set_new(o, "deleted", json_integer((json_int_t)l->sums.deleted));
    json_object_set_new(o, "partial", json_integer((json_int_t)l->sums.partial));
    json_object_set_new(o, "oldest", print_json_time(l->sums.oldest_s));
    json_object_set_new(o, "newest", print_json_time(l->sums.newest_s));
    json_object_set_new(o, "folders", json_of_folders(l->store));
    json_object_set_new(o, "notes", json_of_notes(l->store));
    return o;
}

static void print_json(
    const char *path, const struct looked *all, size_t count, const struct store_finding *finding, int code)
{
    json_t *stores = json_array(), *unread = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(stores, json_of(&all[i]));
    for (size_t i = 0; i < finding->unread_count; i++)
        json_array_append_new(unread, text_or_replaced(finding->unread[i]));
    print_json_document(stdout, "discover",
        json_pack("{s:o, s:o, s:o, s:i}", "path", text_or_replaced(path), "stores", stores, "unread", unread,
            "exit_code", code));
}

int discover_disk(const struct options *o, const char *path, struct error *err)
{
    struct store_finding finding CLEANUP(store_finding_done) = {0};
    if (store_find(path, &finding, err) < 0)
        return -1;
    struct looked *all = mem_array(finding.count + 1, sizeof *all);
    for (size_t i = 0; i < finding.count; i++)
        look_through(o, &finding.all[i], &all[i]);
    int code = finding.count ? EXIT_CODE_DONE : EXIT_CODE_ATTENTION;
    if (o->format == FORMAT_CSV)
        print_list(all, finding.count);
    else if (o->format == FORMAT_JSON)
        print_json(path, all, finding.count, &finding, code);
    else
        print_text(o, path, all, finding.count, &finding);
    for (size_t i = 0; i < finding.count; i++)
        store_free(all[i].store);
    free(all);
    return code;
}
