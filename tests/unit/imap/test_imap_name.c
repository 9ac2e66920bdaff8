#include "check.h"
#include "imap_name.h"

static void to_wire(void)
{
    static const struct {
        const char *path, *prefix;
        char delimiter;
        const char *wire; /* NULL: refused */
    } rows[] = {
        {"INBOX", "", '/', "INBOX"},
        {"inbox", "INBOX.", '.', "INBOX"},
        {"Inbox/Old", "", '.', "INBOX.Old"},
        {"inbox/Old", "INBOX.", '.', "INBOX.Old"},
        {"INBOX.Old", "INBOX.", '.', "INBOX.Old"},
        {"inbox.Old", "INBOX.", '.', "INBOX.Old"},
        {"INBOXES", "INBOX.", '.', "INBOX.INBOXES"},
        {"inboxes", "", '/', "inboxes"},
        {"Sent", "INBOX.", '.', "INBOX.Sent"},
        {"a/b/c", "INBOX.", '.', "INBOX.a.b.c"},
        {"a/b", "Mail/", '/', "Mail/a/b"},
        {"Mail/a", "Mail/", '/', "Mail/a"},
        {"a/b", "", '\\', "a\\b"},
        {"a", "", '\0', "a"},
        {"inbox", "", '\0', "INBOX"},
        {"a/b", "", '\0', NULL},
        {"受信トレイ/2019", "", '/', "&U9dP4TDIMOwwpA-/2019"},
        {"~peter/mail/台北/日本語", "", '/', "~peter/mail/&U,BTFw-/&ZeVnLIqe-"}, /* RFC 3501 5.1.3 */
        {"a&b", "", '/', "a&-b"},
        {"&", "", '/', "&-"},
        {"é&é", "", '/', "&AOk-&-&AOk-"},
        {"éa", "", '/', "&AOk-a"},
        {"éé", "", '/', "&AOkA6Q-"},
        {"ééé", "", '/', "&AOkA6QDp-"},
        {"\360\237\230\200", "", '/', "&2D3eAA-"},
        {"say \"hi\" \\", "", '/', "say \"hi\" \\"},
        {"", "", '/', NULL},
        {"/", "", '/', NULL},
        {"/a", "", '/', NULL},
        {"a/", "", '/', NULL},
        {"a//b", "", '/', NULL},
        {"a\tb", "", '/', NULL},
        {"a\177", "", '/', NULL},
        {"a\302\205", "", '/', NULL},
        {"\203\101", "", '/', NULL},
        {"a\303", "", '/', NULL},
        {"\355\240\200", "", '/', NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct error err = {0};
        CHECK_LABEL("%s", rows[i].path);
        char *wire = imap_name_to_wire(rows[i].path, rows[i].prefix, rows[i].delimiter, &err);
        CHECK_STR(wire, rows[i].wire);
        CHECK_INT(err.code, rows[i].wire ? ERROR_NONE : ERROR_USAGE);
        CHECK_INT(err.scope, rows[i].wire ? ERROR_SCOPE_NONE : ERROR_SCOPE_JOB);
        free(wire);
    }
}

static void to_utf8(void)
{
    static const struct {
        const char *wire, *shown;
    } rows[] = {
        {"INBOX", "INBOX"},
        {"&U9dP4TDIMOwwpA-.2019", "受信トレイ.2019"},
        {"~peter/mail/&U,BTFw-/&ZeVnLIqe-", "~peter/mail/台北/日本語"},
        {"&-", "&"},
        {"a&-b&-", "a&b&"},
        {"&2D3eAA-", "\360\237\230\200"},
        {"&AOk-&AOk-", "éé"}, /* shifted twice in a row: superfluous, and read all the same */
        {"&AGE-", "a"},
        {"", ""},
        {"raw é", "raw é"},
        /* Broken: as it is. */
        {"&", "&"},
        {"&AOk", "&AOk"},
        {"&AO-", "&AO-"},
        {"&AOl-", "&AOl-"},       /* bits left over */
        {"&AOkA-", "&AOkA-"},     /* a whole digit left over */
        {"&AO/-", "&AO/-"},       /* the digit of ordinary base 64 */
        {"&2D0-", "&2D0-"},       /* half a pair */
        {"&3gDYPQ-", "&3gDYPQ-"}, /* halves in the wrong order */
        {"&2D3YPQ-", "&2D3YPQ-"},
        {"bad \xff byte", "bad ? byte"},
        {"&AAo-", "?"}, /* a line feed in disguise */
        {"a\033b", "a?b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK_LABEL("%s", rows[i].wire);
        char *shown = imap_name_to_utf8(rows[i].wire);
        CHECK_STR(shown, rows[i].shown);
        free(shown);
    }
}

int main(void)
{
    static const struct check_test tests[] = {{"to_wire", to_wire}, {"to_utf8", to_utf8}};
    return check_main("imap_name", tests, sizeof tests / sizeof *tests);
}
