/* maildiff.c - the judge of a migration: is every distinct message of the source in the destination exactly
 * once, byte for byte and with its date, and nothing else? Reads both from disk and shares no code with the
 * program. */
#include "maildiff_mail.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NO_DATE  INT64_MIN       /* nothing is expected of it */
#define NOW_DATE (INT64_MIN + 1) /* the time of copying */

struct item {
    char name[256], twin[128]; /* twin: of the manifest */
    struct maildiff_mail mail;
    int64_t date;    /* of the file, or expected */
    struct item *of; /* the first of its group: one of them is to arrive */
    unsigned hits;
};

struct list {
    struct item *items;
    size_t len, cap;
};

struct options {
    const char *manifest, *source, *dest;
    bool no_dedup;
};

struct counts {
    size_t missing, repeated, unexpected, misdated, disagree;
};

static const char usage[] =
    "usage: maildiff [--manifest FILE] [--source MAILDIR] [--no-dedup] --dest MAILDIR\n"
    "Compares what is in MAILDIR with what should be there, by a manifest of mkmail or the source itself "
    "(with both,\n"
    "they must also agree about duplicates). --no-dedup: every message, duplicates too, must be there.\n"
    "Prints a line for each deviation and one with the counts. Exit: 0 all right, 1 not, 2 could not "
    "compare.\n";

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "maildiff: %s: %s\n", what, strerror(errno));
    exit(2);
}

static struct item *list_add(struct list *l)
{
    if (l->len == l->cap) {
        l->cap = l->cap ? 2 * l->cap : 256;
        l->items = realloc(l->items, l->cap * sizeof *l->items);
        if (!l->items)
            abort();
    }
    struct item *it = &l->items[l->len++];
    *it = (struct item){.date = NO_DATE};
    return it;
}

/* ---- reading ---- */

static void read_mail(const char *path, struct item *it)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) < 0)
        fail(path);
    size_t len = (size_t)st.st_size;
    void *bytes = len ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
    if (bytes == MAP_FAILED)
        fail(path);
    maildiff_mail_read(len ? bytes : "", len, &it->mail);
    it->date = st.st_mtime;
    if (len)
        munmap(bytes, len);
    close(fd);
}

static void read_folder(const char *maildir, const char *sub, struct list *l)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", maildir, sub);
    DIR *dir = opendir(path);
    if (!dir)
        fail(path);
    for (struct dirent *e; (e = readdir(dir));) {
        if (e->d_name[0] == '.')
            continue;
        struct item *it = list_add(l);
        snprintf(it->name, sizeof it->name, "%s", e->d_name);
        snprintf(path, sizeof path, "%s/%s/%s", maildir, sub, e->d_name);
        read_mail(path, it);
    }
    closedir(dir);
}

/* The name without the flags that a server adds when it files the message. */
static size_t stem(const char *name)
{
    return strcspn(name, ":");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->name, ((const struct item *)b)->name);
}

static struct list read_maildir(const char *maildir)
{
    struct list l = {0};
    read_folder(maildir, "cur", &l);
    read_folder(maildir, "new", &l);
    if (l.len)
        qsort(l.items, l.len, sizeof *l.items, by_name);
    return l;
}

static bool parse_sum(const char *hex, unsigned char sum[MAILDIFF_SUM])
{
    for (int i = 0; i < MAILDIFF_SUM; i++) {
        unsigned byte;
        if (sscanf(hex + (size_t)i * 2, "%2x", &byte) != 1)
            return false;
        sum[i] = (unsigned char)byte;
    }
    return true;
}

static struct item *find_name(const struct list *l, const char *name)
{
    size_t low = 0, high = l->len, n = stem(name);
    while (low < high) {
        size_t mid = low + (high - low) / 2, len = stem(l->items[mid].name);
        int c = strncmp(l->items[mid].name, name, len < n ? len : n);
        if (!c && len == n)
            return &l->items[mid];
        if (c < 0 || (!c && len < n))
            low = mid + 1;
        else
            high = mid;
    }
    return NULL;
}

