#include "mail_encode.h"

#include "mail_charset.h"
#include "mail_encode_out.h"
#include "mail_encode_param.h"
#include "mail_field.h"
#include "mem.h"
#include "text.h"
#include <string.h>

enum grammar {
    UNSTRUCTURED,
    ADDRESSES, /* phrases and comments may hold words; so may what is between the ids of In-Reply-To */
    COMMENTS,  /* nothing else may */
    PARAMETERS,
};

enum token {
    PLAIN,
    QUOTED,
    COMMENT,
    ANGLE,
    SEPARATOR,
};

/* How text stands in the field. */
enum shape {
    AS_IS,
    ESCAPED,   /* with backslashes */
    IN_QUOTES, /* and between quotes */
};

struct encode {
    struct mail_encode_out out;
    enum grammar grammar;
    const char *end;           /* of the value */
    bool no_quote, no_comment; /* one was found open: what looks like one from there on is text */
    bool bare;                 /* this address has no brackets, or phrases mean nothing here */
};

static enum grammar grammar_of(const char *name, size_t len)
{
    static const struct {
        const char *name;
        enum grammar grammar;
    } known[] = {
        {"from", ADDRESSES},
        {"sender", ADDRESSES},
        {"reply-to", ADDRESSES},
        {"to", ADDRESSES},
        {"cc", ADDRESSES},
        {"bcc", ADDRESSES},
        {"resent-from", ADDRESSES},
        {"resent-sender", ADDRESSES},
        {"resent-reply-to", ADDRESSES},
        {"resent-to", ADDRESSES},
        {"resent-cc", ADDRESSES},
        {"resent-bcc", ADDRESSES},
        {"apparently-to", ADDRESSES},
        {"delivered-to", ADDRESSES},
        {"disposition-notification-to", ADDRESSES},
        {"envelope-to", ADDRESSES},
        {"errors-to", ADDRESSES},
        {"in-reply-to", ADDRESSES},
        {"keywords", ADDRESSES},
        {"list-id", ADDRESSES},
        {"mail-followup-to", ADDRESSES},
        {"mail-reply-to", ADDRESSES},
        {"references", ADDRESSES},
        {"return-path", ADDRESSES},
        {"return-receipt-to", ADDRESSES},
        {"x-original-to", ADDRESSES},
        {"arc-authentication-results", COMMENTS},
        {"arc-message-signature", COMMENTS},
        {"arc-seal", COMMENTS},
        {"authentication-results", COMMENTS},
        {"auto-submitted", COMMENTS},
        {"content-id", COMMENTS},
        {"content-transfer-encoding", COMMENTS},
        {"date", COMMENTS},
        {"dkim-signature", COMMENTS},
        {"domainkey-signature", COMMENTS},
        {"list-archive", COMMENTS},
        {"list-help", COMMENTS},
        {"list-owner", COMMENTS},
        {"list-post", COMMENTS},
        {"list-subscribe", COMMENTS},
        {"list-unsubscribe", COMMENTS},
        {"message-id", COMMENTS},
        {"mime-version", COMMENTS},
        {"received", COMMENTS},
        {"received-spf", COMMENTS},
        {"resent-date", COMMENTS},
        {"resent-message-id", COMMENTS},
        {"content-disposition", PARAMETERS},
        {"content-type", PARAMETERS},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!text_compare_nocase(name, len, known[i].name, strlen(known[i].name)))
            return known[i].grammar;
    return UNSTRUCTURED;
}

