/* mail_role.h - what a folder is for, whatever it is called (RFC 6154's attributes, and what mail programs on
 * a PC have besides). */
#pragma once

enum mail_role {
    MAIL_ROLE_NONE,
    MAIL_ROLE_INBOX,
    MAIL_ROLE_SENT,
    MAIL_ROLE_DRAFTS,
    MAIL_ROLE_TRASH,
    MAIL_ROLE_JUNK,
    MAIL_ROLE_OUTBOX,
    MAIL_ROLE_TEMPLATES,
    MAIL_ROLE_ARCHIVE,
};