static void parse_row(const char *line, struct item *it)
{
    char raw[80], mended[80], when[32];
    if (sscanf(line, "%255s %*s %79s %79s %31s %*s %127s", it->name, raw, mended, when, it->twin) != 5 ||
        !parse_sum(raw, it->mail.raw) || !parse_sum(mended, it->mail.mended)) {
        fprintf(stderr, "maildiff: no row of a manifest: %s", line);
        exit(2);
    }
    it->date = strcmp(when, "now") ? strtoll(when, NULL, 10) : NOW_DATE;
}

static struct list read_manifest(const char *path)
{
    struct list l = {0};
    char line[1024];
    FILE *f = fopen(path, "r");
    if (!f)
        fail(path);
    while (fgets(line, sizeof line, f))
        parse_row(line, list_add(&l));
    fclose(f);
    if (l.len)
        qsort(l.items, l.len, sizeof *l.items, by_name);
    for (size_t i = 0; i < l.len; i++) {
        struct item *it = &l.items[i];
        it->of = strcmp(it->twin, "-") ? find_name(&l, it->twin) : it;
        if (!it->of) {
            fprintf(stderr, "maildiff: %s: %s is a duplicate of what is not there\n", path, it->name);
            exit(2);
        }
    }
    return l;
}

/* ---- groups of messages of which one is enough ---- */

static int by_identity(const void *a, const void *b)
{
    const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
    int c = memcmp(x->mail.identity, y->mail.identity, MAILDIFF_SUM);
    return c ? c : (x > y) - (x < y);
}

static int by_mended(const void *a, const void *b)
{
    const struct item *x = *(struct item *const *)a, *y = *(struct item *const *)b;
    int c = memcmp(x->mail.mended, y->mail.mended, MAILDIFF_SUM);
    return c ? c : (x > y) - (x < y);
}

static struct item **sorted(struct list *l, int (*compare)(const void *, const void *))
{
    struct item **order = calloc(l->len + 1, sizeof(struct item *));
    if (!order)
        abort();
    for (size_t i = 0; i < l->len; i++)
        order[i] = &l->items[i];
    qsort(order, l->len, sizeof(struct item *), compare);
    return order;
}

static void group_by_identity(struct list *l)
{
    struct item **order = sorted(l, by_identity);
    for (size_t i = 0; i < l->len; i++) {
        bool same = i && !memcmp(order[i]->mail.identity, order[i - 1]->mail.identity, MAILDIFF_SUM);
        order[i]->of = same ? order[i - 1]->of : order[i];
    }
    free(order);
}

/* The manifest's dates and opinion about duplicates, against our own. */
static size_t compare_groups(struct list *source, const struct list *manifest)
{
    size_t disagree = 0;
    for (size_t i = 0; i < source->len; i++) {
        struct item *it = &source->items[i], *row = find_name(manifest, it->name), *of = NULL;
        if (row)
            of = find_name(source, row->of->name);
        if (!row || of != it->of) {
            printf("%s: %s\n", row ? "manifest disagrees about duplicates" : "not in the manifest", it->name);
            disagree++;
        }
        it->date = row ? row->date : NO_DATE;
    }
    return disagree;
}

/* ---- comparing ---- */

static bool date_fits(int64_t expected, int64_t actual)
{
    int64_t now = time(NULL);
    if (expected == NOW_DATE)
        return actual > now - 86400 && actual < now + 60;
    return expected == NO_DATE || expected == actual;
}

