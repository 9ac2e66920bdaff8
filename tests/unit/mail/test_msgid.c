#include "check.h"
#include "mail_msgid.h"
#include "mem.h"
#include "split.h"

#define ROW_COUNT(a) (sizeof(a) / sizeof *(a))

static const struct row {
    const char *value;
    const char *id;
} rows[] = {
    {"<a@b.example>", "<a@b.example>"},
    {" <a@b.example> ", "<a@b.example>"},
    {"\r\n\t<a@b.example>", "<a@b.example>"},
    {"\n <a@b.example>\n ", "<a@b.example>"},
    {"<A.b@C.Example>", "<A.b@C.Example>"},
    {"(one (two \\) three)) <a@b.example> (four)", "<a@b.example>"},
    {"< a @ b . example >", "<a@b.example>"},
    {"<1234   @   local(blah)  .machine .example>", "<1234@local.machine.example>"},
    {"<0000aa$11$22@host.example\r\n    ([192.0.2.4]) by relay.example\r\n    (8.9) with SMTP id X "
     "([192.0.2.9])>",
        "<0000aa$11$22@host.examplebyrelay.examplewithSMTPidX>"},
    {"<0000aa$11$22@Received: from [192.0.2.1]\r\n    ([192.0.2.2]) by relay.example >",
        "<0000aa$11$22@Received:from[192.0.2.1]byrelay.example>"},
    {"<0000aa@C:\\Documents and\r\n    Settings\\x\\list2.txt>",
        "<0000aa@C:\\DocumentsandSettings\\x\\list2.txt>"},
    {"<from:  shop23 Some Where.example>", "<from:shop23SomeWhere.example>"},
    {"<4TGX.01O79.\"Fine Offer\"<service@shop.example>>",
        "<4TGX.01O79.\"Fine Offer\"<service@shop.example>>"},
    {"<\"Fine\r\n \t Offer\"@shop.example>", "<\"Fine Offer\"@shop.example>"},
    {"<glob$<>%@mail.example>", "<glob$<>%@mail.example>"},
    {"<<a@b.example>>", "<a@b.example>"},
    {"<<<a@b.example>>", "<<<a@b.example>"},
    {"<a<b@c.example>", "<a<b@c.example>"},
    {"<\"a>b\"@c.example>", "<\"a>b\"@c.example>"},
    {"<\"site.user:13:2000\"@host.example>", "<\"site.user:13:2000\"@host.example>"},
    {"<c=US%a=_%p=ORG%l=SITE-9601-1@x.org.example>", "<c=US%a=_%p=ORG%l=SITE-9601-1@x.org.example>"},
    {"<a@b@c@d.example>", "<a@b@c@d.example>"},
    {"<a@[192.0.2.1]>", "<a@[192.0.2.1]>"},
    {"<a@b.example> <c@d.example>", "<a@b.example>"},
    {"<a@b.example><c@d.example>", "<a@b.example>"},
    {"<a@b.example>, text", "<a@b.example>"},
    {"\"John <x@y>\" <a@b.example>", "<a@b.example>"},
    {"a@b.example", "<a@b.example>"},
    {"a@b.example (added by relay@c.example)", "<a@b.example>"},
    {"a@b.example>", "<a@b.example>"},
    {"<a@b.example", "<a@b.example>"},
    {"Pine.96#1#2@b.example", "<Pine.96#1#2@b.example>"},
    {"PM20008:14:54 AM", "<PM20008:14:54AM>"},
    {"12223", "<12223>"},
    {"0022", "<0022>"},
    {"<no-at-sign>", "<no-at-sign>"},
    {"<\xe4\xbe\x8b@\xe4\xbe\x8b.example>", "<\xe4\xbe\x8b@\xe4\xbe\x8b.example>"},
    {"<\xe4\xf6@b>", "<\xe4\xf6@b>"},
    {"<a(b@c.example>", "<a(b@c.example>"},
    {"<\"a@b.example>", "<\"a@b.example>"},
    {"<a\\b@c.example>", "<a\\b@c.example>"},
    {"<a@b.example\\", "<a@b.example\\>"},
    {"<>", NULL},
    {"< >", NULL},
    {"<****>", NULL},
    {"<*>", NULL},
    {"%", NULL},
    {"<@>", NULL},
    {"<<>>", NULL},
    {"<", NULL},
    {">", NULL},
    {"(only a comment)", NULL},
    {"", NULL},
    {" \r\n\t ", NULL},
};

