#include "mail_stand_in.h"

#include "mail_words.h"
#include "mem.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define NOTE_OCTETS_MAX (64 << 10)

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_word_char(char c)
{
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* A protocol's name, as a word of its own. */
static bool names_protocol(const char *subject)
{
    static const char *const names[] = {"POP3", "IMAP4", "IMAP", "POP"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t n = strlen(names[i]);
        for (const char *at = subject; (at = text_find_nocase(at, names[i])); at += n)
            if ((at == subject || !is_word_char(at[-1])) && !is_word_char(at[n]))
                return true;
    }
    return false;
}

/* ": 12" at the end, the colon of any width; perhaps with a full stop or a bracket behind it. */
static bool ends_in_number(const char *subject)
{
    const char *end = subject + strlen(subject);
    size_t digits = 0;
    while (end > subject && !is_word_char(end[-1]) && strlen(end) < 8)
        end--;
    for (; end > subject && is_digit(end[-1]); end--)
        digits++;
    while (end > subject && (end[-1] == ' ' || end[-1] == '#'))
        end--;
    bool wide = end - subject >= 3 && !memcmp(end - 3, "\xef\xbc\x9a", 3);
    return digits && digits <= 10 && end > subject && (end[-1] == ':' || wide);
}

/* Within a tenth of each other? */
static bool near(uint64_t a, uint64_t b)
{
    uint64_t more = a > b ? a : b, less = a > b ? b : a;
    return more - less <= more / 10;
}

static bool is_exchange(const struct mail_facts *f, const char *from, const char *subject, uint64_t listed)
{
    bool exchange = text_find_nocase(from, "Microsoft Exchange") || text_find_nocase(from, "Exchange Server");
    bool no_person = *from && !strchr(from, '@');
    bool phrase = text_find_nocase(subject, "protocol failed for the following message");
    bool form = names_protocol(subject) && (phrase || ends_in_number(subject));
    if (!form || (!exchange && !no_person) || f->received_s != MAIL_NO_DATE)
        return false;
    if (!exchange && !phrase && near(f->octets, listed))
        return false;
    return !f->message_id || (exchange && !near(f->octets, listed));
}

static bool is_unicode_notice(
    const struct mail_facts *f, const char *from, const char *subject, uint64_t listed)
{
    return text_find_nocase(subject, "Cannot display Unicode content") &&
           text_find_nocase(from, "Mail Delivery") && !near(f->octets, listed);
}

bool mail_is_stand_in(const struct mail_facts *f, uint64_t listed)
{
    if (!f->from || !f->subject)
        return false;
    char *from CLEANUP(mem_free_str) = mail_words_decode(f->from);
    char *subject CLEANUP(mem_free_str) = mail_words_decode(f->subject);
    return (f->octets <= NOTE_OCTETS_MAX && is_exchange(f, from, subject, listed)) ||
           is_unicode_notice(f, from, subject, listed);
}
