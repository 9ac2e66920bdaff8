/* plan.h: every combination of facts against the rules in their order, and what holds for all of them. */
#include "check.h"
#include "plan.h"

#define ANY (-1)
/* PAST_UNKNOWN, PAST_REFUSED, or PAST_QUARANTINED where that is to be tried again */
#define NOT_SETTLED (-2)

/* How the octets stand to the destination's limit. */
enum size {
    SIZE_NO_LIMIT,
    SIZE_BELOW,
    SIZE_EQUAL,
    SIZE_ABOVE,
    SIZES,
};

struct rule {
    int past, internal, twin_in_source, twin_before, match, content, size, copies_left;
    enum verdict verdict;
    int certain; /* ANY: when the content is known */
};

/* The first that fits is the verdict. */
static const struct rule rules[] = {
    {PAST_DONE, ANY, ANY, ANY, ANY, ANY, ANY, ANY, VERDICT_DONE_BEFORE, true},
    {PAST_PRESENT, ANY, ANY, ANY, ANY, ANY, ANY, ANY, VERDICT_DONE_BEFORE, true},
    {PAST_DUPLICATE, ANY, ANY, ANY, ANY, ANY, ANY, ANY, VERDICT_DONE_BEFORE, true},
    {PAST_QUARANTINED, ANY, ANY, ANY, ANY, ANY, ANY, ANY, VERDICT_QUARANTINED, true},
    {PAST_IN_DOUBT, ANY, ANY, ANY, ANY, ANY, ANY, ANY, VERDICT_IN_DOUBT, true},
    {PAST_NOT_MAIL, ANY, ANY, ANY, ANY, ANY, ANY, ANY, VERDICT_NOT_MAIL, true},
    {NOT_SETTLED, true, ANY, ANY, ANY, ANY, ANY, ANY, VERDICT_NOT_MAIL, true},
    {NOT_SETTLED, false, true, ANY, ANY, ANY, ANY, ANY, VERDICT_DUPLICATE, ANY},
    {NOT_SETTLED, false, false, true, ANY, ANY, ANY, ANY, VERDICT_DONE_BEFORE, ANY},
    {NOT_SETTLED, false, false, false, MATCH_CONTENT, true, ANY, ANY, VERDICT_PRESENT, true},
    {NOT_SETTLED, false, false, false, MATCH_HEADER, true, ANY, ANY, VERDICT_COMPARE, false},
    {NOT_SETTLED, false, false, false, MATCH_HEADER, false, ANY, ANY, VERDICT_PRESENT, false},
    {NOT_SETTLED, false, false, false, MATCH_NONE, ANY, SIZE_ABOVE, ANY, VERDICT_TOO_BIG, ANY},
    {NOT_SETTLED, false, false, false, MATCH_NONE, ANY, ANY, 0, VERDICT_LATER, true},
    {NOT_SETTLED, false, false, false, MATCH_NONE, ANY, ANY, 1, VERDICT_COPY, ANY},
};

struct combination {
    struct plan_facts facts;
    struct plan_policy policy;
    enum size size;
    struct plan_verdict verdict;
};

static bool fits(int want, int is)
{
    return want == ANY || want == is;
}

static bool is_settled(const struct combination *c)
{
    enum plan_past past = c->facts.past;
    return past != PAST_UNKNOWN && past != PAST_REFUSED &&
           ((past != PAST_QUARANTINED && past != PAST_IN_DOUBT) || !c->policy.retry_quarantined);
}

static const struct rule *rule_for(const struct combination *c)
{
    const struct plan_facts *f = &c->facts;
    bool settled = is_settled(c);
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct rule *r = &rules[i];
        bool past = r->past == NOT_SETTLED ? !settled : settled && fits(r->past, f->past);
        if (past && fits(r->internal, f->internal) && fits(r->twin_in_source, f->twin_in_source) &&
            fits(r->twin_before, f->twin_before) && fits(r->match, f->match) &&
            fits(r->content, f->content_known) && fits(r->size, c->size) &&
            fits(r->copies_left, c->policy.copies_left > 0))
            return r;
    }
    return NULL;
}

/* The same content cannot be found without knowing the content: that combination says nothing. */
static bool possible(const struct combination *c)
{
    return c->facts.match != MATCH_CONTENT || c->facts.content_known;
}

static struct combination combine(unsigned n)
{
    static const uint64_t limits[SIZES] = {0, 1001, 1000, 999};
    static const uint64_t left[] = {0, 1, UINT64_MAX};
    struct combination c = {.facts = {.octets = 1000}};
    c.facts.past = (enum plan_past)(n % 8), n /= 8;
    c.facts.match = (enum plan_match)(n % 3), n /= 3;
    c.policy.copies_left = left[n % 3], n /= 3;
    c.size = (enum size)(n % SIZES), n /= SIZES;
    c.facts.content_known = n & 1;
    c.facts.twin_in_source = n & 2;
    c.facts.twin_before = n & 4;
    c.facts.id_shared = n & 8;
    c.facts.internal = n & 16;
    c.policy.retry_quarantined = n & 32;
    c.policy.append_limit = limits[c.size];
    c.verdict = plan_decide(&c.facts, &c.policy);
    CHECK_LABEL(
        "past %d match %d left %d size %d content %d twin %d before %d shared %d internal %d retry %d",
        c.facts.past, c.facts.match, (int)c.policy.copies_left, c.size, c.facts.content_known,
        c.facts.twin_in_source, c.facts.twin_before, c.facts.id_shared, c.facts.internal,
        c.policy.retry_quarantined);
    return c;
}

#define COMBINATIONS (8u * 3 * 3 * SIZES * 64)

