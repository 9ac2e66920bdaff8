#include "pop3_dot.h"

#include <string.h>

enum state {
    STATE_START,  /* at a line start where "." has a meaning */
    STATE_LINE,   /* after a bare LF: a line start to the eye only */
    STATE_TEXT,   /* anywhere else */
    STATE_DOT,    /* "." at a line start, not yet handed out */
    STATE_DOT_CR, /* the same and CR */
    STATE_REPLY,  /* after a line that ended with a dot, inside what may be a status line */
    STATE_END,
};

/* What the last bytes before here were. */
enum tail {
    TAIL_OTHER,
    TAIL_CR,
    TAIL_DOT,
    TAIL_DOT_CR,
};

void pop3_dot_init(struct pop3_dot *d, bool bare_lf)
{
    *d = (struct pop3_dot){.state = STATE_START, .tail = TAIL_OTHER, .bare_lf = bare_lf};
}

static uint8_t tail_step(uint8_t tail, char c)
{
    if (c == '\r')
        return tail == TAIL_DOT ? TAIL_DOT_CR : TAIL_CR;
    return c == '.' ? TAIL_DOT : TAIL_OTHER;
}

/* The tail before `at`, when the one before `from` is d->tail: two bytes decide it. */
static uint8_t tail_at(const struct pop3_dot *d, const char *from, const char *at)
{
    uint8_t tail = d->tail;
    if (at - from > 2) {
        from = at - 2;
        tail = TAIL_OTHER;
    }
    for (; from < at; from++)
        tail = tail_step(tail, *from);
    return tail;
}

/* Can a status line begin here? Two bytes tell enough, and keep "-- " and "--boundary" out. */
static bool may_be_reply(const char *in, const char *end)
{
    if (*in != '+' && *in != '-')
        return false;
    return in + 1 == end || in[1] == (*in == '+' ? 'O' : 'E');
}

/* Does the LF at nl begin something other than more text? */
static bool stop_at(struct pop3_dot *d, const char *from, const char *nl, const char *end)
{
    bool last = nl + 1 == end, dot = !last && nl[1] == '.';
    if (!last && !dot && !may_be_reply(nl + 1, end))
        return false;
    uint8_t tail = tail_at(d, from, nl);
    bool line_end = d->bare_lf || tail == TAIL_CR || tail == TAIL_DOT_CR;
    bool dotted = tail == TAIL_DOT || tail == TAIL_DOT_CR;
    if (!last && !(dot ? line_end : dotted))
        return false;
    d->state = line_end ? STATE_START : STATE_LINE;
    d->dotted = dotted;
    d->tail = TAIL_OTHER;
    return true;
}

/* Text up to the next place that needs a decision. The first `skip` bytes are text whatever they are. */
static size_t scan(
    struct pop3_dot *d, const char *in, size_t skip, size_t len, struct pop3_dot_span *ret_span)
{
    const char *from = in + skip, *end = in + len, *nl;
    for (const char *p = from; (nl = memchr(p, '\n', (size_t)(end - p))); p = nl + 1)
        if (stop_at(d, from, nl, end)) {
            *ret_span = (struct pop3_dot_span){in, (size_t)(nl + 1 - in)};
            return ret_span->len;
        }
    d->state = STATE_TEXT;
    d->tail = tail_at(d, from, end);
    *ret_span = (struct pop3_dot_span){in, len};
    return len;
}

/* Hand out bytes that were held back; nothing is consumed. */
static size_t release(struct pop3_dot *d, const char *held, uint8_t tail, struct pop3_dot_span *ret_span)
{
    d->state = STATE_TEXT;
    d->tail = tail;
    *ret_span = (struct pop3_dot_span){held, strlen(held)};
    return 0;
}

static size_t at_reply(struct pop3_dot *d, const char *in, size_t len, struct pop3_dot_span *ret_span)
{
    char want = d->expected[d->matched];
    if (!want) {
        d->doubt = d->doubt || *in == ' ' || *in == '\r' || *in == '\n';
        return scan(d, in, 0, len, ret_span);
    }
    if (*in != want)
        return scan(d, in, 0, len, ret_span);
    d->matched++;
    *ret_span = (struct pop3_dot_span){in, 1};
    return 1;
}

static size_t at_line(struct pop3_dot *d, const char *in, size_t len, struct pop3_dot_span *ret_span)
{
    if (d->state == STATE_START && *in == '.') {
        d->state = STATE_DOT;
        return 1;
    }
    if (!d->dotted || !may_be_reply(in, in + len))
        return scan(d, in, 0, len, ret_span);
    d->expected = *in == '+' ? "+OK" : "-ERR";
    d->matched = 0;
    d->state = STATE_REPLY;
    return at_reply(d, in, len, ret_span);
}

static size_t at_dot(struct pop3_dot *d, const char *in, size_t len, struct pop3_dot_span *ret_span)
{
    if (*in == '\r') {
        d->state = STATE_DOT_CR;
        return 1;
    }
    if (*in == '\n' && d->bare_lf) {
        d->state = STATE_END;
        return 1;
    }
    if (*in == '.') /* skipped: a stuffed dot is no careless terminator */
        return scan(d, in, 1, len, ret_span);
    return release(d, ".", TAIL_DOT, ret_span);
}

static size_t at_dot_cr(struct pop3_dot *d, const char *in, struct pop3_dot_span *ret_span)
{
    if (*in != '\n')
        return release(d, ".\r", TAIL_CR, ret_span);
    d->state = STATE_END;
    return 1;
}

size_t pop3_dot_next(struct pop3_dot *d, const char *in, size_t len, struct pop3_dot_span *ret_span)
{
    *ret_span = (struct pop3_dot_span){in, 0};
    switch ((enum state)d->state) {
    case STATE_START:
    case STATE_LINE:
        return at_line(d, in, len, ret_span);
    case STATE_TEXT:
        return scan(d, in, 0, len, ret_span);
    case STATE_DOT:
        return at_dot(d, in, len, ret_span);
    case STATE_DOT_CR:
        return at_dot_cr(d, in, ret_span);
    case STATE_REPLY:
        return at_reply(d, in, len, ret_span);
    case STATE_END:
        break;
    }
    return 0;
}

bool pop3_dot_ended(const struct pop3_dot *d)
{
    return d->state == STATE_END;
}

bool pop3_dot_looks_ended(const struct pop3_dot *d)
{
    if (d->state == STATE_DOT || d->state == STATE_DOT_CR)
        return true;
    return (d->state == STATE_START || d->state == STATE_LINE) && d->dotted;
}
