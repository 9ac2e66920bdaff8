#include "plan.h"

const char *verdict_name(enum verdict v)
{
    static const char *const names[] = {
        [VERDICT_COPY] = "copy",
        [VERDICT_COMPARE] = "compare",
        [VERDICT_PRESENT] = "present",
        [VERDICT_DUPLICATE] = "duplicate",
        [VERDICT_DONE_BEFORE] = "done-before",
        [VERDICT_FILTERED] = "filtered",
        [VERDICT_LATER] = "later",
        [VERDICT_TOO_BIG] = "too-big",
        [VERDICT_QUARANTINED] = "quarantined",
        [VERDICT_IN_DOUBT] = "in-doubt",
        [VERDICT_NOT_MAIL] = "not-mail",
    };
    return names[v];
}

static struct plan_verdict verdict(enum verdict v, bool certain, const char *reason)
{
    return (struct plan_verdict){.verdict = v, .certain = certain, .reason = reason};
}

static struct plan_verdict from_past(enum plan_past past)
{
    return verdict(VERDICT_DONE_BEFORE, true,
        past == PAST_DONE      ? "copied by an earlier run"
        : past == PAST_PRESENT ? "an earlier run found it in the destination"
                               : "an earlier run found it to be a duplicate of a message that is settled");
}

static struct plan_verdict from_match(const struct plan_facts *f)
{
    if (f->match == MATCH_CONTENT)
        return verdict(VERDICT_PRESENT, true, "the destination holds the same content");
    if (f->content_known)
        return verdict(VERDICT_COMPARE, false, "the destination holds a message with the same header");
    return verdict(VERDICT_PRESENT, false,
        "the destination holds a message with the same Message-ID, From, Date and Subject; migrate compares "
        "the body");
}

static const char *copy_reason(const struct plan_facts *f)
{
    if (f->past == PAST_IN_DOUBT)
        return "in doubt before; sent again";
    if (f->past == PAST_REFUSED || f->past == PAST_QUARANTINED)
        return "refused before; tried again";
    return f->id_shared ? "its Message-ID stands on other content too: both are kept"
                        : "not in the destination";
}

struct plan_verdict plan_decide(const struct plan_facts *f, const struct plan_policy *policy)
{
    if (f->past == PAST_DONE || f->past == PAST_PRESENT || f->past == PAST_DUPLICATE)
        return from_past(f->past);
    if (f->past == PAST_QUARANTINED && !policy->retry_quarantined)
        return verdict(VERDICT_QUARANTINED, true,
            "refused by an earlier run, and in quarantine; --retry-quarantined tries it again");
    if (f->past == PAST_IN_DOUBT && !policy->retry_quarantined)
        return verdict(VERDICT_IN_DOUBT, true,
            "an earlier run sent it, its answer was lost, and the destination may hold it in another form; "
            "--retry-quarantined sends it again");
    if (f->internal || f->past == PAST_NOT_MAIL)
        return verdict(
            VERDICT_NOT_MAIL, true, "the source server's own note (FOLDER INTERNAL DATA), no mail");
    if (f->twin_in_source)
        return verdict(VERDICT_DUPLICATE, f->content_known,
            f->content_known
                ? "the same content stands in the source more than once"
                : "the same Message-ID, From, Date, Subject and size stand in the source more than once; "
                  "migrate compares the body");
    if (f->twin_before)
        return verdict(VERDICT_DONE_BEFORE, f->content_known, "an earlier run brought the same content over");
    if (f->match != MATCH_NONE)
        return from_match(f);
    if (policy->append_limit && f->octets > policy->append_limit)
        return verdict(VERDICT_TOO_BIG, f->content_known, "larger than the destination accepts");
    if (!policy->copies_left)
        return verdict(VERDICT_LATER, true, "beyond --limit; a later run takes it");
    return verdict(VERDICT_COPY, f->content_known, copy_reason(f));
}
