/* What a server says while it is signed in to: every line, and every judgement of what it refused, shows
 * nothing that a terminal would act on, and never the password. The first octet chooses the protocol. */
#include "stream_refusal.h"
#include "stream_secret.h"
#include "stream_words.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

#define PASSWORD "s3cret-of-mine"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void need(bool holds)
{
    if (!holds)
        abort();
}

static void need_clean(const char *text)
{
    char clean[1024];
    need(!strcmp(text_clean(clean, sizeof clean, text, strlen(text)), text));
}

static void judge(enum stream_protocol protocol, const char *refusal)
{
    struct error err = {0};
    stream_words_judge(refusal, &err);
    need(err.scope == ERROR_SCOPE_JOB && err.code != ERROR_NONE && err.wait_ms >= 0);
    need(!stream_words_is_syntax(refusal) || *refusal);
    const char *plain = stream_words_plain(protocol, refusal);
    need(plain >= refusal && plain <= refusal + strlen(refusal));
    need(*stream_refusal_advice(stream_refusal_of(refusal, "imap.gmail.com"), protocol, "imap.gmail.com"));
}

static void one_line(struct stream_words *w, enum stream_protocol protocol, const struct stream_secret *s,
    const char *line, size_t len)
{
    char safe[1024];
    len = stream_secret_redact(s, safe, sizeof safe, line, len);
    need(len <= sizeof safe && !memmem(safe, len, PASSWORD, strlen(PASSWORD)));
    if (len) {
        stream_words_greets(protocol, safe, len);
        stream_words_guess(safe, len);
    }
    stream_words_line(w, protocol, safe, len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream_words w = {0};
    struct stream_secret s = {0};
    if (!size)
        return 0;
    enum stream_protocol protocol = data[0] & 1 ? STREAM_IMAP : STREAM_POP3;
    const char *at = (const char *)data + 1, *end = (const char *)data + size;
    stream_secret_init(&s, NULL, "taro", PASSWORD);
    while (at < end) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        const char *next = line_end ? line_end + 1 : end;
        one_line(&w, protocol, &s, at, (size_t)(next - at));
        at = next;
    }
    need_clean(w.greeting);
    need_clean(w.refusal);
    need_clean(w.alert);
    need(!*w.mechanisms || (*w.mechanisms == ' ' && w.mechanisms[strlen(w.mechanisms) - 1] == ' '));
    need(!stream_words_apop_is_sound(&w) || stream_words_invites_apop(&w));
    stream_words_offers_weak(&w);
    judge(protocol, w.refusal);
    stream_secret_done(&s);
    return 0;
}