/* Mark what one file of the destination is a copy of. */
static void match(struct item **order, size_t len, const struct item *got, struct counts *c)
{
    size_t low = 0, high = len;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (memcmp(order[mid]->mail.mended, got->mail.raw, MAILDIFF_SUM) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    if (low == len || memcmp(order[low]->mail.mended, got->mail.raw, MAILDIFF_SUM)) {
        c->unexpected++;
        printf("unexpected: %s\n", got->name);
        return;
    }
    order[low]->hits++;
    bool fits = false;
    for (size_t i = low; i < len && !memcmp(order[i]->mail.mended, got->mail.raw, MAILDIFF_SUM); i++)
        fits |= date_fits(order[i]->date, got->date);
    if (!fits) {
        c->misdated++;
        printf("wrong date: %s is %" PRId64 " instead of %" PRId64 " (%s)\n", got->name, got->date,
            order[low]->date, order[low]->name);
    }
}

/* With duplicates wanted, each set of equal bytes is to arrive as often as it is there. */
static void split_groups(struct item **order, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool same = i && !memcmp(order[i]->mail.mended, order[i - 1]->mail.mended, MAILDIFF_SUM);
        order[i]->of = same ? order[i - 1]->of : order[i];
    }
}

static size_t tally(struct list *l, bool no_dedup, struct counts *c)
{
    size_t distinct = 0;
    unsigned *hits = calloc(l->len + 1, sizeof *hits), *want = calloc(l->len + 1, sizeof *want);
    if (!hits || !want)
        abort();
    for (size_t i = 0; i < l->len; i++) {
        size_t group = (size_t)(l->items[i].of - l->items);
        hits[group] += l->items[i].hits;
        want[group] = no_dedup ? want[group] + 1 : 1;
    }
    for (size_t i = 0; i < l->len; i++) {
        distinct += want[i];
        if (hits[i] < want[i]) {
            c->missing += want[i] - hits[i];
            printf("missing: %s (%u of %u)\n", l->items[i].name, hits[i], want[i]);
        } else if (hits[i] > want[i]) {
            c->repeated += hits[i] - want[i];
            printf("repeated: %s (%u instead of %u)\n", l->items[i].name, hits[i], want[i]);
        }
    }
    free(hits);
    free(want);
    return distinct;
}

static int judge(const struct options *o)
{
    struct list source = {0}, manifest = {0}, dest = read_maildir(o->dest);
    struct counts c = {0};
    if (o->manifest)
        manifest = read_manifest(o->manifest);
    if (o->source) {
        source = read_maildir(o->source);
        group_by_identity(&source);
        for (size_t i = 0; !o->manifest && i < source.len; i++)
            source.items[i].date = NO_DATE;
        if (o->manifest)
            c.disagree = compare_groups(&source, &manifest);
    }
    struct list *expected = o->source ? &source : &manifest;
    struct item **order = sorted(expected, by_mended);
    if (o->no_dedup)
        split_groups(order, expected->len);
    for (size_t i = 0; i < dest.len; i++)
        match(order, expected->len, &dest.items[i], &c);
    size_t distinct = tally(expected, o->no_dedup, &c);
    printf("%zu at the source, %zu of them wanted, %zu at the destination: %zu missing, %zu repeated, %zu "
           "unexpected, "
           "%zu with a wrong date\n",
        expected->len, distinct, dest.len, c.missing, c.repeated, c.unexpected, c.misdated);
    free(order);
    free(source.items);
    free(manifest.items);
    free(dest.items);
    return c.missing || c.repeated || c.unexpected || c.misdated || c.disagree;
}

int main(int argc, char **argv)
{
    static const struct option long_options[] = {{"manifest", required_argument, NULL, 'm'},
        {"source", required_argument, NULL, 's'}, {"dest", required_argument, NULL, 'd'},
        {"no-dedup", no_argument, NULL, 'n'}, {"help", no_argument, NULL, 'h'}, {0}};
    struct options o = {0};
    for (int c; (c = getopt_long(argc, argv, "", long_options, NULL)) != -1;) {
        switch (c) {
        case 'm':
            o.manifest = optarg;
            break;
        case 's':
            o.source = optarg;
            break;
        case 'd':
            o.dest = optarg;
            break;
        case 'n':
            o.no_dedup = true;
            break;
        case 'h':
            fputs(usage, stdout);
            return EXIT_SUCCESS;
        default:
            return 2;
        }
    }
    if (!o.dest || (!o.manifest && !o.source) || optind < argc) {
        fputs(usage, stderr);
        return 2;
    }
    return judge(&o);
}
