#include "mail_servers.h"

#include <string.h>

/* Where each is known from:
 * - Dovecot, mbox: mbox_hide_headers of lib-storage/index/mbox/mbox-storage.c: Content-Length, Status,
 *   X-IMAP, X-IMAPbase, X-Keywords, X-Status, X-UID are its own there, neither shown nor kept.
 * - UW imapd and its relatives (c-client, osdep/unix/unix.c): Status, X-Status, X-Keywords, X-UID, X-IMAP,
 *   X-IMAPbase are written into each mbox and filtered out of what was appended.
 * - GNU Mailutils 3.15, measured: FETCH and RETR give X-UID, X-IMAPbase, Status and (after UIDL) X-UIDL
 *   with each message of an mbox, others in each session.
 * - Qpopper and popa3d's relatives: X-UIDL and Status are written into the mbox when a session ends. */
enum mail_servers_value mail_servers_value(const char *name, size_t len)
{
    static const struct {
        const char *name;
        enum mail_servers_value value;
    } known[] = {
        {"status", MAIL_SERVERS_LETTERS},
        {"x-status", MAIL_SERVERS_LETTERS},
        {"x-uid", MAIL_SERVERS_NUMBER},
        {"content-length", MAIL_SERVERS_NUMBER},
        {"x-uidl", MAIL_SERVERS_ANY},
        {"x-imap", MAIL_SERVERS_ANY},
        {"x-imapbase", MAIL_SERVERS_ANY},
        {"x-keywords", MAIL_SERVERS_ANY},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == len && !memcmp(known[i].name, name, len))
            return known[i].value;
    return MAIL_SERVERS_NOT;
}

bool mail_servers_octet(enum mail_servers_value kind, char c)
{
    if (c == ' ' || c == '\t')
        return true;
    switch (kind) {
    case MAIL_SERVERS_NOT:
        return false;
    case MAIL_SERVERS_ANY:
        return true;
    case MAIL_SERVERS_LETTERS:
        return c && strchr("RONUADFT", c);
    case MAIL_SERVERS_NUMBER:
        return c >= '0' && c <= '9';
    }
    return false;
}
