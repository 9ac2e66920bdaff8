#include "fixture.h"

#include "mem.h"

void fixture_reopen(struct fixture *f)
{
    struct error err = {0};
    ledger_close(f->ledger);
    f->ledger = ledger_open(f->dir, LEDGER_WRITE, &err);
    CHECK_STR(err.text, "");
    if (!f->ledger)
        exit(EXIT_FAILURE);
    f->job = ledger_job(f->ledger, "taro@pop.example.jp", "taro@imap.example.com", "INBOX", &err);
    CHECK(f->job > 0);
}

void fixture_begin(struct fixture *f)
{
    *f = (struct fixture){0};
    temp_dir_make(f->dir);
    fixture_reopen(f);
}

int64_t fixture_mailbox(struct fixture *f)
{
    struct error err = {0};
    CHECK(ledger_mailbox(f->ledger, f->job, "Elsewhere", &err) > 0);
    f->mailbox = ledger_mailbox(f->ledger, f->job, "INBOX", &err);
    CHECK(f->mailbox > 0 && f->mailbox != f->job);
    return f->mailbox;
}

void fixture_end(struct fixture *f)
{
    ledger_close(f->ledger);
    temp_dir_remove(f->dir);
}

const char *fixture_path(const struct fixture *f, const char *name)
{
    static char path[TEMP_DIR_MAX + 64];
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    return path;
}

struct mail_facts fixture_facts(int n, const char *subject, const char *body)
{
    struct mail_facts facts;
    struct mail_scan *scan = mail_scan_new();
    char *text CLEANUP(mem_free_str) = mem_printf(
        "Message-ID: <%d@x>\r\nFrom: taro@example.jp\r\nSubject: %s\r\n\r\n%s\r\n", n, subject, body);
    mail_scan_feed(scan, text, strlen(text));
    mail_scan_finish(scan, &facts);
    mail_scan_free(scan);
    return facts;
}

int64_t fixture_put(
    struct fixture *f, const char *key, enum ledger_state state, const struct mail_facts *facts)
{
    struct error err = {0};
    struct ledger_message m = {
        .key = key, .octets_claimed = 100, .state = state, .facts = facts, .mailbox = f->mailbox};
    CHECK_INT(ledger_put(f->ledger, f->job, &m, &err), 0);
    CHECK_STR(err.text, "");
    CHECK(m.id > 0);
    return m.id;
}

int fixture_state(struct ledger *l, int64_t job, const char *key)
{
    struct ledger_message m;
    int rc = ledger_find_key(l, job, key, &m, NULL);
    return rc == 1 ? (int)m.state : rc == 0 ? -1 : -2;
}
