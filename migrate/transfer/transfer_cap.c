#include "transfer.h"

#include "mem.h"
#include "retry.h"
#include "text.h"

#define AT_ONCE_MS 1000 /* room again by the time all is drained: another session may begin */

static void add(void *ctx, int64_t at_s, uint64_t octets)
{
    allowance_log_add(ctx, at_s, octets);
}

static int64_t now(const struct transfer *t)
{
    return clock_wall_s(t->session->world->clock);
}

/* Other accounts of a list that go to the same destination, each with a ledger of its own. One that has none
 * yet, or a damaged one, has nothing to tell; its own run tells of the damage. */
static void add_others(struct session *s, int64_t since_s)
{
    char *to CLEANUP(mem_free_str) = endpoint_account(&s->job->to);
    for (size_t i = 0; s->job->cap_work_dirs && s->job->cap_work_dirs[i]; i++) {
        struct error ignored;
        struct ledger *other = ledger_open(s->job->cap_work_dirs[i], LEDGER_READ, &ignored);
        if (other)
            ledger_each_sent_to(other, to, since_s, add, &s->sent, &ignored);
        ledger_close(other);
    }
}

int transfer_cap_begin(struct transfer *t, struct error *err)
{
    struct session *s = t->session;
    t->cap = (struct transfer_cap){.octets = s->job->upload_cap, .left_s = INT64_MIN};
    if (!t->cap.octets || s->sent_known)
        return 0;
    if (ledger_each_sent(t->ledger, t->job, now(t) - ALLOWANCE_WINDOW_S, add, &s->sent, err) < 0)
        return -1;
    add_others(s, now(t) - ALLOWANCE_WINDOW_S);
    s->sent_known = true;
    return 0;
}

/* Reckoned anew when the window has moved; in between transfer_cap_sent takes from it. */
static uint64_t left(struct transfer *t)
{
    struct transfer_cap *cap = &t->cap;
    const struct allowance_log *log = &t->session->sent;
    int64_t now_s = now(t);
    if (now_s != cap->left_s) {
        cap->left = allowance_now(cap->octets, log->all, log->count, 0, 0, now_s).left;
        cap->left_s = now_s;
    }
    return cap->left;
}

/* Beside what so much is kept free for. */
static bool takes(struct transfer *t, uint64_t reserved, uint64_t octets)
{
    uint64_t free_now = left(t);
    return allowance_takes(t->cap.octets, free_now > reserved ? free_now - reserved : 0, octets);
}

enum transfer_cap_answer transfer_cap_ask(struct transfer *t, uint64_t octets)
{
    struct transfer_cap *cap = &t->cap;
    if (cap->reached)
        return TRANSFER_CAP_HOLD;
    if (!cap->octets || takes(t, cap->reserved, octets))
        return TRANSFER_CAP_GO;
    return cap->reserved ? TRANSFER_CAP_WAIT : TRANSFER_CAP_HOLD;
}

void transfer_cap_reserve(struct parcel *p, uint64_t octets)
{
    if (!p->transfer->cap.octets)
        return;
    p->transfer->cap.reserved += octets - p->cap_octets;
    p->cap_octets = octets;
}

bool transfer_cap_refuses(struct parcel *p)
{
    struct transfer *t = p->transfer;
    return t->cap.octets && !takes(t, t->cap.reserved - p->cap_octets, p->row.octets_sent);
}

void transfer_cap_release(struct parcel *p)
{
    transfer_cap_reserve(p, 0);
}

void transfer_cap_sent(struct parcel *p)
{
    struct transfer *t = p->transfer;
    uint64_t octets = p->row.octets_sent;
    if (!t->cap.octets)
        return;
    transfer_cap_release(p);
    allowance_log_add(&t->session->sent, p->row.intended_s, octets);
    t->cap.left -= octets < t->cap.left ? octets : t->cap.left;
}

void transfer_cap_hold(struct transfer *t, uint64_t octets)
{
    struct transfer_cap *cap = &t->cap;
    if (!cap->reached)
        cap->next_octets = octets;
    cap->reached = true;
    cap->held++;
    cap->held_octets += octets;
}

int transfer_cap_end(const struct transfer *t, struct error *err)
{
    const struct transfer_cap *cap = &t->cap;
    const struct allowance_log *log = &t->session->sent;
    const struct job *job = t->session->job;
    char words[32];
    int64_t now_s = now(t);
    if (!cap->held)
        return 0;
    t->outcome->left[LEDGER_LEFT_UPLOAD_CAP].messages += cap->held;
    t->outcome->left[LEDGER_LEFT_UPLOAD_CAP].octets += cap->held_octets;
    int64_t again_s =
        allowance_now(cap->octets, log->all, log->count, cap->next_octets, cap->held_octets, now_s).again_s;
    error_set(err, ERROR_SCOPE_JOB, ERROR_RETRY_LATER, ERROR_THROTTLED,
        "%s takes %s " RETRY_CAP_WORDS " and that much was sent (%s%llu %s still to be copied)", job->to.host,
        text_octets(words, sizeof words, cap->octets), job_has_one_mailbox(job) ? "" : "at least ",
        (unsigned long long)cap->held, cap->held == 1 ? "message is" : "messages are");
    err->wait_ms = again_s > now_s ? (again_s - now_s) * 1000 : AT_ONCE_MS;
    return -1;
}
