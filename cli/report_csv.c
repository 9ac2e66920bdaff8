#include "report.h"

#include "clock.h"
#include "mem.h"
#include "sha256.h"
#include "table_cell.h"
#include "text.h"
#include <inttypes.h>
#include <stdio.h>

static const char heading[] =
    "job,source,destination,mailbox,state,uidl,message_id,from,subject,date,date_from,octets_claimed,"
    "octets_received,octets_sent,reason,quarantine,duplicate_of_uidl,duplicate_of_message_id,uidvalidity,uid,"
    "seen,repairs,sha256_received,sha256_sent,proof,proved,deleted,work_dir,built";

struct listing {
    struct ledger *ledger;
    const struct report_job *job;
    struct error *err;
    int rc;
};

static void field(const char *value, const char *end)
{
    struct buf b CLEANUP(buf_done) = {0};
    table_cell_csv(&b, text_or_empty(value));
    printf("%s%s", buf_str(&b), end);
}

static void number(uint64_t n)
{
    printf("%" PRIu64 ",", n);
}

/* Empty for 0 and for a date that is not known. */
static void date(int64_t wall_s, const char *end)
{
    if (wall_s && wall_s != MAIL_NO_DATE) {
        struct clock_utc u = clock_to_utc(wall_s);
        printf("%04d-%02d-%02dT%02d:%02d:%02dZ", u.year, u.month, u.day, u.hour, u.minute, u.second);
    }
    fputs(end, stdout);
}

static void hash(const uint8_t *digest)
{
    char hex[SHA256_HEX] = "";
    if (digest)
        sha256_hex(digest, hex);
    field(hex, ",");
}

static void twin(struct listing *l, const struct ledger_message *m)
{
    const char *key = "", *message_id = "";
    if (m->state == LEDGER_DUPLICATE && m->twin &&
        ledger_twin(l->ledger, m->twin, &key, &message_id, l->err) < 0)
        l->rc = -1;
    field(key, ",");
    field(message_id, ",");
}

static bool on_message(void *ctx, const struct ledger_message *m)
{
    struct listing *l = ctx;
    const char *const first[] = {l->job->source, l->job->destination, report_job_mailbox(l->job, m->mailbox),
        ledger_state_name(m->state), m->key, m->message_id, m->from, m->subject};
    number((uint64_t)l->job->id);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++)
        field(first[i], ",");
    date(report_job_date(m), ",");
    field(m->date_source, ",");
    number(m->octets_claimed);
    number(m->octets_received);
    number(m->octets_sent);
    field(m->reason, ",");
    field(m->quarantine, ",");
    twin(l, m);
    number(m->uidvalidity);
    number(m->uid);
    field(m->seen ? "yes" : "no", ",");
    field(m->repairs, ",");
    hash(m->sha256_received);
    hash(m->sha256_sent);
    field(ledger_proof_name(m->proof), ",");
    date(m->proved_s, ",");
    date(m->deleted_s, ",");
    field(l->job->work_dir, ",");
    field(m->built, "\r\n");
    return l->rc == 0 && !ferror(stdout);
}

void report_csv_open(void)
{
    printf("%s\r\n", heading);
}

int report_csv(struct ledger *ledger, const struct report_job *job, struct error *err)
{
    struct listing l = {.ledger = ledger, .job = job, .err = err};
    int rc = ledger_each_message(ledger, job->id, on_message, &l, err);
    return rc < 0 ? -1 : l.rc;
}
