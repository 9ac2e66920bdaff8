/* mail_mime.h - the structure of a MIME message (RFC 2045, 2046), line by line. Private to lib/mail: the
 * digest of a structure and the breaking of long lines stand on it.
 *
 * It never fails. What is broken degrades: a multipart without a boundary, or whose boundary never comes, is
 * one leaf; so is what is nested deeper than MAIL_MIME_DEPTH; a header without a field is content. A
 * message/rfc822 that is not encoded is walked into. Memory is bounded.
 *
 * Order of calls: for each line mail_mime_line with its front (the whole line, or its first MAIL_MIME_FRONT
 * octets at least), then mail_mime_rest with the rest of it if there is one; mail_mime_finish at the end of
 * the message. No CR, LF or NUL in what is fed. */
#pragma once

#include "mail_octets.h"
#include <stdbool.h>
#include <stddef.h>

#define MAIL_MIME_FRONT 998
#define MAIL_MIME_DEPTH 20

enum mail_mime_place {
    MAIL_MIME_HEADER,
    MAIL_MIME_MAYBE,   /* of a header that has no field yet: content, unless one follows */
    MAIL_MIME_CONTENT, /* of the leaf */
    MAIL_MIME_ASIDE,   /* a boundary, or what follows the last one */
};

enum mail_mime_encoding {
    MAIL_MIME_IDENTITY,
    MAIL_MIME_QP,
    MAIL_MIME_BASE64,
};

struct mail_mime_leaf {
    char type[128]; /* "text/plain", in lower case */
    enum mail_mime_encoding encoding;
    enum mail_octets_kind octets; /* of its charset */
};

/* What a line, or the end, means for the leaf, in this order. */
struct mail_mime_step {
    bool commit; /* the content so far was the whole content of `done` */
    bool start;  /* now there is none (after commit, or because what was content so far is none after all) */
    enum mail_mime_place place;
};

struct mail_mime;

struct mail_mime *mail_mime_new(void);
void mail_mime_free(struct mail_mime *m);
struct mail_mime_step mail_mime_line(struct mail_mime *m, const char *front, size_t len);
void mail_mime_rest(struct mail_mime *m, const char *text, size_t len);
/* If the message ends here: in a header, or before the last boundary of a multipart. */
bool mail_mime_is_open(const struct mail_mime *m);
/* Behind the last boundary of the outermost multipart. */
bool mail_mime_is_closed(const struct mail_mime *m);
/* Only commit can be set. Starts over for the next message. */
struct mail_mime_step mail_mime_finish(struct mail_mime *m);

/* The leaf whose content comes now; the one that the last commit was about. Valid until the next call. */
const struct mail_mime_leaf *mail_mime_leaf(const struct mail_mime *m);
const struct mail_mime_leaf *mail_mime_done(const struct mail_mime *m);
