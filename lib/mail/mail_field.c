#include "mail_field.h"

#include <string.h>

static bool is_name_octet(unsigned char c)
{
    return c > ' ' && c != 0x7f && c != ':';
}

size_t mail_field_name(const char *line, size_t len, size_t *ret_prefix)
{
    size_t max = len < MAIL_FIELD_PREFIX_MAX ? len : MAIL_FIELD_PREFIX_MAX, name = 0;
    while (name < max && is_name_octet((unsigned char)line[name]))
        name++;
    size_t colon = name;
    while (colon < max && (line[colon] == ' ' || line[colon] == '\t'))
        colon++;
    if (!name || colon == max || line[colon] != ':')
        return 0;
    *ret_prefix = colon + 1;
    return name;
}

enum mail_field mail_field_of(const char *name, size_t len)
{
    static const struct {
        const char *name;
        enum mail_field field;
    } known[] = {
        {"message-id", MAIL_FIELD_MESSAGE_ID},
        {"from", MAIL_FIELD_FROM},
        {"subject", MAIL_FIELD_SUBJECT},
        {"date", MAIL_FIELD_DATE},
        {"received", MAIL_FIELD_RECEIVED},
        {"status", MAIL_FIELD_STATUS},
        {"x-status", MAIL_FIELD_X_STATUS},
        {"x-mozilla-status", MAIL_FIELD_X_MOZILLA_STATUS},
        {"x-mozilla-status2", MAIL_FIELD_LOCAL},
        {"x-mozilla-keys", MAIL_FIELD_LOCAL},
        {"x-uidl", MAIL_FIELD_LOCAL},
        {"x-uid", MAIL_FIELD_LOCAL},
        {"x-imapbase", MAIL_FIELD_X_IMAP},
        {"x-imap", MAIL_FIELD_X_IMAP},
        {"x-keywords", MAIL_FIELD_LOCAL},
        {"content-length", MAIL_FIELD_LOCAL},
        {"lines", MAIL_FIELD_LOCAL},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == len && !memcmp(known[i].name, name, len))
            return known[i].field;
    return MAIL_FIELD_OTHER;
}

/* Status and X-Status of mbox files: one letter each. Anything else under these names is someone else's
 * field. */
static void letters(const char *value, size_t len, struct mail_flags *flags)
{
    struct mail_flags said = *flags;
    said.known = true;
    for (size_t i = 0; i < len; i++) {
        switch (value[i]) {
        case 'R':
            said.seen = true;
            break;
        case 'A':
            said.answered = true;
            break;
        case 'F':
            said.flagged = true;
            break;
        case 'D':
            said.deleted = true;
            break;
        case 'T':
            said.draft = true;
            break;
        case 'O':
        case 'N':
        case 'U':
        case ' ':
            break;
        default:
            return;
        }
    }
    *flags = said;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Mozilla's nsMsgMessageFlags, four hexadecimal digits. */
static void bits(const char *value, size_t len, struct mail_flags *flags)
{
    unsigned n = 0;
    if (!len || len > 8)
        return;
    for (size_t i = 0; i < len; i++) {
        if (hex(value[i]) < 0)
            return;
        n = n << 4 | (unsigned)hex(value[i]);
    }
    flags->known = true;
    flags->seen |= (n & 0x1) != 0;
    flags->answered |= (n & 0x2) != 0;
    flags->flagged |= (n & 0x4) != 0;
    flags->deleted |= (n & 0x8) != 0;
}

void mail_field_flags(enum mail_field field, const char *value, size_t len, struct mail_flags *flags)
{
    if (field == MAIL_FIELD_STATUS || field == MAIL_FIELD_X_STATUS)
        letters(value, len, flags);
    else if (field == MAIL_FIELD_X_MOZILLA_STATUS)
        bits(value, len, flags);
}
