/* mail_stand_in.h: a server's note in place of a message, and mail of people that looks like one. */
#include "check.h"
#include "mail_stand_in.h"

#define NOTE    "Microsoft Exchange Server 2010"
#define ENGLISH "Retrieval using the POP3 protocol failed for the following message: 2"

static const struct row {
    const char *label, *from, *subject;
    bool id, received;
    uint64_t octets, listed;
    bool note;
} rows[] = {
    {"English", NOTE, ENGLISH, false, false, 600, 600, true},
    {"by IMAP", NOTE, "Retrieval using the IMAP4 protocol failed for the following message: 12", false, false,
        600, 90000, true},
    {"German", NOTE, "Fehler beim Abrufen der folgenden Nachricht mit dem POP3-Protokoll: 7", false, false,
        600, 600, true},
    {"Japanese", NOTE, "次のメッセージは POP3 プロトコルで取得できませんでした：7", false, false, 600, 90000,
        true},
    {"Japanese, encoded", NOTE,
        "=?utf-8?B?UE9QMyDjg5fjg63jg4jjgrPjg6vjgafjga7lj5blvpfjgavlpLHmlZfjgZfjgb7jgZfjgZ86IDM=?=", false,
        false, 600, 600, true},
    {"another sender without address", "System Administrator", ENGLISH, false, false, 600, 600, true},
    {"with a Message-ID, and not as large as listed", NOTE, ENGLISH, true, false, 600, 90000, true},
    {"forwarded", "Taro <taro@example.jp>", "Fwd: " ENGLISH, true, true, 900, 900, false},
    {"forwarded, without Received", "Taro <taro@example.jp>", ENGLISH, true, false, 900, 900, false},
    {"an old copy of a note, as mail", NOTE, ENGLISH, true, false, 900, 900, false},
    {"it has been on its way", NOTE, ENGLISH, false, true, 900, 90000, false},
    {"a person without address", "Taro", "POP3: 110", false, false, 300, 300, false},
    {"about the server", NOTE, "maintenance tonight: 22", false, false, 300, 300, false},
    {"a word that holds the name", NOTE, "POPular: 7", false, false, 300, 300, false},
    {"large", NOTE, ENGLISH, false, false, 90000, 90000, false},
    {"Courier", "\"Mail Delivery Subsystem\" <postmaster@example.jp>", "Cannot display Unicode content", true,
        false, 867, 141, true},
    {"Courier, quoted", "Taro <taro@example.jp>", "Re: Cannot display Unicode content", true, true, 867, 141,
        false},
    {"no subject", NOTE, NULL, false, false, 300, 300, false},
};

static void test_rows(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *r = &rows[i];
        struct mail_facts f = {.from = (char *)r->from,
            .subject = (char *)r->subject,
            .message_id = r->id ? (char *)"<a@b>" : NULL,
            .received_s = r->received ? 1447000000 : MAIL_NO_DATE,
            .octets = r->octets};
        CHECK_LABEL("%s", r->label);
        CHECK_INT(mail_is_stand_in(&f, r->listed), r->note);
    }
}

int main(void)
{
    static const struct check_test tests[] = {
        {"notes and mail", test_rows},
    };
    return check_main("mail_stand_in", tests, sizeof tests / sizeof *tests);
}
