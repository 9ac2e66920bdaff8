/* pop3_reply.h - the lines of a POP3 reply, without their line end: pure functions, nothing kept.
 *
 * Tolerant where servers differ and nothing can be mistaken: any case, several blanks, text after the
 * numbers. */
#pragma once

#include "pop3.h"

struct pop3_reply {
    bool ok;
    enum pop3_code code;
    char text[ERROR_TEXT_MAX]; /* without +OK/-ERR, cleaned for showing */
};

/* A status line (RFC 1939 section 3, RFC 2449 section 8), also "+ERR" as some servers write it. false: it is
 * none; *ret_reply is untouched then. */
bool pop3_reply_status(const char *line, size_t len, struct pop3_reply *ret_reply);

/* "+OK messages octets". false: no two numbers. */
bool pop3_reply_stat(const char *line, size_t len, uint64_t *ret_messages, uint64_t *ret_octets);

/* "number octets". false: not that, number 0, or a number that does not fit. */
bool pop3_reply_list(const char *line, size_t len, uint32_t *ret_number, uint64_t *ret_octets);

/* "number uidl": the rest of the line without blanks around it, into ret_uidl; may be "". false: no number, a
 * NUL in it or more than POP3_UIDL_MAX octets. */
bool pop3_reply_uidl(const char *line, size_t len, uint32_t *ret_number, char ret_uidl[POP3_UIDL_MAX + 1]);

/* Scope, retry and code of a -ERR, as pop3.h has it; the text names the command. */
void pop3_reply_error(const struct pop3_reply *reply, const char *command, bool one_message,
    int login_delay_s, struct error *err);
