/* Field values: a Message-ID is a bounded key that gives itself when read again, alone and in a message; a
 * date is within the years 0 to 10000. */
#include "buf.h"
#include "mail_date.h"
#include "mail_msgid.h"
#include "mail_scan.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static void try_id(const char *value, size_t len)
{
    char *id = mail_msgid_parse(value, len);
    if (!id)
        return;
    size_t n = strlen(id);
    need(n > 2 && n <= 998 && id[0] == '<' && id[n - 1] == '>');
    need(!strpbrk(id, "\r\n\t"));
    free(id);
}

static bool fits_one_field(const char *value, size_t len)
{
    return !memchr(value, '\r', len) && !memchr(value, '\n', len);
}

static void try_message(const char *value, size_t len)
{
    struct buf b = {0};
    struct mail_scan *s = mail_scan_new();
    struct mail_facts f;
    buf_append_str(&b, "Message-ID:");
    buf_append(&b, value, len);
    mail_scan_feed(s, buf_bytes(&b), buf_len(&b));
    mail_scan_finish(s, &f);
    mail_scan_free(s);
    buf_done(&b);
    char *id = mail_msgid_parse(value, len);
    need(same_text(id, f.message_id));
    free(id);
    mail_facts_done(&f);
}

static void need_year(int64_t s)
{
    need(s == MAIL_NO_DATE || (s > -62300000000 && s < 253500000000));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *value = (const char *)data;
    try_id(value, size);
    if (fits_one_field(value, size))
        try_message(value, size);
    need_year(mail_date_parse(value, size));
    need_year(mail_date_received(value, size));
    return 0;
}