static void test_rules(void)
{
    unsigned used[sizeof rules / sizeof *rules] = {0};
    for (unsigned n = 0; n < COMBINATIONS; n++) {
        struct combination c = combine(n);
        if (!possible(&c))
            continue;
        const struct rule *r = rule_for(&c);
        CHECK(r != NULL);
        if (!r)
            continue;
        used[r - rules]++;
        CHECK_INT(c.verdict.verdict, r->verdict);
        CHECK_INT(c.verdict.certain, r->certain == ANY ? c.facts.content_known : r->certain);
        CHECK(c.verdict.reason && *c.verdict.reason);
    }
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        CHECK(used[i] > 0);
}

/* Without the content nothing is certain, but what the ledger settles, what the header alone tells, and that
 * --limit leaves it out of this run. With it, only COMPARE asks for more. */
static void test_certainty(void)
{
    for (unsigned n = 0; n < COMBINATIONS; n++) {
        struct combination c = combine(n);
        if (!possible(&c))
            continue;
        if (!c.facts.content_known && c.verdict.certain)
            CHECK(is_settled(&c) || c.verdict.verdict == VERDICT_LATER || c.facts.internal);
        if (c.verdict.verdict == VERDICT_DUPLICATE || c.verdict.verdict == VERDICT_PRESENT)
            CHECK_INT(c.verdict.certain, c.facts.content_known);
        if (c.facts.content_known)
            CHECK_INT(c.verdict.certain, c.verdict.verdict != VERDICT_COMPARE);
        if (c.verdict.verdict == VERDICT_COMPARE)
            CHECK(c.facts.content_known && c.facts.match == MATCH_HEADER);
    }
}

/* A message is left out only for a reason that its facts give. */
static void test_never_loses(void)
{
    for (unsigned n = 0; n < COMBINATIONS; n++) {
        struct combination c = combine(n);
        const struct plan_facts *f = &c.facts;
        switch (c.verdict.verdict) {
        case VERDICT_PRESENT:
        case VERDICT_COMPARE:
            CHECK(f->match != MATCH_NONE);
            break;
        case VERDICT_DUPLICATE:
            CHECK(f->twin_in_source);
            break;
        case VERDICT_DONE_BEFORE:
            CHECK(f->twin_before || (is_settled(&c) && f->past < PAST_REFUSED));
            break;
        case VERDICT_QUARANTINED:
            CHECK(f->past == PAST_QUARANTINED && !c.policy.retry_quarantined);
            break;
        case VERDICT_IN_DOUBT:
            CHECK(f->past == PAST_IN_DOUBT && !c.policy.retry_quarantined);
            break;
        case VERDICT_NOT_MAIL:
            CHECK(f->internal || f->past == PAST_NOT_MAIL);
            break;
        case VERDICT_TOO_BIG:
            CHECK(c.policy.append_limit && f->octets > c.policy.append_limit);
            break;
        case VERDICT_LATER:
            CHECK_INT(c.policy.copies_left, 0);
            break;
        case VERDICT_FILTERED: /* decided before (filter.h) */
            CHECK(false);
            break;
        case VERDICT_COPY:
            CHECK(c.policy.copies_left > 0);
            break;
        }
    }
}

/* That a Message-ID is shared changes the words and nothing else. */
static void test_shared_id(void)
{
    struct plan_facts f = {.content_known = true, .octets = 1};
    const struct plan_policy all = {.copies_left = UINT64_MAX};
    const char *alone = plan_decide(&f, &all).reason;
    f.id_shared = true;
    CHECK(strstr(plan_decide(&f, &all).reason, "Message-ID") != NULL);
    CHECK(!strstr(alone, "Message-ID"));
    f.past = PAST_REFUSED;
    CHECK(strstr(plan_decide(&f, &all).reason, "refused before") != NULL);
    f.past = PAST_QUARANTINED;
    CHECK(strstr(plan_decide(&f, &all).reason, "--retry-quarantined") != NULL);
    const struct plan_policy retry = {.copies_left = UINT64_MAX, .retry_quarantined = true};
    CHECK(strstr(plan_decide(&f, &retry).reason, "refused before") != NULL);
    for (unsigned n = 0; n < COMBINATIONS; n++) {
        struct combination c = combine(n), other = c;
        other.facts.id_shared = !c.facts.id_shared;
        CHECK_INT(plan_decide(&other.facts, &other.policy).verdict, c.verdict.verdict);
    }
}

static void test_names(void)
{
    CHECK_STR(verdict_name(VERDICT_COPY), "copy");
    CHECK_STR(verdict_name(VERDICT_COMPARE), "compare");
    CHECK_STR(verdict_name(VERDICT_PRESENT), "present");
    CHECK_STR(verdict_name(VERDICT_DUPLICATE), "duplicate");
    CHECK_STR(verdict_name(VERDICT_DONE_BEFORE), "done-before");
    CHECK_STR(verdict_name(VERDICT_FILTERED), "filtered");
    CHECK_STR(verdict_name(VERDICT_LATER), "later");
    CHECK_STR(verdict_name(VERDICT_TOO_BIG), "too-big");
    CHECK_STR(verdict_name(VERDICT_QUARANTINED), "quarantined");
    CHECK_STR(verdict_name(VERDICT_IN_DOUBT), "in-doubt");
    CHECK_STR(verdict_name(VERDICT_NOT_MAIL), "not-mail");
}

int main(void)
{
    static const struct check_test tests[] = {
        {"rules", test_rules},
        {"certainty", test_certainty},
        {"never loses", test_never_loses},
        {"shared Message-ID", test_shared_id},
        {"names", test_names},
    };
    return check_main("plan", tests, sizeof tests / sizeof *tests);
}
