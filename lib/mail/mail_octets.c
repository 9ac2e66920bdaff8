#include "mail_octets.h"

#include "text.h"
#include <string.h>

size_t mail_octets_escape(struct mail_octets *o, const char *s, size_t len)
{
    static const struct {
        const char *seq;
        enum mail_octets_set set;
    } escapes[] = {{"\033(B", MAIL_OCTETS_ROMAN}, {"\033(J", MAIL_OCTETS_ROMAN},
        {"\033(H", MAIL_OCTETS_ROMAN}, {"\033(I", MAIL_OCTETS_KANA}, {"\033$@", MAIL_OCTETS_KANJI},
        {"\033$B", MAIL_OCTETS_KANJI}, {"\033$(D", MAIL_OCTETS_KANJI_2}, {"\033$(@", MAIL_OCTETS_KANJI},
        {"\033$(B", MAIL_OCTETS_KANJI}};
    if (!len || s[0] != '\033')
        return 0;
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++) {
        size_t n = strlen(escapes[i].seq);
        if (len >= n && !memcmp(s, escapes[i].seq, n)) {
            o->set = escapes[i].set;
            o->escape = o->set == MAIL_OCTETS_ROMAN ? NULL : escapes[i].seq;
            return n;
        }
    }
    return 0;
}

static size_t jis(struct mail_octets *o, const char *s, size_t len)
{
    size_t n = mail_octets_escape(o, s, len);
    if (n)
        return n;
    bool pairs = o->set == MAIL_OCTETS_KANJI || o->set == MAIL_OCTETS_KANJI_2;
    return pairs && len > 1 && mail_octets_is_94(s[0]) && mail_octets_is_94(s[1]) ? 2 : 1;
}

static size_t cp932(const unsigned char *u, size_t len)
{
    bool lead = (u[0] >= 0x81 && u[0] <= 0x9f) || (u[0] >= 0xe0 && u[0] <= 0xfc);
    return lead && len > 1 && u[1] >= 0x40 && u[1] <= 0xfc && u[1] != 0x7f ? 2 : 1;
}

static size_t euc_jp(const unsigned char *u, size_t len)
{
    size_t n = u[0] == 0x8f ? 3 : u[0] == 0x8e || (u[0] >= 0xa1 && u[0] <= 0xfe) ? 2 : 1;
    if (n > len)
        return 1;
    for (size_t i = 1; i < n; i++)
        if (u[i] < 0xa1 || u[i] > 0xfe)
            return 1;
    return n;
}

static size_t pair(const unsigned char *u, size_t len)
{
    return u[0] >= 0x81 && u[0] <= 0xfe && len > 1 && u[1] >= 0x40 && u[1] != 0x7f ? 2 : 1;
}

size_t mail_octets_next(struct mail_octets *o, const char *s, size_t len)
{
    const unsigned char *u = (const unsigned char *)s;
    switch (o->kind) {
    case MAIL_OCTETS_UTF8: {
        size_t n = text_utf8_len(s, len);
        return n ? n : 1;
    }
    case MAIL_OCTETS_CP932:
        return cp932(u, len);
    case MAIL_OCTETS_EUC_JP:
        return euc_jp(u, len);
    case MAIL_OCTETS_PAIRS:
        return pair(u, len);
    case MAIL_OCTETS_JIS:
        return jis(o, s, len);
    case MAIL_OCTETS_UNKNOWN:
    case MAIL_OCTETS_ONE:
        break;
    }
    return 1;
}

bool mail_octets_any_8bit(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] & 0x80)
            return true;
    return false;
}
