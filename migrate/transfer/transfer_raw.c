#include "transfer.h"

/* The first message with raw 8-bit octets in its header goes alone; its header is then read back. Until that
 * is known, others of the kind wait in t->raw_waiting. */

static bool is_raw(const struct parcel *p)
{
    return p->facts.header_8bit && !p->mend;
}

int transfer_raw_begin(struct transfer *t, struct error *err)
{
    t->raw_headers = LEDGER_RAW_KEPT;
    return t->session->job->keep_headers ? 0 : ledger_raw_headers(t->ledger, t->job, &t->raw_headers, err);
}

bool transfer_raw_encodes(const struct parcel *p)
{
    return p->transfer->raw_headers == LEDGER_RAW_SPOILED && is_raw(p);
}

bool transfer_raw_apart(const struct parcel *p)
{
    return p->transfer->raw_headers != LEDGER_RAW_KEPT && is_raw(p);
}

void transfer_raw_sent(struct parcel *p)
{
    struct transfer *t = p->transfer;
    if (t->raw_headers == LEDGER_RAW_UNKNOWN && !t->raw_asked && is_raw(p))
        t->raw_asked = p;
}

/* They go on behind what is ready. */
static void end_waiting(struct transfer *t)
{
    struct parcel *next, *p = t->raw_waiting.first;
    t->raw_asked = NULL;
    t->raw_waiting = (struct parcel_queue){0};
    for (; p; p = next) {
        next = p->queue_next;
        t->doubts |= p->doubted;
        transfer_queue(p);
    }
}

void transfer_raw_unanswered(struct parcel *p)
{
    if (p->transfer->raw_asked == p)
        end_waiting(p->transfer);
}

static void learn(struct transfer *t, enum ledger_raw_headers what)
{
    t->raw_headers = what;
    ledger_set_raw_headers(t->ledger, t->job, what, &t->fatal);
}

static void note_spoiled(struct parcel *p)
{
    p->transfer->outcome->spoiled++;
    p->spoiled = true;
}

static void tell(const struct parcel *p)
{
    struct transfer *t = p->transfer;
    log_line(&t->session->world->log, LOG_WARN,
        "%s spoils 8-bit characters in header fields, as the first message that has any shows (nr %u): from now on "
        "they are encoded before they are sent (RFC 2047); --keep-headers sends them as they are",
        session_destination(t->session), t->items[p->item].number);
}

/* A server that does not give it back tells nothing: then that is asked with the next one. */
static void on_back(
    void *ctx, uint32_t uid, bool found, const struct mail_facts *back, const struct error *error)
{
    struct parcel *p = ctx;
    struct transfer *t = p->transfer;
    bool told = found && !error && back->header_octets;
    bool kept = !told || back->octets_8bit == p->facts.octets_8bit;
    (void)uid;
    if (told)
        learn(t, kept ? LEDGER_RAW_KEPT : LEDGER_RAW_SPOILED);
    if (!kept) {
        tell(p);
        note_spoiled(p);
    }
    transfer_report(p, verdict_name(VERDICT_COPY),
        kept ? p->repairs ? p->repairs : "" : "the destination has spoiled 8-bit characters of its header",
        false);
    end_waiting(t);
    parcel_free(p);
}

static void on_refreshed(void *ctx, const struct error *error)
{
    (void)ctx;
    (void)error;
}

bool transfer_raw_stored(struct parcel *p, uint32_t uid)
{
    struct transfer *t = p->transfer;
    const struct link *link = &t->session->lanes[0].link;
    if (t->raw_headers == LEDGER_RAW_SPOILED && p->raw_left)
        note_spoiled(p);
    if (t->raw_asked != p)
        return false;
    if (!uid || dest_mailbox(t->session->dest)->released || t->fatal.code || !link_alive(link)) {
        end_waiting(t);
        return false;
    }
    dest_refresh(
        link->dest, on_refreshed, NULL); /* else some do not see yet what another connection has brought */
    content_read(t->contents, uid, on_back, p);
    return true;
}
