/* pop3_dot.h - the multi-line body of RETR and TOP (RFC 1939 section 3): where it ends, and its bytes without
 * the dot-stuffing.
 *
 * Order of calls: pop3_dot_init at the first byte after the status line, then pop3_dot_next until all input
 * is consumed or pop3_dot_ended. No allocation; one thread.
 *
 * Every byte between the status line and the terminator comes out as it came in: NUL, bare CR, bare LF, 8
 * bit, lines of any length. What is settled here:
 * - Only CR LF "." CR LF ends a message ("." CR LF at its very start ends an empty one). LF "." LF, LF "." CR
 * LF, CR LF "." LF and text "." CR LF can stand inside a message, so they are data.
 * - A server that ends its status line with a bare LF (bare_lf) has no CR to send: then LF counts as a line
 * end everywhere, so LF "." LF ends the message and a dot after LF is unstuffed.
 * - A line that begins with one dot and goes on with something else cannot come from a server that stuffs
 * dots. RFC 1939 would drop the dot; it is kept, because the only servers that send it send the message as it
 * is.
 * - Data that looks like the end of a message as a careless server writes it (a line that ends with a dot)
 * and like the next status line after it sets `doubt`. While a reply is due that might be exactly this. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pop3_dot {
    uint8_t state, tail, matched; /* private */
    bool bare_lf;
    bool dotted;          /* private */
    bool doubt;           /* out; the caller may clear it */
    const char *expected; /* private */
};

struct pop3_dot_span {
    const char *data; /* into the input, or into static storage */
    size_t len;
};

void pop3_dot_init(struct pop3_dot *d, bool bare_lf);

/* Decode the front of in (len > 0, not ended): returns how many bytes were consumed, and in *ret_span the
 * longest piece of message they are. Either may be 0, never both. Bytes after the terminator are not
 * consumed. */
size_t pop3_dot_next(struct pop3_dot *d, const char *in, size_t len, struct pop3_dot_span *ret_span);

bool pop3_dot_ended(const struct pop3_dot *d);

/* The input so far stops right behind something that a careless server might mean as its terminator. */
bool pop3_dot_looks_ended(const struct pop3_dot *d);
