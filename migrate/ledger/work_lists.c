#include "work_lists_private.h"

#include "mem.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct work_lists *work_lists_new(void)
{
    return mem_alloc(sizeof(struct work_lists));
}

void work_lists_free(struct work_lists *l)
{
    if (!l)
        return;
    for (size_t i = 0; i < l->count; i++) {
        free(l->accounts[i].source);
        free(l->accounts[i].destination);
        free(l->accounts[i].lists);
    }
    for (size_t i = 0; i < l->list_count; i++)
        free(l->lists[i].path);
    free(l->accounts);
    free(l->lists);
    free(l);
}

/* ---- lists of accounts ---- */
size_t work_lists_list(struct work_lists *l, const char *path)
{
    for (size_t i = 0; i < l->list_count; i++)
        if (!strcmp(l->lists[i].path, path))
            return i;
    l->lists = mem_grow(l->lists, l->list_count + 1, sizeof *l->lists);
    l->lists[l->list_count] = (struct work_list){.path = mem_strdup(path), .part_of = l->list_count};
    return l->list_count++;
}

bool work_account_has(const struct work_account *a, size_t list)
{
    for (size_t i = 0; i < a->list_count; i++)
        if (a->lists[i] == list)
            return true;
    return false;
}

void work_account_put(struct work_account *a, size_t list)
{
    if (work_account_has(a, list))
        return;
    a->lists = mem_grow(a->lists, a->list_count + 1, sizeof *a->lists);
    a->lists[a->list_count++] = list;
}

static void take_out(struct work_account *a, size_t list)
{
    for (size_t i = 0; i < a->list_count; i++)
        if (a->lists[i] == list) {
            a->lists[i] = a->lists[--a->list_count];
            return;
        }
}

/* Of the list, and of all of its parts. */
static void take_out_of_all(const struct work_lists *l, struct work_account *a, size_t list)
{
    for (size_t i = 0; i < l->list_count; i++)
        if (l->lists[i].part_of == list)
            take_out(a, i);
}

/* ---- accounts ---- */
struct work_account *work_lists_add(struct work_lists *l, const char *source, const char *destination)
{
    l->accounts = mem_grow(l->accounts, l->count + 1, sizeof *l->accounts);
    struct work_account *a = &l->accounts[l->count++];
    *a = (struct work_account){mem_strdup(source), mem_strdup(destination), NULL, 0};
    return a;
}

static int order(const char *source, const char *destination, const struct work_account *a)
{
    int c = strcmp(source, a->source);
    return c ? c : strcmp(destination, a->destination);
}

static int by_name(const void *a, const void *b)
{
    const struct work_account *x = a;
    return order(x->source, x->destination, b);
}

bool work_lists_sort(struct work_lists *l)
{
    bool distinct = true;
    if (l->count)
        qsort(l->accounts, l->count, sizeof *l->accounts, by_name);
    for (size_t i = 1; i < l->count; i++)
        distinct &= by_name(&l->accounts[i - 1], &l->accounts[i]) != 0;
    return distinct;
}

