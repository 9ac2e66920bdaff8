/* mail_octets.h - how octets make characters in the charsets of mail, for whoever must not cut one in two.
 * Private to lib/mail. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum mail_octets_kind {
    MAIL_OCTETS_UNKNOWN,
    MAIL_OCTETS_ONE, /* one octet, one character */
    MAIL_OCTETS_UTF8,
    MAIL_OCTETS_CP932,
    MAIL_OCTETS_EUC_JP,
    MAIL_OCTETS_PAIRS, /* GBK, Big5, EUC-KR: a lead octet and a trail octet */
    MAIL_OCTETS_JIS,   /* ISO-2022-JP and its relatives */
};

enum mail_octets_set {
    MAIL_OCTETS_ROMAN,
    MAIL_OCTETS_KANA,
    MAIL_OCTETS_KANJI,
    MAIL_OCTETS_KANJI_2,
};

/* A walk through text. {.kind = k} starts it; JIS starts in ROMAN, as each of its lines does (RFC 1468). */
struct mail_octets {
    enum mail_octets_kind kind;
    enum mail_octets_set set; /* JIS: the one in force, */
    const char *escape;       /* and the sequence that called it; NULL in the set a line starts with */
};

/* The next character at s (len > 0), or escape sequence, or octet that makes none: how many octets, 1..4. */
size_t mail_octets_next(struct mail_octets *o, const char *s, size_t len);

/* An escape sequence of ISO-2022-JP at s: its length, and the set it calls; else 0. */
size_t mail_octets_escape(struct mail_octets *o, const char *s, size_t len);

/* One octet of a 94-character set. */
static inline bool mail_octets_is_94(char c)
{
    return c > 0x20 && c < 0x7f;
}

bool mail_octets_any_8bit(const char *s, size_t len);
