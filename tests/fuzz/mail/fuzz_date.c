/* Dates: alone and in a message the same, in full-width digits the same, within the years 0 to 10000. */
#include "buf.h"
#include "mail_date.h"
#include "mail_scan.h"
#include <stdlib.h>
#include <string.h>

#define DATE_MAX 160 /* octets of a value that is not cut, whatever is done to it */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static bool is_plain(const char *value, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)value[i] < ' ' || (unsigned char)value[i] > '~')
            return false;
    return len <= DATE_MAX && !memmem(value, len, "=?", 2);
}

static void try_message(const char *value, size_t len, int64_t want)
{
    struct buf b = {0};
    struct mail_scan *s = mail_scan_new();
    struct mail_facts f;
    buf_append_str(&b, "Date: \r\nDate:");
    buf_append(&b, value, len);
    mail_scan_feed(s, buf_bytes(&b), buf_len(&b));
    mail_scan_finish(s, &f);
    need(f.date_s == want);
    mail_facts_done(&f);
    mail_scan_free(s);
    buf_done(&b);
}

static void try_wide(const char *value, size_t len, int64_t want)
{
    struct buf b = {0};
    for (size_t i = 0; i < len; i++) {
        if (value[i] >= '0' && value[i] <= '9') {
            buf_append(&b, "\xef\xbc", 2);
            buf_append_char(&b, (char)(0x90 + value[i] - '0'));
        } else {
            buf_append_char(&b, value[i]);
        }
    }
    need(mail_date_parse(buf_bytes(&b), buf_len(&b)) == want);
    buf_done(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *value = (const char *)data;
    int64_t s = mail_date_parse(value, size);
    need(s == MAIL_NO_DATE || (s > -62300000000 && s < 253500000000));
    if (!is_plain(value, size))
        return 0;
    try_message(value, size, s);
    try_wide(value, size, s);
    return 0;
}