static bool is_gap(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t gap_len(const char *s, size_t len)
{
    size_t n = 0;
    while (n < len && is_gap(s[n]))
        n++;
    return n;
}

static size_t word_len(const char *s, size_t len)
{
    size_t n = 0;
    while (n < len && !is_gap(s[n]))
        n++;
    return n;
}

static bool is_encoded_word(const char *s, size_t len)
{
    return len > 8 && s[0] == '=' && s[1] == '?' && s[len - 2] == '?' && s[len - 1] == '=' &&
           !mail_octets_any_8bit(s, len);
}

/* Blanks, then an encoded word: a decoder drops the blanks between two of them (RFC 2047 section 6.2). */
static bool word_follows(const struct encode *e, const char *s)
{
    size_t gap = gap_len(s, (size_t)(e->end - s));
    s += gap;
    return gap && is_encoded_word(s, word_len(s, (size_t)(e->end - s)));
}

/* Octets of text as they are meant: without folds, and without backslashes where they escape. */
static void add_meant(const struct encode *e, const char *s, size_t len, bool escapes, struct buf *ret)
{
    struct mail_octets kind = e->out.kind;
    for (size_t i = 0; i < len;) {
        if (escapes && s[i] == '\\' && i + 1 < len)
            i++;
        size_t n = mail_octets_next(&kind, s + i, len - i);
        if (s[i] != '\r' && s[i] != '\n')
            buf_append(ret, s + i, n);
        i += n;
    }
}

/* Write gap and text as blanks and encoded words. */
static void put_words(struct encode *e, const char *gap, const char *text, const char *end, enum shape shape)
{
    CLEANUP(buf_done) struct buf octets = {0};
    if (e->out.after_word && text > gap)
        add_meant(e, gap, (size_t)(text - gap), false, &octets);
    else if (e->out.after_word && e->out.blanks)
        buf_append_char(&octets, ' ');
    size_t quote = shape == IN_QUOTES;
    add_meant(e, text + quote, (size_t)(end - text) - 2 * quote, shape != AS_IS, &octets);
    if (word_follows(e, end))
        add_meant(e, end, gap_len(end, (size_t)(e->end - end)), false, &octets);
    mail_encode_out_copy(&e->out, gap, (size_t)(text - gap));
    mail_encode_out_words(&e->out, buf_bytes(&octets), buf_len(&octets));
}

/* From a word with 8-bit octets to the last such word that no encoded word stands before: one text, blanks
 * and all. */
static const char *last_raw(const char *s, size_t len)
{
    const char *end = s + len, *last = s;
    while (s < end) {
        size_t n = word_len(s, (size_t)(end - s));
        if (is_encoded_word(s, n))
            break;
        if (mail_octets_any_8bit(s, n))
            last = s + n;
        s += n;
        s += gap_len(s, (size_t)(end - s));
    }
    return last;
}

static void put_run(struct encode *e, const char *s, size_t len, enum shape shape)
{
    const char *end = s + len;
    while (s < end) {
        const char *text = s + gap_len(s, (size_t)(end - s));
        size_t n = word_len(text, (size_t)(end - text));
        if (mail_octets_any_8bit(text, n)) {
            const char *last = last_raw(text, (size_t)(end - text));
            put_words(e, s, text, last, shape);
            s = last;
            continue;
        }
        mail_encode_out_copy(&e->out, s, (size_t)(text - s) + n);
        if (is_encoded_word(text, n))
            e->out.after_word = true;
        s = text + n;
    }
}

static size_t quoted_len(struct encode *e, const char *s, size_t len)
{
    struct mail_octets kind = e->out.kind;
    for (size_t i = 1; !e->no_quote && i < len;) {
        if (s[i] == '"')
            return i + 1;
        if (s[i] == '\\' && i + 1 < len)
            i++;
        i += mail_octets_next(&kind, s + i, len - i);
    }
    e->no_quote = true;
    return 0;
}

static size_t comment_len(struct encode *e, const char *s, size_t len)
{
    struct mail_octets kind = e->out.kind;
    unsigned depth = 0;
    for (size_t i = 0; !e->no_comment && i < len;) {
        if (s[i] == '(')
            depth++;
        else if (s[i] == ')' && !--depth)
            return i + 1;
        if (s[i] == '\\' && i + 1 < len)
            i++;
        i += mail_octets_next(&kind, s + i, len - i);
    }
    e->no_comment = true;
    return 0;
}

static size_t angle_len(const char *s, size_t len)
{
    const char *end = memchr(s, '>', len);
    return end ? (size_t)(end - s) + 1 : len;
}

/* A token other than PLAIN at s: its length, or 0. */
static size_t special(struct encode *e, const char *s, size_t len, enum token *ret)
{
    switch (s[0]) {
    case '"':
        *ret = QUOTED;
        return quoted_len(e, s, len);
    case '(':
        *ret = COMMENT;
        return comment_len(e, s, len);
    case '<':
        *ret = ANGLE;
        return angle_len(s, len);
    case ',':
    case ';':
    case ':':
        *ret = SEPARATOR;
        return 1;
    default:
        return 0;
    }
}

static size_t next_token(struct encode *e, const char *s, size_t len, enum token *ret)
{
    struct mail_octets kind = e->out.kind;
    size_t at = special(e, s, len, ret);
    if (at)
        return at;
    enum token other;
    do
        at += mail_octets_next(&kind, s + at, len - at);
    while (at < len && !special(e, s + at, len - at, &other));
    *ret = PLAIN;
    return at;
}

static bool has_at(const struct encode *e, const char *s, size_t len)
{
    struct mail_octets kind = e->out.kind;
    for (size_t i = 0; i < len; i += mail_octets_next(&kind, s + i, len - i))
        if (s[i] == '@')
            return true;
    return false;
}

/* Is what stands before the next separator an addr-spec without brackets? */
static bool is_bare(const struct encode *e, const char *s, size_t len)
{
    struct encode look = *e; /* out is not written to */
    bool at_sign = false;
    while (len) {
        enum token t;
        size_t n = next_token(&look, s, len, &t);
        if (t == ANGLE)
            return false;
        if (t == SEPARATOR)
            break;
        at_sign = at_sign || (t == PLAIN && has_at(e, s, n));
        s += n;
        len -= n;
    }
    return at_sign;
}

static void put_comment(struct encode *e, const char *s, size_t len)
{
    struct mail_octets kind = e->out.kind;
    while (len) {
        size_t n = 0;
        while (n < len && s[n] != '(' && s[n] != ')') {
            n += s[n] == '\\' && n + 1 < len;
            n += mail_octets_next(&kind, s + n, len - n);
        }
        put_run(e, s, n, ESCAPED);
        if (n < len)
            mail_encode_out_raw(&e->out, s + n++, 1);
        s += n;
        len -= n;
    }
}

static bool begins_raw(enum token t, const char *s, size_t len)
{
    return (t == QUOTED && mail_octets_any_8bit(s, len)) ||
           (t == PLAIN && mail_octets_any_8bit(s, word_len(s, len)));
}

static void put_token(struct encode *e, enum token t, const char *s, size_t len)
{
    struct mail_encode_out *o = &e->out;
    bool glued = o->has_word && o->after_word && !o->blanks;
    /* RFC 2047 section 5 (3): a blank between a word and what follows it. Two words see to that themselves.
     */
    if (glued && t != SEPARATOR && !is_gap(s[0]) && (e->bare || !begins_raw(t, s, len)))
        mail_encode_out_raw(o, " ", 1);
    if (t == COMMENT)
        put_comment(e, s, len);
    else if (t == PLAIN && !e->bare)
        put_run(e, s, len, AS_IS);
    else if (t == QUOTED && !e->bare && mail_octets_any_8bit(s, len))
        put_words(e, s, s, s + len, IN_QUOTES);
    else
        mail_encode_out_copy(o, s, len);
}

static void put_structured(struct encode *e, const char *s, size_t len)
{
    bool starts = true; /* an address does */
    while (len) {
        if (starts)
            e->bare = e->grammar == COMMENTS || is_bare(e, s, len);
        enum token t;
        size_t n = next_token(e, s, len, &t);
        put_token(e, t, s, n);
        starts = t == SEPARATOR;
        s += n;
        len -= n;
    }
}

static bool put_value(struct encode *e, const char *value, size_t len)
{
    e->end = value + len;
    if (e->grammar == PARAMETERS)
        return mail_encode_param(&e->out, value, len);
    if (e->grammar == UNSTRUCTURED)
        put_run(e, value, len, AS_IS);
    else
        put_structured(e, value, len);
    return !mail_octets_any_8bit(buf_bytes(&e->out.text), buf_len(&e->out.text));
}

enum mail_encode_result mail_encode_field(const char *field, size_t len, struct buf *out)
{
    if (!mail_octets_any_8bit(field, len))
        return MAIL_ENCODE_CLEAN;
    size_t prefix, name_len = mail_field_name(field, len, &prefix);
    if (!name_len || mail_octets_any_8bit(field, name_len))
        return MAIL_ENCODE_LEFT;
    const char *value = field + prefix;
    size_t value_len = len - prefix - 2;
    struct encode e = {.grammar = grammar_of(field, name_len)};
    mail_encode_out_init(&e.out, mail_charset_detect(value, value_len));
    mail_encode_out_raw(&e.out, field, prefix);
    bool ok = put_value(&e, value, value_len);
    if (ok) {
        buf_append(out, buf_bytes(&e.out.text), buf_len(&e.out.text));
        buf_append(out, "\r\n", 2);
    }
    mail_encode_out_done(&e.out);
    return ok ? MAIL_ENCODE_DONE : MAIL_ENCODE_LEFT;
}