/* Among the first n, which are in order. */
static struct work_account *find(
    const struct work_lists *l, size_t n, const char *source, const char *destination)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int c = order(source, destination, &l->accounts[middle]);
        if (c == 0)
            return &l->accounts[middle];
        if (c < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

enum work_lists_standing work_lists_standing(
    const struct work_lists *l, const char *source, const char *destination)
{
    const struct work_account *a = l ? find(l, l->count, source, destination) : NULL;
    return !a ? WORK_LISTS_UNKNOWN : a->list_count ? WORK_LISTS_HELD : WORK_LISTS_LEFT;
}

/* ---- whom a run holds ---- */
static int by_names(const void *a, const void *b)
{
    const struct work_lists_name *x = a, *y = b;
    int c = strcmp(x->source, y->source);
    return c ? c : strcmp(x->destination, y->destination);
}

/* Sorted; the caller frees. */
static struct work_lists_name *names_of(const struct work_lists_run *run)
{
    struct work_lists_name *all = mem_array(run->count + 1, sizeof *all);
    if (run->count) {
        memcpy(all, run->names, run->count * sizeof *all);
        qsort(all, run->count, sizeof *all, by_names);
    }
    return all;
}

/* A run that knows no destinations stands for any. */
static bool is_held(const struct work_lists_name *names, size_t count, const struct work_account *a)
{
    const struct work_lists_name own = {a->source, a->destination}, any = {a->source, ""};
    return count && (bsearch(&own, names, count, sizeof *names, by_names) ||
                        bsearch(&any, names, count, sizeof *names, by_names));
}

/* "taro" of "taro@pop.example.jp" */
static bool is_user_of(const char *user, const char *account)
{
    size_t len = strlen(user);
    return !strncasecmp(user, account, len) && (account[len] == '@' || !account[len]);
}

static bool may_be_unnamed(const struct work_lists_run *run, const struct work_account *a)
{
    for (size_t i = 0; i < run->unnamed_count; i++) {
        const char *user = run->unnamed[i];
        if (!user || is_user_of(user, a->source) || is_user_of(user, a->destination))
            return true;
    }
    return false;
}

/* Put all of the run's names into that list. */
static void put_all(struct work_lists *l, const struct work_lists_name *names, size_t count, size_t list)
{
    size_t known = l->count;
    for (size_t i = 0; i < count; i++) {
        struct work_account *a = find(l, known, names[i].source, names[i].destination);
        if (!a && i && by_names(&names[i - 1], &names[i]) == 0)
            continue;
        if (!a)
            a = work_lists_add(l, names[i].source, names[i].destination);
        work_account_put(a, list);
    }
    work_lists_sort(l);
}

/* ---- a run over a whole list ---- */
static void note_whole(
    struct work_lists *l, const struct work_lists_run *run, const struct work_lists_name *names, size_t list)
{
    for (size_t i = 0; i < l->count && !run->passing; i++) {
        struct work_account *a = &l->accounts[i];
        if (work_account_has(a, list) && !is_held(names, run->count, a) && !may_be_unnamed(run, a))
            take_out_of_all(l, a, list);
    }
    put_all(l, names, run->count, list);
}

/* ---- a run over a part ---- */
/* Rows of a part go because they are done as well as because they are corrected. The latter have a row in
 * their place. */
struct correction {
    struct work_account **gone;
    const struct work_lists_name **come;
    size_t gone_count, come_count;
};

static void correction_done(struct correction *c)
{
    free(c->gone);
    free(c->come);
}

static void compare(const struct work_lists *l, const struct work_lists_run *run,
    const struct work_lists_name *names, size_t part, struct correction *ret)
{
    ret->gone = mem_array(l->count + 1, sizeof *ret->gone);
    ret->come = mem_array(run->count + 1, sizeof *ret->come);
    for (size_t i = 0; i < l->count; i++) {
        struct work_account *a = &l->accounts[i];
        if (work_account_has(a, part) && !is_held(names, run->count, a) && !may_be_unnamed(run, a))
            ret->gone[ret->gone_count++] = a;
    }
    for (size_t i = 0; i < run->count; i++)
        if (work_lists_standing(l, names[i].source, names[i].destination) != WORK_LISTS_HELD)
            ret->come[ret->come_count++] = &names[i];
}

static bool is_corrected(const struct work_account *a, const struct work_lists_name *n)
{
    return !strcasecmp(a->source, n->source) ||
           (*n->destination && !strcasecmp(a->destination, n->destination));
}

static void drop_corrected(const struct work_lists *l, struct correction *c, size_t part)
{
    size_t rest = 0, list = l->lists[part].part_of;
    for (size_t i = 0; i < c->gone_count; i++) {
        size_t k = 0;
        while (k < c->come_count && !is_corrected(c->gone[i], c->come[k]))
            k++;
        if (k == c->come_count) {
            c->gone[rest++] = c->gone[i];
            continue;
        }
        take_out_of_all(l, c->gone[i], list);
        c->come[k] = c->come[--c->come_count];
    }
    /* Those of which nothing is as it was: corrected, if there are new ones for all of them. */
    for (size_t i = 0; i < rest; i++)
        if (rest <= c->come_count)
            take_out_of_all(l, c->gone[i], list);
        else if (c->gone[i]->list_count > 1)
            take_out(c->gone[i], part);
}

static void note_part(
    struct work_lists *l, const struct work_lists_run *run, const struct work_lists_name *names, size_t part)
{
    struct correction c CLEANUP(correction_done) = {0};
    compare(l, run, names, part, &c);
    drop_corrected(l, &c, part);
    put_all(l, names, run->count, part);
}

/* ---- what is noted ---- */
void work_lists_note(struct work_lists *l, const struct work_lists_run *run)
{
    size_t list = work_lists_list(l, run->list);
    struct work_lists_name *names = names_of(run);
    l->lists[list].run_s = run->now_s;
    if (l->lists[list].part_of == list)
        note_whole(l, run, names, list);
    else
        note_part(l, run, names, list);
    free(names);
}

void work_lists_note_part(struct work_lists *l, const char *path, const struct work_lists_run *run)
{
    size_t list = l->lists[work_lists_list(l, run->list)].part_of, part = work_lists_list(l, path);
    struct work_lists_name *names = names_of(run);
    if (part != list) {
        l->lists[part].part_of = list;
        l->lists[part].run_s = run->now_s;
        for (size_t i = 0; i < l->count; i++)
            if (l->accounts[i].list_count > 1) /* who is known by a part alone was corrected there */
                take_out(&l->accounts[i], part);
        put_all(l, names, run->count, part);
    }
    free(names);
}

/* ---- strangers ---- */
static int by_word(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_among(const char *const *words, size_t count, const char *word)
{
    return *word && bsearch(&word, words, count, sizeof *words, by_word);
}

/* Is one that is held of the run's sources or destinations? */
static bool shares(const struct work_lists *l, const struct work_lists_run *run)
{
    const char **words = mem_array(2 * run->count + 1, sizeof *words);
    bool found = false;
    for (size_t i = 0; i < run->count; i++) {
        words[2 * i] = run->names[i].source;
        words[2 * i + 1] = run->names[i].destination;
    }
    if (run->count)
        qsort(words, 2 * run->count, sizeof *words, by_word);
    for (size_t i = 0; i < l->count && !found; i++) {
        const struct work_account *a = &l->accounts[i];
        found =
            a->list_count && (is_among(words, 2 * run->count, a->source) ||
                                 is_among(words, 2 * run->count, a->destination) || may_be_unnamed(run, a));
    }
    free(words);
    return found;
}

static bool is_part(const struct work_lists *l, const char *path)
{
    for (size_t i = 0; i < l->list_count; i++)
        if (!strcmp(l->lists[i].path, path))
            return l->lists[i].part_of != i;
    return false;
}

bool work_lists_strange(
    const struct work_lists *l, const struct work_lists_run *run, size_t *ret_count, const char **ret_list)
{
    size_t held = 0;
    const struct work_list *last = NULL;
    if (!l || !run->count || is_part(l, run->list) || shares(l, run))
        return false;
    for (size_t i = 0; i < l->count; i++) {
        const struct work_account *a = &l->accounts[i];
        held += a->list_count > 0;
        for (size_t k = 0; k < a->list_count; k++) {
            const struct work_list *of = &l->lists[l->lists[a->lists[k]].part_of];
            if (!last || of->run_s > last->run_s || (of->run_s == last->run_s && of > last))
                last = of;
        }
    }
    if (!held)
        return false;
    *ret_count = held;
    *ret_list = last->path;
    return true;
}
