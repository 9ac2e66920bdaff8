#include "imap_private.h"
#include "text.h"
#include <inttypes.h>
#include <string.h>

/* Responses whose end is free text: a "{5}" at the end of that is no literal. */
static bool is_free_text(const char *s, size_t len)
{
    static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
    if (len < 2 || s[0] != '*' || s[1] != ' ')
        return true;
    const char *blank = memchr(s + 2, ' ', len - 2);
    size_t word = blank ? (size_t)(blank - s) - 2 : len - 2;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!text_compare_nocase(s + 2, word, words[i], strlen(words[i])))
            return true;
    return false;
}

/* "* 12 FETCH (": the beginning of s. */
static bool is_fetch(const char *s, size_t len)
{
    static const char word[] = " FETCH (";
    size_t i = 2;
    while (i < len && s[i] >= '0' && s[i] <= '9')
        i++;
    size_t n = sizeof word - 1;
    return i > 2 && len - i >= n && !text_compare_nocase(s + i, n, word, n);
}

/* before: the length of the response before the literal's announcement. */
static struct imap_command *body_for(const struct imap *im, size_t before)
{
    static const char item[] = "BODY[] ";
    const char *s = buf_bytes(&im->response);
    size_t n = sizeof item - 1;
    if (im->streamed || before < n || !is_fetch(s, before - n))
        return NULL;
    if (text_compare_nocase(s + before - n, n, item, n) || !strchr("( ", s[before - n - 1]))
        return NULL;
    return imap_first_in_flight(im, IMAP_KIND_BODY);
}

/* In the response NIL stands for what goes to the handler. */
static void begin_body(struct imap *im, struct imap_command *c, size_t before, uint64_t octets)
{
    im->response.end = im->response.start + before;
    buf_append_str(&im->response, "NIL");
    im->streamed = true;
    im->streamed_to = c;
    im->body = octets ? c : NULL;
    c->row.body.begin(c->ctx, octets);
}

static int begin_literal(struct imap *im, uint64_t octets, size_t before, struct error *err)
{
    struct imap_command *c = body_for(im, before);
    const char *s = buf_bytes(&im->response);
    size_t len = buf_len(&im->response);
    if (c)
        begin_body(im, c, before, octets);
    else if (octets > IMAP_RESPONSE_MAX - len)
        return imap_protocol_error(err, "a literal beyond any use", s, len);
    else
        buf_append_str(&im->response, "\r\n");
    im->literal_left = octets;
    im->line_start = buf_len(&im->response);
    return 0;
}

static int end_response(struct imap *im, struct error *err)
{
    char *data = im->response.data + im->response.start;
    int rc = imap_response_handle(im, data, buf_len(&im->response), err);
    buf_clear(&im->response);
    im->line_start = 0;
    im->streamed = false;
    im->streamed_to = NULL;
    return rc;
}

static int end_line(struct imap *im, struct error *err)
{
    const char *s = buf_bytes(&im->response);
    size_t len = buf_len(&im->response), before;
    uint64_t octets;
    if (len > im->line_start && s[len - 1] == '\r') {
        im->response.end--;
        len--;
    }
    if (!len)
        return imap_protocol_error(err, "an empty line", "", 0);
    if (is_free_text(s, len))
        return end_response(im, err);
    switch (imap_parse_literal_tail(s + im->line_start, len - im->line_start, &octets, &before)) {
    case 1:
        return begin_literal(im, octets, im->line_start + before, err);
    case 0:
        return end_response(im, err);
    default:
        return imap_protocol_error(err, "a literal's size", s, len);
    }
}

/* Returns how much was used, -1 on a protocol error. */
static ssize_t feed_line(struct imap *im, const char *data, size_t len, struct error *err)
{
    const char *lf = memchr(data, '\n', len);
    size_t n = lf ? (size_t)(lf - data) : len, have = buf_len(&im->response);
    if (n > IMAP_RESPONSE_MAX - have)
        return imap_protocol_error(err, "a response beyond any use", buf_bytes(&im->response), have);
    buf_append(&im->response, data, n);
    if (!lf)
        return (ssize_t)n;
    return end_line(im, err) < 0 ? -1 : (ssize_t)n + 1;
}

static size_t feed_literal(struct imap *im, const char *data, size_t len)
{
    size_t n = im->literal_left < len ? (size_t)im->literal_left : len;
    if (im->body)
        im->body->row.body.data(im->body->ctx, data, n);
    else
        buf_append(&im->response, data, n);
    im->literal_left -= n;
    if (!im->literal_left)
        im->body = NULL;
    return n;
}

int imap_feed(struct imap *im, const void *data, size_t len, struct error *err)
{
    const char *p = data;
    struct error why;
    while (len && !im->dead) {
        ssize_t n = im->literal_left ? (ssize_t)feed_literal(im, p, len) : feed_line(im, p, len, &why);
        if (n < 0)
            imap_die(im, &why);
        else
            p += n, len -= (size_t)n;
    }
    if (!im->dead)
        return 0;
    if (err)
        *err = im->why;
    return -1;
}
