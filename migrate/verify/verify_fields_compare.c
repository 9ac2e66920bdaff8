#include "verify_fields.h"

#include "buf.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define NAMES_TOLD 12
#define NO_FIELD   SIZE_MAX

enum kind { SAME, FOLDED, MUNGED, OTHER, LOST, ADDED, KINDS };

/* For each field of what was sent its partner in what came back, and how the two differ. */
struct pairing {
    const struct verify_fields *sent, *back;
    enum kind *kinds; /* of sent */
    size_t *partners; /* of sent; NO_FIELD */
    bool *taken;      /* of back */
};

typedef bool same_fn(const struct verify_field *sent, const struct verify_field *back);

static bool is_same(const struct verify_field *sent, const struct verify_field *back)
{
    return sent->exact == back->exact;
}

static bool is_folded(const struct verify_field *sent, const struct verify_field *back)
{
    return sent->loose == back->loose;
}

static bool is_munged(const struct verify_field *sent, const struct verify_field *back)
{
    return sent->has_8bit && sent->munged == back->exact;
}

static bool is_other(const struct verify_field *sent, const struct verify_field *back)
{
    (void)sent;
    (void)back;
    return true;
}

static const char *name_of(const struct verify_fields *f, const struct verify_field *field)
{
    return f->names + field->name;
}

static bool same_name(
    const struct pairing *p, const struct verify_field *sent, const struct verify_field *back)
{
    return text_equal_nocase(name_of(p->sent, sent), name_of(p->back, back));
}

static size_t find_partner(const struct pairing *p, const struct verify_field *sent, enum kind kind)
{
    static same_fn *const same[] = {
        [SAME] = is_same, [FOLDED] = is_folded, [MUNGED] = is_munged, [OTHER] = is_other};
    for (size_t k = 0; k < p->back->count; k++)
        if (!p->taken[k] && same[kind](sent, &p->back->items[k]) &&
            (kind == MUNGED || same_name(p, sent, &p->back->items[k])))
            return k;
    return NO_FIELD;
}

/* The most alike first, whatever stands between them. */
static void pair_up(struct pairing *p)
{
    for (size_t i = 0; i < p->sent->count; i++) {
        p->kinds[i] = LOST;
        p->partners[i] = NO_FIELD;
    }
    for (enum kind kind = SAME; kind <= OTHER; kind++)
        for (size_t i = 0; i < p->sent->count; i++) {
            if (p->kinds[i] != LOST)
                continue;
            p->partners[i] = find_partner(p, &p->sent->items[i], kind);
            if (p->partners[i] == NO_FIELD)
                continue;
            p->kinds[i] = kind;
            p->taken[p->partners[i]] = true;
        }
}

static bool in_order(const struct pairing *p)
{
    size_t last = 0;
    for (size_t i = 0; i < p->sent->count; i++) {
        if (p->partners[i] == NO_FIELD)
            continue;
        if (p->partners[i] < last)
            return false;
        last = p->partners[i];
    }
    return true;
}

static bool told_before(const char *names, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = names; (at = strstr(at, name)); at += len)
        if ((at == names || at[-1] == ' ') && (at[len] == ',' || !at[len]))
            return true;
    return false;
}

struct naming {
    struct buf names;
    size_t told, untold;
};

static void add_name(struct naming *n, const char *name)
{
    const char *shown = *name ? name : "lines that are no field";
    if (told_before(buf_str(&n->names), shown))
        return;
    if (n->told == NAMES_TOLD) {
        n->untold++;
        return;
    }
    buf_printf(&n->names, "%s%s", n->told++ ? ", " : "", shown);
}

static void close_naming(struct naming *n, enum kind kind, struct buf *out)
{
    static const char *const words[KINDS] = {[FOLDED] = "folded otherwise",
        [MUNGED] = "X in place of 8-bit characters",
        [OTHER] = "other",
        [LOST] = "not there",
        [ADDED] = "added"};
    if (n->told)
        buf_printf(out, "%s%s: %s", buf_len(out) ? "; " : "", words[kind], buf_str(&n->names));
    if (n->untold)
        buf_printf(out, " and %zu more", n->untold);
    buf_done(&n->names);
}

/* What a server that writes the MIME structure anew has to write. */
static bool is_structure(const char *name)
{
    static const char *const names[] = {"Content-Type", "Content-Transfer-Encoding", "MIME-Version"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (text_equal_nocase(name, names[i]))
            return true;
    return false;
}

static void tell_kind(const struct pairing *p, enum kind kind, struct buf *out)
{
    struct naming n = {0};
    for (size_t i = 0; kind != ADDED && i < p->sent->count; i++)
        if (p->kinds[i] == kind)
            add_name(&n, name_of(p->sent, &p->sent->items[i]));
    for (size_t k = 0; kind == ADDED && k < p->back->count; k++)
        if (!p->taken[k])
            add_name(&n, name_of(p->back, &p->back->items[k]));
    close_naming(&n, kind, out);
}

static void judge(const struct pairing *p, bool rewritten, struct verify_fields_difference *d)
{
    size_t munged = 0, others = 0;
    for (size_t i = 0; i < p->sent->count; i++) {
        enum kind kind = p->kinds[i];
        const char *name = name_of(p->sent, &p->sent->items[i]);
        munged += kind == MUNGED;
        others += kind != MUNGED && kind != SAME;
        d->losing |= kind >= MUNGED && !(rewritten && is_structure(name));
    }
    for (size_t k = 0; k < p->back->count; k++)
        others += !p->taken[k];
    bool moved = !in_order(p);
    d->munged = munged && !others && !moved;
    d->any = munged || others || moved;
}

struct verify_fields_difference verify_fields_compare(
    const struct verify_fields *sent, const struct verify_fields *back, bool rewritten)
{
    struct verify_fields_difference d = {0};
    struct buf words CLEANUP(buf_done) = {0};
    struct pairing p = {.sent = sent,
        .back = back,
        .kinds = mem_array(sent->count + 1, sizeof *p.kinds),
        .partners = mem_array(sent->count + 1, sizeof *p.partners),
        .taken = mem_array(back->count + 1, sizeof *p.taken)};
    memset(p.taken, 0, (back->count + 1) * sizeof *p.taken);
    pair_up(&p);
    judge(&p, rewritten, &d);
    static const enum kind order[] = {MUNGED, OTHER, LOST, ADDED, FOLDED};
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        tell_kind(&p, order[i], &words);
    if (!in_order(&p))
        buf_printf(&words, "%sin another order", buf_len(&words) ? "; " : "");
    d.words = mem_strdup(buf_str(&words));
    free(p.kinds);
    free(p.partners);
    free(p.taken);
    return d;
}
