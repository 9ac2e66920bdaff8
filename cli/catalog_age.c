#include "catalog_age.h"

#include "clock.h"
#include "mem.h"
#include "print.h"
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define DAY_S 86400

struct age {
    int64_t now_s;
    int days;
    json_t *old; /* NULL: as text */
    size_t count;
};

/* Days since the last moment that the date may mean; false where there is none. */
static bool age_of(const char *as_of, int64_t now_s, int64_t *ret_days)
{
    int year, month = 12, day = 0;
    int parts = sscanf(as_of, "%4d-%2d-%2d", &year, &month, &day);
    if (parts < 1)
        return false;
    int64_t end = parts == 3    ? clock_from_utc(year, month, day, 0, 0, 0)
                  : month == 12 ? clock_from_utc(year + 1, 1, 1, 0, 0, 0) - DAY_S
                                : clock_from_utc(year, month + 1, 1, 0, 0, 0) - DAY_S;
    *ret_days = (now_s - end) / DAY_S;
    return true;
}

static void judge(struct age *a, const struct catalog_plan *p, const struct catalog_add_on *add_on,
    const char *what, const char *value, const struct catalog_fact *fact)
{
    int64_t days = 0;
    bool dated = age_of(fact->as_of, a->now_s, &days);
    if (dated && days <= a->days)
        return;
    a->count++;
    if (a->old) {
        json_array_append_new(
            a->old, json_pack("{s:s, s:s?, s:s, s:s, s:s, s:o, s:b, s:s}", "plan", p->id, "add_on",
                        add_on ? add_on->id : NULL, "what", what, "value", value, "as_of", fact->as_of,
                        "days", dated ? json_integer((json_int_t)days) : json_null(), "verified",
                        (int)fact->verified, "source", fact->source));
        return;
    }
    char *when CLEANUP(mem_free_str) =
        dated ? mem_printf("of %s, %lld days ago", fact->as_of, (long long)days) : mem_strdup("undated");
    printf("%s%s%s: %s %s, %s, %s: %s\n", p->id, add_on ? " + " : "", add_on ? add_on->id : "", what, value,
        when, fact->verified ? "verified" : "unverified", fact->source);
}

static void judge_all(struct age *a, const struct catalog_plan *p, const struct catalog_add_on *add_on,
    const struct catalog_storage *storage, const struct catalog_price *prices, size_t count)
{
    char text[MONEY_TEXT_MAX];
    if (storage->octets)
        judge(a, p, add_on, "storage", storage->words, &storage->fact);
    for (size_t i = 0; i < count; i++)
        judge(a, p, add_on, "price", money_text(text, prices[i].amount), &prices[i].fact);
}

size_t catalog_age_print(const struct catalog *c, int64_t now_s, int days, bool json)
{
    struct age a = {.now_s = now_s, .days = days, .old = json ? json_array() : NULL};
    for (size_t i = 0; i < c->plan_count; i++) {
        const struct catalog_plan *p = c->plans[i];
        judge_all(&a, p, NULL, &p->storage, p->prices, p->price_count);
        for (size_t k = 0; k < p->add_on_count; k++)
            judge_all(&a, p, &p->add_ons[k], &p->add_ons[k].storage, p->add_ons[k].prices,
                p->add_ons[k].price_count);
    }
    if (json)
        print_json_document(stdout, "catalog", json_pack("{s:i, s:o}", "age_days", days, "old", a.old));
    else if (a.count)
        printf("%zu prices and storages are older than %d days, or undated: read them again before a quote\n",
            a.count, days);
    else
        printf("no price or storage is older than %d days\n", days);
    return a.count;
}
