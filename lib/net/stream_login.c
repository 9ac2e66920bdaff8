#include "stream_login.h"

#include "stream_private.h"
#include <string.h>
#include <strings.h>

#define TAG "L1 "

static void command(struct stream *s, enum stream_login_step step, const char *word, const char *argument)
{
    stream_out_put(&s->out, word, strlen(word));
    stream_out_put(&s->out, argument, strlen(argument));
    stream_out_put(&s->out, "\r\n", 2);
    s->login.step = step;
}

static void quoted(struct stream *s, const char *text)
{
    stream_out_put(&s->out, "\"", 1);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            stream_out_put(&s->out, "\\", 1);
        stream_out_put(&s->out, text, 1);
    }
    stream_out_put(&s->out, "\"", 1);
}

static void login(struct stream *s)
{
    stream_out_put(&s->out, TAG "LOGIN ", sizeof TAG + 5);
    quoted(s, s->user);
    stream_out_put(&s->out, " ", 1);
    quoted(s, s->password);
    stream_out_put(&s->out, "\r\n", 2);
    s->login.step = STREAM_LOGIN_LOGIN;
}

static void over(struct stream *s, CURLcode rc)
{
    s->login.step = STREAM_LOGIN_NONE;
    stream_out_wipe(&s->out);
    if (rc == CURLE_OK)
        stream_state_ready(s);
    else
        stream_state_failed(s, rc);
}

static void answer(struct stream *s)
{
    if (s->login.len <= 2 && strspn(s->login.line, "\r\n") >= s->login.len) {
        s->login.len = 0; /* some servers begin their replies with an empty line */
        return;
    }
    stream_heard_line(s, s->login.line, s->login.len);
    bool imap = s->protocol == STREAM_IMAP;
    bool ok = !strncasecmp(s->login.line, imap ? TAG "OK" : "+OK", imap ? sizeof TAG + 1 : 3);
    bool done =
        !imap || !strncmp(s->login.line, TAG, sizeof TAG - 1) || !strncasecmp(s->login.line, "* BYE", 5);
    s->login.len = 0;
    if (!done) /* untagged: news */
        return;
    if (!ok)
        over(s, CURLE_LOGIN_DENIED);
    else if (s->login.step == STREAM_LOGIN_USER)
        command(s, STREAM_LOGIN_PASS, "PASS ", s->password);
    else
        over(s, CURLE_OK);
}

/* An answer is one line; of a longer one than POP3 allows the begin is kept. */
static void feed(struct stream *s, const char *data, size_t len)
{
    for (size_t i = 0; i < len && s->login.step; i++) {
        if (s->login.len < sizeof s->login.line - 1)
            s->login.line[s->login.len++] = data[i];
        s->login.line[s->login.len] = '\0';
        if (data[i] == '\n')
            answer(s);
    }
}

void stream_login_start(struct stream *s)
{
    s->login = (struct stream_login){0};
    s->drained = true;
    if (s->protocol == STREAM_IMAP)
        login(s);
    else
        command(s, STREAM_LOGIN_USER, "USER ", s->user);
}

void stream_login_go(struct stream *s)
{
    char data[512];
    CURLcode rc = CURLE_OK;
    while (s->login.step && rc == CURLE_OK) {
        size_t n = 0;
        rc = stream_state_push(s);
        if (rc == CURLE_OK)
            rc = curl_easy_recv(s->easy, data, sizeof data, &n);
        if (rc == CURLE_OK && !n)
            rc = CURLE_RECV_ERROR;
        if (rc == CURLE_OK)
            feed(s, data, n);
    }
    explicit_bzero(data, sizeof data);
    if (s->login.step && rc != CURLE_AGAIN)
        over(s, rc);
    else if (s->login.step && stream_state_now_ms() >= s->deadline_ms)
        over(s, CURLE_OPERATION_TIMEDOUT);
}