static void test_table(void)
{
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        CHECK_LABEL("%s", rows[i].value);
        CLEANUP(mem_free_str) char *id = mail_msgid_parse(rows[i].value, strlen(rows[i].value));
        CHECK_STR(id, rows[i].id);
    }
}

static void check_message(const char *format, const char *value, const char *id)
{
    char message[1024];
    CHECK_LABEL("message: %s", value);
    int n = snprintf(message, sizeof message, format, value);
    struct mail_facts f = split_scan_whole(message, (size_t)n);
    CHECK_STR(f.message_id, id);
    mail_facts_done(&f);
    split_check_all(message, (size_t)n);
}

/* The same values as fields, however the name is written, at every split point. */
static void test_in_messages(void)
{
    for (size_t i = 0; i < ROW_COUNT(rows); i++) {
        check_message("Message-ID: %s\r\nTo: x\r\n\r\n", rows[i].value, rows[i].id);
        check_message("Message-Id:%s\r\nMessage-Id: <other@b>\r\n\r\n", rows[i].value, rows[i].id);
    }
    check_message("MESSAGE-ID  : %s\r\n\r\n", "<a@b>", "<a@b>");
    check_message("message-id:\r\n\t%s\r\n\r\n", "<a@b>", "<a@b>");
    check_message("Message-ID:\n %s", "<a@b>", "<a@b>");
    check_message("X-Message-ID: %s\r\n\r\n", "<a@b>", NULL);
    check_message("Message-IDs: %s\r\n\r\n", "<a@b>", NULL);
}

/* Made of parts that are repeated: before, count times part, after. */
static char *repeated(const char *before, const char *part, size_t count, const char *after)
{
    struct buf b = {0};
    buf_append_str(&b, before);
    for (size_t i = 0; i < count; i++)
        buf_append_str(&b, part);
    buf_append_str(&b, after);
    char *s = buf_strdup(&b);
    buf_done(&b);
    return s;
}

static char *scanned(const char *value)
{
    CLEANUP(buf_done) struct buf b = {0};
    buf_printf(&b, "Message-ID: %s\r\n\r\n", value);
    struct mail_facts f = split_scan_whole(buf_bytes(&b), buf_len(&b));
    char *id = mem_strdup(f.message_id);
    mail_facts_done(&f);
    return id;
}

static void check_long(const char *label, const char *value, size_t want_len, const char *want_prefix)
{
    CHECK_LABEL("%s", label);
    CLEANUP(mem_free_str) char *id = mail_msgid_parse(value, strlen(value));
    CLEANUP(mem_free_str) char *as_field = scanned(value);
    CHECK_STR(as_field, id);
    CHECK_INT(id ? strlen(id) : 0, want_len);
    CHECK(id && !strncmp(id, want_prefix, strlen(want_prefix)));
}

#define HASHED_LEN (strlen("<sha256:>") + 64)

static void test_long(void)
{
    CLEANUP(mem_free_str) char *limit = repeated("<", "x", 994, "@b>");
    check_long("998 octets", limit, 998, "<xxx");
    CLEANUP(mem_free_str) char *over = repeated("<", "x", 995, "@b>");
    check_long("999 octets", over, HASHED_LEN, "<sha256:");
    CLEANUP(mem_free_str) char *blanks = repeated("<a@b.example>", " ", 100000, "");
    check_long("blanks behind", blanks, 13, "<a@b.example>");
    CLEANUP(mem_free_str) char *before = repeated("", "\r\n ", 100000, "<a@b.example>");
    check_long("folds before", before, 13, "<a@b.example>");
    CLEANUP(mem_free_str) char *many = repeated("", "<a@b.example> ", 100000, "");
    check_long("many ids", many, 13, "<a@b.example>");
    CLEANUP(mem_free_str) char *huge = repeated("<", "x", 200000, "@b>");
    check_long("200 kB", huge, HASHED_LEN, "<sha256:");
    CLEANUP(mem_free_str) char *other = repeated("<", "x", 200000, "@c>");
    CLEANUP(mem_free_str) char *a = scanned(huge), *b = scanned(other);
    CHECK(a && b && strcmp(a, b) != 0);
    CLEANUP(mem_free_str) char *comments = repeated("", "(", 200000, "<a@b>");
    check_long("comments that never close", comments, HASHED_LEN, "<sha256:");
}

int main(void)
{
    static const struct check_test tests[] = {
        {"table", test_table},
        {"in messages, every split", test_in_messages},
        {"long", test_long},
    };
    return check_main("mail_msgid", tests, ROW_COUNT(tests));
}
